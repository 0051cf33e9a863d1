"""A workbook as XML of 2003 (often named .xls) → a passage for each sheet, its name first."""

from __future__ import annotations

import io
from collections.abc import Iterator

from tender_tracker.documents import cells
from tender_tracker.documents.events import Event, attribute, events
from tender_tracker.documents.reading import MAX_PAGES, Part, Unreadable, passage


def parts(data: bytes, file: str) -> Iterator[Part]:
    """Raises Unreadable: damaged, too_many."""
    found = events(io.BytesIO(data))
    page = 0
    for kind, name, given in found:
        if kind == "start" and name == "Worksheet":
            page += 1
            if page > MAX_PAGES:
                raise Unreadable("too_many")
            yield from passage(file, page, cells.titled(attribute(given, "Name"), _rows(found)))


def _rows(found: Iterator[Event]) -> Iterator[list[str]]:
    """The rows up to the end of the sheet; a cell may say in which column it stands."""
    row: list[str] = []
    taking = False
    for kind, name, given in found:
        if kind == "text":
            if taking and row:
                row[-1] += name
        elif name == "Data":
            taking = kind == "start"
        elif kind == "start" and name == "Cell":
            place = attribute(given, "Index")
            gap = int(place) - 1 - len(row) if place.isdecimal() and len(place) < 6 else 0
            row += [""] * (max(min(gap, cells.GAP), 0) + 1)
        elif kind == "end" and name == "Row":
            yield row
            row = []
        elif kind == "end" and name == "Worksheet":
            return
