"""www.ccgp.gov.cn, the national procurement site, whose notice bodies are whatever a province's system exported.

The summary table (公告概要) is the same on all pages; the old template has only a body. Lists hold 25 items, page n is
`index_{n-1}.htm`; the pager exists only in a script.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from html import unescape
from urllib.parse import urlencode, urljoin, urlsplit

from bs4 import BeautifulSoup, Tag

from tender_tracker.errors import PageChanged
from tender_tracker.model import Link, Listing, Notice, Page, Request, Site, SourceSettings, Window
from tender_tracker.pages import attached, dates, fields
from tender_tracker.pages.html import block_text, metas
from tender_tracker.pages.judge import place

SITE = Site(
    "ccgp", "中国政府采购网", "https://www.ccgp.gov.cn/",
    ("www.ccgp.gov.cn", "search.ccgp.gov.cn", "ccgp.gov.cn"), delay=4.0,
    file_hosts=("download.ccgp.gov.cn",),
)  # fmt: skip
SEARCH = "https://search.ccgp.gov.cn/bxsearch"
DOWNLOAD = "https://download.ccgp.gov.cn/oss/download?uuid="
COLUMNS = tuple(
    f"{level}/{column}"
    for level in ("zygg", "dfgg")
    for column in ("gkzb", "jzxcs", "jzxtpgg", "xjgg", "dylygg", "zbgg", "cjgg", "gzgg", "fblbgg", "zzgg", "qtgg")
)
_ID = re.compile(r"/t(\d{8}_\d+)\.s?html?")
_FRAME = re.compile(r"v[FT]_detail_(?:main|content|header)|v[FT]_deail_")
_CONTENT = re.compile(r"v[FT]_detail_content\b")
_BODY = re.compile(r"<!--contentTable-->|<div[^>]*>\s*<h5>\s*公告概要|<[^>]*v[FT]_detail_content\b")
_END = re.compile(r"vF_(?:detail_relcontent|detail_main-->|cp)")
_FOOTER = 'class="footer'
_HEAD = re.compile(r"<h[12][^>]*class=[\"']?tc[^>]*>(.*?)</h[12]>", re.DOTALL)
_TITLE = re.compile(r"<title[^>]*>(.*?)</title>", re.DOTALL | re.IGNORECASE)
_TIME = re.compile(r"id=[\"']?pubTime[\"']?[^>]*>([^<]+)<")
_CRUMB = re.compile(r"<a\b[^>]*>([^<]*)</a>")
_PAGER = re.compile(r"Pager\(\s*\{[^}]*?size\s*:\s*(\d+)\s*,\s*current\s*:\s*(\d+)")
_COUNT = re.compile(r"共找到\s*(?:<[^>]*>)?\s*(\d+)")


def recognises(page: Page) -> bool:
    """By the frame of its notice and list templates, or by its address."""
    if page.media != "html":
        return False
    host = urlsplit(page.url).hostname if page.url else None
    if host is not None and (host == "ccgp.gov.cn" or host in SITE.hosts):
        return True
    return bool(_FRAME.search(page.text)) or is_list(page)


def is_list(page: Page) -> bool:
    """Whether a page is a column list or a search result rather than a notice."""
    html = page.text
    return not _CONTENT.search(html) and ("c_list_bid" in html or "vT-srch-result" in html)


def notices(page: Page) -> list[Notice]:
    """A notice page → its one notice. Raises PageChanged when the frame of the template is gone."""
    html = page.text
    start = _BODY.search(html)
    if start is None:
        raise PageChanged(f"{place(page)}: no 公告概要 and no .vF_detail_content: the template of ccgp has changed")
    body = _body(html, start.start())
    text = block_text(body)
    named = metas(html[: start.start()], "ArticleTitle", "PubDate")
    title = _title(html, named)
    column = _column(html, start.start())
    printed = _TIME.search(html, 0, start.start())
    when = dates.first(printed.group(1)) if printed else None
    files = attached.linked(body, page.url or SITE.home, DOWNLOAD)
    found = fields.read(text, title, column, when or dates.first(named.get("pubdate", "")), files)
    return [found.notice(SITE.name, _identity(page.url, title, found.project_no, found.published), text, page)]


def _body(html: str, start: int) -> str:
    """From the summary to the related notices or the footer: a tree would close the frame early on a nested page."""
    found = _END.search(html, start)
    end = found.start() if found else len(html)
    footer = html.find(_FOOTER, start, end)
    end = end if footer < 0 else footer
    return html[start : html.rfind("<", start, end + 1)] if end < len(html) else html[start:]


def _column(html: str, start: int) -> str:
    """The last of the breadcrumbs before the body, or ""."""
    crumbs = html.find("currentloc", 0, start)
    end = html.find("</div>", crumbs, start) if crumbs >= 0 else -1
    named = _CRUMB.findall(html, crumbs, end) if end >= 0 else ()
    return unescape(named[-1]) if named else ""


def _title(html: str, named: dict[str, str]) -> str:
    if "articletitle" in named:
        return named["articletitle"]
    head = _HEAD.search(html) or _TITLE.search(html)
    return " ".join(unescape(re.sub(r"<[^>]+>", "", head.group(1))).split()) if head else ""


def _identity(url: str | None, title: str, number: str | None, when: dates.When | None) -> str:
    """The number in the address; of a page saved without one, a digest of what identifies the notice to a reader."""
    named = _ID.search(url) if url else None
    if named:
        return named.group(1)
    key = "\n".join((title, number or "", when.moment.isoformat() if when else ""))
    return "x" + hashlib.sha256(key.encode()).hexdigest()[:20]


def starts(settings: SourceSettings, window: Window) -> Iterator[Request]:
    """The first page of each column, or of one search per keyword when keywords are set."""
    if settings.keywords:
        for keyword in settings.keywords:
            yield Request(f"{settings.search_url or SEARCH}?{urlencode(_query(keyword, window))}")
        return
    base = (settings.base_url or SITE.home).rstrip("/")
    for column in settings.columns or COLUMNS:
        yield Request(f"{base}/cggg/{column.strip('/')}/")


def _query(keyword: str, window: Window) -> dict[str, str]:
    since = window.since.strftime("%Y:%m:%d") if window.since else ""
    until = window.until.strftime("%Y:%m:%d") if window.until else ""
    span = "6" if since or until else "2"
    return {
        "searchtype": "2", "page_index": "1", "bidSort": "0", "buyerName": "", "projectId": "", "pinMu": "0",
        "bidType": "0", "dbselect": "bidx", "kw": keyword, "start_time": since, "end_time": until, "timeType": span,
        "displayZone": "", "zoneId": "", "pppStatus": "0", "agentName": "",
    }  # fmt: skip


def listing(page: Page, request: Request, settings: SourceSettings) -> Listing:
    """A column list or search result → its links and the next page. Raises PageChanged when the list is gone."""
    soup = BeautifulSoup(page.text, "html.parser")
    search = soup.select_one("ul.vT-srch-result-list-bid, div.vT-srch-result-list")
    frame = search or soup.select_one("ul.c_list_bid")
    if frame is None:
        raise PageChanged(
            f"{place(page)}: no ul.c_list_bid, no ul.vT-srch-result-list-bid: the form page, or a new template of ccgp"
        )
    items = frame.select("li")
    links = tuple(link for item in items if (link := _link(item, page.url or request.url)))
    if not links and "/cggg/" in str(frame):
        raise PageChanged(
            f"{place(page)}: links to notices, but no item could be read: the template of ccgp has changed"
        )
    pager = _PAGER.search(page.text)
    size, current = (int(pager.group(1)), int(pager.group(2))) if pager else (0, 0)
    counted = _COUNT.search(page.text)
    following = _next(request.url, current) if current + 1 < size and links else None
    return Listing(links, (), following, int(counted.group(1)) if counted else None)


def _link(item: Tag, base: str) -> Link | None:
    anchor = item.find("a", href=True)
    if not isinstance(anchor, Tag):
        return None
    href = str(anchor["href"]).strip()
    try:
        url = urljoin(base, href)
    except ValueError:
        url = href  # malformed: whoever asks for it will say so
    title = " ".join(str(anchor.get("title") or anchor.get_text()).split())
    when = dates.first(" ".join(part.get_text(" ") for part in item.find_all(["em", "span"])))
    return Link(url, title, when.moment if when else None) if title else None


def _next(url: str, current: int) -> Request:
    """The page after number `current` (from 0): a search counts in its query, a column in its file name."""
    if "page_index=" in url:
        return Request(re.sub(r"page_index=\d+", f"page_index={current + 2}", url))
    return Request(f"{url.rsplit('/', 1)[0]}/index_{current + 1}.htm")
