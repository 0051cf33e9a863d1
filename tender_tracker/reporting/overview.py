"""A Report → what a reader wants to see of it at a glance, prices and market too."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Protocol

from tender_tracker.reporting.report import Report, days
from tender_tracker.storage.division import OTHERS, Division, Sums, divide
from tender_tracker.storage.market import market
from tender_tracker.storage.market_rows import Market, Scope
from tender_tracker.storage.news import project_key
from tender_tracker.storage.query import By, Filter
from tender_tracker.storage.rows import Flagged, Total
from tender_tracker.storage.sights import NAMED, Sights, sights

PRICED = 60


class Answers(Sums, Protocol):
    """The part of a Reader an overview asks."""

    def flagged(self, where: Filter | None = None, limit: int | None = None) -> list[Flagged]: ...
    def count(self, where: Filter) -> int: ...
    def ask(self, sql: str, values: Sequence[object] = ()) -> list[Any]: ...


@dataclass(frozen=True, slots=True)
class Overview:
    levels: Division
    sights: Sights
    prices: tuple[Flagged, ...]
    """Notices that print the price of a card, dearest first; an award and its contract at one price are one."""
    market: Market
    """With at most ten buyers and suppliers."""
    unasked: int
    """Notices with a unit price that were not looked at for the price of a card."""


def overview(reader: Answers, report: Report) -> Overview:
    """Asks a Reader with a handful of questions; what the report knows already is not asked again."""
    where = Filter(*days(report.window), levels=report.levels)
    priced = replace(where, priced=True)
    found = reader.flagged(priced, PRICED)
    levels = _levels(reader, where, report)
    return Overview(
        levels=levels,
        sights=sights(reader, where, levels.whole),
        prices=tuple(sorted(_once(found), key=lambda row: -(row.price_per_card or 0))),
        market=market(reader, Scope(*days(report.window)), NAMED),
        unasked=reader.count(priced) - len(found) if len(found) == PRICED else 0,
    )


def _levels(reader: Answers, where: Filter, report: Report) -> Division:
    if report.totals.by == ("level",) and not report.totals.rest:
        return report.totals
    then = Filter(*days(report.compared), levels=report.levels) if report.compared else None
    whole = None if OTHERS & set(report.totals.by) else report.totals.whole
    return divide(reader, where, ("level",), then=then, whole=whole)


def _once(rows: Iterable[Flagged]) -> Iterable[Flagged]:
    """Of each project the first notice that prints a price of a card; what repeats it is left out."""
    found: dict[object, Flagged] = {}
    for row in sorted((row for row in rows if row.price_per_card), key=lambda row: row.notice.id):
        notice = row.notice
        project = project_key(notice.id, notice.linked_project, notice.project_no, notice.buyer)
        found.setdefault((project, row.price_per_card), row)
    return found.values()


def timeline(unit: By, times: Sequence[Total]) -> list[str]:
    """Every week or month from the first to the last that has a total, those without one too."""
    keys = sorted({total.key for total in times if total.key})
    step = _weeks if unit == "week" else _months
    return list(step(keys[0], keys[-1])) if keys else []


def _weeks(first: str, last: str) -> Iterator[str]:
    day = datetime.strptime(f"{first}-1", "%G-W%V-%u").date()
    while (key := f"{day:%G-W%V}") <= last:
        yield key
        day += timedelta(days=7)


def _months(first: str, last: str) -> Iterator[str]:
    day = date.fromisoformat(f"{first}-01")
    while (key := f"{day:%Y-%m}") <= last:
        yield key
        day = (day + timedelta(days=31)).replace(day=1)
