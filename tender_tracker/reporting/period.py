"""The words of a period (2026-11-20, 2026-11-20T08:30, 7d, 2026-W47, 2026-11) → a Window of Shanghai time.

Weeks are ISO weeks.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta

from tender_tracker.errors import UsageError
from tender_tracker.model import SHANGHAI, Window

AGO = re.compile(r"(\d{1,4})([dw])")
WEEK = re.compile(r"(\d{4})-?W(\d{2})")
MONTH = re.compile(r"(\d{4})-(\d{2})")
YEARS = range(1800, 2201)
"""Beside them, the period before one and the four before that are still in the calendar."""


def window(
    now: datetime, since: str | None = None, until: str | None = None, week: str | None = None, month: str | None = None
) -> Window:
    """Options of one command → Window; `until` includes its day, but ends at a moment (2026-11-20T08:30).

    Raises UsageError for a word it cannot read, two ways of saying the period at once, and an empty period.
    """
    given = [name for name, word in (("--since/--until", since or until), ("--week", week), ("--month", month)) if word]
    if len(given) > 1:
        raise UsageError(f"{' and '.join(given)} both name the period; give one of them")
    if week:
        return _week(week)
    if month:
        return _month(month)
    found = Window(
        since=first_day(since, now, "--since") if since else None,
        until=_end(until, now) if until else None,
    )
    if found.since and found.until and found.since >= found.until:
        raise UsageError(f"--since {since} is later than --until {until}")
    return found


def iso_week(moment: datetime) -> str:
    """The ISO week in Shanghai of an aware moment: 2026-W47."""
    year, week, _ = moment.astimezone(SHANGHAI).isocalendar()
    return f"{year}-W{week:02}"


def _midnight(day: date) -> datetime:
    return datetime.combine(_known(day), time(), SHANGHAI)


def _known(day: date) -> date:
    """Raises UsageError for a day so far away that a period beside it would leave the calendar."""
    if day.year not in YEARS:
        raise UsageError(f"{day} is beyond every notice; give a day of the years {YEARS[0]} to {YEARS[-1]}, or none")
    return day


def _end(word: str, now: datetime) -> datetime:
    return first_day(word, now, "--until") + timedelta(days=0 if "T" in word else 1)


def first_day(word: str, now: datetime, option: str) -> datetime:
    """2026-11-20 or 7d → midnight of that day in Shanghai; a moment is itself, one without a zone meant in Shanghai.

    Raises UsageError, with the name of the option, for any other word.
    """
    if "T" in word:
        return _moment(word, option)
    ago = AGO.fullmatch(word)
    if ago:
        days = int(ago[1]) * (7 if ago[2] == "w" else 1)
        return _midnight(now.astimezone(SHANGHAI).date() - timedelta(days=days))
    try:
        return _midnight(date.fromisoformat(word))
    except ValueError:
        raise UsageError(f"{option} {word!r} is no date; write 2026-11-20, or 7d or 2w for that long ago") from None


def _moment(word: str, option: str) -> datetime:
    try:
        moment = datetime.fromisoformat(word)
    except ValueError:
        raise UsageError(f"{option} {word!r} is no moment; write 2026-11-20T08:30") from None
    _known(moment)
    return moment.astimezone(SHANGHAI) if moment.tzinfo else moment.replace(tzinfo=SHANGHAI)


def _week(word: str) -> Window:
    parts = WEEK.fullmatch(word)
    try:
        if parts is None:
            raise ValueError(word)
        monday = _midnight(date.fromisocalendar(int(parts[1]), int(parts[2]), 1))
    except ValueError:
        raise UsageError(f"--week {word!r} is no ISO week; write 2026-W47") from None
    return Window(monday, monday + timedelta(days=7))


def _month(word: str) -> Window:
    parts = MONTH.fullmatch(word)
    try:
        if parts is None:
            raise ValueError(word)
        first = date(int(parts[1]), int(parts[2]), 1)
    except ValueError:
        raise UsageError(f"--month {word!r} is no month; write 2026-11") from None
    return Window(_midnight(first), _midnight((first + timedelta(days=31)).replace(day=1)))
