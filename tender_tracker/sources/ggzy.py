"""全国公共资源交易平台: a list by form POST, cut into days, provinces and stages because it silently ends at 1000 rows.

A list row names a shell page (`/html/a/`); the text lies at the same path under `/html/b/`, and for government
purchases only about two in ten have one: the others are notices of their title alone. All from crawlers' notes, which
agree; guesses are the stages of class 01 and that a day needs both TIMEBEGIN and TIMEEND. DEAL_TIME must be sent.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Any
from urllib.parse import urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser

from tender_tracker.errors import PageChanged, SourceFailed, UsageError
from tender_tracker.model import SHANGHAI, Link, Listing, Notice, Page, Request, Site, SourceSettings, Window
from tender_tracker.pages import attached, dates, fields
from tender_tracker.pages.html import block_text, node_text
from tender_tracker.pages.judge import place, refusal
from tender_tracker.sources import reply

SITE = Site(
    "ggzy", "全国公共资源交易平台", "https://www.ggzy.gov.cn/", ("www.ggzy.gov.cn",), delay=3.0, sparse=("buyer",)
)
LIST = "/information/pubTradingInfo/getTradList"
CAP, PAGE_SIZE = 1000, 20
COLUMNS = ("02", "01")
"""DEAL_CLASSIFY: 02 government purchases, 01 works; 00 (all) gives no rows."""
STAGES = {"02": ("0201", "0202", "0203", "0204"), "01": ("0101", "0102", "0104", "0105")}
NAMES = {"0201": "采购公告", "0202": "中标公告", "0203": "采购合同公告", "0204": "更正公告", "0101": "招标公告",
         "0104": "中标结果公告", "0105": "澄清公告"}  # fmt: skip
PROVINCES = MappingProxyType({
    "110000": "北京市", "120000": "天津市", "130000": "河北省", "140000": "山西省", "150000": "内蒙古自治区",
    "210000": "辽宁省", "220000": "吉林省", "230000": "黑龙江省", "310000": "上海市", "320000": "江苏省",
    "330000": "浙江省", "340000": "安徽省", "350000": "福建省", "360000": "江西省", "370000": "山东省",
    "410000": "河南省", "420000": "湖北省", "430000": "湖南省", "440000": "广东省", "450000": "广西壮族自治区",
    "460000": "海南省", "500000": "重庆市", "510000": "四川省", "520000": "贵州省", "530000": "云南省",
    "540000": "西藏自治区", "610000": "陕西省", "620000": "甘肃省", "630000": "青海省", "640000": "宁夏回族自治区",
    "650000": "新疆维吾尔自治区", "660000": "新疆生产建设兵团",
})  # fmt: skip
_HALF_YEAR = timedelta(days=180)
"""What DEAL_TIME 05 reaches back."""
_PATH = re.compile(r"/html/[ab]/(\d{6})/(\d{4})/")
_ROWS = "data.records"
_KEYS = ('"informationTypeText"', '"transactionSourcesPlatformText"', '"timeShow"')


def recognises(page: Page) -> bool:
    """A list answer, a page by its address, or a body page by its frame."""
    if page.media == "json":
        return any(key in page.text for key in _KEYS)
    if page.media != "html":
        return False
    known = urlsplit(page.url or "").hostname in SITE.hosts
    return known or ("h4_o" in page.text and "detail_content" in page.text)


def is_list(page: Page) -> bool:
    return page.media == "json"


def starts(settings: SourceSettings, window: Window) -> Iterator[Request]:
    """One list per class and keyword over the whole window, which is cut when it meets the cap.

    Raises UsageError for a class the site does not have.
    """
    base = (settings.base_url or SITE.home).rstrip("/")
    for column in settings.columns or COLUMNS:
        if column not in STAGES:
            raise UsageError(f"sources.ggzy.columns: no class is called {column!r}; there are: {', '.join(STAGES)}")
        for keyword in settings.keywords or ("",):
            form = {
                "SOURCE_TYPE": "1", **_span(window), "DEAL_CLASSIFY": column, "DEAL_STAGE": "", "DEAL_PROVINCE": "0",
                "FINDTXT": keyword, "PAGENUMBER": "1",
            }  # fmt: skip
            yield _ask(base + LIST, form)


def _ask(url: str, form: Mapping[str, str]) -> Request:
    return Request(url, form=MappingProxyType(dict(form)), headers=MappingProxyType({"X-Pass-Token": ""}))


def _span(window: Window) -> dict[str, str]:
    """The window as whole days. Without a beginning the site's widest span; without an end a day far ahead."""
    if window.since is None:
        return {"DEAL_TIME": "05"}
    last = window.until - timedelta(microseconds=1) if window.until else window.since + 2 * _HALF_YEAR
    return {"DEAL_TIME": "06", "TIMEBEGIN": f"{window.since:%Y-%m-%d}", "TIMEEND": f"{last:%Y-%m-%d}"}


def listing(page: Page, request: Request, settings: SourceSettings) -> Listing:
    """A list answer → its links and what to ask next. Raises PageRefused for codes 800 and 829, PageChanged."""
    answer = reply.read(page, SITE.name)
    code = answer.get("code", 200)
    if code != 200:
        raise reply.refused(page, code, answer.get("message") or answer.get("msg"))
    older = isinstance(answer.get("data"), list)
    rows = reply.rows(page, SITE.name, answer, "data" if older else _ROWS, "linkurl" if older else "url")
    total = reply.total(reply.get(answer, "data.total"))
    links = tuple(_link(row, request.url) for row in rows)
    form = dict(request.form or {})
    number = int(form.get("PAGENUMBER", 1))
    if not rows and total and number == 1:
        raise reply.changed(page, SITE.name, f"{_ROWS}[] (of {total} rows)")
    if not rows and (total or 0) >= CAP:
        raise SourceFailed(
            f"{request.url}: the site ends this list at {CAP} rows, and nothing is narrower than a day, province and "
            "stage; what lies behind was not read"
        )
    if not form:
        return Listing(links, (), None, total)
    narrower = _narrower(form, page.read_at) if number == 1 and (total or 0) >= CAP else ()
    pages = reply.total(reply.get(answer, "data.pages" if not older else "ttlpage"))
    # A list that cannot be cut further is read behind its claimed end, so that the end is noticed.
    more = bool(rows) and (number * PAGE_SIZE < (total or 0) or (total or 0) >= CAP or (pages or 0) > number)
    following = _ask(request.url, {**form, "PAGENUMBER": str(number + 1)}) if more and not narrower else None
    return Listing(links, (), following, total, tuple(_ask(request.url, cut) for cut in narrower))


def _narrower(form: Mapping[str, str], now: datetime) -> tuple[dict[str, str], ...]:
    """A list at the cap → its days, newest first; a day → provinces; a province → stages; a stage → nothing."""
    if form["DEAL_TIME"] != "06" or form["TIMEBEGIN"] != form["TIMEEND"]:
        days = ({"DEAL_TIME": "06", "TIMEBEGIN": day, "TIMEEND": day} for day in _days(form, now))
        return tuple({**form, **day} for day in days)
    if form["DEAL_PROVINCE"] == "0":
        return tuple({**form, "DEAL_PROVINCE": code} for code in PROVINCES)
    if not form["DEAL_STAGE"]:
        return tuple({**form, "DEAL_STAGE": stage} for stage in STAGES[form["DEAL_CLASSIFY"]])
    return ()


def _days(form: Mapping[str, str], now: datetime) -> list[str]:
    today = now.astimezone(SHANGHAI).date()
    first = date.fromisoformat(form["TIMEBEGIN"]) if "TIMEBEGIN" in form else today - _HALF_YEAR
    last = min(date.fromisoformat(form["TIMEEND"]), today) if "TIMEEND" in form else today
    return [(last - timedelta(days=back)).isoformat() for back in range((last - first).days + 1)]


def _link(row: Mapping[str, Any], base: str) -> Link:
    title = block_text(reply.line(row.get("title")))
    when = reply.when(row.get("publishTime") or row.get("timeShow"))
    href = reply.line(row.get("url") or row.get("linkurl"))
    try:
        url = urljoin(base, href) if href else reply.nameless(row, "url", title)
    except ValueError:
        url = href  # malformed: whoever asks for it will say so
    body = url.replace("/html/a/", "/html/b/")
    return Link(url.replace("/html/b/", "/html/a/"), title, when.moment if when else None, Request(body))


def notices(page: Page) -> list[Notice]:
    """A body page → its one notice. Raises PageRefused for the shell of one, PageChanged when the frame is gone."""
    tree = LexborHTMLParser(page.text)
    body = tree.css_first(".detail_content")
    title = node_text(tree.css_first("h4.h4_o")) or ""
    if body is None or not title:
        if "/html/b/" in page.text or "firstLastUrl" in page.text:
            raise refusal(page, "not_a_notice", "it is the shell; the text lies under /html/b/ at the same path")
        missing = ".detail_content" if body is None else "h4.h4_o"
        raise PageChanged(f"{place(page)}: no {missing}: the template of ggzy has changed")
    html = body.html or ""
    text = block_text(html) or title
    coded = _PATH.search(page.url or "")
    region, stage = coded.groups() if coded else ("", "")
    found = fields.read(text, title, NAMES.get(stage, ""))
    found = replace(
        found,
        published=dates.first(node_text(tree.css_first("p.p_o")) or "") or found.published,
        region=found.region or PROVINCES.get(region[:2] + "0000"),
        attachments=attached.linked(html, page.url or "") or found.attachments,
    )
    number = urlsplit(page.url or "").path.rsplit("/", 1)[-1].removesuffix(".html")
    notice = found.notice(SITE.name, number or reply.identity(title, text), text, page)
    return [replace(notice, url=page.url.replace("/html/b/", "/html/a/") if page.url else None)]
