"""Flagged notices of one span → one Item a project: the notice that leads, its flagged lots, where else it stands."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from tender_tracker.amending.twins import told_once
from tender_tracker.model import LEVELS, SHANGHAI, Amount, Kind, Level
from tender_tracker.reporting.attached import reasons as unread_of
from tender_tracker.reporting.digest import Item, LotPart, Sum
from tender_tracker.storage.news import Project, project_key
from tender_tracker.storage.rows import Flagged, NoticeRow

LEADS: tuple[Kind, ...] = (
    "tender", "single_source", "award", "contract", "cancel", "intention", "amendment", "other",
)  # fmt: skip
"""Which notice speaks for its project: the earlier in this order."""


@dataclass(frozen=True, slots=True)
class Span:
    """Half-open, aware."""

    since: datetime
    until: datetime


def project_of(notice: NoticeRow) -> Project:
    """Its linked project, else number and buyer, else the notice itself: a number may be another buyer's, too."""
    return project_key(notice.id, notice.linked_project, notice.project_no, notice.buyer)


def grouped(rows: Iterable[Flagged]) -> list[list[Flagged]]:
    """Rows by project, in each the leading one first, the newest of its kind."""
    groups: dict[Project, list[Flagged]] = {}
    for row in rows:
        groups.setdefault(project_of(row.notice), []).append(row)
    return [sorted(group, key=_rank) for group in groups.values()]


def once(rows: Iterable[Flagged]) -> list[list[Flagged]]:
    """Rows by notice: one that several sites carry is one group, the first stored of them leading."""
    found = []
    for group in grouped(rows):
        by_id = {row.notice.id: row for row in group}
        notices = (by_id[number].notice for number in sorted(by_id))
        found += [[by_id[twin.id] for twin in twins] for twins in told_once(notices)]
    return found


def _rank(row: Flagged) -> tuple[int, int, int, int]:
    notice = row.notice
    day = notice.published_on.toordinal() if notice.published_on else 0
    return LEVELS.index(notice.level), LEADS.index(notice.kind), -day, notice.id


def item(group: Sequence[Flagged], span: Span) -> Item:
    """The Item of one project, still without clause and lots; `group` begins with its leading notice."""
    notice = group[0].notice
    deadline = _newest(group, lambda row: row.deadline)
    return Item(
        id=notice.id,
        source=notice.source,
        source_id=notice.source_id,
        level=notice.level,
        kind=notice.kind,
        title=notice.title,
        project_no=notice.project_no,
        linked_project=notice.linked_project,
        project=notice.project_name or notice.title,
        url=notice.url,
        published_on=notice.published_on,
        first_seen=notice.first_seen,
        late=is_late(group, span),
        buyer=notice.buyer,
        buyer_kind=notice.buyer_kind,
        tier=notice.buyer_tier,
        institution=notice.buyer_institution,
        province=notice.province,
        budget=_largest([row.notice.budget for row in group]),
        deadline=deadline,
        days_left=None if deadline is None else days_left(deadline, span.until),
        families=tuple(dict.fromkeys(family for row in group for family in row.notice.families)),
        import_policy=notice.import_policy,
        quote=None,
        rule=None,
        reasons=(),
        lots=(),
        also_on=_also_on(group),
        attachments=sum(len(row.notice.documents) for row in group),
        unread=unread_of(document for row in group for document in row.notice.documents),
        file=None,
        page=None,
    )


def dressed(item: Item, row: Flagged) -> Item:
    """The Item with the clause and the flagged lots of its leading notice."""
    passage = row.evidence
    if passage is None:
        return replace(item, lots=tuple(_lot_parts(row)))
    return replace(
        item,
        quote=passage.quote,
        rule=passage.rule,
        reasons=passage.cues,
        lots=tuple(_lot_parts(row)),
        file=passage.file,
        page=passage.page,
    )


def days_left(deadline: datetime, until: datetime) -> int:
    """Whole days of Shanghai from the end of the span: 0 is the day that begins there."""
    return (deadline.astimezone(SHANGHAI).date() - until.astimezone(SHANGHAI).date()).days


def is_late(group: Iterable[Flagged], span: Span) -> bool:
    """Whether all of it was published before the day the span begins: it was missed, and comes now."""
    begins = span.since.astimezone(SHANGHAI).date()
    days = [row.notice.published_on for row in group]
    return all(day is not None and day < begins for day in days)


def by_budget(item: Item) -> tuple[bool, bool, Decimal, int]:
    """Largest budget first; other currencies after 元, the undisclosed last."""
    budget = item.budget
    return (
        budget is None,
        budget is not None and budget.currency != "CNY",
        -budget.value if budget else Decimal(0),
        item.id,
    )


def total(amounts: Iterable[Amount | None]) -> Sum:
    """One amount a project → their sum in 元, with those left out of it counted."""
    found = list(amounts)
    yuan = [amount.value for amount in found if amount and amount.currency == "CNY"]
    other = sum(amount is not None and amount.currency != "CNY" for amount in found)
    return Sum(sum(yuan, Decimal(0)) if yuan else None, len(yuan), sum(amount is None for amount in found), other)


def _also_on(group: Sequence[Flagged]) -> tuple[tuple[str, str | None], ...]:
    others = {row.notice.source: row.notice.url for row in group if row.notice.source != group[0].notice.source}
    return tuple(others.items())


def _lot_parts(row: Flagged) -> Iterable[LotPart]:
    """Flagged lots; their clause only where it is not the notice's own."""
    flagged: tuple[Level, ...] = ("required", "preferred", "supplied")
    own = row.evidence.quote if row.evidence else None
    for lot in row.lots:
        if lot.level in flagged:
            quote = lot.evidence.quote if lot.evidence and lot.evidence.quote != own else None
            yield LotPart(lot.name, lot.title, lot.level, lot.budget, quote)


def _largest(amounts: Iterable[Amount | None]) -> Amount | None:
    """The project's own figure: notices of one project repeat it, or name a part of it."""
    known = [amount for amount in amounts if amount]
    return max(known, key=lambda amount: (amount.currency == "CNY", amount.value), default=None)


def _newest(group: Iterable[Flagged], value: Callable[[NoticeRow], datetime | None]) -> datetime | None:
    """The value of the notice published last that has one: an amendment moves a deadline."""
    dated = [row.notice for row in group if value(row.notice) is not None]
    notice = max(
        dated, key=lambda notice: (notice.published_on is not None, notice.published_on, notice.id), default=None
    )
    return value(notice) if notice else None
