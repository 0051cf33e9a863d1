"""Labelled values of one row of goods → Delivered: what a cell says, with the unit its label or head prints."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal

from tender_tracker.facts.chips import chips
from tender_tracker.model import Delivered

Values = Mapping[str, tuple[str, str]]
"""Column (name, brand, model, quantity, unit_price, total, supplier) → its label or head, and its value."""

_NOTHING = re.compile(
    r"[\s/\\—–\-_无*]*|(?:详?见|参见).*|(?:按|同)(?:上|左|前|合同|投标文件|招标文件|采购文件)|合计|总计|小计|定制"
)
_QUANTITY = re.compile(r"(?P<n>\d[\d,]*(?:\.\d+)?)\s?(?P<scale>万)?\s?[（(]?(?P<unit>[\u4e00-\u9fff]{0,3})[）)]?")
_SIGNS = {"￥": "CNY", "¥": "CNY", "人民币": "CNY", "RMB": "CNY", "US$": "USD", "USD": "USD", "$": "USD", "€": "EUR"}
_CURRENCIES = {"美元": "USD", "欧元": "EUR", "英镑": "GBP", "日元": "JPY", "港元": "HKD", "港币": "HKD", "元": "CNY"}
_SIGN = "|".join(map(re.escape, _SIGNS))
_UNIT = rf"(?P<scale>[万亿]?)(?P<unit>{'|'.join(_CURRENCIES)})"
_PRICE = re.compile(
    rf"(?P<sign>{_SIGN})?\s?(?P<n>\d[\d,]*(?:\.\d+)?)\s?(?:{_UNIT}(?:人民币|整)?)?(?:\s?[（(][^（）()]{{0,8}}[）)])?"
    r"(?:\s?[/／]\s?[\u4e00-\u9fff]{1,3})?"
)
_OF_HEAD = re.compile(_UNIT)
_SCALES = {"": 1, "万": 10**4, "亿": 10**8}
_SENTENCE_END = re.compile(r"[，。]|,(?!\d)")
_SPLITS = (re.compile(r"\s?[；;]\s?"), re.compile(r"\s+"))
"""What stands between the goods that share one row, the surer first."""
_AMOUNTS = ("quantity", "unit_price", "total")


def goods(values: Values, lot: str | None, quote: str, start: int) -> Delivered | None:
    """A row as Delivered; None when it names neither brand nor model, or nothing that they belong to.

    `quote` is the passage it was read from, `start` its place in the text.
    """
    name, brand, model, supplier = (_said(values.get(column)) for column in ("name", "brand", "model", "supplier"))
    if not (brand or model) or (name is None and not (brand and model and values.keys() & set(_AMOUNTS))):
        return None
    quantity, unit = _quantity(values.get("quantity"))
    price, currency = _price(values.get("unit_price"))
    total, of_total = _price(values.get("total"))
    if None not in (price, total) and currency != of_total:
        total = None
    lead = len(quote) - len(quote.lstrip())
    quote = quote.strip()
    held = chips(" ".join(part for part in (name, brand, model) if part), unit)
    return Delivered(
        name, brand, model, quantity, unit, price, lot, quote, start + lead, start + lead + len(quote),
        total, currency if price is not None else of_total, supplier, held.families, held.foreign, held.cards,
    )  # fmt: skip


def unpacked(values: Values) -> Iterator[Values]:
    """A row that packs several goods into each of its cells → one row each; any other row as it is.

    The parts must be as many as the quantities (else the prices), and the names as many; a cell of other parts says
    nothing of a single one, but for a brand that stands there once for all.
    """
    counted = next((column for column in ("quantity", "unit_price") if column in values), None)
    packed = counted is not None and re.search(r"[；;\s]", values[counted][1].strip())
    for split in _SPLITS if packed else ():
        parts = {column: _parts(value, split) for column, (_, value) in values.items()}
        most = len(parts[counted]) if counted else 0
        if most < 2 or len(parts.get("name", ())) != most:
            continue
        if not all(_QUANTITY.fullmatch(part) or _PRICE.fullmatch(part) for part in parts[counted or ""]):
            continue
        for place in range(most):
            yield {
                column: (label, own[place] if len(own) == most else value if column in ("brand", "supplier") else "")
                for column, (label, value) in values.items()
                if (own := parts[column])
            }
        return
    yield values


def _parts(value: str, split: re.Pattern[str]) -> list[str]:
    return [part for part in split.split(value.strip()) if part]


def _said(entry: tuple[str, str] | None) -> str | None:
    """A value that says something: 详见附件, / and 定制 do not."""
    value = entry[1].rstrip("，,、。 ") if entry else ""
    return None if _NOTHING.fullmatch(value) else value


def _quantity(entry: tuple[str, str] | None) -> tuple[Decimal | None, str | None]:
    """24.00(台) → 24, 台; a number alone takes the unit of its head, 数量（台）."""
    match = _QUANTITY.fullmatch(_figure(entry[1])) if entry else None
    if entry is None or match is None:
        return None, None
    head = re.search(r"[（(]([台套张块片颗个件批卡])[）)]", entry[0])
    return _decimal(match["n"], 10_000 if match["scale"] else 1), match["unit"] or (head[1] if head else None)


def _price(entry: tuple[str, str] | None) -> tuple[Decimal | None, str]:
    """Whole units of a currency, when cell or head prints which; a rate (98 %, 下浮率 2) is no price."""
    match = _PRICE.fullmatch(_figure(entry[1])) if entry else None
    if entry is None or match is None:
        return None, "CNY"
    if match["unit"]:
        return _decimal(match["n"], _SCALES[match["scale"]]), _CURRENCIES[match["unit"]]
    head = _OF_HEAD.search(entry[0])
    if head:
        return _decimal(match["n"], _SCALES[head["scale"]]), _CURRENCIES[head["unit"]]
    return (_decimal(match["n"], 1), _SIGNS[match["sign"]]) if match["sign"] else (None, "CNY")


def _figure(value: str) -> str:
    """The figure at the head of a value: 98.6万元，含税 → 98.6万元."""
    return _SENTENCE_END.split(value.strip(), maxsplit=1)[0].strip()


def _decimal(printed: str, scale: int) -> Decimal:
    """4,990.00 → 4990."""
    value = Decimal(printed.replace(",", "")) * scale
    whole = value.to_integral_value()
    return whole if value == whole else value
