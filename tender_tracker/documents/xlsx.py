"""An XLSX → a passage for each sheet, its name first; hidden sheets are read like others.

Read as a stream of events: a library for workbooks builds each row up to the width and height that a sheet claims,
and gives up on styles that are not as the standard has them, which are common in files of other writers than Excel.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tender_tracker.documents import cells
from tender_tracker.documents.archive import Inner
from tender_tracker.documents.docx import enclosed
from tender_tracker.documents.events import Event, attribute, events, starts
from tender_tracker.documents.package import Package
from tender_tracker.documents.reading import MAX_PAGES, MAX_TEXT, Part, Unread, Unreadable, passage

_STRINGS = 200_000
"""Shared strings of a workbook at most: each takes memory, also an empty one."""


@dataclass(frozen=True, slots=True)
class _Book:
    sheets: tuple[tuple[str, str], ...]
    """Name and part of each sheet, in order."""
    strings: tuple[str, ...]
    styles: Mapping[int, cells.Shown]
    """Those that make something else of a number."""
    since_1904: bool


def parts(package: Package, file: str, inner: Inner, sees: bool = False) -> Iterator[Part]:
    """Raises Unreadable where the workbook itself is damaged; a damaged sheet is named by its page."""
    book = _book(package)
    has_text = False
    for page, (name, part) in enumerate(book.sheets[:MAX_PAGES], 1):
        try:
            for found in passage(file, page, _sheet(package, part, name, book)):
                has_text = True
                yield found
        except Unreadable as end:
            yield Unread(file, end.reason, page)
    yield from enclosed(package, file, inner, has_text, sees)
    if len(book.sheets) > MAX_PAGES:
        raise Unreadable("too_many")


def _book(package: Package) -> _Book:
    targets = {
        given.get("Id", ""): given.get("Target", "")
        for given in starts(package, "xl/_rels/workbook.xml.rels", "Relationship")
    }
    sheets = tuple(
        (given.get("name", ""), targets.get(attribute(given, "id"), ""))
        for given in starts(package, "xl/workbook.xml", "sheet")
    )
    since_1904 = any(
        given.get("date1904") in ("1", "true") for given in starts(package, "xl/workbook.xml", "workbookPr")
    )
    return _Book(sheets, tuple(_strings(package)), dict(_styles(package)), since_1904)


def _strings(package: Package) -> Iterator[str]:
    """The shared strings; their phonetic guides (rPh) are no text."""
    if "xl/sharedStrings.xml" not in package:
        return
    with package.open("xl/sharedStrings.xml") as stream:
        left, size = _STRINGS, 0
        for text in _texts(events(stream), "si"):
            left, size = left - 1, size + len(text)
            if left < 0 or size > MAX_TEXT:
                raise Unreadable("too_large")
            yield text


def _texts(found: Iterator[Event], holder: str) -> Iterator[str]:
    pieces: list[str] = []
    taking = guide = False
    for kind, name, _ in found:
        if kind == "text":
            if taking and not guide:
                pieces.append(name)
        elif name == "t":
            taking = kind == "start"
        elif name == "rPh":
            guide = kind == "start"
        elif name == holder and kind == "end":
            yield "".join(pieces)
            pieces.clear()


def _styles(package: Package) -> Iterator[tuple[int, cells.Shown]]:
    """The numbers of the cell styles that show a day or a percentage."""
    if "xl/styles.xml" not in package:
        return
    codes = {
        given.get("numFmtId", ""): given.get("formatCode", "") for given in starts(package, "xl/styles.xml", "numFmt")
    }
    number, inside = 0, False
    with package.open("xl/styles.xml") as stream:
        for kind, name, given in events(stream):
            if name == "cellXfs":
                inside = kind == "start"
            elif inside and name == "xf" and kind == "start":
                known = given.get("numFmtId", "0")
                if known.isdecimal() and len(known) < 6:
                    yield number, cells.shown_as(int(known), codes.get(known, ""))
                number += 1


def _sheet(package: Package, target: str, name: str, book: _Book) -> Iterator[str]:
    part = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    with package.open(part) as stream:
        yield from cells.titled(name, _rows(events(stream), book))


def _rows(found: Iterator[Event], book: _Book) -> Iterator[list[str]]:
    """The values of each row, each in its column."""
    row: list[str] = []
    cell: Mapping[str, str] = {}
    value: list[str] = []
    taking = False
    for kind, name, given in found:
        if kind == "text":
            if taking:
                value.append(name)
        elif name in ("v", "t"):
            taking = kind == "start"
        elif kind == "start" and name == "c":
            cell, value = given, []
        elif kind == "end" and name == "c":
            column = cells.column(cell.get("r", ""))
            gap = 0 if column is None else column - len(row)
            row += [""] * min(gap, cells.GAP)
            row.append(_value("".join(value), cell, book))
        elif kind == "end" and name == "row":
            yield row
            row = []


def _value(raw: str, cell: Mapping[str, str], book: _Book) -> str:
    kind = cell.get("t", "n")
    if kind == "s":
        index = int(raw) if raw.isdecimal() and len(raw) < 9 else -1
        return book.strings[index] if 0 <= index < len(book.strings) else ""
    if kind == "b":
        return {"1": "TRUE", "0": "FALSE"}.get(raw, raw)
    if kind != "n" or not raw:
        return raw
    try:
        return _shown(float(raw), cell.get("s", ""), book)
    except (ValueError, OverflowError):
        return raw


def _shown(number: float, style: str, book: _Book) -> str:
    """A number as its style shows it. Raises ValueError, OverflowError for what is none."""
    shown = book.styles.get(int(style), "number") if style.isdecimal() and len(style) < 9 else "number"
    if shown == "day":
        return cells.day(number, book.since_1904)
    return f"{cells.number(number * 100)}%" if shown == "percent" else cells.number(number)
