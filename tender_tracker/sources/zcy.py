"""政采云 (ZCY): one software behind the portals of many provinces (`zcy.toml`), a JSON API with the body as HTML.

Seen in crawlers' notes, not live: both calls and their keys. Guesses: that `keyword` narrows the list on every portal
(one crawler sends it), the shape of attachment lists (bodies link their files, those are seen), parentId where the
table has none. Some portals sit behind a firewall that wants a browser: they answer with a challenge, which is told.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from types import MappingProxyType
from typing import Any
from urllib.parse import quote, urlencode

from tender_tracker.model import Attachment, Link, Listing, Notice, Page, Request, Site, SourceSettings, Window
from tender_tracker.pages import attached, fields
from tender_tracker.pages.html import block_text
from tender_tracker.sources import portals, reply

PORTALS = portals.load("zcy")
SITE = Site("zcy", "政采云各省门户", "https://www.zcygov.cn/", tuple(portal.place for portal in PORTALS), delay=3.0)
LIST, DETAIL, PEOPLE = "/portal/category", "/portal/detail", "/luban/detail"
PAGE_SIZE = 15
ROWS = "result.data.data"


def recognises(page: Page) -> bool:
    """An answer of its API; its pages for people are built by script and hold no text."""
    return page.media == "json" and '"articleId"' in page.text and '"result"' in page.text


def is_list(page: Page) -> bool:
    return page.media == "json" and isinstance(reply.get(reply.read(page, SITE.name), ROWS), list)


def starts(settings: SourceSettings, window: Window) -> Iterator[Request]:
    """The first page of each category of each portal, of one search per keyword when keywords are set.

    Raises UsageError for a portal that is none.
    """
    for portal in portals.chosen(SITE.name, PORTALS, settings):
        for category in portal.categories:
            for keyword in settings.keywords or ("",):
                yield Request(portal.home + LIST, json=MappingProxyType(_query(portal, category, keyword, window)))


def _query(portal: portals.Portal, category: str, keyword: str, window: Window) -> dict[str, Any]:
    """`publishDateEnd` is a day that still counts; `_t` only defeats caches, and any moment serves."""
    moment = window.until or window.since
    query: dict[str, Any] = {"pageNo": 1, "pageSize": PAGE_SIZE, "categoryCode": category}
    if keyword:
        query["keyword"] = keyword
    if window.since:
        query["publishDateBegin"] = f"{window.since:%Y-%m-%d}"
    if window.until:
        query["publishDateEnd"] = f"{window.until - timedelta(microseconds=1):%Y-%m-%d}"
    return {**query, "_t": int(moment.timestamp() * 1000) if moment else 0}


def listing(page: Page, request: Request, settings: SourceSettings) -> Listing:
    """A list answer → its links and the next page. Raises PageRefused for an error answer, PageChanged for another."""
    answer = _answer(page)
    rows = reply.rows(page, SITE.name, answer, ROWS, "articleId")
    total = reply.total(reply.get(answer, "result.data.total"))
    query = dict(request.json or {})
    number, size = int(query.get("pageNo", 1)), int(query.get("pageSize", PAGE_SIZE))
    if not rows and total and number == 1:
        raise reply.changed(page, SITE.name, f"{ROWS}[] (of {total} rows)")
    home = portals.origin(request.url)
    parent = next((portal.more["parent"] for portal in portals.chosen(SITE.name, PORTALS, settings)
                   if portal.home == home), "")  # fmt: skip
    more = bool(query and rows) and (number * size < total if total is not None else len(rows) >= size)
    following = Request(request.url, json=MappingProxyType({**query, "pageNo": number + 1})) if more else None
    return Listing(tuple(_link(row, home, parent) for row in rows), (), following, total)


def _link(row: Mapping[str, Any], home: str, parent: str) -> Link:
    title, article, when = reply.line(row.get("title")), row.get("articleId"), reply.when(row.get("publishDate"))
    moment = when.moment if when else None
    if not article:
        return Link(reply.nameless(row, "articleId", title), title, moment)
    stamp = str(int(moment.timestamp())) if moment else "0"
    query = {"articleId": str(article), "parentId": parent, "timestamp": stamp}
    return Link(_people(home, str(article), parent), title, moment, Request(f"{home}{DETAIL}?{urlencode(query)}"))


def _people(home: str, article: str, parent: str) -> str:
    """The page for people; the number is base64, whose + / = must be escaped."""
    return f"{home}{PEOPLE}?parentId={parent}&articleId={quote(article, safe='')}"


def notices(page: Page) -> list[Notice]:
    """A detail answer → its one notice. Raises PageRefused for an error answer, PageChanged for another shape."""
    answer = _answer(page)
    data = reply.get(answer, "result.data")
    if not isinstance(data, dict) or "content" not in data:
        raise reply.changed(page, SITE.name, "result.data.content")
    title, html = reply.line(data.get("title")), str(data["content"] or "")
    text = block_text(html) or title
    if not text:
        raise reply.changed(page, SITE.name, "result.data.title")
    found = fields.read(text, title, _column(data))
    portal = portals.at(page.url, PORTALS)
    article = data.get("articleId") or reply.asked(page, "articleId")
    found = replace(
        found,
        project_no=found.project_no or reply.line(data.get("projectCode")) or None,
        project_name=found.project_name or reply.line(data.get("projectName")) or None,
        region=found.region or reply.line(data.get("districtName")) or (portal.region if portal else None),
        published=reply.when(data.get("publishDate")) or found.published,
        attachments=attached.linked(html, page.url or "") + _listed(data) or found.attachments,
    )
    number = str(article or reply.identity(title, found.project_no, data.get("publishDate")))
    notice = found.notice(SITE.name, number, text, page)
    if page.url is None or not article:
        return [notice]
    parent = reply.asked(page, "parentId") or ""
    return [replace(notice, url=_people(portals.origin(page.url), number, parent))]


def _column(data: Mapping[str, Any]) -> str:
    """What the portal calls this notice: its last category, else its name in the chain of the project's notices."""
    names = data.get("categoryNames")
    if isinstance(names, list) and names:
        return reply.line(names[-1])
    chain = data.get("announcementLinkDtoList")
    entries = [entry for entry in chain if isinstance(entry, dict)] if isinstance(chain, list) else []
    return next((reply.line(entry.get("typeName")) for entry in entries if entry.get("isCurrent")), "")


def _listed(data: Mapping[str, Any]) -> tuple[Attachment, ...]:
    """Files listed beside the body."""
    found = data.get("attachmentList") or data.get("attachments") or reply.get(data, "attachmentVO.attachments") or ()
    entries = [entry for entry in found if isinstance(entry, dict)] if isinstance(found, list) else []
    named = [
        (entry.get("name") or entry.get("fileName"), entry.get("url") or entry.get("fileUrl")) for entry in entries
    ]
    return tuple(Attachment(reply.line(name), reply.line(url) or None) for name, url in named if name)


def _answer(page: Page) -> dict[str, Any]:
    answer = reply.read(page, SITE.name)
    if answer.get("success") is False:
        raise reply.refused(page, answer.get("code"), answer.get("message") or answer.get("error"))
    return answer
