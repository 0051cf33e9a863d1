"""Deadlines and openings of stored notices → one iCalendar file (RFC 5545) that a calendar may import again and again.

An event keeps its UID for ever and counts SEQUENCE up with every change of its notice, so that a moved deadline moves
the event instead of doubling it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from tender_tracker.exporting.summary import summary
from tender_tracker.messages import name, say
from tender_tracker.reporting import clean
from tender_tracker.reporting.render import project
from tender_tracker.storage.rows import Flagged

_OCTETS = 74
"""Longest line without its break: RFC 5545 asks to fold at 75 octets."""
_LENGTH = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Event:
    """`what` is `deadline` or `opening`; `when` is aware. `touched` is when a correction or the end of the project was
    read, where one was."""

    row: Flagged
    what: str
    when: datetime
    cancelled: bool = False
    touched: datetime | None = None


def calendar(events: Iterable[Event], lang: str) -> Iterator[str]:
    """Lines ended by CRLF; nothing in them tells the time of the export."""
    for line in _lines(events, lang):
        yield from (f"{folded}\r\n" for folded in _folded(line))


def _lines(events: Iterable[Event], lang: str) -> Iterator[str]:
    yield from ("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//tenders//procurement deadlines//EN")
    yield from ("CALSCALE:GREGORIAN", f"X-WR-CALNAME:{_escaped(say(lang, 'calendar.name'))}")
    for event in events:
        yield from _event(event, lang)
    yield "END:VCALENDAR"


def _event(event: Event, lang: str) -> Iterator[str]:
    notice = event.row.notice
    touched = max(filter(None, (notice.changed_at, notice.first_seen, event.touched)))
    what = say(lang, f"calendar.{event.what}")
    yield "BEGIN:VEVENT"
    yield f"UID:{_escaped(f'{notice.source}-{notice.source_id}-{event.what}')}@tenders"
    yield f"DTSTAMP:{_utc(touched)}"
    yield f"LAST-MODIFIED:{_utc(touched)}"
    yield f"SEQUENCE:{max(0, int((touched - notice.first_seen).total_seconds()))}"
    yield f"DTSTART:{_utc(event.when)}"
    yield f"DTEND:{_utc(event.when + _LENGTH)}"
    yield f"SUMMARY:{_escaped(f'{what} · {project(event.row)}')}"
    yield f"DESCRIPTION:{_escaped(chr(10).join(summary(event.row, lang)))}"
    if notice.url and notice.url.isascii() and notice.url.startswith(("http://", "https://")):
        yield f"URL:{clean.terminal(notice.url).replace(' ', '%20')}"
    if event.cancelled:
        yield "STATUS:CANCELLED"
    yield f"CATEGORIES:{_escaped(name(lang, 'level', notice.level))}"
    yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"


def _escaped(text: str) -> str:
    """TEXT of RFC 5545, section 3.3.11; direction marks and controls of a title do not pass."""
    literal = clean.block(text)
    for sign, written in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\n", "\\n")):
        literal = literal.replace(sign, written)
    return literal


def _folded(line: str) -> Iterator[str]:
    """Pieces of at most 75 octets, each after the first led by a blank, never cut inside a character."""
    piece, size = "", 0
    for char in line:
        octets = len(char.encode())
        if size + octets > _OCTETS:
            yield piece
            piece, size = " ", 1
        piece, size = piece + char, size + octets
    yield piece


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
