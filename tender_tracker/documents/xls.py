"""An XLS → a passage for each sheet, its name first; hidden sheets are read like others."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from tender_tracker.documents import cells
from tender_tracker.documents.reading import MAX_PAGES, Part, Unreadable, passage

_TEXT, _NUMBER, _DATE, _BOOLEAN = 1, 2, 3, 4  # xlrd's XL_CELL_*


def parts(data: bytes, file: str) -> Iterator[Part]:
    """Raises Unreadable: encrypted, damaged, missing_reader."""
    try:
        import xlrd
    except ImportError as error:
        raise Unreadable("missing_reader") from error
    try:
        book = xlrd.open_workbook(file_contents=data, logfile=io.StringIO(), on_demand=True, ragged_rows=True)
    except xlrd.XLRDError as error:
        raise Unreadable("encrypted" if "encrypted" in str(error).lower() else "damaged") from error
    for page, name in enumerate(book.sheet_names()[:MAX_PAGES], 1):
        sheet = book.sheet_by_name(name)
        yield from passage(file, page, cells.titled(name, _rows(sheet, bool(book.datemode))))
        book.unload_sheet(name)
    if book.nsheets > MAX_PAGES:
        raise Unreadable("too_many")


def _rows(sheet: Any, since_1904: bool) -> Iterator[list[str]]:
    for index in range(sheet.nrows):
        yield [_value(cell.ctype, cell.value, since_1904) for cell in sheet.row(index)]


def _value(kind: int, value: Any, since_1904: bool) -> str:
    if kind == _NUMBER:
        return cells.number(value)
    if kind == _DATE:
        return cells.day(value, since_1904)
    if kind == _BOOLEAN:
        return "TRUE" if value else "FALSE"
    return value if kind == _TEXT else ""
