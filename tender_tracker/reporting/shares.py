"""New tenders → how they divide: by chip, standing of the buyer, province, stage, size and policy on imports."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal

from tender_tracker.reporting.digest import Breakdown, Group, Item
from tender_tracker.reporting.projects import total

SIZES: tuple[tuple[str, Decimal], ...] = (
    ("100m", Decimal(10**8)), ("10m", Decimal(10**7)), ("1m", Decimal(10**6)), ("less", Decimal(0)),
)  # fmt: skip
"""Bands of budgets with their lower ends: 亿, 千万, 百万, below 100 万."""


def breakdowns(items: Sequence[Item]) -> tuple[Breakdown, ...]:
    """Every division of these projects; one with two chip families counts in both."""
    return (
        Breakdown("family", _groups(items, lambda item: item.families or (None,))),
        Breakdown("tier", _groups(items, lambda item: (item.tier,))),
        Breakdown("region", _groups(items, lambda item: (item.province,))),
        Breakdown("kind", _groups(items, lambda item: (item.kind,))),
        Breakdown("size", _groups(items, lambda item: (_size(item),))),
        Breakdown("import", _groups(items, lambda item: (item.import_policy,))),
    )


def _groups(items: Iterable[Item], keys: Callable[[Item], Iterable[str | None]]) -> tuple[Group, ...]:
    """Most projects first, the unknown last."""
    found: dict[str | None, list[Item]] = defaultdict(list)
    for item in items:
        for key in keys(item):
            found[key].append(item)
    groups = (Group(key, len(group), total(item.budget for item in group)) for key, group in found.items())
    return tuple(sorted(groups, key=lambda group: (group.key is None, -group.projects, group.key or "")))


def _size(item: Item) -> str | None:
    if item.budget is None or item.budget.currency != "CNY":
        return None
    value = item.budget.value
    return next(name for name, low in SIZES if value >= low)
