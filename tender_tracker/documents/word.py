"""WordprocessingML (DOCX, WPS and Word's XML of 2003) → lines: paragraphs, and table rows as `a | b | c`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from tender_tracker.documents.events import Event
from tender_tracker.pages.html import CELL

_BLANK = {"tab": " ", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
_SKIPPED = {"Fallback", "moveFrom", "pPr", "rPr"}
"""A drawing's second form, what was moved away, and settings."""


@dataclass
class _Row:
    cells: list[list[str]] = field(default_factory=list)


def lines(found: Iterable[Event]) -> Iterator[str]:
    """The text in order; deleted text and the instructions of fields are left out, a nested table joins its cell."""
    rows: list[_Row] = []
    paragraphs: list[list[str]] = []
    skipped = 0
    taking = False
    for kind, name, _ in found:
        if kind == "text":
            if taking and paragraphs:
                paragraphs[-1].append(name)
        elif name in _SKIPPED:
            skipped += 1 if kind == "start" else -1
        elif skipped:
            continue
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
