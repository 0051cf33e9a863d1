"""What is told of the market of a period: plain values.

Each procurement counts once, however many notices, lots and re-issues it has. Money is 元; beside each sum stands how
many disclose it and how many do not.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from tender_tracker.model import Level


@dataclass(frozen=True, slots=True)
class Scope:
    """Half-open days of Shanghai; `families` any of them, () all. Demand counts by its first day, awards by theirs."""

    since: date | None = None
    until: date | None = None
    families: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Money:
    """`total` is None where nobody discloses; money in another currency is in no sum."""

    total: Decimal | None
    disclosed: int
    undisclosed: int
    other_currency: int


@dataclass(frozen=True, slots=True)
class Buyer:
    name: str
    kind: str | None
    tier: str | None
    province: str | None
    projects: int
    required: int
    budget: Money


@dataclass(frozen=True, slots=True)
class Buyers:
    """`repeat` have more than one procurement, which are `of_repeat` together; `unnamed` procurements name no buyer."""

    projects: int
    buyers: int
    repeat: int
    of_repeat: int
    unnamed: int
    budget: Money
    most: tuple[Buyer, ...]


@dataclass(frozen=True, slots=True)
class Supplier:
    name: str
    projects: int
    families: tuple[str, ...]
    award: Money
    """Of whole procurements: of one with several winners it is not the supplier's own sum."""


@dataclass(frozen=True, slots=True)
class Concentration:
    """Of one chip family (None: no family named): how the awarded procurements fall to their suppliers.

    `share` is that of the three largest, `hhi` the Herfindahl-Hirschman index (0 to 10,000) of shares in wins; joint
    winners have a win each. `unnamed` procurements print no supplier and are in neither.
    """

    family: str | None
    projects: int
    suppliers: int
    wins: int
    leader: str | None
    share: Decimal | None
    hhi: int | None
    unnamed: int


@dataclass(frozen=True, slots=True)
class Month:
    month: str
    projects: int
    levels: dict[Level, int]
    families: dict[str, int]
    budget: Money


@dataclass(frozen=True, slots=True)
class Middle:
    """A median and how many figures it is of."""

    value: Decimal | None
    n: int


@dataclass(frozen=True, slots=True)
class Going:
    """How the procurements of a chip family (None: of all, or of those that name none) went.

    `failed` of those called and ended; open ones are in neither part of that share.
    """

    group: str | None
    projects: int
    open: int
    awarded: int
    failed: int
    failure: Decimal | None
    """failed ÷ (failed + awarded), of procurements whose call is stored."""
    concluded: int
    """What that share is of."""
    lead_days: Middle
    contract_days: Middle
    discount: Middle


@dataclass(frozen=True, slots=True)
class Market:
    buyers: Buyers
    suppliers: tuple[Supplier, ...]
    concentration: tuple[Concentration, ...]
    months: tuple[Month, ...]
    whole: Going
    going: tuple[Going, ...]
    """By chip family, the most frequent first; a procurement of two counts in both."""
