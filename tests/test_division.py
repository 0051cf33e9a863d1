"""How totals divide: by two dimensions, the rest in one line, the whole counted once, changes that claim no more than is known."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from conftest import Result
from samples import fill, notice

from tender_tracker.commands.report import BY
from tender_tracker.errors import UsageError
from tender_tracker.model import SHANGHAI, Amount, ImportPolicy, Level, Verdict, Window
from tender_tracker.reporting.compared import compared
from tender_tracker.reporting.period import window
from tender_tracker.storage.query import BYS, Filter, Reader
from tender_tracker.storage.store import Record

NOW = datetime(2026, 11, 24, 1, 30, tzinfo=UTC)
Tenders = Callable[..., Result]


def one(
    number: int,
    day: tuple[int, int] = (11, 18),
    level: Level = "required",
    families: tuple[str, ...] = (),
    budget: str | None = None,
    award: str | None = None,
    tier: str | None = None,
    buyer_kind: str = "university",
    policy: ImportPolicy = "unstated",
    compute: bool = True,
    currency: str = "CNY",
    **fields: Any,
) -> Record:
    """A notice of its own project on a day of 2026, unless `project_no` says otherwise."""
    said = notice(
        number,
        budget=Amount(Decimal(budget), budget, currency) if budget else None,
        award=Amount(Decimal(award), award, currency) if award else None,
        **{"project_no": f"P{number}", "published": datetime(2026, *day, 12, tzinfo=SHANGHAI), **fields},
    )
    return Record(said, Verdict(level, compute, policy, families, pack="p1"), buyer_kind, tier, "浙江")


@pytest.fixture
def store(tmp_path: Path) -> Callable[..., Path]:
    return lambda *records: fill(tmp_path / "t.db", records, NOW)


def totals(tenders: Tenders, path: Path, *words: str) -> dict[str, Any]:
    result = tenders("--db", path, "report", "--json", *words)
    assert result.code == 0, result.err
    found: dict[str, Any] = json.loads(result.out)
    return found


def pairs(found: dict[str, Any], *names: str) -> list[tuple[Any, ...]]:
    return [tuple(row[name] for name in names) for row in found["totals"]]


def test_two_dimensions_make_a_group_of_every_pair_that_occurs(tenders: Tenders, store: Callable[..., Path]) -> None:
    path = store(
        one(1, families=("ascend",), tier="985"), one(2, families=("ascend", "hygon"), tier="211"),
        one(3, families=("ascend",), tier="985"), one(4, tier="985"), one(5, families=("hygon",)),
    )  # fmt: skip
    found = totals(tenders, path, "--by", "family,tier")
    assert found["by"] == ["family", "tier"]
    assert pairs(found, "family", "tier", "notices") == [
        ("ascend", "985", 2), ("ascend", "211", 1), ("hygon", "211", 1), ("hygon", None, 1), (None, "985", 1),
    ]  # fmt: skip
    assert (found["all"]["notices"], found["all"]["projects"], found["others"]) == (5, 5, None)


def test_the_rest_is_one_line_in_which_each_project_counts_once(tenders: Tenders, store: Callable[..., Path]) -> None:
    path = store(
        *(one(k, families=("ascend",), budget="100") for k in range(1, 4)),
        one(4, families=("hygon", "biren", "metax"), budget="1000"),
        one(5, families=("biren",), budget="20", project_no="P4"),
    )
    found = totals(tenders, path, "--by", "family", "--top", "1")
    assert pairs(found, "family", "projects") == [("ascend", 3)]
    rest = found["others"]
    assert (rest["groups"], rest["notices"], rest["projects"], rest["budget_sum"]) == (3, 2, 1, "1000")
    assert (found["all"]["notices"], found["all"]["budget_sum"]) == (5, "1300")
    lines = [line.split() for line in tenders("--db", path, "report", "--by", "family", "--top", "1").lines]
    assert ["3", "others", "2", "1", "1,000.00", "元", "–", "–", "–"] in lines
    assert ["all", "5", "4", "1,300.00", "元", "–", "–", "–"] in lines


def test_top_keeps_every_notice_in_every_dimension(tenders: Tenders, demo: Path) -> None:
    for by in ("buyer", "region,kind", "source"):
        whole, cut = (totals(tenders, demo, "--by", by, *more) for more in ((), ("--top", "2")))
        assert sum(row["notices"] for row in cut["totals"]) + cut["others"]["notices"] == whole["all"]["notices"]
        assert cut["others"]["groups"] == len(whole["totals"]) - 2


def test_a_project_has_the_size_of_its_budget_in_all_its_notices(tenders: Tenders, store: Callable[..., Path]) -> None:
    path = store(
        one(1, budget="9999999"), one(2, kind="award", award="9000000", project_no="P1"), one(3, budget="10000000"),
        one(4, budget="100000000"), one(5, budget="999999"), one(6), one(7, budget="5000000", currency="USD"),
    )  # fmt: skip
    found = totals(tenders, path, "--by", "size")
    assert pairs(found, "size", "notices", "budget_undisclosed", "other_currency") == [
        ("100m", 1, 0, 0), ("10m", 1, 0, 0), ("1m", 2, 0, 0), ("less", 1, 0, 0), ("none", 1, 1, 0), ("other_currency", 1, 0, 1),
    ]  # fmt: skip


def test_a_share_is_the_strongest_demand_of_each_project_that_buys_compute(
    tenders: Tenders, store: Callable[..., Path]
) -> None:
    path = store(
        one(1, level="required"), one(2, level="none", project_no="P1", kind="amendment"), one(3, level="preferred"),
        one(4, level="none", policy="barred"), one(5, level="mentioned", policy="barred"), one(6, level="mentioned"),
        one(7, level="none"), one(8, level="none", compute=False), one(9, level="supplied", kind="award"),
    )  # fmt: skip
    found = totals(tenders, path, "--by", "share")
    assert pairs(found, "share", "projects") == [
        ("required", 1), ("preferred", 1), ("barred", 2), ("mentioned", 1), ("silent", 1),
    ]  # fmt: skip
    assert found["all"]["projects"] == 6
    page = " ".join(tenders("--db", path, "report", "--by", "share").out.split())
    assert "whether a notice names foreign chips is not known" in page
    refused = tenders("--db", path, "report", "--by", "share", "--level", "required")
    assert (refused.code, refused.out) == (2, "") and "leave --level out" in refused.err


def test_weeks_are_iso_weeks_also_around_new_year(store: Callable[..., Path]) -> None:
    days = {1: date(2026, 12, 28), 2: date(2027, 1, 3), 3: date(2027, 1, 4), 4: date(2026, 1, 1), 5: date(2025, 12, 28)}
    path = store(*(one(k, published=datetime(*day.timetuple()[:3], 12, tzinfo=SHANGHAI)) for k, day in days.items()))
    with Reader.open(path) as reader:
        found = {total.key for total in reader.totals(Filter(), "week")}
    assert found == {f"{year}-W{week:02}" for year, week, _ in (day.isocalendar() for day in days.values())}
    assert found == {"2026-W53", "2027-W01", "2026-W01", "2025-W52"}


def test_changes_stand_beside_counts_and_sums_and_a_group_that_is_gone_is_told(
    tenders: Tenders, store: Callable[..., Path]
) -> None:
    path = store(
        one(1, (10, 5), families=("ascend",), budget="700"), one(2, (10, 6), families=("biren",), budget="50"),
        one(3, (11, 5), families=("ascend",), budget="1000"), one(4, (11, 6), families=("ascend",)),
    )  # fmt: skip
    found = totals(tenders, path, "--month", "2026-11", "--by", "family", "--compare", "previous")
    ascend, biren = found["totals"]
    assert ascend["change"] == {"notices": 1, "projects": 1, "budget_sum": "300", "award_sum": "0"}
    assert (biren["notices"], biren["before"]["notices"], biren["change"]["budget_sum"]) == (0, 1, "-50")
    assert found["all"]["change"]["notices"] == 0
    assert found["compared"]["since"].startswith("2026-10-01") and found["compared"]["until"].startswith("2026-11-01")
    words = ("report", "--month", "2026-11", "--by", "family", "--compare", "2026-10")
    page = tenders("--db", path, *words, "--format", "md").out
    assert "| Ascend | 2 | +1 | 2 | +1 | 1,000.00 元 | +300.00 元 | 1 | – | 0 | – |" in page
    assert "| Biren | 0 | −1 | 0 | −1 | – | −50.00 元 | – | – | 0 | – |" in page
    rows = list(csv.DictReader(io.StringIO(tenders("--db", path, *words, "--format", "csv").out)))
    assert [(row["row"], row["family"], row["notices"], row["budget_sum_change"]) for row in rows] == [
        ("group", "ascend", "2", "300"), ("group", "biren", "0", "-50"), ("all", "", "2", "250"),
    ]  # fmt: skip
    notices = tenders("--db", path, "report", "--month", "2026-11", "--format", "csv").lines
    assert notices[0].startswith("id,") and len(notices) == 3


def test_no_change_is_claimed_of_a_sum_that_nobody_disclosed(tenders: Tenders, store: Callable[..., Path]) -> None:
    path = store(one(1, (10, 5), budget="700"), one(2, (11, 5)))
    (row,) = totals(tenders, path, "--month", "2026-11", "--compare", "2026-10")["totals"]
    assert row["change"] == {"notices": 0, "projects": 0, "budget_sum": None, "award_sum": "0"}


def test_a_comparison_says_why_it_may_mislead(tenders: Tenders, store: Callable[..., Path]) -> None:
    path = store(one(1, (10, 20)), one(2, (11, 5)))
    page = tenders("--db", path, "report", "--month", "2026-11", "--compare", "previous", "--format", "md").out
    assert "30 days against 31" in page
    assert "begins with 2026\\-10\\-20" in page or "begins with 2026-10-20" in page
    assert "this period is not complete yet" in page


def test_a_narrow_screen_leaves_columns_out_and_says_so(
    tenders: Tenders, demo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = (
        "--db",
        demo,
        "report",
        "--month",
        "2026-10",
        "--by",
        "family,tier",
        "--compare",
        "previous",
        "--limit",
        "1",
    )
    narrow = tenders(*words)
    monkeypatch.setenv("COLUMNS", "160")
    wide = tenders(*words)
    assert "3 columns do not fit" in " ".join(narrow.out.split()) and "do not fit" not in wide.out
    heading = next(line for line in wide.lines if line.startswith("chips"))
    assert heading.split().count("Δ") == 4


@pytest.mark.parametrize("by", BY)
def test_every_dimension_divides_the_same_whole_in_every_form(tenders: Tenders, demo: Path, by: str) -> None:
    for form in ("table", "json", "md", "csv"):
        result = tenders("--db", demo, "report", "--by", by, "--compare", "2026-10", "--format", form)
        assert (result.code, result.err) == (0, "")
    found = totals(tenders, demo, "--by", by)
    assert sum(row["notices"] for row in found["totals"]) >= found["all"]["notices"] > 0


def test_the_program_offers_what_the_store_can_sum() -> None:
    assert sorted(BY) == sorted(BYS)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--by", "family,tier,level"), "one dimension or two"),
        (("--by", "family,family"), "two different"),
        (("--by", "cake"), "known: level, family"),
        (("--compare", "yesterday"), "previous, or a week"),
        (("--compare", "previous"), "needs a period that begins"),
        (("--since", "2027-01-01", "--compare", "previous"), "has begun"),
        (("--compare", "2026-W60"), "no ISO week"),
    ],
)
def test_what_cannot_be_divided_or_compared_is_a_usage_error(
    tenders: Tenders, demo: Path, words: tuple[str, ...], said: str
) -> None:
    result = tenders("--db", demo, "report", *words)
    assert (result.code, result.out) == (2, "")
    assert said in result.err


def test_previous_is_the_month_before_or_as_many_days_before() -> None:
    def day(month: int, number: int) -> datetime:
        return datetime(2026, month, number, tzinfo=SHANGHAI)

    assert compared(window(NOW, month="2026-03"), "previous", NOW) == Window(day(2, 1), day(3, 1))
    assert compared(window(NOW, week="2026-W47"), "previous", NOW) == window(NOW, week="2026-W46")
    assert compared(window(NOW, "2026-11-20"), "previous", NOW) == Window(day(11, 15), day(11, 20))
    assert compared(window(NOW, month="2026-11"), "2026-W40", NOW) == window(NOW, week="2026-W40")
    with pytest.raises(UsageError, match="begins"):
        compared(window(NOW, until="2026-11-20"), "previous", NOW)
