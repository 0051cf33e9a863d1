"""Stored notices → their projects, for those that are new or have changed; the others are only looked at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import blake2b

from tender_tracker.linking.cluster import Linked, Project, compared, settled
from tender_tracker.linking.compare import Link
from tender_tracker.linking.item import Item, item
from tender_tracker.linking.near import keys, pairs, reach
from tender_tracker.storage.linked import Course, KeyOf, Linkable, Links, Perhaps, Placed
from tender_tracker.storage.store import Store

BATCH = 500
"""Notices linked at a time, fewer where they have many neighbours."""
NEAR = 3000
"""Neighbours at most, but for those of one notice."""


@dataclass(slots=True)
class _Batch:
    """Notices that are linked together, by number: their keys, and the linked ones nearest to each."""

    fresh: dict[int, Item] = field(default_factory=dict)
    keys: dict[int, list[KeyOf]] = field(default_factory=dict)
    near: dict[int, set[int]] = field(default_factory=dict)
    all_near: set[int] = field(default_factory=set)

    @property
    def is_full(self) -> bool:
        return len(self.fresh) >= BATCH or len(self.all_near) >= NEAR


def relink(store: Store, anew: bool = False) -> int:
    """Links what is not linked yet → how many notices that were; `anew` links all of them again.

    A new notice meets those nearest in time that share a key with it, and their whole projects, so that a project may
    grow or merge. A project of which a notice has changed is linked anew.
    """
    links, done = store.links(), 0
    if anew:
        links.forget()
    batch = _Batch()
    for notice in links.stale():
        done += 1
        _add(batch, notice, links)
        if batch.is_full:
            _link(batch, links)
            batch = _Batch()
    _link(batch, links)
    return done


def _add(batch: _Batch, notice: int, links: Links) -> None:
    if notice in batch.fresh:
        return
    for mate in links.course(notice).members:
        batch.fresh[mate.id] = _item(mate)
        batch.keys[mate.id] = list(_keys(batch.fresh[mate.id]))
        batch.near[mate.id] = links.near(batch.keys[mate.id])
        batch.all_near |= batch.near[mate.id]


def _link(batch: _Batch, links: Links) -> None:
    edges = [*compared(pairs(batch.fresh.values())), *compared(_met(batch, links))]
    met = {int(item.id) for edge in edges for item in edge[:2]} - batch.fresh.keys()
    known = links.courses(met)
    found = settled(batch.fresh.values(), map(_project, known), edges)
    links.save(list(_placed(found, known)), [_perhaps(*pair) for pair in found.perhaps], batch.keys)


def _met(batch: _Batch, links: Links) -> Iterator[tuple[Item, Item]]:
    """Notices of the batch with each of their neighbours that were linked before."""
    others = {notice.id: _item(notice) for notice in links.notices(batch.all_near - batch.fresh.keys())}
    for number, near in batch.near.items():
        for other in near & others.keys():
            yield batch.fresh[number], others[other]


def _item(notice: Linkable) -> Item:
    return item(
        notice.id, notice.title, notice.buyer, notice.day, notice.kind, notice.project_no, notice.amounts
    )  # fmt: skip


def _project(known: Course) -> Project:
    return Project(tuple(map(_item, known.members)), known.score, known.reason)


def _keys(one: Item) -> Iterator[KeyOf]:
    """A number for each key, and the day, 0 where it is not known: SQLite finds the nearest by them."""
    day = one.day.toordinal() if one.day else 0
    for key in keys(one):
        digest = blake2b("\n".join(key).encode(errors="replace"), digest_size=8).digest()
        yield int.from_bytes(digest, signed=True), day, reach(key)


def _placed(found: Linked, known: Iterable[Course]) -> Iterator[Placed]:
    """Where notices stand from now on, but for those that stand there already."""
    before = {Placed(one.id, course.project, course.score, course.reason) for course in known for one in course.members}
    for project in found.projects:
        first = min(int(member.id) for member in project.members)
        for member in project.members:
            placed = Placed(int(member.id), first, project.score, project.reason)
            if placed not in before:
                yield placed


def _perhaps(one: Item, other: Item, between: Link) -> Perhaps:
    first, second = sorted((int(one.id), int(other.id)))
    return Perhaps(first, second, between.score, between.reason)
