"""Rows of runs, notices and failed pages → how well each source is covered now."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from tender_tracker.model import Window
from tender_tracker.storage import answers, columns, counts
from tender_tracker.storage.past import FailedPage, failed_page
from tender_tracker.storage.rows import Coverage
from tender_tracker.storage.standing import Standing, standing

Ask = Callable[..., list[Any]]
"""SQL and its parameters → rows."""
RUNS = 50
"""Runs of a source looked at; an outage longer than that began before."""

_ASKED = "SELECT DISTINCT source FROM run_sources"
_RUNS = (
    "SELECT s.*, r.started, r.command FROM run_sources s JOIN runs r ON r.id = s.run_id WHERE s.source IS ? "
    f"ORDER BY s.run_id DESC LIMIT {RUNS}"
)
_RUNS_BEFORE = _RUNS.replace("s.*", "s.run_id, s.new, s.state, s.error, s.last_good, s.alarm").replace(
    "ORDER BY", "AND r.started < ? ORDER BY"
)
_LAST_RUN = "SELECT max(run_id) FROM run_sources"
_LAST_NEW = "SELECT max(r.started) FROM run_sources s JOIN runs r ON r.id = s.run_id WHERE s.source IS ? AND s.new > 0"
_FAILED = "SELECT count(next_try), count(*) - count(next_try) FROM failed_pages WHERE source IS ?"
_PAGES = "SELECT * FROM failed_pages ORDER BY source, next_try IS NULL, next_try, url"


def coverage(ask: Ask, now: datetime) -> list[Coverage]:
    """Every source that ever gave a notice or was asked, by name; last, unrecognised pages of the last run."""
    stored = {source: (count, newest) for source, count, newest in ask(counts.BY_SOURCE)}
    ((last,),) = ask(_LAST_RUN)
    found = {source: ask(_RUNS, [source]) for (source,) in ask(_ASKED)}
    runs = {source: _live(rows) for source, rows in found.items() if source is not None or rows[0]["run_id"] == last}
    names = sorted({*stored, *runs}, key=lambda source: (source is None, source or ""))
    return [_of_source(ask, source, stored.get(source, (0, None)), runs.get(source, ()), now) for source in names]


def stood(ask: Ask, until: datetime) -> dict[str | None, tuple[Standing, str | None]]:
    """Every source asked before `until` → how it stood then, and the error of its last run; pages no source
    recognised only where the last run of all had some."""
    before = columns.utc(until)
    found = {source: ask(_RUNS_BEFORE, [source, before]) for (source,) in ask(_ASKED)}
    last = max((rows[0]["run_id"] for rows in found.values() if rows), default=None)
    runs = {name: _live(rows) for name, rows in found.items() if rows and (name or rows[0]["run_id"] == last)}
    past = {name: standing([answers.past_run(row) for row in rows], until) for name, rows in runs.items()}
    return {
        name: (past[name], runs[name][0]["error"]) for name in sorted(runs, key=lambda name: (name is None, name or ""))
    }


def _live(runs: Sequence[Any]) -> Sequence[Any]:
    """Runs that asked the site, where there are any: an import of saved pages must not hide that it is blocked."""
    return [run for run in runs if run["command"] == "fetch"] or runs


def failed_pages(ask: Ask) -> list[FailedPage]:
    """Pages that could not be read, by source; those given up last."""
    return [failed_page(row) for row in ask(_PAGES)]


def _of_source(
    ask: Ask, source: str | None, stored: tuple[int, str | None], runs: Sequence[Any], now: datetime
) -> Coverage:
    count, newest = stored
    if not runs:
        return Coverage(source, count, columns.day(newest))
    run, stands = runs[0], standing([answers.past_run(row) for row in runs], now)
    ((last_new,),) = ask(_LAST_NEW, [source])
    ((waiting, given_up),) = ask(_FAILED, [source])
    numbers = ("read", "new", "changed", "unchanged", "lists", "refused", "seen", "failed", "not_modified")
    return Coverage(
        source=source,
        notices=count,
        newest=columns.day(newest),
        state=stands.state,
        error=run["error"],
        last_run=columns.moment(run["started"]),
        last_good=stands.last_good,
        age=stands.age,
        live=stands.live,
        **{name: run[name] for name in numbers},
        reasons=tuple(sorted(json.loads(run["reasons"]).items(), key=lambda item: (-item[1], item[0]))),
        window=_window(run, "window"),
        covered=_window(run, "covered") if run["covered_until"] else None,
        watermark=columns.moment(run["watermark"]),
        alarm=run["alarm"],
        outage=stands.since,
        failures=stands.failures,
        last_new=columns.moment(last_new),
        waiting=waiting,
        given_up=given_up,
    )


def _window(run: Any, which: str) -> Window:
    return Window(columns.moment(run[f"{which}_since"]), columns.moment(run[f"{which}_until"]))
