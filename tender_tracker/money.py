"""Labelled entries, tables and sentences → budget and award. Deposits, fees, document prices and unit prices are neither."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal

from tender_tracker import amounts
from tender_tracker.labels import Entry, Row
from tender_tracker.model import Amount

_NUMBER = r"(?:约|：|:|￥|¥|人民币|\s)*\d[\d,，.]*\s*(?:亿元|万元|元|万)(?:\s*[/／]\s*年)?"
_SENTENCE = {
    "budget": re.compile(rf"预算(?!单价)[^。；;：:\n|]{{0,18}}?(?:为|是|约|￥|¥|人民币|金额|价|总额|额|计|\s)\s*({_NUMBER}[^。；;\n]{{0,8}})"),
    "cap": re.compile(
        rf"(?:限价|控制价|上限价|控制总价)(?!单价)[^。；;：:\n|]{{0,18}}?(?:为|是|约|￥|¥|人民币|金额|总价|不超过|\s)?\s*({_NUMBER}[^。；;\n]{{0,8}})"
    ),
}  # fmt: skip


def of_entry(entry: Entry) -> Amount | None:
    """The amount of one labelled value, read with the unit its label names."""
    return amounts.parse(entry.value[:120], amounts.unit_of(entry.note) or amounts.unit_of(entry.label))


def of_cell(head: str, cell: str) -> Amount | None:
    """The amount of one table cell, read with the unit of its column head."""
    if re.search(r"单价|保证金|服务费", head):
        return None
    return amounts.parse(cell, amounts.unit_of(head))


def total(lots: Iterable[Amount | None], raw: str = "") -> Amount | None:
    """The sum over lots, only where every lot prints a total."""
    parts = list(lots)
    if len(parts) < 2 or any(part is None or part.basis != "total" for part in parts):
        return None
    known = [part for part in parts if part is not None]
    value = sum((part.value for part in known), Decimal(0))
    return Amount(value, raw or "；".join(part.raw for part in known), basis="sum_of_lots")


def told(text: str, field: str) -> Amount | None:
    """A budget or price cap that stands inside a sentence: 采购预算￥52.6万元."""
    for match in _SENTENCE[field].finditer(text):
        if not re.search(r"单价|保证金|服务费|投资|概算", match.group()):
            amount = amounts.parse(match.group(1))
            if amount is not None:
                return amount
    return None


def first(entries: Sequence[Entry], field: str) -> tuple[Entry, Amount] | None:
    """The first entry of a field that prints an amount, zero only where nothing else stands."""
    zero: tuple[Entry, Amount] | None = None
    for entry in entries:
        if entry.field == field:
            amount = of_entry(entry)
            if amount is not None and amount.value:
                return entry, amount
            if amount is not None:
                zero = zero or (entry, amount)
    return zero


def column(rows: Sequence[Row], field: str) -> list[Amount | None]:
    """One column of the first table that has amounts in it."""
    for head in dict.fromkeys(row.head for row in rows if field in row.cells):
        found = [of_cell(*row.cells[field]) for row in rows if row.head == head and field in row.cells]
        if any(found):
            return found
    return []
