"""Markup → its text with a mark for every tag that parts it, and without what nobody sees.

Marks are control characters that `str.split()` does not take for blanks. Which elements are hidden is told by their
tags; a tree (lexbor) is asked only where such an element may end without an end tag.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from selectolax.lexbor import LexborHTMLParser, LexborNode

from tender_tracker.errors import PageBroken
from tender_tracker.pages.nesting import DEEPEST, is_too_deep

BLOCK, ROW, CELL, ROW_END, TABLE, SPAN, _UNSEEN, _SEEN = "\1", "\2", "\3", "\4", "\5", "\6", "\7", "\x08"
_BLOCKS = (
    "address", "article", "aside", "blockquote", "body", "br", "caption", "center", "dd", "details", "div", "dl", "dt",
    "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "html",
    "legend", "li", "main", "menu", "nav", "ol", "option", "p", "pre", "section", "summary", "tbody", "tfoot", "thead",
    "ul",
)  # fmt: skip
_MARKS = {name: BLOCK for tag in _BLOCKS for name in (tag, f"/{tag}")}
_MARKS |= {"tr": ROW, "/tr": ROW_END, "td": CELL, "th": CELL, "table": TABLE, "/table": ROW_END}
_UNSEEN_TAGS = ("head", "iframe", "script", "style", "svg", "template", "textarea", "title")
_MARKS |= {name: mark for tag in _UNSEEN_TAGS for name, mark in ((tag, _UNSEEN), (f"/{tag}", _SEEN))}
_TAG = re.compile(r"<(/?[a-zA-Z!?][^>]*)>")
_NO_BRACKETS = bytes(byte for byte in range(256) if byte not in b"<>")
_NAME = re.compile(r"/?[a-zA-Z][\w:]*")
_UNSEEN_PART = re.compile(f"{_UNSEEN}[^{_SEEN}]*{_SEEN}")
_UNCLEAR, _COMMENT, _HIDES = "<", "\x0f", "\x0e"
"""Marks of tags that the quick way through a page cannot read, that begin a comment around tags (as Word writes
them), and whose element is hidden."""
_COMMENT_ENDS = ("--", "--!")
_LARGE = 300_000
"""Characters from which markup is mended by a tree first: unended comments by the thousand would take for ever."""
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
_PRE = re.compile(r"<pre\b(?:[^<]|<(?!pre\b))*?</pre>", re.IGNORECASE)
_HIDING = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|\shidden(?=[\s=]|$)|hide-state", re.IGNORECASE)
_MAY_HIDE = re.compile(r"none|hidden|hide-state", re.IGNORECASE)
_PAIRED = frozenset((
    "div", "span", "table", "section", "ul", "ol", "dl", "form", "font", "samp", "strong", "b", "em", "i", "u", "a",
    "h1", "h2", "h3", "h4", "h5", "h6",
))  # fmt: skip
"""Elements whose end tags are never left out."""
_HIDDEN = "[style*='none' i], [style*='hidden' i], [hidden], .template-center-hide-state"
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)


def marked(html: str) -> str:
    """Markup → its text with a mark for every tag that parts it, without hidden elements, comments, scripts.

    The quick way reads nearly every body; what it cannot (a stray bracket in a comment, a hidden cell) asks for the
    careful way, which takes several times as long.
    """
    signs = html.encode("ascii", "ignore").translate(None, _NO_BRACKETS)
    parts = html.replace(">", "<").split("<") if signs == b"<>" * (len(signs) // 2) else _parted(html)
    tags = parts[1::2]
    parts[1::2] = map(_KNOWN.__getitem__, tags)
    text = "".join(parts)
    if _COMMENT in text:
        text = _without(_COMMENT, parts, tags, _comment_end)
    if _HIDES in text:
        text = _without(_HIDES, parts, tags, _end)
    if _UNCLEAR in text or _COMMENT in text or _HIDES in text:
        return _marked_with_care(visible(html) if len(html) < _LARGE else _visible_by_tree(html, 0))
    if _SEEN in text or _UNSEEN in text:
        end = text.rfind(_SEEN) + 1
        text = (_UNSEEN_PART.sub("", text[:end]) + text[end:]).replace(_UNSEEN, "").replace(_SEEN, "")
    return text


def _parted(html: str) -> list[str]:
    """Text and the inside of a tag in turn, where some bracket is none of a tag."""
    end = html.rfind(">") + 1
    parts = _TAG.split(html[:end])  # behind the last > every < would look for its end in vain
    parts[-1] += html[end:]
    return parts


def _without(mark: str, parts: list[str], tags: list[str], end_of: Callable[[list[str], int], int]) -> str:
    """The text of the parts, those emptied that a mark begins; the mark of one without a sure end stays."""
    marks, end = parts[1::2], -1
    left = marks.count(mark)
    while left:
        at = marks.index(mark, end + 1)
        end = end_of(tags, at)
        if end < 0:
            break
        parts[2 * at + 1 : 2 * end + 2] = [""] * (2 * (end - at) + 1)
        left -= marks[at : end + 1].count(mark)
    return "".join(parts)


def _comment_end(tags: list[str], at: int) -> int:
    """Which tag ends the comment that a tag begins; -1 when none does."""
    return next((end for end in range(at + 1, len(tags)) if tags[end].endswith(_COMMENT_ENDS)), -1)


def _end(tags: list[str], at: int) -> int:
    """Which tag ends the element that a tag begins; -1 when none does or none has to."""
    name, depth = _name(tags[at]), 1
    for end in range(at + 1, len(tags)) if name in _PAIRED else ():
        other = _name(tags[end])
        depth += (other == name) - (other == f"/{name}")
        if not depth:
            return end
    return -1


def _marked_with_care(html: str) -> str:
    if "<pre" in html or "<PRE" in html:
        html = _PRE.sub(lambda pre: pre.group().replace("\n", "<br>"), html)
    html = _SPANNING.sub(rf"<td>{SPAN}\1{SPAN}", html)
    end = html.rfind(">") + 1
    parts = _ANY_TAG.split(html[:end])
    parts[-1] += html[end:]
    parts[1::2] = [_MARKS.get(name.lower(), "") if name else "" for name in parts[1::2]]
    return "".join(parts).replace(_UNSEEN, "").replace(_SEEN, "")


def _mark(tag: str) -> str:
    """The mark of a tag by its inside; a cell says how many rows it covers."""
    name = _name(tag)
    if not name:
        if tag[:1] not in ("!", "?"):
            return _UNCLEAR
        begins, ends = tag.startswith("!--"), tag.endswith(_COMMENT_ENDS)
        if "<" in tag or tag in ("!--", "!--!") or (ends and not begins):
            return _UNCLEAR
        return _COMMENT if begins and not ends else ""
    if "<" in tag or name == "pre":
        return _UNCLEAR
    if tag[0] != "/" and _HIDING.search(tag):
        return _HIDES
    mark = _MARKS.get(name, "")
    rows = _ROWSPAN.search(tag) if mark == CELL else None
    return f"{mark}{SPAN}{rows.group(1)}{SPAN}" if rows else mark


def _name(tag: str) -> str:
    name = _NAME.match(tag)
    return name.group().lower() if name else ""


def visible(html: str) -> str:
    """Markup without its hidden elements, through a tree, which tells where a cell or paragraph ends."""
    last = html.rfind(">") + 1
    tags = (_TAG.match(html, max(html.rfind("<", 0, word.start()), 0)) for word in _MAY_HIDE.finditer(html, 0, last))
    hidden = next((tag.start() for tag in tags if tag and _HIDING.search(tag.group(1))), -1)
    if hidden < 0:
        return html
    table = html.rfind("<table", 0, hidden)
    if table > html.rfind("</table", 0, hidden):
        hidden = table  # a row or cell outside its table would lose its tag, and with it its style
    return _visible_by_tree(html, hidden)


def _visible_by_tree(html: str, hidden: int) -> str:
    """Markup without its hidden elements, the part from `hidden` on written anew with every end tag and comment end.

    Raises PageBroken for markup that nests too deep, which the body in a JSON answer may do.
    """
    if is_too_deep(html):
        raise PageBroken(f"the body's elements nest more than {DEEPEST:,} deep, as in no notice; fetch it again")
    tree = LexborHTMLParser(html[hidden:])
    for node in tree.css(_HIDDEN):
        if _is_hidden(node):
            node.decompose()
    return html[:hidden] + (tree.html or "")


def _is_hidden(node: LexborNode) -> bool:
    style = node.attributes.get("style")
    return style is None or _HIDDEN_STYLE.search(style) is not None or "hidden" in node.attributes
