"""Anchors of many rules + a text → which rules may match in it, and where their matches can begin.

One Aho–Corasick pass finds all anchors of all rules (measured 60 times faster than trying each pattern), and every
anchor tells how many characters of a match can stand before it: a rule is tried at those few places only.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from functools import reduce
from itertools import chain
from typing import Protocol

from tender_tracker.patterns.anchors import Anchors, Way

Span = tuple[int, int]
"""First and last place of a row of places."""
Near = tuple[list[int], int, int]
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
        firsts, lasts = self._firsts, self._lasts
        first, last = bisect_left(lasts, low), bisect_left(firsts, high)
        if first >= last:
            return ()
        return [(firsts[at], lasts[at]) for at in range(first, last)]

    def _lay_out(self) -> None:
        """Left until asked for: most rules that are seen are never asked."""
        near, self._near = self._near, ()
        joint, self._joint = self._joint, ()
        if len(near) == 1 and not joint and len(near[0][0]) == 1:
            (at,), low, high = near[0]
            if at >= low:
                self._firsts, self._lasts = (max(at - high, 0),), (at - low,)
            return
        if joint:
            ways = [reduce(_common, map(_spans, sets)) for sets in joint]
            spans = apart(sorted([*_spans(near), *chain(*ways)]))
        elif any(low != high for _, low, high in near):
            spans = _spans(near)
        else:
            places = [at - low for places, low, _ in near for at in places if at >= low]
            self._firsts = self._lasts = places if len(near) == 1 else sorted(set(places))
            return
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
        together: list[tuple[int, list[Anchors]]] = []
        for number, ways in rules:
            for best, *others in ways:
                if others := [anchors for anchors in others if min(map(len, anchors)) >= least]:
                    together.append((number, [best, *others]))
                    continue
                for word, (low, high) in best.items():
                    alone.setdefault(word, []).append((number, low, high))
        words = {word: at for at, word in enumerate(dict.fromkeys(chain(alone, *chain(*(way for _, way in together)))))}
        self._alone = [alone.get(word, ()) for word in words]
        """By number of a word: the rules that it wakes, each with how many characters may stand before it."""
        self._together = [(n, [{words[w]: span for w, span in each.items()} for each in way]) for n, way in together]
        """Rules that several words wake together, with the sets of which a match holds one word each."""
        self._first = [[at for at, (_, way) in enumerate(together) if word in way[0]] for word in words]
        """By number of a word: those ways whose first set it is of."""
        self._finder = finder(list(words))
        stand = [(-low, high + len(word)) for word in alone for _, low, high in alone[word]]
        stand += [(-low, high + len(w)) for _, way in together for each in way for w, (low, high) in each.items()]
        self.before = max((before for before, _ in stand), default=0)
        """Characters before the place where a match begins, among which an anchor of it may stand."""
        self.behind = max((behind for _, behind in stand), default=0)

    def seen(self, text: str, offset: int = 0) -> list[tuple[int, Starts]]:
        """Ascending numbers of the rules that may match in normalised text, with where they can begin.

        The text was cut out of another one at `offset`; the places are those in the other one.
        """
        places = self._finder.places(text)
        if offset:
            places = {word: [at + offset for at in found] for word, found in places.items()}
        near: dict[int, list[Near]] = {}
        waking: set[int] = set()
        for word, at in places.items():
            for number, low, high in self._alone[word]:
                if number in near:
                    near[number].append((at, low, high))
                else:
                    near[number] = [(at, low, high)]
            if self._first[word]:
                waking.update(self._first[word])
        joint: dict[int, list[list[list[Near]]]] = {}
        for way in sorted(waking):
            number, sets = self._together[way]
            if not any(places.keys().isdisjoint(anchors) for anchors in sets[1:]):
                held = [[(places[word], *span) for word, span in each.items() if word in places] for each in sets]
                joint.setdefault(number, []).append(held)
        if not joint:
            return [(number, Starts(each)) for number, each in sorted(near.items())]
        return [(n, Starts(near.get(n, ()), joint.get(n, ()))) for n in sorted(near.keys() | joint.keys())]
