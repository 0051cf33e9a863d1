"""The figures a notice prints → what one card costs."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from tender_tracker.model import Quantity

_PER_SERVER = frozenset(("整机", "单机", "单台", "每台", "单节点", "每节点", "每个节点", "服务器", "节点"))


def price_per_card(found: Sequence[Quantity]) -> Decimal | None:
    """元 per card: printed as such, else one printed price of a server ÷ one printed number of cards in each server."""
    prices = [each for each in found if each.kind == "unit_price"]
    per_card = {each.value for each in prices if each.unit in ("元/卡", "元/张")}
    if per_card:
        return per_card.pop() if len(per_card) == 1 else None
    servers = {each.value for each in prices if each.unit == "元/台" and each.noun and "服务器" in each.noun}
    cards = {each.value for each in found if each.unit == "卡" and each.noun in _PER_SERVER}
    if len(servers) != 1 or len(cards) != 1 or not all(cards):
        return None
    return servers.pop() / cards.pop()
