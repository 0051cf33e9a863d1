"""Cues found in a notice in words → which of some roles stands in a span of it, and where."""

from __future__ import annotations

from bisect import bisect_left

from tender_tracker.flagging.passage import Span


class Cues:
    """(start, end, role, rule id) of the cues of a notice, in order."""

    def __init__(self, found: list[tuple[int, int, str, str]]) -> None:
        self._found = found
        self._starts = [cue[0] for cue in found]
        self.anywhere = {role: rule for _, _, role, rule in reversed(found)}
        """Role → id of its first cue in the notice."""

    def first(self, roles: tuple[str, ...], span: Span) -> str | None:
        """Id of the first cue of these roles within a span, in the order of the roles."""
        low, high = span
        within = self._found[bisect_left(self._starts, low) : bisect_left(self._starts, high)]
        return next((rule for role in roles for _, end, r, rule in within if r == role and end <= high), None)

    def all(self, role: str, span: Span) -> list[Span]:
        """Where the cues of a role stand within a span."""
        low, high = span
        within = self._found[bisect_left(self._starts, low) : bisect_left(self._starts, high)]
        return [(start, end) for start, end, r, _ in within if r == role and end <= high]
