"""An RTF → lines: \\u and \\' characters in the charset of their font, table rows as `a | b | c`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from tender_tracker.documents.reading import Unreadable
from tender_tracker.pages.html import CELL

_TOKEN = re.compile(
    rb"\\'([0-9a-fA-F]{2})|\\([A-Za-z]{1,32})(-?\d{1,10})? ?|\\(.)|([{}])|[\r\n]+|([^\\{}\r\n]+)", re.DOTALL
)
_UNSHOWN = frozenset(
    b"fonttbl colortbl stylesheet info pict object fldinst listtable listoverridetable rsidtbl generator themedata "
    b"datastore xmlnstbl latentstyles colorschememapping filetbl revtbl bkmkstart bkmkend nonshppict mmathPr "
    b"sp pgdsctbl ftnsep ftnsepc aftnsep aftnsepc".split()
)
_SPACES = {b"tab": " ", b"line": "\n", b"emdash": "—", b"endash": "–", b"lquote": "‘", b"rquote": "’"}
_SPACES |= {b"ldblquote": "“", b"rdblquote": "”", b"bullet": "•", b"emspace": " ", b"enspace": " "}
_CHARSETS = {0: "cp1252", 134: "gb18030", 136: "big5hkscs", 128: "cp932", 129: "cp949", 204: "cp1251"}
_PAGES = {936: "gb18030", 950: "big5hkscs", 932: "cp932", 949: "cp949", 1251: "cp1251", 65001: "utf-8"}
_DEEP = 1_000


@dataclass(frozen=True, slots=True)
class _State:
    """What a group sets and its end takes back."""

    shown: bool = True
    in_fonts: bool = False
    in_note: bool = False
    font: int = -1
    skip: int = 1
    """How many characters behind a \\u stand in its place for older readers."""


@dataclass
class _Reader:
    state: _State = _State()
    above: list[_State] = field(default_factory=list)
    page: str = "cp1252"
    fonts: dict[int, str] = field(default_factory=dict)
    raw: bytearray = field(default_factory=bytearray)
    """Bytes of \\', which only together are characters."""
    text: list[str] = field(default_factory=list)
    cells: list[str] = field(default_factory=list)
    left: int = 0
    """Characters still to be skipped behind a \\u."""
    starred: bool = False
    in_table: bool = False
    outer: list[str] | None = None
    """The paragraph around the note that is being read."""
    notes: list[str] = field(default_factory=list)


def lines(data: bytes) -> Iterator[str]:
    """The shown text, notes at its end. Raises Unreadable: nested_too_deep, truncated."""
    reader = _Reader()
    at = 0
    while token := _TOKEN.search(data, at):
        at = token.end()
        byte, word, number, sign, brace, plain = token.groups()
        if byte:
            _byte(reader, int(byte, 16))
            continue
        if plain:
            _plain(reader, plain)
            continue
        _flush(reader)
        if brace:
            _group(reader, brace)
        elif word == b"bin":
            at += max(int(number or 0), 0)  # so many bytes of a picture follow as they are
        elif word:
            yield from _word(reader, word, int(number) if number else None)
        elif sign in (b"\r", b"\n"):
            yield from _word(reader, b"par", None)
        elif sign:
            _sign(reader, sign)
    _flush(reader)
    yield from _ended(reader)
    yield from reader.notes
    if reader.above:
        raise Unreadable("truncated")


def _byte(reader: _Reader, value: int) -> None:
    if reader.left:
        reader.left -= 1
    elif reader.state.shown:
        reader.raw.append(value)


def _plain(reader: _Reader, plain: bytes) -> None:
    """Letters; behind a \\' they may be the second byte of a character (GBK has \\'b9z)."""
    skipped = min(reader.left, len(plain))
    reader.left -= skipped
    if reader.state.shown:
        reader.raw += plain[skipped:]


def _flush(reader: _Reader) -> None:
    if reader.raw:
        reader.text.append(reader.raw.decode(reader.fonts.get(reader.state.font, reader.page), "replace"))
        reader.raw.clear()


def _group(reader: _Reader, brace: bytes) -> None:
    reader.left = 0
    reader.starred = False
    if brace == b"{":
        reader.above.append(reader.state)
        if len(reader.above) > _DEEP:
            raise Unreadable("nested_too_deep")
    elif reader.above:
        was, reader.state = reader.state, reader.above.pop()
        if was.in_note and not reader.state.in_note and reader.outer is not None:
            reader.notes.append("".join(reader.text))
            reader.text, reader.outer = reader.outer, None


def _sign(reader: _Reader, sign: bytes) -> None:
    reader.starred = sign == b"*"
    if reader.state.shown and sign in b"\\{}~_":
        reader.text.append({b"~": " ", b"_": "-"}.get(sign, sign.decode()))


def _word(reader: _Reader, word: bytes, number: int | None) -> Iterator[str]:
    """Obeys one control word; gives the lines it ends."""
    state = reader.state
    if word in _UNSHOWN or (reader.starred and word not in (b"shptxt", b"shpinst", b"footnote")):
        reader.state = replace(state, shown=False, in_fonts=word == b"fonttbl")
    elif word == b"f" and number is not None:
        reader.state = replace(state, font=number)
    elif word == b"fcharset" and state.in_fonts and number in _CHARSETS:
        reader.fonts[state.font] = _CHARSETS[number]
    elif word == b"ansicpg" and number in _PAGES:
        reader.page = _PAGES[number]
    elif word in (b"pard", b"intbl"):
        reader.in_table = word == b"intbl"
    elif word == b"footnote" and reader.outer is None:
        reader.state = replace(state, in_note=True)
        reader.outer, reader.text = reader.text, []
    elif word == b"uc" and number is not None:
        reader.state = replace(state, skip=min(max(number, 0), 16))
    elif state.shown:
        yield from _shown(reader, word, number)
    reader.starred = False


def _shown(reader: _Reader, word: bytes, number: int | None) -> Iterator[str]:
    if word == b"u" and number is not None:
        reader.text.append(chr(number & 0xFFFF))
        reader.left = reader.state.skip
    elif word in _SPACES:
        reader.text.append(_SPACES[word])
    elif word in (b"par", b"sect", b"page"):
        if reader.cells or reader.in_table or reader.state.in_note:
            reader.text.append(" ")
        else:
            yield from _ended(reader)
    elif word == b"nestcell":
        reader.text.append(" ")
    elif word == b"cell":
        reader.cells.append("".join(reader.text).replace("\n", " "))
        reader.text.clear()
    elif word == b"row":
        yield from _ended(reader)


def _ended(reader: _Reader) -> Iterator[str]:
    """The open paragraph or row. Characters beyond the first 65,536 stand in two halves."""
    words = CELL.join(reader.cells) if reader.cells else "".join(reader.text)
    reader.text.clear()
    reader.cells.clear()
    yield from words.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace").split("\n")
