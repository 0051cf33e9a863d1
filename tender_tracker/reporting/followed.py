"""Tenders → what became of them: awards, cancellations and what these void, deadlines still open."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, TypeVar

from tender_tracker.model import Amount
from tender_tracker.reporting.digest import Award, Cancellation, Item, Listing, Tender
from tender_tracker.reporting.projects import Span, by_budget, days_left, grouped, item
from tender_tracker.reporting.selection import left_out
from tender_tracker.reporting.shelf import Shelf
from tender_tracker.storage import amended, news
from tender_tracker.storage.rows import Flagged, NoticeRow

if TYPE_CHECKING:
    from tender_tracker.profile import Profile

_ENDS = ("award", "contract", "cancel")
Ended = TypeVar("Ended", Award, Cancellation)
Families = dict[str | int, list[Flagged]]
"""Project number as printed, or that of a linked project → all that is stored of it."""


def awards(rows: Iterable[Flagged], span: Span) -> list[Award]:
    """Awards and contracts, one a project, still without its tender; largest award first."""
    return sorted((_award(group, span) for group in grouped(rows)), key=_by_award)


def _by_award(award: Award) -> tuple[bool, Decimal, int]:
    return award.amount is None, -award.amount.value if award.amount else Decimal(0), award.item.id


def _award(group: Sequence[Flagged], span: Span) -> Award:
    lead = group[0]
    return Award(
        item=item(group, span),
        suppliers=tuple(dict.fromkeys(name for row in group for name in row.notice.suppliers)),
        amount=_first(row.notice.award for row in group),
        delivered=lead.delivered,
        price_per_card=lead.price_per_card,
        tender=None,
    )


def cancellations(rows: Iterable[Flagged], span: Span) -> list[Cancellation]:
    """Ended procurements, one a project, still without its tender and the award that falls with it."""
    found = (Cancellation(item(group, span), None, None) for group in grouped(rows))
    return sorted(found, key=lambda cancelled: by_budget(cancelled.item))


def awarded(shelf: Shelf, listing: Listing[Award], span: Span) -> Listing[Award]:
    """The printed awards, each with its tender."""
    found = _leads(shelf, listing, span)
    return replace(listing, items=tuple(replace(entry, tender=_tender(*lead)) for entry, lead in found))


def cancelled(shelf: Shelf, listing: Listing[Cancellation], span: Span) -> Listing[Cancellation]:
    """The printed cancellations, each with its tender and the award told before it."""

    def ended(entry: Cancellation, lead: Flagged, known: Families) -> Cancellation:
        before = [row for row in _of(lead, known) if row.notice.kind in ("award", "contract") and _precedes(row, lead)]
        return Cancellation(entry.item, _tender(lead, known), _first(row.notice.award for row in before))

    return replace(listing, items=tuple(ended(entry, *lead) for entry, lead in _leads(shelf, listing, span)))


def _leads(shelf: Shelf, listing: Listing[Ended], span: Span) -> list[tuple[Ended, tuple[Flagged, Families]]]:
    """Each entry with its leading notice, and all that is stored of their projects."""
    rows = {row.notice.id: row for row in shelf.take(entry.item.id for entry in listing.items)}
    known = _known(shelf, rows.values(), span)
    return [(entry, (rows[entry.item.id], known)) for entry in listing.items]


def deadlines(shelf: Shelf, span: Span, ahead: timedelta, profile: Profile | None) -> list[Item]:
    """Open tenders that are due within `ahead` of the span's end, after all their corrections."""
    near = shelf.take(news.due(shelf.reader, span.until, span.until + ahead))
    known = _known(shelf, near, span)
    linked = {number for row in near if (number := row.notice.linked_project) is not None}
    states = amended.states(shelf.reader, linked)
    found: dict[int, Item] = {}
    for row in near:
        for group in _by_tender([row, *_of(row, known)]):
            lead = group[0]
            if lead.notice.id in found or left_out(profile, lead) is not None:
                continue
            entry = _open(group, span, states.get(lead.notice.linked_project or 0))
            if entry and entry.deadline and span.until <= entry.deadline < span.until + ahead:
                found[lead.notice.id] = entry
    return sorted(found.values(), key=lambda entry: (entry.deadline, entry.id))


def _open(group: Sequence[Flagged], span: Span, state: amended.ProjectState | None) -> Item | None:
    """The Item of a tender that is still open and still demands; a state of later corrections is not asked."""
    lead = group[0]
    if any(_ends(row, lead) for row in group):
        return None
    entry = item(group, span)
    deadline = entry.deadline
    if state is not None and state.touched is not None and state.touched < span.until:
        if state.ended_by is not None or state.level not in ("required", "preferred"):
            return None
        deadline = state.deadline or deadline
    if (entry.budget, entry.deadline) == (lead.notice.budget, deadline):
        return entry
    left = None if deadline is None else days_left(deadline, span.until)
    return replace(entry, budget=lead.notice.budget, deadline=deadline, days_left=left)


def of_kept(shelf: Shelf, rows: Sequence[Flagged], span: Span, profile: Profile | None) -> list[Flagged]:
    """Follow-ups whose tender the profile lets pass."""
    if profile is None:
        return list(rows)
    known = _known(shelf, rows, span)
    return [
        row
        for row in rows
        if any(left_out(profile, tender) is None for tender in _of(row, known) if tender.notice.level != "none")
    ]


def _by_tender(family: Iterable[Flagged]) -> list[list[Flagged]]:
    """The tenders of one project, each with what follows it."""
    rows = list(family)
    tenders = [row for row in rows if row.notice.level in ("required", "preferred") and row.notice.kind in news.NEWS]
    leads = grouped(tenders)
    return [[*group, *(row for row in rows if row not in group and _same_project(row, group[0]))] for group in leads]


def _ends(row: Flagged, lead: Flagged) -> bool:
    return row.notice.kind in _ENDS and _precedes(lead, row)


def _known(shelf: Shelf, rows: Collection[Flagged], span: Span) -> Families:
    numbers = {row.notice.project_no for row in rows if row.notice.linked_project is None} - {None}
    linked = {row.notice.linked_project for row in rows} - {None}
    found: Families = defaultdict(list)
    asked = news.of_projects(shelf.reader, numbers, linked, span.until) if numbers or linked else []  # type: ignore[arg-type]
    for row in shelf.take(asked):
        for key in {row.notice.project_no, row.notice.linked_project} - {None}:
            found[key].append(row)  # type: ignore[index]
    return found


def _of(row: Flagged, known: Families) -> list[Flagged]:
    """What else is stored of a notice's project."""
    family = known.get(row.notice.linked_project or row.notice.project_no or "", [])
    return [other for other in family if other.notice.id != row.notice.id and _same_project(other, row)]


def _tender(row: Flagged, known: Families) -> Tender | None:
    """The first notice that brought the project to market."""
    found = [
        other.notice for other in _of(row, known) if other.notice.kind in news.NEWS and other.notice.level != "none"
    ]
    notice = min(found, key=_age, default=None)
    if notice is None:
        return None
    return Tender(notice.id, notice.url, notice.level, notice.published_on, notice.budget)


def _age(notice: NoticeRow) -> tuple[bool, object, int]:
    return notice.published_on is None, notice.published_on, notice.id


def _precedes(first: Flagged, second: Flagged) -> bool:
    days = (first.notice.published_on, second.notice.published_on)
    return first.notice.id < second.notice.id if None in days else days[0] <= days[1]  # type: ignore[operator]


def _same_project(one: Flagged, other: Flagged) -> bool:
    """Linked to one another; where one is not linked, of one number and buyer."""
    linked = one.notice.linked_project, other.notice.linked_project
    if None not in linked:
        return linked[0] == linked[1]
    buyers = (one.notice.buyer, other.notice.buyer)
    same_buyer = None in buyers or buyers[0] == buyers[1]
    return same_buyer and one.notice.project_no is not None and one.notice.project_no == other.notice.project_no


def _first(amounts: Iterable[Amount | None]) -> Amount | None:
    return next((amount for amount in amounts if amount), None)
