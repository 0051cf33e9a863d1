"""A Digest that was counted on bare rows → the same with clauses, lots and goods of all that it prints."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from tender_tracker.amending.change import Amended
from tender_tracker.reporting.digest import Award, Cancellation, Changed, Digest, Erratum, Item, Listing
from tender_tracker.reporting.projects import dressed
from tender_tracker.reporting.shelf import Shelf
from tender_tracker.storage import amended
from tender_tracker.storage.rows import Flagged

About = TypeVar("About", Changed, Cancellation, Erratum)
Rows = Mapping[int, Flagged]


def dress(digest: Digest, shelf: Shelf) -> Digest:
    """Reads each printed notice whole, once."""
    rows = shelf.printed(item.id for item in _printed(digest))
    digest = _corrected(digest, shelf)
    return replace(
        digest,
        required=_items(digest.required, rows),
        preferred=_items(digest.preferred, rows),
        deadlines=_items(digest.deadlines, rows),
        intentions=_items(digest.intentions, rows),
        review=_items(digest.review, rows),
        changes=_about(digest.changes, rows),
        cancellations=_about(digest.cancellations, rows),
        errata=_about(digest.errata, rows),
        awards=replace(digest.awards, items=tuple(_award(entry, rows) for entry in digest.awards.items)),
    )


def _corrected(digest: Digest, shelf: Shelf) -> Digest:
    """New tenders with the level they have now, and corrections with what they say."""
    told = (*digest.required.items, *digest.preferred.items)
    linked = {item.linked_project for item in told if item.linked_project is not None}
    states = amended.states(shelf.reader, linked) if linked else {}
    moved = {number for number, state in states.items() if state.level != state.printed}
    said = amended.corrections(shelf.reader, moved) if moved else {}
    ids = {entry.item.id for entry in digest.changes.items if entry.amendment}
    by_notice = amended.said_by(shelf.reader, ids) if ids else {}
    changes = tuple(
        replace(entry, corrections=tuple(by_notice.get(entry.item.id, ()))) for entry in digest.changes.items
    )

    def now(listing: Listing[Item]) -> Listing[Item]:
        return replace(listing, items=tuple(_now(item, states, said, digest.until) for item in listing.items))

    return replace(
        digest,
        required=now(digest.required),
        preferred=now(digest.preferred),
        changes=replace(digest.changes, items=changes),
    )


def _now(
    item: Item, states: Mapping[int, amended.ProjectState], said: Mapping[int, list[Amended]], until: datetime
) -> Item:
    """The item with the level its project has after corrections stored before the end of the span."""
    state = states.get(item.linked_project or 0)
    if state is None or state.level == item.level or state.touched is None or state.touched >= until:
        return item
    levels = [one for one in said.get(state.project, ()) if one.change.field == "level" and one.change.lot is None]
    return replace(item, now=state.level, corrected_by=levels[-1].passage if levels else None)


def _printed(digest: Digest) -> Iterator[Item]:
    for items in (digest.required, digest.preferred, digest.deadlines, digest.intentions, digest.review):
        yield from items.items
    yield from (entry.item for entry in digest.changes.items)
    yield from (entry.item for entry in digest.cancellations.items)
    yield from (entry.item for entry in digest.errata.items)
    yield from (entry.item for entry in digest.awards.items)


def _items(listing: Listing[Item], rows: Rows) -> Listing[Item]:
    return replace(listing, items=tuple(dressed(item, rows[item.id]) for item in listing.items))


def _about(listing: Listing[About], rows: Rows) -> Listing[About]:
    items = tuple(replace(entry, item=dressed(entry.item, rows[entry.item.id])) for entry in listing.items)
    return replace(listing, items=items)


def _award(entry: Award, rows: Rows) -> Award:
    row = rows[entry.item.id]
    item = dressed(entry.item, row)
    return replace(entry, item=item, delivered=row.delivered, price_per_card=row.price_per_card)
