"""A period and levels → what the report says: coverage first, the flagged notices, the totals. Asks the store only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from tender_tracker.model import FLAGGED, LEVELS, SHANGHAI, Level, Window
from tender_tracker.storage.query import By, Filter
from tender_tracker.storage.rows import Coverage, Flagged, LotRow, Stats, Total


class Answers(Protocol):
    """The part of a Reader a report asks."""

    def flagged(self, where: Filter | None = None, limit: int | None = None) -> list[Flagged]: ...
    def totals(self, where: Filter, by: By) -> list[Total]: ...
    def coverage(self, now: datetime) -> list[Coverage]: ...
    def stats(self) -> Stats: ...


@dataclass(frozen=True, slots=True)
class Report:
    """Everything a report prints; no clock in it, so that the same store gives the same bytes."""

    window: Window
    levels: tuple[Level, ...]
    by: By
    coverage: tuple[Coverage, ...]
    flagged: tuple[Flagged, ...]
    """The strongest and newest, at most as many as asked for."""
    counts: Mapping[Level, int]
    """All flagged notices of the period by level, shown or not."""
    totals: tuple[Total, ...]
    stats: Stats

    @property
    def complete(self) -> bool:
        """Whether every source was read in full; else all counts are lower bounds."""
        asked = [entry for entry in self.coverage if entry.source]
        return bool(asked) and all(entry.state == "ok" for entry in asked) and not any(e.refused for e in self.coverage)

    @property
    def found(self) -> int:
        """Flagged notices of the period, shown or not."""
        return sum(self.counts.values())

    def of_level(self, level: Level) -> tuple[Flagged, ...]:
        return tuple(row for row in self.flagged if row.notice.level == level)

    def asked_levels(self) -> tuple[Level, ...]:
        """The asked levels, strongest first."""
        return tuple(level for level in LEVELS if level in self.levels)


def build(
    reader: Answers,
    window: Window,
    now: datetime,
    levels: tuple[Level, ...] = FLAGGED,
    by: By = "level",
    limit: int | None = None,
) -> Report:
    """Asks a Reader for at most `limit` notices, and for counts and totals of all of them; `now` serves only the ages
    that the report leaves out."""
    since, until = days(window)
    where = Filter(since, until, levels=levels)
    flagged = tuple(reader.flagged(where, limit))
    return Report(
        window=window,
        levels=levels,
        by=by,
        coverage=tuple(reader.coverage(now)),
        flagged=flagged,
        counts=_counts(reader, where, flagged, limit),
        totals=tuple(_ordered(reader.totals(where, by), by)),
        stats=reader.stats(),
    )


def _counts(reader: Answers, where: Filter, shown: Sequence[Flagged], limit: int | None) -> Mapping[Level, int]:
    if limit is None or len(shown) < limit:
        return Counter(row.notice.level for row in shown)
    return {level: total.notices for total in reader.totals(where, "level") for level in LEVELS if level == total.key}


def _ordered(totals: list[Total], by: By) -> list[Total]:
    """Levels from the strongest, months in time; other groups as they come, most notices first."""
    if by == "level":
        strength: dict[str | None, int] = {level: place for place, level in enumerate(LEVELS)}
        return sorted(totals, key=lambda total: strength[total.key])
    if by == "month":
        return sorted(totals, key=lambda total: total.key or "")
    return totals


def days(window: Window) -> tuple[date | None, date | None]:
    """A window as half-open days in Shanghai, as the store counts them."""
    ends = (window.since, window.until)
    since, until = (end.astimezone(SHANGHAI).date() if end else None for end in ends)
    return since, until


def shown_lots(row: Flagged) -> tuple[LotRow, ...]:
    """The lots that are flagged themselves; the others of a mixed notice are not domestic compute."""
    return tuple(lot for lot in row.lots if lot.level in FLAGGED)
