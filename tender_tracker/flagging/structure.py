"""Normalised notice text → its lines, clauses, table cells, sections and lots: the things a demand can belong to."""

from __future__ import annotations

import re
from bisect import bisect_right

from tender_tracker.flagging import lots
from tender_tracker.flagging.lazy import lazy
from tender_tracker.flagging.lines import LONGEST, Extents, Line, Lines, has_lot_table
from tender_tracker.flagging.lots import LotLabel

_CLAUSE_END = re.compile(r"[。；;！!？?\n|]|\.\s(?=[A-Z])")
_ASIDE_END = re.compile(r"[）)\n]")
_RANGE = ("至", "到", "-", "~", "—")
_TOGETHER = re.compile(rf"[、,，/和及与]|以及|{'|'.join(_RANGE)}")
_PART_END = re.compile(r"[，,（）()]")


class Structure:
    """What belongs together in one text. All offsets are into the normalised text."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._clauses: dict[tuple[int, int], tuple[int, int]] = {}

    @lazy
    def _extents(self) -> Extents:
        return Extents(self.text)

    @lazy
    def _named(self) -> list[LotLabel]:
        return lots.labels(self.text)

    @lazy
    def lines(self) -> Lines:
        """Told apart when asked for: many notices are settled by a clause of theirs."""
        return Lines(self.text, self._extents, self._named)

    @lazy
    def labels(self) -> list[LotLabel]:
        """All mentions of lots; only tables name some that the text alone does not."""
        return self.lines.labels if has_lot_table(self.text) else self._named

    @lazy
    def rows(self) -> list[Line]:
        """Lines below the head of a table."""
        return [line for line in self.lines if line.header] if "|" in self.text else []

    @lazy
    def _labelled(self) -> list[int]:
        return [label.start for label in self.labels]

    @lazy
    def lots(self) -> dict[str, LotLabel]:
        """Lots by key, each with its first mention, in order of appearance."""
        first: dict[str, LotLabel] = {}
        for label in self.labels:
            first.setdefault(label.key, label)
        return first

    def line(self, at: int) -> Line:
        return self.lines[self._extents.index(at)]

    def extent(self, at: int) -> tuple[int, int]:
        """Where the line of a place begins and ends: found without a look at the other lines, unless it is cut."""
        low, high = self.text.rfind("\n", 0, at) + 1, self.text.find("\n", at)
        high = high if high >= 0 else len(self.text)
        return (low, high) if high - low <= LONGEST else self._extents.spans[self._extents.index(at)]

    def clause(self, start: int, end: int) -> tuple[int, int]:
        """Span between 。；| and line ends around start..end."""
        if (start, end) not in self._clauses:
            self._clauses[start, end] = self._span(start, end, _CLAUSE_END)
        return self._clauses[start, end]

    def part(self, start: int, end: int) -> tuple[int, int]:
        """Span between commas and brackets around start..end."""
        low, high = self.clause(start, end)
        return self._span(start, end, _PART_END, low, high)

    def aside(self, at: int) -> tuple[int, int]:
        """Span of the bracket that opens at `at`, else an empty one: 服务器128台（另行采购）."""
        if self.text[at : at + 1] not in ("（", "("):
            return at, at
        closing = _ASIDE_END.search(self.text, at)
        return at, closing.start() if closing else at

    def lots_at(self, at: int) -> tuple[str | None, ...]:
        """Keys of all lots that a place speaks of: 标项1、标项2所投机型, 包1至包3."""
        last = bisect_right(self._labelled, at) - 1
        keys: list[str | None] = [self.lot(at)]
        if last < 1 or self.labels[last].key != keys[0] or self._labelled[last] < self.extent(at)[0]:
            return tuple(keys)
        for number in range(last, 0, -1):
            before = self.labels[number - 1]
            joint = self.text[before.end : self.labels[number].start]
            if not _TOGETHER.fullmatch(joint):
                break
            keys.append(before.key)
            if joint in _RANGE and before.key.isdigit() and (upper := self.labels[number].key).isdigit():
                keys += map(str, range(int(before.key) + 1, int(upper)))
        return tuple(keys)

    def lot(self, at: int) -> str | None:
        """Key of the lot that the character at `at` speaks of."""
        if not self.labels:
            return None
        line = self.line(at)
        before = bisect_right(self._labelled, at) - 1
        return self.labels[before].key if before >= 0 and self._labelled[before] >= line.start else line.lot

    def cells(self, line: Line) -> list[tuple[int, int]]:
        """Spans of the cells of a table row (or of the whole line)."""
        spans, low = [], line.start
        while (bar := self.text.find("|", low, line.end)) >= 0:
            spans.append((low, bar))
            low = bar + 1
        spans.append((low, line.end))
        return spans

    def in_row(self, at: int) -> bool:
        """Whether the line of a place is cut into cells."""
        return self.text.find("|", *self.extent(at)) >= 0

    def _span(
        self, start: int, end: int, stop: re.Pattern[str], low: int | None = None, high: int | None = None
    ) -> tuple[int, int]:
        if low is None or high is None:
            low, high = self.extent(start)
        for match in stop.finditer(self.text, low, start):
            low = match.end()
        after = stop.search(self.text, min(end, high), high)
        return low, after.start() if after else high
