"""What changed from version to version of a notice and by its corrections, and what became of its project."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from conftest import Result
from samples import NOW, ask, record

from tender_tracker.storage.store import Record, Store

Tenders = Callable[..., Result]
DAY = timedelta(days=1)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "s.db"


def fetched(path: Path, records: list[Record], when: timedelta = timedelta(0)) -> None:
    with Store.open(path, NOW + when) as store:
        store.begin_run("fetch", "p1")
        store.save(records)
        store.end_run([], 0)


def reparsed(path: Path, records: list[Record], when: timedelta = timedelta(0)) -> None:
    with Store.open(path, NOW + when) as store:
        store.begin_run("reparse", "p1")
        store.reread(records)
        store.end_run([], 0)


def test_a_reparse_in_the_second_of_a_fetch_hides_no_change(tenders: Tenders, path: Path) -> None:
    fetched(path, [record(1), record(2)])
    fetched(path, [record(1, deadline=NOW + 30 * DAY)], 8 * DAY)
    reparsed(path, [record(2, agency="石桥代理有限公司")], 8 * DAY)
    words = ("--since", "2026-11-30", "--until", "2026-12-06", "--json")
    found = json.loads(tenders("--db", path, "digest", *words).out)
    assert [entry["item"]["id"] for entry in found["changes"]["items"]] == [1]
    assert ask(path, "SELECT notice_id, run_id, cause FROM versions") == [(1, 2, "notice"), (2, 3, "reading")]


def test_a_version_keeps_what_the_rules_made_of_it(path: Path) -> None:
    fetched(path, [record(1)])
    fetched(path, [replace(record(1, "none", text="项目概况\n改了。"))], DAY)
    ((kept,),) = ask(path, "SELECT verdict FROM versions")
    assert json.loads(kept) == {
        "pack": "p1",
        "lots": [["第一包", "required"], ["第二包", "none"]],
        "quotes": [["required", "★服务器CPU须采用国产处理器", "第一包"]],
    }
