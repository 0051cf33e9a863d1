"""Values of a sheet → text: numbers without the noise of their binary form, days as ISO dates, rows as lines."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Literal

from tender_tracker.pages.html import CELL

_QUOTED = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')
_DAY = re.compile(r"[yd年月日]", re.IGNORECASE)
_DAYS = frozenset((*range(14, 18), 22, *range(27, 32), 36, *range(50, 59)))
"""Number formats that show a day, by their fixed numbers (ECMA-376 18.8.30); 27 and above as China uses them."""
_PERCENT = frozenset((9, 10))
Shown = Literal["number", "day", "percent"]
_UNNAMED = re.compile(r"(?:Sheet|工作表)\s*\d*", re.IGNORECASE)
"""A name that nobody gave."""
_LAST_DAY = 2_958_466
_COLUMNS = 16_384
GAP = 100
"""Empty cells that are kept between two others: a cell in the last column makes no line of 16,000."""


def number(value: float) -> str:
    """2.0 → 2, 0.30000000000000004 → 0.3."""
    return f"{value:.0f}" if value == int(value) and abs(value) < 1e15 else f"{value:.15g}"


def shown_as(number_format: int, code: str) -> Shown:
    """What a format makes of a number: told by its own number, or by its code (yyyy"年"m"月"d"日", 0.00%)."""
    bare = _QUOTED.sub("", code)
    if number_format in _DAYS or _DAY.search(bare):
        return "day"
    return "percent" if number_format in _PERCENT or "%" in bare else "number"


def day(value: float, since_1904: bool) -> str:
    """Days since the sheet's epoch → 2026-11-24, with the time where there is one; other numbers stay numbers."""
    if not 1 <= value < _LAST_DAY:
        return number(value)
    epoch = datetime(1904, 1, 1) if since_1904 else datetime(1899, 12, 30)
    moment = epoch + timedelta(seconds=round(value * 86_400))
    return moment.date().isoformat() if value == int(value) else moment.isoformat(" ", "minutes")


def column(reference: str) -> int | None:
    """AB12 → 27, or None for a cell that does not say where it is."""
    letters = reference.rstrip("0123456789")
    if not letters.isascii() or not letters.isalpha() or len(letters) > 3:
        return None
    index = 0
    for letter in letters.upper():
        index = index * 26 + ord(letter) - 64
    return index - 1 if index <= _COLUMNS else None


def titled(name: str, rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """The lines of a sheet behind its name, where it has both."""
    for number, text in enumerate(filter(None, map(line, rows))):
        if number == 0 and not _UNNAMED.fullmatch(name):
            yield name
        yield text


def line(row: Sequence[str]) -> str:
    """A row → one line. Cells that are empty at its end are left out, and a row with one value is that value."""
    cells = [" ".join(cell.split()) for cell in row]
    while cells and not cells[-1]:
        cells.pop()
    filled = [cell for cell in cells if cell]
    return CELL.join(cells) if len(filled) > 1 else "".join(filled)
