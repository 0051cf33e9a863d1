"""A regular expression → literal strings one of which stands in (or right beside) every match of it.

They make the gate of the rule pack exact: a pattern whose anchors are absent cannot match. Read from the parse tree
of the standard library's own parser, so no hand-kept list of words can fall behind its pattern.
"""

from __future__ import annotations

import re._constants as op  # type: ignore[import-not-found]
import re._parser as parser  # type: ignore[import-not-found]
from typing import Any

_EVERYWHERE = frozenset(
    ["公司", "设备", "产品", "货物", "生产", "采购", "项目", "服务", "投标", "金额", "要求", "数量"]
)
"""Words of every notice: as anchors they would let every text through."""
WIDEST = 400
"""No passage that one rule speaks of is longer than this many characters."""
_FEW = 6
"""A character class of at most this many characters is spelled out."""
_MANY = 60
"""Alternatives that follow each other are spelled out up to this many strings."""


def measure(pattern: str) -> tuple[frozenset[str] | None, int | None]:
    """Anchors of a pattern and the most characters a match can span (look-arounds not counted).

    Anchors: literals of which every match holds at least one, None when the pattern promises none. The width is None
    when nothing bounds it. Raises re.error for a pattern that is none.
    """
    parsed = parser.parse(pattern)
    widest = int(parsed.getwidth()[1])
    return _sequence(list(parsed)), widest if widest <= WIDEST else None


def _sequence(nodes: list[Any]) -> frozenset[str] | None:
    """The most telling of the sets that the parts of a sequence promise."""
    candidates: list[frozenset[str]] = []
    runs = [""]
    for node in [*nodes, None]:
        spelled = None if node is None else _spelled(node)
        if spelled and len(runs) * len(spelled) <= _MANY:
            runs = [run + more for run in runs for more in spelled]
            continue
        candidates.append(frozenset(runs))
        runs = [""]
        if node is not None and (found := _node(node)):
            candidates.append(found)
    return max((found for found in candidates if all(found)), key=_worth, default=None)


def _spelled(node: Any) -> list[str] | None:
    """All strings that a node can match, when they are few and fixed."""
    kind, value = node
    if kind is op.LITERAL:
        return [chr(value)]
    if kind is op.IN and len(value) <= _FEW and all(item[0] is op.LITERAL for item in value):
        return [chr(item[1]) for item in value]
    if kind is op.SUBPATTERN:
        return _product(list(value[3]))
    if kind is op.BRANCH:
        branches = [_product(list(branch)) for branch in value[1]]
        spelled = [text for branch in branches for text in branch or ()]
        return spelled if all(branches) and len(spelled) <= _MANY else None
    return None


def _product(nodes: list[Any]) -> list[str] | None:
    found = [""]
    for node in nodes:
        more = _spelled(node)
        if more is None or len(found) * len(more) > _MANY:
            return None
        found = [text + one for text in found for one in more]
    return found


def _worth(found: frozenset[str]) -> tuple[float, int]:
    """Rarer literals first: by the weight of the commonest of them, then by how few they are."""
    return min(map(_weight, found)), -len(found)


def _weight(literal: str) -> float:
    """A guess at how rare a literal is in notices: Chinese characters tell most, digits least."""
    if literal in _EVERYWHERE:
        return 0.0
    return sum(0.4 if c.isdigit() else 1.0 if c.isascii() else 2.0 for c in literal)


def _node(node: Any) -> frozenset[str] | None:
    kind, value = node
    if kind is op.SUBPATTERN:
        return _sequence(list(value[3]))
    if kind is op.BRANCH:
        found = [_sequence(list(branch)) for branch in value[1]]
        return None if any(one is None for one in found) else frozenset().union(*(one for one in found if one))
    if kind in (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT):
        return _sequence(list(value[2])) if value[0] >= 1 else None
    if kind is op.ASSERT:
        return _sequence(list(value[1]))
    if kind is op.IN and len(value) <= _FEW and all(item[0] is op.LITERAL for item in value):
        return frozenset(chr(item[1]) for item in value)
    return None
