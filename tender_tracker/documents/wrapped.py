"""Lines of a printed page → its paragraphs: a clause that runs over the margin is one line again."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

_END = re.compile(r"[。；：！？;:!?|…]$")
_START = re.compile(
    r"[（(]?[0-9０-９一二三四五六七八九十]{1,3}[）)、.．](?!\d)|\d{1,3}(?:\.\d{1,3})+\s?[\u4e00-\u9fff]"
    r"|第.{1,4}[章节条包]|[★▲●■※*•·\-—]"
)
"""How an item begins; 2.6GHz does not begin one."""
_WIDE = re.compile(r"[\u2e80-\u9fff\uff00-\uffef]")
_NUMBER = re.compile(r"[-—–\s]*(?:第\s?)?\d{1,4}(?:\s?页)?(?:\s?[/／,，]?\s?共?\s?\d{1,4}\s?页?)?[-—–\s]*")
"""3, - 3 -, 3/20, 第 3 页, 第3页 共20页."""
_SHORT = 15
"""Width below which a page's lines are too short to tell a full one."""


def joined(lines: Iterable[str]) -> list[str]:
    """A line that reaches the margin and does not end a sentence goes on in the next, unless that one begins an item.

    Width is counted in Latin letters, of which a Chinese character takes two.
    """
    kept = _cleaned(lines)
    margin = max(map(_width, kept), default=0)
    found: list[str] = []
    full = False
    for line in kept:
        if full and not _START.match(line):
            found[-1] = _together(found[-1], line)
        else:
            found.append(line)
        full = _is_full(line, margin)
    return found


def across(pages: Iterable[tuple[int, str]]) -> Iterator[tuple[int, list[str]]]:
    """Numbers and texts of pages → their paragraphs: one that runs over the end of a page stands whole on the first.

    The number at the foot or head of a page is left out; a head that the page before has, too, stays where it is.
    """
    held: tuple[int, list[str]] | None = None
    head, is_open = "", False
    for number, text in pages:
        lines = _unnumbered(_cleaned(text.splitlines()))
        found = joined(lines)
        at = 1 if found and found[0] == head else 0
        if held and is_open and len(found) > at and not _START.match(found[at]):
            held[1][-1] = _together(held[1][-1], found.pop(at))
        if held:
            yield held
        held, head = (number, found), lines[0] if lines else ""
        is_open = bool(found) and _is_full(lines[-1], max(map(_width, lines)))
    if held:
        yield held


def _cleaned(lines: Iterable[str]) -> list[str]:
    return [words for line in lines if (words := " ".join(line.split()))]


def _unnumbered(lines: list[str]) -> list[str]:
    """The lines of a page without its number."""
    first = 1 if lines and _NUMBER.fullmatch(lines[0]) else 0
    last = len(lines) - 1 if len(lines) > first and _NUMBER.fullmatch(lines[-1]) else len(lines)
    return lines[first:last]


def _together(held: str, line: str) -> str:
    return held + ("" if _WIDE.match(line) or _WIDE.match(held[-1]) else " ") + line


def _is_full(line: str, margin: int) -> bool:
    return margin > 2 * _SHORT and _width(line) * 100 >= margin * 92 and not _END.search(line)


def _width(line: str) -> int:
    return len(line) + len(_WIDE.findall(line))
