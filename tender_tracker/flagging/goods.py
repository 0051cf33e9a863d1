"""Nouns and cues of a notice in words → what is bought, and what a word of origin speaks of."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass
from itertools import zip_longest

from tender_tracker.flagging.cues import Cues
from tender_tracker.flagging.labels import Labels, Noun
from tender_tracker.flagging.lazy import lazy
from tender_tracker.flagging.passage import Passages, Span

_OF = re.compile(
    r"\s?(?:\([^()]{0,60}\))?\s?(?:OF|FOR|TO|IN|ON|FROM|INSIDE|VON|FÜR|DER|DES|ZUR?|IM|DE|D'|DU|POUR|DI|"
    r"DEL|DELLA|DELL'|DEI|DEGLI|DELLE|PER|CON|PARA|DO|DLA|Z|NA|W|ДЛЯ|С|НА|В|К)(?:\s|(?<='))(?:[^\s|:]{1,20}\s){0,4}?"
)
_WITH = re.compile(
    r"\s?(?:\([^()]{0,60}\))?\s?(?:WITH|INCLUDING|MIT|INKL\.?|AVEC|CON|Z|С|СО)\s(?:[^\s|:]{1,20}\s){0,4}?"
)
_ITEM = re.compile(r"\s*(?:ITEM|SCHEDULE|POS\.?|POSITION|LINE|LOT|CLIN|ПОЗИЦИЯ)\s?\w{1,4}\s?[:.)]")
_LIST = re.compile(
    r"\s?(?:\([^()]{0,60}\))?\s?(?:,|/|&|\+|\b(?:AND|OR|AS WELL AS|UND|ODER|SOWIE|ET|OU|E|ED|O|Y|I|ORAZ|LUB|"
    r"И|ИЛИ|А ТАКЖЕ)\b)\s?(?:(?:AND|OR|UND|ET|E|Y|I|И)\s)?(?:[\w'-]{1,20}\s){0,3}?"
)
_OPENING = 16
"""Characters before a claim that opens its sentence: `The final assembly takes place …`."""
_STOP = re.compile(r"[.;!?]\s")
_GLUE = re.compile(r"[\s-]{0,2}")
_DESCRIBED = 24
"""Characters within which goods stand behind the adjective that describes them."""
_BRACKET = re.compile(r"\([^()\n]{0,200}\)")


@dataclass(frozen=True)
class Goods:
    """`nouns` are (start, end, class) in order."""

    passages: Passages
    nouns: list[Noun]
    cues: Cues

    @lazy
    def _heads(self) -> list[Noun]:
        """Nouns that are no part of a longer phrase: the maintenance of `maintenance of servers`."""
        heads: list[Noun] = []
        done = 0
        for noun in sorted(self.nouns, key=lambda noun: (noun[0], -noun[1])):
            if noun[0] < done:
                continue
            between = self.passages.text[done : noun[0]]
            if heads and "\n" not in between and _GLUE.fullmatch(between) and done == heads[-1][1]:
                classes = (heads[-1][2], noun[2])
                heads[-1] = (heads[-1][0], noun[1], "service" if "service" in classes else noun[2])
            elif not heads or not self._part_of(heads[-1], between):
                heads.append(noun)
            done = noun[1]
        return heads

    def _part_of(self, head: Noun, between: str) -> bool:
        """Whether the words between a noun and the next make that a part of its phrase."""
        if "\n" in between or _STOP.search(between):
            return False
        owned = _OF.fullmatch(between) and not self._supply(head)
        return bool(owned or (head[2] == "compute" and _WITH.fullmatch(between)))

    def _supply(self, noun: Noun) -> bool:
        """Whether a noun is `supply and maintenance`, which buys what it is said of."""
        return noun[2] == "goods" and " " in self.passages.text[noun[0] : noun[1]]

    @lazy
    def _labels(self) -> Labels:
        return Labels(self.passages, self._heads, self.cues)

    def within(self, low: int, high: int) -> list[Noun]:
        """Head nouns that begin in a span."""
        first = bisect_left(self._heads, (low, 0, ""))
        return self._heads[first : bisect_left(self._heads, (high, 0, ""))]

    def of(self, span: Span) -> str:
        """The class of noun that a claim speaks of; "" when only the whole purchase can be meant."""
        if self._labels.of_another_thing(span[0]):
            return "other"
        text, around = self.passages.text, self.within(*self.passages.sentence(span[0]))
        inside = [noun for noun in around if noun[0] < span[1] and span[0] < noun[1] and noun[2] != "service"]
        before = [noun for noun in around if noun[1] <= span[0]]
        after = [noun for noun in around if noun[0] >= span[1]]
        if inside:
            return _named(inside)
        if after and text[span[1] - 1] != "." and _GLUE.fullmatch(text[span[1] : after[0][0]]):
            return _named(self._listed(after))
        open_before = [noun for noun in before if not self._bracketed(noun, span)] or before
        if open_before:
            return _named(self._listed(open_before[::-1]))
        if after:
            near = after[0][2] == "compute" or "," not in text[span[1] : after[0][0]]
            return _named(self._listed(after)) if near else ""
        low, high = self.passages.sentence(span[0])
        return "other" if _ITEM.match(text, low, high) else self._above(span[0])

    def adjoining(self, span: Span) -> bool:
        """Whether a compute noun follows a claim at once or is what it is said of."""
        low, high = self.passages.sentence(span[0])
        return any(
            noun[2] == "compute" and (noun[0] - span[1] <= 60 if noun[0] >= span[1] else span[0] - noun[1] <= 60)
            for noun in self.within(low, high)
        )

    def named(self, span: Span) -> bool:
        """Whether the sentence of a claim names compute or goods, or leaves them out as the rows of a list do."""
        text = self.passages.text
        low, high = self.passages.sentence(span[0])
        first = bisect_left(self.nouns, (low, 0, ""))
        return (
            any(noun[2] in ("compute", "goods") for noun in self.nouns[first : bisect_left(self.nouns, (high, 0, ""))])
            or span[0] - low <= _OPENING
            or re.search(r"[|:]", text[low:high]) is not None
            or self._above(span[0]) == "compute"
        )

    def described(self, span: Span) -> bool:
        """Whether an adjective describes compute, or the goods at large: `отечественной техники`."""
        low, high = self.passages.sentence(span[0])
        following = self.within(span[1], min(high, span[1] + _DESCRIBED))[:1]
        before = [noun for noun in self.within(low, span[0]) if span[0] - noun[1] <= 1]
        return self.adjoining(span) or any(noun[2] == "goods" for noun in following + before)

    def _bracketed(self, noun: Noun, span: Span) -> bool:
        """Whether a noun stands in a bracket that is closed before the claim."""
        low, _ = self.passages.sentence(noun[0])
        return any(
            b.start() <= noun[0] < b.end() <= span[0] for b in _BRACKET.finditer(self.passages.text, low, span[0])
        )

    def _listed(self, nouns: list[Noun]) -> list[Noun]:
        """The first noun and those that are listed with it: `servers, storage and switches`."""
        chosen = [nouns[0]]
        for noun in nouns[1:]:
            left, right = sorted((chosen[-1], noun))
            if not _LIST.fullmatch(self.passages.text[left[1] : right[0]]):
                break
            chosen.append(noun)
        return chosen

    def _above(self, at: int) -> str:
        """What the line or the heading of a place speaks of."""
        heading = self.passages.heading(at)
        for span in (self.passages.line(at), *([heading] if heading else [])):
            if found := self.within(*span):
                return _named(found)
        return ""

    def buys(self, lots: tuple[str, ...] = ()) -> bool:
        """Whether compute is bought in any of these lots; () asks for the whole notice."""
        return any(self._lots.get(key, self._notice) for key in lots) if lots else self._notice

    @lazy
    def _notice(self) -> bool:
        title = self.passages.line(0)
        classes = {noun[2] for noun in self.within(*title)} - {"goods"}
        if "unbought" in self.cues.anywhere:
            return False
        told = "compute" in classes and not (
            classes & {"service", "software"} and self.cues.first(("existing",), title)
        )
        if told or any(self._lots.values()):
            return True
        return any(self._bought_in(*line, bool(classes)) for line in self.passages.lines() if line[0] > title[1])

    @lazy
    def _lots(self) -> dict[str, bool]:
        """Lot → whether the words that follow its name buy compute."""
        found: dict[str, bool] = {}
        marks = sorted(self.passages.marks, key=lambda mark: mark.start)
        for mark, following in zip_longest(marks, marks[1:]):
            _, high = self.passages.line(mark.start)
            end = min(high, following.start) if following else high
            if classes := {noun[2] for noun in self.within(mark.end, end)} - {"goods"}:
                for key in mark.keys:
                    found.setdefault(key, "compute" in classes)
        return found

    def _bought_in(self, low: int, high: int, strict: bool) -> bool:
        """Whether a line lists compute as bought; `strict` where the title speaks of something else."""
        for noun in self.within(low, high):
            spans = [self.passages.sentence(noun[0])]
            spans += [heading] if (heading := self.passages.heading(noun[0])) else []
            if noun[2] != "compute" or any(self.cues.first(("existing", "background"), span) for span in spans):
                continue
            bought = self.cues.first(("buy", "quantity"), spans[0])
            if bought or not (strict or self.cues.first(("bidder", "support"), spans[0])):
                return True
        return False


def _named(nouns: list[Noun]) -> str:
    classes = [noun[2] for noun in nouns]
    if "compute" in classes:
        return "compute"
    return "" if "goods" in classes else classes[0]
