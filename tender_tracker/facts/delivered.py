"""An award's or contract's text → the goods delivered as printed: name, brand, model, quantity, unit price.

Read from tables whose head names a brand or model column, and from labelled entries (品牌：…；规格型号：…). Goods of a
runner-up, cells such as 详见附件 and prices without a printed 元 or 万元 are left out: nothing here is a guess.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from tender_tracker.flagging.structure import Line, Structure
from tender_tracker.flagging.text import Normal, normalise
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
}
"""Heads of columns and labels of entries, without what stands in brackets behind them."""
_LABEL = re.compile(
    rf"(?:(?<=[|；;，,\s])|^)\s?(?P<label>{'|'.join(f'(?:{column.pattern})' for column in _COLUMNS.values())})"
    r"(?:[（(][^（）()\n]{0,12}[）)])?\s?[:：]",
    re.M,
)
_ENTRY_END = re.compile(r"[；;|\n]|[。，](?=\s|$)")
_APART = 2
"""Line breaks that may lie between two entries of one row of goods."""
_BRACKET = re.compile(r"\s*[（(][^（）()]*[）)]\s*$")
_NOTHING = re.compile(
    r"[\s/\\—–\-_无*]*|(?:详?见|参见).*|(?:按|同)(?:上|左|前|合同|投标文件|招标文件|采购文件)|合计|总计|小计|定制"
)
_RUNNER_UP = re.compile(r"第\s?[二三四五2-5]\s?(?:名|位)?(?:中标|成交|中选)?候选|排名第?\s?[二三四五2-5]")
_QUANTITY = re.compile(r"(?P<n>\d[\d,]*(?:\.\d+)?)\s?(?P<scale>万)?\s?[（(]?(?P<unit>[\u4e00-\u9fff]{0,3})[）)]?")
_PRICE = re.compile(
    r"(?P<sign>[￥¥]|人民币)?\s?(?P<n>\d[\d,]*(?:\.\d+)?)\s?(?P<unit>万?元)?(?:\s?[/／]\s?[\u4e00-\u9fff]{1,3})?"
)
_GOODS = re.compile("品牌|型号")


def delivered(text: str) -> tuple[Delivered, ...]:
    """`text` of an award or contract as read → its rows of goods in the order they stand."""
    if not _GOODS.search(text):
        return ()
    normal = normalise(f"\n{text}")
    structure = Structure(normal.text)
    lots = {key: " ".join(normal.quote(label.start, label.end)[2].split()) for key, label in structure.lots.items()}
    rows = [*_rows(text, normal, structure, lots), *_entries(text, normal, structure, lots)]
    return tuple(sorted(rows, key=lambda row: row.start))


def _lines(text: str, normal: Normal, structure: Structure) -> Iterator[tuple[Line, int, str]]:
    """Lines of the winner with their place in the text (one blank line was put before it) and their words."""
    for line in structure.lines:
        if line.section != "runner-up" and line.end > line.start:
            start, end, _ = normal.quote(line.start, line.end)
            yield line, start - 1, text[start - 1 : end - 1]


def _rows(text: str, normal: Normal, structure: Structure, lots: dict[str, str]) -> Iterator[Delivered]:
    heads: list[str] = []
    places: dict[str, int] = {}
    for line, start, words in _lines(text, normal, structure):
        cells = [cell.strip() for cell in words.split("|")]
        if len(cells) < 3:
            heads, places = [], {}
        elif found := _head(cells):
            heads, places = cells, found
        elif len(cells) == len(heads) and places:
            values = {column: (heads[at], cells[at]) for column, at in places.items()}
            if row := _row(values, lots.get(structure.lot(line.end) or ""), words, start):
                yield row


def _head(cells: Sequence[str]) -> dict[str, int]:
    """Column → index, when the cells head goods with a brand or model; {} otherwise."""
    found: dict[str, int] = {}
    for at, cell in enumerate(cells):
        title = _BRACKET.sub("", cell).split("\u3000")[-1].split(" ")[-1]
        column = next((name for name, pattern in _COLUMNS.items() if pattern.fullmatch(title)), None)
        if column == "name" or (column and column not in found):
            found[column] = at  # of 品目名称 and 采购标的 the later says more
    return found if "name" in found and found.keys() & {"brand", "model"} else {}


def _entries(text: str, normal: Normal, structure: Structure, lots: dict[str, str]) -> Iterator[Delivered]:
    """Labelled entries side by side or on lines of their own; a name begins the next row of goods."""
    group: dict[str, tuple[str, str]] = {}
    start = end = 0
    by_place = {place: line for line, place, _ in _lines(text, normal, structure)}
    labels = list(_LABEL.finditer(text))
    for at, label in enumerate(labels):
        column = next(name for name, pattern in _COLUMNS.items() if pattern.fullmatch(label["label"]))
        following = labels[at + 1].start() if at + 1 < len(labels) else len(text)
        stop = _ENTRY_END.search(text, label.end(), following)
        value_end = stop.start() if stop else following
        if column == "name" or text.count("\n", end, label.start()) > _APART or column in group:
            yield from _grouped(group, text, start, end, by_place, lots)
            group, start = {}, label.start("label")
        group[column] = (text[label.start("label") : label.end()], text[label.end() : value_end].strip())
        end = value_end
    yield from _grouped(group, text, start, end, by_place, lots)


def _grouped(
    group: dict[str, tuple[str, str]], text: str, start: int, end: int, lines: dict[int, Line], lots: dict[str, str]
) -> Iterator[Delivered]:
    line = lines.get(text.rfind("\n", 0, start) + 1)
    if line is None or "name" not in group or not group.keys() & {"brand", "model"}:
        return
    if _RUNNER_UP.search(text, text.rfind("\n", 0, start) + 1, start):
        return
    quote = text[start:end].rstrip()
    if row := _row(group, lots.get(line.lot or ""), quote, start):
        yield row


def _row(values: dict[str, tuple[str, str]], lot: str | None, quote: str, start: int) -> Delivered | None:
    """(label, value) by column → a row; None when it names no goods or neither brand nor model."""
    name, brand, model = (_said(values.get(column)) for column in ("name", "brand", "model"))
    if name is None or not (brand or model):
        return None
    quantity, unit = _quantity(values.get("quantity"))
    shift = len(quote) - len(quote.lstrip())
    quote = quote.strip()
    price = _price(values.get("unit_price"))
    return Delivered(
        name, brand, model, quantity, unit, price, lot, quote, start + shift, start + shift + len(quote)
    )  # fmt: skip


def _said(entry: tuple[str, str] | None) -> str | None:
    """A value that says something: 详见附件, / and 定制 do not."""
    return None if entry is None or _NOTHING.fullmatch(entry[1]) else entry[1]


def _quantity(entry: tuple[str, str] | None) -> tuple[Decimal | None, str | None]:
    """24.00(台) → 24, 台; a number alone takes the unit of its head, 数量（台）."""
    match = _QUANTITY.fullmatch(entry[1]) if entry else None
    if entry is None or match is None:
        return None, None
    head = re.search(r"[（(]([台套张块片颗个件批])[）)]", entry[0])
    return _decimal(match["n"], 10_000 if match["scale"] else 1), match["unit"] or (head[1] if head else None)


def _price(entry: tuple[str, str] | None) -> Decimal | None:
    """元, when cell or head prints the unit."""
    match = _PRICE.fullmatch(entry[1]) if entry else None
    if entry is None or match is None:
        return None
    unit = match["unit"] or ("元" if match["sign"] else None)
    if unit is None:
        unit = "万元" if "万元" in entry[0] else "元" if "元" in entry[0] else None
    return None if unit is None else _decimal(match["n"], 10_000 if unit == "万元" else 1)


def _decimal(printed: str, scale: int) -> Decimal:
    """4,990.00 → 4990."""
    value = Decimal(printed.replace(",", "")) * scale
    whole = value.to_integral_value()
    return whole if value == whole else value
