"""One notice on several sites is one notice: of one kind, within three days, on sites that carry it once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Protocol, TypeVar

SAME = 3
"""Days within which several sites carry one notice."""


class Carried(Protocol):
    """What is asked of a notice."""

    @property
    def source(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def published_on(self) -> date | None: ...


T = TypeVar("T", bound=Carried)


def told_once(notices: Iterable[T]) -> list[list[T]]:
    """Notices of one project in order → groups in that order: the notice that came first, then its twins."""
    groups: list[list[T]] = []
    for notice in notices:
        group = next((group for group in groups if _is_twin(group, notice)), None)
        if group is None:
            groups.append([notice])
        else:
            group.append(notice)
    return groups


def _is_twin(group: list[T], other: T) -> bool:
    one = group[0]
    if one.kind != other.kind or other.source in {twin.source for twin in group}:
        return False
    if one.published_on is None or other.published_on is None:
        return one.title == other.title
    return abs((one.published_on - other.published_on).days) <= SAME
