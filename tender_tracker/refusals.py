"""Pages a run could not read: all of them counted, the first of each source and reason kept by name.

A file may hold millions of bad lines: a hundred show what is wrong as well as all do.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from tender_tracker.storage.store import Refused

KEPT = 100
"""Refusals of one source and reason kept by name."""


@dataclass(slots=True)
class Refusals:
    """The refusals of one run so far."""

    kept: list[Refused] = field(default_factory=list)
    """In the order they were met."""
    _counts: Counter[tuple[str | None, str]] = field(default_factory=Counter)
    _stored: int = 0

    def add(self, page: Refused) -> None:
        """Counts a page, and keeps it where it is among the first of its source and reason."""
        self._counts[page.source, page.reason] += 1
        if self._counts[page.source, page.reason] <= KEPT:
            self.kept.append(page)

    def of(self, source: str | None) -> list[Refused]:
        """Those of one source that are kept."""
        return [page for page in self.kept if page.source == source]

    def reasons(self, source: str | None) -> dict[str, int]:
        """Reason → pages of one source, kept or not."""
        return {reason: count for (name, reason), count in self._counts.items() if name == source}

    def unstored(self) -> list[Refused]:
        """Those kept since this was asked last."""
        fresh, self._stored = self.kept[self._stored :], len(self.kept)
        return fresh
