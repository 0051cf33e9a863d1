"""Goods of awards and contracts in every shape that pages print them in, and what may be worked out of their prices."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tender_tracker.facts.delivered import delivered
from tender_tracker.facts.price import card_price, power_price, price_per_card
from tender_tracker.facts.quantity import quantities
from tender_tracker.model import Delivered

HEAD = "序号 | 货物名称 | 品牌 | 规格型号 | 数量 | 单价（万元） | 总价（万元）"


def rows(text: str) -> list[Delivered]:
    found = list(delivered(text))
    assert all(text[goods.start : goods.end] == goods.quote for goods in found)
    return found


def only(text: str) -> Delivered:
    (found,) = rows(text)
    return found


@pytest.mark.parametrize("between", [" ", "；", "; "])
def test_several_goods_packed_into_the_cells_of_one_row_are_told_apart(between: str) -> None:
    cells = (("训练服务器", "交换机"), ("宝德", "锐捷"), ("PR4908", "RG-S6510"), ("4台", "2台"), ("118", "3.1"))
    text = "名称 | 品牌 | 规格型号 | 数量 | 单价（万元）\n" + " | ".join(between.join(cell) for cell in cells)
    first, second = rows(text)
    assert (first.name, first.brand, first.model, first.quantity) == ("训练服务器", "宝德", "PR4908", Decimal(4))
    assert (second.name, second.brand, second.unit_price) == ("交换机", "锐捷", Decimal(31000))
    assert first.quote == second.quote == text.split("\n")[1]


def test_packed_cells_of_unequal_parts_are_not_dealt_out() -> None:
    text = "名称 | 品牌 | 型号 | 数量 | 单价（元）\n服务器；交换机；机柜 | 宝德；锐捷 | PR4908；RG-S6510 | 4；2 | 9；3"
    assert (only(text).quantity, only(text).unit_price) == (None, None)


def test_a_model_with_a_blank_in_it_is_one_model() -> None:
    found = only("名称 | 品牌 | 型号 | 数量\n训练服务器 整机 | 华为 | Atlas 800T A2 | 2台")
    assert (found.name, found.model, found.quantity) == ("训练服务器 整机", "Atlas 800T A2", Decimal(2))


def test_a_table_on_its_side_has_one_column_for_each_of_the_goods() -> None:
    text = "货物名称 | 训练服务器 | 推理卡\n品牌 | 华为 | 寒武纪\n规格型号 | Atlas 800T A2 | MLU370-X8\n数量 | 2台 | 8张\n单价（万元） | 98.6 | 4.8"
    first, second = rows(text)
    assert (first.model, first.quantity, first.unit_price) == ("Atlas 800T A2", Decimal(2), Decimal(986000))
    assert (second.model, second.unit, second.cards) == ("MLU370-X8", "张", 1)


def test_a_sentence_tells_supplier_brand_model_and_prices() -> None:
    text = "中标供应商：甬智科技有限公司，品牌：华为，型号：Atlas 800T A2，数量2台，单价98.6万元，总价197.2万元。\n公告期限：1个工作日"
    found = only(text)
    assert (found.supplier, found.name, found.brand) == ("甬智科技有限公司", None, "华为")
    assert (found.quantity, found.unit_price, found.total) == (Decimal(2), Decimal(986000), Decimal(1972000))


def test_a_consortium_stands_as_the_row_prints_it() -> None:
    text = f"中标供应商 | {HEAD[5:]}\n甬智（联合体牵头人）、白石数据 | 服务器 | 宝德 | PR4908 | 4台 | 118 | 472"
    found = only(text)
    assert (found.supplier, found.total) == ("甬智（联合体牵头人）、白石数据", Decimal(4720000))


@pytest.mark.parametrize(
    ("price", "value", "currency"),
    [
        ("US$ 12,000.00", Decimal(12000), "USD"),
        ("1.2万美元", Decimal(12000), "USD"),
        ("￥986000", Decimal(986000), "CNY"),
        ("98.6万元（含税）", Decimal(986000), "CNY"),
        ("98%", None, "CNY"),
        ("下浮12%", None, "CNY"),
        ("986000", None, "CNY"),
    ],
)
def test_a_price_has_its_currency_and_a_rate_is_no_price(price: str, value: Decimal | None, currency: str) -> None:
    found = only(f"名称 | 品牌 | 型号 | 数量 | 单价\n服务器 | 某牌 | X1 | 2台 | {price}")
    assert (found.unit_price, found.currency) == (value, currency)


def test_a_rate_of_discount_in_the_column_of_prices_is_none() -> None:
    assert only("名称 | 品牌 | 型号 | 数量 | 下浮率（%）\n服务器 | 某牌 | X1 | 2台 | 12").unit_price is None


@pytest.mark.parametrize(
    ("brand", "model", "families", "foreign"),
    [
        ("华为", "Atlas 800T A2", ("ascend",), False),
        ("某牌", "G658（昇腾910B×8，鲲鹏920×4）", ("ascend", "kunpeng"), False),
        ("英伟达", "H20 141G", (), True),
        ("华为", "CloudEngine 6881", (), False),
    ],
)
def test_the_chips_of_goods_are_those_their_brand_and_model_name(
    brand: str, model: str, families: tuple[str, ...], foreign: bool
) -> None:
    found = only(f"名称 | 品牌 | 型号 | 数量\n设备 | {brand} | {model} | 2台")
    assert (found.families, found.foreign) == (families, foreign)


@pytest.mark.parametrize(
    ("name", "model", "unit", "cards"),
    [
        ("推理加速卡", "Atlas 300I Duo", "张", 1),
        ("训练服务器", "PR4908（昇腾910B×8）", "台", 8),
        ("训练服务器", "PR4908（8×昇腾910B）", "台", 8),
        ("8卡训练服务器", "PR4908", "台", 8),
        ("推理服务器", "AT800（鲲鹏920，Atlas 300I Pro两张）", "台", 2),
        ("推理服务器", "AT800（配4张昇腾310P）", "台", 4),
        ("服务器", "NF5280M7（内存32G×16）", "台", None),
        ("训练服务器", "Atlas 800T A2", "台", None),
        ("交换机", "24口千兆 4卡槽", "台", None),
        ("服务器（4卡或8卡）", "X1", "台", None),
        ("网卡", "双口25G", "块", None),
    ],
)
def test_cards_are_counted_only_where_the_row_prints_them(name: str, model: str, unit: str, cards: int | None) -> None:
    assert only(f"名称 | 品牌 | 型号 | 数量\n{name} | 某牌 | {model} | 2{unit}").cards == cards


def test_the_price_of_a_card_is_printed_or_that_of_a_machine_over_its_printed_cards() -> None:
    card = only("名称 | 品牌 | 型号 | 数量 | 单价（元）\n推理加速卡 | 寒武纪 | MLU370-X8 | 16张 | 48,000")
    machine = only(f"{HEAD}\n1 | 训练服务器 | 宝德 | PR4908（昇腾910B×8） | 4台 | 118 | 472")
    plain = only(f"{HEAD}\n1 | 训练服务器 | 宝德 | PR4908 | 4台 | 118 | 472")
    prices = [price and (price.value, price.basis) for price in map(card_price, (card, machine, plain))]
    assert prices == [(Decimal(48000), "printed"), (Decimal(147500), "server_over_cards"), None]
    assert price_per_card((), (card, plain)) == Decimal(48000)
    assert price_per_card((), (card, machine)) is None, "two prices are not one"


def test_a_price_per_power_names_its_precision_and_what_it_rests_on() -> None:
    text = f"{HEAD}\n1 | 训练服务器 | 宝德 | PR4908，整机算力2.5 PFLOPS@FP16 | 4台 | 100 | 400"
    price = power_price(only(text), quantities(text))
    assert price and (price.value, price.unit, price.precision, price.basis) == (
        Decimal(400000), "PFLOPS", "FP16", "printed_power",
    )  # fmt: skip
    known = power_price(only("名称 | 品牌 | 型号 | 数量 | 单价（元）\n加速卡 | 寒武纪 | MLU370-X8 | 2张 | 48000"), ())
    assert known and (known.value, known.precision, known.basis) == (Decimal(500000), "FP16", "known_power")
    unsure = only("名称 | 品牌 | 型号 | 数量 | 单价（元）\n加速卡 | 华为 | 昇腾910B | 2张 | 80000")
    assert power_price(unsure, ()) is None, "publications differ on the power of this chip"


def test_power_per_card_is_not_taken_for_that_of_the_machine() -> None:
    text = f"{HEAD}\n1 | 训练服务器 | 宝德 | PR4908（8卡，单卡算力0.3 PFLOPS@FP16） | 4台 | 120 | 480"
    price = power_price(only(text), quantities(text))
    assert price and price.value == Decimal(500000)
