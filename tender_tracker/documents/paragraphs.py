"""The paragraph properties of a DOC → which of its marks lie in a table or end a row, and of which list and style each
paragraph is ([MS-DOC] 2.8.6, 2.9.175).

Without them the mark of an empty cell cannot be told from that of a row.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from struct import error as StructError
from struct import unpack_from

_PLACE = 0x0102
"""Where the header of the file tells where the list of property pages lies."""
_PAGE = 512
_PAGES = 100_000
_IN_TABLE, _ROW_END, _IN_LEVEL, _IN_LIST = 0x2416, 0x2417, 0x260A, 0x460B
_SIZES = (1, 1, 2, 4, 2, 2, 0, 3)
"""Bytes of an operand by the three highest bits of its operator; 0: its own first byte tells."""
_LONG = 0xD608
"""The operator (of a table's columns) whose operand tells its size in two bytes."""


@dataclass(frozen=True, slots=True)
class Told:
    """What is set for a paragraph. `list` "" and `level` None leave it to the style."""

    in_table: bool = False
    ends_row: bool = False
    style: str = ""
    list: str = ""
    level: int | None = None


@dataclass(frozen=True, slots=True)
class Paragraphs:
    """Runs of text by the byte where each begins, in order, and what is set for each."""

    starts: tuple[int, ...]
    told: tuple[Told, ...]

    def at(self, place: int) -> Told:
        index = bisect_right(self.starts, place) - 1
        return self.told[index] if index >= 0 else Told()


def paragraphs(word: bytes, table: bytes) -> Paragraphs:
    """The runs of all property pages; of a damaged list what can be read."""
    runs = sorted(islice(_runs(word, table), _PAGES * 10), key=lambda run: run[0])
    return Paragraphs(tuple(start for start, _ in runs), tuple(told for _, told in runs))


def listed(data: bytes, at: int, end: int) -> tuple[str, int | None]:
    """The list and level that properties name."""
    found = dict(_properties(data, at, end))
    level = found.get(_IN_LEVEL)
    place = found.get(_IN_LIST)
    if place is None or place + 2 > end:
        return "", None if level is None else data[level]
    return str(int.from_bytes(data[place : place + 2], "little")), None if level is None else data[level]


def _runs(word: bytes, table: bytes) -> Iterator[tuple[int, Told]]:
    try:
        at, size = unpack_from("<2I", word, _PLACE)
        count = min(max(size - 4, 0) // 8, _PAGES)
        for (page,) in (unpack_from("<I", table, at + 4 * (count + 1) + 4 * number) for number in range(count)):
            yield from _page(word[page * _PAGE : (page + 1) * _PAGE])
    except StructError:
        return


def _page(page: bytes) -> Iterator[tuple[int, Told]]:
    """A property page: n + 1 places in the text, n pointers to properties, n in its last byte."""
    if len(page) < _PAGE:
        return
    count = page[-1]
    for number in range(count):
        (start,) = unpack_from("<I", page, 4 * number)
        at = 2 * unpack_from("<B", page, 4 * (count + 1) + 13 * number)[0]
        yield start, _told(page, at) if at else Told()


def _told(page: bytes, at: int) -> Told:
    """The properties at a place of a page: their size in words, the number of the style, operators."""
    words = page[at]
    at, size = (at + 1, 2 * words - 1) if words else (at + 2, 2 * page[at + 1] if at + 1 < _PAGE else 0)
    end = min(at + size, _PAGE)
    style = str(int.from_bytes(page[at : at + 2], "little"))
    set_to = {operator: page[place] for operator, place in _properties(page, at + 2, end)}
    return Told(bool(set_to.get(_IN_TABLE)), bool(set_to.get(_ROW_END)), style, *listed(page, at + 2, end))


def _properties(data: bytes, at: int, end: int) -> Iterator[tuple[int, int]]:
    """Operators with the place of their operands."""
    while at + 2 < end:
        (operator,) = unpack_from("<H", data, at)
        at += 2
        yield operator, at
        if operator == _LONG:
            at += 1 + int.from_bytes(data[at : at + 2], "little")
        else:
            at += _SIZES[operator >> 13] or 1 + data[at]
