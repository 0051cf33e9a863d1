"""A Page → one HTML file that is also a mail: styles inline, no script, nothing loaded, light and dark, any width.

Mail programs drop what stands in the head: there the inline (light) styles remain and the page is still whole.
"""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from tender_tracker.messages import say
from tender_tracker.reporting.clean import terminal
from tender_tracker.reporting.page import Card, Grid, Line, Page, Part, web_address

FONT = "-apple-system,'Segoe UI','PingFang SC','Microsoft YaHei','Noto Sans CJK SC','Noto Sans SC',sans-serif"
STYLES = {
    "body": f"margin:0;padding:0;background:#f4f5f7;color:#1c2430;font:16px/1.6 {FONT}",
    "page": "max-width:760px;margin:0 auto;padding:20px 18px 32px;background:#ffffff",
    "title": "margin:0 0 6px;font-size:24px;line-height:1.3;font-weight:700;color:#14213d",
    "lead": "margin:0;font-size:14px;color:#56606e;overflow-wrap:anywhere",
    "heading": "margin:28px 0 10px;padding:0 0 6px;border-bottom:1px solid #d9dee5;font-size:18px;line-height:1.35;"
    "font-weight:700;color:#14213d",
    "count": "font-weight:400;color:#56606e",
    "list": "margin:0;padding:0 0 0 20px",
    "item": "margin:0 0 4px;overflow-wrap:anywhere",
    "warn": "margin:0 0 4px;overflow-wrap:anywhere;font-weight:700;color:#8a4b00",
    "quiet": "margin:0 0 4px;overflow-wrap:anywhere;font-size:14px;color:#56606e",
    "card": "margin:0 0 12px;padding:10px 14px;border:1px solid #d9dee5;border-left:4px solid #1d4e89;"
    "border-radius:4px;overflow-wrap:anywhere",
    "head": "margin:0;font-weight:700",
    "mark": "display:inline-block;margin:0 0 0 8px;padding:0 6px;border-radius:3px;background:#fdecc8;color:#6b3d00;"
    "font-size:13px;font-weight:400",
    "facts": "margin:2px 0 0;font-size:14px;color:#3d4755",
    "quote": "margin:8px 0 0;padding:6px 10px;background:#eef3f9;border-radius:3px;font-size:15px;color:#1c2430",
    "below": "margin:8px 0 0;padding:0 0 0 18px;font-size:14px",
    "link": "color:#1d4e89",
    "scroll": "overflow-x:auto;margin:0 0 10px",
    "table": "border-collapse:collapse;width:100%;font-size:14px",
    "th": "padding:4px 8px;border-bottom:2px solid #d9dee5;text-align:left;font-weight:700;white-space:nowrap",
    "thr": "padding:4px 8px;border-bottom:2px solid #d9dee5;text-align:right;font-weight:700;white-space:nowrap",
    "td": "padding:4px 8px;border-bottom:1px solid #e8ebef;text-align:left",
    "tdr": "padding:4px 8px;border-bottom:1px solid #e8ebef;text-align:right;white-space:nowrap",
}
DARK = {
    "body": "background:#0f141b;color:#e6e9ee",
    "page": "background:#171d26",
    "title,heading": "color:#f2f5f9",
    "lead,count,quiet": "color:#a3adba",
    "facts": "color:#c4ccd7",
    "warn": "color:#ffc46b",
    "heading,card,th,thr,td,tdr": "border-color:#333d4b",
    "card": "border-left-color:#6ea8e0",
    "mark": "background:#4a3510;color:#ffd894",
    "quote": "background:#202a37;color:#e6e9ee",
    "link": "color:#8cbcf0",
}


def html(page: Page) -> str:
    """A whole document; all that others wrote is escaped text, and only web addresses become links."""
    return "\n".join(_lines(page)) + "\n"


def _lines(page: Page) -> Iterator[str]:
    yield f'<!DOCTYPE html>\n<html lang="{"zh-CN" if page.lang == "zh" else "en"}">\n<head>\n<meta charset="utf-8">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield '<meta name="color-scheme" content="light dark">\n<meta name="referrer" content="no-referrer">'
    yield f"<title>{_safe(page.title)}</title>\n<style>{_dark()}</style>\n</head>"
    yield f"<body {_style('body')}>\n<main {_style('page')}>"
    yield f"<h1 {_style('title')}>{_safe(page.title)}</h1>"
    yield from (f"<p {_style('lead')}>{_safe(lead)}</p>" for lead in page.lead)
    for section in page.sections:
        count = "" if section.count is None else f" <span {_style('count')}>· {section.count}</span>"
        yield f"<h2 {_style('heading')}>{_safe(section.heading)}{count}</h2>"
        yield from _parts(section.parts, page.lang)
    yield "</main>\n</body>\n</html>"


def _parts(parts: tuple[Part, ...], lang: str) -> Iterator[str]:
    """Lines that follow one another become one list."""
    waiting: list[str] = []
    for part in parts:
        if isinstance(part, Line):
            waiting.append(_line(part, lang))
            continue
        yield from _list(waiting, "list")
        waiting = []
        yield from _card(part, lang) if isinstance(part, Card) else _grid(part)
    yield from _list(waiting, "list")


def _list(items: list[str], style: str) -> Iterator[str]:
    if items:
        yield f"<ul {_style(style)}>\n" + "\n".join(items) + "\n</ul>"


def _line(line: Line, lang: str) -> str:
    style = {"plain": "item", "warn": "warn", "quiet": "quiet"}[line.tone]
    address = web_address(line.url)
    link = f' <a {_style("link")} href="{escape(address)}">{_safe(say(lang, "digest.link"))}</a>' if address else ""
    return f"<li {_style(style)}>{_safe(line.text)}{link}</li>"


def _card(card: Card, lang: str) -> Iterator[str]:
    address = web_address(card.url)
    head = _safe(card.head)
    linked = f'<a {_style("link")} href="{escape(address)}">{head}</a>' if address else head
    marks = "".join(f" <span {_style('mark')}>{_safe(mark)}</span>" for mark in card.marks)
    yield f"<div {_style('card')}>\n<p {_style('head')}>{linked}{marks}</p>"
    yield f"<p {_style('facts')}>{_safe(' · '.join(card.facts))}</p>"
    if card.quote:
        yield f"<blockquote {_style('quote')}>{_safe(card.quote)}</blockquote>"
    yield from _list([_line(line, lang) for line in card.below], "below")
    yield "</div>"


def _grid(grid: Grid) -> Iterator[str]:
    yield f"<div {_style('scroll')}>\n<table {_style('table')}>"
    yield f"<thead><tr>{_cells('th', grid.headings, grid)}</tr></thead>\n<tbody>"
    yield from (f"<tr>{_cells('td', row, grid)}</tr>" for row in grid.rows)
    yield "</tbody>\n</table>\n</div>"


def _cells(tag: str, texts: tuple[str, ...], grid: Grid) -> str:
    """Words to the left, figures to the right."""
    styles = [_style(tag if column < grid.words else f"{tag}r") for column in range(len(texts))]
    scope = ' scope="col"' if tag == "th" else ""
    return "".join(f"<{tag}{scope} {style}>{_safe(text)}</{tag}>" for style, text in zip(styles, texts, strict=True))


def _style(name: str) -> str:
    """The class for the dark style, and the light one itself."""
    return f'class="{name}" style="{STYLES[name]}"'


def _dark() -> str:
    rules = (
        "".join(f".{name}," for name in names.split(",")).rstrip(",") + f"{{{_firm(css)}}}"
        for names, css in DARK.items()
    )
    return f"@media (prefers-color-scheme:dark){{{''.join(rules)}}}"


def _firm(css: str) -> str:
    return ";".join(f"{part}!important" for part in css.split(";"))


def _safe(text: str) -> str:
    return escape(terminal(text))
