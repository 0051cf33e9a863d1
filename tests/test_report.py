"""What a report says of a period: coverage first, flagged notices, totals that never mix or hide money."""

from __future__ import annotations

import json
import os
import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from urllib.parse import unquote

import pytest
from conftest import Result

from tender_tracker.errors import UsageError
from tender_tracker.model import (
    SHANGHAI,
    Amount,
    Evidence,
    Kind,
    Level,
    Lot,
    LotVerdict,
    Notice,
    SourceSettings,
    Verdict,
    Window,
)
from tender_tracker.reporting.period import iso_week, window
from tender_tracker.sources import ccgp
from tender_tracker.storage.store import Record, Refused, SourceRun, Store

NOW = datetime(2026, 11, 24, 1, 30, tzinfo=UTC)
Tenders = Callable[..., Result]


def record(
    number: str,
    published: datetime,
    level: Level = "required",
    kind: Kind = "tender",
    budget: str | None = None,
    award: str | None = None,
    project: str | None = None,
    families: tuple[str, ...] = (),
    lots: tuple[tuple[str, Level], ...] = (),
) -> Record:
    title = f"{number}号服务器采购"
    found = Evidence(title, 0, len(title), "title", "word.domestic", level)
    return Record(
        Notice(
            source="ccgp", source_id=number, title=title, kind=kind, text="正文", published=published,
            buyer="临江理工大学", project_no=project, read_at=NOW,
            budget=Amount(Decimal(budget), budget) if budget else None,
            award=Amount(Decimal(award), award) if award else None,
            lots=tuple(Lot(name, f"{name}的货物") for name, _ in lots),
        ),
        Verdict(level, True, "unstated", families, tuple(LotVerdict(*lot) for lot in lots), (found,), "cn-test"),
    )  # fmt: skip


@pytest.fixture
def store(tmp_path: Path) -> Callable[..., Path]:
    """Makes a store of records; `refused` pages make its coverage incomplete."""

    def make(*records: Record, refused: int = 0) -> Path:
        path = tmp_path / "store.db"
        with Store.open(path, NOW) as opened:
            opened.begin_run("fetch", "cn-test")
            opened.save(records)
            opened.refuse([Refused(f"page{n}", "ccgp", "blocked", f"page{n}: blocked") for n in range(refused)])
            state = "partial" if refused else "ok"
            reasons = {"blocked": refused} if refused else {}
            run = SourceRun("ccgp", read=len(records) + refused, refused=refused, state=state, reasons=reasons)
            opened.end_run([run], 0)
        return path

    return make


def at(day: int, hour: int = 12) -> datetime:
    return datetime(2026, 11, day, hour, tzinfo=SHANGHAI)


def report(tenders: Tenders, path: Path, *words: str) -> dict[str, object]:
    result = tenders("--db", path, "report", "--json", *words)
    assert result.code == 0, result.err
    found: dict[str, object] = json.loads(result.out)
    return found


def ids(found: dict[str, object]) -> list[str]:
    return [row["source_id"] for row in found["notices"]]  # type: ignore[attr-defined]


def test_a_week_is_the_iso_week_of_shanghai_whatever_the_zone_of_the_machine(
    tenders: Tenders, store: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    sunday_late, monday_early = datetime(2026, 11, 22, 15, 59, tzinfo=UTC), datetime(2026, 11, 22, 16, 1, tzinfo=UTC)
    path = store(record("a", sunday_late), record("b", monday_early), record("c", at(16, 0)), record("d", at(15, 23)))
    outputs = set()
    for zone in ("UTC", "America/New_York", "Asia/Tokyo"):
        monkeypatch.setenv("TZ", zone)
        outputs.add(tenders("--db", path, "report", "--week", "2026-W47", "--json").out)
    assert len(outputs) == 1
    assert sorted(ids(json.loads(outputs.pop()))) == ["a", "c"]
    assert ids(report(tenders, path, "--week", "2026-W48")) == ["b"]


def test_a_moment_given_in_another_zone_is_asked_of_a_site_as_shanghais_day() -> None:
    span = window(NOW, since="2026-11-18T20:00:00+00:00", until="2026-11-20T20:00:00+00:00")
    settings = SourceSettings(keywords=("服务器",))
    (request,) = ccgp.starts(settings, span)
    assert "start_time=2026:11:19" in unquote(request.url) and "end_time=2026:11:21" in unquote(request.url)


def test_until_includes_its_day_and_a_month_ends_with_its_last(tenders: Tenders, store: Callable[..., Path]) -> None:
    path = store(record("a", at(30, 23)), record("b", datetime(2026, 12, 1, tzinfo=SHANGHAI)), record("c", at(1, 0)))
    assert ids(report(tenders, path, "--since", "2026-11-01", "--until", "2026-11-30")) == ["a", "c"]
    assert ids(report(tenders, path, "--month", "2026-11")) == ["a", "c"]
    assert ids(report(tenders, path, "--since", "7d")) == ["b", "a"]
    assert ids(report(tenders, path, "--since", "2026-11-30T22:00", "--until", "2026-11-30T23:30")) == ["a"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"week": "2026-W54"}, "2026-W47"), ({"week": "2026-47"}, "2026-W47"), ({"month": "2026-13"}, "2026-11"),
        ({"month": "November"}, "2026-11"), ({"since": "yesterday"}, "2026-11-20"), ({"until": "2026-02-30"}, "2026-11-20"),
        ({"since": "2026-11-20", "until": "2026-11-01"}, "later than"), ({"since": "7d", "week": "2026-W47"}, "one of them"),
    ],
)  # fmt: skip
def test_a_period_that_cannot_be_read_is_a_usage_error(words: dict[str, str], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        window(NOW, **words)


def test_the_year_ends_with_its_53rd_iso_week() -> None:
    span = window(NOW, week="2026-W53")
    assert span == Window(datetime(2026, 12, 28, tzinfo=SHANGHAI), datetime(2027, 1, 4, tzinfo=SHANGHAI))
    assert iso_week(datetime(2027, 1, 1, tzinfo=SHANGHAI)) == "2026-W53"
    assert window(NOW, since="2w").since == datetime(2026, 11, 10, tzinfo=SHANGHAI)


def test_coverage_comes_first_and_says_when_counts_are_lower_bounds(
    tenders: Tenders, store: Callable[..., Path]
) -> None:
    lines = tenders("--db", store(record("a", at(20)), refused=3), "report").lines
    assert "ccgp: partial · 1 stored" in lines[1] and "3 pages refused (blocked 3)" in " ".join(lines[1:3])
    assert any(line.startswith("Counts are lower bounds") for line in lines[:5])
    assert report(tenders, store(record("a", at(20)), refused=3))["complete"] is False


def test_a_source_read_in_full_is_said_to_be_so(tenders: Tenders, store: Callable[..., Path]) -> None:
    path = store(record("a", at(20)))
    assert "Every source was read in full." in tenders("--db", path, "report").lines
    assert "所有来源均完整读取。" in tenders("--lang", "zh", "--db", path, "report").lines
    assert report(tenders, path)["complete"] is True


def test_where_only_saved_pages_were_read_no_site_is_said_to_be_read_in_full(
    tenders: Tenders, store: Callable[..., Path]
) -> None:
    path = store(record("a", at(20)))
    with Store.open(path, NOW) as opened:
        opened.begin_run("fetch --saved", "p1")
        opened.end_run([SourceRun("ningbo", read=2, new=0, state="ok")], 0)
    lines = tenders("--db", path, "report").lines
    assert "Every source was read in full; of 1 of them only saved pages, no site was asked." in lines
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("DELETE FROM run_sources WHERE source = 'ccgp'")
        connection.execute("DELETE FROM notices WHERE source = 'ccgp'")
    told = tenders("--db", path, "--lang", "zh", "report").lines
    assert "已保存的页面均完整读取；未访问任何网站，未保存的公告不在其中。" in told


def test_budgets_and_awards_stand_apart_and_the_undisclosed_beside_them(
    tenders: Tenders, store: Callable[..., Path]
) -> None:
    path = store(
        record("tender", at(10), budget="4860000", project="P1"),
        record("award", at(20), kind="award", award="4800000", budget="4860000", project="P1"),
        record("silent", at(21)),
        record("award2", at(22), kind="award"),
    )
    (total,) = report(tenders, path)["totals"]  # type: ignore[misc]
    assert (total["notices"], total["projects"]) == (4, 3)
    assert (total["budget_sum"], total["budget_undisclosed"]) == ("4860000", 2)
    assert (total["award_sum"], total["award_undisclosed"]) == ("4800000", 1)
    row = next(line for line in tenders("--db", path, "report").lines if line.startswith("required    "))
    assert row.split() == ["required", "4", "3", "486.00", "万元", "2", "480.00", "万元", "1"]


def test_totals_of_levels_come_strongest_first_and_months_in_time(tenders: Tenders, store: Callable[..., Path]) -> None:
    path = store(
        record("a", at(20), "preferred"), record("b", at(21), "preferred"), record("c", at(1) - timedelta(days=9)),
        record("d", at(22), "supplied"),
    )  # fmt: skip
    keys = [row["level"] for row in report(tenders, path)["totals"]]  # type: ignore[attr-defined]
    assert keys == ["required", "preferred", "supplied"]
    keys = [row["month"] for row in report(tenders, path, "--by", "month")["totals"]]  # type: ignore[attr-defined]
    assert keys == ["2026-10", "2026-11"]


def test_a_notice_of_two_families_counts_in_both_and_the_report_says_so(
    tenders: Tenders, store: Callable[..., Path]
) -> None:
    path = store(record("a", at(20), families=("ascend", "kunpeng")))
    result = tenders("--db", path, "report", "--by", "family")
    assert any(line.startswith("Ascend ") for line in result.lines)
    assert any(line.startswith("Kunpeng ") for line in result.lines)
    assert "counts in each of them" in result.out


@pytest.mark.parametrize("by", ["family", "buyer", "tier", "region", "month", "kind", "level", "source"])
def test_totals_group_by_every_promised_key_in_every_form(tenders: Tenders, demo: Path, by: str) -> None:
    for form in ("table", "json", "md"):
        result = tenders("--db", demo, "report", "--by", by, "--format", form)
        assert (result.code, result.err) == (0, "")
    assert report(tenders, demo, "--by", by)["by"] == [by]


def test_only_flagged_lots_of_a_mixed_notice_are_shown(tenders: Tenders, store: Callable[..., Path]) -> None:
    path = store(record("a", at(20), lots=(("第一包", "required"), ("第二包", "none"))))
    out = tenders("--db", path, "report").out
    assert "第一包的货物" in out and "第二包" not in out


def test_levels_are_chosen_and_an_unknown_one_is_refused(tenders: Tenders, demo: Path) -> None:
    found = report(tenders, demo, "--level", "supplied,mentioned")
    assert {row["level"] for row in found["notices"]} == {"supplied", "mentioned"}  # type: ignore[attr-defined]
    result = tenders("--db", demo, "report", "--level", "must")
    assert (result.code, result.out) == (2, "")
    assert "known: required, preferred, supplied, mentioned, none" in result.err


def test_an_empty_period_says_what_is_stored(tenders: Tenders, demo: Path) -> None:
    result = tenders("--db", demo, "report", "--week", "2001-W01")
    assert result.code == 0
    assert "No flagged notice in this period and level; the store holds" in result.err
    assert "Totals" not in result.out


def test_the_same_store_and_words_give_the_same_bytes_at_any_time(
    tenders: Tenders, demo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for form in ("table", "json", "csv", "md", "html"):
        outputs = set()
        for epoch in ("1795483800", "1800000000"):
            monkeypatch.setenv("SOURCE_DATE_EPOCH", epoch)
            outputs.add(tenders("--db", demo, "report", "--format", form).out)
        assert len(outputs) == 1


def test_every_form_names_every_flagged_notice_with_its_clause(tenders: Tenders, demo: Path) -> None:
    found = report(tenders, demo)
    rows = found["notices"]
    assert len(rows) >= 20  # type: ignore[arg-type]
    csv = tenders("--db", demo, "report", "--format", "csv").lines
    assert len(csv) == len(rows) + 1  # type: ignore[arg-type]
    for row in rows:  # type: ignore[attr-defined]
        assert row["evidence"]["quote"]
    assert date.fromisoformat(rows[0]["published_on"])  # type: ignore[index]


def test_a_long_table_shows_the_strongest_and_says_what_it_leaves_out(tenders: Tenders, demo: Path) -> None:
    whole = report(tenders, demo)
    short = report(tenders, demo, "--limit", "2")
    assert short["notices"] == whole["notices"][:2]  # type: ignore[index]
    assert [short[key] for key in ("found", "totals")] == [whole[key] for key in ("found", "totals")]
    assert short["found"] == len(whole["notices"]) > 2  # type: ignore[arg-type]
    for form, row in (("table", r"(?m)^#\d+ "), ("md", r"(?m)^\| \d+ \|")):
        text = tenders("--db", demo, "--lang", "en", "report", "--limit", "2", "--format", form).out
        assert len(re.findall(row, text)) == 2, form
        assert f"2 of {whole['found']} shown" in " ".join(text.split()), form
        for total in whole["totals"]:  # type: ignore[attr-defined]
            assert f"{total['level']} · {total['notices']}" in text, form
    assert "shown" not in tenders("--db", demo, "--lang", "en", "report").out


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes in folders here")
def test_a_pipe_is_written_to_and_not_replaced(tenders: Tenders, demo: Path, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDWR | os.O_NONBLOCK)  # so that nobody waits for the other end
    try:
        assert tenders("--db", demo, "report", "--format", "csv", "--limit", "1", "-o", pipe).code == 0
        assert pipe.is_fifo() and b"id,source" in os.read(reader, 100)
    finally:
        os.close(reader)


def test_a_file_is_written_whole_or_left_alone(tenders: Tenders, demo: Path, tmp_path: Path) -> None:
    target = tmp_path / "周报 #1.md"
    result = tenders("--db", demo, "report", "--format", "md", "-o", target)
    assert (result.code, result.out) == (0, "")
    assert target.read_text("utf-8") == tenders("--db", demo, "report", "--format", "md").out
    assert [path.name for path in tmp_path.iterdir()] == [target.name]
    link = tmp_path / "latest.md"
    link.symlink_to(target.name)
    assert tenders("--db", demo, "--lang", "en", "report", "--format", "md", "-o", link).code == 0
    assert link.is_symlink() and target.read_text("utf-8").startswith("# Domestic")
    lost = tenders("--db", demo, "report", "-o", tmp_path / "none" / "x.md")
    assert lost.code == 1 and "not written" in lost.err


def test_two_buyers_that_share_a_number_have_two_projects(store, tenders: Tenders) -> None:
    one = record("1", NOW, budget="3000000", project="2026-001")
    other = record("2", NOW, budget="2000000", project="2026-001")
    other = replace(other, notice=replace(other.notice, buyer="白石医院"))
    printed = json.loads(tenders("--db", store(one, other), "report", "--format", "json").out)
    assert [(row["projects"], row["budget_sum"]) for row in printed["totals"]] == [(2, "5000000")]


def test_many_sources_that_are_well_are_told_together_and_those_amiss_apart(tenders: Tenders, tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    with Store.open(path, NOW) as store:
        store.begin_run("fetch", "cn-test")
        well = [SourceRun(name, read=1, lists=1) for name in "abcdefg"]
        store.end_run([*well, SourceRun("blocked.site", state="blocked", error="访问过于频繁")], 3)
    lines = tenders("--lang", "en", "--db", path, "report").lines
    assert lines[1].startswith("blocked.site: blocked · 0 stored · never read in full · ")
    assert lines[2].startswith("7 sources read in full, 2026-11-24 09:30; notices stored and the newest: a 0")
    assert lines[4].startswith("Counts are lower bounds")
    assert "7 sources" not in tenders("--lang", "en", "--db", path, "report", "--format", "html").out
