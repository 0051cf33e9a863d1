"""Lines of a list with a label of their own, `Cooling: two units of 12 kW` → which of them speak of no compute."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass

from tender_tracker.flagging.cues import Cues
from tender_tracker.flagging.lazy import lazy
from tender_tracker.flagging.passage import Passages, Span

Noun = tuple[int, int, str]
"""Start, end and class of a noun."""
_LABEL = re.compile(r"(?:^|(?<=\n)|(?<=[.;] ))\s*(?:[-*•–]\s*|\d{1,2}[.)]\s*)?([^:|.;\n]{2,48}):(?=\s)")
_MEANT_FOR = re.compile(r"\b(?:FOR|FÜR|ZU|ZUM|ZUR|POUR|PER|PARA|DLA|DO|ДЛЯ|К)\s[^,:;]{0,24}$")
"""Before goods that another thing is meant for: `Racks: for eight servers`."""
_ATTRIBUTES = (
    "label",
    "making",
    "oblige",
    "points",
    "prefer",
    "weights",
    "background",
    "condition",
    "question",
    "bidder",
    "knockout",
    "reject",
)
"""Roles of cues whose words label a demand or a remark, and no good."""


@dataclass(frozen=True)
class Labels:
    """The labels of a notice; `nouns` are those of its goods in order."""

    passages: Passages
    nouns: list[Noun]
    cues: Cues

    @lazy
    def _found(self) -> list[Span]:
        """Where labels stand, in order."""
        return [match.span(1) for match in _LABEL.finditer(self.passages.text, self.passages.line(0)[1])]

    @lazy
    def _of_compute(self) -> bool:
        """Whether a label of the notice names compute."""
        return any("compute" in self._classes(span) for span in self._found)

    def _within(self, low: int, high: int) -> list[Noun]:
        return self.nouns[bisect_left(self.nouns, (low, 0, "")) : bisect_left(self.nouns, (high, 0, ""))]

    def _classes(self, span: Span) -> set[str]:
        return {kind for _, _, kind in self._within(*span)}

    def of_another_thing(self, at: int) -> bool:
        """Whether the label before a place says that its line speaks of a thing that is no compute.

        A label that nobody knows counts as such a thing where another line of the notice is labelled by compute.
        """
        low, _ = self.passages.line(at)
        last = bisect_left(self._found, (at, 0)) - 1
        if last < 0 or self._found[last][0] < low or "|" in self.passages.text[low:at]:
            return False
        span = self._found[last]
        start, end = self.passages.sentence(at)
        classes = self._classes(span)
        if classes & {"compute", "goods"} or self._names_compute(max(span[1], start), end):
            return False
        if classes == {"other"}:
            return True
        return not classes and self._of_compute and not self.cues.first(_ATTRIBUTES, span)

    def _names_compute(self, low: int, high: int) -> bool:
        """Whether a span names goods that are not only what another thing is meant for."""
        text = self.passages.text
        return any(
            kind in ("compute", "goods") and not _MEANT_FOR.search(text, max(low, start - 40), start)
            for start, _, kind in self._within(low, high)
        )
