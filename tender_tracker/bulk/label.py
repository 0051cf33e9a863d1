"""What was given → the same as labelled records. Pure: on every engine the same words get the same label."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from tender_tracker import contract, parse
from tender_tracker.bulk.given import Kept, Row
from tender_tracker.bulk.job import Job, pack, pack_named
from tender_tracker.contract import Asked
from tender_tracker.errors import PageBroken
from tender_tracker.flagging.flag import flag
from tender_tracker.flagging.rulepack import HOME
from tender_tracker.model import SHANGHAI, Notice, Page, Verdict
from tender_tracker.pages.kinds import kind_of
from tender_tracker.record import recorded
from tender_tracker.storage import whole
from tender_tracker.storage.store import Record

SOURCE = "plain"
"""The source of rows, which name none: that of all notices no site is known for."""
_PLACES = {HOME: ("CN", "zh"), "eu": ("EU", "und"), "us": ("US", "en"), "in": ("IN", "en"), "ru": ("RU", "ru")}
"""Pack → country and language of a notice that was labelled by it, so that it is so labelled again."""


def labelled(given: Row | Page | Kept, job: Job) -> list[Record]:
    """[] for a saved list page. Raises TenderError for what holds no notice, and whatever a mistake of ours raises."""
    if isinstance(given, Row):
        return [_of_row(given, job)]
    if isinstance(given, Kept):
        return [recorded(given.notice, pack(job), whole.pages(given.documents))]
    parsed = parse.read(given)
    found = parsed.listing.notices if parsed.listing else parsed.notices
    return [recorded(notice, pack(job)) for notice in found]


def verdict(asked: Asked, job: Job) -> Verdict:
    """As `tenders flag --jsonl` decides."""
    return flag(asked.title, asked.text, pack_named(job, asked.jurisdiction), asked.kind)


def _of_row(row: Row, job: Job) -> Record:
    asked = contract.asked(row.values, row.place)
    published, has_time = _moment(row.values, row.place)
    country, language = _PLACES[asked.jurisdiction or job.default]
    notice = Notice(
        source=SOURCE,
        source_id=_number(asked.id, row.place),
        title=asked.title,
        kind=asked.kind or kind_of(asked.title, "", asked.text),
        text=asked.text,
        published=published,
        published_has_time=has_time,
        language=language,
        country=country,
        read_from=row.file,
    )
    return Record(notice, verdict(asked, job))


def _number(given: object, place: str) -> str:
    """Raises PageBroken for what tells no notice from another."""
    text = contract.HALF.sub("\ufffd", str(given)) if isinstance(given, str | int) else ""
    if not text.strip() or isinstance(given, bool):
        raise PageBroken(f'{place}: "id" is {given!r}; give a text or a whole number; the row is left out')
    return text


def _moment(values: Mapping[str, Any], place: str) -> tuple[datetime | None, bool]:
    """`published`: a date, or a time (of Shanghai where it names no zone), as text or as the table's own type.

    Raises PageBroken for anything else.
    """
    given = values.get("published")
    try:
        if given is None or given == "":
            return None, True
        if isinstance(given, str):
            given = date.fromisoformat(given) if len(given.strip()) <= 10 else datetime.fromisoformat(given.strip())
        if isinstance(given, datetime):
            return (given if given.tzinfo else given.replace(tzinfo=SHANGHAI)), True
        if isinstance(given, date):
            return datetime(given.year, given.month, given.day, tzinfo=SHANGHAI), False
    except ValueError:
        pass
    raise PageBroken(
        f'{place}: "published" is {given!r}; give 2026-11-23 or 2026-11-23T09:00:00+08:00; the row is left out'
    )
