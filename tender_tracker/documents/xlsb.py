"""An XLSB → a passage for each sheet, its name first; hidden sheets are read like others."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from tender_tracker.documents import cells
from tender_tracker.documents.archive import Inner
from tender_tracker.documents.docx import enclosed
from tender_tracker.documents.package import Package
from tender_tracker.documents.reading import MAX_PAGES, Part, Unreadable, passage


def parts(package: Package, data: bytes, file: str, inner: Inner, sees: bool = False) -> Iterator[Part]:
    """Raises Unreadable: missing_reader, damaged, too_many, and why an entry must not be unpacked."""
    try:
        import python_calamine
    except ImportError as error:
        raise Unreadable("missing_reader") from error
    for name in package.entries:
        with package.open(name):  # the library unpacks without a bound: what is refused here never gets there
            pass
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
    except python_calamine.PasswordError as error:
        raise Unreadable("encrypted") from error
    except (python_calamine.CalamineError, ValueError, OSError) as error:
        raise Unreadable("damaged") from error
    has_text = False
    for page, name in enumerate(book.sheet_names[:MAX_PAGES], 1):
        rows = book.get_sheet_by_index(page - 1).iter_rows()
        for part in passage(file, page, cells.titled(name, ([_value(value) for value in row] for row in rows))):
            has_text = True
            yield part
    yield from enclosed(package, file, inner, has_text, sees)
    if len(book.sheet_names) > MAX_PAGES:
        raise Unreadable("too_many")


def _value(value: Any) -> str:
    match value:
        case bool():
            return str(value).upper()
        case int() | float():
            return cells.number(value)
        case datetime():
            return value.isoformat(" ", "minutes")
        case _:
            return str(value)
