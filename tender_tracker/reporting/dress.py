"""A Digest that was counted on bare rows → the same with clauses, lots and goods of all that it prints."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TypeVar

from tender_tracker.reporting.digest import Award, Cancellation, Changed, Digest, Erratum, Item, Listing
from tender_tracker.reporting.projects import dressed
from tender_tracker.reporting.shelf import Shelf
from tender_tracker.storage.rows import Flagged

About = TypeVar("About", Changed, Cancellation, Erratum)
Rows = Mapping[int, Flagged]


def dress(digest: Digest, shelf: Shelf) -> Digest:
    """Reads each printed notice whole, once."""
    rows = shelf.printed(item.id for item in _printed(digest))
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
