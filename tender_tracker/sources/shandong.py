"""山东省政府采购信息公开平台: lists by POST, details whose `body` is base64 of HTML (UTF-8, older ones gb18030).

Lists of intentions (2500) and the two calls were seen; the other column codes are those of two crawlers that agree
(0301 tenders, 0302 results; 2504, 0303 and 0304 the same of the cities, whose four digits are the area). The table of
an intention sometimes has a column 序号 which its head does not name. The site's own search may ask for a captcha.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from types import MappingProxyType
from typing import Any
from urllib.parse import quote, urlencode

from tender_tracker.model import Link, Listing, Notice, Page, Request, Site, SourceSettings, Window
from tender_tracker.pages import attached, fields
from tender_tracker.pages.decode import decode
from tender_tracker.pages.html import block_text
from tender_tracker.sources import portals, reply

SITE = Site(
    "shandong", "山东省政府采购信息公开平台", "http://www.ccgp-shandong.gov.cn/",
    ("www.ccgp-shandong.gov.cn:8087", "www.ccgp-shandong.gov.cn"), delay=3.0,
)  # fmt: skip
API = "http://www.ccgp-shandong.gov.cn:8087"
LIST, DETAIL = "/api/website/site/getListByCode", "/api/website/site/getDetail"
COLUMNS = ("2500", "0301", "0302")
NAMES = {"2500": "采购意向", "2504": "采购意向", "0301": "采购公告", "0303": "采购公告", "0302": "结果公告",
         "0304": "结果公告"}  # fmt: skip
PROVINCE = "370000"
PAGE_SIZE = 10
GOOD = (100, 200)
ROWS = "data.data.records"
_SECOND = timedelta(seconds=1)
_COUNTER = re.compile(r"\d{1,3}")


def recognises(page: Page) -> bool:
    """An answer of its API: two wrappings, with records or with a body in base64."""
    return page.media == "json" and (
        '"colCode"' in page.text or ("/api/website/site/" in page.text and '"data"' in page.text)
    )


def is_list(page: Page) -> bool:
    return page.media == "json" and isinstance(reply.get(reply.read(page, SITE.name), ROWS), list)


def starts(settings: SourceSettings, window: Window) -> Iterator[Request]:
    """The first page of each column (`2500`, or `0303/3701` for a city), of one search per keyword when there are."""
    base = (settings.base_url or API).rstrip("/")
    for column in settings.columns or COLUMNS:
        code, _, area = column.partition("/")
        for keyword in settings.keywords or ("",):
            query: dict[str, Any] = {
                "colCode": code, "area": area or PROVINCE, "currentPage": 1, "pageSize": PAGE_SIZE, "title": keyword,
                "startTime": f"{window.since:%Y-%m-%d %H:%M:%S}" if window.since else "",
                "endTime": f"{window.until - _SECOND:%Y-%m-%d %H:%M:%S}" if window.until else "", "oldData": 0,
            }  # fmt: skip
            yield Request(base + LIST, json=MappingProxyType(query))


def listing(page: Page, request: Request, settings: SourceSettings) -> Listing:
    """A list answer → its links and the next page. Raises PageRefused for an error answer, PageChanged for another."""
    answer = _answer(page)
    rows = reply.rows(page, SITE.name, answer, ROWS, "id")
    total, pages = (reply.total(reply.get(answer, f"data.data.{name}")) for name in ("total", "pages"))
    query = dict(request.json or {})
    number = int(query.get("currentPage", 1))
    if not rows and total and number == 1:
        raise reply.changed(page, SITE.name, f"{ROWS}[] (of {total} rows)")
    more = bool(query and rows) and (number < pages if pages is not None else len(rows) >= int(query["pageSize"]))
    following = Request(request.url, json=MappingProxyType({**query, "currentPage": number + 1})) if more else None
    api, home = portals.origin(request.url), (settings.base_url or SITE.home).rstrip("/")
    return Listing(tuple(_link(row, query, api, home) for row in rows), (), following, total)


def _link(row: Mapping[str, Any], query: Mapping[str, Any], api: str, home: str) -> Link:
    title, number, when = reply.line(row.get("title")), reply.line(row.get("id")), reply.when(row.get("date"))
    moment = when.moment if when else None
    if not number:
        return Link(reply.nameless(row, "id", title), title, moment)
    code = reply.line(row.get("colCode") or query.get("colCode"))
    asked = urlencode({"id": number, "colCode": code, "oldData": "0"})
    return Link(_people(home, number, code), title, moment, Request(f"{api}{DETAIL}?{asked}"))


def _people(home: str, number: str, code: str) -> str:
    return f"{home}/detail?id={quote(number, safe='=')}&colCode={code}&oldData=0"


def notices(page: Page) -> list[Notice]:
    """A detail answer → its one notice. Raises PageRefused for an error answer, PageChanged for another shape."""
    data = reply.get(_answer(page), "data.data")
    if not isinstance(data, dict) or "body" not in data:
        raise reply.changed(page, SITE.name, "data.data.body")
    html, title = _body(str(data["body"] or ""), page), reply.line(data.get("title"))
    number = reply.asked(page, "id") or reply.line(data.get("id"))
    code = reply.asked(page, "colCode") or reply.line(data.get("colCode"))
    text = _aligned(block_text(html)) or title
    if not text:
        raise reply.changed(page, SITE.name, "data.data.title")
    found = fields.read(text, title, NAMES.get(code, ""))
    found = replace(
        found,
        buyer=found.buyer or (reply.line(data.get("userName")) or None if found.kind == "intention" else None),
        region=found.region or reply.line(data.get("areaName")) or None,
        published=reply.when(data.get("date")) or found.published,
        attachments=attached.linked(html, SITE.home) or found.attachments,
    )
    notice = found.notice(SITE.name, number or reply.identity(title, data.get("date"), text), text, page)
    return (
        [replace(notice, url=_people(SITE.home.rstrip("/"), number, code))] if number and _official(page) else [notice]
    )


def _official(page: Page) -> bool:
    return page.url is None or portals.origin(page.url) == API


def _body(coded: str, page: Page) -> str:
    """Base64 → markup; markup that was not coded stays as it is. Raises PageChanged for neither."""
    if not coded or "<" in coded:
        return coded
    try:
        return decode(base64.b64decode(coded, validate=True))
    except ValueError as error:
        raise reply.changed(page, SITE.name, "base64 in data.data.body") from error


def _aligned(text: str) -> str:
    """Where rows begin with a number that their head has no column for, the head gets a 序号, too."""
    lines = text.split("\n")
    for at, line in enumerate(lines):
        cells = line.split("|")
        if len(cells) < 3 or "序号" in cells[0] or not any("项目名称" in cell for cell in cells):
            continue
        below = lines[at + 1].split("|") if at + 1 < len(lines) else []
        if len(below) == len(cells) + 1 and _COUNTER.fullmatch(below[0].strip()):
            lines[at] = "序号 | " + line
    return "\n".join(lines)


def _answer(page: Page) -> dict[str, Any]:
    """The answer; 999 with empty data is how the site says it is busy."""
    answer = reply.read(page, SITE.name)
    code = reply.get(answer, "data.code")
    if code is not None and code not in GOOD:
        raise reply.refused(page, code, reply.get(answer, "data.message"))
    return answer
