"""A regular expression → the most steps it can take to match at one place, told from its parse tree.

A pattern of few steps cannot hang the program whatever text it meets. (a+)+, (a|a)* and (?:\\w+\\s?)+ have more ways
to match than any limit; a repetition whose end is always plain to see, as in (?:\\w+\\s){1,4}, has one.
"""

from __future__ import annotations

import re._constants as op  # type: ignore[import-not-found]
import re._parser as parser  # type: ignore[import-not-found]
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from tender_tracker.patterns.anchors import WIDEST

LIMIT = 50_000
"""Steps at one place that a user's rule may take: the worst such pattern needs a second for 3,000 characters."""
_GROUP = 8
"""Repeating a group costs the matcher so much more than repeating a character."""
_BEYOND = 10 * LIMIT
"""Where counting stops."""
_MOST_WORDS = 400
"""Fixed words that a choice is spelled out to."""
_SAMPLES = frozenset("0aAzZ_中 \t\n.,:;-/()+*|，。；：（）、")
_CATEGORIES: dict[Any, Callable[[str], bool]] = {
    op.CATEGORY_DIGIT: str.isdigit,
    op.CATEGORY_SPACE: str.isspace,
    op.CATEGORY_WORD: lambda c: c.isalnum() or c == "_",
}
_OPPOSITES = {
    op.CATEGORY_NOT_DIGIT: op.CATEGORY_DIGIT,
    op.CATEGORY_NOT_SPACE: op.CATEGORY_SPACE,
    op.CATEGORY_NOT_WORD: op.CATEGORY_WORD,
}


@dataclass(frozen=True, slots=True)
class _Part:
    """A piece of a pattern: the characters it can begin with, and whether it can match nothing."""

    ways: int
    """In how many ways it can match at one place."""
    steps: int
    """How many characters are looked at to go through all of them."""
    first: frozenset[str]
    empty: bool


def steps(pattern: str) -> int:
    """The most steps at one place, counted up to ten times LIMIT. `pattern` is one that compiles."""
    tree = parser.parse(pattern)
    return _sequence(list(tree), frozenset(), _alphabet(tree) | _SAMPLES).steps


def _alphabet(nodes: Iterable[Any]) -> frozenset[str]:
    """Every character the pattern names."""
    found: set[str] = set()
    for kind, value in nodes:
        if kind in (op.LITERAL, op.NOT_LITERAL):
            found.add(chr(value))
        elif kind is op.RANGE:
            found.update(map(chr, value))
        elif kind is op.IN:
            found |= _alphabet(value)
        else:
            for inner in _inner(kind, value):
                found |= _alphabet(inner)
    return frozenset(found)


def _inner(kind: Any, value: Any) -> list[Any]:
    """The sequences inside a node."""
    if kind is op.BRANCH:
        return list(value[1])
    if kind in (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT):
        return [value[2]]
    if kind is op.SUBPATTERN:
        return [value[3]]
    if kind in (op.ASSERT, op.ASSERT_NOT):
        return [value[1]]
    return [value] if kind is op.ATOMIC_GROUP else []


def _sequence(nodes: list[Any], follow: frozenset[str], alphabet: frozenset[str]) -> _Part:
    """Parts from the last to the first, each told what may follow it."""
    total, taken, first, empty = 1, 0, frozenset[str](), True
    for kind, value in reversed(nodes):
        part = _part(kind, value, first | follow if empty else first, alphabet)
        taken = min(part.steps + part.ways * taken, _BEYOND)
        total = min(total * part.ways, _BEYOND)
        first = part.first | first if part.empty else part.first
        empty = empty and part.empty
    return _Part(total, taken, first, empty)


def _part(kind: Any, value: Any, follow: frozenset[str], alphabet: frozenset[str]) -> _Part:
    if kind is op.BRANCH:
        return _branch(value[1], follow, alphabet)
    if kind in (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT):
        low, high, body = value
        return _repeat(int(low), int(high), list(body), follow, alphabet)
    if kind in (op.SUBPATTERN, op.ATOMIC_GROUP):
        return _sequence(list(_inner(kind, value)[0]), follow, alphabet)
    if kind in (op.ASSERT, op.ASSERT_NOT):
        inside = _sequence(list(value[1]), alphabet, alphabet)
        return _Part(inside.ways, inside.steps, frozenset(), True)
    if kind is op.AT:
        return _Part(1, 1, frozenset(), True)
    if kind is op.GROUPREF:
        return _Part(1, 1, alphabet, True)
    return _Part(1, 1, frozenset(c for c in alphabet if _takes(kind, value, c)), False)


def _takes(kind: Any, value: Any, c: str) -> bool:
    """Whether a node of one character matches `c`; what is not known here matches everything."""
    if kind is op.LITERAL:
        return chr(value) == c
    if kind is op.NOT_LITERAL:
        return chr(value) != c
    if kind is op.RANGE:
        return bool(value[0] <= ord(c) <= value[1])
    if kind is op.CATEGORY:
        opposite = _OPPOSITES.get(value)
        return _CATEGORIES[opposite or value](c) != bool(opposite)
    if kind is op.IN:
        negated = value[0][0] is op.NEGATE
        return any(_takes(item[0], item[1], c) for item in value[negated:]) != negated
    return True


def _branch(branches: list[Any], follow: frozenset[str], alphabet: frozenset[str]) -> _Part:
    """Alternatives that cannot begin alike exclude one another; of fixed words only prefixes of one another do not."""
    parts = [_sequence(list(branch), follow, alphabet) for branch in branches]
    choices = [_words(list(branch)) for branch in branches]
    words = [word for choice in choices for word in choice or ()]
    if all(choices) and len(words) <= _MOST_WORDS:
        most = max(sum(other.startswith(word) for word in words) for other in words)
    else:
        most = max(sum(part.ways for part in parts if part.empty or c in part.first) for c in alphabet)
    first = frozenset[str]().union(*(part.first for part in parts))
    taken = len(parts) + max(sum(part.steps for part in parts if part.empty or c in part.first) for c in alphabet)
    return _Part(min(most, _BEYOND), min(taken, _BEYOND), first, any(part.empty for part in parts))


def _repeat(low: int, high: int, body: list[Any], follow: frozenset[str], alphabet: frozenset[str]) -> _Part:
    again = _opening(body, alphabet) if high > 1 else frozenset[str]()
    inside = _sequence(body, follow | again, alphabet)
    single = len(body) == 1 and not _inner(*body[0])
    taken = inside.steps if single or high == 1 else inside.steps * _GROUP
    vague = bool(inside.first & follow) or inside.empty
    lengths = min(high, WIDEST) - low + 1 if vague and high != low else 1
    if high > 1 and (inside.empty or not _plain(body, inside)):
        many = min(max(inside.ways, 2) ** min(high, 64), _BEYOND)
        return _Part(many, min(many * taken, _BEYOND), inside.first, low == 0 or inside.empty)
    total = min(max(lengths, 1) * inside.ways, _BEYOND)
    return _Part(total, min(min(high, WIDEST) * taken, _BEYOND), inside.first, low == 0)


def _opening(nodes: Iterable[Any], alphabet: frozenset[str]) -> frozenset[str]:
    """Characters that a sequence can begin with; too many where it begins with what may be empty."""
    found = frozenset[str]()
    for kind, value in nodes:
        inner = _inner(kind, value)
        if kind in (op.ASSERT, op.ASSERT_NOT, op.AT):
            continue
        if not inner:
            return found | _part(kind, value, frozenset(), alphabet).first
        found = found.union(*(_opening(list(each), alphabet) for each in inner))
        optional = kind in (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT) and value[0] == 0
        if not optional and kind is not op.SUBPATTERN and kind is not op.BRANCH:
            return found
    return found


def _plain(body: list[Any], inside: _Part) -> bool:
    """Whether no text can be cut into repetitions of the body in two ways."""
    words = _words(body)
    return _decodable(words) if words is not None else inside.ways == 1


def _words(nodes: list[Any]) -> list[str] | None:
    """The few fixed words that a sequence is a choice of, twice where it is written twice; None for anything else."""
    found = [""]
    for kind, value in nodes:
        more: list[str] | None = None
        if kind is op.LITERAL:
            more = [chr(value)]
        elif kind is op.IN and all(item[0] is op.LITERAL for item in value):
            more = [chr(item[1]) for item in value]
        elif kind is op.SUBPATTERN:
            more = _words(list(value[3]))
        elif kind is op.BRANCH:
            branches = [_words(list(branch)) for branch in value[1]]
            more = None if None in branches else [word for branch in branches for word in branch or ()]
        if more is None or len(found) * len(more) > _MOST_WORDS:
            return None
        found = [word + end for word in found for end in more]
    return found


def _decodable(words: list[str]) -> bool:
    """Whether every text is a row of these words in one way only (the test of Sardinas and Patterson)."""
    if len(set(words)) < len(words):
        return False
    left = {b[len(a) :] for a in words for b in words if a != b and b.startswith(a)}
    seen: set[str] = set()
    while left - seen:
        if left & set(words):
            return False
        seen |= left
        longer = {b[len(a) :] for a in left for b in words if b.startswith(a)}
        left = longer | {a[len(b) :] for a in left for b in words if a.startswith(b)}
    return True
