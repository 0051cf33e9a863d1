"""Notices → the pairs worth comparing: those that have something in common and are near in time."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator

from tender_tracker.linking.compare import is_odd
from tender_tracker.linking.item import Item

Key = tuple[str, ...]
_REACH = {"whole": 3, "tail": 3, "begin": 8, "end": 8}
_WIDE = 12
_TAIL = 5
"""Characters at the end of two names of which one is a part of the other: fewer are no name."""
_DATED = re.compile(r"^[\d年度第批~至-]+")
"""What many cores begin with: 2026年, 2025-2026年度."""


def reach(key: Key) -> int:
    """Neighbours in time, on either side, with which a notice is compared under a key; many buyers share a title."""
    return _REACH.get(key[0], _WIDE)


def keys(item: Item) -> set[Key]:
    """What a notice shares with the others of its project: number, title, core, its begin or end, an odd amount.

    All but number and title go with the buyer, so that among ever so many notices its own are the nearest. A buyer
    goes by the end of its name, too, for a core as it is: 四川省甲市医院 is 甲市医院.
    """
    subject = item.subject
    found: set[Key] = {("number", number) for number in item.numbers}
    if len(subject.core) < 2:
        return found
    found.add(("whole", subject.whole))
    begin = _DATED.sub("", subject.core)
    for name in item.buyers or {""}:
        found.add(("tail", subject.skeleton, name[-_TAIL:]))
        found |= {("core", core, name) for core in (subject.core, subject.bare, subject.skeleton)}
        if len(subject.core) >= 8:
            found |= {("begin", begin[:5], name), ("end", subject.core[-5:], name)}
        found |= {("amount", f"{amount:.0f}", name) for amount in item.amounts if is_odd(amount)}
    return found


def pairs(items: Iterable[Item]) -> Iterator[tuple[Item, Item]]:
    """Neighbours in time under a key, each pair once."""
    blocks: dict[Key, list[Item]] = defaultdict(list)
    for item in sorted(items, key=when):
        for key in keys(item):
            blocks[key].append(item)
    seen: set[tuple[str | int, str | int]] = set()
    for key, block in blocks.items():
        far = reach(key)
        for place, one in enumerate(block):
            for other in block[place + 1 : place + 1 + far]:
                if (one.id, other.id) not in seen:
                    seen.add((one.id, other.id))
                    yield one, other


def when(item: Item) -> tuple[str, str, str]:
    """Orders notices in time, those without a day last, and those of a day the same way whatever came first."""
    return item.day.isoformat() if item.day else "9999", item.title, str(item.id)
