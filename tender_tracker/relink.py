"""Stored notices → their projects, for those that are new or have changed; the others are only looked at."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import blake2b

from tender_tracker.linking.cluster import Project, keys, link
from tender_tracker.linking.compare import Link
from tender_tracker.linking.item import Item, item
from tender_tracker.storage.linked import Linkable, Perhaps, Placed
from tender_tracker.storage.store import Store

BATCH = 1000
"""Notices linked at a time."""


def relink(store: Store, anew: bool = False) -> int:
    """Links what is not linked yet → how many notices that were; `anew` links all of them again.

    A new notice meets those that share a key with it, and their whole projects, so that a project may grow or merge.
    """
    links, done = store.links(), 0
    if anew:
        links.forget()
    while stale := links.stale(BATCH):
        fresh = [_item(notice) for notice in stale]
        shared = {int(one.id): sorted(_keys(one)) for one in fresh}
        around = links.around({pair for own in shared.values() for pair in own}, shared)
        found = link([*fresh, *map(_item, around)])
        placed = [row for project in found.projects for row in _placed(project)]
        links.save(placed, [_perhaps(*pair) for pair in found.perhaps], shared)
        done += len(stale)
    return done


def _item(notice: Linkable) -> Item:
    return item(
        notice.id, notice.title, notice.buyer, notice.day, notice.kind, notice.project_no, notice.amounts
    )  # fmt: skip


def _keys(one: Item) -> Iterator[tuple[int, int]]:
    """A number for each key, and the day, 0 where it is not known: SQLite finds the nearest by them."""
    day = one.day.toordinal() if one.day else 0
    for key in keys(one):
        yield int.from_bytes(blake2b("\n".join(key).encode(errors="replace"), digest_size=8).digest(), signed=True), day


def _placed(project: Project) -> Iterator[Placed]:
    first = min(int(member.id) for member in project.members)
    for member in project.members:
        yield Placed(int(member.id), first, project.score, project.reason)


def _perhaps(one: Item, other: Item, between: Link) -> Perhaps:
    first, second = sorted((int(one.id), int(other.id)))
    return Perhaps(first, second, between.score, between.reason)
