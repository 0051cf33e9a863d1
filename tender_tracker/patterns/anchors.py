"""A regular expression → literal strings one of which stands in (or right beside) every match of it, and how far in.

They make the gate of the rule pack exact: a pattern whose anchors are absent cannot match, and a match can begin only
so far before an anchor. Read from the parse tree of the standard library's own parser, so no hand-kept list of words
can fall behind its pattern.
"""

from __future__ import annotations

import re._constants as op  # type: ignore[import-not-found]
import re._parser as parser  # type: ignore[import-not-found]
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

_EVERYWHERE = frozenset(
    ["公司", "有限", "设备", "产品", "货物", "生产", "采购", "项目", "服务", "投标", "金额", "要求", "数量"]
)
"""Words of every notice: as anchors they would let every text through."""
WIDEST = 400
"""No passage that one rule speaks of is longer than this many characters."""
_FEW = 6
"""A character class of at most this many characters is spelled out."""
_MANY = 60
"""Alternatives that follow each other are spelled out up to this many strings."""

_FAR = 1 << 16
"""Where counting the characters before an anchor stops."""
_EXACT = 4
"""At so many places more than one a match is tried as quickly as other words are looked for."""

Anchors = dict[str, tuple[int, int]]
"""Literal → the fewest and the most characters of a match before it; negative where it stands before the match."""


Way = tuple[Anchors, ...]
"""Every match of this kind holds a literal of each; the most telling first."""


class Measure(NamedTuple):
    """`ways`: every match is of one of them; none when the pattern can match without any fixed word."""

    ways: tuple[Way, ...]
    least: int
    """Characters that a match spans, look-arounds not counted."""
    most: int | None
    """None when nothing bounds it."""


def measure(pattern: str) -> Measure:
    """Raises re.error for a pattern that is none."""
    parsed = parser.parse(pattern)
    least, most = map(int, parsed.getwidth())
    return Measure(_ways(parsed), least, most if most <= WIDEST else None)


def merged(anchors: Iterable[Anchors]) -> Anchors:
    """Anchors of which one stands in every match of any kind."""
    merged: Anchors = {}
    for found in anchors:
        for literal, span in found.items():
            known = merged.setdefault(literal, span)
            if known != span:
                merged[literal] = min(known[0], span[0]), max(known[1], span[1])
    return merged


def _ways(parsed: Any) -> tuple[Way, ...]:
    """One for all alternatives that promise a single set, one for each that promises more."""
    alternatives = parsed[0][1][1] if len(parsed) == 1 and parsed[0][0] is op.BRANCH else [parsed]
    promised = [_promises(nodes, 0, 0) for nodes in alternatives]
    if not all(promised):
        return ()
    ways = [(best, *filter(_tells, rest if _is_vague(best) else ())) for best, *rest in promised]
    plain = merged(way[0] for way in ways if len(way) == 1)
    return (*([(plain,)] if plain else []), *(way for way in ways if len(way) > 1))


def _is_vague(anchors: Anchors) -> bool:
    """Whether a match has to be sought before these literals, and not just tried."""
    return any(high - low > _EXACT for low, high in anchors.values())


def _tells(anchors: Anchors) -> bool:
    """Whether looking for these literals is worth while where better ones are known; a letter alone where it stands."""
    exact = not _is_vague(anchors)
    return all(len(literal) > 1 or (exact and not literal.isascii()) for literal in anchors)


def _promises(nodes: Any, low: int, high: int) -> list[Anchors]:
    """Sets that the parts of a sequence promise, the most telling first; `low` to `high` characters stand before it."""
    candidates: list[Anchors] = []
    runs, began = [""], (low, high)
    for node, spelled, least, most in _parts(nodes):
        more = [run + end for run in runs for end in spelled] if spelled and len(runs) * len(spelled) <= _MANY else None
        if more is None:
            candidates.append(dict.fromkeys(runs, began))
            if found := _node(node, low, high):
                candidates.append(found)
        low, high = low + least, min(high + most, _FAR)
        runs, began = (more, began) if more else ([""], (low, high))
    candidates.append(dict.fromkeys(runs, began))
    told = [found for found in candidates if all(found)]
    return sorted(told, key=_worth, reverse=True) if len(told) > 1 else told


def _sequence(nodes: Any, low: int, high: int) -> Anchors | None:
    return next(iter(_promises(nodes, low, high)), None)


def _parts(nodes: Any) -> Iterator[tuple[Any, list[str] | None, int, int]]:
    """Nodes of a sequence, a row of letters as one: what each can spell, and its fewest and most characters."""
    word = ""
    for node in nodes.data:
        if node[0] is op.LITERAL:
            word += chr(node[1])
            continue
        if word:
            yield None, [word], len(word), len(word)
            word = ""
        yield node, _spelled(node), *_width(node, nodes.state)
    if word:
        yield None, [word], len(word), len(word)


def _width(node: Any, state: Any) -> tuple[int, int]:
    """Fewest and most characters of a node; the parser keeps those of sequences."""
    kind, value = node
    if kind is op.IN:
        return 1, 1
    inside = value[3] if kind is op.SUBPATTERN else parser.SubPattern(state, [node])
    least, most = inside.getwidth()
    return int(least), int(most)


def _spelled(node: Any) -> list[str] | None:
    """All strings that a node can match, when they are few and fixed."""
    kind, value = node
    if kind is op.IN and len(value) <= _FEW and all(item[0] is op.LITERAL for item in value):
        return [chr(item[1]) for item in value]
    if kind is op.SUBPATTERN:
        return _product(value[3])
    if kind is op.BRANCH:
        spelled: list[str] = []
        for branch in value[1] if len(value[1]) <= _MANY else ():
            more = _product(branch)
            if more is None or len(spelled) + len(more) > _MANY:
                return None
            spelled += more
        return spelled or None
    return None


def _product(nodes: Any) -> list[str] | None:
    found = [""]
    for _, more, _, _ in _parts(nodes):
        if more is None or len(found) * len(more) > _MANY:
            return None
        found = [text + one for text in found for one in more]
    return found


def _worth(found: Anchors) -> tuple[float, int]:
    """Rarer literals first: by the weight of the commonest of them, then by how few they are."""
    return min(map(_weight, found)), -len(found)


def _weight(literal: str) -> float:
    """A guess at how rare a literal is in notices: Chinese characters tell most, digits least."""
    if literal in _EVERYWHERE:
        return 0.0
    if literal.isascii() and literal.isalpha():
        return float(len(literal))
    return sum(0.4 if c.isdigit() else 1.0 if c.isascii() else 2.0 for c in literal)


def _node(node: Any, low: int, high: int) -> Anchors | None:
    kind, value = node
    if kind is op.SUBPATTERN:
        return _sequence(value[3], low, high)
    if kind is op.BRANCH:
        return _either([_sequence(branch, low, high) for branch in value[1]])
    if kind in (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT):
        return _sequence(value[2], low, high) if value[0] >= 1 else None
    if kind is op.ASSERT:
        back = value[1].getwidth()[1] if value[0] < 0 else 0
        return _sequence(value[1], low - back, high - back)
    if kind is op.IN and len(value) <= _FEW and all(item[0] is op.LITERAL for item in value):
        return {chr(item[1]): (low, high) for item in value}
    return None


def _either(branches: list[Anchors | None]) -> Anchors | None:
    """What alternatives promise together: nothing when one of them promises nothing."""
    return None if None in branches else merged(found for found in branches if found)
