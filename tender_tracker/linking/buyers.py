"""Names of buyers, compared as printed: the same, a part of the other, not told, or another buyer."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal

from tender_tracker.linking.marks import plain

Relation = Literal["same", "part", "untold", "other"]
_UNTOLD = re.compile(r"某.{0,4}(?:单位|部队?|部门|军|大学|医院)|(?:详?见|同|按|无|/|-).*|采购人|招标人")
_SPLIT = re.compile(r"[、,;/()\[\]]")
_OWN = re.compile(r"附属|医院$|大学$|学院$|学校$|[小中]学$|局$|(?<!分)公司$")
"""What follows the name of a parent in the name of a house of its own."""
_SHORT = 5
"""A name of fewer letters (县医院) is part of too many others."""


@lru_cache(32768)
def names(buyer: str | None) -> frozenset[str]:
    """The names a buyer goes by: 甲医院（乙市第一医院） has two, 甲公司、乙公司 has two; empty where none is told."""
    text = plain(buyer or "")
    if not text or _UNTOLD.fullmatch(text):
        return frozenset()
    parts = {part for part in _SPLIT.split(text) if len(part) >= 4}
    return frozenset(parts or {text})


def relation(one: frozenset[str], other: frozenset[str]) -> Relation:
    """What two sets of names are to each other."""
    if not one or not other:
        return "untold"
    if one & other:
        return "same"
    return "part" if any(_is_part(*sorted((a, b), key=len)) for a in one for b in other) else "other"


def _is_part(short: str, long: str) -> bool:
    """四川省甲市医院 and 甲市医院, 甲公司 and its 分公司; 甲大学 and its hospital buy on their own."""
    if len(short) < _SHORT:
        return False
    return long.endswith(short) or (long.startswith(short) and not _OWN.search(long[len(short) :]))
