"""Stored notices → verdicts by the rules of today, and what that gains and loses. No page is read again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tender_tracker.flagging.rulepack import RulePack
from tender_tracker.judged import judged
from tender_tracker.model import FLAGGED, Evidence, Level, Verdict
from tender_tracker.relink import relink
from tender_tracker.restate import restate
from tender_tracker.storage.store import Store, Stored

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
    gained: tuple[Relabelled, ...]
    lost: tuple[Relabelled, ...]
    changed: tuple[Relabelled, ...]


def relabel(store: Store, pack: RulePack, now: datetime, dry_run: bool = False) -> RelabelSummary:
    """Decides every stored notice again with another rule pack; `dry_run` writes nothing."""
    if not dry_run:
        store.begin_run("relabel", pack.fingerprint)
    groups: dict[str, list[Relabelled]] = {"gained": [], "lost": [], "changed": []}
    waiting: list[tuple[int, Verdict]] = []
    notices = 0
    for stored in store.stored():
        notices += 1
        verdict = decided(stored, pack)
        if verdict.level != stored.verdict.level:
            groups[_group(stored.verdict.level, verdict.level)].append(_relabelled(stored, verdict))
        if verdict != stored.verdict and not dry_run:
            waiting.append((stored.id, verdict))
        if len(waiting) == BATCH:
            store.relabel(waiting)
            waiting = []
    if not dry_run:
        store.relabel(waiting)
        relink(store, anew=True)
        restate(store, pack)
        store.end_run((), 0, now)
    return RelabelSummary(notices, *(tuple(groups[name]) for name in ("gained", "lost", "changed")))


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
