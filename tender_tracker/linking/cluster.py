"""Notices → projects: near ones are compared, sure links joined, the surest first, unless a conflict is met."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tender_tracker.linking.compare import SURE, Link, compare, conflict
from tender_tracker.linking.item import Item
from tender_tracker.linking.near import pairs, when

MOST = 60
"""Notices of one project; more are a mistake, and would be compared for ever."""
Edge = tuple[Item, Item, Link]


@dataclass(frozen=True, slots=True)
class Project:
    """Notices of one procurement, the earliest first; score and reason are of its weakest link, one alone has none."""

    members: tuple[Item, ...]
    score: float | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class Linked:
    """Every item is in one project; `perhaps` are pairs of different projects that may be related."""

    projects: tuple[Project, ...]
    perhaps: tuple[Edge, ...]


def link(items: Iterable[Item]) -> Linked:
    """Notices in any order → their projects. The order tells nothing."""
    items = list(items)
    return settled(items, (), compared(pairs(items)))


def compared(near: Iterable[tuple[Item, Item]]) -> Iterator[Edge]:
    """Pairs → those of them that something links."""
    for one, other in near:
        found = compare(one, other)
        if found:
            yield one, other, found


def settled(fresh: Iterable[Item], known: Iterable[Project], edges: Iterable[Edge]) -> Linked:
    """Notices, projects that were linked earlier, and what links the notices to one another and to those → projects.

    Known projects join or grow as they stand, their own notices are not compared again. But where a project keeps a
    notice out that has a surer link to it than holds the project together, it is linked anew, as if all had come at
    once.
    """
    fresh, known, edges = list(fresh), list(known), list(edges)
    members = [member for project in known for member in project.members]
    while True:
        edges.sort(key=_rank)
        parts = _Parts(fresh, known)
        held = [edge for edge in edges if edge[2].score < SURE or not parts.join(*edge)]
        if not parts.doubtful:
            break
        edges += compared(pairs(members))
        members = []
        fresh += (member for project in parts.doubtful.values() for member in project.members)
        known = [project for project in known if id(project) not in parts.doubtful]
    perhaps = tuple(edge for edge in held if parts.of(edge[0]) is not parts.of(edge[1]))
    return Linked(tuple(parts.projects()), perhaps)


def _rank(edge: Edge) -> tuple[float, int, tuple[tuple[str, str, str], ...]]:
    one, other, found = edge
    days = abs((one.day - other.day).days) if one.day and other.day else 10_000
    return -found.score, days, tuple(sorted((when(one), when(other))))


class _Part:
    """A growing project."""

    __slots__ = ("apart", "known", "members", "weakest")

    def __init__(self, members: Iterable[Item], known: Project | None = None) -> None:
        self.members = list(members)
        self.known = [known] if known else []
        """What it holds of projects that were linked earlier."""
        self.weakest = Link(known.score, known.reason or "") if known and known.score is not None else None
        self.apart: set[_Part] = set()
        """Parts that are in conflict with it."""


class _Parts:
    """Which part each item is in."""

    def __init__(self, fresh: Iterable[Item], known: Iterable[Project]) -> None:
        parts = [*(_Part([item]) for item in fresh), *(_Part(project.members, project) for project in known)]
        self._of = {member.id: part for part in parts for member in part.members}
        self.doubtful: dict[int, Project] = {}
        """Known projects that kept an item out by a weaker link than its own, by identity."""

    def of(self, item: Item) -> _Part:
        return self._of[item.id]

    def join(self, a: Item, b: Item, found: Link) -> bool:
        """Joins the parts of two items, unless notices of both are in conflict → whether they are one now."""
        one, other = self.of(a), self.of(b)
        if one is other:
            return True
        if len(one.members) + len(other.members) > MOST:
            return False
        if other in one.apart or _are_apart(one, other):
            one.apart.add(other)
            other.apart.add(one)
            held = (project for part in (one, other) for project in part.known)
            self.doubtful |= {id(p): p for p in held if p.score is not None and p.score <= found.score}
            return False
        if len(one.members) < len(other.members):
            one, other = other, one
        one.members += other.members
        one.known += other.known
        one.weakest = min((w for w in (one.weakest, other.weakest, found) if w), key=lambda w: w.score)
        for third in other.apart:
            third.apart.add(one)
        one.apart |= other.apart
        self._of.update((member.id, one) for member in other.members)
        return True

    def projects(self) -> Iterator[Project]:
        for part in dict.fromkeys(self._of.values()):
            score, reason = (part.weakest.score, part.weakest.reason) if part.weakest else (None, None)
            yield Project(tuple(sorted(part.members, key=when)), score, reason)


def _are_apart(one: _Part, other: _Part) -> bool:
    return any(conflict(a, b) for a in one.members for b in other.members)
