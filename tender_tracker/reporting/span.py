"""The words of a digest's period, the store's memory and the clock → its Span. Half-open, in whole seconds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from tender_tracker.errors import UsageError
from tender_tracker.model import SHANGHAI, Window
from tender_tracker.reporting.period import iso_week, window
from tender_tracker.reporting.projects import Span
from tender_tracker.storage import news
from tender_tracker.storage.query import Reader

WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the command line said of the period."""

    since: str | None = None
    until: str | None = None
    week: str | None = None
    since_last: bool = False


def span(asked: Asked, reader: Reader, profile: str | None, now: datetime) -> Span | None:
    """The period asked for; without any words the last whole ISO week. None: no time has passed since the last digest.

    An open end is now, or the begin of a fetch that still runs: what it stores will bear that time. Raises UsageError
    for words that contradict each other or a period that ends before it begins.
    """
    if asked.since_last and (asked.since or asked.week):
        raise UsageError("--since-last begins where the last digest ended; give no --since or --week beside it")
    if not (asked.since or asked.until or asked.week or asked.since_last):
        return _whole(window(now, week=iso_week(now - WEEK)), now)
    given = window(now, asked.since, asked.until, asked.week)
    until = given.until or _end(reader, now)
    if not asked.since_last:
        return _whole(Window(given.since or until - WEEK, until), now)
    if given.until and given.until > now:
        raise UsageError(f"--until {asked.until} lies ahead: what is stored until then would never be told")
    since = news.told_until(reader, profile) or until - WEEK
    return Span(since, until) if since < until else None


def _end(reader: Reader, now: datetime) -> datetime:
    """Now in whole seconds; one later where the newest fetch began in this very second and is over."""
    running, end = news.running_since(reader), now.replace(microsecond=0)
    if running is not None:
        return min(end, running)
    return end + timedelta(seconds=1) if news.as_of(reader, end + timedelta(seconds=1)) == end else end


def _whole(found: Window, now: datetime) -> Span:
    since, until = found.since, found.until
    if since is None or until is None or since >= until:
        raise UsageError(f"the period begins at {since} and ends at {until}: nothing lies between; now it is {now}")
    return Span(since, until)


def words(found: Span) -> list[str]:
    """Options that name this span again, whenever they are used."""
    since, until = (end.astimezone(SHANGHAI) for end in (found.since, found.until))
    if window(since, week=iso_week(since)) == Window(since, until):
        return ["--week", iso_week(since)]
    return ["--since", f"{since:%Y-%m-%dT%H:%M:%S}", "--until", f"{until:%Y-%m-%dT%H:%M:%S}"]
