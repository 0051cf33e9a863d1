"""中国招标投标公共服务平台: search results only, for a notice's body lies behind a puzzle (VAPTCHA) at ctbpsp.com.

Each row becomes a notice of its title, industry, region and channel, and its text says that the body was not read.
From crawlers' notes: `table.table_text` and its columns, `div.pagination label` with the number of pages. They differ
in the rows of a page (15 or 20) and in coding the word (twice here). A search by word is not in order of time.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import parse_qs, quote, urlencode, urlsplit, urlunsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from tender_tracker.errors import PageChanged, UsageError
from tender_tracker.model import Listing, Notice, Page, Request, Site, SourceSettings, Window
from tender_tracker.pages import dates, fields
from tender_tracker.pages.html import node_text
from tender_tracker.pages.judge import place, refusal

SITE = Site(
    "cebpub", "中国招标投标公共服务平台", "https://bulletin.cebpubservice.com/",
    ("bulletin.cebpubservice.com",), delay=3.0, sparse=("buyer",),
)  # fmt: skip
SEARCH = "/xxfbcmses/search/{}.html"
COLUMNS = {"bulletin": "88", "qualify": "92", "change": "89", "candidate": "91", "result": "90"}
NAMES = {"bulletin": "招标公告", "qualify": "资格预审公告", "change": "更正公告", "candidate": "中标候选人公示",
         "result": "中标结果公告"}  # fmt: skip
PEOPLE = "https://ctbpsp.com/#/bulletinDetail?uuid={}&inpvalue=&dataSource=0&tenderAgency="
DAYS = 300
"""How far back a list reaches, counted by the site from today; a crawl stops at the window by itself."""
LAST = 500
"""The last page the site gives."""
UNREAD = "〔正文未公开给程序，未读取〕"
_TABLE = "table.table_text"
_OPEN = re.compile(r"urlOpen\(\s*['\"]([0-9A-Za-z-]{8,64})['\"]")


def recognises(page: Page) -> bool:
    """A result page, by its address or by the call its rows make."""
    if page.media != "html":
        return False
    return urlsplit(page.url or "").hostname in SITE.hosts or ("urlOpen(" in page.text and "table_text" in page.text)


def starts(settings: SourceSettings, window: Window) -> Iterator[Request]:
    """The first page of each class, of one search per keyword when keywords are set. Raises UsageError for no class."""
    base = (settings.base_url or SITE.home).rstrip("/")
    for column in settings.columns or COLUMNS:
        if column not in COLUMNS:
            raise UsageError(f"sources.cebpub.columns: no class is called {column!r}; there are: {', '.join(COLUMNS)}")
        for keyword in settings.keywords or ("",):
            query = {"dates": DAYS, "categoryId": COLUMNS[column], "page": 1, "showStatus": 1, "word": quote(keyword)}
            yield Request(f"{base}{SEARCH.format(column)}?{urlencode(query)}")


def listing(page: Page, request: Request, settings: SourceSettings) -> Listing:
    """A result page → its rows as notices, and the next page. Raises PageRefused, or PageChanged without its table."""
    tree = _tree(page)
    found = _rows(tree, page, request.url)
    label = node_text(tree.css_first("div.pagination label")) or ""
    pages = min(int(label), LAST) if label.isdigit() else LAST
    query = {name: values[-1] for name, values in parse_qs(urlsplit(request.url).query, True).items()}
    number = int(query.get("page", "1"))
    following = _next(request.url, {**query, "page": str(number + 1)}) if found and number < pages else None
    return Listing((), tuple(found), following, newest_first=not query.get("word"))


def _next(url: str, query: dict[str, str]) -> Request:
    return Request(urlunsplit(urlsplit(url)._replace(query=urlencode(query))))


def notices(page: Page) -> list[Notice]:
    """A saved result page → a notice for each row. Raises as listing()."""
    return _rows(_tree(page), page, page.url or "")


def _tree(page: Page) -> LexborHTMLParser:
    tree = LexborHTMLParser(page.text)
    if tree.css_first(_TABLE) is None:
        if "找不到此页面" in page.text or "暂时找不到" in page.text:
            raise refusal(page, "blocked", "it says that the page cannot be found, which is how it refuses haste")
        raise PageChanged(f"{place(page)}: no {_TABLE}: the template of cebpub has changed")
    return tree


def _rows(tree: LexborHTMLParser, page: Page, url: str) -> list[Notice]:
    column = urlsplit(url).path.rsplit("/", 1)[-1].removesuffix(".html")
    rows = tree.css(f"{_TABLE} tr")
    found = [notice for row in rows if (notice := _notice(row, page, NAMES.get(column, "")))]
    if not found and "urlOpen(" in page.text:
        raise PageChanged(f"{place(page)}: rows, but none with a[href*=urlOpen]: the template of cebpub has changed")
    return found


def _notice(row: LexborNode, page: Page, column: str) -> Notice | None:
    """A row → its notice; None for the head, which opens nothing. The region is in brackets: 【广东】."""
    anchor = row.css_first("a[href*='urlOpen'], a[onclick*='urlOpen']")
    given = anchor.attributes if anchor is not None else {}
    opens = _OPEN.search(f"{given.get('href')} {given.get('onclick')}")
    title = " ".join((given.get("title") or node_text(anchor) or "").split())
    if opens is None or not title:
        return None
    cells = [node_text(cell) or "" for cell in row.css("td")]
    industry, region, channel, day = (*(cell.strip("【】 ") for cell in cells[1:5]), "", "", "", "")[:4]
    opening = dates.first((row.css("td")[-1].attributes.get("id") or "") + " " + cells[-1]) if len(cells) > 5 else None
    lines = (title, f"行业：{industry}", f"地区：{region}", f"来源：{channel}", f"发布时间：{day}", UNREAD)
    text = "\n".join(line for line in lines if not line.endswith("："))
    read = fields.read(text, title, column)
    deadline = opening.moment if opening and read.kind == "tender" else None
    read = replace(read, region=region or None, published=dates.first(day), deadline=deadline)
    notice = read.notice(SITE.name, opens.group(1), text, page)
    return replace(notice, url=PEOPLE.format(opens.group(1)))
