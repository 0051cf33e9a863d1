"""Markup → block text: one block per line, the cells of a table row joined by ` | `.

Bodies of notices are whatever a province's system exported: a second `<html>`, `<p><p>`, Word markup. A strict tree
closes containers early on them, so text is made by one pass over the tags of the string; the tree (lexbor) is asked
only where structure decides: which elements are hidden, and where the content of an unknown page lies.
"""

from __future__ import annotations

import re
from html import unescape

from selectolax.lexbor import LexborHTMLParser, LexborNode

CELL = " | "
# Marks that stand for tags while blanks are folded; control characters that str.split() does not take for blanks.
_BLOCK, _ROW, _CELL, _ROW_END, _TABLE, _SPAN, _UNSEEN, _SEEN = "\1", "\2", "\3", "\4", "\5", "\6", "\7", "\x08"
_BLOCKS = (
    "address", "article", "aside", "blockquote", "body", "br", "caption", "center", "dd", "details", "div", "dl", "dt",
    "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "html",
    "legend", "li", "main", "menu", "nav", "ol", "option", "p", "pre", "section", "summary", "tbody", "tfoot", "thead",
    "ul",
)  # fmt: skip
_MARKS = {name: _BLOCK for tag in _BLOCKS for name in (tag, f"/{tag}")}
_MARKS |= {"tr": _ROW, "/tr": _ROW_END, "td": _CELL, "th": _CELL, "table": _TABLE, "/table": _ROW_END}
_UNSEEN_TAGS = ("head", "iframe", "script", "style", "svg", "template", "textarea", "title")
_MARKS |= {name: mark for tag in _UNSEEN_TAGS for name, mark in ((tag, _UNSEEN), (f"/{tag}", _SEEN))}
_TAG = re.compile(r"<(/?[a-zA-Z!?][^>]*)>")
_NAME = re.compile(r"/?[a-zA-Z][\w:]*")
_UNSEEN_PART = re.compile(f"{_UNSEEN}[^{_SEEN}]*{_SEEN}")
_UNCLEAR, _HIDES = "<", "\x0e"
"""Marks of tags that the quick way through a page cannot read, and of those whose element is hidden."""
_ANY_TAG = re.compile(
    # Comments and elements without visible text as a whole; of other tags the name is kept.
    rf"<(?:!--.*?--!?>|(?:{'|'.join(_UNSEEN_TAGS)})\b[^>]*>.*?</(?:{'|'.join(_UNSEEN_TAGS)})\s*>"
    r"|(/?[a-z][\w:]*)[^>]*>|[!?][^>]*>)",
    re.DOTALL | re.IGNORECASE,
)


class _Marks(dict[str, str]):
    """The inside of a tag → its mark; a site writes the same few hundred tags again and again."""

    def __missing__(self, tag: str) -> str:
        if len(self) > 20_000:
            self.clear()
        mark = self[tag] = _mark(tag)
        return mark


_KNOWN = _Marks()
_ROWSPAN = re.compile(r"rowspan\s*=\s*[\"']?\s*0*([2-9]|[1-9]\d{1,2})\b", re.IGNORECASE)
_SPANNING = re.compile(rf"<t[dh]\b[^>]*?{_ROWSPAN.pattern}[^>]*>", re.IGNORECASE)
_NUMERIC = re.compile(r"&#([1-9]\d{2,4});")
_CHARACTERS: dict[str, str] = {}
_PRE = re.compile(r"<pre\b.*?</pre>", re.DOTALL | re.IGNORECASE)
_HIDING = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|\shidden(?=[\s=]|$)|hide-state", re.IGNORECASE)
_PAIRED = frozenset((
    "div", "span", "table", "section", "ul", "ol", "dl", "form", "font", "samp", "strong", "b", "em", "i", "u", "a",
    "h1", "h2", "h3", "h4", "h5", "h6",
))  # fmt: skip
"""Elements whose end tags are never left out."""
_HIDDEN = "[style*='none' i], [style*='hidden' i], [hidden], .template-center-hide-state"
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)


def block_text(html: str) -> str:
    """Markup (a page or a fragment) → its visible text.

    Inline elements never split words, entities are decoded, runs of blanks (NBSP and U+3000 too) become one blank,
    empty cells are kept, and a row of one cell keeps its inner blocks as lines.
    """
    text = _marked(html)
    if "&" in text:
        text = _NUMERIC.sub(_character, text.replace("&nbsp;", " "))
        text = unescape(text) if "&" in text else text
    text = " ".join(text.split())
    if _CELL in text:
        first, *rows = text.split(_ROW)
        spans: list[int] = []
        text = first + "".join([_row(row, spans) for row in rows])
    return _lines(text, "\n")


def _marked(html: str) -> str:
    """Markup → its text with a mark for every tag that parts it, without hidden elements, comments, scripts.

    The plain pattern reads nearly every body; what it cannot (a comment around tags, a script, a hidden cell) asks for
    the careful way, which takes several times as long.
    """
    parts = _TAG.split(html)
    tags = parts[1::2]
    parts[1::2] = map(_KNOWN.__getitem__, tags)
    text = "".join(parts)
    if _UNCLEAR in text or (_HIDES in text and not _hide(parts, tags)):
        return _marked_with_care(visible(html))
    if _HIDES in text:
        text = "".join(parts)
    if _UNSEEN in text or _SEEN in text:
        text = _UNSEEN_PART.sub("", text).replace(_UNSEEN, "").replace(_SEEN, "")
    return text


def _hide(parts: list[str], tags: list[str]) -> bool:
    """Empties the parts of hidden elements; False when one may end without an end tag."""
    for at, tag in enumerate(tags):
        if parts[2 * at + 1] == _HIDES:
            end = _end(tags, at, _name(tag))
            if end < 0:
                return False
            parts[2 * at + 1 : 2 * end + 2] = [""] * (2 * (end - at) + 1)
    return True


def _end(tags: list[str], at: int, name: str) -> int:
    """Which tag ends the element that a tag begins; -1 when none does or none has to."""
    depth = 1
    for end in range(at + 1, len(tags)) if name in _PAIRED else ():
        other = _name(tags[end])
        depth += (other == name) - (other == f"/{name}")
        if not depth:
            return end
    return -1


def _marked_with_care(html: str) -> str:
    if "<pre" in html or "<PRE" in html:
        html = _PRE.sub(lambda pre: pre.group().replace("\n", "<br>"), html)
    html = _SPANNING.sub(rf"<td>{_SPAN}\1{_SPAN}", html)
    parts = _ANY_TAG.split(html)
    parts[1::2] = [_MARKS.get(name.lower(), "") if name else "" for name in parts[1::2]]
    return "".join(parts).replace(_UNSEEN, "").replace(_SEEN, "")


def _mark(tag: str) -> str:
    """The mark of a tag by its inside; a cell says how many rows it covers."""
    name = _name(tag)
    if not name:
        return _UNCLEAR if tag.startswith("!--") != tag.endswith("--") or tag == "!--" or "<" in tag else ""
    if "<" in tag or name == "pre":
        return _UNCLEAR
    if tag[0] != "/" and _HIDING.search(tag):
        return _HIDES
    mark = _MARKS.get(name, "")
    rows = _ROWSPAN.search(tag) if mark == _CELL else None
    return f"{mark}{_SPAN}{rows.group(1)}{_SPAN}" if rows else mark


def _name(tag: str) -> str:
    name = _NAME.match(tag)
    return name.group().lower() if name else ""


def _character(match: re.Match[str]) -> str:
    """&#20013; → 中; other entities are left to the standard library, which is slow on a page full of them."""
    return _CHARACTERS.get(match[1]) or _CHARACTERS.setdefault(match[1], unescape(match[0]))


def _row(text: str, spans: list[int]) -> str:
    """A row after its tag → its cells on one line, unless it has one cell or lays out a page (nested table).

    `spans` holds for each column how many more rows a cell above covers; such a place counts as an empty cell.
    """
    row, _, rest = text.partition(_ROW_END)
    cells = row.split(_CELL)[1:]
    covered = _covered(cells, spans) if spans or _SPAN in row else cells
    if len(covered) < 2 or _TABLE in row:
        spans.clear()
        return _BLOCK + text
    told = [_lines(cell, " ") if _BLOCK in cell else cell.strip() for cell in covered] if _BLOCK in row else None
    line = CELL.join(told or map(str.strip, covered))
    if _TABLE in rest or _ROW_END in rest:
        spans.clear()
    return f"{_BLOCK}{line}{_BLOCK}{rest}"


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
    before, mark, rest = cell.partition(_SPAN)
    if not mark:
        return 1, cell
    number, _, text = rest.partition(_SPAN)
    return max(int(number), 1), before + text


def _lines(text: str, joint: str) -> str:
    """Text with marks → its blocks, blank ones left out."""
    for mark in (_ROW, _CELL, _ROW_END, _TABLE, _SPAN):
        text = text.replace(mark, _BLOCK)
    return joint.join(filter(None, map(str.strip, text.split(_BLOCK))))


def visible(html: str) -> str:
    """Markup without its hidden elements, through a tree, which tells where a cell or paragraph ends."""
    hidden = next((tag.start() for tag in _TAG.finditer(html) if _HIDING.search(tag.group(1))), -1)
    if hidden < 0:
        return html
    table = html.rfind("<table", 0, hidden)
    if table > html.rfind("</table", 0, hidden):
        hidden = table  # a row or cell outside its table would lose its tag, and with it its style
    tree = LexborHTMLParser(html[hidden:])
    for node in tree.css(_HIDDEN):
        if _is_hidden(node):
            node.decompose()
    return html[:hidden] + (tree.html or "")


def _is_hidden(node: LexborNode) -> bool:
    style = node.attributes.get("style")
    return style is None or _HIDDEN_STYLE.search(style) is not None or "hidden" in node.attributes


def node_text(node: LexborNode | None) -> str | None:
    """The words of one element on one line, or None."""
    if node is None:
        return None
    return " ".join(node.text(deep=True).split()) or None


_HEAD = 20_000
"""Characters in which a page says who it is."""
_META = re.compile(r"<(?:meta|META)\s([^>]*)>")
_ATTRIBUTE = re.compile(r"""([\w:-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""")


def attributes(tag: str) -> dict[str, str]:
    """The inside of a start tag → its attributes, names in lower case, entities decoded."""
    return {name.lower(): unescape(a or b or c) for name, a, b, c in _ATTRIBUTE.findall(tag)}


def head_of(html: str) -> str:
    """What stands before the body of a page: there it keeps its titles, metas and links."""
    end = html.find("<body", 0, _HEAD)
    return html[: end if end > 0 else _HEAD]


def metas(html: str, *wanted: str) -> dict[str, str]:
    """`<meta name|property=… content=…>` of a page, names in lower case; `wanted` spares the reading of others."""
    found: dict[str, str] = {}
    for tag in _META.findall(head_of(html)):
        if wanted and not any(name in tag for name in wanted):
            continue
        given = attributes(tag)
        name, content = given.get("name") or given.get("property"), given.get("content", "").strip()
        if name and content:
            found.setdefault(name.lower(), " ".join(content.split()))
    return found
