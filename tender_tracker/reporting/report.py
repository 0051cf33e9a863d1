"""A period and levels → what the report says: coverage first, the flagged notices, the totals. Asks the store only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Protocol

from tender_tracker.model import FLAGGED, LEVELS, SHANGHAI, Level, Window
from tender_tracker.storage import market
from tender_tracker.storage.division import Division, divide
from tender_tracker.storage.filter import condition
from tender_tracker.storage.gathered import Twin, carried
from tender_tracker.storage.market_rows import Going, Scope
from tender_tracker.storage.query import By, Filter, Keys
from tender_tracker.storage.rows import Coverage, Flagged, LotRow, Stats, Total
from tender_tracker.storage.unread import unread


class Answers(Protocol):
    """The part of a Reader a report asks."""

    def flagged(self, where: Filter | None = None, limit: int | None = None) -> list[Flagged]: ...
    def totals(self, where: Filter, *by: By, besides: Sequence[Keys] = ()) -> list[Total]: ...
    def coverage(self, now: datetime) -> list[Coverage]: ...
    def stats(self) -> Stats: ...
    def ask(self, sql: str, values: Sequence[object] = ()) -> list[Any]: ...


@dataclass(frozen=True, slots=True)
class Report:
    """Everything a report prints; no clock in it, so that the same store gives the same bytes."""

    window: Window
    levels: tuple[Level, ...]
    compared: Window | None
    """The period that totals are held against."""
    coverage: tuple[Coverage, ...]
    flagged: tuple[Flagged, ...]
    """The strongest and newest, at most as many as asked for."""
    counts: Mapping[Level, int]
    """All flagged notices of the period by level, shown or not."""
    totals: Division
    stats: Stats
    going: Going
    """How the flagged procurements of the period went, of any level."""
    also_on: Mapping[int, tuple[Twin, ...]]
    """Flagged notice → the same notice on other sites, in the period or not."""
    unread: Mapping[str, int]
    """Reason → attachments of notices of the period, flagged or buying compute, that were not read in full."""

    @property
    def complete(self) -> bool:
        """Whether all that was asked for was read in full; else all counts are lower bounds."""
        asked = [entry for entry in self.coverage if entry.source]
        return bool(asked) and all(entry.state == "ok" for entry in asked) and not any(e.refused for e in self.coverage)

    @property
    def found(self) -> int:
        """Flagged notices of the period, shown or not."""
        return sum(self.counts.values())

    def of_level(self, level: Level) -> tuple[Flagged, ...]:
        return tuple(row for row in self.flagged if row.notice.level == level)

    def told_once(self, level: Level) -> tuple[Flagged, ...]:
        """The same, but of a notice that several sites carry only the one that was stored first."""
        shown = {row.notice.id for row in self.flagged}
        return tuple(
            row
            for row in self.of_level(level)
            if not any(twin.id < row.notice.id and twin.id in shown for twin in self.twins(row))
        )

    def twins(self, row: Flagged) -> tuple[Twin, ...]:
        """The same notice on other sites."""
        return self.also_on.get(row.notice.id, ())

    def asked_levels(self) -> tuple[Level, ...]:
        """The asked levels, strongest first."""
        return tuple(level for level in LEVELS if level in self.levels)


def build(
    reader: Answers,
    window: Window,
    now: datetime,
    levels: tuple[Level, ...] = FLAGGED,
    by: tuple[By, ...] = ("level",),
    limit: int | None = None,
    top: int | None = None,
    compared: Window | None = None,
) -> Report:
    """Asks a Reader for at most `limit` notices and `top` groups, and for counts and totals of all of them; `now`
    serves only the ages that the report leaves out."""
    where = Filter(*days(window), levels=levels)
    then = Filter(*days(compared), levels=levels) if compared else None
    flagged = tuple(reader.flagged(where, limit))
    totals = divide(reader, where, by, top, then)
    return Report(
        window=window,
        levels=levels,
        compared=compared,
        coverage=tuple(reader.coverage(now)),
        flagged=flagged,
        counts=_counts(reader, where, flagged, limit, totals),
        totals=totals,
        stats=reader.stats(),
        going=market.whole(reader, Scope(*days(window))),
        also_on=carried(reader, {number for row in flagged if (number := row.notice.linked_project) is not None}),
        unread=unread(reader.ask, condition(Filter(*days(window), levels=()))),
    )


def _counts(
    reader: Answers, where: Filter, shown: Sequence[Flagged], limit: int | None, totals: Division
) -> Mapping[Level, int]:
    if limit is None or len(shown) < limit:
        return Counter(row.notice.level for row in shown)
    known = [group.now for group in totals.groups] if totals.by == ("level",) and not totals.rest else None
    found = {total.key: total.notices for total in known or reader.totals(where, "level")}
    return {level: found[level] for level in LEVELS if level in found}


def days(window: Window) -> tuple[date | None, date | None]:
    """A window as half-open days in Shanghai, as the store counts them; a day that it ends or begins in is included."""
    since, until = (end.astimezone(SHANGHAI) if end else None for end in (window.since, window.until))
    last = until - timedelta(microseconds=1) + timedelta(days=1) if until else None
    return since.date() if since else None, last.date() if last else None


def shown_lots(row: Flagged) -> tuple[LotRow, ...]:
    """The lots that are flagged themselves; the others of a mixed notice are not domestic compute."""
    return tuple(lot for lot in row.lots if lot.level in FLAGGED)
