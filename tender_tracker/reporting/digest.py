"""The digest as a frozen value: one model, of which Markdown, HTML, text, JSON and feeds are only faces.

There is no clock in it: the same store and the same arguments give the same value. Money is 元 (Decimal) where no
currency is named; budgets and awards never meet in one sum, and every sum stands beside the undisclosed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Generic, Literal, TypeVar

from tender_tracker.amending.change import Amended, Change
from tender_tracker.model import Amount, Delivered, Kind, Level
from tender_tracker.storage.papers import Why
from tender_tracker.storage.rows import State

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Listing(Generic[T]):
    """The top of a list, and how many there are in all."""

    items: tuple[T, ...]
    total: int

    @property
    def more(self) -> int:
        return self.total - len(self.items)


@dataclass(frozen=True, slots=True)
class Reading:
    """How a source stood at the end of the span, and what was read of it inside."""

    source: str | None
    """None: pages of no known source."""
    state: State
    last_good: datetime | None
    age: timedelta | None
    """From the last good reading to the end of the span."""
    live: bool
    """Whether the site was asked; else only saved pages of it were read."""
    read: int
    new: int
    changed: int
    refused: int
    error: str | None


@dataclass(frozen=True, slots=True)
class Health:
    """What was read, before any number is told."""

    readings: tuple[Reading, ...]
    read: int
    notices: int
    """New and changed notices of any level."""
    refused: int
    attachments: int
    """Attachments of the tenders told here."""
    unread: Mapping[str, int]
    """Reason → attachments not read in full: of notices first stored in the span that are flagged or buy compute; with
    a profile, of the tenders told here."""

    @property
    def complete(self) -> bool:
        """Whether all that was asked for was read in full; else every count is a lower bound."""
        return any(entry.source for entry in self.readings) and all(entry.state == "ok" for entry in self.readings)


@dataclass(frozen=True, slots=True)
class Count:
    """A number beside that of the span before, and the mean of the four before; None: the store is too young."""

    now: int
    before: int | None
    mean: Decimal | None


@dataclass(frozen=True, slots=True)
class Sum:
    """CNY of the projects that tell it, and how many do not or tell it in another currency."""

    yuan: Decimal | None
    disclosed: int
    undisclosed: int
    other_currency: int


@dataclass(frozen=True, slots=True)
class Headline:
    required: Count
    late: int
    """Of them: published before the span, read only in it."""
    budget: Sum
    universities: int
    """Universities among the buyers of the new required."""
    awards: int
    award: Sum
    changes: int
    cancellations: int


@dataclass(frozen=True, slots=True)
class LotPart:
    """A flagged lot of a tender."""

    name: str
    title: str | None
    level: Level
    budget: Amount | None
    quote: str | None


@dataclass(frozen=True, slots=True)
class Item:
    """One project: its leading notice, its flagged lots, and where else it is published."""

    id: int
    source: str
    source_id: str
    level: Level
    kind: Kind
    title: str
    project_no: str | None
    linked_project: int | None
    """Number of its project, where several notices are linked."""
    project: str
    url: str | None
    published_on: date | None
    first_seen: datetime
    late: bool
    buyer: str | None
    buyer_kind: str | None
    tier: str | None
    institution: str | None
    province: str | None
    budget: Amount | None
    deadline: datetime | None
    days_left: int | None
    """Days from the end of the span to the deadline; negative: it has passed."""
    families: tuple[str, ...]
    import_policy: str
    quote: str | None
    rule: str | None
    reasons: tuple[str, ...]
    """Ids of the cues that lowered the passage."""
    lots: tuple[LotPart, ...]
    also_on: tuple[tuple[str, str | None], ...]
    """Other sources that published the project, with their addresses."""
    attachments: int
    unread: Mapping[str, int]
    """Reason → attachments of them that were not read in full."""
    file: str | None
    """The attachment that the clause stands in, and its page."""
    page: int | None
    now: Level | None = None
    """Level of the project after its corrections, where that is another."""
    corrected_by: str | None = None
    """The words of the correction that moved it."""


@dataclass(frozen=True, slots=True)
class Tender:
    """The tender that an award or a cancellation belongs to."""

    id: int
    url: str | None
    level: Level
    published_on: date | None
    budget: Amount | None


@dataclass(frozen=True, slots=True)
class Award:
    item: Item
    suppliers: tuple[str, ...]
    amount: Amount | None
    delivered: tuple[Delivered, ...]
    price_per_card: Decimal | None
    tender: Tender | None


@dataclass(frozen=True, slots=True)
class Cancellation:
    item: Item
    tender: Tender | None
    voided: Amount | None
    """An award told earlier that falls with it."""


@dataclass(frozen=True, slots=True)
class Move:
    """One field from what it was before the span to what it is after it, however often it moved."""

    field: str
    before: Any
    after: Any
    times: int


@dataclass(frozen=True, slots=True)
class Changed:
    """A known tender whose page changed (`moves`, and the `demands` that came, went or were put otherwise), or for
    which an amendment was published, with what that says."""

    item: Item
    moves: tuple[Move, ...]
    amendment: bool
    corrections: tuple[Amended, ...] = ()
    demands: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """One row of a breakdown: projects and their budgets."""

    key: str | None
    projects: int
    budget: Sum


@dataclass(frozen=True, slots=True)
class Breakdown:
    by: Literal["family", "tier", "region", "kind", "size", "import"]
    groups: tuple[Group, ...]


@dataclass(frozen=True, slots=True)
class Erratum:
    """A notice told earlier whose level our rules, or an attachment read since, have corrected."""

    item: Item
    before: Level
    after: Level
    why: Why


@dataclass(frozen=True, slots=True)
class Digest:
    since: datetime
    until: datetime
    week: str | None
    """The ISO week, where the span is one."""
    profile: str | None
    as_of: datetime | None
    """When the last fetch before the end of the span began."""
    store_begins: datetime | None
    """When the store took its first notice."""
    packs: tuple[str, ...]
    """Fingerprints of the rules that decided what is told."""
    health: Health
    headline: Headline
    required: Listing[Item]
    preferred: Listing[Item]
    deadlines: Listing[Item]
    changes: Listing[Changed]
    cancellations: Listing[Cancellation]
    awards: Listing[Award]
    intentions: Listing[Item]
    breakdowns: tuple[Breakdown, ...]
    compute: Mapping[str, int]
    """New notices about compute by level; `barred`: those of level none that only bar imports."""
    year: tuple[tuple[Level, int, Sum], ...]
    """Since 1 January: projects and budgets of required and preferred."""
    review: Listing[Item]
    left_out: Mapping[str, int]
    """Reasons of the profile → projects it leaves out."""
    stored_later: Mapping[Level, int]
    """Published in the span but stored after it: told in a later digest."""
    errata: Listing[Erratum]
    command: str
    """What prints this digest again."""

    @property
    def is_empty(self) -> bool:
        """Whether nothing at all is new: neither tenders nor changes, awards, intentions or errata."""
        told = (self.required, self.preferred, self.changes, self.cancellations, self.awards, self.intentions)
        return not any(listing.total for listing in (*told, self.errata))
