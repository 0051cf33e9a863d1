"""One rule of a pack: its pattern, what must stand near a match, its examples, and its matches in normalised text."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from tender_tracker.flagging.gate import Span
from tender_tracker.patterns.anchors import Way, merged

RULE_KINDS = ("product", "foreign", "word", "noun", "cue", "import", "lookalike")
CLASSES = ("compute", "software", "service", "other", "goods")
REACHES = ("part", "clause", "line", "section")
BASES = ("chip", "platform", "brand", "list", "ecosystem", "standard", "origin")
_NEED_SPAN = 24
"""Characters around a match within which `needs` must stand."""


@dataclass(frozen=True)
class Rule:
    """One rule of a pack. Patterns read normalised text (upper-case, simplified, without inner blanks)."""

    id: str
    kind: str
    ways: tuple[Way, ...]
    """What of its words each kind of match must hold."""
    source: str
    """The pattern as written."""
    why: str
    hits: tuple[str, ...]
    misses: tuple[str, ...]
    needs_source: str | None = None
    """What must stand near a match, as written."""
    family: str | None = None
    basis: str | None = None
    noun_class: str | None = None
    reach: str = "clause"
    side: str = "both"
    effect: str | None = None
    complete: bool = False
    needs_compute: bool = False
    """Says nothing where no compute noun occurs anywhere in the notice."""
    search: tuple[str, ...] = ()
    """What to ask a site's own search for, to find notices that this rule may concern."""
    file: str = ""

    @property
    def anchors(self) -> frozenset[str]:
        """Words one of which stands in every match."""
        return frozenset(merged(way[0] for way in self.ways))

    @cached_property
    def families(self) -> tuple[str, ...]:
        """What its matches name, where the match does not tell: `*` stands for any family."""
        return (self.family,) if self.family and self.family != "*" else ()

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Compiled when first needed: most notices need few of the rules."""
        return re.compile(self.source)

    @cached_property
    def needs(self) -> re.Pattern[str] | None:
        return re.compile(self.needs_source) if self.needs_source else None

    def find(self, text: str, starts: Iterable[Span] | None = None) -> list[re.Match[str]]:
        """Matches in normalised text, `needs` already checked; `starts` (of the gate) tells where they can begin."""
        found = list(self.pattern.finditer(text)) if starts is None else self.matches(text, starts, 0, len(text))
        return found if self.needs is None else [match for match in found if self._has_needs(match)]

    def _has_needs(self, match: re.Match[str]) -> bool:
        low, high = max(0, match.start() - _NEED_SPAN), match.end() + _NEED_SPAN
        return self.needs is None or self.needs.search(match.string, low, high) is not None

    def matches(self, text: str, starts: Iterable[Span], low: int, high: int) -> list[re.Match[str]]:
        """What `pattern.finditer(text, low, high)` finds, tried only at `starts`: no scan can be told to."""
        match_at, at = self.pattern.match, low
        found: list[re.Match[str]] = []
        for first, last in starts:
            if at < first:
                at = first
            while at <= last:
                if match := match_at(text, at, high):
                    found.append(match)
                    at = match.end()
                else:
                    at += 1
        return found
