"""What reading a document gives, and how much of one is read at most."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal, get_args

from tender_tracker.pages.html import CELL

Reason = Literal[
    "picture", "scanned", "encrypted", "truncated", "too_large", "too_many", "nested_too_deep", "unknown_format",
    "missing_reader", "timeout", "memory", "unsafe_name", "damaged",
]  # fmt: skip
REASONS: tuple[Reason, ...] = get_args(Reason)
"""Why something is unread. docs/documents.md says what each means."""

MAX_BYTES = 64 * 2**20
"""Of one file, as it came or unpacked."""
MAX_UNPACKED = 256 * 2**20
"""Of all files unpacked from one attachment."""
MAX_TEXT = 2_000_000
"""Characters of one attachment: a tender document of 300 pages has about 300,000."""
MAX_PAGES = 2_000
"""Pages or sheets of one file."""
MAX_FILES = 1_000
"""Files in one attachment, those in nested archives with them."""
MAX_DEPTH = 3
"""Archives within archives."""
MAX_PICTURE = 50_000
"""Bytes of a picture in a document up to which it is a logo or a stamp: a page pasted as a picture has more."""
NAME = 300
"""Characters of a name that are kept."""


@dataclass(frozen=True, slots=True)
class Passage:
    """Text of one file, one line for each of its blocks, the cells of a table row joined by ` | `.

    `file` is its name, within archives behind theirs: "招标文件.zip/技术要求.docx". `page` counts pages, sheets or
    slides from 1 and is None where a format has none.
    """

    file: str
    page: int | None
    text: str
    ocr: bool = False
    """Whether it was read from a picture, and may err."""


@dataclass(frozen=True, slots=True)
class Unread:
    """A file, or with `page` one page of it, that was not read, or only up to a point."""

    file: str
    reason: Reason
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """All there is in a document. `format` is what its first bytes say, whatever its name."""

    passages: tuple[Passage, ...]
    unread: tuple[Unread, ...]
    format: str


Part = Passage | Unread


class Unreadable(Exception):
    """Ends the reading of one file; what was read of it before stays. Never leaves this room."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason: Reason = reason


def named(name: str) -> str:
    """A name as it may be shown: without control characters and of bounded length."""
    return " ".join("".join(filter(str.isprintable, name)).split())[:NAME] or "?"


def passage(file: str, page: int | None, lines: Iterable[str], ocr: bool = False) -> Iterator[Part]:
    """Lines → one passage, blanks run together and empty lines left out; none for no text.

    What stands before the end of a reader that breaks off is kept, and so is what stands before MAX_TEXT.
    """
    kept: list[str] = []
    ended: Unreadable | None = None
    size = 0
    try:
        for line in lines:
            words = CELL.join(" ".join(cell.split()) for cell in line.split(CELL)).strip()
            size += len(words) + 1
            if size > MAX_TEXT:
                raise Unreadable("too_large")
            if words:
                kept.append(words)
    except Unreadable as end:
        ended = end
    if kept:
        yield Passage(file, page, "\n".join(kept), ocr)
    if ended:
        raise ended
