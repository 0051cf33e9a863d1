"""Markup → block text: one block per line, the cells of a table row joined by ` | `.

Bodies of notices are whatever a province's system exported: a second `<html>`, `<p><p>`, Word markup. A strict tree
closes containers early on them, so text is made by one pass over the tags of the string; the tree (lexbor) is asked
only where structure decides: which elements are hidden, and where the content of an unknown page lies.
"""

from __future__ import annotations

import re
from html import unescape

from selectolax.lexbor import LexborNode

from tender_tracker.pages.marks import BLOCK, ROW, ROW_END, SPAN, TABLE, marked
from tender_tracker.pages.marks import CELL as CELL_MARK

CELL = " | "
_NUMERIC = re.compile(r"&#([1-9]\d{2,4});")
_CHARACTERS: dict[str, str] = {}
_SPAN_DIGITS = 3


def block_text(html: str) -> str:
    """Markup (a page or a fragment) → its visible text.

    Inline elements never split words, entities are decoded, runs of blanks (NBSP and U+3000 too) become one blank,
    empty cells are kept, and a row of one cell keeps its inner blocks as lines.
    """
    text = marked(html)
    if "&" in text:
        text = text.replace("&nbsp;", " ")
        text = _NUMERIC.sub(_character, text) if "&#" in text else text
        text = unescape(text) if "&" in text else text
    text = " ".join(text.split())
    if CELL_MARK in text:
        first, *rows = text.split(ROW)
        spans: list[int] = []
        text = first + "".join([_row(row, spans) for row in rows])
    return _lines(text, "\n")


def _character(match: re.Match[str]) -> str:
    """&#20013; → 中; other entities are left to the standard library, which is slow on a page full of them."""
    return _CHARACTERS.get(match[1]) or _CHARACTERS.setdefault(match[1], unescape(match[0]))


def _row(text: str, spans: list[int]) -> str:
    """A row after its tag → its cells on one line, unless it has one cell or lays out a page (nested table).

    `spans` holds for each column how many more rows a cell above covers; such a place counts as an empty cell.
    """
    row, _, rest = text.partition(ROW_END)
    cells = row.split(CELL_MARK)
    del cells[0]
    if spans or SPAN in row:
        cells = _covered(cells, spans)
    if len(cells) < 2 or TABLE in row:
        spans.clear()
        return BLOCK + text
    if BLOCK in row:
        cells = [_lines(cell, " ") if BLOCK in cell else cell for cell in cells]
    line = CELL.join(map(str.strip, cells))
    if spans and (TABLE in rest or ROW_END in rest):
        spans.clear()
    return f"{BLOCK}{line}{BLOCK}{rest}"


def _covered(cells: list[str], spans: list[int]) -> list[str]:
    """The cells of a row with an empty one where a cell above reaches down; brings `spans` up to date."""
    own = iter(cells)
    filled: list[str] = []
    for column in range(len(cells) + sum(map(bool, spans))):
        if column < len(spans) and spans[column]:
            spans[column] -= 1
            filled.append("")
            continue
        cell = next(own, None)
        if cell is None:
            break
        reach, cell = _reach(cell)
        spans.extend([0] * (column + 1 - len(spans)))
        spans[column] = reach - 1
        filled.append(cell)
    return filled


def _reach(cell: str) -> tuple[int, str]:
    """How many rows a cell covers, and its text."""
    before, mark, rest = cell.partition(SPAN)
    if not mark:
        return 1, cell
    number, _, text = rest.partition(SPAN)
    if not number.isdecimal() or len(number) > _SPAN_DIGITS:  # a damaged page holds such a character itself
        return 1, before + rest.replace(SPAN, "")
    return max(int(number), 1), before + text


def _lines(text: str, joint: str) -> str:
    """Text with marks → its blocks, blank ones left out."""
    for mark in (ROW, CELL_MARK, ROW_END, TABLE, SPAN):
        text = text.replace(mark, BLOCK)
    return joint.join(filter(None, map(str.strip, text.split(BLOCK))))


def node_text(node: LexborNode | None) -> str | None:
    """The words of one element on one line, or None."""
    if node is None:
        return None
    return " ".join(node.text(deep=True).split()) or None


_HEAD = 20_000
"""Characters in which a page says who it is."""
_META = re.compile(r"<(?:meta|META)\s([^>]*)>")
_TITLE = re.compile(r"<[tT][iI][tT][lL][eE]\b[^>]*>(.*?)</[tT][iI][tT][lL][eE]>", re.DOTALL)  # leaps from < to <
_ATTRIBUTE = re.compile(r"""([\w:-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""")


def attributes(tag: str) -> dict[str, str]:
    """The inside of a start tag → its attributes, names in lower case, entities decoded."""
    return {name.lower(): unescape(a or b or c) for name, a, b, c in _ATTRIBUTE.findall(tag)}


def head_of(html: str) -> str:
    """What stands before the body of a page: there it keeps its titles, metas and links."""
    end = html.find("<body", 0, _HEAD)
    return html[: end if end > 0 else _HEAD]


def title_of(html: str) -> str:
    """What stands in the title of a page, or ""."""
    title = _TITLE.search(html, 0, _HEAD)
    return title.group(1).strip() if title else ""


def metas(html: str, *wanted: str) -> dict[str, str]:
    """`<meta name|property=… content=…>` of a page, names in lower case; `wanted` spares the reading of others."""
    found: dict[str, str] = {}
    head = head_of(html)
    if wanted and not any(map(head.__contains__, wanted)):
        return found
    for tag in _META.findall(head):
        if wanted and not any(map(tag.__contains__, wanted)):
            continue
        given = attributes(tag)
        name, content = given.get("name") or given.get("property"), given.get("content", "").strip()
        if name and content:
            found.setdefault(name.lower(), " ".join(content.split()))
    return found
