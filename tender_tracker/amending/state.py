"""What a project asks for and until when: the values that a call begins and that corrections change."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from tender_tracker.facts.opening import opening
from tender_tracker.flagging.lots import key_of
from tender_tracker.model import FLAGGED, LEVELS, Amount, DocumentPage, Kind, Level, Lot, Verdict

CALLS: tuple[Kind, ...] = ("tender", "single_source")
"""Kinds that open a procurement."""


Place = tuple[int, int] | None
"""Where wording stands: document and page, counted from 0, or the text of the notice itself."""


@dataclass(frozen=True, slots=True)
class Words:
    """All that a notice says: its text, and the pages of each of its documents that was read."""

    text: str
    documents: tuple[tuple[DocumentPage, ...], ...] = ()

    def each(self) -> Iterator[tuple[Place, str]]:
        yield None, self.text
        for number, pages in enumerate(self.documents):
            yield from (((number, at), page.text) for at, page in enumerate(pages))

    def changed(self, place: Place, text: str) -> Words:
        """The same with another text in one place."""
        if place is None:
            return replace(self, text=text)
        number, at = place
        pages = self.documents[number]
        other = (*pages[:at], replace(pages[at], text=text), *pages[at + 1 :])
        return replace(self, documents=(*self.documents[:number], other, *self.documents[number + 1 :]))


@dataclass(frozen=True, slots=True)
class Published:
    """A notice of the project as it stands in the store."""

    id: int
    source: str
    kind: Kind
    title: str
    text: str
    published_on: date | None
    deadline: datetime | None
    budget: Amount | None
    lots: tuple[Lot, ...]
    verdict: Verdict
    country: str = "CN"
    language: str = "zh"
    documents: tuple[tuple[DocumentPage, ...], ...] = ()


Decide = Callable[[Published, Words], Verdict]
"""The rules' verdict on a notice with these words in place of its own."""


@dataclass(frozen=True, slots=True)
class State:
    """A project after the notices so far. `words` are the tender's, corrected; `raised` are demands that corrections
    added, as (level, lot, quote)."""

    call: Published
    words: Words
    verdict: Verdict
    deadline: datetime | None
    opened: datetime | None
    budget: Amount | None
    lots: tuple[Lot, ...]
    raised: tuple[tuple[Level, str | None, str], ...] = ()
    ended_by: int | None = None
    demanded: bool = False
    """Whether an earlier text of it demanded or preferred domestic compute."""

    @property
    def level(self) -> Level:
        """Strongest of the corrected text and of added demands; a demand that was taken back is still mentioned."""
        level = strongest((self.verdict.level, *(level for level, _, _ in self.raised)))
        return "mentioned" if level == "none" and self.demanded else level

    def decided(self, words: Words, decide: Decide) -> State:
        """The state with other words of its tender."""
        demanded = self.demanded or self.level in FLAGGED
        return replace(self, words=words, verdict=decide(self.call, words), demanded=demanded)

    def level_of(self, lot: str) -> Level | None:
        """The level of a lot after all corrections; None where the rules gave it none of its own."""
        key = key_of(lot)
        found = [entry.level for entry in self.verdict.lots if key_of(entry.name) == key]
        found += [level for level, own, _ in self.raised if own is not None and key_of(own) == key]
        if not found:
            return None
        demanded = any(entry.level in FLAGGED for entry in self.call.verdict.lots if key_of(entry.name) == key)
        return "mentioned" if strongest(found) == "none" and demanded else strongest(found)

    def clause(self, lot: str | None) -> str | None:
        """The words that give the project, or a lot of it, its level."""
        level = self.level if lot is None else self.level_of(lot)
        key = None if lot is None else key_of(lot)
        own = [found for found in self.verdict.evidence if found.effect == level]
        first = next((found.quote for found in own if key is None or (found.lot and key_of(found.lot) == key)), None)
        added = (quote for raised, _, quote in self.raised if raised == level)
        return first or (next((found.quote for found in own), None) or next(added, None) if level in FLAGGED else None)


def begun(call: Published) -> State:
    return State(
        call, Words(call.text, call.documents), call.verdict, call.deadline, opening(call.text), call.budget, call.lots
    )  # fmt: skip


def strongest(levels: Sequence[Level]) -> Level:
    return min(levels, key=LEVELS.index, default="none")
