"""A file of the old Office or WPS container (OLE) → its parts: a document, a workbook, or what it holds instead."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from tender_tracker.documents import doc, xls
from tender_tracker.documents.reading import MAX_BYTES, MAX_PICTURE, Part, Unread, Unreadable

_SHEETS = ("Workbook", "Book", "ET_Workbook")
_WORDS = ("WordDocument", "WpsDocument")
_LOCKED = ("EncryptedPackage", "EncryptionInfo")
_PICTURES = "Data"
"""The stream in which Word keeps pictures."""


def kind_of(data: bytes) -> str:
    """doc, xls, or ole where it is neither or cannot be told."""
    try:
        found = _opened(data)
    except Unreadable:
        return "ole"
    return "doc" if _first(found, _WORDS) else "xls" if _first(found, _SHEETS) else "ole"


def parts(data: bytes, file: str) -> Iterator[Part]:
    """Raises Unreadable: encrypted (an office document behind a password is such a container), unknown_format and
    what its reader raises."""
    found = _opened(data)
    if _first(found, _LOCKED):
        raise Unreadable("encrypted")
    if name := _first(found, _WORDS):
        has_text = False
        tables = {table: _stream(found, table) for table in doc.tables(found)}
        for part in doc.parts(_stream(found, name), tables, file):
            has_text = True
            yield part
        if found.exists(_PICTURES) and found.get_size(_PICTURES) > MAX_PICTURE * has_text:
            yield Unread(f"{file}/{_PICTURES}", "picture")
    elif _first(found, _SHEETS):
        yield from xls.parts(data, file)
    else:
        raise Unreadable("unknown_format")


def _opened(data: bytes) -> Any:
    try:
        import olefile
    except ImportError as error:
        raise Unreadable("missing_reader") from error
    try:
        return olefile.OleFileIO(io.BytesIO(data))
    except (OSError, ValueError, IndexError, OverflowError) as error:
        raise Unreadable("truncated" if len(data) % 512 else "damaged") from error


def _first(found: Any, names: tuple[str, ...]) -> str | None:
    return next((name for name in names if found.exists(name)), None)


def _stream(found: Any, name: str) -> bytes:
    """The bytes of a stream; a chain of sectors that breaks off or bites its own tail is damage."""
    if found.get_size(name) > MAX_BYTES:
        raise Unreadable("too_large")
    try:
        return bytes(found.openstream(name).read())
    except (OSError, ValueError, IndexError) as error:
        raise Unreadable("damaged") from error
