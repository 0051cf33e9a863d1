"""WordprocessingML (DOCX, WPS and Word's XML of 2003) → lines: paragraphs, and table rows as `a | b | c`.

The number or bullet that Word counts for a paragraph stands before its text, as on the screen.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from tender_tracker.documents.events import Event, attribute
from tender_tracker.documents.numbering import Count, Lists
from tender_tracker.pages.html import CELL

_BLANK = {"tab": " ", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
_SKIPPED = {"Fallback", "moveFrom", "pPrChange", "rPr"}
"""A drawing's second form, what was moved away, and settings of before and of letters."""


@dataclass
class _Row:
    cells: list[list[str]] = field(default_factory=list)


class _Settings:
    """What the settings of a paragraph say of its list."""

    def __init__(self) -> None:
        self.style, self.list, self.mark = "", "", ""
        self.level: int | None = None
        self.is_deleted = False

    def take(self, name: str, given: Mapping[str, str]) -> None:
        value = attribute(given, "val")
        if name == "pStyle":
            self.style = value
        elif name == "numId":
            self.list = value
        elif name == "ilvl":
            self.level = int(value) if value.isdecimal() and len(value) < 3 else 0
        elif name == "t":  # Word 2003 writes the mark itself
            self.mark = f"{value} " if value else ""

    def marked(self, count: Count) -> str:
        """The mark of the paragraph; one that is deleted has none, and does not count."""
        if self.is_deleted:
            return ""
        return self.mark or count.mark(self.style, self.list, self.level)


def lines(found: Iterable[Event], count: Count | None = None) -> Iterator[str]:
    """The text in order; deleted text and the instructions of fields are left out, a nested table joins its cell.

    `count` is how far the lists have come; a document without lists needs none.
    """
    count = count or Count(Lists())
    settings: _Settings | None = None
    rows: list[_Row] = []
    paragraphs: list[list[str]] = []
    skipped = 0
    taking = False
    for kind, name, given in found:
        if kind == "text":
            if taking and paragraphs:
                paragraphs[-1].append(name)
        elif name in _SKIPPED:
            skipped += 1 if kind == "start" else -1
        elif skipped:
            if settings is not None and name == "del":
                settings.is_deleted = True
        elif name == "pPr" and paragraphs:
            if kind == "start":
                settings = _Settings()
            elif settings is not None:
                paragraphs[-1].append(settings.marked(count))
                settings = None
        elif settings is not None:
            if kind == "start":
                settings.take(name, given)
        elif name == "t":
            taking = kind == "start"
        elif kind == "start":
            _begin(name, rows, paragraphs)
        elif name == "p" and paragraphs:
            yield from _put("".join(paragraphs.pop()).split("\n"), rows)
        elif name == "tr" and rows:
            row = rows.pop()
            yield from _put(_joined(row, " " if rows else CELL), rows)


def _begin(name: str, rows: list[_Row], paragraphs: list[list[str]]) -> None:
    if name == "p":
        paragraphs.append([])
    elif name == "tr":
        rows.append(_Row())
    elif name == "tc" and rows:
        rows[-1].cells.append([])
    elif name in _BLANK and paragraphs:
        paragraphs[-1].append(_BLANK[name])


def _put(found: list[str], rows: list[_Row]) -> Iterator[str]:
    """Lines go into the open cell, or out where there is none."""
    if not rows:
        yield from found
    elif rows[-1].cells:
        rows[-1].cells[-1] += filter(None, (line.strip() for line in found))


def _joined(row: _Row, joint: str) -> list[str]:
    """A row → one line; a single cell keeps its lines."""
    if len(row.cells) == 1:
        return row.cells[0]
    return [joint.join(" ".join(cell) for cell in row.cells)]
