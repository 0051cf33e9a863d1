"""Many notices → projects: near ones are compared, sure links joined, the surest first, unless a conflict is met."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from tender_tracker.linking.compare import SURE, Link, compare, conflict, is_odd
from tender_tracker.linking.item import Item

MOST = 60
"""Notices of one project; more are a mistake, and would be compared for ever."""
_REACH = {"whole": 3, "begin": 8, "end": 8}
_WIDE = 12
"""Neighbours in time with which a notice is compared in each block; titles alone are shared by many buyers."""
Key = tuple[str, ...]
Edge = tuple[int, int, Link]


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
    perhaps: tuple[tuple[Item, Item, Link], ...]


def link(items: Iterable[Item]) -> Linked:
    """Notices in any order → their projects, in the order of their first notice in it. The order tells nothing else."""
    items = list(items)
    edges = sorted(_edges(items), key=lambda edge: (-edge[2].score, _gap(items, edge), _names(items, edge)))
    parts = _Parts(items)
    held = [edge for edge in edges if edge[2].score < SURE or not parts.join(*edge)]
    perhaps = tuple((items[a], items[b], found) for a, b, found in held if parts.root[a] is not parts.root[b])
    return Linked(tuple(parts.projects()), perhaps)


def _gap(items: Sequence[Item], edge: Edge) -> int:
    one, other = items[edge[0]].day, items[edge[1]].day
    return abs((one - other).days) if one and other else 10_000


def _names(items: Sequence[Item], edge: Edge) -> tuple[str, str]:
    one, other = sorted((str(items[edge[0]].id), str(items[edge[1]].id)))
    return one, other


class _Part:
    """A growing project."""

    __slots__ = ("members", "weakest")

    def __init__(self, member: int) -> None:
        self.members = [member]
        self.weakest: Link | None = None


class _Parts:
    """Which part each item is in."""

    def __init__(self, items: Sequence[Item]) -> None:
        self.items = items
        self.root = [_Part(index) for index in range(len(items))]

    def join(self, a: int, b: int, found: Link) -> bool:
        """Joins the parts of two items, unless notices of both are in conflict → whether they are one now."""
        one, other = self.root[a], self.root[b]
        if one is other:
            return True
        if len(one.members) + len(other.members) > MOST or self._conflict(one, other):
            return False
        if len(one.members) < len(other.members):
            one, other = other, one
        one.members += other.members
        one.weakest = min((w for w in (one.weakest, other.weakest, found) if w), key=lambda w: w.score)
        for member in other.members:
            self.root[member] = one
        return True

    def projects(self) -> Iterator[Project]:
        seen: set[int] = set()
        for part in self.root:
            if id(part) not in seen:
                seen.add(id(part))
                members = sorted((self.items[m] for m in part.members), key=_when)
                weakest = part.weakest
                score, reason = (weakest.score, weakest.reason) if weakest else (None, None)
                yield Project(tuple(members), score, reason)

    def _conflict(self, one: _Part, other: _Part) -> bool:
        return any(conflict(self.items[a], self.items[b]) for a in one.members for b in other.members)


def _when(item: Item) -> tuple[str, str]:
    return item.day.isoformat() if item.day else "9999", str(item.id)


def _edges(items: Sequence[Item]) -> Iterator[Edge]:
    """Pairs that have something in common and are near in time, each once, with what links them."""
    blocks: dict[Key, list[int]] = defaultdict(list)
    for index, item in enumerate(items):
        for key in keys(item):
            blocks[key].append(index)
    order = [_when(item) for item in items]
    seen: set[tuple[int, int]] = set()
    for key, block in blocks.items():
        reach = _REACH.get(key[0], _WIDE)
        block.sort(key=order.__getitem__)
        for place, a in enumerate(block):
            for b in block[place + 1 : place + 1 + reach]:
                pair = (a, b) if a < b else (b, a)
                if pair not in seen:
                    seen.add(pair)
                    found = compare(items[a], items[b])
                    if found:
                        yield a, b, found


def keys(item: Item) -> Iterator[Key]:
    """What a notice shares with the others of its project: number, core, core's begin or end with the buyer, amount."""
    subject = item.subject
    yield from (("number", number) for number in item.numbers)
    if len(subject.core) >= 2:
        tails = {name[-4:] for name in item.buyers} or {""}
        yield "whole", subject.whole
        for tail in tails:
            yield "core", subject.core, tail
            yield "skeleton", subject.skeleton, tail
            if subject.bare != subject.core:
                yield "core", subject.bare, tail
            if len(subject.core) >= 8:
                yield "begin", subject.core[:5], tail
                yield "end", subject.core[-5:], tail
            yield from (("amount", f"{amount:.0f}", tail) for amount in item.amounts if is_odd(amount))
