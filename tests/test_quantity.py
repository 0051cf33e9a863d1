"""Figures about compute as notices print them, and the look-alikes that are none."""

import time
from decimal import Decimal

import pytest

from tender_tracker.facts.price import price_per_card
from tender_tracker.facts.quantity import quantities
from tender_tracker.model import Quantity


def only(text: str) -> Quantity:
    found = quantities(text)
    assert len(found) == 1, found
    assert text[found[0].start : found[0].end] == found[0].quote
    return found[0]


@pytest.mark.parametrize(
    ("text", "value", "precision", "quote"),
    [
        ("建成后总算力不低于86P", "86", None, "86P"),
        ("算力规模≥120P（FP16）", "120", "FP16", "120P（FP16）"),
        ("新增86PFLOPS@FP16", "86", "FP16", "86PFLOPS@FP16"),
        ("新增 1,000 Pflops (BF16)", "1000", "BF16", "1,000 Pflops (BF16)"),
        ("算力平台提供320 TFLOPS FP16", "0.320", "FP16", "320 TFLOPS FP16"),
        ("全省规划2.5EFLOPS", "2500", None, "2.5EFLOPS"),
        ("三年内达到3.2万PFLOPS", "32000", None, "3.2万PFLOPS"),
        ("智算中心一期1.2万P", "12000", None, "1.2万P"),
        ("单卡FP16算力不低于280TFLOPS", "0.280", "FP16", "单卡FP16算力不低于280TFLOPS"),
        ("整机双精度峰值34 TFLOPS", "0.034", "双精度", "整机双精度峰值34 TFLOPS"),
        ("主机每秒可完成6千万亿次浮点运算", "6", None, "6千万亿次"),
        ("运算能力每秒1.5百亿亿次", "1500", None, "1.5百亿亿次"),
        ("shall deliver 1.1 PFLOPS at INT8", "1.1", "INT8", "1.1 PFLOPS at INT8"),
        ("提供100P智能算力", "100", None, "100P"),
    ],
)
def test_computing_power_is_given_in_pflops_with_the_precision_that_is_printed(
    text: str, value: str, precision: str | None, quote: str
) -> None:
    found = only(text)
    assert (found.kind, found.unit, found.value, found.precision, found.quote) == (
        "power", "PFLOPS", Decimal(value), precision, quote,
    )  # fmt: skip


def test_integer_operations_keep_a_unit_of_their_own() -> None:
    found = only("推理卡INT8算力≥140TOPS")
    assert (found.value, found.unit, found.precision) == (Decimal("0.140"), "POPS", "INT8")


def test_each_precision_stays_with_its_own_figure() -> None:
    found = quantities("加速卡：FP64 34TFLOPS/FP16 320TFLOPS，INT8 640TOPS")
    assert [(each.precision, each.value) for each in found] == [
        ("FP64", Decimal("0.034")), ("FP16", Decimal("0.320")), ("INT8", Decimal("0.640")),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "智算中心机房配置4P空调，摄像机分辨率1080P",
        "算力中心显示屏支持2160P画面",
        "智算机房断路器规格2P",
        "算力卡型号为P800",
        "算力方案见p.3，附件3 PPT",
        "某型处理器FT-2000P与6980P的算力",
        "算力租赁规模为100P~200P",
        "2P服务器的算力",
        "能效不低于50 TFLOPS/W的算力卡",
        "存储容量2P，带宽100G",
        "算力平台IOPS不低于300000，10000IOPS",
        "计算平台每秒处理3万亿次请求",
        "算力平台预算3.5亿元",
    ],
)
def test_a_p_without_computing_beside_it_is_no_power(text: str) -> None:
    assert quantities(text) == ()


@pytest.mark.parametrize(
    ("text", "value", "unit", "noun"),
    [
        ("国产AI服务器16台", 16, "台", "服务器"),
        ("服务器：128 台", 128, "台", "服务器"),
        ("加速卡（910B，64GB）64张", 64, "张", "加速卡"),
        ("GPU服务器 | 某品牌 | R5300 | 4台", 4, "台", "服务器"),
        ("采购32台昇腾训练服务器", 32, "台", "服务器"),
        ("1,200台台式计算机", 1200, "台", "台式计算机"),
        ("配置2颗鲲鹏920处理器", 2, "颗", "处理器"),
        ("每台4张GPU", 4, "张", "GPU"),
        ("昇腾整机，每台8卡", 8, "卡", "每台"),
        ("8卡服务器", 8, "卡", "服务器"),
        ("建设1.6万卡集群", 16000, "卡", "集群"),
        ("租赁AI算力8节点", 8, "节点", None),
        ("512个计算节点", 512, "个", "计算节点"),
        ("24台8卡节点", 24, "台", "8卡节点"),
    ],
)
def test_cards_servers_and_nodes_are_counted_with_the_noun_beside_them(
    text: str, value: int, unit: str, noun: str | None
) -> None:
    found = quantities(text)[0]
    assert (found.kind, found.value, found.unit, found.noun) == ("count", value, unit, noun)
    assert text[found.start : found.end] == found.quote


@pytest.mark.parametrize(
    "text",
    [
        "服务器机柜4台",
        "服务器操作系统5套",
        "45台电脑切割灯",
        "9台平板电脑",
        "8口交换机2台，计算机网络1套",
        "鲲鹏920节点",
        "昇腾910卡",
        "处理器64核，内存8*64G，8通道",
        "算力项目的3个时间节点",
        "服务器机房门禁4卡口",
        "GPU显存80GB",
        "计算机等级证书",
    ],
)
def test_parts_software_models_and_other_goods_are_not_counted(text: str) -> None:
    assert quantities(text) == ()


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("总量不少于45万卡时", 450000, "卡时"),
        ("1,800万CPU核时", 18000000, "核时"),
        ("500卡·时", 500, "卡时"),
        ("超算机时：采购2000机时", 2000, "机时"),
        ("3000核小时", 3000, "核时"),
    ],
)
def test_rented_hours_are_read_in_full(text: str, value: int, unit: str) -> None:
    found = only(text)
    assert (found.kind, found.value, found.unit) == ("hours", value, unit)


def test_hours_of_another_instrument_are_not_computing_hours() -> None:
    assert quantities("计入设备共享的计" + "，" * 40 + "电镜500机时") == ()


@pytest.mark.parametrize(
    ("text", "value", "unit", "noun"),
    [
        ("GPU服务器单价不高于18.5万元/台", 185000, "元/台", "服务器"),
        ("台式计算机，限价5000元/台", 5000, "元/台", "台式计算机"),
        ("限价0.048元/核时", Decimal("0.048"), "元/核时", None),
        ("每卡时不高于3.2元", Decimal("3.2"), "元/卡时", None),
        ("算力租赁2.5万元/P/年", 25000, "元/P/年", None),
        ("算力租用 6000 元/卡·月", 6000, "元/卡/月", None),
    ],
)
def test_unit_prices_of_compute_are_in_yuan(text: str, value: Decimal | int, unit: str, noun: str | None) -> None:
    found = only(text)
    assert (found.kind, found.value, found.unit, found.noun) == ("unit_price", value, unit, noun)


@pytest.mark.parametrize(
    "text", ["服务器配套交换机5000元/台", "一体机软件1580元/套", "补卡工本费20元/卡，计算另计", "预算3.5亿元，含服务器"]
)
def test_prices_of_other_things_are_left_alone(text: str) -> None:
    assert quantities(text) == ()


@pytest.mark.parametrize(
    ("text", "price"),
    [
        ("昇腾服务器（每台8卡），单价160万元/台", Decimal(200000)),
        ("加速卡12万元/张，服务器（每台8卡）160万元/台", Decimal(120000)),
        ("昇腾服务器单价160万元/台", None),
        ("64卡集群，服务器160万元/台", None),
        ("服务器每台8卡160万元/台，服务器每台4卡90万元/台", None),
    ],
)
def test_a_price_per_card_needs_one_printed_price_and_one_printed_number_of_cards(
    text: str, price: Decimal | None
) -> None:
    assert price_per_card(quantities(text)) == price


def test_figures_come_in_the_order_of_the_text_with_their_own_offsets() -> None:
    text = "采购服务器16台（每台8卡），\n总算力86P，服务期内提供20万卡时，限价2元/卡时。"
    found = quantities(text)
    assert [each.kind for each in found] == ["count", "count", "power", "hours", "unit_price"]
    assert all(text[each.start : each.end] == each.quote for each in found)


@pytest.mark.parametrize("piece", ["1", "1,111", "服务器（", "服务器|", "每台", "FP16", "1台a", "1万亿"])
def test_hostile_repetition_costs_no_more_than_its_length(piece: str) -> None:
    def seconds(length: int) -> float:
        text = piece * (length // len(piece)) + "服务器"
        began = time.process_time()
        quantities(text)
        return time.process_time() - began

    assert seconds(200_000) < 30 * max(seconds(20_000), 0.005)
