"""The figures and goods a notice prints → what one card costs, and what a PFLOPS costs; a price that nobody printed is
worked out from printed ones only, and says so."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Literal

from tender_tracker.model import Delivered, Quantity

_PER_SERVER = frozenset(("整机", "单机", "单台", "每台", "单节点", "每节点", "每个节点", "服务器", "节点"))
_PER_CARD = frozenset(("单卡", "每卡", "单芯片", "单颗"))
_FEN = Decimal("0.01")

Basis = Literal["printed", "server_over_cards", "printed_power", "known_power"]
"""Printed as such; a machine's price ÷ its printed cards; a price ÷ the power that the row prints; ÷ the power that the
maker tells of the model (`data/cards.csv`)."""


@dataclass(frozen=True, slots=True)
class Price:
    """元 per card, or per PFLOPS or POPS of one precision."""

    value: Decimal
    basis: Basis
    unit: str = "card"
    precision: str | None = None
    """Of a price per power; None where the notice prints the power without one."""


def price_per_card(found: Sequence[Quantity], delivered: Sequence[Delivered] = ()) -> Decimal | None:
    """元 per card: printed as such, else one printed price of a server ÷ one printed number of cards in each server.

    Several goods of different prices per card have none in common: `card_price` tells that of each.
    """
    prices = [each for each in found if each.kind == "unit_price"]
    per_card = {each.value for each in prices if each.unit in ("元/卡", "元/张")}
    if per_card:
        return per_card.pop() if len(per_card) == 1 else None
    servers = {each.value for each in prices if each.unit == "元/台" and each.noun and "服务器" in each.noun}
    cards = {each.value for each in found if each.unit == "卡" and each.noun in _PER_SERVER}
    if len(servers) == 1 and len(cards) == 1 and all(cards):
        return servers.pop() / cards.pop()
    rows = {price.value for goods in delivered if (price := card_price(goods))}
    return rows.pop() if len(rows) == 1 else None


def card_price(goods: Delivered) -> Price | None:
    """What one card of a row of goods costs, where the row prints unit price and cards in 元."""
    if goods.unit_price is None or not goods.cards or goods.currency != "CNY":
        return None
    return Price(_cents(goods.unit_price / goods.cards), "printed" if goods.cards == 1 else "server_over_cards")


def power_price(goods: Delivered, found: Sequence[Quantity]) -> Price | None:
    """What a PFLOPS (or POPS) of a row of goods costs: by the power the row prints, else by that of its model."""
    if goods.unit_price is None or goods.currency != "CNY":
        return None
    card = card_price(goods)
    own = [q for q in found if q.kind == "power" and goods.start <= q.start and q.end <= goods.end and q.value]
    if len(own) == 1:
        power = own[0]
        machine = power.noun in _PER_SERVER and goods.cards != 1
        per = goods.unit_price if machine else card.value if card and _of_card(power, goods) else None
        return None if per is None else Price(_cents(per / power.value), "printed_power", power.unit, power.precision)
    model = None if own else _known(f"{goods.name or ''} {goods.model or ''}")
    if card is None or model is None:
        return None
    unit, value, precision = model
    return Price(_cents(card.value / value), "known_power", unit, precision)


def _of_card(power: Quantity, goods: Delivered) -> bool:
    return power.noun in _PER_CARD or (power.noun is None and goods.cards == 1)


def _known(words: str) -> tuple[str, Decimal, str] | None:
    """Unit, power and precision of the one known model that is named."""
    flat = "".join(words.upper().split())
    found = {told for model, told in _models().items() if model in flat}
    return found.pop() if len(found) == 1 else None


@cache
def _models() -> dict[str, tuple[str, Decimal, str]]:
    """Models whose maker's figure is beyond dispute; where publications differ (昇腾910B) there is none."""
    from importlib.resources import files  # seldom needed, and long to import

    table = (files("tender_tracker") / "data" / "cards.csv").read_text("utf-8").splitlines()
    return {
        "".join(row["model"].upper().split()): (row["unit"], Decimal(row["power"]), row["precision"])
        for row in csv.DictReader(table)
    }


def _cents(value: Decimal) -> Decimal:
    rounded = value.quantize(_FEN)
    whole = rounded.to_integral_value()
    return whole if rounded == whole else rounded
