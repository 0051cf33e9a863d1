"""Records of a source's runs + now → how it stands: its state, its outage, whether an alarm is due. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Literal

from tender_tracker.model import Window

State = Literal["ok", "partial", "blocked", "suspect", "stale", "failed", "not_configured"]
"""ok: read in full. partial: some page is missing. blocked: the site refuses us. suspect: it answers, but not as usual
or in another template. failed: nothing could be read. stale: not read in full for too long, whatever the last run says.
not_configured: its settings (a key) do not allow to ask."""
Alarm = Literal["raised", "standing", "recovered"]
BAD: tuple[State, ...] = ("blocked", "suspect", "failed")
"""States that begin an outage; only `ok` ends it."""
PATIENCE = timedelta(days=3)
"""A source is stale when its last good run is older than this, and than two of its own rounds."""


@dataclass(frozen=True, slots=True)
class PastRun:
    """One run of one source, as recorded."""

    started: datetime
    state: State
    live: bool
    """Whether the site was asked; an import of saved pages never grows stale."""
    last_good: datetime | None
    """The last good run up to this one."""
    new: int = 0
    alarm: Alarm | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """How a source stands at a moment."""

    state: State | None
    """None when it was never asked."""
    last_good: datetime | None = None
    age: timedelta | None = None
    """Since the last good run; None where no site was asked."""
    since: datetime | None = None
    """Begin of the outage that lasts."""
    failures: int = 0
    """Runs in a row that were not ok."""
    live: bool = False
    """Whether the site was asked; else only saved pages of it were read."""


def standing(runs: Sequence[PastRun], now: datetime) -> Standing:
    """Runs of one source, newest first → how it stands at `now`."""
    if not runs:
        return Standing(None)
    last = runs[0]
    age = now - last.last_good if last.live and last.last_good is not None else None
    failures = next((count for count, run in enumerate(runs) if run.state == "ok"), len(runs))
    begun = _outage(runs)
    state = last.state
    if state in ("ok", "partial") and last.live and now - (last.last_good or _first(runs)) > _patience(runs):
        state = "stale"
    return Standing(state, last.last_good, age, begun, failures, last.live)


def alarm(before: Alarm | None, state: State) -> Alarm | None:
    """What a run that ended in `state` says, `before` being what the last one said: once per outage it raises."""
    outage = before in ("raised", "standing")
    if state == "ok":
        return "recovered" if outage else None
    if state in BAD:
        return "standing" if outage else "raised"
    return "standing" if outage else None


def watermark(
    before: datetime | None, covered: Window | None, now: datetime, floor: datetime | None = None
) -> datetime | None:
    """Up to when everything is read, after a run that covered `covered` (None: it cannot say what it read).

    It moves only where the window joins what was read before: a gap is never jumped. Without one before, a window that
    ends in the past, asked for by hand, sets none; and a first run that read too little leaves its begin, `floor`.
    """
    if covered is None:
        return before or floor
    until = min(covered.until or now, now)
    if before is None:
        return until if until == now else None
    joins = covered.since is None or covered.since <= before
    return max(before, until) if joins else before


def _outage(runs: Sequence[PastRun]) -> datetime | None:
    """When the outage began that the newest run is in."""
    begun = None
    for run in runs:
        if run.alarm not in ("raised", "standing"):
            break
        begun = run.started
        if run.alarm == "raised":
            break
    return begun


def _first(runs: Sequence[PastRun]) -> datetime:
    return runs[-1].started


def _patience(runs: Sequence[PastRun]) -> timedelta:
    gaps = [(later.started - earlier.started).total_seconds() for later, earlier in pairwise(runs)]
    half, odd = divmod(len(gaps), 2)
    middle = sorted(gaps)[half - 1 + odd : half + 1]  # one or two; `statistics` takes longer to import than to ask all
    return max(PATIENCE, timedelta(seconds=2 * sum(middle) / len(middle))) if gaps else PATIENCE
