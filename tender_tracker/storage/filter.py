"""Which notices a question is about → a condition of SQL. What the user wrote only ever becomes a parameter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Literal

from tender_tracker.model import FLAGGED, SHANGHAI, Kind, Level
from tender_tracker.storage import columns, words

Clock = Literal["published", "first_seen", "changed", "deadline"]
Condition = tuple[list[str], list[object]]
"""SQL to be joined by AND (the table is called `n`) and its parameters."""

_CLOCKS = {"first_seen": "n.first_seen", "changed": "n.changed_at", "deadline": "n.deadline"}
WHOLE = "(n.compute OR n.level <> 'none')"
"""Notices whose body is in the search index."""


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
    compute: bool = False
    """Only purchases of compute: what buys it or is flagged."""
    priced: bool = False
    """Only notices that print a unit price, or goods with their price and cards."""
    attached: bool = False
    """Only notices that name attachments."""
    stored_before: datetime | None = None
    """Only what was first stored before this moment: what the store knew then."""


def condition(where: Filter) -> Condition:
    """Raises UsageError for a text with nothing to look for."""
    parts: list[str] = []
    values: list[object] = []
    if where.levels and "none" not in where.levels:
        parts.append("n.level <> 'none'")  # lets the partial index answer
    if where.stored_before is not None:
        parts.append("n.first_seen < ?")
        values.append(columns.utc(where.stored_before))
    if where.attached:
        parts.append("n.attachments <> '[]'")
    if where.compute:
        parts.append(WHOLE)
    if where.priced:
        parts.append(
            "n.id IN (SELECT notice_id FROM quantities WHERE kind = 'unit_price' UNION "
            "SELECT notice_id FROM deliveries WHERE unit_price IS NOT NULL AND cards IS NOT NULL)"
        )
    for column, wanted in (("level", where.levels), ("kind", where.kinds), ("source", where.sources)):
        if wanted:
            parts.append(f"n.{column} IN ({_marks(wanted)})")
            values += wanted
    if where.families:
        parts.append(f"EXISTS (SELECT 1 FROM json_each(n.families) WHERE value IN ({_marks(where.families)}))")
        values += where.families
    if where.buyer is not None:
        fold = "lower" if where.buyer.isascii() else "casefold"  # SQLite's own knows the case of ASCII only
        parts.append(f"instr({fold}(n.buyer), {fold}(?))")
        values.append(where.buyer)
    if where.region is not None:
        parts.append("(instr(n.region, ?) OR instr(n.province, ?))")
        values += (where.region, where.region)
    for part, value in _period(where):
        parts.append(part)
        values.append(value)
    if where.text is not None:
        test, asked = words.condition(where.text, WHOLE)
        parts.append(test)
        values += asked
    return parts, values


def conjunction(parts: Sequence[str]) -> str:
    """All of them; none takes every notice."""
    return " AND ".join(parts) or "1"


def _period(where: Filter) -> list[tuple[str, object]]:
    limits = [(sign, day) for sign, day in ((">=", where.since), ("<", where.until)) if day is not None]
    if where.clock == "published":
        return [(f"n.published_on {sign} ?", day.isoformat()) for sign, day in limits]
    column = _CLOCKS[where.clock]
    moments = [(sign, columns.utc(datetime.combine(day, time(), SHANGHAI))) for sign, day in limits]
    return [(f"{column} {sign} ?", moment) for sign, moment in moments]


def _marks(values: Sequence[object]) -> str:
    return ", ".join("?" * len(values))
