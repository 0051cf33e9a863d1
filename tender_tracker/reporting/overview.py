"""A period → what a reader wants to see at a glance: its levels, weeks, chips, provinces, tiers, demands and prices."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Protocol

from tender_tracker.model import Kind, Window
from tender_tracker.reporting.division import Division, Group, Sums, divide
from tender_tracker.reporting.report import Report, days
from tender_tracker.storage.market import market
from tender_tracker.storage.market_rows import Market, Scope
from tender_tracker.storage.query import By, Filter
from tender_tracker.storage.rows import Flagged, Total

CALLS: tuple[Kind, ...] = ("tender", "single_source")
"""Kinds that open a tender: what is counted by week."""
WEEKS, MOST_WEEKS = 12, 60
"""Weeks a chart has at least, back from the end of the period; where there would be more than so many it has months."""
FAMILIES, REGIONS, PRICED, NAMED = 12, 12, 60, 10


class Sights(Sums, Protocol):
    """The part of a Reader an overview asks."""

    def flagged(self, where: Filter | None = None, limit: int | None = None) -> list[Flagged]: ...
    def count(self, where: Filter) -> int: ...
    def ask(self, sql: str, values: Sequence[object] = ()) -> list[Any]: ...


@dataclass(frozen=True, slots=True)
class Overview:
    """Divisions of the flagged notices of a period; `shares` is of all purchases of compute in it."""

    levels: Division
    unit: By
    """`week`, or `month` where there would be too many weeks."""
    times: tuple[Total, ...]
    """Tenders by unit and level; they begin before the period where that is short."""
    families: Division
    regions: Division
    tiers: Division
    """By chip family and standing of the buyer."""
    shares: Division
    prices: tuple[Flagged, ...]
    """Notices that print the price of a card, dearest first."""
    market: Market
    """With at most ten buyers and suppliers."""
    unasked: int
    """Notices with a unit price that were not looked at for the price of a card."""


def overview(reader: Sights, report: Report) -> Overview:
    """Asks a Reader with a handful of questions; what the report knows already is not asked again."""
    where = Filter(*days(report.window), levels=report.levels)
    priced = replace(where, priced=True)
    found = reader.flagged(priced, PRICED)
    unasked = reader.count(priced) - len(found) if len(found) == PRICED else 0
    whole, unit = None if "share" in report.totals.by else report.totals.whole, _unit(report.window)
    levels = _levels(reader, where, report, whole)
    whole = levels.whole
    return Overview(
        levels=levels,
        unit=unit,
        times=tuple(reader.totals(_back(where), unit, "level")),
        families=divide(reader, where, ("family",), FAMILIES, whole=whole, rank="budget_sum"),
        regions=divide(reader, where, ("region",), REGIONS, whole=whole, rank="projects"),
        tiers=divide(reader, where, ("family", "tier"), whole=whole),
        shares=divide(reader, where, ("share",)),
        prices=tuple(sorted((row for row in found if row.price_per_card), key=lambda row: -(row.price_per_card or 0))),
        market=market(reader, Scope(*days(report.window)), NAMED),
        unasked=unasked,
    )


def _levels(reader: Sights, where: Filter, report: Report, whole: Group | None) -> Division:
    if report.totals.by == ("level",) and not report.totals.rest:
        return report.totals
    then = Filter(*days(report.compared), levels=report.levels) if report.compared else None
    return divide(reader, where, ("level",), then=then, whole=whole)


def _unit(window: Window) -> By:
    long = window.since is None or window.until is None or window.until - window.since > timedelta(weeks=MOST_WEEKS)
    return "month" if long else "week"


def _back(where: Filter) -> Filter:
    """The tenders of the period, or of the weeks up to its end where it is shorter."""
    since = where.since
    if where.until and since:
        monday = where.until - timedelta(days=1)
        since = min(since, monday - timedelta(days=monday.weekday(), weeks=WEEKS - 1))
    return replace(where, since=since, kinds=CALLS)


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
