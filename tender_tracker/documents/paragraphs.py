"""The paragraph properties of a DOC → which of its marks lie in a table, and which end a row ([MS-DOC] 2.8.6, 2.9.175).

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
_IN_TABLE, _ROW_END = 0x2416, 0x2417
_SIZES = (1, 1, 2, 4, 2, 2, 0, 3)
"""Bytes of an operand by the three highest bits of its operator; 0: its own first byte tells."""
_LONG = 0xD608
"""The operator (of a table's columns) whose operand tells its size in two bytes."""


@dataclass(frozen=True, slots=True)
class Paragraphs:
    """Runs of text by the byte where each begins, in order, and what is set for each."""

    starts: tuple[int, ...]
    in_table: tuple[bool, ...]
    ends_row: tuple[bool, ...]

    def _at(self, place: int) -> int:
        return bisect_right(self.starts, place) - 1

    def is_in_table(self, place: int) -> bool:
        index = self._at(place)
        return index >= 0 and self.in_table[index]

    def is_row_end(self, place: int) -> bool:
        index = self._at(place)
        return index >= 0 and self.ends_row[index]


def paragraphs(word: bytes, table: bytes) -> Paragraphs:
    """The runs of all property pages; of a damaged list what can be read."""
    runs = sorted(islice(_runs(word, table), _PAGES * 10))
    return Paragraphs(
        tuple(start for start, _, _ in runs), tuple(inside for _, inside, _ in runs), tuple(end for _, _, end in runs)
    )


def _runs(word: bytes, table: bytes) -> Iterator[tuple[int, bool, bool]]:
    try:
        at, size = unpack_from("<2I", word, _PLACE)
        count = min(max(size - 4, 0) // 8, _PAGES)
        for (page,) in (unpack_from("<I", table, at + 4 * (count + 1) + 4 * number) for number in range(count)):
            yield from _page(word[page * _PAGE : (page + 1) * _PAGE])
    except StructError:
        return


def _page(page: bytes) -> Iterator[tuple[int, bool, bool]]:
    """A property page: n + 1 places in the text, n pointers to properties, n in its last byte."""
    if len(page) < _PAGE:
        return
    count = page[-1]
    for number in range(count):
        (start,) = unpack_from("<I", page, 4 * number)
        at = 2 * unpack_from("<B", page, 4 * (count + 1) + 13 * number)[0]
        found = dict(_properties(page, at)) if at else {}
        yield start, bool(found.get(_IN_TABLE)), bool(found.get(_ROW_END))


def _properties(page: bytes, at: int) -> Iterator[tuple[int, int]]:
    """Operators with the first byte of their operands."""
    words = page[at]
    at, size = (at + 1, 2 * words - 1) if words else (at + 2, 2 * page[at + 1] if at + 1 < _PAGE else 0)
    end = min(at + size, _PAGE)
    at += 2  # the number of the style
    while at + 2 < end:
        (operator,) = unpack_from("<H", page, at)
        at += 2
        yield operator, page[at]
        if operator == _LONG:
            at += 1 + int.from_bytes(page[at : at + 2], "little")
        else:
            at += _SIZES[operator >> 13] or 1 + page[at]
