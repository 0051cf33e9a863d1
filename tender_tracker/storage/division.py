"""What to divide by → a Division: its groups, all others in one, the whole, each beside the period compared with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal, Protocol

from tender_tracker.model import KINDS, LEVELS
from tender_tracker.storage.filter import Filter
from tender_tracker.storage.news import NEWS
from tender_tracker.storage.rows import Total
from tender_tracker.storage.totals import By, Keys

SIZES = ("100m", "10m", "1m", "less", "none", "other_currency")
"""Bands of a project's budget: from 1 亿, 1000 万, 100 万, below that; undisclosed; in another currency."""
SHARES = ("required", "preferred", "supplied", "barred", "mentioned", "silent")
"""What purchases of compute demand, strongest first; `barred`: nothing but that imports are not accepted."""
TIERS = ("985", "211", "双一流", "其他本科", "高职")
_ORDERED: dict[By, tuple[str, ...]] = {"level": LEVELS, "kind": KINDS, "tier": TIERS, "size": SIZES, "share": SHARES}
OTHERS: frozenset[By] = frozenset(("share", "supplier"))
"""What divides other notices than those of the filter: all purchases of compute, or awards."""
_IN_TIME: frozenset[By] = frozenset(("week", "month"))


class Sums(Protocol):
    """The part of a Reader that adds up."""

    def totals(self, where: Filter, *by: By, besides: Sequence[Keys] = ()) -> list[Total]: ...


@dataclass(frozen=True, slots=True)
class Group:
    """One group now and, where a period is compared with, then."""

    now: Total
    then: Total | None = None

    @property
    def keys(self) -> Keys:
        return self.now.keys

    def more(self, field: str) -> Decimal | None:
        """By how much a count or sum grew; None where nothing is compared, or one of the sums is not known."""
        if self.then is None:
            return None
        now, then = (_known(total, field) for total in (self.now, self.then))
        return None if now is None or then is None else now - then


@dataclass(frozen=True, slots=True)
class Division:
    """`groups` are shown one by one; `rest` sums the `others` left, each project once; `whole` is all of them."""

    by: tuple[By, ...]
    groups: tuple[Group, ...]
    whole: Group
    rest: Group | None = None
    others: int = 0


def divide(
    sums: Sums,
    where: Filter,
    by: tuple[By, ...],
    top: int | None = None,
    then: Filter | None = None,
    whole: Group | None = None,
    rank: Literal["notices", "projects", "budget_sum"] = "notices",
) -> Division:
    """Asks for at most `top` groups (the largest by `rank`), and for all others in one; `then` filters what is compared
    with.

    By `share` all purchases of compute are divided, whatever their level, by the notices that bring a demand to market.
    A `whole` that is known already is not asked again.
    """
    if "share" in by:
        where, then = _purchases(where), then and _purchases(then)
    if "supplier" in by:
        where, then, whole = _settled(where), then and _settled(then), None
    found = sums.totals(where, *by)
    before = {total.keys: total for total in sums.totals(then, *by)} if then else None
    groups = [Group(total, None if before is None else before.pop(total.keys, _nothing(total.keys))) for total in found]
    groups += [Group(_nothing(keys), total) for keys, total in (before or {}).items()]
    groups.sort(key=lambda group: [-(getattr(at, rank) or 0) if at else 0 for at in (group.now, group.then)])
    shown, others = groups[:top], groups[len(groups[:top]) :]
    besides = tuple(group.keys for group in shown)
    return Division(
        by,
        _ordered(shown, by),
        whole or _one(sums, where, then),
        _one(sums, where, then, by, besides) if others else None,
        len(others),
    )


def _one(
    sums: Sums, where: Filter, then: Filter | None, by: tuple[By, ...] = (), besides: tuple[Keys, ...] = ()
) -> Group:
    """The sum of all notices, or of all in none of the groups `besides`."""

    def total(of: Filter) -> Total:
        return next(iter(sums.totals(of, *by, besides=besides)), _nothing(()))

    return Group(total(where), total(then) if then else None)


def _settled(where: Filter) -> Filter:
    """Notices that have a supplier to tell."""
    return replace(where, kinds=("award", "contract"))


def _purchases(where: Filter) -> Filter:
    return Filter(where.since, where.until, levels=(), kinds=NEWS, compute=True)


def _nothing(keys: Keys) -> Total:
    return Total(keys, 0, 0, None, 0, 0, None, 0, 0, 0)


def _known(total: Total, field: str) -> Decimal | None:
    """A count or sum; a sum is 0 where nothing is left out of it, and unknown where all of it is undisclosed."""
    value = getattr(total, field)
    if value is None and not getattr(total, field.replace("_sum", "_undisclosed")) and not total.other_currency:
        return Decimal(0)
    return None if value is None else Decimal(value)


def _ordered(groups: Sequence[Group], by: tuple[By, ...]) -> tuple[Group, ...]:
    """Levels from the strongest, bands from the largest, months in time, others by their largest; unknown last."""
    met: list[dict[str | None, int]] = [{} for _ in by]
    for group in groups:
        for places, key in zip(met, group.keys, strict=True):
            places.setdefault(key, len(places))

    def place(key: str | None, one: By, places: dict[str | None, int]) -> tuple[bool, int, str]:
        known = _ORDERED.get(one, ())
        if one in _IN_TIME:
            return key is None, 0, key or ""
        return key is None, known.index(key) if key in known else len(known) + places[key], ""

    return tuple(sorted(groups, key=lambda group: [place(*each) for each in zip(group.keys, by, met, strict=True)]))
