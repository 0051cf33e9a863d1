"""Bytes and a name → a reading: the format decides who reads, and what breaks is named, never raised."""

from __future__ import annotations

from collections.abc import Iterator

from tender_tracker.documents import pdf, plain
from tender_tracker.documents.formats import format_of
from tender_tracker.documents.reading import (
    MAX_BYTES,
    MAX_TEXT,
    NAME,
    Part,
    Passage,
    Reading,
    Unread,
    Unreadable,
)


def read(data: bytes, name: str) -> Reading:
    """All that can be read in `data`, in this process. Never raises for bad input: what is unread is named."""
    parts = tuple(parts_of(data, name))
    passages = tuple(part for part in parts if isinstance(part, Passage))
    unread = tuple(part for part in parts if isinstance(part, Unread))
    return Reading(passages, tuple(dict.fromkeys(unread)), kind_of(data))


def parts_of(data: bytes, name: str) -> Iterator[Part]:
    """What `read` gives, one by one, so that what was read stays when the reader dies."""
    left = MAX_TEXT
    for part in _guarded(data, named(name)):
        if isinstance(part, Passage):
            left -= len(part.text)
            if left < 0:
                yield Unread(part.file, "too_large", part.page)
                return
        yield part


def kind_of(data: bytes) -> str:
    """The format as `Reading.format` names it: a container by what it holds."""
    return format_of(data)


def named(name: str) -> str:
    """A name as it may be shown: without control characters and of bounded length."""
    return " ".join("".join(filter(str.isprintable, name)).split())[:NAME] or "?"


def _guarded(data: bytes, file: str) -> Iterator[Part]:
    """The parts of one file; whatever ends its reading becomes its last part."""
    try:
        if len(data) > MAX_BYTES:
            raise Unreadable("too_large")
        yield from _parts(data, file)
    except Unreadable as end:
        yield Unread(file, end.reason)
    except MemoryError:
        yield Unread(file, "memory")
    except Exception:  # a hostile file finds an error in a library that its author did not: the file is damaged
        yield Unread(file, "damaged")


def _parts(data: bytes, file: str) -> Iterator[Part]:
    match format_of(data):
        case "pdf":
            return pdf.parts(data, file)
        case "html":
            return plain.parts(data, file, markup=True)
        case "txt":
            return plain.parts(data, file, markup=False)
        case "picture":
            raise Unreadable("picture")
        case "unknown":
            raise Unreadable("unknown_format")
        case _:
            raise Unreadable("missing_reader")
