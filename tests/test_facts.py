"""Figures and goods that a notice prints: read only where they stand, stored, shown, reported, and never guessed."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from conftest import Result
from samples import NOW, ask, fill, notice, record, without_digests

from tender_tracker.facts.delivered import delivered
from tender_tracker.model import Delivered
from tender_tracker.storage.query import Reader
from tender_tracker.storage.store import Store

Tenders = Callable[..., Result]
AWARD = """中标结果
第一包（训练服务器）
名称 | 品牌 | 规格型号 | 数量 | 单价（元）
AI训练服务器 | 宝德 | PR4908（昇腾910B×8） | 4台 | 1,180,000.00
第二包（网络设备）
名称 | 品牌 | 规格型号 | 数量 | 单价（元）
交换机 | 锐捷 | RG-S6510 | 2台 | 31,000.00
总算力不低于8.96 PFLOPS@FP16。"""


def only(text: str) -> Delivered:
    (found,) = delivered(text)
    assert text[found.start : found.end] == found.quote
    return found


def test_rows_under_a_head_are_goods_of_their_lot() -> None:
    first, second = delivered(AWARD)
    assert (first.lot, first.name, first.brand, first.model) == (
        "第一包", "AI训练服务器", "宝德", "PR4908（昇腾910B×8）",
    )  # fmt: skip
    assert (first.quantity, first.unit, first.unit_price) == (Decimal(4), "台", Decimal(1180000))
    assert (second.lot, second.unit_price) == ("第二包", Decimal(31000))
    assert all(AWARD[goods.start : goods.end] == goods.quote for goods in (first, second))


@pytest.mark.parametrize(
    "text",
    [
        "名称：推理服务器；品牌：华为；规格型号：Atlas 800I A2；数量：2台；单价：98.6万元",
        "标的名称：推理服务器 | 品牌：华为 | 规格型号：Atlas 800I A2 | 数量：2台 | 单价：986000元",
        "品名：推理服务器 品牌：华为 型号：Atlas 800I A2 数量：2台 单价：986000元",
        "名称：推理服务器 |\n品牌：华为 |\n规格型号：Atlas 800I A2 |\n数量：2台 |\n单价(元)：986000 |",
        "品目号 | 品目名称 | 采购标的 | 品牌 | 规格型号 | 数量（台） | 单价(万元)\n"
        "1-1 | 服务器 | 推理服务器 | 华为 | Atlas 800I A2 | 2.00(台) | 98.6",
    ],
)
def test_goods_are_read_in_every_form_they_are_printed_in(text: str) -> None:
    found = only(text)
    assert (found.name, found.brand, found.model, found.quantity, found.unit, found.unit_price) == (
        "推理服务器", "华为", "Atlas 800I A2", Decimal(2), "台", Decimal(986000),
    )  # fmt: skip


def test_brand_and_model_in_one_cell_are_not_taken_apart() -> None:
    found = only("货物名称 | 品牌型号 | 数量\n台式计算机 | 长城 世恒TD120A2 | 75")
    assert (found.brand, found.model, found.unit, found.unit_price) == (None, "长城 世恒TD120A2", None, None)


def test_a_price_without_a_printed_unit_is_no_price() -> None:
    assert only("名称 | 品牌 | 型号 | 单价\n服务器 | 同方 | 超强K620 | 96").unit_price is None


@pytest.mark.parametrize(
    "text",
    [
        "名称 | 品牌 | 规格型号 | 数量\n服务器 | 详见附件 | 详见附件 | 详见附件",
        "名称 | 品牌 | 规格型号 | 数量\n服务器 | / | — | 4",
        "第二中标候选人：甲公司\n名称 | 品牌 | 型号 | 数量\n服务器 | 浪潮 | NF5280 | 4台",
        "采购人名称：甬江大学\n地址：甬江路1号\n品牌型号见附件",
        "供应商名称 | 供应商地址 | 中标金额\n某公司 | 甬江路 | 100万元",
        "名称：甬江大学\n地址：甬江路1号\n联系方式：000\n开户行：某行\n型号：无",
    ],
)
def test_what_prints_no_goods_has_none(text: str) -> None:
    assert delivered(text) == ()


def test_a_long_table_is_read_in_linear_time() -> None:
    text = "名称 | 品牌 | 型号 | 数量\n" + "服务器 | 浪潮 | NF5280 | 4台\n" * 10_000
    started = time.process_time()
    assert len(delivered(text)) == 10_000
    assert time.process_time() - started < 5


def award(number: int = 1, **fields: Any) -> Any:
    one = replace(record(number, title="青川大学AI训练服务器采购项目中标公告", kind="award", text=AWARD), **fields)
    return replace(one, buyer_institution="青川大学")


def test_facts_are_stored_and_come_back_as_they_were(tmp_path: Path) -> None:
    path = fill(tmp_path / "s.db", [award()])
    with Reader.open(path) as reader:
        file = reader.notice(1)
    assert file.delivered == delivered(AWARD)
    assert [(item.kind, item.value, item.precision) for item in file.quantities if item.kind == "power"] == [
        ("power", Decimal("8.96"), "FP16")
    ]
    assert all(file.text[item.start : item.end] == item.quote for item in file.quantities)
    assert file.notice.buyer_institution == "青川大学"


def test_ordinary_notices_and_tenders_store_no_goods(tmp_path: Path) -> None:
    path = fill(tmp_path / "s.db", [record(1, level="none", text=AWARD), record(2, text=AWARD)])
    assert ask(path, "SELECT DISTINCT notice_id FROM quantities") == [(2,)]
    assert ask(path, "SELECT count(*) FROM deliveries") == [(0,)]


def test_a_changed_notice_keeps_only_the_facts_of_its_present_text(tmp_path: Path) -> None:
    path = fill(tmp_path / "s.db", [award()])
    changed = award()
    fill(path, [replace(changed, notice=replace(changed.notice, text="采购服务器4台，★服务器CPU须采用国产处理器"))])
    assert ask(path, "SELECT count(*) FROM deliveries") == [(0,)]


def test_relabelling_takes_and_gives_facts(tmp_path: Path) -> None:
    path = fill(tmp_path / "s.db", [award()])
    verdict = award().verdict
    with Store.open(path, NOW) as store:
        store.relabel([(1, replace(verdict, level="none", compute=False, evidence=(), pack="p2"))])
    assert ask(path, "SELECT count(*) FROM deliveries") == [(0,)]
    with Store.open(path, NOW) as store:
        store.relabel([(1, verdict)])
    assert ask(path, "SELECT count(*) FROM deliveries") == [(2,)]


def test_a_store_of_schema_2_gets_its_facts_when_it_is_opened(tmp_path: Path) -> None:
    path = fill(tmp_path / "s.db", [replace(award(), notice=notice(title="中标公告", kind="award", text=AWARD, buyer="浙江大学"))])  # fmt: skip
    without_digests(path)
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(
            "DROP TABLE quantities; DROP TABLE deliveries; DROP TABLE IF EXISTS passage_search;"
            "ALTER TABLE notices DROP COLUMN buyer_institution;"
            "DELETE FROM _sqlite_migrations WHERE name > 'm003'; PRAGMA user_version = 2"
        )
    Store.open(path, NOW).close()
    assert ask(path, "SELECT brand FROM deliveries ORDER BY position") == [("宝德",), ("锐捷",)]
    assert ask(path, "SELECT count(*) > 0 FROM quantities") == [(1,)]
    assert ask(path, "SELECT buyer_institution FROM notices") == [("浙江大学",)]


def test_flagged_lines_tell_their_figures(tenders: Tenders) -> None:
    text = "采购AI服务器4台，每台8卡昇腾910B，单价96万元/台，服务器单价以合同为准。"
    lines = [{"id": 1, "title": "AI服务器采购项目", "text": text}, {"id": 2, "title": "窗帘采购", "text": "窗帘4台"}]
    given = "\n".join(json.dumps(line) for line in lines).encode()
    first, second = map(json.loads, tenders("flag", "--jsonl", stdin=given).lines)
    assert first["quantities"] and all(text[q["start"] : q["end"]] == q["quote"] for q in first["quantities"])
    assert (second["quantities"], second["delivered"], second["price_per_card"]) == ([], [], None)


def test_a_flagged_award_tells_its_goods(tenders: Tenders) -> None:
    line = {"id": 1, "title": "AI训练服务器采购项目中标公告", "text": AWARD}
    found = json.loads(tenders("flag", "--jsonl", stdin=json.dumps(line).encode()).out)
    assert [goods["model"] for goods in found["delivered"]] == ["PR4908（昇腾910B×8）", "RG-S6510"]
    assert found["delivered"][0]["unit_price"] == "1180000"


def test_show_prints_figures_and_goods_with_their_passages(tenders: Tenders, demo: Path) -> None:
    number = ask(demo, "SELECT notice_id FROM deliveries WHERE model LIKE '泰则%'")[0][0]
    english, chinese = (tenders("--db", demo, "--lang", lang, "show", number).out for lang in ("en", "zh"))
    assert "goods delivered" in english and "交付货物" in chinese
    assert "人工智能服务器 · 中昊芯英 · 泰则（刹那TPU×8） · 40 台 · 112.00 万元 · 每卡 14.00 万元「1 | 太极" in chinese
    assert "数量 · 40 台 · 服务器「" in chinese


def test_show_tells_who_the_buyer_is(tenders: Tenders, demo: Path) -> None:
    number = ask(demo, "SELECT id FROM notices WHERE buyer = '浙江大学' ORDER BY id")[0][0]
    assert "buyer: 浙江大学 · university · 985 · 浙江" in tenders("--db", demo, "show", number).lines
    assert "采购人: 浙江大学 · 高校 · 985 · 浙江" in tenders("--db", demo, "--lang", "zh", "show", number).lines


def test_a_report_marks_the_standing_of_a_university(tenders: Tenders, demo: Path) -> None:
    assert "浙江大学（985）" in tenders("--db", demo, "report").out
    assert "浙江大学（985）" in tenders("--db", demo, "report", "--format", "md").out


def test_a_report_as_json_carries_facts_institution_and_basis(tenders: Tenders, demo: Path) -> None:
    rows = json.loads(tenders("--db", demo, "report", "--json").out)["notices"]
    row = next(row for row in rows if row["delivered"] and row["buyer"] == "浙江大学")
    assert (row["delivered"][0]["model"], row["delivered"][0]["unit_price"]) == ("泰则（刹那TPU×8）", "1120000")
    assert (row["buyer_institution"], row["evidence"]["basis"]) == ("浙江大学", "chip")
    assert any(quantity["kind"] == "power" for row in rows for quantity in row["quantities"])


def test_a_report_as_csv_has_basis_and_institution_beside_quote_and_buyer(tenders: Tenders, demo: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(tenders("--db", demo, "report", "--format", "csv").out)))
    assert {row["basis"] for row in rows} >= {"chip", "origin"}
    assert any(row["buyer_institution"] == "浙江大学" for row in rows)


def test_totals_by_basis_count_the_passages_that_decided(tenders: Tenders, tmp_path: Path) -> None:
    chip, both = record(1), record(2)
    (decided,) = both.verdict.evidence
    listed = replace(decided, basis="list", start=0, end=2, quote="项目")
    aside = replace(decided, basis="brand", effect="mentioned", start=3, end=5, quote="概况")
    both = replace(both, verdict=replace(both.verdict, evidence=(decided, listed, aside)))
    path = fill(tmp_path / "s.db", [chip, both])
    totals = json.loads(tenders("--db", path, "report", "--by", "basis", "--json").out)["totals"]
    assert [(total["basis"], total["notices"]) for total in totals] == [("chip", 2), ("list", 1)]
    shown = tenders("--db", path, "--lang", "zh", "report", "--by", "basis").out
    assert "名录" in shown and "每种依据中各计一次" in shown
