"""What a correction changed → entries of the project's history, each with its words."""

from __future__ import annotations

from tender_tracker.amending.change import Amended, Change, Status
from tender_tracker.amending.state import Published, State
from tender_tracker.model import Level


def recorded(notice: Published, change: Change, status: Status, passage: str) -> Amended:
    return Amended(notice.id, change, status, passage)


def unread(notice: Published, passage: str) -> Amended:
    """A passage that a person has to read."""
    return Amended(notice.id, Change("text", None, None), "unread", passage)


def levels(before: State, after: State, notice: Published, old: str | None, passage: str) -> list[Amended]:
    """What became of the level of the project and of its lots, with the clause before (else the words `old`) and the
    passage that changed it."""
    pairs: list[tuple[str | None, Level | None, Level | None]] = [(None, before.level, after.level)]
    pairs += [(lot.name, before.level_of(lot.name), after.level_of(lot.name)) for lot in before.lots]
    if len(pairs) == 2:
        pairs = pairs[:1]
    found = []
    for lot, was, is_now in pairs:
        if was != is_now and (was or is_now):
            change = Change("level", was, is_now, before.clause(lot) or old, passage, lot=lot)
            found.append(recorded(notice, change, "applied", passage))
    return found
