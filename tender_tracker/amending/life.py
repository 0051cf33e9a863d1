"""The notices of a project → its state after all corrections in order, and what each correction changed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from tender_tracker.amending.apply import corrected
from tender_tracker.amending.change import Amended
from tender_tracker.amending.state import CALLS, Decide, Published, State, begun
from tender_tracker.amending.twins import told_once
from tender_tracker.flagging.lots import key_of
from tender_tracker.model import Kind

_ORDER: tuple[Kind, ...] = ("intention", "other", *CALLS, "amendment", "award", "contract", "cancel")
"""Notices of one day, in the order of a life."""


@dataclass(frozen=True, slots=True)
class Life:
    """`state` is None where no call for bids and no correction is stored."""

    state: State | None
    amended: tuple[Amended, ...]


def life(notices: Iterable[Published], decide: Decide) -> Life:
    """The same notice on several sites counts once, the one with most text; a call that follows begins anew."""
    state: State | None = None
    amended: list[Amended] = []
    for group in told_once(sorted(notices, key=_when)):
        notice = max(group, key=lambda twin: len(twin.text))
        if notice.kind in CALLS:
            if state is None or not _repeats(state.call, notice):
                state = begun(notice)
        elif notice.kind == "amendment":
            state, changes = corrected(state, notice, decide)
            amended += changes
        elif notice.kind == "cancel" and state is not None:
            state = _ended(state, notice)
    return Life(state, tuple(amended))


def _repeats(call: Published, later: Published) -> bool:
    """The call again, on a site that was slow: nothing in it is newer than in the first."""
    return call.deadline is not None and call.deadline == later.deadline and call.source != later.source


def _ended(state: State, cancel: Published) -> State:
    """Ended as a whole, unless the cancellation names some of the lots only."""
    named = {key_of(lot.name) for lot in cancel.lots}
    rest = [lot for lot in state.lots if key_of(lot.name) not in named]
    return state if named and rest and len(rest) < len(state.lots) else replace(state, ended_by=cancel.id)


def _when(notice: Published) -> tuple[bool, date, int, int]:
    day = notice.published_on
    return day is None, day or date.min, _ORDER.index(notice.kind), notice.id
