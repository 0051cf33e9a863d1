"""The lists and styles of a DOC → Lists as DOCX has them ([MS-DOC] 2.9.131 to 2.9.150, 2.9.271).

What a list is called is its place in the table of lists in use, from 1 on; what a style is called, its number.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from struct import error as StructError
from struct import unpack_from
from typing import TypeVar

from tender_tracker.documents.numbering import LEVELS, TEXT, Level, List, Lists, Style
from tender_tracker.documents.paragraphs import listed

T = TypeVar("T")
_STYLES, _DEFINITIONS, _USED = 0x00A2, 0x02E2, 0x02EA
"""Where the header of the file tells where each table lies."""
_MOST = 10_000
_FORMS = (
    "decimal", "upperRoman", "lowerRoman", "upperLetter", "lowerLetter", "ordinal", "cardinalText", "ordinalText",
    "hex", "chicago", "ideographDigital", "japaneseCounting", "aiueo", "iroha", "decimalFullWidth", "decimalHalfWidth",
    "japaneseLegal", "japaneseDigitalTenThousand", "decimalEnclosedCircle", "decimalFullWidth", "aiueoFullWidth",
    "irohaFullWidth", "decimalZero", "bullet", "ganada", "chosung", "decimalEnclosedFullstop", "decimalEnclosedParen",
    "decimalEnclosedCircleChinese", "ideographEnclosedCircle", "ideographTraditional", "ideographZodiac",
    "ideographZodiacTraditional", "taiwaneseCounting", "ideographLegalTraditional", "taiwaneseCountingThousand",
    "taiwaneseDigital", "chineseCounting", "chineseLegalSimplified", "chineseCountingThousand",
)  # fmt: skip
"""Ways to count by their numbers (MSONFC), under the names that DOCX gives them."""
_NONE = 0xFF
_LIST, _LEVEL, _IN_USE, _CHANGED = 28, 28, 16, 8
"""Bytes of a definition, of what is fixed of a level, of a list in use, and of what it does otherwise."""


def lists(word: bytes, table: bytes) -> Lists:
    """Of damaged tables what can be read: the numbers are lost, not the text."""
    return Lists(_kept(_definitions(word, table)), _kept(_used(word, table)), _kept(_styles(word, table)))


def _kept(found: Iterator[tuple[str, T]]) -> dict[str, T]:
    kept: dict[str, T] = {}
    with suppress(StructError):
        kept.update(found)
    return kept


def _definitions(word: bytes, table: bytes) -> Iterator[tuple[str, dict[int, Level]]]:
    at, size = unpack_from("<2I", word, _DEFINITIONS)
    if not size:
        return
    (count,) = unpack_from("<H", table, at)
    place = at + size  # the levels of all lists follow
    for number in range(min(count, _MOST)):
        start = at + 2 + _LIST * number
        key, is_simple = unpack_from("<i22xB", table, start)
        levels: dict[int, Level] = {}
        for level in range(1 if is_simple & 1 else LEVELS):
            levels[level], place = _level(table, place)
        yield str(key), levels


def _level(table: bytes, at: int) -> tuple[Level, int]:
    """A level and where it ends."""
    start, form, flags, follow, letters, paragraphs = unpack_from("<i2B9xB8x2B", table, at)
    at += _LEVEL + letters + paragraphs
    (count,) = unpack_from("<H", table, at)
    raw = table[at + 2 : at + 2 + 2 * min(count, TEXT)].decode("utf-16-le", "replace")
    text = "".join(f"%{ord(sign) + 1}" if ord(sign) < LEVELS else sign for sign in raw)
    name = "none" if form == _NONE else _FORMS[form] if form < len(_FORMS) else "decimal"
    told = Level(max(start, 0), name, text, follow == 2, bool(flags & 4), not flags & 8)
    return told, at + 2 + 2 * count


def _used(word: bytes, table: bytes) -> Iterator[tuple[str, List]]:
    at, size = unpack_from("<2I", word, _USED)
    if not size:
        return
    (count,) = unpack_from("<I", table, at)
    place = at + 4 + _IN_USE * count
    for number in range(min(count, _MOST)):
        key, changes = unpack_from("<i8xB", table, at + 4 + _IN_USE * number)
        starts: dict[int, int] = {}
        own: dict[int, Level] = {}
        place += 4
        for _ in range(changes):
            start, flags = unpack_from("<iI", table, place)
            place += _CHANGED
            level = flags & 0x0F
            if flags & 0x20:
                own[level], place = _level(table, place)
                starts[level] = own[level].start
            elif flags & 0x10:
                starts[level] = max(start, 0)
        yield str(number + 1), List(str(key), starts, own)


def _styles(word: bytes, table: bytes) -> Iterator[tuple[str, Style]]:
    at, _ = unpack_from("<2I", word, _STYLES)
    head, count, fixed = unpack_from("<3H", table, at)
    at += 2 + head
    for number in range(min(count, _MOST)):
        (size,) = unpack_from("<H", table, at)
        at += 2
        if size:
            kind, based_on = _told(table, at)
            named, level = _properties(table, at + fixed, at + size) if kind == 1 else ("", None)
            yield str(number), Style(str(based_on), named, level)
        at += size + size % 2


def _told(table: bytes, at: int) -> tuple[int, int]:
    """Whether a style is one of paragraphs (1), and the style it is based on."""
    (both,) = unpack_from("<H", table, at + 2)
    return both & 0x0F, both >> 4


def _properties(table: bytes, at: int, end: int) -> tuple[str, int | None]:
    """List and level of a style: behind its name come its settings for paragraphs."""
    (letters,) = unpack_from("<H", table, at)
    at += 2 + 2 * letters + 2
    (size,) = unpack_from("<H", table, at)
    return listed(table, at + 4, min(at + 2 + size, end))
