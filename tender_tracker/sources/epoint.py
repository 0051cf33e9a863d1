"""Trading centres on the software of Epoint (`epoint.toml`): one full-text search for all, pages with one body frame.

The call and `#newsText` are read in a saved answer and page of 四川; the other hosts run the same search (crawlers).
Guesses: the path of 江西 (its former host had it), the body frame of 重庆, 江西 and 江苏, the category numbers beyond
002002001 and 014005001. The search pages by offset (`pn`), and behind about 480 rows one crawler met a lesser one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from types import MappingProxyType
from typing import Any
from urllib.parse import urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser

from tender_tracker.errors import PageChanged
from tender_tracker.model import Link, Listing, Notice, Page, Request, Site, SourceSettings, Window
from tender_tracker.pages import attached, dates, fields, labels
from tender_tracker.pages.html import block_text, metas, node_text
from tender_tracker.pages.judge import place
from tender_tracker.sources import portals, reply

PORTALS = portals.load("epoint")
SITE = Site(
    "epoint", "公共资源交易中心（新点）", PORTALS[0].home + "/", tuple(portal.place for portal in PORTALS), delay=3.0
)
FRAME = "#newsText"
ROWS = "result.records"
DAY = "%Y-%m-%d %H:%M:%S"
_SECOND = timedelta(seconds=1)
_TAIL = re.compile(r"\s*[-_|—]+\s*[^-_|—]{2,20}$")


def recognises(page: Page) -> bool:
    """An answer of the search, or a page by its address or by the pair of its frames."""
    if page.media == "json":
        return "totalcount" in page.text and "records" in page.text
    if page.media != "html":
        return False
    return portals.at(page.url, PORTALS) is not None or ("newsText" in page.text and "originurl" in page.text)


def is_list(page: Page) -> bool:
    return page.media == "json"


def starts(settings: SourceSettings, window: Window) -> Iterator[Request]:
    """One search per portal, category and keyword. Raises UsageError for a portal that is none."""
    for portal in portals.chosen(SITE.name, PORTALS, settings):
        for category in portal.categories:
            for keyword in settings.keywords or ("",):
                query = _query(portal, category, keyword, window)
                yield Request(portal.home + portal.more["search"], json=MappingProxyType(query))


def _query(portal: portals.Portal, category: str, keyword: str, window: Window) -> dict[str, Any]:
    """What the portals' own page sends; a window open at one side gets an end that no notice passes."""
    field = portal.more["field"]
    until = f"{window.until - _SECOND:{DAY}}" if window.until else "2099-12-31 23:59:59"
    span = {"fieldName": field, "startTime": f"{window.since:{DAY}}" if window.since else "2000-01-01 00:00:00",
            "endTime": until}  # fmt: skip
    equal = {"fieldName": "categorynum", "equal": category, "notEqual": None, "equalList": None, "notEqualList": None,
             "isLike": True, "likeType": 2}  # fmt: skip
    return {
        "token": "", "pn": 0, "rn": portal.more["size"], "sdt": "", "edt": "", "wd": keyword, "inc_wd": "",
        "exc_wd": "", "fields": "title;content" if keyword else "", "cnum": "001", "sort": json.dumps({field: "0"}),
        "ssort": "title", "cl": 500, "terminal": "", "condition": [equal],
        "time": [span] if window.since or window.until else None, "highlights": "", "statistics": None,
        "unionCondition": [], "accuracy": "", "noParticiple": "1", "searchRange": None, "noWd": not keyword,
    }  # fmt: skip


def listing(page: Page, request: Request, settings: SourceSettings) -> Listing:
    """A search answer → its links and the next offset. Raises PageChanged when it holds no records."""
    answer = reply.read(page, SITE.name)
    inner = answer.get("content")
    if "result" not in answer and isinstance(inner, str):  # some portals put the JSON into a string of a JSON
        answer = reply.read(replace(page, text=inner), SITE.name)
    rows = reply.rows(page, SITE.name, answer, ROWS, "linkurl")
    total = reply.total(reply.get(answer, "result.totalcount"))
    if not rows and total and not dict(request.json or {}).get("pn"):
        raise reply.changed(page, SITE.name, f"{ROWS}[] (of {total} rows)")
    query = dict(request.json or {})
    offset = int(query.get("pn", 0)) + len(rows)
    more = bool(query and rows) and (offset < total if total is not None else len(rows) >= int(query["rn"]))
    following = Request(request.url, json=MappingProxyType({**query, "pn": offset})) if more else None
    return Listing(tuple(_link(row, request.url) for row in rows), (), following, total)


def _link(row: Mapping[str, Any], base: str) -> Link:
    title = block_text(reply.line(row.get("title") or row.get("titlenew")))
    printed = (row.get(name) for name in ("webdate", "infodateformat", "infodate", "infodatepx"))
    when = next((found for value in printed if (found := reply.when(value))), None)
    href = reply.line(row.get("linkurl"))
    try:
        url = urljoin(base, href) if href else reply.nameless(row, "linkurl", title)
    except ValueError:
        url = href  # malformed: whoever asks for it will say so
    return Link(url, title, when.moment if when else None)


def notices(page: Page) -> list[Notice]:
    """A page → its one notice. Raises PageChanged when the frame of the body is gone."""
    portal = portals.at(page.url, PORTALS)
    frame = portal.more["frame"] if portal else FRAME
    tree = LexborHTMLParser(page.text)
    node = tree.css_first(frame)
    if node is None:
        raise PageChanged(f"{place(page)}: no {frame}: the template of epoint has changed")
    html = node.html or ""
    title = _title(tree, page.text)
    text = block_text(html) or title
    node.decompose()
    head = block_text(tree.html or "")
    found = fields.read(text, title)
    found = replace(
        found,
        published=_posted(head) or found.published,
        region=found.region or (portal.region if portal else None),
        attachments=attached.linked(html, page.url or "") or found.attachments,
    )
    number = urlsplit(page.url or "").path.rsplit("/", 1)[-1].rsplit(".", 1)[0]
    number = number or reply.identity(title, found.project_no, text)
    return [found.notice(SITE.name, number, text, page)]


def _posted(head: str) -> dates.When | None:
    """The date beside 信息时间 or 发布时间, or in brackets under the title."""
    bracketed = re.search(r"\[\s*(20\d\d-\d{1,2}-\d{1,2}[^\]]{0,12})\]", head)
    return (dates.first(bracketed.group(1)) if bracketed else None) or fields.published(
        labels.by_field(labels.scan(head).entries), head
    )


def _title(tree: LexborHTMLParser, html: str) -> str:
    heads = [metas(html).get("articletitle", "")]
    heads += [node_text(node) or "" for node in tree.css(".article-title, .title, h1, h2, h3")]
    heads.append(_TAIL.sub("", node_text(tree.css_first("title")) or ""))
    return next((head for head in heads if 6 <= len(head) <= 160), "")
