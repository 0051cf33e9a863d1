"""Stored notices → verdicts by the rules of today, and what that gains and loses. No page is read again.

Where no other program decided any of them, only notices that a changed rule can touch are decided again.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice
from operator import ne
from typing import Literal

from tender_tracker.flagging import packs
from tender_tracker.flagging.difference import Difference, described, difference
from tender_tracker.flagging.rulepack import HOME, RulePack
from tender_tracker.judged import judged
from tender_tracker.model import FLAGGED, Evidence, Level, Verdict
from tender_tracker.relink import relink
from tender_tracker.restate import restate
from tender_tracker.storage.looked import Looked
from tender_tracker.storage.ruled import Known
from tender_tracker.storage.store import Store, Stored

Why = Literal["asked", "program", "rules"]
"""Why so many notices were read: it was asked for, another program may have decided some, or rules differ."""
BATCH = 500
"""Verdicts per transaction."""


@dataclass(frozen=True, slots=True)
class Relabelled:
    """A stored notice whose level changes, with the passage that decided before and now."""

    id: int
    title: str
    before: Level
    after: Level
    quote_before: Evidence | None
    quote_after: Evidence | None


@dataclass(frozen=True, slots=True)
class RelabelSummary:
    """`gained`: became required, preferred or supplied; `lost`: is none of them now; `changed`: another level."""

    notices: int
    read: int
    """So many of them were decided again; no rule that differs can touch the others."""
    why: Why
    rules: tuple[str, ...]
    """Ids of the rules that came, went or changed, where that is why."""
    packs: tuple[str, ...]
    """Fingerprints of packs of which nothing more is known than that all they decided must be read."""
    gained: tuple[Relabelled, ...]
    lost: tuple[Relabelled, ...]
    changed: tuple[Relabelled, ...]


@dataclass
class _Standing:
    """Which of the stored verdicts stand as the home pack comes to be another one."""

    pack: RulePack
    known: Known
    touches: Difference | None
    """None where any notice may be decided otherwise."""
    taken: set[str] = field(default_factory=set)
    """Earlier states of the home pack: what they decided, and is not written anew, stands under the present one."""
    unknown: set[str] = field(default_factory=set)
    looked: Looked = field(default_factory=Looked)
    """Which notices hold no letter of the words of rules that differ."""

    @classmethod
    def of(cls, store: Store, pack: RulePack, known: Known) -> _Standing:
        ours = pack.name == HOME
        return cls(pack, known, difference(known.rules.values(), pack, store.ruled().sample()) if ours else None)

    def stands(self, fingerprint: str) -> bool | None:
        """Of all verdicts that a pack wrote; None: but for those of the notices that the difference touches."""
        present = self.pack.fingerprint
        under = self.known.stands_under.get(fingerprint, fingerprint)
        if fingerprint == present or packs.is_current(under, present):
            return True
        if packs.decided_by(fingerprint) == HOME:
            self.taken.add(fingerprint)
            if self.touches is not None and under in self.known.rules:
                return None
        self.unknown.add(fingerprint)
        return False

    def writes(self, before: Verdict, verdict: Verdict) -> bool:
        """Whether a verdict must be written in the place of another; not for the sake of the home pack's name."""
        self.stands(before.pack)
        ours = packs.decided_by(before.pack) == packs.decided_by(verdict.pack) == HOME
        return verdict != (replace(before, pack=verdict.pack) if ours else before)


def relabel(store: Store, pack: RulePack, now: datetime, dry_run: bool = False, every: bool = False) -> RelabelSummary:
    """Decides stored notices again with another rule pack, `every` one or those that it can decide otherwise.

    `dry_run` writes nothing.
    """
    known = store.ruled().known()
    why: Why = "program" if known is None else "asked" if every else "rules"
    standing = None if known is None else _Standing.of(store, pack, known)
    if not dry_run:
        store.begin_run("relabel", pack.fingerprint, described(pack))
    groups: dict[str, list[Relabelled]] = {"gained": [], "lost": [], "changed": []}
    read = 0
    for some in _batches(store, standing if why == "rules" else None):
        read += len(some)
        verdicts = [(stored, decided(stored, pack)) for stored in some]
        for stored, verdict in verdicts:
            if verdict.level != stored.verdict.level:
                groups[_group(stored.verdict.level, verdict.level)].append(_relabelled(stored, verdict))
        if not dry_run:
            writes = standing.writes if standing else ne
            store.relabel([(stored.id, verdict) for stored, verdict in verdicts if writes(stored.verdict, verdict)])
    if not dry_run:
        _settle(store, pack, standing, why)
        store.end_run((), 0, now)
    rules, unknown = _reasons(standing) if standing and why == "rules" else ((), ())
    return RelabelSummary(store.notices(), read, why, rules, unknown, *(tuple(found) for found in groups.values()))


def _batches(store: Store, standing: _Standing | None) -> Iterator[list[Stored]]:
    """The notices to be decided again; without `standing` every one."""
    if standing is None:
        notices = store.stored()
        while some := list(islice(notices, BATCH)):
            yield some
        return
    numbers = store.ruled().again(standing.stands, standing.touches, standing.looked)
    while chosen := list(islice(numbers, BATCH)):
        yield store.chosen(chosen)


def _settle(store: Store, pack: RulePack, standing: _Standing | None, why: Why) -> None:
    """What follows from the verdicts. Rules link nothing: notices are linked anew where all of them were asked for."""
    if why != "rules" or standing is None or standing.touches is None or standing.taken & standing.unknown:
        store.states().reword()
    elif standing.touches.rules:
        store.states().reword(standing.touches.spell, standing.looked.may)
    # Only now: were the packs taken before, and this cut off, nobody would know of the states that wait.
    store.ruled().taken(standing.taken if standing else (), pack.fingerprint)
    relink(store, anew=why != "rules")
    restate(store, pack)


def _reasons(standing: _Standing) -> tuple[tuple[str, ...], tuple[str, ...]]:
    touches = standing.touches
    return touches.rules if touches is not None else (), tuple(sorted(standing.unknown))


def decided(stored: Stored, pack: RulePack) -> Verdict:
    """What the rules make of a stored notice and its documents; `pack` is the home pack."""
    return judged(stored.title, stored.text, stored.kind, stored.country, stored.language, pack, stored.documents)


def _group(before: Level, after: Level) -> str:
    if after in FLAGGED and before not in FLAGGED:
        return "gained"
    return "lost" if before in FLAGGED and after not in FLAGGED else "changed"


def _relabelled(stored: Stored, verdict: Verdict) -> Relabelled:
    return Relabelled(
        id=stored.id,
        title=stored.title,
        before=stored.verdict.level,
        after=verdict.level,
        quote_before=next(iter(stored.verdict.evidence), None),
        quote_after=next(iter(verdict.evidence), None),
    )
