"""Text that somebody else wrote → text that is harmless in one channel. The store keeps the original.

A notice's title may hold ANSI escapes, direction marks, a formula or markup; each channel has its own weak spot.
"""

from __future__ import annotations

import re

CONTROLS = "".join(chr(code) for code in (*range(0x20), 0x7F, *range(0x80, 0xA0)))
MARKS = "\u061c\u200b\u200e\u200f\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff"
"""Marks that turn or break the line a reader sees: bidi controls, zero-width and line separators."""
UNSEEN = {ord(c): "\ufffd" for c in CONTROLS + MARKS} | dict.fromkeys(range(55296, 57344), "�")
LINE = {**UNSEEN, 0x09: " ", 0x0A: " ", 0x0D: " ", 0x0B: " ", 0x0C: " ", 0xA0: " ", 0x200B: None, 0xFEFF: None}
BLOCK = {**LINE, 0x0A: "\n"}
_IN_JSON = re.compile(f"[\x7f-\x9f{MARKS}]")
"""What JSON lets stand in a text although a terminal obeys it; everything below a blank it escapes itself."""
FORMULA = re.compile(r"[\s\ufffd]*[=+\-@＝＋－＠]|[\t\r]")
NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?%?")
MARKDOWN = re.compile(r"([\\`*_{}\[\]<>#!|~&@$]|:(?=//)|(?<=www)\.|^[-=]|^\+(?=\s|$)|(?<=^\d)[.)](?=\s|$))", re.I)


def terminal(text: str) -> str:
    """One line for a terminal: controls and direction marks become �, line breaks and tabs a blank."""
    return text.translate(LINE)


def block(text: str) -> str:
    """Many lines for a terminal: as `terminal`, but line feeds stay. Keeps no offset."""
    return text.replace("\r\n", "\n").translate(BLOCK)


def same_length(text: str) -> str:
    """As `block`, one character for one, so that offsets into `text` still hold."""
    return text.translate({**BLOCK, 0x200B: "\ufffd", 0xFEFF: "\ufffd"})


def csv(text: str) -> str:
    """One cell no spreadsheet takes for a formula: a leading = + - @ (full-width too, also after blanks) gets a '."""
    if NUMBER.fullmatch(text):
        return text
    return ("'" if FORMULA.match(text) else "") + text.translate(LINE)


def json(text: str) -> str:
    """A JSON document that shows the same values with every control and direction mark in them escaped."""
    return _IN_JSON.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def markdown(text: str) -> str:
    """Literal Markdown text on one line: no emphasis, link, image, HTML, heading or table cell comes alive."""
    return MARKDOWN.sub(r"\\\1", " ".join(terminal(text).split()))
