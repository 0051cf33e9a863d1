"""Lines of a printed page → its paragraphs: a clause that runs over the margin is one line again."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

_END = re.compile(r"[。；：！？;:!?|…]$")
_START = re.compile(r"^(?:[（(]?[0-9０-９一二三四五六七八九十]{1,3}[）)、.．]|第.{1,4}[章节条包]|[★▲●■※*•·\-—])")
_WIDE = re.compile(r"[\u2e80-\u9fff\uff00-\uffef]")
_SHORT = 15
"""Width below which a page's lines are too short to tell a full one."""


def joined(lines: Iterable[str]) -> Iterator[str]:
    """A line that reaches the margin and does not end a sentence goes on in the next, unless that one begins an item.

    Width is counted in Latin letters, of which a Chinese character takes two.
    """
    kept = [" ".join(line.split()) for line in lines]
    margin = max(map(_width, kept), default=0)
    held = ""
    full = False
    for line in filter(None, kept):
        if held and full and not _START.match(line):
            held += ("" if _WIDE.match(line) or _WIDE.match(held[-1]) else " ") + line
        else:
            if held:
                yield held
            held = line
        full = margin > 2 * _SHORT and _width(line) * 100 >= margin * 92 and not _END.search(line)
    if held:
        yield held


def _width(line: str) -> int:
    return len(line) + len(_WIDE.findall(line))
