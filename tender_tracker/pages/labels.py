"""Block text → what it labels: values behind labels, and the rows of tables that have a head of columns.

The next label ends a value, so text without any line break works too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from itertools import pairwise
from typing import NamedTuple

from tender_tracker.pages.html import CELL
from tender_tracker.pages.vocabulary import LABELS, MONEY, Label, column, label, label_at_end

_COUNTERS = ("序号", "品目号")
_SAYS_NUMBER = re.compile(r"\d{3,}|\d(?:万|元|年|台|套|项|月)")


class Entry(NamedTuple):
    """A labelled value: `label` without blanks, `note` what its brackets say (a unit), `start` where it stands."""

    field: str
    label: str
    note: str
    value: str
    start: int


entry: Callable[[tuple[str, str, str, str, int]], Entry] = partial(tuple.__new__, Entry)
"""The same as Entry(*…) at half the price: a page makes dozens."""


Told = Mapping[str, Sequence[Entry]]
"""Entries by their field, each field's in reading order."""


class Row(NamedTuple):
    """A row of a table with a head: the field of each known column → (head, cell); `at` is where the row starts."""

    cells: dict[str, tuple[str, str]]
    at: int


class Scan(NamedTuple):
    """All a text labels, in reading order."""

    entries: list[Entry]
    rows: list[Row]


class _Head(NamedTuple):
    """The head of a table: how many columns it has, and of the known ones place, field and words."""

    width: int
    columns: list[tuple[int, str, str]]


def scan(text: str) -> Scan:
    """Block text (or text without any line breaks) → labelled values and table rows; `stop` labels are left out."""
    entries: list[Entry] = []
    rows: list[Row] = []
    head: _Head | None = None
    above: list[str] = []
    at = 0
    lines = text.split("\n")
    lines.append("")
    for line, below in pairwise(lines):
        if "|" in line:
            cells = line.split(CELL)
            if len(cells) <= line.count("|"):  # no block text, or an empty cell at its edge
                cells = [cell.strip() for cell in line.split("|")]
            columns = list(map(column, cells))
            known = len(columns) - columns.count(None)
            if known > 1 and (found := _head(cells, columns)):
                head, above = found, []
            else:
                if head and (filled := _filled(cells, head.width, above)):
                    above = filled
                    rows.append(Row({field: (words, filled[place]) for place, field, words in head.columns}, at))
                if known:
                    _pairs(cells, columns, at, entries)
                if "：" in line or ":" in line:
                    for cell in cells:
                        if "：" in cell or ":" in cell:
                            _line(cell, "", at, entries)
        else:
            head = None
            if "：" in line or ":" in line:
                _line(line, below, at, entries)
            elif below and 1 < len(line) < 24:
                _heading(line, below, at, entries)
        at += len(line) + 1
    return Scan(entries, rows)


def by_field(entries: Iterable[Entry]) -> Told:
    found: dict[str, list[Entry]] = {}
    for entry in entries:
        found.setdefault(entry.field, []).append(entry)
    return found


def _line(line: str, below: str, at: int, entries: list[Entry]) -> None:
    """项目编号：A项目名称：B → both; a label that ends the line has its value on the next."""
    *parts, rest = line.replace(":", "：").split("：")
    found: Label | None = None
    value, start = "", at
    for part in parts:
        here = label_at_end(part)
        if here is None:
            value += part + "："
        else:
            # Labels are short, so the last place of its first sign is where it starts, blanks inside or not (名　称).
            begin = max(part.rfind(here.words[0]), 0)
            if begin and found and found.field == "project_name":
                here, begin = _shorter(here, begin)
            if found and found.field != "stop":
                entries.append(entry((*found, (value + part[:begin]).strip(), start)))
            found, value, start = here, "", at + begin
        at += len(part) + 1
    if found and found.field != "stop":
        value = (value + rest).strip() or (below.strip() if _is_value(below) else "")
        entries.append(entry((*found, value, start)))


def _shorter(here: Label, begin: int) -> tuple[Label, int]:
    """A name that runs into the next label keeps its last word: 派遣服务采购|预算金额, not 派遣服务|采购预算金额."""
    for lead in ("采购", "项目", "招标"):
        rest = here.words.removeprefix(lead)
        if rest != here.words and here.field in MONEY and LABELS.get(rest) == here.field:
            return here._replace(words=rest), begin + len(lead)
    return here, begin


def _is_value(line: str) -> bool:
    return 0 < len(line) < 80 and "：" not in line and ":" not in line and "|" not in line and label(line) is None


def _heading(line: str, below: str, at: int, entries: list[Entry]) -> None:
    """A label alone on its line, its value alone on the next."""
    found = label(line)
    if found and found.field != "stop" and _is_value(below):
        entries.append(entry((*found, below.strip(), at)))


def _pairs(cells: list[str], columns: Sequence[Label | None], at: int, entries: list[Entry]) -> None:
    """A row of label and value cells in turn; what heads a column need not be a label."""
    before = columns[0] and label(cells[0])
    if before and before.field != "stop" and not (columns[1] and label(cells[1])):
        entries.append(entry((*before, cells[1], at)))
    if len(cells) == 2:
        return
    for place in range(1, len(cells) - 1):
        here = columns[place] and label(cells[place])
        if here and not before and here.field != "stop" and not (columns[place + 1] and label(cells[place + 1])):
            entries.append(entry((*here, cells[place + 1], at)))
        before = here


def _head(cells: list[str], found: Sequence[Label | None]) -> _Head | None:
    """The head a row is, or None: labels stand side by side only there."""
    if _is_pairs(found):
        return None
    known = len(found) - found.count(None)
    first = found[0]
    counted = first is not None and (first.field == "lot_no" or first.words in _COUNTERS)
    if known * 2 < len(cells) or not any(a and b for a, b in pairwise(found)):
        priced = any(here is not None and here.field in MONEY for here in found)
        if not (counted or priced) or _SAYS_NUMBER.search("".join(cells)):
            return None
    columns: dict[str, tuple[int, str, str]] = {}
    for place, here in enumerate(found):
        if here:
            words = f"{here.words}（{here.note}）" if here.note else here.words
            columns.setdefault(here.field, (place, here.field, words))
    return _Head(len(cells), list(columns.values()))


def _is_pairs(found: Sequence[Label | None]) -> bool:
    """Labels and values in turn, and not a head that counts its rows."""
    first = found[0]
    if first is None or first.field == "lot_no" or first.words in _COUNTERS or len(found) % 2:
        return False
    return None not in found[::2] and not any(found[1::2])


def _filled(cells: list[str], width: int, above: list[str]) -> list[str] | None:
    """A row at the width of its head; one without its first cell takes it from the row above. Sums are left out."""
    if len(cells) < 2 or cells[0].startswith(("合计", "总计", "小计", "总价")):
        return None
    if len(cells) == width:
        return cells
    return above[:1] + cells if above and len(cells) == width - 1 else None
