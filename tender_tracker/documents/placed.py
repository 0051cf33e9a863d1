"""Texts by their places on a page → its lines, from top to bottom, those on one line from left to right."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

_GAP = 1.6
"""Widths of a character between two texts above which they are apart, as in columns."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A text and its box, in whatever unit the page has."""

    left: float
    top: float
    right: float
    height: float
    text: str


def lines(texts: Iterable[Placed]) -> Iterator[str]:
    """Texts whose middles lie within half a height of the first of a line stand on it."""
    row: list[Placed] = []
    for text in sorted(texts, key=lambda text: text.top + text.height / 2):
        middle = text.top + text.height / 2
        if row and middle - (row[0].top + row[0].height / 2) > max(row[0].height, text.height) / 2:
            yield _line(row)
            row = []
        row.append(text)
    if row:
        yield _line(row)


def _line(row: list[Placed]) -> str:
    line, end = "", 0.0
    for text in sorted(row, key=lambda text: text.left):
        apart = line and text.left - end > _GAP * (text.right - text.left) / max(len(text.text), 1)
        line += (" " if apart else "") + text.text
        end = text.right
    return line
