"""The words before the colon: what notices call their fields, and block text → labelled entries.

A label is found by the end of what stands before a colon or in a cell, because Chinese puts the head last: 原公告的采购项目编号
ends in 采购项目编号. So text without line breaks works too: the next label ends the value.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from importlib import resources
from itertools import pairwise
from typing import NamedTuple

_WORDS = tomllib.loads(resources.files("tender_tracker").joinpath("labels.toml").read_text("utf-8"))
LABELS: dict[str, str] = {label: field for field, labels in _WORDS.items() for label in labels.split()}
_LONGEST = max(map(len, LABELS))
_LENGTHS = tuple(range(_LONGEST, 1, -1))
_LAST = frozenset(label[-1] for label in LABELS) | frozenset("为）)]】 \u3000")
_NOTE = re.compile(r"[（(【\[]([^（）()【】\[\]]*)[）)】\]]")
_NOT_MONEY = re.compile(r"单价|保证金|代理|服务费|文件|信用|资本|下浮|费率|收费|使用费|履约|投资|编号|保险|工本")
_MONEY_FIELDS = frozenset(("budget", "cap", "award", "offer"))
_NUMERALS = frozenset("0123456789一二三四五六七八九十ⅠⅡⅢⅣⅤIV")
_NUMBERING = re.compile(
    r"^(?:[（(]?(?:\d{1,2}|[一二三四五六七八九十]{1,3})(?:[.．]\d{1,2}){0,3}[）)]?[、.．，,:：\s]*|[★*●◆■▲①-⑳·•\-\s]+)+(?=\D)"
)
_COUNTERS = ("序号", "品目号")
_SAYS_NUMBER = re.compile(r"\d{3,}|\d(?:万|元|年|台|套|项|月)")


class Entry(NamedTuple):
    """A labelled value: `label` without blanks, `note` what its brackets say (a unit), `at` and `start` where line and label start."""

    field: str
    label: str
    note: str
    value: str
    at: int
    start: int


class Row(NamedTuple):
    """A row of a table with a head: field of each column → (head, cell); `head` numbers the table in the text."""

    cells: dict[str, tuple[str, str]]
    head: int
    at: int


def entries(text: str) -> Iterator[Entry]:
    """Block text (or text without any line breaks) → every labelled value in reading order, `stop` labels left out."""
    at = 0
    lines = text.split("\n")
    for number, line in enumerate(lines):
        if "|" in line:
            yield from _of_cells(line, at)
        elif "：" in line or ":" in line:
            below = lines[number + 1] if number + 1 < len(lines) else ""
            yield from _of_line(line.replace(":", "："), below, at)
        elif 1 < len(line) < 24 and number + 1 < len(lines):
            yield from _of_heading(line, lines[number + 1], at)
        at += len(line) + 1


def _of_line(line: str, below: str, at: int) -> Iterator[Entry]:
    parts = line.split("：")
    last = len(parts) - 1
    found: Found | None = None
    value, where, start = "", at, at
    for number, part in enumerate(parts):
        here = label_at_end(part) if number < last else None
        if here and found and found.field == "project_name" and here.start:
            here = _shorter(here, part)
        value += part[: here.start] if here else part + ("：" if number < last else "")
        if (here or number == last) and found and found.field != "stop":
            given = value.strip() or (below.strip() if number == last and _is_value(below) else "")
            yield Entry(found.field, found.label, found.note, given, at, start)
        if here:
            found, value, start = here, "", where + here.start
        where += len(part) + 1


def _shorter(here: Found, part: str) -> Found:
    """A name that runs into the next label keeps its last word: 劳务派遣服务采购|预算金额, not 劳务派遣服务|采购预算金额."""
    for lead in ("采购", "项目", "招标"):
        rest = here.label.removeprefix(lead)
        if here.field in _MONEY_FIELDS and LABELS.get(rest) == here.field and rest != here.label:
            return here._replace(label=rest, start=here.start + len(lead))
    return here


def _is_value(line: str) -> bool:
    return 0 < len(line) < 80 and "：" not in line and ":" not in line and label(line) is None


def _of_heading(line: str, below: str, at: int) -> Iterator[Entry]:
    """A label alone on its line, its value alone on the next."""
    found = label(line)
    if found is not None and found.field != "stop" and _is_value(below) and "|" not in below:
        yield Entry(found.field, found.label, found.note, below.strip(), at, at)


def _of_cells(line: str, at: int) -> Iterator[Entry]:
    """A row of label and value cells in turn; a head of columns has labels side by side and is left to rows()."""
    cells = [cell.strip() for cell in line.split("|")]
    found = [label(cell) for cell in cells]
    for number, here in enumerate(found[:-1]):
        if here is None or found[number + 1] is not None or (number and found[number - 1] is not None):
            continue
        if here.field != "stop":
            yield Entry(here.field, here.label, here.note, cells[number + 1], at, at)
    for cell in cells:
        if "：" in cell or ":" in cell:
            yield from _of_line(cell.replace(":", "："), "", at)


class Found(NamedTuple):
    field: str
    label: str
    note: str
    start: int


def label(cell: str) -> Found | None:
    """A cell or heading that is a label as a whole, numbering and a colon set aside."""
    if not cell or len(cell) > 40:
        return None
    bare = "".join(_NUMBERING.sub("", cell).split()).rstrip("：:")
    note = "".join(_NOTE.findall(bare))
    name = _NOTE.sub("", bare).rstrip("0123456789")
    field = LABELS.get(name) or (LABELS.get(bare) if note else None)
    if field is None:
        return None
    if field in _MONEY_FIELDS and _NOT_MONEY.search(bare):
        field = "stop"
    return Found(field, name, note, 0)


def label_at_end(part: str) -> Found | None:
    """The label a passage before a colon ends in."""
    if not part or part[-1] not in _LAST:
        return None
    tail = part[-40:]
    bare = "".join(tail.split())
    note = ""
    if bare and bare[-1] in "）)】]":
        notes = list(_NOTE.finditer(bare))
        if not notes:
            return None
        note = "".join(found.group(1) for found in notes if found.end() > len(bare) - 16)
        name = _NOTE.sub("", bare)
    elif "（" in bare or "(" in bare:
        name = _NOTE.sub("", bare)
    else:
        name = bare
    name = name.removesuffix("为")
    for length in _LENGTHS:
        field = LABELS.get(name[-length:]) if length <= len(name) else None
        if field is not None:
            break
    else:
        return None
    if field in _MONEY_FIELDS and _NOT_MONEY.search(name[-length - 8 :] + note):
        field = "stop"
    if field == "lot_no" and name[: -length][-1:] in _NUMERALS:
        return None  # 一标段：… names a lot, it does not ask for one
    return Found(field, name[-length:], note, _start(part, name[-length]))


def _start(part: str, first: str) -> int:
    """Where the label begins in the passage; labels are short, so the last place of its first sign will do."""
    return max(part.rfind(first), 0)


def rows(text: str) -> Iterator[Row]:
    """Rows of the tables that have a head of columns; sums (合计) are left out."""
    head: list[Found | None] = []
    before: list[str] = []
    heads = at = 0
    for line in text.split("\n"):
        if "|" not in line:
            head = []
        else:
            cells = [cell.strip() for cell in line.split("|")]
            found = _head(cells)
            if found:
                head, before, heads = found, [], heads + 1
            elif head and len(cells) > 1 and not cells[0].startswith(("合计", "总计", "小计", "总价")):
                missing = len(head) - len(cells)
                if missing == 0 or (missing == 1 and before):
                    before = cells = before[:missing] + cells
                    yield Row(_named(head, cells), heads, at)
        at += len(line) + 1


def _head(cells: list[str]) -> list[Found | None]:
    """The columns a row names, or nothing when it is no head: labels stand side by side only there."""
    found = [
        label(cell) or (label_at_end(cell) if 2 < len(cell) < 20 and not cell[-1].isdigit() else None) for cell in cells
    ]
    known = [here is not None for here in found]
    if sum(known) < 2 or found[1:2] == [None] and _is_pairs(found):
        return []
    numbered = found[0] is not None and (found[0].field == "lot_no" or found[0].label in _COUNTERS)
    beside = sum(known) * 2 >= len(cells) and any(a and b for a, b in pairwise(known))
    priced = any(here is not None and here.field in _MONEY_FIELDS for here in found)
    return found if beside or ((numbered or priced) and not _SAYS_NUMBER.search("".join(cells))) else []


def _is_pairs(found: list[Found | None]) -> bool:
    """Labels and values in turn, and not a head that counts its rows."""
    first = found[0]
    if first is None or first.field == "lot_no" or first.label in _COUNTERS or len(found) % 2:
        return False
    return all(here is not None for here in found[::2]) and not any(found[1::2])


def _named(head: list[Found | None], cells: list[str]) -> dict[str, tuple[str, str]]:
    named: dict[str, tuple[str, str]] = {}
    for column, cell in zip(head, cells, strict=True):
        if column is not None and column.field not in named:
            named[column.field] = (column.label + (f"（{column.note}）" if column.note else ""), cell)
    return named
