"""A store comes to the same projects whatever the order, and in whatever runs, its notices came; and at the same cost."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import pytest
from conftest import SHARED
from samples import NOW, ask, record
from test_link import APART, TOGETHER
from test_link import notice as row

from tender_tracker.linking import cluster
from tender_tracker.model import SHANGHAI, Amount
from tender_tracker.pages.kinds import kind_of
from tender_tracker.relink import relink
from tender_tracker.storage.store import Record, Store

Found = tuple[set[frozenset[str]], set[frozenset[str]]]
TORN = (
    row("门诊楼运行维护采购项目公开招标公告", "2026-03-02"),
    row("门诊楼运行维护服务中标公告", "2026-03-28", project_no="XC2026-00101"),
    row("门诊楼运行维护采购项目中标公告", "2026-03-29", project_no="XC2026-00933"),
)
"""The first two are near, but the third is nearer to the first, and in conflict with the second."""


def records(rows: Iterable[dict[str, Any]]) -> list[Record]:
    return [_record(number, one) for number, one in enumerate(rows, 1)]


def _record(number: int, one: dict[str, Any]) -> Record:
    title, amount = one["title"], one.get("amount") or one.get("budget") or one.get("bid")
    day = one.get("date")
    return record(
        number, title=title, buyer=one.get("buyer"), project_no=one.get("project_no"), lots=(), deadline=None,
        kind=kind_of(title, one.get("sub") or "", ""), budget=Amount(Decimal(amount), str(amount)) if amount else None,
        published=datetime.fromisoformat(day).replace(tzinfo=SHANGHAI) if day else None,
    )  # fmt: skip


def stored(path: Path, runs: Iterable[Sequence[Record]]) -> Path:
    for run in runs:
        with Store.open(path, NOW) as store:
            store.save(list(run))
            relink(store)
    return path


def found(path: Path) -> Found:
    """Projects, and pairs that are perhaps related, by the numbers of the site."""
    groups = ask(
        path,
        "SELECT json_group_array(source_id) FROM notices JOIN project_links ON notice_id = id GROUP BY project",
    )
    pairs = ask(
        path,
        "SELECT json_array(a.source_id, b.source_id) FROM perhaps_links p JOIN notices a ON a.id = p.notice_id "
        "JOIN notices b ON b.id = p.other_id",
    )
    return {frozenset(json.loads(ids)) for (ids,) in groups}, {frozenset(json.loads(ids)) for (ids,) in pairs}


def in_runs(notices: list[Record], size: int, seed: int) -> list[list[Record]]:
    mixed = Random(seed).sample(notices, len(notices))
    return [mixed[first : first + size] for first in range(0, len(mixed), size)]


@pytest.fixture
def path(tmp_path: Path) -> Callable[[str], Path]:
    return lambda name: tmp_path / f"{name}.db"


def test_neither_order_nor_runs_change_what_is_linked(path: Callable[[str], Path]) -> None:
    notices = records((*(one for case in (*TOGETHER.values(), *APART.values()) for one in case), *TORN))
    at_once = found(stored(path("at once"), [notices]))
    assert any(len(project) > 4 for project in at_once[0])
    assert at_once[1]
    for size, seed in ((len(notices), 1), (12, 2)):
        assert found(stored(path(str(seed)), in_runs(notices, size, seed))) == at_once


def test_a_store_linked_anew_is_as_it_was(path: Callable[[str], Path]) -> None:
    notices = records((*(one for case in (*TOGETHER.values(), *APART.values()) for one in case), *TORN))
    grown = stored(path("grown"), in_runs(notices, 15, 4))
    before = found(grown)
    with Store.open(grown, NOW) as store:
        assert relink(store, anew=True) == len(notices)
    assert found(grown) == before


def test_a_surer_link_takes_a_notice_out_of_a_project_that_came_first(path: Callable[[str], Path]) -> None:
    call, near, nearer = records(TORN)
    assert found(stored(path("two"), [[call, near]]))[0] == {frozenset({"t1", "t2"})}
    assert found(stored(path("two"), [[nearer]]))[0] == {frozenset({"t1", "t3"}), frozenset({"t2"})}


def test_a_new_notice_is_compared_with_a_few_however_many_share_its_title(
    path: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    same = [row("门诊保洁服务采购项目公开招标公告", f"2026-{1 + n % 12:02}-{1 + n % 28:02}") for n in range(300)]
    notices = records(same)
    store = stored(path("many"), [notices[:-1]])
    compared = 0

    def counted(*pair: Any, compare: Any = cluster.compare) -> Any:
        nonlocal compared
        compared += 1
        return compare(*pair)

    monkeypatch.setattr(cluster, "compare", counted)
    stored(store, [notices[-1:]])
    assert 0 < compared <= 200
    assert max(len(project) for project in found(store)[0]) <= cluster.MOST


def test_the_shelf_of_stages_is_linked_alike_in_any_runs(path: Callable[[str], Path]) -> None:
    shelf = SHARED / "data" / "labels" / "links-stages-items.jsonl"
    if not shelf.exists():
        pytest.skip("the shelf of labelled notices is not beside this checkout")
    notices = records(json.loads(line) for line in shelf.read_text("utf-8").splitlines())
    at_once = found(stored(path("at once"), [notices]))
    assert found(stored(path("in runs"), in_runs(notices, 60, 5))) == at_once
