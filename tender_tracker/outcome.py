"""What a run read and refused of its sources → the state of each, and the exit code of the run. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tender_tracker.errors import (
    PageBroken,
    PageChanged,
    PageRefused,
    SourceFailed,
    TenderError,
    UsageError,
)
from tender_tracker.storage.standing import State
from tender_tracker.storage.store import Refused, SourceRun

BLOCKED = ("blocked", "challenge", "login")
SHUTTING = ("blocked", "challenge")
"""Refusals that ended the asking, whatever was read before."""
LIMIT = "left at the number of notices asked for"
_REASONS: dict[type[TenderError], str] = {
    PageBroken: "broken",
    PageChanged: "changed",
    SourceFailed: "failed",
    UsageError: "usage",
}


def reason(error: TenderError) -> str:
    """One word for tables and totals."""
    return error.reason if isinstance(error, PageRefused) else _REASONS.get(type(error), "error")


def state(
    counts: Mapping[str, int], refused: Sequence[Refused], *, live: bool, cut: bool, suspicion: str | None
) -> tuple[State, str | None]:
    """The state of one source after a run, and the sentence that says why it is not ok.

    `cut`: it was left at a limit; `suspicion`: why what it gave is implausible.
    """
    good = counts["read"] > counts["refused"]
    first = refused[0].message if refused else None
    strange = next((page.message for page in refused if page.reason == "changed"), suspicion)
    blocked = next((page.message for page in refused if page.reason in SHUTTING), None) if live else None
    if strange is not None and live:
        return "suspect", strange
    if blocked is not None or (refused and not good and refused[0].reason in BLOCKED):
        return "blocked", blocked or first
    if refused and not good:
        return "failed", first
    if refused:
        return "partial", first
    if counts["waiting"]:
        return "partial", f"{counts['waiting']} pages that failed earlier are still to be asked"
    return ("partial", LIMIT) if cut else ("ok", None)


def exit_code(runs: Sequence[SourceRun], live: bool) -> int:
    """0 complete, 3 something is missing, 4 an alarm, 2 no source can be asked as it is set, 1 nothing was read."""
    read = sum(run.read for run in runs)
    good = [run for run in runs if run.read > run.refused]
    if not read:
        return 2 if runs and all(run.state == "not_configured" for run in runs) else 1
    if any(run.state == "suspect" for run in runs) or any(run.reasons.get("changed") for run in runs):
        return 4
    if not good:
        return 1 if live else 4
    if not live and any(not run.seen for run in good):
        return 4
    missing = any(run.refused or run.waiting or run.state == "not_configured" for run in runs)
    return 3 if missing else 0
