"""宁波市阳光采购服务平台: one POST answers with records that hold the whole notice (`bulletinContent`, Word HTML).

The record's own words win over the body's for title, date and address; what else the notice says is read from the body.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit

from tender_tracker.errors import PageBroken, PageChanged
from tender_tracker.model import Listing, Notice, Page, Request, Site, SourceSettings, Window
from tender_tracker.pages import dates, fields
from tender_tracker.pages.html import block_text
from tender_tracker.pages.judge import place
from tender_tracker.sources import plain

SITE = Site("ningbo", "宁波市阳光采购服务平台", "https://ygcg.nbcqjy.org/", ("ygcg.nbcqjy.org",), delay=3.0)
LIST = "api/Portal/GetBulletinList"
COLUMNS = ("21",)
"""classID of the bulletins; other classes were not seen in an answer."""
PAGE_SIZE = 100
REGION = "宁波市"
"""All its buyers are companies of the city."""


def recognises(page: Page) -> bool:
    """An answer, a list of records or one record; or a body saved without its record, which names the platform."""
    if page.media == "json":
        return '"bulletinContent"' in page.text
    return page.media == "html" and (urlsplit(page.url or "").hostname in SITE.hosts or "ygcg.nbcqjy.org" in page.text)


def notices(page: Page) -> list[Notice]:
    """A saved answer, list of records or record → notices. Raises PageBroken for JSON of another shape."""
    if page.media == "html":
        return [replace(notice, source=SITE.name, region=notice.region or REGION) for notice in plain.notices(page)]
    return [_notice(record, page) for record in _records(page)[0]]


def starts(settings: SourceSettings, window: Window) -> Iterator[Request]:
    """The first page of each class, newest first."""
    base = (settings.base_url or SITE.home).rstrip("/")
    for column in settings.columns or COLUMNS:
        form = {"pageIndex": 1, "pageSize": PAGE_SIZE, "classID": column}
        yield Request(f"{base}/{LIST}", json=MappingProxyType(form))


def listing(page: Page, request: Request, settings: SourceSettings) -> Listing:
    """An answer → its notices and the next page. Raises PageChanged when it has no list of records."""
    try:
        records, total = _records(page)
    except PageBroken as error:
        raise PageChanged(str(error)) from error
    found = tuple(_notice(record, page) for record in records)
    asked = dict(request.json or {})
    number, size = int(asked.get("pageIndex", 1)), int(asked.get("pageSize", PAGE_SIZE))
    more = bool(found) and (len(found) >= size if total is None else number * size < total)
    following = Request(request.url, json=MappingProxyType({**asked, "pageIndex": number + 1})) if more else None
    return Listing((), found, following, total)


def _records(page: Page) -> tuple[list[dict[str, Any]], int | None]:
    """The records of an answer, wherever it keeps them, and the total it claims."""
    try:
        answer = json.loads(page.text)
    except ValueError as error:
        raise PageBroken(f"{place(page)}: not JSON ({error}); save the answer again") from error
    records = _find(answer)
    if records is None:
        raise PageBroken(
            f"{place(page)}: JSON without records of bulletinTitle and bulletinContent; save the answer of {LIST}"
        )
    return records, _total(answer)


def _find(answer: Any, depth: int = 0) -> list[dict[str, Any]] | None:
    if isinstance(answer, dict):
        if "bulletinContent" in answer and "bulletinTitle" in answer:
            return [answer]
        below = answer.values() if depth < 4 else ()
        named = {"records", "list", "rows", "data", "items"} & answer.keys()
        if any(answer[name] == [] for name in named) and depth < 4:
            return []
        return next((found for value in below if (found := _find(value, depth + 1)) is not None), None)
    if isinstance(answer, list) and answer:
        found = [
            record
            for record in answer
            if isinstance(record, dict) and "bulletinContent" in record and "bulletinTitle" in record
        ]
        return found or None
    return None


def _total(answer: Any) -> int | None:
    if not isinstance(answer, dict):
        return None
    for name in ("total", "totalCount", "recordCount", "count"):
        if isinstance(answer.get(name), int):
            return int(answer[name])
    return next((found for value in answer.values() if (found := _total(value)) is not None), None)


def _notice(record: dict[str, Any], page: Page) -> Notice:
    """One record → its notice; the printed deadline counts, the record's opening only where none is."""
    title = " ".join(str(record.get("bulletinTitle") or "").split())
    text = block_text(str(record.get("bulletinContent") or "")) or title
    number = str(record.get("bulletinId") or title)
    found = fields.read(text, title)
    found = replace(
        found,
        project_no=found.project_no or record.get("prjNo") or None,
        region=found.region or REGION,
        published=dates.first(str(record.get("publishDate") or "")) or found.published,
    )
    if found.deadline is None and found.kind in ("tender", "amendment"):
        opening = dates.first(str(record.get("kbDate") or ""))
        found = replace(found, deadline=opening.moment if opening else None)
    own = f"{SITE.home}detail?bulletinId={number}" if record.get("bulletinId") else page.url
    return replace(found.notice(SITE.name, number, text, page), url=record.get("prjUrl") or own)
