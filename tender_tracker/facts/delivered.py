"""An award's or contract's text → the goods delivered as printed: name, brand, model, quantity, prices, supplier.

Read from tables whose head or first column names a brand or model, and from labelled entries (品牌：…；规格型号：…).
Goods of a runner-up, cells such as 详见附件 and prices without a printed currency are left out: nothing is a guess.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from tender_tracker.facts.goods import goods, unpacked
from tender_tracker.flagging.structure import Structure
from tender_tracker.flagging.text import normalise
from tender_tracker.model import Delivered

_WHAT = r"(?:(?:主要)?(?:货物|产品|设备|商品|标的物?|采购标的|中标标的|成交标的))"
_COLUMNS = {
    "name": re.compile(rf"{_WHAT}名称|名称|品名|采购标的|{_WHAT}"),
    "brand": re.compile(r"(?:货物|产品|设备|商品|所投|投标)?品牌"),
    "model": re.compile(
        r"(?:货物|产品|设备|商品|实到)?(?:品牌[/、]?(?:规格)?(?:型号)?|(?:规格|品牌)?[/、]?型号|型号[/、]?(?:规格|主要配置|配置))"
    ),
    "quantity": re.compile(rf"{_WHAT}?(?:采购)?数量"),
    "unit_price": re.compile(rf"{_WHAT}?(?:含税|中标|成交|投标)?单价"),
    "total": re.compile(rf"{_WHAT}?(?:含税|中标|成交|投标)?(?:总价|合价|总金额|金额小计)"),
    "supplier": re.compile(r"(?:中标|成交|中选)(?:供应商|人|单位)(?:名称)?|供应商(?:名称)?|供货商(?:名称)?"),
}
"""Heads of columns and labels of entries, without what stands in brackets behind them."""
_FIGURES = ("quantity", "unit_price", "total")
_LABEL = re.compile(
    rf"[|；;，,。\s]\s?(?:(?P<label>{'|'.join(f'(?:{column.pattern})' for column in _COLUMNS.values())})"
    r"(?:[（(][^（）()\n]{0,12}[）)])?\s?[:：]"
    rf"|(?P<figure>{'|'.join(f'(?:{_COLUMNS[column].pattern})' for column in _FIGURES)})(?:为|(?=[\d￥¥])))"
)
"""品牌：华为; in a sentence also 数量2台 and 单价为98.6万元. The character before is part of it: a search
leaps to those."""
_ENTRY_END = re.compile(r"[；;|\n]|[。，](?=\s|$)")
_APART = 2
"""Line breaks that may lie between two entries of one row of goods."""
_BRACKET = re.compile(r"\s*[（(][^（）()]*[）)]\s*$")
_RUNNER_UP = re.compile(r"第\s?[二三四五2-5]\s?(?:名|位)?(?:中标|成交|中选)?候选|排名第?\s?[二三四五2-5]")
_GOODS = re.compile("品牌|型号")
_LABELLED = re.compile(r"(?:品牌|型号)(?s:.{0,28})[:：]")
"""Without it no entry names a brand or model: looking for all labels takes as long as reading the tables."""


class _Line(NamedTuple):
    """A line of the text with its place in it, the name of its lot and its cells."""

    start: int
    words: str
    lot: str | None
    cells: list[str]


def delivered(text: str) -> tuple[Delivered, ...]:
    """`text` of an award, a contract or a file attached to one → its rows of goods in the order they stand."""
    if not _GOODS.search(text):
        return ()
    lines = list(_lines(text))
    found = [*_rows(lines), *_columns(text, lines), *_entries(text, lines)]
    return tuple(sorted(found, key=lambda row: row.start))


def _lines(text: str) -> Iterator[_Line]:
    """Lines of the winner; one blank line is put before the text so that its first line is read as the others are."""
    normal = normalise(f"\n{text}")
    structure = Structure(normal.text)
    lots = {key: " ".join(normal.quote(label.start, label.end)[2].split()) for key, label in structure.lots.items()}
    for line in structure.lines:
        if line.section != "runner-up" and line.end > line.start:
            start, end, _ = normal.quote(line.start, line.end)
            words = text[start - 1 : end - 1]
            cells = [cell.strip() for cell in words.split("|")]
            lot = structure.lot(line.end) if len(cells) > 1 else line.lot
            yield _Line(start - 1, words, lots.get(lot or ""), cells)


def _rows(lines: Sequence[_Line]) -> Iterator[Delivered]:
    """Rows under a head."""
    heads: list[str] = []
    places: dict[str, int] = {}
    for line in lines:
        if len(line.cells) < 3:
            heads, places = [], {}
        elif found := _head(line.cells):
            heads, places = line.cells, found
        elif len(line.cells) == len(heads) and places:
            row = {column: (heads[at], line.cells[at]) for column, at in places.items()}
            for values in unpacked(row):
                if one := goods(values, line.lot, line.words, line.start):
                    yield one


def _head(cells: Sequence[str]) -> dict[str, int]:
    """Column → index, when the cells head goods with a brand or model; {} otherwise."""
    found: dict[str, int] = {}
    for at, cell in enumerate(cells):
        column = _column(cell)
        if column == "name" or (column and column not in found):
            found[column] = at  # of 品目名称 and 采购标的 the later says more
    return found if "name" in found and found.keys() & {"brand", "model"} else {}


@lru_cache(4096)
def _column(cell: str) -> str | None:
    title = _BRACKET.sub("", cell).split("\u3000")[-1].split(" ")[-1]
    return next((name for name, pattern in _COLUMNS.items() if pattern.fullmatch(title)), None)


def _columns(text: str, lines: Sequence[_Line]) -> Iterator[Delivered]:
    """Tables that stand on their side: each line a label and what it is of each of the goods."""
    block: list[_Line] = []
    for line in [*lines, _Line(len(text), "", None, [])]:
        label, *told = line.cells or [""]
        sideways = bool(told) and _column(label) is not None and not any(map(_column, told))
        if block and not (sideways and len(line.cells) == len(block[0].cells)):
            yield from _turned(text, block)
            block = []
        if sideways:
            block.append(line)


def _turned(text: str, block: Sequence[_Line]) -> Iterator[Delivered]:
    labels = {_column(line.cells[0]): line.cells for line in block}
    if "name" not in labels or not labels.keys() & {"brand", "model"} or len(labels) < len(block):
        return
    start, end = block[0].start, block[-1].start + len(block[-1].words)
    for place in range(1, len(block[0].cells)):
        values = {column: (cells[0], cells[place]) for column, cells in labels.items() if column}
        if one := goods(values, block[0].lot, text[start:end], start):
            yield one


def _entries(text: str, lines: Sequence[_Line]) -> Iterator[Delivered]:
    """Labelled entries side by side or on lines of their own; a name begins the next row of goods."""
    group: dict[str, tuple[str, str]] = {}
    start = end = 0
    by_place = {line.start: line for line in lines}
    if not _LABELLED.search(text):
        return
    labels = list(_LABEL.finditer(f"\n{text}"))  # so a place in it is one more than that in the text
    for at, label in enumerate(labels):
        words = label["label"] or label["figure"]
        column = next(name for name, pattern in _COLUMNS.items() if pattern.fullmatch(words))
        label_start, label_end = label.start(), label.end() - 1
        following = labels[at + 1].start() if at + 1 < len(labels) else len(text)
        stop = _ENTRY_END.search(text, label_end, following)
        value_end = stop.start() if stop else following
        begins = column == "name" and group.keys() != {"supplier"}
        if begins or text.count("\n", end, label_start) > _APART or column in group:
            yield from _grouped(group, text, start, end, by_place)
            group = {}
        if not group:
            start = label.start("label" if label["label"] else "figure") - 1
        head = text[label_start:label_end].strip()
        group[column] = (head, text[label_end:value_end].strip())
        end = value_end
    yield from _grouped(group, text, start, end, by_place)


def _grouped(
    group: dict[str, tuple[str, str]], text: str, start: int, end: int, lines: dict[int, _Line]
) -> Iterator[Delivered]:
    above = text.rfind("\n", 0, start) + 1
    line = lines.get(above)
    if line and not _RUNNER_UP.search(text, above, start) and group.keys() & {"brand", "model"}:
        for values in unpacked(group):
            if one := goods(values, line.lot, text[start:end].rstrip(), start):
                yield one
