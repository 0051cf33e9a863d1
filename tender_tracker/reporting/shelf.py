"""Rows of the store, each read once: bare ones to count, group and order by, whole ones for what is printed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from tender_tracker.storage.query import Reader
from tender_tracker.storage.rows import Flagged


@dataclass(frozen=True, slots=True)
class Shelf:
    """`whole`: every row comes with lots and evidence, for a profile that looks into them."""

    reader: Reader
    whole: bool = False
    _rows: dict[int, Flagged] = field(default_factory=dict)

    def take(self, numbers: Iterable[int]) -> list[Flagged]:
        """The rows with these ids, in order of id."""
        wanted = set(numbers)
        missing = wanted - self._rows.keys()
        if missing:
            self._rows.update((row.notice.id, row) for row in self.reader.numbered(missing, self.whole))
        return [self._rows[number] for number in sorted(wanted)]

    def printed(self, numbers: Iterable[int]) -> dict[int, Flagged]:
        """Whole rows by id."""
        rows = self.take(numbers)
        return {row.notice.id: row for row in (rows if self.whole else self.reader.whole(row.notice for row in rows))}
