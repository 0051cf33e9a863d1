"""SAM.gov (US federal), Get Opportunities v2: active notices of a span of days, a thousand to an answer.

An ordinary account has 10 calls a day, so a run makes few and none for the descriptions, which cost one each. The key
comes from `[sources.sam.options] api_key` or TENDERS_SAM_KEY and travels in a header, so that no address shows it
(that this API takes X-Api-Key like others behind the same gateway is a guess; its documentation names a parameter).
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from types import MappingProxyType
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit
from zoneinfo import ZoneInfo

from tender_tracker.errors import PageBroken, PageChanged, SourceFailed, UsageError
from tender_tracker.model import Attachment, Kind, Listing, Notice, Page, Request, Site, SourceSettings, Window
from tender_tracker.pages.judge import place, refusal
from tender_tracker.sources import values
from tender_tracker.sources.values import part, parts, prose, word

SITE = Site("sam", "SAM.gov", "https://api.sam.gov/", ("api.sam.gov",), "US", 5.0, daily=10)
SEARCH = "opportunities/v2/search"
VARIABLE = "TENDERS_SAM_KEY"
PAGE_SIZE = 1000
CALLS = 8
"""Most answers of one run, of the 10 calls of a day."""
ZONE = ZoneInfo("America/New_York")
_KINDS: tuple[tuple[str, Kind], ...] = (
    ("presolicitation", "intention"), ("sources sought", "intention"), ("special notice", "intention"),
    ("intent to bundle", "intention"), ("solicitation", "tender"), ("combined", "tender"), ("award", "award"),
    ("justification", "award"), ("j&a", "award"),
)  # fmt: skip
_FILE = re.compile(r"/files/([^/?]+)")


def recognises(page: Page) -> bool:
    """An answer of the API or one record of it; an answer of the site's own search, too."""
    marks = ('"opportunitiesData"', '"fullParentPathName"', '"organizationHierarchy"')
    return page.media == "json" and any(mark in page.text for mark in marks)


def notices(page: Page) -> list[Notice]:
    """A saved answer or record → notices. Raises PageRefused for an error, PageBroken for another shape."""
    return [_notice(record, page) for record in _records(values.answer(page), page)]


def starts(settings: SourceSettings, window: Window) -> Iterator[Request]:
    """One search, or one for each keyword in a title. Raises UsageError without a key or a period of a year at most."""
    key = settings.options.get("api_key") or os.environ.get(VARIABLE)
    if not isinstance(key, str) or not key.strip().isprintable():
        raise UsageError(f"sam needs a key of SAM.gov: set {VARIABLE}, or api_key in [sources.sam.options]")
    if window.since is None:
        raise UsageError("sam is asked by days: give --since, or name other sources")
    first = window.since.astimezone(ZONE).date()
    last = window.until.astimezone(ZONE).date() if window.until else first + timedelta(days=364)
    if last - first > timedelta(days=365):
        raise UsageError("sam answers for a year at most: give --since and --until closer together")
    base, headers = (settings.base_url or SITE.home).rstrip("/"), MappingProxyType({"X-Api-Key": key.strip()})
    for keyword in settings.keywords or ("",):
        query = {"postedFrom": f"{first:%m/%d/%Y}", "postedTo": f"{last:%m/%d/%Y}", "limit": PAGE_SIZE, "offset": 0}
        named = {"title": keyword} if keyword else {}
        yield Request(f"{base}/{SEARCH}?{urlencode({**query, **named}, safe='/')}", headers=headers)


def listing(page: Page, request: Request, settings: SourceSettings) -> Listing:
    """An answer → its notices and the next page; `offset` counts pages. Raises PageChanged for another shape,
    SourceFailed where the days asked for would cost more calls than a run may make."""
    try:
        answer = values.answer(page)
        records = _records(answer, page)
    except PageBroken as error:
        raise PageChanged(str(error)) from error
    total, asked = answer.get("totalRecords"), parse_qs(urlsplit(request.url).query)
    size, number = int(asked.get("limit", ["1"])[0]), int(asked.get("offset", ["0"])[0])
    if not isinstance(total, int):
        raise PageChanged(f"{place(page)}: no totalRecords: the API has changed")
    if total > size * CALLS:
        raise SourceFailed(
            f"{place(page)}: {total} notices need more than the {CALLS} calls a run may make; ask for fewer days"
        )
    if not records and number * size < total:
        raise PageChanged(f"{place(page)}: {total} notices, but none on page {number}: the API has changed")
    more = (number + 1) * size < total
    following = re.sub(r"(?<=[?&]offset=)\d+", str(number + 1), request.url)
    found = tuple(_notice(record, page) for record in records)
    return Listing((), found, replace(request, url=following) if more else None, total, newest_first=False)


def _records(answer: dict[str, Any], page: Page) -> list[dict[str, Any]]:
    """The records of an answer, those of the site's own search in the words of the API."""
    told = word(part(answer, "error", "message")) or word(answer.get("message")) or word(answer.get("errorMessage"))
    if "nextAccessTime" in answer or answer.get("code") == "900804":
        when = word(answer.get("nextAccessTime")) or "tomorrow"
        raise refusal(page, "blocked", f"the calls of the day are used up, the next is possible {when}")
    if isinstance(told, str) and "api_key" in told.lower():
        raise refusal(page, "login", told)
    if "noticeId" in answer:
        return [answer]
    if "_embedded" in answer:
        return [_as_record(result) for result in parts(answer, "_embedded", "results")]
    records = parts(answer, "opportunitiesData")
    if not isinstance(answer.get("opportunitiesData"), list) or any("noticeId" not in record for record in records):
        raise PageBroken(f"{place(page)}: no opportunitiesData with a noticeId ({told or 'no message'}); save it again")
    return records


def _as_record(result: dict[str, Any]) -> dict[str, Any]:
    levels = [word(level.get("name")) for level in parts(result, "organizationHierarchy")]
    texts = [text.get("content") or "" for text in parts(result, "descriptions")]
    return {
        "noticeId": result.get("_id"),
        "title": result.get("title"),
        "solicitationNumber": result.get("solicitationNumber"),
        "type": "cancelled" if result.get("isCanceled") else part(result, "type", "value"),
        "postedDate": result.get("publishDate"),
        "responseDeadLine": result.get("responseDateActual") or result.get("responseDate"),
        "offices": levels,
        "award": result.get("award"),
        "description": "\n".join(texts),
    }


def _notice(record: dict[str, Any], page: Page) -> Notice:
    number = word(record.get("noticeId")) or ""
    published, deadline = (values.moment(record.get(name), ZONE) for name in ("postedDate", "responseDeadLine"))
    award, kind = part(record, "award"), _kind(word(record.get("type")) or "")
    title = word(record.get("title")) or word(record.get("solicitationNumber")) or number
    offices = _offices(record)
    return Notice(
        SITE.name,
        number,
        title,
        kind,
        values.text_of(_lines(record, title, offices)),
        word(record.get("uiLink")) or f"https://sam.gov/opp/{number}/view",
        project_no=word(record.get("solicitationNumber")),
        buyer=offices[-1] if offices else None,
        region=word(part(record, "placeOfPerformance", "state", "code"))
        or word(part(record, "officeAddress", "state")),
        published=published.at if published else None,
        published_has_time=published is None or published.has_time,
        deadline=deadline.closing if deadline and kind in ("tender", "intention") else None,
        award=values.amount(part(award, "amount"), "USD"),
        suppliers=values.unique([word(part(award, "awardee", "name"))]),
        attachments=tuple(_files(record)),
        language="en",
        country="US",
        read_at=page.read_at,
        read_from=page.file or page.url,
    )


def _kind(name: str) -> Kind:
    if "cancel" in name.lower():
        return "cancel"
    return next((kind for start, kind in _KINDS if name.lower().startswith(start)), "other")


def _offices(record: dict[str, Any]) -> list[str]:
    """From the department down to the office that buys."""
    path = word(record.get("fullParentPathName"))
    named = [word(record.get(name)) for name in ("department", "subTier", "office")]
    found = path.split(".") if path else record.get("offices") or named
    return [office.strip() for office in found if office and office.strip()]


def _files(record: dict[str, Any]) -> Iterator[Attachment]:
    """Files by their numbers, for the API does not name them, and the description, where it is only an address."""
    links = record.get("resourceLinks")
    for link in filter(None, map(word, links if isinstance(links, list) else ())):
        found = _FILE.search(link)
        yield Attachment(found[1] if found else link.rpartition("/")[2], link.partition("?")[0])
    if (about := word(record.get("description"))) and about.startswith("http"):
        yield Attachment("description", about)


def _lines(record: dict[str, Any], title: str, offices: list[str]) -> Iterator[str | None]:
    yield title
    yield values.row(*offices)
    yield values.row(*(word(record.get(name)) for name in ("type", "typeOfSetAsideDescription")))
    codes = (("PSC", record.get("classificationCode")), ("NAICS", record.get("naicsCode")))
    yield values.row(*(f"{scheme} {code}" for scheme, value in codes if (code := word(value))))
    about = record.get("description")
    if isinstance(about, str) and not about.startswith("http"):
        yield from prose(about)
    yield word(part(record, "award", "awardee", "name"))
