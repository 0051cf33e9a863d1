"""Questions to the store: filters, sums that do not lie, coverage, and that asking costs little and writes nothing."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from samples import CLAUSE, NOW, fill, record

from tender_tracker.errors import UsageError
from tender_tracker.model import SHANGHAI, Amount, Level, Window
from tender_tracker.storage.query import By, Clock, Filter, Order, Reader
from tender_tracker.storage.rows import Total
from tender_tracker.storage.store import Record, SourceRun, Store

ANY = Filter(levels=())


def yuan(value: int | str, currency: str = "CNY") -> Amount:
    return Amount(Decimal(value), f"{value}元", currency)


def titles(path: Path, where: Filter, order: Order = "id") -> list[str]:
    with Reader.open(path) as reader:
        assert reader.count(where) == len(reader.listing(where, limit=None))
        return [row.source_id for row in reader.listing(where, limit=None, order=order)]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six notices of two weeks, two buyers, two sources."""
    at = datetime(2026, 11, 16, 0, 0, tzinfo=SHANGHAI)
    records = [
        record(1, "required", ("kunpeng",), published=at),
        record(2, "required", ("ascend", "kunpeng"), published=at + timedelta(days=6, hours=23, minutes=59)),
        record(
            3, "preferred", ("hygon",), published=at + timedelta(days=7), buyer="黑水县人民医院", region="四川省阿坝州"
        ),
        record(4, "none", (), published=at + timedelta(days=1), kind="award"),
        record(5, "mentioned", ("ascend",), published=None, source="ningbo"),
        record(6, "supplied", ("hygon",), published=at - timedelta(seconds=1), kind="award", source="ningbo"),
    ]
    return fill(tmp_path_factory.mktemp("query") / "tenders.db", records)


@pytest.mark.parametrize("buyer", ["МИНЦИФРЫ", "минцифры", "Минцифры россии"])
def test_a_buyer_is_found_in_any_case_of_its_own_script(tmp_path: Path, buyer: str) -> None:
    store = fill(tmp_path / "s.db", [record(1, buyer="Минцифры России"), record(2, buyer="Минздрав России")])
    assert titles(store, Filter(buyer=buyer)) == ["t1"]


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        (Filter(), ["t1", "t2", "t3", "t6"]),
        (ANY, ["t1", "t2", "t3", "t4", "t5", "t6"]),
        (Filter(levels=("none", "mentioned")), ["t4", "t5"]),
        (Filter(date(2026, 11, 16), date(2026, 11, 23)), ["t1", "t2"]),
        (Filter(since=date(2026, 11, 23)), ["t3"]),
        (Filter(until=date(2026, 11, 16)), ["t6"]),
        (Filter(families=("kunpeng", "hygon")), ["t1", "t2", "t3", "t6"]),
        (Filter(families=("ascend",)), ["t2"]),
        (Filter(kinds=("award",), levels=()), ["t4", "t6"]),
        (Filter(sources=("ningbo",), levels=()), ["t5", "t6"]),
        (Filter(buyer="人民医院"), ["t3"]),
        (Filter(buyer="%"), []),
        (Filter(region="阿坝"), ["t3"]),
        (Filter(region="浙江"), ["t1", "t2", "t3", "t6"]),
        (Filter(text="国产处理器 第2期"), ["t2"]),
        (Filter(text="第4期", levels=()), ["t4"]),
    ],
)
def test_a_filter_takes_what_it_says(store: Path, where: Filter, expected: list[str]) -> None:
    assert titles(store, where) == expected


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ("newest", ["t3", "t2", "t4", "t1", "t6", "t5"]),
        ("oldest", ["t6", "t1", "t4", "t2", "t3", "t5"]),
        ("level", ["t2", "t1", "t3", "t6", "t5", "t4"]),
        ("deadline", ["t1", "t2", "t3", "t4", "t5", "t6"]),
    ],
)
def test_a_listing_is_ordered_and_undated_notices_come_last(store: Path, order: Order, expected: list[str]) -> None:
    assert titles(store, ANY, order) == expected


def test_days_are_those_of_shanghai_and_a_printed_day_is_itself(tmp_path: Path) -> None:
    late = datetime(2026, 11, 22, 17, 30, tzinfo=UTC)  # already Monday in Beijing
    printed = datetime(2026, 11, 22, tzinfo=UTC)
    path = fill(tmp_path / "t.db", [record(1, published=late), record(2, published=printed, published_has_time=False)])
    with Reader.open(path) as reader:
        assert [reader.notice(n).notice.published_on for n in (1, 2)] == [date(2026, 11, 23), date(2026, 11, 22)]
        assert reader.notice(1).notice.published == late


@pytest.mark.parametrize(("clock", "expected"), [("first_seen", ["t3"]), ("changed", ["t1"]), ("deadline", ["t2"])])
def test_a_period_may_speak_of_another_time(tmp_path: Path, clock: Clock, expected: list[str]) -> None:
    path = fill(tmp_path / "t.db", [record(1), record(2, deadline=NOW + timedelta(days=8)), record(4)])
    with Store.open(path, NOW + timedelta(days=7)) as store:
        store.save([record(1, region="宁波市"), record(3, deadline=None), record(4)])
    week = (date(2026, 11, 30), date(2026, 12, 7))
    assert titles(path, Filter(*week, clock=clock)) == expected


def test_flagged_rows_carry_lots_with_their_deciding_passage(store: Path) -> None:
    with Reader.open(store) as reader:
        rows = reader.flagged(Filter(levels=()))
    assert [(row.notice.source_id, row.notice.level) for row in rows] == [
        ("t2", "required"),
        ("t1", "required"),
        ("t3", "preferred"),
        ("t6", "supplied"),
        ("t5", "mentioned"),
    ]
    first = rows[0]
    assert first.evidence is not None and first.evidence.quote == CLAUSE
    assert [(lot.name, lot.level, lot.evidence and lot.evidence.rule) for lot in first.lots] == [
        ("第一包", "required", "demand.chip"),
        ("第二包", "none", None),
    ]


def project(number: int, project_no: str | None, level: Level = "required", **fields: Any) -> Record:
    return record(number, level, project_no=project_no, **{"budget": None, **fields})


def test_a_project_is_summed_once_and_budget_never_meets_award(tmp_path: Path) -> None:
    records = [
        project(1, "A", budget=yuan(100)),
        project(2, "A", kind="amendment", budget=yuan(120)),
        project(3, "A", kind="award", award=yuan("99.5")),
        project(4, "B"),
        project(5, "B", kind="award"),
        project(6, None, budget=yuan("0.1")),
        project(7, None, budget=yuan("0.2")),
        project(8, "C", budget=yuan(5000, "USD")),
        project(9, "D", level="none", budget=yuan(7777)),
    ]
    with Reader.open(fill(tmp_path / "t.db", records)) as reader:
        (total,) = reader.totals(Filter(), "source")
    assert total == Total(
        keys=("ccgp",),
        notices=8,
        projects=5,
        budget_sum=Decimal("120.3"),
        budget_disclosed=3,
        budget_undisclosed=1,
        award_sum=Decimal("99.5"),
        award_disclosed=1,
        award_undisclosed=1,
        other_currency=1,
    )


def test_undisclosed_is_not_zero(tmp_path: Path) -> None:
    with Reader.open(fill(tmp_path / "t.db", [project(1, "A"), project(2, "B")])) as reader:
        (total,) = reader.totals(Filter(), "level")
    assert (total.budget_sum, total.budget_disclosed, total.budget_undisclosed) == (None, 0, 2)
    assert (total.award_sum, total.award_disclosed, total.award_undisclosed) == (None, 0, 0)


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        ("family", [("hygon", 2), ("kunpeng", 2), ("ascend", 1)]),
        ("buyer", [("青川大学", 3), ("黑水县人民医院", 1)]),
        ("tier", [("211", 4)]),
        ("region", [("浙江", 4)]),
        ("month", [("2026-11", 4)]),
        ("kind", [("tender", 3), ("award", 1)]),
        ("level", [("required", 2), ("preferred", 1), ("supplied", 1)]),
        ("source", [("ccgp", 3), ("ningbo", 1)]),
    ],
)
def test_totals_group_by_what_is_asked(store: Path, by: By, expected: list[tuple[str, int]]) -> None:
    with Reader.open(store) as reader:
        assert [(total.key, total.notices) for total in reader.totals(Filter(), by)] == expected


def test_a_notice_without_families_is_counted_under_none(store: Path) -> None:
    with Reader.open(store) as reader:
        assert (None, 1) in [(total.key, total.notices) for total in reader.totals(ANY, "family")]


def test_an_unknown_grouping_or_order_is_said(store: Path) -> None:
    with Reader.open(store) as reader:
        with pytest.raises(UsageError, match="known: family, buyer"):
            reader.totals(Filter(), "cake")  # type: ignore[arg-type]
        with pytest.raises(UsageError, match="known: newest"):
            reader.listing(Filter(), order="id; DROP TABLE notices")  # type: ignore[arg-type]
        with pytest.raises(UsageError, match="no notice 99"):
            reader.notice(99)
        with pytest.raises(UsageError, match=f"no notice {10**23}"):
            reader.notice(10**23)


def test_coverage_tells_per_source_what_is_missing_since_when(tmp_path: Path) -> None:
    path = fill(tmp_path / "t.db", [record(1), record(2, source="ningbo")])
    window = Window(NOW - timedelta(days=7), None)
    for day, state in ((0, "ok"), (1, "blocked"), (2, "blocked")):
        with Store.open(path, NOW + timedelta(days=day)) as store:
            store.begin_run("fetch", "p1")
            if state == "blocked":
                why = {"login": 1, "blocked": 2}
                runs = [
                    SourceRun("ccgp", read=3, refused=3, state="blocked", error="被拦截", window=window, reasons=why),
                    SourceRun(None, read=1, refused=1, state="failed", error="broken", reasons={"broken": 1}),
                ]
            else:
                runs = [SourceRun("ccgp", read=9, new=1, unchanged=8, lists=1)]
            store.end_run(runs, 0 if state == "ok" else 3)
    with Reader.open(path) as reader:
        ccgp, ningbo, unknown = reader.coverage(NOW + timedelta(days=3))
    assert (ccgp.source, ccgp.state, ccgp.error, ccgp.notices) == ("ccgp", "blocked", "被拦截", 1)
    assert (ccgp.last_run, ccgp.last_good, ccgp.age) == (NOW + timedelta(days=2), NOW, timedelta(days=3))
    assert (ccgp.refused, ccgp.reasons, ccgp.window) == (3, (("blocked", 2), ("login", 1)), window)
    assert (ningbo.source, ningbo.notices, ningbo.state, ningbo.last_good) == ("ningbo", 1, None, None)
    assert (unknown.source, unknown.state, unknown.reasons) == (None, "failed", (("broken", 1),))
    with Store.open(path, NOW) as store:
        store.begin_run("fetch", "p1")
        store.end_run([SourceRun("ningbo", read=1)], 0)
    with Reader.open(path) as reader:
        assert [entry.source for entry in reader.coverage(NOW)] == ["ccgp", "ningbo"], "noise of an old run is over"


def test_fill_rates_tell_how_often_a_field_is_filled(tmp_path: Path) -> None:
    records = [
        record(1),
        record(2, buyer=None, deadline=None),
        record(3, kind="other", text="", lots=(), published=None),
        record(4, source="ningbo", url=None),
    ]
    with Reader.open(fill(tmp_path / "t.db", records)) as reader:
        ccgp, ningbo = reader.fill_rates()
    assert (ccgp.source, ccgp.notices, ningbo.source, ningbo.notices) == ("ccgp", 3, "ningbo", 1)
    assert {name: round(rate * 3) for name, rate in ccgp.rates.items() if rate < 1} == {
        "kind": 2, "buyer": 2, "deadline": 2, "text": 2, "published": 2, "award": 0,
    }  # fmt: skip
    assert ningbo.rates["url"] == 0


def test_stats_are_the_store_in_a_few_figures(store: Path) -> None:
    with Reader.open(store) as reader:
        stats, packs = reader.stats(), reader.packs()
    assert stats.levels == {"required": 2, "preferred": 1, "supplied": 1, "mentioned": 1, "none": 1}
    assert (stats.notices, stats.undated, packs) == (6, 1, {"p1": 6})
    assert (stats.oldest, stats.newest, stats.last_run) == (date(2026, 11, 15), date(2026, 11, 23), None)
    assert stats.size == store.stat().st_size


def test_flagged_questions_are_answered_by_the_partial_index(store: Path) -> None:
    with Reader.open(store) as reader:
        asked: list[str] = []
        reader._connection.set_trace_callback(asked.append)
        reader.totals(Filter(), "month")
        reader.totals(Filter(date(2026, 11, 16), date(2026, 11, 23)), "source")
        reader.flagged(Filter(date(2026, 11, 16), date(2026, 11, 23)))
        questions = [sql for sql in asked if "FROM notices" in sql]
        assert len(questions) == 3
        for sql in questions:
            plan = " ".join(row["detail"] for row in reader._connection.execute(f"EXPLAIN QUERY PLAN {sql}"))
            assert "INDEX flagged" in plan, plan


def test_asking_imports_neither_the_writer_nor_its_library() -> None:
    heavy = "{'sqlite_utils', 'tender_tracker.storage.store', 'httpx', 'httpcore', 'bs4', 'rich', 'tender_tracker.storage.migrations'}"
    code = f"import sys, tender_tracker.storage.query; print(sorted({heavy} & set(sys.modules)))"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert said == "[]\n"
