"""Text of a notice → its passages (sentences and table rows), verbatim, and the one that says a given thing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

from tender_tracker.flagging.text import Normal, normalise
from tender_tracker.pages import dates

_END = re.compile(r"[。；;\n]")
_OPEN, _CLOSE = "“「『《（(【", "”」』》）)】"
_MARKS = str.maketrans("，；：（）？！［］“”‘’「」『』", ',;:()?![]""\'\'""""')


def passages(text: str) -> Iterator[str]:
    """Sentences, cut at 。；; and line ends but not inside quotes; a table row is one."""
    for line in text.split("\n"):
        yield from (line,) if " | " in line else _sentences(line)


def _sentences(line: str) -> Iterator[str]:
    start = depth = 0
    for at, char in enumerate(line):
        if char in _OPEN:
            depth += 1
        elif char in _CLOSE:
            depth = max(0, depth - 1)
        elif char in "。；;" and not depth:
            yield line[start : at + 1]
            start = at + 1
    if line[start:].strip():
        yield line[start:]


def holding(text: str, words: str) -> str | None:
    """The first passage of the text that holds these very words."""
    at = text.find(words) if words else -1
    if at < 0:
        return None
    ends = [end.end() for end in _END.finditer(text, 0, at)]
    begin = max(ends[-1] if ends else 0, text.rfind("\n", 0, at) + 1)
    stop = _END.search(text, at + len(words))
    return text[begin : stop.start() if stop else len(text)].strip()


def dated(text: str, moment: datetime | None, last: bool = False) -> str | None:
    """The first passage that prints this deadline, or the `last` one."""
    if moment is None:
        return None
    found = [when for when in dates.find_all(text) if moment in (when.closing, when.moment)]
    if not found:
        return None
    when = found[-1 if last else 0]
    begin = max((text.rfind(mark, 0, when.start) for mark in "。；;\n"), default=-1) + 1
    stop = _END.search(text, when.end)
    return text[begin : stop.start() if stop else len(text)].strip()


def folded(text: str) -> Normal:
    """Text as passages are compared: width, case, blanks and the shape of quotes aside."""
    normal = normalise(text)
    return Normal(normal.text.translate(_MARKS), normal.origin, normal.at)


def places(text: Normal, words: str) -> list[tuple[int, int]]:
    """Where the words stand in a folded text → spans of the original; a mark such as ★ before them belongs to them."""
    wanted = folded(words).text.strip().strip(".,;:。、★▲●*#\"' ")
    if len(wanted) < 4:
        return []
    found = []
    at = text.text.find(wanted)
    while at >= 0:
        start, end, _ = text.quote(at, at + len(wanted))
        while start and text.origin[start - 1] in "★▲●*#":
            start -= 1
        found.append((start, end))
        at = text.text.find(wanted, at + len(wanted))
    return found
