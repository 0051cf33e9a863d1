"""Any other page or text that reads like a notice: a body without its page, a page of a site without a module."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import replace

from selectolax.lexbor import LexborHTMLParser

from tender_tracker.errors import PageBroken
from tender_tracker.model import Attachment, Listing, Notice, Page, Request, Site, SourceSettings, Window
from tender_tracker.pages import attached, dates, fields, labels
from tender_tracker.pages.html import block_text, metas, node_text
from tender_tracker.pages.judge import place, refusal

SITE = Site("plain", "其他网页与文本", "", ())
MIN_LABELS = 3
"""Different fields a text must print to count as a notice."""
_TELLING = frozenset(
    [
        "project_no",
        "project_name",
        "buyer",
        "agency",
        "budget",
        "cap",
        "award",
        "supplier",
        "supplier_name",
        "proposed",
        "opening",
        "deadline",
        "region",
        "published",
    ]
)
_SPEAKS = re.compile(r"采购|招标|投标|磋商|询价|谈判|中标|成交")
_NOISE = "nav, header, footer, aside, form, .nav, .header, .footer, .menu, .breadcrumb, .sidebar, .copyright, .related"
_CONTENT = (
    "#newsText", "#newsCon", "#noticeArea", "#Zoom", "#zoom", "#content", "#mainContent", "#detail", "article",
    ".article-content", ".news_content", ".detail-content", ".ewb-article-info", ".content", ".article", ".detail",
    ".TRS_Editor", ".v_news_content",
)  # fmt: skip
_TITLED = re.compile(
    r"(?:公告|公示|公开|意向|通知|通知书|结果|公告书|预告|说明)\s*(?:[（(【\[][^）)】\]]*[）)】\]])?\s*(?:\d{0,2})$"
)
_TAIL = re.compile(r"\s*[-_|—]+\s*[^-_|—]{2,20}$")


def recognises(page: Page) -> bool:
    return page.media in ("html", "text")


def notices(page: Page) -> list[Notice]:
    """A page or text → its one notice. Raises PageRefused when it does not read like one, PageBroken for JSON."""
    if page.media == "json":
        raise PageBroken(f"{place(page)}: JSON of a shape no source knows; give an answer or record of a known site")
    text, title, files = _content(page) if page.media == "html" else (_tidy(page.text), "", ())
    if not _reads_like_a_notice(text, title):
        raise refusal(page, "not_a_notice", "it has no project number, buyer, deadline or other field of a notice")
    found = fields.read(text, title or _first_line(text))
    if found.published is None and page.media == "html":
        found = replace(found, published=_posted(page.text))
    key = page.url or "\n".join((found.title or found.project_name or "", found.project_no or "", text))
    notice = found.notice(SITE.name, hashlib.sha256(key.encode()).hexdigest()[:20], text, page)
    return [replace(notice, attachments=files or found.attachments)]


def _posted(html: str) -> dates.When | None:
    """The date a page gives in its head or above its content."""
    text = block_text(html)[:3000]
    return dates.first(metas(html).get("pubdate", "")) or fields.published(
        labels.by_field(labels.scan(text).entries), text
    )


def _reads_like_a_notice(text: str, title: str) -> bool:
    """A page whose title is that of a notice needs fewer fields: an intention is a table of three columns."""
    if not _SPEAKS.search(text):
        return False
    found = labels.scan(text)
    told = {entry.field for entry in found.entries} | {column for row in found.rows for column in row.cells}
    return len(told & _TELLING) + (_TITLED.search(title) is not None) >= MIN_LABELS


def _content(page: Page) -> tuple[str, str, tuple[Attachment, ...]]:
    """A page of an unknown template → text of its content, its title if it has one, files it links to."""
    tree = LexborHTMLParser(page.text)
    for node in tree.css(_NOISE):
        node.decompose()
    title = _title(page.text, tree)
    base = page.url or ""
    for selector in _CONTENT:
        for node in tree.css(selector):
            text = block_text(node.html or "")
            if _reads_like_a_notice(text, title):
                return text, title, attached.linked(node.html or "", base)
    whole = tree.html or ""
    del tree  # of a large page it takes more than all its text
    return block_text(whole), title, attached.linked(whole, base)


def _title(html: str, tree: LexborHTMLParser) -> str:
    """The first of meta, headings and page title that reads like the title of a notice."""
    named = metas(html)
    heads = [node_text(node) for node in tree.css("h1, h2, h3, .title, #title, .article-title")[:12]]
    page_title = _TAIL.sub("", node_text(tree.css_first("title")) or "")
    candidates = [named.get("articletitle"), *heads, named.get("og:title"), page_title]
    return next((title for title in candidates if title and 6 <= len(title) <= 160 and _TITLED.search(title)), "")


def _tidy(text: str) -> str:
    """Plain text as block text: blanks folded within lines, blank lines left out."""
    return "\n".join(line for line in (" ".join(line.split()) for line in text.splitlines()) if line)


def _first_line(text: str) -> str:
    """The title of a text without one: a line near its top that ends like a title."""
    for line in text.split("\n")[:12]:
        if 8 <= len(line) <= 120 and _TITLED.search(line) and not re.search(r"[：:»|。]", line):
            return line
    return ""


def starts(settings: SourceSettings, window: Window) -> Iterator[Request]:
    """Nothing can be fetched: this source has no site."""
    return iter(())


def listing(page: Page, request: Request, settings: SourceSettings) -> Listing:
    return Listing()
