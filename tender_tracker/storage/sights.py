"""A period → what is seen of it at a glance: flagged notices by time, chip family, region and standing, and demands.

The HTML report and the workbook show it; of all that is stored the answers are kept (kept.py).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

from tender_tracker.model import Kind
from tender_tracker.storage.division import Division, Group, Sums, divide
from tender_tracker.storage.filter import Filter
from tender_tracker.storage.rows import Total
from tender_tracker.storage.totals import By

CALLS: tuple[Kind, ...] = ("tender", "single_source")
"""Kinds that open a tender: what is counted by week."""
WEEKS, MOST_WEEKS = 12, 60
"""Weeks a chart has at least, back from the end of the period; where there would be more than so many it has months."""
FAMILIES, REGIONS, NAMED = 12, 12, 10
"""Groups shown one by one; buyers and suppliers of the market beside them."""


@dataclass(frozen=True, slots=True)
class Sights:
    """Divisions of the flagged notices of a period; `shares` is of all purchases of compute in it."""

    unit: By
    """`week`, or `month` where there would be too many weeks."""
    times: tuple[Total, ...]
    """Tenders by unit and level; they begin before the period where that is short."""
    families: Division
    regions: Division
    tiers: Division
    """By chip family and standing of the buyer."""
    shares: Division


def sights(sums: Sums, where: Filter, whole: Group | None = None) -> Sights:
    """`where` gives period and levels; the sum of all it takes, where it is known already, is not asked again."""
    unit = _unit(where)
    families = divide(sums, where, ("family",), FAMILIES, whole=whole, rank="budget_sum")
    return Sights(
        unit=unit,
        times=tuple(sums.totals(_back(where), unit, "level")),
        families=families,
        regions=divide(sums, where, ("region",), REGIONS, whole=families.whole, rank="projects"),
        tiers=divide(sums, where, ("family", "tier"), whole=families.whole),
        shares=divide(sums, where, ("share",)),
    )


def _unit(where: Filter) -> By:
    long = where.since is None or where.until is None or where.until - where.since > timedelta(weeks=MOST_WEEKS)
    return "month" if long else "week"


def _back(where: Filter) -> Filter:
    """The tenders of the period, or of the weeks up to its end where it is shorter."""
    since = where.since
    if where.until and since:
        monday = where.until - timedelta(days=1)
        since = min(since, monday - timedelta(days=monday.weekday(), weeks=WEEKS - 1))
    return replace(where, since=since, kinds=CALLS)
