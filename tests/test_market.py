"""What is told of the market: each procurement once, every figure with what it is of, the undisclosed never as 0."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from conftest import Result
from samples import NOW, ask

from tender_tracker.flagging import rulepack
from tender_tracker.model import Amount, Lot, Notice
from tender_tracker.record import recorded
from tender_tracker.relink import relink
from tender_tracker.storage.market import market
from tender_tracker.storage.market_rows import Market, Scope
from tender_tracker.storage.query import Reader
from tender_tracker.storage.store import Store

Tenders = Callable[..., Result]
CALL = "采购训练服务器4台，★加速卡须采用昇腾910B。"
SUBJECTS = ("智算集群", "语音训练平台", "遥感推理节点", "材料模拟中心", "气象预报系统")


def notice(number: int, kind: Any, days: int, **fields: Any) -> Notice:
    """A notice of procurement `number`, published so many days before NOW."""
    stage = {"tender": "公开招标", "award": "中标", "contract": "合同", "cancel": "废标"}[kind]
    subject = f"{SUBJECTS[number]}采购项目"
    plain = Notice(
        source="ccgp",
        source_id=f"{number}-{kind}-{days}",
        title=f"{subject}{stage}公告",
        kind=kind,
        text=CALL if kind == "tender" else f"项目名称：{subject}",
        project_no=f"QC-2026-{number}",
        project_name=subject,
        buyer="青川大学",
        published=NOW - timedelta(days=days),
    )
    return replace(plain, **fields)


def told(path: Path, *notices: Notice, scope: Scope | None = None) -> Market:
    pack = rulepack.load()
    with Store.open(path, NOW) as store:
        store.save([recorded(one, pack) for one in notices])
        relink(store)
    with Reader.open(path) as reader:
        return market(reader, scope or Scope())


def yuan(value: int) -> Amount:
    return Amount(Decimal(value), f"{value}元")


@pytest.fixture
def found(tmp_path: Path) -> Market:
    """青川大学 buys three times, 白石大学 once; one procurement on two sites, one re-issued, one still open."""
    first = notice(0, "tender", 60, budget=yuan(1000))
    return told(
        tmp_path / "s.db",
        first,
        replace(first, source="ggzy", published=NOW - timedelta(days=59)),
        notice(0, "award", 40, award=yuan(900), suppliers=("甲公司",)),
        notice(0, "contract", 30, award=yuan(900), suppliers=("甲公司",)),
        notice(1, "tender", 60),
        notice(1, "cancel", 50),
        notice(2, "tender", 30, budget=yuan(500)),
        notice(2, "award", 10, suppliers=("乙公司（联合体牵头人）", "丙公司")),
        notice(3, "tender", 5, buyer="白石大学", budget=Amount(Decimal(7), "7", "USD")),
    )


def test_a_procurement_counts_once_however_many_notices_it_has(found: Market) -> None:
    buyers = found.buyers
    assert (buyers.projects, buyers.buyers, buyers.repeat, buyers.of_repeat, buyers.unnamed) == (4, 2, 1, 3, 0)
    assert [(one.name, one.projects) for one in buyers.most] == [("青川大学", 3), ("白石大学", 1)]


def test_sums_stand_beside_the_undisclosed_and_the_foreign(found: Market) -> None:
    budget = found.buyers.budget
    assert (budget.total, budget.disclosed, budget.undisclosed, budget.other_currency) == (Decimal(1500), 2, 1, 1)
    assert found.buyers.most[1].budget.total is None, "undisclosed is not 0"


def test_winners_are_companies_and_joint_ones_have_a_win_each(found: Market) -> None:
    assert {one.name: one.projects for one in found.suppliers} == {"甲公司": 1, "乙公司": 1, "丙公司": 1}
    (ascend,) = found.concentration
    assert (ascend.family, ascend.projects, ascend.wins, ascend.suppliers) == ("ascend", 2, 3, 3)
    assert (ascend.share, ascend.hhi, ascend.unnamed) == (Decimal("1.0000"), 3333, 0)


def test_who_won_a_lot_won_the_chips_of_that_lot(tmp_path: Path) -> None:
    text = "第一包：采购训练服务器4台，★加速卡须采用昇腾910B。\n第二包：采购数据库服务器2台，★CPU须采用海光处理器。"
    lots = (Lot("第一包", suppliers=("甲公司",)), Lot("第二包", suppliers=("乙公司",)))
    call = notice(0, "tender", 60, text=text, lots=tuple(Lot(lot.name) for lot in lots))
    won = told(tmp_path / "s.db", call, notice(0, "award", 5, lots=lots, suppliers=("甲公司", "乙公司")))
    assert {one.name: one.families for one in won.suppliers} == {"甲公司": ("ascend",), "乙公司": ("hygon",)}
    assert {one.family: (one.leader, one.wins) for one in won.concentration} == {
        "ascend": ("甲公司", 1), "hygon": ("乙公司", 1)
    }  # fmt: skip


def test_how_procurements_went_says_what_it_is_of(found: Market) -> None:
    whole = found.whole
    assert (whole.projects, whole.awarded, whole.failed, whole.open) == (4, 2, 1, 1)
    assert (whole.failure, whole.concluded) == (Decimal("0.3333"), 3)
    assert (whole.lead_days.value, whole.lead_days.n) == (Decimal("20.0"), 2)
    assert (whole.contract_days.value, whole.contract_days.n) == (Decimal(10), 1)
    assert (whole.discount.value, whole.discount.n) == (Decimal("0.1"), 1)


def test_demand_moves_by_month_of_the_call(found: Market) -> None:
    months = {one.month: (one.projects, one.levels, one.families) for one in found.months}
    assert months["2026-09"] == (2, {"required": 2}, {"ascend": 2})
    assert sum(one.projects for one in found.months) == 4


def test_demand_counts_by_its_day_and_awards_by_theirs(tmp_path: Path) -> None:
    pair = notice(0, "tender", 60), notice(0, "award", 5, suppliers=("甲公司",))
    late = told(tmp_path / "s.db", *pair, scope=Scope(since=NOW.date() - timedelta(days=20)))
    assert (late.buyers.projects, [one.name for one in late.suppliers]) == (0, ["甲公司"])
    none = told(tmp_path / "s.db", *pair, scope=Scope(until=date(2020, 1, 1)))
    assert (none.buyers.projects, none.suppliers, none.whole.failure) == (0, (), None)


def test_an_award_that_names_no_winner_is_counted_as_such(tmp_path: Path) -> None:
    (ascend,) = told(tmp_path / "s.db", notice(0, "tender", 60), notice(0, "award", 5)).concentration
    assert (ascend.projects, ascend.wins, ascend.unnamed, ascend.share, ascend.hhi) == (1, 0, 1, None, None)


def test_what_only_the_lots_of_an_award_say_anew_is_told_anew(tmp_path: Path) -> None:
    award = notice(0, "award", 10, lots=(Lot("第一包", suppliers=("甲公司",)),))
    told(tmp_path / "s.db", notice(0, "tender", 40), award)
    told(tmp_path / "s.db", replace(award, lots=(Lot("第一包", suppliers=("乙公司",)),)))
    assert ask(tmp_path / "s.db", "SELECT suppliers FROM projects") == [('{"乙公司": ["ascend"]}',)]


def test_a_concentration_is_rounded_and_not_cut(tmp_path: Path) -> None:
    names = ("甲", "乙", "丙", "丁", "戊", "己")
    (ascend,) = told(
        tmp_path / "s.db",
        notice(0, "tender", 60),
        notice(0, "award", 5, suppliers=tuple(f"{name}公司" for name in names)),
    ).concentration
    assert (ascend.wins, ascend.hhi) == (6, 1667)


def test_the_market_is_a_table_markdown_or_json(tenders: Tenders, demo: Path) -> None:
    found = json.loads(tenders("--db", demo, "market", "--family", "ascend", "--json").out)
    assert found["whole"]["lead_days"] == {"value": "30", "n": 1}
    assert found["whole"]["projects"] == found["buyers"]["projects"] == sum(m["projects"] for m in found["months"])
    chinese = tenders("--db", demo, "--lang", "zh", "market", "--format", "md").out
    assert "## 谁在买" in chinese and "| 东南大学 | 985 | 江苏 |" in chinese and "金陵数算科技有限公司" in chinese
    english = tenders("--db", demo, "--lang", "en", "market", "--top", "1").out
    buyers = json.loads(tenders("--db", demo, "market", "--json").out)["buyers"]
    assert "Who wins" in english
    assert f"{buyers['projects']} procurements of {buyers['buyers']} buyers" in english.replace("\n", " ")
    empty = tenders("--db", demo, "--lang", "en", "market", "--until", "2020-01-01")
    assert empty.code == 0 and "No flagged procurement" in empty.err


def test_a_report_says_how_the_procurements_of_its_period_went(tenders: Tenders, demo: Path) -> None:
    report = ("--db", demo, "--lang", "en", "report", "--month", "2026-03")
    going = json.loads(tenders(*report, "--json").out)["going"]
    months = json.loads(tenders("--db", demo, "market", "--json").out)["months"]
    assert going["projects"] == next(one["projects"] for one in months if one["month"] == "2026-03") > going["awarded"]
    assert going["lead_days"] == {"value": "30", "n": 1}
    assert "call to award median 30 days (n=1)" in tenders(*report, "--format", "md").out
    page = tenders(*report, "--format", "html").out
    assert "<h2>The market</h2>" in page and "金陵数算科技有限公司" not in page, "its award is of the month after"


def test_awards_divide_by_supplier_and_other_notices_do_not(tenders: Tenders, demo: Path) -> None:
    found = json.loads(tenders("--db", demo, "report", "--by", "supplier", "--json").out)
    sums = {total["supplier"]: (total["projects"], total["award_sum"]) for total in found["totals"]}
    assert sums["金陵数算科技有限公司"] == (1, "95880000")
    kinds = tenders("--db", demo, "report", "--by", "supplier,kind", "--json").out
    assert {total["kind"] for total in json.loads(kinds)["totals"]} == {"award", "contract"}
