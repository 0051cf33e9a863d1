"""What a source gave in one run, beside what it usually gives → a sentence when the site has probably changed. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from statistics import median

from tender_tracker.model import SHANGHAI, Notice, Window

FLOORS = {"title": 1.0, "kind": 0.9, "published": 1.0, "text": 1.0, "buyer": 0.95}
"""Share of a source's notices that must have the field (`kind`: other than `other`); below it the site changed."""
ENOUGH = 10
"""Notices of one run that tell a rate; and items a source usually lists before few of them are noticed."""
GAPS = 3
"""Notices without a field that may be chance."""
FALL = 0.2
"""How far below its own history a rate must lie: a source that never printed all buyers has not changed."""
ROUNDS = 3
"""Good runs that make a habit."""
SHARE = 5
"""Less than a fifth of the usual items is far fewer."""


def filled(notices: Iterable[Notice]) -> dict[str, int]:
    """Field → how many of the notices have it."""
    found = dict.fromkeys(FLOORS, 0)
    for notice in notices:
        found["title"] += bool(notice.title)
        found["kind"] += notice.kind != "other"
        found["published"] += notice.published is not None
        found["text"] += bool(notice.text)
        found["buyer"] += notice.buyer is not None
    return found


def thin(counts: Mapping[str, int], notices: int, sparse: Sequence[str]) -> dict[str, float]:
    """Fields that too many notices of a run lack → their rates; `sparse` ones are often absent by nature."""
    if notices < ENOUGH:
        return {}
    return {
        name: counts[name] / notices
        for name, floor in FLOORS.items()
        if name not in sparse and notices - counts[name] >= GAPS and counts[name] / notices < floor
    }


def changed(rates: Mapping[str, float], usual: Mapping[str, float]) -> str | None:
    """Thin fields, beside the rates of notices stored earlier (none on a fresh store) → what to say of them."""
    fallen = {name: rate for name, rate in rates.items() if rate < usual.get(name, 1.0) - FALL or name not in usual}
    if not fallen:
        return None
    told = ", ".join(
        f"{name} {rate:.0%}" + (f" (usually {usual[name]:.0%})" if name in usual else f" (floor {FLOORS[name]:.0%})")
        for name, rate in fallen.items()
    )
    return f"fields are missing: {told}; has the site changed?"


def empty(seen: int, window: Window, usual: Sequence[tuple[int, Window]]) -> str | None:
    """A source that answered and listed nothing: suspect, but on days without work or where that is usual."""
    if seen or not _works(window):
        return None
    if len(usual) >= ROUNDS and median(count for count, _ in usual) < ENOUGH / 2:
        return None
    return "it answered and listed nothing; has the site changed?"


def few(seen: int, window: Window, usual: Sequence[tuple[int, Window]]) -> str | None:
    """Far fewer items than usual, both in all and by the day: a warning."""
    if len(usual) < ROUNDS:
        return None
    whole, daily = median(count for count, _ in usual), median(count / _days(span) for count, span in usual)
    if whole < ENOUGH or seen * SHARE >= whole or seen / _days(window) * SHARE >= daily:
        return None
    return f"it listed {seen} items, usually about {whole:.0f}"


def _days(window: Window) -> float:
    if window.since is None or window.until is None:
        return 1.0
    return max((window.until - window.since) / timedelta(days=1), 1.0)


def _works(window: Window) -> bool:
    """Whether a Chinese office worked on a day of the window; an open one surely holds such a day."""
    if window.since is None or window.until is None:
        return True
    first, last = window.since.astimezone(SHANGHAI).date(), window.until.astimezone(SHANGHAI).date()
    return any(_works_on(first + timedelta(days=n)) for n in range(min((last - first).days, 14) + 1))


def _works_on(day: date) -> bool:
    """Weekends and the holidays of fixed date are free; the Spring Festival moves and is left to the reader."""
    free = (day.month, day.day) == (1, 1) or (day.month == 5 and day.day <= 5) or (day.month == 10 and day.day <= 7)
    return day.weekday() < 5 and not free
