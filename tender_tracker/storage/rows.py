"""What the read side answers with: plain frozen values, no SQL and no database handle in them.

Dates without a time are days in Asia/Shanghai, datetimes are aware; missing is None; 元 are Decimals.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Literal

from tender_tracker.model import (
    Amount,
    Attachment,
    Delivered,
    Evidence,
    ImportPolicy,
    Kind,
    Level,
    LotVerdict,
    Quantity,
    Verdict,
    Window,
)
from tender_tracker.storage.papers import DocumentState as DocumentState
from tender_tracker.storage.standing import Alarm as Alarm
from tender_tracker.storage.standing import State as State


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """One attachment of a notice and what became of it; `reasons` say why it, or a part of it, is unread."""

    name: str
    url: str | None
    state: DocumentState = "not_fetched"
    reasons: tuple[str, ...] = ("not_asked",)
    message: str | None = None
    format: str | None = None
    """What its first bytes say: pdf, docx, zip, …"""
    bytes: int | None = None
    sha256: str | None = None
    asked_at: datetime | None = None
    next_try: datetime | None = None
    """When it is asked again; None where it is settled or was never asked."""
    unread: tuple[tuple[str, int | None, str], ...] = ()
    """Parts of it that were not read: file within it ("" is itself), page, reason."""


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """One stored notice without its text, lots and evidence."""

    id: int
    source: str
    source_id: str
    url: str | None
    title: str
    kind: Kind
    level: Level
    compute: bool
    import_policy: ImportPolicy
    families: tuple[str, ...]
    published: datetime | None
    published_has_time: bool
    published_on: date | None
    """The day of publication in Asia/Shanghai."""
    deadline: datetime | None
    project_no: str | None
    project_name: str | None
    buyer: str | None
    buyer_kind: str | None
    buyer_tier: str | None
    buyer_institution: str | None
    """The full official name of a known university or research body."""
    province: str | None
    """From the buyer's name; `region` is what the notice prints."""
    region: str | None
    agency: str | None
    budget: Amount | None
    award: Amount | None
    suppliers: tuple[str, ...]
    attachments: tuple[Attachment, ...]
    language: str
    country: str
    text_length: int
    """Characters of the stored text."""
    pack: str
    first_seen: datetime
    last_seen: datetime
    changed_at: datetime | None
    """When a stored notice was last read with other content; None if never."""
    read_at: datetime | None
    read_from: str | None
    documents: tuple[DocumentRow, ...] = ()
    """Each attachment, with what became of it."""
    linked_project: int | None = None
    """The number of its project, where that has several notices."""

    @property
    def unread(self) -> tuple[DocumentRow, ...]:
        """Attachments of which something, or all, was not read."""
        return tuple(document for document in self.documents if document.state != "read")


@dataclass(frozen=True, slots=True)
class LotRow:
    """One lot of a notice with its own level and the passage that decided it."""

    name: str
    title: str | None
    level: Level | None
    """None where the rules gave this lot no verdict of its own."""
    budget: Amount | None
    award: Amount | None
    suppliers: tuple[str, ...]
    evidence: Evidence | None


@dataclass(frozen=True, slots=True)
class Flagged:
    """A row of the report: the notice, its lots, and the first (deciding) passage of the whole notice."""

    notice: NoticeRow
    lots: tuple[LotRow, ...]
    evidence: Evidence | None
    quantities: tuple[Quantity, ...] = ()
    delivered: tuple[Delivered, ...] = ()
    price_per_card: Decimal | None = None
    """元, where the notice prints one price of a card, or of a server and its cards."""


@dataclass(frozen=True, slots=True)
class Total:
    """Sums of one group. Budget and award stand apart and are never to be added.

    Money is counted once per project (notices of one project number and buyer are one project, its largest figure
    counts), only in CNY, and never without the number of projects that disclose nothing.
    """

    keys: tuple[str | None, ...]
    """One of each dimension, None where it is unknown; empty for the sum of several groups."""
    notices: int
    projects: int
    budget_sum: Decimal | None
    budget_disclosed: int
    budget_undisclosed: int
    award_sum: Decimal | None
    award_disclosed: int
    award_undisclosed: int
    """Projects with an award or contract notice that names no price."""
    other_currency: int
    """Projects with money in another currency: in no sum here."""

    @property
    def key(self) -> str | None:
        """Of the first dimension."""
        return next(iter(self.keys), None)


@dataclass(frozen=True, slots=True)
class Coverage:
    """How well one source is covered. `source` None stands for pages no source recognised."""

    source: str | None
    notices: int
    newest: date | None
    """Latest day of publication stored."""
    state: State | None = None
    """Of the last run that asked this source, or stale; None when its notices came without a finished run."""
    error: str | None = None
    last_run: datetime | None = None
    last_good: datetime | None = None
    age: timedelta | None = None
    """Since `last_good`."""
    live: bool = False
    """Whether the site was asked; else only saved pages of it were read."""
    read: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    lists: int = 0
    refused: int = 0
    """Pages of the last run that could not be read, by reason below."""
    reasons: tuple[tuple[str, int], ...] = ()
    window: Window | None = None
    """Publication time the last run asked for."""
    covered: Window | None = None
    """Publication time the last run read in full; None where it cannot say."""
    watermark: datetime | None = None
    """Up to when all that was published is read."""
    seen: int = 0
    """Items of the lists the last run read."""
    failed: int = 0
    """Notice pages the last run could not read; they are among the refused."""
    not_modified: int = 0
    """Pages that had not changed since they were asked last."""
    alarm: Alarm | None = None
    outage: datetime | None = None
    """Begin of the outage that lasts."""
    failures: int = 0
    """Runs in a row that were not ok."""
    last_new: datetime | None = None
    """Begin of the last run that brought a new notice."""
    waiting: int = 0
    """Failed pages that will be asked again."""
    given_up: int = 0
    """Pages that failed too often and are asked no more."""


@dataclass(frozen=True, slots=True)
class Version:
    """An older version of a notice, as it stood until `seen_at`."""

    seen_at: datetime
    """When the newer content was read."""
    content_hash: str
    level: Level
    changed: Mapping[str, tuple[Any, Any]]
    """Field -> (old, new); the text is not repeated here."""
    notice: Mapping[str, Any]
    """The whole older notice, its text included, as JSON values."""
    cause: Literal["notice", "reading"] = "notice"
    """Whether the notice changed, or our parsers came to read the same page otherwise."""
    run_id: int | None = None
    """The run that replaced it."""
    decided: Mapping[str, Any] | None = None
    """Pack, levels of lots and deciding quotes of this version; None for those stored before schema 10."""


@dataclass(frozen=True, slots=True)
class NoticeFile:
    """Everything known of one notice."""

    notice: NoticeRow
    text: str
    lots: tuple[LotRow, ...]
    evidence: tuple[Evidence, ...]
    """Deciding passages first."""
    versions: tuple[Version, ...]
    """Oldest first."""
    quantities: tuple[Quantity, ...] = ()
    """In the order they stand in the text."""
    delivered: tuple[Delivered, ...] = ()
    price_per_card: Decimal | None = None

    @property
    def verdict(self) -> Verdict:
        """The verdict as it was stored."""
        notice = self.notice
        lots = tuple(LotVerdict(lot.name, lot.level) for lot in self.lots if lot.level)
        return Verdict(
            notice.level, notice.compute, notice.import_policy, notice.families, lots, self.evidence, notice.pack
        )


@dataclass(frozen=True, slots=True)
class Hit:
    """A notice found by `search` and the passage around the first word, or around one that only a document has."""

    notice: NoticeRow
    where: Literal["title", "text", "document"]
    passage: str
    file: str | None = None
    """Of a document, its name, within archives behind theirs."""
    page: int | None = None
    ocr: bool = False
    """Whether the document was read from a picture there."""


@dataclass(frozen=True, slots=True)
class Found:
    """`total` notices contain all words; `hits` are the newest of them. Bodies and attachments searched:
    those of `bodies` of `notices`."""

    hits: tuple[Hit, ...]
    total: int
    bodies: int
    notices: int


@dataclass(frozen=True, slots=True)
class FillRates:
    """Share (0 to 1) of a source's notices in which each field has a value."""

    source: str
    notices: int
    rates: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class RunRow:
    """One run; `ended` and `exit_code` are None while it runs and after a crash."""

    id: int
    command: str
    started: datetime
    ended: datetime | None
    exit_code: int | None
    pack: str | None


@dataclass(frozen=True, slots=True)
class Refusal:
    """A page of a run that could not be read, and why."""

    run_id: int
    read_from: str
    source: str | None
    reason: str
    message: str


@dataclass(frozen=True, slots=True)
class Stats:
    """The store in a few figures."""

    notices: int
    levels: Mapping[Level, int]
    undated: int
    """Notices without a publication date: no period contains them."""
    oldest: date | None
    newest: date | None
    last_run: RunRow | None
    size: int
    """Bytes of the store file."""
