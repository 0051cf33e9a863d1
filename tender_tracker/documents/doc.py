"""The streams of a DOC → one passage: the text by the piece table, rows of tables as `a | b | c` ([MS-DOC]).

Files of Word 6 and 95 have no piece table of this kind and no 16-bit text: theirs lies in one run, in GBK for Chinese.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from struct import error as StructError
from struct import unpack_from
from typing import Any

from tender_tracker.documents.doc_lists import lists
from tender_tracker.documents.numbering import Count
from tender_tracker.documents.paragraphs import Paragraphs, paragraphs
from tender_tracker.documents.reading import MAX_TEXT, Part, Unreadable, passage
from tender_tracker.pages.html import CELL

_MAGIC = (0xA5EC, 0xA5DC)
_WORD_97 = 101
"""The lowest nFib of a file with a piece table as read here."""
_CHINESE = (0x0404, 0x0804, 0x0C04, 0x1004)
"""Language identifiers under which 8-bit text is GBK where it reads as such."""
_ENCRYPTED, _SECOND_TABLE = 0x0100, 0x0200
_CLX = 0x01A2
"""Where the header of the file tells where the piece table lies."""
_PIECES = 200_000
_FIELD = re.compile("\x13[^\x13\x14\x15]*(?:\x14([^\x13\x14\x15]*))?\x15")
"""Its begin, its instruction, perhaps a separator and its result, its end."""
_DEEP = 20
"""Fields within fields."""
_CELL, _ROW_END, _IN_CELL = "\x07", "\x1d", "\x1c"
"""The mark behind a cell, and what the marks behind a row and a paragraph within a cell become."""
_NUMBER = "\ufdd0"
"""What parts the text of a paragraph from the number that belongs before it: no character (Unicode keeps it free)."""
_MARK = re.compile("[\x07\r]")
_NO_TEXT = re.compile("[\x00-\x06\x08\x0f-\x12\x16-\x1b\x1f]")
_OTHERS = str.maketrans({"\x0c": "\r", "\x0e": "\r", "\x1e": "-"})


@dataclass(frozen=True, slots=True)
class _Piece:
    start: int
    """Byte in the WordDocument stream."""
    length: int
    """Characters."""
    wide: bool


def tables(found: Any) -> tuple[str, ...]:
    """The table streams a container has."""
    return tuple(name for name in ("0Table", "1Table") if found.exists(name))


def parts(word: bytes, tables: Mapping[str, bytes], file: str) -> Iterator[Part]:
    """Raises Unreadable: encrypted, damaged, unknown_format for other files in such a container."""
    try:
        text = _text(word, tables)
    except StructError as error:
        raise Unreadable("truncated") from error
    yield from passage(file, None, _lines(text))


def _text(word: bytes, tables: Mapping[str, bytes]) -> str:
    magic, version, _, language, _, flags = unpack_from("<6H", word)
    if magic not in _MAGIC:
        raise Unreadable("unknown_format")
    if flags & _ENCRYPTED:
        raise Unreadable("encrypted")
    if version < _WORD_97:
        first, last = unpack_from("<2I", word, 0x18)
        return _narrow(word[first:last], language)
    table = tables.get("1Table" if flags & _SECOND_TABLE else "0Table", b"")
    told, count = paragraphs(word, table), Count(lists(word, table))
    return "".join(_piece(word, piece, language, told, count) for piece in _pieces(word, table))


def _pieces(word: bytes, table: bytes) -> Iterator[_Piece]:
    """The piece table (Clx): property runs are leapt over, then positions and places of n pieces."""
    at, size = unpack_from("<2I", word, _CLX)
    end = at + size
    while at < end and table[at : at + 1] == b"\x01":
        at += 3 + unpack_from("<H", table, at + 1)[0]
    if table[at : at + 1] != b"\x02":
        raise Unreadable("damaged")
    count = (unpack_from("<I", table, at + 1)[0] - 4) // 12
    if not 0 < count <= _PIECES:
        raise Unreadable("damaged")
    size = 0
    places = unpack_from(f"<{count + 1}I", table, at + 5)
    for number in range(count):
        (place,) = unpack_from("<I", table, at + 5 + 4 * (count + 1) + 8 * number + 2)
        length = places[number + 1] - places[number]
        wide = not place & 0x4000_0000
        start = place & 0x3FFF_FFFF if wide else (place & 0x3FFF_FFFF) // 2
        size += length
        if size > 2 * MAX_TEXT:  # pieces may overlap: a small file could hold a vast text
            raise Unreadable("too_large")
        if length < 0 or start + length * (1 + wide) > len(word):
            raise Unreadable("truncated")
        yield _Piece(start, length, wide)


def _piece(word: bytes, piece: _Piece, language: int, told: Paragraphs, count: Count) -> str:
    """The text of a piece, its marks in tables told apart by their properties; the number that Word counts for a
    paragraph stands before its end."""
    width = 1 + piece.wide
    raw = word[piece.start : piece.start + piece.length * width]
    if not piece.wide and language in _CHINESE and not raw.isascii():
        return _narrow(raw, language)

    def mark(found: re.Match[str]) -> str:
        own = told.at(piece.start + found.start() * width)
        if found[0] == _CELL and own.ends_row:
            return _ROW_END
        number = count.mark(own.style, own.list, own.level)
        end = _IN_CELL if own.in_table and found[0] != _CELL else found[0]
        return f"{_NUMBER}{number}{end}" if number else end

    return _MARK.sub(mark, raw.decode("utf-16-le" if piece.wide else "cp1252", "replace"))


def _narrow(raw: bytes, language: int) -> str:
    """8-bit text: GBK in a Chinese file if it is that without a fault, else Western."""
    if language in _CHINESE:
        try:
            return raw.decode("gb18030")
        except UnicodeDecodeError:
            pass
    return raw.decode("cp1252", "replace")


def _lines(text: str) -> Iterator[str]:
    """Paragraphs and rows; of a field its result stays (a number, the words of a link), never its instruction."""
    for _ in range(_DEEP):
        text, found = _FIELD.subn(lambda field: field[1] or "", text)
        if not found:
            break
    text = _NO_TEXT.sub("", text.translate(_OTHERS))
    if _ROW_END not in text:  # a file that does not tell: two marks together end a row
        text = text.replace(_CELL * 2, _CELL + _ROW_END)
    for paragraph in text.split("\r"):
        for row in paragraph.split(_ROW_END):
            *cells, rest = row.split(_CELL)
            if len(cells) > 1:
                yield CELL.join(" ".join(_parts(cell)).replace("\x0b", " ") for cell in cells)
            else:
                yield from _broken(cells[0] if cells else "")
            yield from _broken(rest)


def _parts(text: str) -> Iterator[str]:
    """The paragraphs of a cell, each with its number before it."""
    for paragraph in text.split(_IN_CELL):
        words, _, number = paragraph.partition(_NUMBER)
        yield number + words


def _broken(text: str) -> Iterator[str]:
    """The same, cut where a line is broken by hand."""
    for paragraph in _parts(text):
        yield from paragraph.split("\x0b")
