"""Stored notices are gathered into projects by every run, and `tenders project` tells the life of one."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from conftest import Result
from samples import NOW, ask, fill, record

from tender_tracker.messages import WORDS
from tender_tracker.model import Amount
from tender_tracker.relink import relink
from tender_tracker.storage.store import Record, Store

Tenders = Callable[..., Result]


def one(number: int, title: str, days: int, kind: Any = "tender", **fields: Any) -> Record:
    """A notice of 青川大学 published that many days before NOW, without a number."""
    about = {"project_no": None, "deadline": None, "budget": None, "lots": (), **fields}
    return record(number, title=title, kind=kind, published=NOW - timedelta(days=days), **about)


LIFE = [
    one(1, "青川大学拉曼光谱仪升级项目公开招标公告", 60, deadline=NOW - timedelta(days=40)),
    one(2, "青川大学拉曼光谱仪升级项目更正公告", 50, "amendment", deadline=NOW - timedelta(days=35)),
    one(3, "青川大学拉曼光谱仪升级项目中标公告", 30, "award", award=Amount(Decimal(1583260), "1583260元")),
    one(4, "青川大学图书馆书架采购项目公开招标公告", 60),
]


def linked(path: Path, *batches: list[Record]) -> Path:
    """A store that took the batches one after the other, each linked by its own run."""
    for batch in batches:
        with Store.open(path, NOW) as store:
            store.save(batch)
            relink(store)
    return path


def projects(path: Path) -> dict[int, int]:
    return dict(ask(path, "SELECT notice_id, project FROM project_links"))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "tenders.db"


def test_a_run_links_what_it_stored(path: Path) -> None:
    assert projects(linked(path, LIFE)) == {1: 1, 2: 1, 3: 1, 4: 4}
    assert ask(path, "SELECT score, reason, stale FROM project_links WHERE notice_id > 2") == [
        (0.97, "same title and buyer", 0),
        (None, None, 0),
    ]


def test_notices_that_come_one_by_one_are_linked_as_those_that_come_at_once(path: Path, tmp_path: Path) -> None:
    at_once = projects(linked(tmp_path / "other.db", LIFE))
    assert projects(linked(path, *([notice] for notice in LIFE))) == at_once


def test_a_notice_in_between_joins_two_projects(path: Path) -> None:
    lots = [
        one(number, f"青川大学信息化升级项目（第{number}包）中标公告", 30, "award", project_no=None)
        for number in (1, 2)
    ]
    assert projects(linked(path, lots)) == {1: 1, 2: 2}
    assert projects(linked(path, [one(3, "青川大学信息化升级项目公开招标公告", 60)])) == {1: 1, 2: 1, 3: 1}


def test_a_changed_title_takes_a_notice_out_of_its_project(path: Path) -> None:
    linked(path, LIFE)
    with Store.open(path, NOW) as store:
        store.save([one(3, "青川大学食堂餐具采购项目中标公告", 30, "award")])
        assert ask(path, "SELECT notice_id FROM project_links WHERE stale") == [(3,)]
        assert relink(store) == 1
    assert projects(path) == {1: 1, 2: 1, 3: 3, 4: 4}


def test_a_visit_that_changes_nothing_leaves_nothing_to_link(path: Path) -> None:
    linked(path, LIFE)
    with Store.open(path, NOW + timedelta(days=1)) as store:
        store.save(LIFE)
        assert relink(store) == 0


def test_all_are_linked_again_to_the_same_projects(path: Path) -> None:
    before = projects(linked(path, LIFE))
    with Store.open(path, NOW) as store:
        assert relink(store, anew=True) == len(LIFE)
    assert projects(path) == before


def test_the_command_tells_the_life_of_a_project_from_any_of_its_notices(tenders: Tenders, path: Path) -> None:
    linked(path, LIFE)
    results = [tenders("--db", path, "project", str(number)) for number in (1, 2, 3)]
    assert len({result.out for result in results}) == 1
    rows = [line.split("\t") for line in results[0].lines[1:4]]
    assert [row[2] for row in rows] == ["tender", "amendment", "award"]
    assert "not printed" in results[0].lines[-1], "its award names no chip"
    assert " → " in rows[1][6] and " → " not in rows[0][6]
    assert "158.33 万元" in rows[2][5]
    assert "project 1: 3 notices, score 0.97 (same title and buyer)" in results[0].err
    assert "标题和采购人相同" in tenders("--db", path, "--lang", "zh", "project", "1").err


def test_one_notice_on_two_sites_is_one_step_also_on_the_other(tenders: Tenders, path: Path) -> None:
    linked(path, [*LIFE, one(5, "[公开]青川大学拉曼光谱仪升级项目公开招标公告", 59, source="zcy")])
    document = json.loads(tenders("--db", path, "project", "3", "--json").out)
    assert [step["notice"]["id"] for step in document["steps"]] == [1, 2, 3]
    assert [[twin["id"] for twin in step["also_on"]] for step in document["steps"]] == [[5], [], []]
    assert "zcy #5" in tenders("--db", path, "project", "3").lines[1]


def test_what_is_perhaps_related_is_named_and_stays_apart(tenders: Tenders, path: Path) -> None:
    titles = ("青川大学会议中心客房电气备件采购公告", "青川大学会议中心客房电气仪表备件采购公告")
    linked(path, [one(number, title, 60 - number) for number, title in enumerate(titles, 1)])
    result = tenders("--db", path, "project", "1")
    assert len(result.lines) == 2
    assert f"perhaps related: #2 {titles[1]}" in result.err
    assert f"perhaps related: #1 {titles[0]}" in tenders("--db", path, "project", "2").err


def test_a_project_that_is_not_linked_yet_says_so(tenders: Tenders, path: Path) -> None:
    fill(path, LIFE)
    result = tenders("--db", path, "project", "1")
    assert result.code == 0 and "not linked yet" in result.err


def test_a_notice_that_does_not_exist_is_an_error(tenders: Tenders, path: Path) -> None:
    linked(path, LIFE)
    assert tenders("--db", path, "project", "99").code == 2


def test_every_reason_of_the_linker_is_said_in_both_languages() -> None:
    source = (Path(__file__).parents[1] / "tender_tracker" / "linking" / "compare.py").read_text("utf-8")
    said = {key.partition(".")[2] for key in WORDS if key.startswith("linked.")} - {"number"}
    assert said == set(re.findall(r'"((?:same|near) [^"{]+)"', source)) != set()
