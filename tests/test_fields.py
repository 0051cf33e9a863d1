"""Fields of notices: labels, amounts, dates, deadlines, lots, kinds, on texts of our own in the forms sites use."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import pytest

from tender_tracker.model import SHANGHAI
from tender_tracker.pages import amounts, dates, deadlines, fields, kinds, labels


def at(*when: int) -> datetime:
    return datetime(*when, tzinfo=SHANGHAI)  # type: ignore[arg-type,misc]


@pytest.mark.parametrize(
    ("raw", "unit", "yuan"),
    [
        ("￥97.843500万元（人民币）", None, "978435"),
        ("￥1395.000000 万元（人民币）", None, "13950000"),
        ("1,430,000.00元", None, "1430000"),
        ("134.0290000（万元）", None, "1340290"),
        ("1,395", "万元", "13950000"),
        ("１，２３４，５６７．８９元", None, "1234567.89"),
        ("１２．５", "万元", "125000"),
        ("3-5万元", None, "50000"),
        ("66.20万元", "元", "662000"),
        ("人民币49.1万元", None, "491000"),
        ("3.5亿元", None, "350000000"),
        ("￥45", None, "45"),
        ("陆拾肆万元整", None, "640000"),
        ("人民币贰仟捌佰捌拾叁万壹仟玖佰元整", None, "28831900"),
        ("人民币陆拾肆万元整（￥640000.00元）", None, "640000"),
        ("488200元（含增值税）/三年", None, "488200"),
        ("约 360 万元", None, "3600000"),
        ("0.000000 万元", None, "0"),
    ],
)
def test_amounts_are_read_in_yuan_with_the_unit_of_cell_label_or_head(raw: str, unit: str | None, yuan: str) -> None:
    amount = amounts.parse(raw, unit)
    assert amount is not None
    assert amount.value == Decimal(yuan)
    assert amount.basis == "total"
    assert amount.raw in raw


@pytest.mark.parametrize(
    ("raw", "unit"),
    [
        ("450000", None), ("98%", "万元"), ("3.2‰", "元"), ("4.6万元/卡", None), ("1000元/人", None), ("2台", "元"),
        ("详见采购文件", "元"), ("第1包", "万元"), ("", "元"), ("USD 3,000", "元"), ("每台5万元/台", None),
    ],
)  # fmt: skip
def test_what_is_no_total_amount_is_not_guessed(raw: str, unit: str | None) -> None:
    assert amounts.parse(raw, unit) is None


@pytest.mark.parametrize(
    "raw", ["-5万元", "－５万元", "−5万元", "￥-5万元", "-￥5万元", "约为-5万元", "（-5万元）", "负5万元"]
)
def test_a_negative_number_is_no_amount(raw: str) -> None:
    assert amounts.parse(raw) is None


@pytest.mark.parametrize(
    "text",
    [
        "预算金额：-5万元",
        "本项目预算金额为-5万元。",
        "预算金额（万元）：-5",
        "本项目预算为负5万元。",
        "本项目采购预算-5万元。",
        "最高限价－5万元。",
        "预算金额：预算-5万元",
    ],
)
def test_a_negative_budget_is_none(text: str) -> None:
    assert fields.read(text, "某项目招标公告").budget is None


@pytest.mark.parametrize("before", ["预算金额：", "本项目预算金额为", "本项目采购预算"])
def test_a_budget_in_full_width_digits_is_read_whole(before: str) -> None:
    budget = fields.read(f"{before}１，２３４，５６７．８９元", "某项目招标公告").budget
    assert budget is not None
    assert (budget.value, budget.raw) == (Decimal("1234567.89"), "１，２３４，５６７．８９元")


def test_an_amount_a_year_says_so() -> None:
    amount = amounts.parse("148.38万元/年")
    assert amount is not None
    assert (amount.value, amount.basis, amount.raw) == (Decimal(1483800), "per_year", "148.38万元/年")


@pytest.mark.parametrize(
    ("text", "moment", "has_time"),
    [
        ("2026年01月26日 15:00", at(2026, 1, 26, 15), True),
        ("2026年01月16日 09点00分（北京时间）", at(2026, 1, 16, 9), True),
        ("2026年1月5日9时30分", at(2026, 1, 5, 9, 30), True),
        ("2023-05-0810:30:00", at(2023, 5, 8, 10, 30), True),
        ("2026.09.23 12:30:10", at(2026, 9, 23, 12, 30, 10), True),
        ("2026年8月21日下午2时", at(2026, 8, 21, 14), True),
        ("2026年 1 月 27 日_9_时_30_分", at(2026, 1, 27, 9, 30), True),
        ("2025-10-13T09:30:00", at(2025, 10, 13, 9, 30), True),
        ("[2026-05-29]", at(2026, 5, 29), False),
        ("二〇二六年十一月二十三日", at(2026, 11, 23), False),
        ("2026年3月5日24时", at(2026, 3, 6), True),
    ],
)
def test_dates_are_read_in_every_printed_form(text: str, moment: datetime, has_time: bool) -> None:
    when = dates.first(text)
    assert when is not None
    assert (when.moment, when.has_time) == (moment, has_time)


@pytest.mark.parametrize("text", ["2026年2月30日", "13500000000", "无", "2026年"])
def test_what_is_no_date_gives_none(text: str) -> None:
    assert dates.first(text) is None


@pytest.mark.parametrize(
    ("text", "deadline"),
    [
        ("投标文件递交的截止时间为2026年01月07日14时00分，地点为甲楼。", at(2026, 1, 7, 14)),
        ("并于2026年01月26日 15:00（北京时间）前提交响应文件。", at(2026, 1, 26, 15)),
        ("提问截止时间：2026年1月2日11时00分前。\n投标截止时间：2026年1月9日09时30分。", at(2026, 1, 9, 9, 30)),
        ("投标保证金的到账截止时间：2026年1月8日15时整。\n1、截止时间：2026年1月9日09时30分", at(2026, 1, 9, 9, 30)),
        (
            "获取文件时间：2026年1月1日至2026年1月5日\n四、响应文件提交\n截止时间：2026年1月12日 09:00",
            at(2026, 1, 12, 9),
        ),
        (
            "四、提交投标文件截止时间、开标时间和地点\n2026年4月8日 09点30分（北京时间）\n地点：乙楼",
            at(2026, 4, 8, 9, 30),
        ),
        ("开标时间 | 2026年4月8日 09:30", at(2026, 4, 8, 9, 30)),
        ("响应文件提交截止日期：2026年4月8日", at(2026, 4, 8, 23, 59, 59)),
        ("应在2023-05-0810:30:00（北京时间）前递交申请文件", at(2023, 5, 8, 10, 30)),
    ],
)
def test_the_deadline_is_the_one_for_bids(text: str, deadline: datetime) -> None:
    assert deadlines.find(text) == deadline


@pytest.mark.parametrize(
    "text",
    [
        "公示期限：2026年1月2日至2026年1月9日",
        "报名截止时间：2026年1月5日17:00",
        "合同签订日期：2026年1月5日 10:00",
        "无",
    ],
)
def test_other_deadlines_are_not_taken_for_it(text: str) -> None:
    assert deadlines.find(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "2 | 投标文件提交截止时间 | 2026年4月8日 09:30 | 2026年4月20日 09:30",
        "原提交投标文件截止时间“2026年4月8日9时30分”，现更正为“2026年4月20日9时30分”；",
    ],
)
def test_a_moved_deadline_is_the_new_one(text: str) -> None:
    assert deadlines.find(text, amended=True) == at(2026, 4, 20, 9, 30)


@pytest.mark.parametrize(
    ("title", "column", "text", "kind"),
    [
        ("某项目公开招标公告", "", "", "tender"),
        ("某项目竞争性磋商", "竞争性磋商公告", "", "tender"),
        ("某项目中标（成交）结果公告", "", "", "award"),
        ("某项目中标结果更正公告", "中标公告", "", "amendment"),
        ("某项目采购意向", "", "", "intention"),
        ("某项目终止公告", "", "", "cancel"),
        ("某项目废标公告（二次）", "", "", "cancel"),
        ("某项目单一来源采购公示", "", "", "single_source"),
        ("某项目单一来源采购成交公告", "", "", "award"),
        ("某项目合同公告", "", "", "contract"),
        ("某项目采购需求征求意见公示", "其他公告", "投标截止时间：2026年1月1日", "other"),
        ("某项目", "", "更正事项：采购文件 更正内容：见附件", "amendment"),
        ("", "", "采购方式：公开招标。获取招标文件", "tender"),
        ("2023年专用设备采购需求计划", "", "提交投标文件截止时间：2023年8月7日", "tender"),
        ("", "", "", "other"),
    ],
)
def test_the_kind_comes_from_column_title_or_body(title: str, column: str, text: str, kind: str) -> None:
    assert kinds.kind_of(title, column, text) == kind


def test_labels_are_found_in_text_without_line_breaks() -> None:
    text = "项目编号：AB-2026-01项目名称：劳务派遣服务采购预算金额：500万元采购方式：公开招标1.采购人信息名称：甲县遥感院地址：甲县春路1号"
    found = {(entry.field, entry.value) for entry in labels.scan(text).entries}
    assert ("project_no", "AB-2026-01") in found
    assert ("project_name", "劳务派遣服务采购") in found
    assert ("budget", "500万元") in found
    assert ("name", "甲县遥感院") in found


def test_a_tender_in_sections_gives_each_party_its_own_name() -> None:
    found = fields.read(
        "一、项目基本情况\n项目编号：NB-01\n项目名称：算力服务器采购\n最高限价（万元）：45\n"
        "九、招标人\n名 称：甲市智慧运管有限公司\n地 址：明州市北区岷路8号\n"
        "十、招标代理\n名 称：乙国际招标有限公司\n地 址：乙市西路2号\n2026年3月5日",
        "算力服务器采购公开招标公告",
    )
    assert (found.kind, found.buyer, found.agency, found.region) == (
        "tender",
        "甲市智慧运管有限公司",
        "乙国际招标有限公司",
        "明州市",
    )
    assert found.budget is not None
    assert found.budget.value == 450000
    assert found.published is not None
    assert (found.published.moment, found.published.has_time) == (at(2026, 3, 5), False)


def test_parties_named_in_a_sentence_are_found() -> None:
    found = fields.read("乙国际招标有限公司受甲广播电视集团的委托，对算力服务器升级项目进行国内公开招标，欢迎投标。")
    assert (found.buyer, found.agency, found.project_name) == (
        "甲广播电视集团",
        "乙国际招标有限公司",
        "算力服务器升级项目",
    )
    found = fields.read("本招标项目甲工程，招标人为甲城建有限公司，委托代理机构为乙咨询有限公司。项目已具备招标条件。")
    assert (found.buyer, found.agency) == ("甲城建有限公司", "乙咨询有限公司")


def test_budgets_of_lots_are_summed_only_where_every_lot_prints_one() -> None:
    both = fields.read("标项 | 内容 | 预算金额（万元）\n一 | 服务器 | 64\n二 | 终端 | 90", "某项目招标公告")
    assert both.budget is not None
    assert (both.budget.value, both.budget.basis) == (Decimal(1540000), "sum_of_lots")
    assert [(lot.name, lot.budget and lot.budget.value) for lot in both.lots] == [("一", 640000), ("二", 900000)]
    one = fields.read("标项 | 内容 | 预算金额（万元）\n一 | 服务器 | 64\n二 | 终端 | 详见文件", "某项目招标公告")
    assert one.budget is None


@pytest.mark.parametrize(
    "value",
    ["1分标1725127元；2分标404326元", "Ⅰ标段：1725127元；Ⅱ标段：404326元", "标段1人民币1725127元；标段2人民币404326元"],
)
def test_a_cap_told_per_lot_is_read_per_lot(value: str) -> None:
    found = fields.read(f"最高限价：{value}采购需求：详见文件", "某项目招标公告")
    assert [lot.budget and lot.budget.value for lot in found.lots] == [1725127, 404326]
    assert found.budget is not None
    assert (found.budget.value, found.budget.basis) == (2129453, "sum_of_lots")


@pytest.mark.parametrize(
    "text",
    [
        "投标保证金金额（人民币）：9000元整",
        "招标文件售价：500元",
        "综合单价最高限价：230元/吨",
        "代理服务费金额（万元）：1.973",
        "注册资本：500万元",
    ],
)
def test_deposits_fees_and_unit_prices_are_no_budget(text: str) -> None:
    assert fields.read(text, "某项目招标公告").budget is None


def test_an_award_table_gives_winners_and_the_total_and_leaves_the_losers_out() -> None:
    found = fields.read(
        "总中标金额 | ￥0.000000 万元（人民币）\n三、中标信息\n第1包 ：\n供应商名称 | 供应商地址 | 中标金额(万元)\n"
        "丙医用设备有限公司 | 丙路1号 | 1,395\n评审报价：\n排序 | 供应商名称 | 评审报价（万元）\n1 | 丙医用设备有限公司 | 1,395\n"
        "2 | 丁科技有限公司 | 1,391",
        "某设备采购项目中标公告",
    )
    assert found.suppliers == ("丙医用设备有限公司",)
    assert found.award is not None
    assert (found.award.value, found.award.basis) == (13950000, "total")


def test_awards_told_in_sentences_are_read_per_lot() -> None:
    found = fields.read(
        "三、中标信息\n第一包（龙芯）：由丙科技有限公司中标，中标金额为94.998万元。\n第二包（飞腾）：由丁科技有限公司中标，中标金额为10万元。",
        "台式计算机批量集中采购中标公告",
    )
    assert [(lot.name, lot.award and lot.award.value, lot.suppliers) for lot in found.lots] == [
        ("第一包", 949980, ("丙科技有限公司",)),
        ("第二包", 100000, ("丁科技有限公司",)),
    ]
    assert found.award is not None
    assert (found.award.value, found.award.basis) == (1049980, "sum_of_lots")
    assert found.suppliers == ("丙科技有限公司", "丁科技有限公司")


def test_what_is_not_printed_is_none() -> None:
    found = fields.read("本项目采购一批设备。")
    assert (found.title, found.project_no, found.buyer, found.agency, found.region) == (None, None, None, None, None)
    assert (found.published, found.deadline, found.budget, found.award) == (None, None, None, None)
    assert (found.lots, found.suppliers, found.attachments) == ((), (), ())


@pytest.mark.parametrize(
    ("printed", "name"),
    [
        ("“智擎深空”人工智能计算中心建设项目", "“智擎深空”人工智能计算中心建设项目"),
        ("“甲算力中心建设项目”。", "甲算力中心建设项目"),
        ("甲算力中心建设项目”", "甲算力中心建设项目"),
        ("智慧“甲”与“乙”", "智慧“甲”与“乙”"),
        ("“甲”中心与“乙”", "“甲”中心与“乙”"),
    ],
)
def test_a_project_name_keeps_the_quotes_that_are_part_of_it(printed: str, name: str) -> None:
    assert fields.read(f"项目编号：NB-01\n项目名称：{printed}\n", "算力采购公开招标公告").project_name == name


def test_file_names_behind_a_label_lose_the_sizes_that_touch_them() -> None:
    found = fields.read("附件信息：招标文件(AB-01).doc430.7K清单.xlsx34.3M", "某项目招标公告")
    assert [file.name for file in found.attachments] == ["招标文件(AB-01).doc", "清单.xlsx"]


def test_a_number_too_long_for_money_is_no_amount() -> None:
    assert amounts.parse("9" * 40 + "亿元") is None


@pytest.mark.parametrize(
    ("value", "buyer"),
    [
        ("甲大学、乙大学", "甲大学、乙大学"),
        ("甲市教育局、甲市第一中学（以下简称采购人）", "甲市教育局、甲市第一中学"),
        ("甲大学、丙楼", "甲大学"),
        ("甲大学、联系方式见文末", "甲大学"),
    ],
)
def test_joint_buyers_are_kept_as_printed(value: str, buyer: str) -> None:
    assert fields.read(f"采购人：{value}\n项目编号：AB-01", "某项目招标公告").buyer == buyer


def test_joint_winners_are_several_suppliers() -> None:
    found = fields.read("中标供应商：甲科技有限公司、乙设计有限公司\n中标金额：5万元", "某项目中标公告")
    assert found.suppliers == ("甲科技有限公司", "乙设计有限公司")


def test_labels_are_known_however_many_other_words_were_met_before() -> None:
    labels.scan("\n".join(f"{n}号 | {n}元" for n in range(11_000)))
    assert [entry.field for entry in labels.scan("采购人 | 甲局\n一、项目编号：AB-01").entries] == [
        "buyer",
        "project_no",
    ]


@pytest.mark.parametrize("head", ["子包（标段）号", "标项", "包 号"])
def test_a_head_is_known_with_a_note_or_a_blank_inside(head: str) -> None:
    found = fields.read(f"{head} | 名称 | 最高限价（万元）\n一 | 甲 | 3\n二 | 乙 | 4", "某项目招标公告")
    assert [lot.name for lot in found.lots] == ["一", "二"]


def test_a_word_with_包_in_it_names_no_lot_beside_a_number() -> None:
    assert fields.read("12.包装箱5个，工具包3件，承包2年。", "某项目招标公告").lots == ()
    named = fields.read("第一包：甲设备\n12.包装箱应坚固。\n包2：乙设备", "某项目招标公告").lots
    assert [lot.name for lot in named] == ["第一包", "包2"]


@pytest.mark.parametrize(
    "row", ["采购人 | 甲局", "采购人|甲局", "| 采购人 | 甲局", "|采购人 |甲局", "| 采购人 | 甲局 |"]
)
def test_cells_are_told_apart_however_their_bars_are_spaced(row: str) -> None:
    assert [(entry.field, entry.value) for entry in labels.scan(row).entries] == [("buyer", "甲局")]
