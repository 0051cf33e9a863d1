"""World Bank procurement notices, of all countries that borrow: the whole text is in the answer, as HTML.

The API ignores parameters it does not know and then answers with everything, and it has no filter by date: the list is
walked from its newest notice, and an answer that is out of order or of other types than asked for is an alarm. Clock
times are the borrower's, whose zone is not told; they are taken as UTC (guess).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Any
from urllib.parse import parse_qs, quote, urlencode, urlsplit

from tender_tracker.errors import PageBroken, PageChanged, UsageError
from tender_tracker.model import Kind, Listing, Notice, Page, Request, Site, SourceSettings, Window
from tender_tracker.pages.judge import place
from tender_tracker.sources import values
from tender_tracker.sources.values import prose, word

SITE = Site("worldbank", "World Bank", "https://search.worldbank.org/", ("search.worldbank.org",), values.NOWHERE, 2.0)
LIST = "api/v2/procnotices"
PAGE_SIZE = 100
"""Of 1000 at most; a text may have 100 kB."""
PEOPLE = "https://projects.worldbank.org/en/projects-operations/procurement-detail/"
_KINDS: tuple[tuple[str, Kind], ...] = (
    ("contract award", "award"), ("general procurement", "intention"), ("procurement plan", "intention"),
    ("invitation", "tender"), ("request for", "tender"), ("expression", "tender"), ("specific procurement", "tender"),
    ("prequalification", "tender"),
)  # fmt: skip


def recognises(page: Page) -> bool:
    """An answer, or one row of it."""
    return page.media == "json" and ('"procnotices"' in page.text or '"project_ctry_name"' in page.text)


def notices(page: Page) -> list[Notice]:
    """A saved answer or row → notices. Raises PageBroken for JSON of another shape."""
    answer = values.answer(page)
    return [_notice(row, page) for row in ([answer] if "notice_type" in answer else _rows(answer, page))]


def starts(settings: SourceSettings, window: Window) -> Iterator[Request]:
    """The newest notices; `columns` are notice types in the Bank's spelling. Raises UsageError for keywords."""
    if settings.keywords:
        raise UsageError("sources.worldbank.keywords: the API has no search that is known; leave them out")
    base = (settings.base_url or SITE.home).rstrip("/")
    query = {"format": "json", "rows": PAGE_SIZE, "os": 0, "srt": "noticedate", "order": "desc"}
    types = f"&notice_type={quote('^'.join(settings.columns))}" if settings.columns else ""
    yield Request(f"{base}/{LIST}?{urlencode(query)}{types}")


def listing(page: Page, request: Request, settings: SourceSettings) -> Listing:
    """An answer → its notices and the next page. Raises PageChanged for another shape, order or type than asked for."""
    try:
        answer = values.answer(page)
        rows = _rows(answer, page)
    except PageBroken as error:
        raise PageChanged(str(error)) from error
    found = [_notice(row, page) for row in rows]
    days = [notice.published for notice in found if notice.published]
    if any(later > earlier for earlier, later in pairwise(days)):
        raise PageChanged(f"{place(page)}: the rows are not in order of date: the API did not heed the question")
    strange = {str(row.get("notice_type")) for row in rows} - set(settings.columns or ())
    if settings.columns and strange:
        raise PageChanged(f"{place(page)}: {', '.join(sorted(strange))} was not asked for: the API ignored a filter")
    start = int(parse_qs(urlsplit(request.url).query).get("os", ["0"])[0])
    total = word(answer.get("total")) or ""
    known = int(total) if total.isdigit() else None
    more = bool(rows) and (start + len(rows) < known if known is not None else len(rows) >= PAGE_SIZE)
    following = re.sub(r"(?<=[?&]os=)\d+", str(start + len(rows)), request.url)
    return Listing((), tuple(found), Request(following) if more else None, known)


def _rows(answer: dict[str, Any], page: Page) -> list[dict[str, Any]]:
    """The rows, which come as a list or as an object of them."""
    found = answer.get("procnotices")
    rows = list(found.values()) if isinstance(found, dict) else found
    if not isinstance(rows, list) or not all(isinstance(row, dict) and row.get("id") for row in rows):
        raise PageBroken(f"{place(page)}: no procnotices with an id; give an answer of {LIST}")
    return rows


def _notice(row: dict[str, Any], page: Page) -> Notice:
    number, kind = str(row["id"]), _kind(word(row.get("notice_type")) or "")
    title = word(row.get("bid_description")) or word(row.get("project_name")) or number
    published = values.moment(row.get("noticedate"))
    country = values.country(row.get("project_ctry_name")) or values.country(row.get("contact_ctry_name"))
    return Notice(
        SITE.name,
        number,
        title,
        kind,
        values.text_of([title, word(row.get("project_name")), *prose(row.get("notice_text"))]),
        PEOPLE + number,
        project_no=word(row.get("bid_reference_no")) or word(row.get("project_id")),
        project_name=word(row.get("project_name")),
        buyer=word(row.get("contact_organization")) or word(row.get("borrower")),
        region=word(row.get("project_ctry_name")),
        published=published.at if published else None,
        published_has_time=False,
        deadline=_deadline(row) if kind in ("tender", "intention") else None,
        language=values.language(row.get("notice_lang_name")) or values.UNTOLD,
        country=country or values.NOWHERE,
        read_at=page.read_at,
        read_from=page.file or page.url,
    )


def _kind(name: str) -> Kind:
    return next((kind for start, kind in _KINDS if name.lower().startswith(start)), "other")


def _deadline(row: dict[str, Any]) -> Any:
    """The day with its clock time, which stands in a field of its own (10:00)."""
    day, clock = word(row.get("submission_deadline_date")), word(row.get("submission_deadline_time"))
    whole = values.moment(f"{day[:10]}T{clock}") if day and clock else None
    end = whole or values.moment(day[:10] if day else None)
    return end.closing if end else None
