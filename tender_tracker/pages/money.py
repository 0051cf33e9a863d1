"""Labelled entries, tables and sentences → budget and award; deposits, fees and unit prices are neither."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal

from tender_tracker.model import Amount, Lot
from tender_tracker.pages import amounts
from tender_tracker.pages.labels import Entry, Row, Told
from tender_tracker.pages.lots import priced

_NUMBER = r"(?:约|：|:|￥|¥|人民币|\s)*\d[\d,，.．]*\s*(?:亿元|万元|元|万)(?:\s*[/／]\s*年)?"
_SENTENCE = {
    "budget": re.compile(rf"预算(?!单价)[^。；;：:\n|]{{0,18}}?({_NUMBER}[^。；;\n]{{0,8}})"),
    "cap": re.compile(rf"(?:限价|控制价|控制总价)(?!单价)[^。；;：:\n|]{{0,18}}?({_NUMBER}[^。；;\n]{{0,8}})"),
}
_WORDS = {"budget": ("预算",), "cap": ("限价", "控制")}
"""What every such sentence has in it."""
_OTHER_SUM = re.compile(r"单价|保证金|服务费|投资|概算|编制|审核|以上|超过|代理|文件|费率|折扣|注册资本|合同")


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


def in_sentence(text: str, field: str) -> Amount | None:
    """A budget or price cap that stands inside a sentence: 采购预算￥52.6万元."""
    if not any(word in text for word in _WORDS[field]):
        return None
    for match in _SENTENCE[field].finditer(text):
        other = _OTHER_SUM.search(text, match.start(), match.start(1))
        if other is None and not amounts.negative(text, match.start(1)):
            amount = amounts.parse(match.group(1))
            if amount is not None:
                return amount
    return None


def first(told: Told, field: str) -> tuple[Entry, Amount] | None:
    """The first entry of a field that prints an amount, zero only where nothing else stands."""
    zero: tuple[Entry, Amount] | None = None
    for entry in told.get(field, ()):
        amount = of_entry(entry)
        if amount is not None and amount.value:
            return entry, amount
        if amount is not None:
            zero = zero or (entry, amount)
    return zero


def column(rows: Sequence[Row], field: str) -> list[Amount | None]:
    """One column of all tables whose heads call it alike, starting from the first that has amounts in it."""
    named = [row.cells[field] for row in rows if field in row.cells]
    for label in dict.fromkeys(head for head, _ in named):
        found = [of_cell(head, cell) for head, cell in named if head == label and cell]
        if any(found):
            return found
    return []


def budget(told: Told, table: Sequence[Row], lots: Sequence[Lot], text: str) -> Amount | None:
    """The budget, else the price cap: labelled, in a table, the sum of lots, or told in a sentence."""
    for field in ("budget", "cap"):
        amount = _labelled(told, field, lots) or _tabled(table, field)
        amount = amount or (total(lot.budget for lot in lots) if field == "cap" else None) or in_sentence(text, field)
        if amount is not None:
            return amount
    return None


def _labelled(told: Told, field: str, lots: Sequence[Lot]) -> Amount | None:
    """The first labelled amount, unless it is the first of several lots' own: then their sum."""
    found = first(told, field)
    if found is None:
        return None
    entry, amount = found
    split = total(priced(entry.value).values())
    if split is not None:
        return split
    summed = total(lot.budget for lot in lots)
    return summed if summed is not None and any(lot.budget == amount for lot in lots) else amount


def _tabled(table: Sequence[Row], field: str) -> Amount | None:
    amounts_of_rows = column(table, field)
    return amounts_of_rows[0] if len(amounts_of_rows) == 1 else total(amounts_of_rows)


def award(told: Told, table: Sequence[Row], lots: Sequence[Lot]) -> Amount | None:
    """What was awarded in all. The body's table wins over a summary, which may print 0 or one lot only."""
    labelled = [amount for entry in told.get("award", ()) if (amount := of_entry(entry)) is not None]
    printed = next((amount for amount in labelled if amount.value), None)
    summed = _tabled(table, "award") or total(lot.award for lot in lots)
    if summed is not None and summed.value:
        return printed if printed is not None and printed.value == summed.value else summed
    return printed or (labelled[0] if labelled else None)
