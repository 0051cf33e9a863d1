"""Block text → what it labels: values behind labels, and the rows of tables that have a head of columns.

The words are in `labels.toml`. A label is known by its end, because Chinese puts the head last: 原公告的采购项目编号
ends in 采购项目编号. So text without any line break works too: the next label ends the value.
"""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from functools import lru_cache
from importlib import resources
from itertools import pairwise
from typing import NamedTuple

_WORDS = tomllib.loads(resources.files(__package__).joinpath("labels.toml").read_text("utf-8"))
LABELS: dict[str, str] = {label: field for field, labels in _WORDS.items() for label in labels.split()}
MONEY = frozenset(("budget", "cap", "award", "offer"))

_BY_END: defaultdict[str, list[str]] = defaultdict(list)
for _label in sorted(LABELS, key=len, reverse=True):
    _BY_END[_label[-2:]].append(_label)
_LAST = frozenset(label[-1] for label in LABELS) | frozenset("为）)]】 ：:0123456789")
_NOTE = re.compile(r"[（(【\[]([^（）()【】\[\]]*)[）)】\]]")
_BRACKETS = frozenset("（(【[")
_NOT_MONEY = re.compile(r"单价|保证金|代理|服务费|文件|信用|资本|下浮|费率|收费|使用费|履约|投资|编号|保险|工本")
_NUMERALS = frozenset("0123456789一二三四五六七八九十ⅠⅡⅢⅣⅤIV")
_NUMBERING = re.compile(
    r"^(?:[（(]?(?:\d{1,2}|[一二三四五六七八九十]{1,3})(?:[.．]\d{1,2}){0,3}[）)]?[、.．，,:：\s]*|[★*●◆■▲①-⑳·•\-\s]+)+(?=\D)"
)
_NUMBERED = frozenset("（(0123456789一二三四五六七八九十★*●◆■▲①②③④⑤⑥⑦⑧⑨⑩·•- \u3000")
_COUNTERS = ("序号", "品目号")
_SAYS_NUMBER = re.compile(r"\d{3,}|\d(?:万|元|年|台|套|项|月)")


class Entry(NamedTuple):
    """A labelled value: `label` without blanks, `note` what its brackets say (a unit), `start` where it stands."""

    field: str
    label: str
    note: str
    value: str
    start: int


class Row(NamedTuple):
    """A row of a table with a head: the field of each known column → (head, cell); `at` is where the row starts."""

    cells: dict[str, tuple[str, str]]
    at: int


class Scan(NamedTuple):
    """All a text labels, in reading order."""

    entries: list[Entry]
    rows: list[Row]


class Found(NamedTuple):
    """A label: its field, its words, what its brackets say, and where it starts in the passage it ends."""

    field: str
    label: str
    note: str
    start: int


def scan(text: str) -> Scan:
    """Block text (or text without any line breaks) → labelled values and table rows; `stop` labels are left out."""
    entries: list[Entry] = []
    rows: list[Row] = []
    head: list[Found | None] = []
    above: list[str] = []
    at = 0
    lines = text.split("\n")
    lines.append("")
    for line, below in pairwise(lines):
        if "|" in line:
            cells = list(map(str.strip, line.split("|")))
            labelled = list(map(label, cells))
            found = _head(cells, labelled)
            if found:
                head, above = found, []
                at += len(line) + 1
                continue
            if head and (filled := _filled(cells, head, above)):
                above = filled
                rows.append(Row(_named(head, filled), at))
            if any(labelled):
                _pairs(cells, labelled, at, entries)
            if "：" in line or ":" in line:
                for cell in cells:
                    if "：" in cell or ":" in cell:
                        _line(cell.replace(":", "："), "", at, entries)
        else:
            head = []
            if "：" in line or ":" in line:
                _line(line.replace(":", "："), below, at, entries)
            elif 1 < len(line) < 24 and below:
                _heading(line, below, at, entries)
        at += len(line) + 1
    return Scan(entries, rows)


def _line(line: str, below: str, at: int, entries: list[Entry]) -> None:
    """项目编号：A项目名称：B → both; a label that ends the line has its value on the next."""
    parts = line.split("：")
    last = len(parts) - 1
    found: Found | None = None
    value, where, start = "", at, at
    for number, part in enumerate(parts):
        here = label_at_end(part) if number < last else None
        if here and found and found.field == "project_name" and here.start:
            here = _shorter(here)
        if here is None:
            value += part if number == last else part + "："
        elif here.start:
            value += part[: here.start]
        if found and found.field != "stop" and (here or number == last):
            given = value.strip() or (below.strip() if number == last and _is_value(below) else "")
            entries.append(Entry(found.field, found.label, found.note, given, start))
        if here:
            found, value, start = here, "", where + here.start
        where += len(part) + 1


def _shorter(here: Found) -> Found:
    """A name that runs into the next label keeps its last word: 派遣服务采购|预算金额, not 派遣服务|采购预算金额."""
    for lead in ("采购", "项目", "招标"):
        rest = here.label.removeprefix(lead)
        if rest != here.label and here.field in MONEY and LABELS.get(rest) == here.field:
            return here._replace(label=rest, start=here.start + len(lead))
    return here


def _is_value(line: str) -> bool:
    return 0 < len(line) < 80 and "：" not in line and ":" not in line and "|" not in line and label(line) is None


def _heading(line: str, below: str, at: int, entries: list[Entry]) -> None:
    """A label alone on its line, its value alone on the next."""
    found = label(line)
    if found is not None and found.field != "stop" and _is_value(below):
        entries.append(Entry(found.field, found.label, found.note, below.strip(), at))


def _pairs(cells: list[str], labelled: list[Found | None], at: int, entries: list[Entry]) -> None:
    """A row of label and value cells in turn."""
    before = None
    for number, here in enumerate(labelled[:-1]):
        if here is not None and before is None and here.field != "stop" and labelled[number + 1] is None:
            entries.append(Entry(here.field, here.label, here.note, cells[number + 1], at))
        before = here


def label(cell: str) -> Found | None:
    """A cell or heading that is a label as a whole, numbering and a colon set aside."""
    if not cell or len(cell) > 40 or cell[-1] not in _LAST:
        return None
    return _whole(cell)


@lru_cache(maxsize=8192)
def _whole(cell: str) -> Found | None:
    bare = "".join(cell.split())
    if cell[0] in _NUMBERED:
        bare = _NUMBERING.sub("", bare)
    bare = bare.rstrip("：:")
    note = "".join(_NOTE.findall(bare))
    name = _NOTE.sub("", bare).rstrip("0123456789")
    field = LABELS.get(name)
    if field is None:
        return None
    return Found("stop" if field in MONEY and _NOT_MONEY.search(bare) else field, name, note, 0)


def label_at_end(part: str) -> Found | None:
    """The label a passage before a colon ends in."""
    if not part or part[-1] not in _LAST:
        return None
    found = _ending(part[-40:])
    # Labels are short, so the last place of its first sign is where it starts, blanks inside or not (名　称).
    if found is None:
        return None
    return Found(found.field, found.label, found.note, max(part.rfind(found.label[0]), 0))


@lru_cache(maxsize=8192)
def _ending(tail: str) -> Found | None:
    name, note = "".join(tail.split()), ""
    if not _BRACKETS.isdisjoint(name):
        note = "".join(found.group(1) for found in _NOTE.finditer(name) if found.end() > len(name) - 16)
        name = _NOTE.sub("", name)
    name = name.removesuffix("为")
    ending = next((label for label in _BY_END.get(name[-2:], ()) if name.endswith(label)), None)
    if ending is None:
        return None
    field, before = LABELS[ending], name[: -len(ending)]
    if field == "lot_no" and before[-1:] in _NUMERALS:
        return None  # 一标段：… names a lot, it does not ask for one
    if field in MONEY and _NOT_MONEY.search(before[-8:] + ending + note):
        field = "stop"
    return Found(field, ending, note, 0)


def _head(cells: list[str], labelled: list[Found | None]) -> list[Found | None]:
    """The columns a row names, or nothing when it is no head: labels stand side by side only there."""
    if len(cells) == 2 and labelled[1] is None and not _may_be_column(cells[1]):
        return []  # a label and its value: most rows
    found = [
        whole or (_column(cell) if _may_be_column(cell) else None) for cell, whole in zip(cells, labelled, strict=True)
    ]
    known = len(found) - found.count(None)
    if known < 2 or _is_pairs(found):
        return []
    if known * 2 >= len(cells) and any(a and b for a, b in pairwise(found)):
        return found
    counted = found[0] is not None and (found[0].field == "lot_no" or found[0].label in _COUNTERS)
    priced = any(here is not None and here.field in MONEY for here in found)
    return found if (counted or priced) and not _SAYS_NUMBER.search("".join(cells)) else []


def _may_be_column(cell: str) -> bool:
    return 2 < len(cell) < 20 and cell[-1] in _LAST and not cell[-1].isdigit()


def _column(cell: str) -> Found | None:
    """A head that ends in a label of money: 预算金额/最高限价. Other endings are those of names: 服务器采购项目."""
    found = label_at_end(cell)
    return found if found and (found.field in MONEY or found.field in ("stop", "lot_title", "lot_no")) else None


def _is_pairs(found: list[Found | None]) -> bool:
    """Labels and values in turn, and not a head that counts its rows."""
    first = found[0]
    if first is None or first.field == "lot_no" or first.label in _COUNTERS or len(found) % 2:
        return False
    return None not in found[::2] and not any(found[1::2])


def _filled(cells: list[str], head: list[Found | None], above: list[str]) -> list[str] | None:
    """A row at the width of its head; one without its first cell takes it from the row above. Sums are left out."""
    if len(cells) < 2 or cells[0].startswith(("合计", "总计", "小计", "总价")):
        return None
    if len(cells) == len(head):
        return cells
    return above[:1] + cells if above and len(cells) == len(head) - 1 else None


def _named(head: list[Found | None], cells: list[str]) -> dict[str, tuple[str, str]]:
    named: dict[str, tuple[str, str]] = {}
    for column, cell in zip(head, cells, strict=True):
        if column is not None and column.field not in named:
            named[column.field] = (f"{column.label}（{column.note}）" if column.note else column.label, cell)
    return named
