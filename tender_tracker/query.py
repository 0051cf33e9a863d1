"""Questions to the store → plain rows. Opens it read-only with plain sqlite3: a report starts fast and cannot write."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from types import TracebackType
from typing import Literal

from tender_tracker.model import FLAGGED, Kind, Level
from tender_tracker.rows import (
    Coverage,
    FillRates,
    Flagged,
    Found,
    NoticeFile,
    NoticeRow,
    Refusal,
    RunRow,
    Stats,
    Total,
)

Clock = Literal["published", "first_seen", "changed", "deadline"]
By = Literal["family", "buyer", "tier", "region", "month", "kind", "level", "source"]
Order = Literal["newest", "oldest", "budget", "deadline", "level", "id"]


@dataclass(frozen=True, slots=True)
class Filter:
    """Which notices: every given field must hold. Days are half-open [since, until) in Asia/Shanghai."""

    since: date | None = None
    until: date | None = None
    clock: Clock = "published"
    """Which time `since` and `until` speak of; `first_seen` is what makes a notice new in a digest."""
    levels: tuple[Level, ...] = FLAGGED
    """Empty: any level, `none` too."""
    families: tuple[str, ...] = ()
    """Any of them."""
    kinds: tuple[Kind, ...] = ()
    sources: tuple[str, ...] = ()
    buyer: str | None = None
    """Part of the buyer's name."""
    region: str | None = None
    """Part of the printed region or of the buyer's province."""
    text: str | None = None
    """Words as for `search`."""


class Reader:
    """A store opened for reading. Use as a context manager."""

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self._connection = connection
        self._path = path

    @classmethod
    def open(cls, path: Path) -> Reader:
        """Raises StoreUnusable: no such store, not one of ours, damaged, or of another schema."""
        raise NotImplementedError

    def close(self) -> None:
        self._connection.close()

    def __enter__(self) -> Reader:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def flagged(self, where: Filter | None = None) -> list[Flagged]:
        """Notices of the filter, strongest level first, then newest, each with its lots and deciding passages."""
        raise NotImplementedError

    def totals(self, where: Filter, by: By) -> list[Total]:
        """Sums per family, buyer, …; most notices first. A notice with two families counts in both."""
        raise NotImplementedError

    def coverage(self, now: datetime) -> list[Coverage]:
        """Every source that ever gave a notice or was asked in a run, by name; unrecognised pages last."""
        raise NotImplementedError

    def listing(self, where: Filter, limit: int | None = 50, order: Order = "newest") -> list[NoticeRow]:
        raise NotImplementedError

    def count(self, where: Filter) -> int:
        """How many notices the filter takes, whatever a listing's limit."""
        raise NotImplementedError

    def notice(self, notice_id: int) -> NoticeFile:
        """Everything about one notice. Raises UsageError when there is none with this id."""
        raise NotImplementedError

    def search(self, words: str, all: bool = False, where: Filter | None = None, limit: int | None = 50) -> Found:
        """Notices that contain all words (parted by blanks), newest first; `where` None takes any level.

        Looks in titles and evidence of all notices and in bodies of those about compute; `all` scans every body.
        Raises UsageError for words with nothing to look for.
        """
        raise NotImplementedError

    def fill_rates(self) -> list[FillRates]:
        raise NotImplementedError

    def runs(self, limit: int = 10) -> list[RunRow]:
        """Newest first."""
        raise NotImplementedError

    def refusals(self, run_id: int) -> list[Refusal]:
        raise NotImplementedError

    def stats(self) -> Stats:
        raise NotImplementedError
