"""A notice that several sites carry stands once in a report that is read, and in each line of one that is computed."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import Result
from samples import NOW, record

from tender_tracker.relink import relink
from tender_tracker.storage.store import Store

Tenders = Callable[..., Result]
TITLE = "甲省大学智算平台服务器采购项目公开招标公告"


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One notice on two sites, another of the same buyer on one."""
    first = record(1, title=TITLE)
    twin = replace(first, notice=replace(first.notice, source="ningbo", source_id="n1", url="http://b.gov.cn/n1"))
    other = record(2, title="甲省大学图书馆密集书架采购项目公开招标公告", project_no="SJ-2026-77")
    found = tmp_path_factory.mktemp("carried") / "s.db"
    with Store.open(found, NOW) as store:
        store.begin_run("fetch", "p1")
        store.save([first, twin, other])
        relink(store)
        store.end_run([], 0)
    return found


@pytest.mark.parametrize(("form", "number"), [("table", "#2"), ("md", "\\#2"), ("html", "#2")])
def test_a_report_that_is_read_tells_it_once_with_the_other_site(
    tenders: Tenders, path: Path, form: str, number: str
) -> None:
    told = tenders("--db", path, "report", "--format", form).out
    assert told.count(f"also on ningbo {number}") == 1
    assert "also on ccgp" not in told
    assert f"另见 ningbo {number}" in tenders("--db", path, "report", "--format", form, "--lang", "zh").out


def test_json_has_each_with_the_others_and_their_addresses(tenders: Tenders, path: Path) -> None:
    rows = json.loads(tenders("--db", path, "report", "--json").out)["notices"]
    assert {row["id"]: row["also_on"] for row in rows} == {
        1: [{"id": 2, "source": "ningbo", "url": "http://b.gov.cn/n1"}],
        2: [{"id": 1, "source": "ccgp", "url": "http://www.ccgp.gov.cn/1.htm"}],
        3: [],
    }


def test_csv_has_a_line_for_each_with_the_others(tenders: Tenders, path: Path) -> None:
    rows = csv.DictReader(io.StringIO(tenders("--db", path, "report", "--format", "csv").out))
    assert {row["id"]: row["also_on"] for row in rows} == {"1": "ningbo #2", "2": "ccgp #1", "3": ""}


def test_a_site_that_fell_behind_the_limit_is_told_all_the_same(tenders: Tenders, path: Path) -> None:
    told = tenders("--db", path, "report", "--limit", "1").out
    assert "also on ccgp #1" in told
    assert "1 of 3" in told


def test_a_notice_of_another_level_stands_by_itself(tenders: Tenders, path: Path, tmp_path: Path) -> None:
    """Whoever reads the weaker section must find what stands there."""
    first = record(1, title=TITLE)
    twin = record(1, "preferred", title=TITLE, source="ningbo", source_id="n1")
    with Store.open(tmp_path / "s.db", NOW) as store:
        store.begin_run("fetch", "p1")
        store.save([first, twin])
        relink(store)
        store.end_run([], 0)
    told = tenders("--db", tmp_path / "s.db", "report").out
    assert "also on" not in told
    assert ("#1" in told, "#2" in told) == (True, True)
