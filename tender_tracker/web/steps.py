"""What a crawl hands over, step by step, and what it is told of the past."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, Protocol

from tender_tracker.errors import TenderError
from tender_tracker.model import Link, Notice, Page, Validators


@dataclass(frozen=True, slots=True)
class ListRead:
    """A list page was read: how many items it has, how many of them are handed over or asked for."""

    url: str
    items: int
    new: int
    total: int | None
    """Items the site says there are in all its pages."""


@dataclass(frozen=True, slots=True)
class NoticePage:
    """A notice page as fetched; its `url` is the one the list gives, so that the next run knows it."""

    page: Page
    link: Link
    validators: Validators


@dataclass(frozen=True, slots=True)
class NotModified:
    """A notice page that has not changed since it was read."""

    link: Link
    validators: Validators


@dataclass(frozen=True, slots=True)
class ListedNotice:
    """A notice whose body was in the list itself."""

    notice: Notice


@dataclass(frozen=True, slots=True)
class Failed:
    """A page that could not be read, or a list that could not be followed to its end; `link` for a notice page."""

    url: str
    error: TenderError
    link: Link | None = None


Crawled = ListRead | NoticePage | NotModified | ListedNotice | Failed
Keep = Callable[[Page, Literal["notices", "links"]], None]
"""Takes a page and what it holds: notices, or only links to them."""


class Past(Protocol):
    """What earlier runs know of the notice pages of a source."""

    def due(self) -> tuple[Link, ...]:
        """Pages that failed before and are to be asked now, whatever the lists show."""

    def knows(self, link: Link) -> bool:
        """Whether a listed page is not to be asked in this run."""

    def validators(self, link: Link) -> Validators | None:
        """What the site gave to ask whether the page has changed."""
