"""Anchors of many rules + a text → which rules may match in it, and where their matches can begin.

One Aho–Corasick pass finds all anchors of all rules (measured 60 times faster than trying each pattern), and every
anchor tells how many characters of a match can stand before it: a rule is tried at those few places only.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from functools import reduce
from typing import Protocol

from tender_tracker.patterns.anchors import Way

Span = tuple[int, int]
"""First and last place of a row of places."""
Near = tuple[Sequence[int], int, int]
"""The ascending places of an anchor, and the fewest and most characters of a match before it."""


class Starts:
    """Where matches of one rule can begin: ascending spans of places that lie apart."""

    __slots__ = ("_firsts", "_joint", "_lasts", "_near")

    def __init__(self, near: Sequence[Near] = (), joint: Sequence[Sequence[Sequence[Near]]] = ()) -> None:
        """A match begins near one of some words; or, in each of the `joint` ways, near one word of every set."""
        self._near, self._joint = near, joint
        self._firsts: Sequence[int] = ()
        self._lasts: Sequence[int] = ()

    def __iter__(self) -> Iterator[Span]:
        if self._near or self._joint:
            self._lay_out()
        return zip(self._firsts, self._lasts, strict=True)

    def between(self, low: int, high: int) -> Sequence[Span]:
        """Spans that hold a place from `low` to before `high`."""
        if self._near or self._joint:
            self._lay_out()
        first, last = bisect_left(self._lasts, low), bisect_left(self._firsts, high)
        if first >= last:
            return ()
        return list(zip(self._firsts[first:last], self._lasts[first:last], strict=True))

    def _lay_out(self) -> None:
        """Left until asked for: most rules that are seen are never asked."""
        near, self._near = self._near, ()
        joint, self._joint = self._joint, ()
        if len(near) == 1 and near[0][1] == near[0][2] and not joint:
            places, low, _ = near[0]
            self._firsts = self._lasts = [at - low for at in places if at >= low] if low else places
            return
        spans = _spans(near)
        if joint:
            spans = apart(sorted([*spans, *(span for sets in joint for span in reduce(_common, map(_spans, sets)))]))
        if spans:
            self._firsts, self._lasts = zip(*spans, strict=True)


def _spans(near: Iterable[Near]) -> list[Span]:
    """Where a match can begin that holds one of some words."""
    return apart(sorted([(at - high, at - low) for places, low, high in near for at in places if at >= low]))


def _common(one: list[Span], other: list[Span]) -> list[Span]:
    """What two lists of spans, both ascending and apart, have in common."""
    found: list[Span] = []
    place = 0
    for first, last in one:
        while place < len(other) and other[place][1] < first:
            place += 1
        at = place
        while at < len(other) and other[at][0] <= last:
            found.append((max(first, other[at][0]), min(last, other[at][1])))
            at += 1
    return found


def apart(spans: Iterable[Span]) -> list[Span]:
    """Ascending spans, those that overlap made one."""
    found: list[Span] = []
    for first, last in spans:
        if not found or first > found[-1][1]:
            found.append((max(first, 0), last))
        elif last > found[-1][1]:
            found[-1] = (found[-1][0], last)
    return found


class Finder(Protocol):
    """Finds many words in a text at once."""

    def places(self, text: str) -> dict[int, list[int]]:
        """Number of a word → the ascending places where it stands."""


class Automaton:
    """All words in one Aho–Corasick automaton: of the two kinds that search as fast, the one that is built faster."""

    def __init__(self, words: Sequence[str]) -> None:
        import ahocorasick_rs

        kind = ahocorasick_rs.Implementation.ContiguousNFA
        self._automaton = ahocorasick_rs.AhoCorasick(list(words), implementation=kind)

    def places(self, text: str) -> dict[int, list[int]]:
        found: dict[int, list[int]] = {}
        for word, start, _ in self._automaton.find_matches_as_indexes(text, overlapping=True):
            if word in found:
                found[word].append(start)
            else:
                found[word] = [start]
        return found


class Search:
    """The same answer without the compiled library, for platforms that have no wheel of it."""

    def __init__(self, words: Sequence[str]) -> None:
        self._words = words

    def places(self, text: str) -> dict[int, list[int]]:
        found: dict[int, list[int]] = {}
        for number, word in enumerate(self._words):
            at = text.find(word)
            while at >= 0:
                found.setdefault(number, []).append(at)
                at = text.find(word, at + 1)
        return found


def finder(words: Sequence[str]) -> Finder:
    try:
        return Automaton(words)
    except ImportError:
        return Search(words)


class Gate:
    """The anchors of some rules; a rule is known by its number."""

    def __init__(self, rules: Iterable[tuple[int, Iterable[Way]]], least: int = 1) -> None:
        """Of the sets of a way the first counts, and those whose words have at least so many letters."""
        alone: dict[str, list[tuple[int, int, int]]] = {}
        parts: dict[str, list[tuple[int, int, int]]] = {}
        self._together: dict[int, tuple[int, range]] = {}
        count = 0
        for number, ways in rules:
            for best, *others in ways:
                way = best, *(anchors for anchors in others if min(map(len, anchors)) >= least)
                first = count if len(way) > 1 else number
                for told, anchors in enumerate(way, first):
                    for word, (low, high) in anchors.items():
                        (parts if len(way) > 1 else alone).setdefault(word, []).append((told, low, high))
                if len(way) > 1:
                    count += len(way)
                    self._together[first] = number, range(first, count)
        words = list(dict.fromkeys((*alone, *parts)))
        self._alone = [alone.get(word, ()) for word in words]
        """By number of a word: the rules that it wakes, each with how many characters may stand before it."""
        self._parts = [parts.get(word, ()) for word in words]
        """By number of a word: the sets of which a match holds one word each; `_together` tells whose."""
        self._finder = finder(words)
        stand = [(-low, high + len(word)) for words in (alone, parts) for word in words for _, low, high in words[word]]
        self.before = max((before for before, _ in stand), default=0)
        """Characters before the place where a match begins, among which an anchor of it may stand."""
        self.behind = max((behind for _, behind in stand), default=0)

    def seen(self, text: str, offset: int = 0) -> list[tuple[int, Starts]]:
        """Ascending numbers of the rules that may match in normalised text, with where they can begin.

        The text was cut out of another one at `offset`; the places are those in the other one.
        """
        found: dict[int, list[Near]] = {}
        sets: dict[int, list[Near]] = {}
        for word, places in self._finder.places(text).items():
            if offset:
                places = [at + offset for at in places]
            for number, low, high in self._alone[word]:
                if number in found:
                    found[number].append((places, low, high))
                else:
                    found[number] = [(places, low, high)]
            for one, low, high in self._parts[word]:
                sets.setdefault(one, []).append((places, low, high))
        joint: dict[int, list[list[list[Near]]]] = {}
        for first in sets.keys() & self._together.keys() if sets else ():
            number, all_of = self._together[first]
            if all(one in sets for one in all_of):
                joint.setdefault(number, []).append([sets[one] for one in all_of])
        if not joint:
            return [(number, Starts(near)) for number, near in sorted(found.items())]
        return [(n, Starts(found.get(n, ()), joint.get(n, ()))) for n in sorted(found.keys() | joint.keys())]
