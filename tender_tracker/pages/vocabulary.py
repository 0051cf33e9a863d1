"""Words before a colon, in a cell or on a line → the label they are; the labels are in `labels.toml`.

A label is known by its end, because Chinese puts the head last: 原公告的采购项目编号 ends in 采购项目编号.
"""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from collections.abc import Callable
from importlib import resources
from typing import NamedTuple

_WORDS = tomllib.loads(resources.files(__package__).joinpath("labels.toml").read_text("utf-8"))
LABELS: dict[str, str] = {label: field for field, labels in _WORDS.items() for label in labels.split()}
MONEY = frozenset(("budget", "cap", "award", "offer"))

_BY_END: defaultdict[str, list[str]] = defaultdict(list)
for _label in sorted(LABELS, key=len, reverse=True):
    _BY_END[_label[-2:]].append(_label)
_DIGITS, _OPENING = "0123456789", "（(【["
_CLOSING = frozenset("）)】]")
_TRAILS = frozenset("为 ：:")
_LAST = frozenset(label[-1] for label in LABELS) | _TRAILS | _CLOSING | frozenset(_DIGITS)
_NOTE = re.compile(r"[（(【\[]([^（）()【】\[\]]*)[）)】\]]")
_BRACKETS = frozenset(_OPENING)
_NOT_MONEY = re.compile(r"单价|保证金|代理|服务费|文件|信用|资本|下浮|费率|收费|使用费|履约|投资|编号|保险|工本")
_NUMERALS = frozenset("0123456789一二三四五六七八九十ⅠⅡⅢⅣⅤIV")
_NUMBERING = re.compile(
    r"^(?:[（(]?(?:\d{1,2}|[一二三四五六七八九十]{1,3})(?:[.．]\d{1,2}){0,3}[）)]?[、.．，,:：\s]*|[★*●◆■▲①-⑳·•\-\s]+)+(?=\D)"
)
_NUMBERED = frozenset("（(0123456789一二三四五六七八九十★*●◆■▲①②③④⑤⑥⑦⑧⑨⑩·•- \u3000")


class Label(NamedTuple):
    """A label: its field, its words, what its brackets say."""

    field: str
    words: str
    note: str


_BARE = {
    words: Label("stop" if field in MONEY and _NOT_MONEY.search(words) else field, words, "")
    for words, field in LABELS.items()
}
"""Labels as they stand by themselves, which most do."""


_LONG, _MANY = 40, 10_000
"""Characters of the longest label with all that may stand around it; words remembered."""


class _Known(dict[str, Label | None]):
    """Words → the label they are, or None: those met lately, since sites write the same cells again and again."""

    def __init__(self, find: Callable[[str], Label | None]) -> None:
        super().__init__(_BARE)
        self._find = find

    def __missing__(self, words: str) -> Label | None:
        found = self._find(words) if words and words[-1] in _LAST else None
        if len(words) <= _LONG:
            if len(self) > _MANY:
                self.clear()
                self.update(_BARE)
            self[words] = found
        return found


def _whole(cell: str) -> Label | None:
    if len(cell) > _LONG or (cell.isalpha() and cell[0] not in _NUMBERED):
        return None  # bare, and then it would be known
    if not _may_end(cell.rstrip(_DIGITS) if cell[-1] in _DIGITS else cell):
        return None
    bare = "".join(cell.split())
    if cell[0] in _NUMBERED:
        bare = _NUMBERING.sub("", bare)
    bare = bare.rstrip("：:")
    note = "".join(_NOTE.findall(bare))
    words = _NOTE.sub("", bare).rstrip(_DIGITS)
    field = LABELS.get(words)
    if field is None:
        return None
    return Label("stop" if field in MONEY and _NOT_MONEY.search(bare) else field, words, note)


def _ending(part: str) -> Label | None:
    if not _may_end(part):
        return None
    tail = part[-_LONG:]
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
    return Label(field, ending, note)


def _column(cell: str) -> Label | None:
    here = label(cell)
    if here or not 2 < len(cell) < 20 or cell[-1].isdigit():
        return here
    found = label_at_end(cell)
    return found if found and (found.field in MONEY or found.field in ("stop", "lot_title", "lot_no")) else None


def _may_end(part: str) -> bool:
    """Whether a passage ends, a note in brackets set aside, as some label does: most values are done here."""
    if part[-2:] in _BY_END:
        return True
    if part[-1:] in _CLOSING:
        return _may_end(part[: max(0, *map(part.rfind, _OPENING))])
    return part[-1:] in _TRAILS or part[-2:-1] in _CLOSING or part[-2:-1].isspace()


label = _Known(_whole).__getitem__
"""A cell or heading → the label it is as a whole, numbering and a colon set aside, or None."""
label_at_end = _Known(_ending).__getitem__
"""A passage before a colon → the label it ends in, or None."""
column = _Known(_column).__getitem__
"""A cell → the column it heads, or None: a label, or what ends in one of money (预算金额/最高限价).

Other endings are those of names: 服务器采购项目.
"""
