"""Awards beside what was demanded: lots, matches, prices, discounts, times, each only where it is printed."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from conftest import Result
from samples import NOW, ask

from tender_tracker.exporting.datasette import metadata
from tender_tracker.facts.course import Part, Stage, course, lot_key
from tender_tracker.flagging import rulepack
from tender_tracker.model import Amount, Attachment, DocumentPage, Lot, Notice
from tender_tracker.record import recorded
from tender_tracker.relabel import relabel
from tender_tracker.relink import relink
from tender_tracker.reporting.awards import Awarded, entries
from tender_tracker.restate import restate
from tender_tracker.storage.awarded import awarded
from tender_tracker.storage.papers import Read
from tender_tracker.storage.query import Reader
from tender_tracker.storage.store import Store

Tenders = Callable[..., Result]
DAY = NOW.date()
HEAD = "名称 | 品牌 | 规格型号 | 数量 | 单价（万元）"
BOUGHT = "青川大学智算集群采购项目"
CALL = f"项目名称：{BOUGHT}\n采购训练服务器4台，★加速卡须采用昇腾910B。"


def yuan(value: float) -> Amount:
    return Amount(Decimal(str(value)), f"{value}元")


def told(kind: Any, days: int, text: str, **fields: Any) -> Notice:
    """A notice of one project, published so many days before NOW."""
    stage = {"tender": "公开招标", "award": "中标", "contract": "合同", "cancel": "废标", "amendment": "更正"}[kind]
    plain = Notice(
        source="ccgp",
        source_id=f"{kind}{days}",
        title=f"{BOUGHT}{stage}公告",
        kind=kind,
        text=text,
        url=f"http://www.ccgp.gov.cn/{kind}{days}.htm",
        project_no="QC-2026-1",
        project_name=BOUGHT,
        buyer="青川大学",
        published=NOW - timedelta(days=days),
    )
    return replace(plain, **fields)


def stored(path: Path, *notices: Notice) -> Path:
    pack = rulepack.load()
    with Store.open(path, NOW) as store:
        store.save([recorded(notice, pack) for notice in notices])
        relink(store)
    return path


def found(path: Path) -> list[Awarded]:
    with Reader.open(path) as reader:
        return list(entries(awarded(reader)))


def only(path: Path) -> Awarded:
    (entry,) = found(path)
    return entry


def test_the_demo_shows_a_price_per_card_and_the_contract_after_the_award(tenders: Tenders, demo: Path) -> None:
    (entry,) = json.loads(tenders("--db", demo, "awards", "--buyer", "东南大学", "--json").out)["awards"]
    goods = entry["goods"][0]
    assert (entry["price_per_card"], goods["per_card"]["basis"]) == ("322500", "server_over_cards")
    assert entry["discount"]["share"] == "0.0276" and entry["discount"]["budget"]["value"] == "98600000"
    assert (entry["course"]["lead_days"], entry["course"]["contract_days"]) == (30, 14)
    assert (entry["match"], entry["delivered"], entry["contract"]["kind"]) == ("as_demanded", ["ascend"], "contract")
    assert entry["demand"]["evidence"]["quote"] and "昇腾910B×8" in goods["row"]["quote"]


def test_an_award_and_its_contract_are_one_entry_with_the_goods_of_either(tmp_path: Path) -> None:
    goods = f"{HEAD}\n训练服务器 | 华为 | Atlas 800T A2 | 4台 | 118"
    entry = only(
        stored(
            tmp_path / "s.db",
            told("tender", 30, CALL, budget=yuan(5_000_000)),
            told("award", 9, "中标供应商：甲公司", award=yuan(4_720_000), suppliers=("甲公司",)),
            told("contract", 2, goods, award=yuan(4_720_000), suppliers=("甲公司",)),
        )
    )
    assert (entry.notice.kind, entry.contract and entry.contract.kind) == ("award", "contract")
    assert [each.row.model for each in entry.goods] == ["Atlas 800T A2"]
    assert entry.discount and entry.discount.share == Decimal("0.056")
    assert (entry.course.lead_days, entry.course.contract_days, entry.match) == (21, 7, "as_demanded")


@pytest.mark.parametrize(
    ("goods", "match"),
    [
        (f"{HEAD}\n训练服务器 | 华为 | Atlas 800T A2 | 4台 | 118", "as_demanded"),
        (f"{HEAD}\n训练服务器 | 寒武纪 | MLU590服务器 | 4台 | 118", "other_domestic"),
        (f"{HEAD}\n训练服务器 | 英伟达 | H20服务器 | 4台 | 118", "foreign"),
        (f"{HEAD}\n训练服务器 | 某牌 | X7850 | 4台 | 118", "not_printed"),
        ("中标供应商：甲公司，中标金额：472万元", "not_printed"),
    ],
)
def test_what_was_delivered_is_held_against_what_was_demanded(tmp_path: Path, goods: str, match: str) -> None:
    path = stored(tmp_path / "s.db", told("tender", 30, CALL), told("award", 9, goods, suppliers=("甲公司",)))
    assert only(path).match == match


def test_lots_have_their_own_suppliers_goods_demands_and_discounts(tmp_path: Path) -> None:
    call = "第一包 | 训练服务器 | ★加速卡须采用昇腾910B\n第二包 | 通用服务器 | ★CPU须采用海光处理器"
    won = f"第一包\n{HEAD}\n训练服务器 | 华为 | Atlas 800T A2 | 4台 | 118\n第二包\n{HEAD}\n服务器 | 某牌 | R730（鲲鹏920） | 2台 | 9"
    path = stored(
        tmp_path / "s.db",
        told(
            "tender", 30, call, budget=yuan(5_200_000),
            lots=(Lot("第一包", None, yuan(5_000_000)), Lot("第二包", None, yuan(200_000))),
        ),
        told(
            "award", 9, won,
            lots=(Lot("包1", None, None, yuan(4_720_000), ("甲",)), Lot("包2", None, None, yuan(180_000), ("乙",))),
        ),
    )  # fmt: skip
    first, second = sorted(found(path), key=lambda entry: entry.lot or "")
    assert (first.suppliers, first.match, first.discount and first.discount.share) == (
        ("甲",), "as_demanded", Decimal("0.056"),
    )  # fmt: skip
    assert (second.suppliers, second.match, second.discount and second.discount.share) == (
        ("乙",), "other_domestic", Decimal("0.1"),
    )  # fmt: skip
    assert [each.row.model for each in second.goods] == ["R730（鲲鹏920）"]


def test_figures_of_different_scope_make_no_discount() -> None:
    lots = (Part("1", yuan(60)), Part("2", yuan(40)))
    call = Stage("tender", DAY, yuan(100), None, lots)
    one = Stage("award", DAY, None, yuan(55), (Part("1", None, yuan(55)),))
    both = Stage("award", DAY, None, yuan(90), (Part("1", None, yuan(50)), Part("2", None, yuan(40))))
    assert course([call, one]).discount is None
    assert (cut := course([call, both]).discount) and cut.share == Decimal("0.1")


@pytest.mark.parametrize(
    ("budget", "award"),
    [
        (Amount(Decimal(100), "", basis="per_year"), yuan(90)),
        (Amount(Decimal(100), "", "USD"), yuan(90)),
        (yuan(100), yuan(110)),
        (None, yuan(90)),
        (yuan(100), None),
    ],
)
def test_a_yearly_foreign_exceeded_or_unknown_figure_makes_no_discount(budget: Amount, award: Amount) -> None:
    stages = [Stage("tender", DAY, budget), Stage("award", DAY, None, award)]
    assert course(stages).discount is None


def test_the_newest_budget_counts() -> None:
    stages = [
        Stage("tender", DAY - timedelta(days=20), yuan(100)),
        Stage("amendment", DAY - timedelta(days=10), yuan(90)),
        Stage("award", DAY, None, yuan(81)),
    ]
    assert (cut := course(stages).discount) and cut.share == Decimal("0.1")


def ago(days: int) -> Any:
    return DAY - timedelta(days=days)


def test_the_way_to_an_award_begins_with_the_call_after_the_one_that_failed() -> None:
    stages = [Stage("tender", ago(90)), Stage("cancel", ago(60)), Stage("tender", ago(40)), Stage("award", ago(10))]
    run = course(stages)
    assert (run.outcome, run.called_on, run.lead_days) == ("awarded", ago(40), 30)


@pytest.mark.parametrize(
    ("stages", "outcome"),
    [
        ([Stage("tender", ago(9))], "open"),
        ([Stage("tender", ago(9)), Stage("cancel", ago(1))], "failed"),
        ([Stage("tender", ago(9)), Stage("cancel", ago(5)), Stage("tender", ago(1))], "open"),
        ([Stage("tender", ago(9)), Stage("award", ago(5)), Stage("cancel", ago(1))], "failed"),
        ([Stage("tender", ago(9)), Stage("award", ago(5)), Stage("cancel", ago(1), parts=(Part("2"),))], "awarded"),
        ([Stage("tender", ago(9)), Stage("cancel", ago(5)), Stage("contract", ago(1))], "awarded"),
    ],
)
def test_how_a_procurement_went(stages: list[Stage], outcome: str) -> None:
    assert course(stages).outcome == outcome
    assert course(reversed(stages)).outcome == outcome, "their order tells nothing"


def test_a_lot_has_one_key_however_it_is_written() -> None:
    assert {lot_key(name) for name in ("第一包", "合同包1", "标项01", "1", "包1", "一")} == {"1"}
    assert lot_key("龙芯终端") == "龙芯终端"


def test_two_winners_without_lots_are_two_entries(tmp_path: Path) -> None:
    path = stored(
        tmp_path / "s.db",
        told("tender", 30, CALL),
        told("award", 9, "中标供应商：甲公司", suppliers=("甲公司",)),
        told("award", 8, "中标供应商：乙公司", suppliers=("乙公司",)),
    )
    assert sorted(entry.suppliers for entry in found(path)) == [("乙公司",), ("甲公司",)]


def test_one_award_on_two_sites_is_one_entry(tmp_path: Path) -> None:
    own = told("award", 9, f"{HEAD}\n训练服务器 | 华为 | Atlas 800T A2 | 4台 | 118", suppliers=("甲公司",))
    path = stored(tmp_path / "s.db", told("tender", 30, CALL), own, replace(own, source="ggzy"))
    assert len(found(path)) == 1


def test_awards_of_what_nobody_flagged_are_not_listed(tmp_path: Path) -> None:
    path = stored(tmp_path / "s.db", told("tender", 30, "采购办公桌椅"), told("award", 9, "中标供应商：甲公司"))
    assert found(path) == []


def test_the_list_is_narrowed_by_chip_supplier_and_period(tenders: Tenders, demo: Path) -> None:
    def buyers(*words: str) -> set[str]:
        rows = json.loads(tenders("--db", demo, "awards", *words, "--json").out)["awards"]
        return {row["notice"]["buyer"] for row in rows}

    assert buyers("--family", "zhonghao") == {"浙江大学"}
    assert buyers("--supplier", "金陵数算") == {"东南大学"}
    assert buyers("--month", "2026-04", "--family", "ascend") == {"东南大学"}
    assert buyers("--since", "2026-04-16", "--until", "2026-04-20") == set()
    assert tenders("--db", demo, "awards", "--family", "ascnd").code == 2


def test_csv_has_a_line_for_each_row_of_goods_with_plain_numbers(tenders: Tenders, demo: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(tenders("--db", demo, "awards", "--buyer", "东南", "--format", "csv").out)))
    assert [row["model"] for row in rows][:2] == ["Atlas 800T A2（昇腾910B×8）", "CloudEngine 9860"]
    assert (rows[0]["price_per_card"], rows[0]["price_per_card_basis"], rows[1]["price_per_card"]) == (
        "322500", "server_over_cards", "",
    )  # fmt: skip


def test_a_table_names_demand_and_delivery_in_both_languages(tenders: Tenders, demo: Path) -> None:
    english = tenders("--db", demo, "--lang", "en", "awards", "--buyer", "东南")
    chinese = tenders("--db", demo, "--lang", "zh", "awards", "--buyer", "东南", "--format", "md")
    assert "Ascend Kunpeng → Ascend · as demanded" in english.out and "median 30 days" in english.err
    assert "昇腾 鲲鹏 → 昇腾 · 符合要求" in chinese.out and "32.25 万元" in chinese.out


def test_a_changed_verdict_changes_what_is_told_of_the_project(tmp_path: Path) -> None:
    path = stored(
        tmp_path / "s.db", told("tender", 30, CALL), told("award", 9, "中标供应商：甲公司", suppliers=("甲",))
    )
    assert len(found(path)) == 1
    later = datetime.fromisoformat("2026-11-24T09:00:00+08:00")
    with Store.open(path, later) as store:
        plain = recorded(told("tender", 30, "采购训练服务器4台。"), rulepack.load())
        store.save([plain, recorded(told("award", 9, "中标供应商：甲公司"), rulepack.load())])
        relink(store)
    assert found(path) == []


def test_a_demand_that_a_correction_took_back_is_none(tmp_path: Path) -> None:
    taken = "原公告“★加速卡须采用昇腾910B”，现更正为“加速卡品牌不限”。"
    path = stored(
        tmp_path / "s.db",
        told("tender", 30, CALL),
        told("amendment", 20, taken),
        told("award", 9, f"{HEAD}\n训练服务器 | 华为 | Atlas 800T A2 | 4台 | 118", suppliers=("甲公司",)),
    )
    with Store.open(path, NOW) as store:
        restate(store, rulepack.load())
    entry = only(path)
    assert (entry.demand, entry.match, entry.delivered) == (None, None, ("ascend",))


def test_a_discount_is_held_against_the_budget_that_a_correction_left(tmp_path: Path) -> None:
    """The correction prints the new budget in its words, not as a field of its own."""
    path = stored(
        tmp_path / "s.db",
        told("tender", 30, f"{CALL}\n预算金额：500万元", budget=yuan(5_000_000)),
        told("amendment", 20, "更正内容：\n原招标文件中“预算金额：500万元”现修改为“预算金额：400万元”。"),
        told("award", 9, "中标供应商：甲公司", award=yuan(3_600_000), suppliers=("甲公司",)),
    )
    assert (cut := only(path).discount) and cut.share == Decimal("0.28")
    with Store.open(path, NOW) as store:
        restate(store, rulepack.load())
    assert (cut := only(path).discount) and (cut.share, cut.budget.value) == (Decimal("0.1"), 4_000_000)
    told_of = "SELECT budget, round(discount, 4) FROM projects"
    assert ask(path, told_of) == [(4_000_000, 0.1)], "so the market has it, too"
    with Store.open(path, NOW) as store:
        relink(store, anew=True)
    assert ask(path, told_of) == [(4_000_000, 0.1)]


def test_project_show_and_workbook_name_the_price_of_a_card(tenders: Tenders, demo: Path) -> None:
    number = str(
        json.loads(tenders("--db", demo, "awards", "--buyer", "东南", "--json").out)["awards"][0]["notice"]["id"]
    )
    project = ("--db", demo, "--lang", "en", "project", number)
    assert "32.25 万元 a card · 2.8 % below budget · Ascend Kunpeng → Ascend · as demanded" in tenders(*project).out
    assert json.loads(tenders(*project, "--json").out)["awards"][0]["price_per_card"] == "322500"
    assert "32 台 · 258.00 万元 · 32.25 万元 a card「1 |" in tenders("--db", demo, "--lang", "en", "show", number).out


def test_ocds_awards_have_items_with_unit_values(tenders: Tenders, demo: Path) -> None:
    releases = json.loads(tenders("--db", demo, "export", "--format", "ocds").out)["releases"]
    award = next(one for one in releases if one.get("buyer", {}).get("name") == "东南大学" and one["tag"] == ["award"])
    item = award["awards"][0]["items"][0]
    assert item["unit"] == {"name": "台", "value": {"amount": 2580000.0, "currency": "CNY"}}
    assert item["quantity"] == 32.0 and "Atlas 800T A2" in item["description"]


def test_goods_that_stand_only_in_an_attachment_name_file_and_page(tmp_path: Path) -> None:
    files = (Attachment("中标明细.xlsx", "http://www.ccgp.gov.cn/a.xlsx"), Attachment("图纸.pdf", "http://x.cn/b.pdf"))
    path = stored(
        tmp_path / "s.db",
        told("tender", 30, CALL),
        told("award", 9, "中标供应商：甲公司", suppliers=("甲公司",), attachments=files),
    )
    before = only(path)
    assert (before.match, before.goods, before.unread) == ("not_printed", (), 2)
    goods = f"{HEAD}\n训练服务器 | 华为 | Atlas 800T A2（昇腾910B×8） | 4台 | 118"
    with Store.open(path, NOW) as store:
        papers = store.documents()
        paper = next(paper for paper in papers.of([before.notice.id]) if paper.name == "中标明细.xlsx")
        papers.want([paper])
        read = Read("aa", 9, "xlsx", (DocumentPage("", 2, goods),), ())
        papers.settle(paper.kept("aa").was_read(read), read)
    after = only(path)
    (row,) = after.goods
    assert (row.row.file, row.row.page, row.row.quote) == ("中标明细.xlsx", 2, goods.split("\n")[1])
    assert (after.match, after.price_per_card, after.unread) == ("as_demanded", Decimal(147500), 1)


@pytest.fixture
def attached_goods(tmp_path: Path) -> Path:
    """A store whose award prints its goods in an attachment only."""
    award = told("award", 9, "中标供应商：甲公司", suppliers=("甲公司",), attachments=(Attachment("明细.xlsx", None),))
    path = stored(tmp_path / "s.db", told("tender", 30, CALL), award)
    text = f"{HEAD}\n训练服务器 | 华为 | Atlas 800T A2（昇腾910B×8） | 4台 | 118"
    with Store.open(path, NOW) as store:
        (paper,) = store.documents().of([2])
        read = Read("aa", 9, "xlsx", (DocumentPage("", 2, text),), ())
        store.documents().settle(paper.kept("aa").was_read(read), read)
        relabel(store, rulepack.load(), NOW, every=True)
    return path


def test_goods_of_an_attachment_are_in_every_export_with_file_and_page(
    tenders: Tenders, attached_goods: Path, tmp_path: Path
) -> None:
    def exported(form: str, *more: str) -> str:
        return tenders("--db", attached_goods, "--lang", "en", "export", "--format", form, *more).out

    (line,) = [row for row in map(json.loads, exported("jsonl").splitlines()) if row["kind"] == "award"]
    assert [(goods["model"], goods["file"], goods["page"]) for goods in line["delivered"]] == [
        ("Atlas 800T A2（昇腾910B×8）", "明细.xlsx", 2)
    ]
    releases = json.loads(exported("ocds"))["releases"]
    (item,) = next(one for one in releases if one["tag"] == ["award"])["awards"][0]["items"]
    assert item["quantity"] == 4.0 and item["unit"]["value"]["amount"] == 1180000.0
    assert item["domesticCompute"] == {"families": ["ascend"], "document": "明细.xlsx", "page": 2}
    exported("xlsx", "-o", str(tmp_path / "book.xlsx"))
    with zipfile.ZipFile(tmp_path / "book.xlsx") as book:
        assert "明细.xlsx" in book.read("xl/sharedStrings.xml").decode()


def test_show_digest_and_datasette_tell_goods_of_an_attachment(tenders: Tenders, attached_goods: Path) -> None:
    said = "14.75 万元 a card「训练服务器 | 华为 | Atlas 800T A2（昇腾910B×8） | 4台 | 118」 (明细.xlsx p. 2)"
    assert said in tenders("--db", attached_goods, "--lang", "en", "show", "2").out
    digest = tenders("--db", attached_goods, "--lang", "en", "digest", "--since", "40d", "--format", "txt").out
    assert "- in 明细.xlsx p. 2\n  - 训练服务器 华为 Atlas 800T A2（昇腾910B×8） × 4 台, 118.00 万元 each" in digest
    asked = metadata("tenders", "en")["databases"]["tenders"]["queries"]["delivered_chips"]["sql"]
    with Reader.open(attached_goods) as reader:
        ((model, file),) = [(row["model"], row["file"]) for row in reader.ask(asked)]
    assert (model, file) == ("Atlas 800T A2（昇腾910B×8）", "明细.xlsx")


def test_a_missing_chip_is_told_beside_the_attachments_nobody_read(tenders: Tenders, tmp_path: Path) -> None:
    files = (Attachment("中标明细.xlsx", "http://www.ccgp.gov.cn/a.xlsx"),)
    award = told("award", 9, "中标供应商：甲公司", suppliers=("甲公司",), attachments=files)
    path = stored(tmp_path / "s.db", told("tender", 30, CALL), award)
    assert "not printed · attachments unread: 1" in tenders("--db", path, "--lang", "en", "awards").out


def test_a_limit_shows_the_newest_and_says_so(tenders: Tenders, demo: Path) -> None:
    every = json.loads(tenders("--db", demo, "awards", "--json").out)["awards"]
    few = tenders("--db", demo, "--lang", "en", "awards", "--json", "--limit", "3")
    assert json.loads(few.out)["awards"] == every[:3] and "The newest 3 are shown" in few.err
    assert "are shown" not in tenders("--db", demo, "--lang", "en", "awards", "--json").err


@pytest.mark.parametrize(
    ("name", "asked"),
    [
        ("РОМАШКА Компьютер", "ромашка"),
        ("甲公司（联合体牵头人）", "甲公司（联合体牵头人）"),
        ('Gesellschaft "Sonne"', '"sonne"'),
    ],
)
def test_a_supplier_is_found_by_any_part_of_the_printed_name(
    tenders: Tenders, tmp_path: Path, name: str, asked: str
) -> None:
    path = stored(tmp_path / "s.db", told("tender", 30, CALL), told("award", 9, "中标", suppliers=(name,)))
    (entry,) = json.loads(tenders("--db", path, "awards", "--supplier", asked, "--json").out)["awards"]
    assert entry["suppliers"] == [name]
