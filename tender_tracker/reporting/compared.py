"""A period and the word of `--compare` → the period it is held against."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from tender_tracker.errors import UsageError
from tender_tracker.model import SHANGHAI, Window
from tender_tracker.reporting.period import MONTH, WEEK, window

PREVIOUS = "previous"


def compared(span: Window, word: str, now: datetime) -> Window:
    """`previous` (the month before a month, else as many days before), an ISO week or a month.

    Raises UsageError for another word, and for `previous` of a period without a begin.
    """
    if WEEK.fullmatch(word):
        return window(now, week=word)
    if MONTH.fullmatch(word):
        return window(now, month=word)
    if word != PREVIOUS:
        raise UsageError(f"--compare {word!r} is no period; write previous, or a week (2026-W46) or a month (2026-10)")
    if span.since is None:
        raise UsageError("--compare previous needs a period that begins: give --week, --month or --since")
    since, until = span.since, span.until or _tomorrow(now)
    if since >= until:
        raise UsageError("--compare previous needs a period that has begun; this one lies ahead")
    if _is_month(since, until):
        return window(now, month=f"{since - timedelta(days=1):%Y-%m}")
    return Window(since - (until - since), since)


def _tomorrow(now: datetime) -> datetime:
    return datetime.combine(now.astimezone(SHANGHAI).date() + timedelta(days=1), time(), SHANGHAI)


def _is_month(since: datetime, until: datetime) -> bool:
    return since.day == until.day == 1 and timedelta(days=27) < until - since < timedelta(days=32)


def length(span: Window) -> int | None:
    """Days in a period; None where an end is open."""
    return (span.until - span.since).days if span.since and span.until else None
