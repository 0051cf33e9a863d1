"""`tenders browse`: Datasette on a read-only store, asked over loopback; its ready questions, asked of SQLite itself."""

from __future__ import annotations

import importlib.util
import json
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest
from conftest import Result
from samples import CLAUSE, ask, fill, record
from weeks import at, run

from tender_tracker.errors import StoreUnusable
from tender_tracker.exporting.datasette import metadata
from tender_tracker.model import Amount
from tender_tracker.storage.market import market
from tender_tracker.storage.market_rows import Scope
from tender_tracker.storage.query import Filter, Reader
from tender_tracker.storage.storefile import copy

Tenders = Callable[..., Result]
QUERIES: dict[str, dict[str, str]] = metadata("s", "en")["databases"]["s"]["queries"]


def answer(db: Path, query: str) -> list[dict[str, Any]]:
    with closing(sqlite3.connect(db)) as connection:
        connection.row_factory = sqlite3.Row
        return [dict(row) for row in connection.execute(QUERIES[query]["sql"])]


def test_every_table_and_column_that_is_told_of_exists(tmp_path: Path) -> None:
    db = fill(tmp_path / "s.db", [])
    tables = metadata("s", "zh")["databases"]["s"]["tables"]
    assert tables["notices"]["columns"]["budget_raw"] == "the passage it was read from"
    for name, told in tables.items():
        columns = {row[0] for row in ask(db, "SELECT name FROM pragma_table_xinfo(?)", name)}
        named = [next(iter(facet.values())) if isinstance(facet, dict) else facet for facet in told.get("facets", ())]
        assert columns and {*told.get("columns", ()), *named} <= columns, name


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_question_has_its_title_in_the_language_asked(lang: str) -> None:
    about = metadata("s", lang)
    queries = about["databases"]["s"]["queries"]
    assert len(queries) == 10
    texts = [about["title"], about["source"], *(query["title"] for query in queries.values())]
    assert [bool(re.search("[一-鿿]", text)) for text in texts] == [lang == "zh" or "元" in text for text in texts]


def test_prices_of_cards_are_those_of_the_program(tmp_path: Path) -> None:
    """The question repeats in SQL what facts/price.py says in Python: both must agree on every notice."""
    texts = [
        "昇腾服务器（每台8卡），单价160万元/台", "昇腾服务器（每台3卡），单价160万元/台", "昇腾服务器单价160万元/台",
        "加速卡12万元/张，服务器（每台8卡）160万元/台", "加速卡12万元/张，另有加速卡9万元/张，服务器（每台8卡）160万元/台",
        "64卡集群，服务器160万元/台", "服务器每台8卡160万元/台，服务器每台4卡90万元/台", "无价格",
    ]  # fmt: skip
    head = "名称 | 品牌 | 规格型号 | 数量 | 单价（元）\n"
    rows = [
        "加速卡 | 寒武纪 | MLU370-X8 | 2张 | 48000", "服务器 | 某牌 | 昇腾910B×8 | 2台 | 800000",
        "加速卡 | 寒武纪 | MLU370-X8 | 2张 | 48000\n服务器 | 某牌 | 昇腾910B×8 | 2台 | 800000",
        "加速卡 | 寒武纪 | MLU370-X8 | 2张 | 48000\n另有加速卡12万元/张、9万元/张",
    ]  # fmt: skip
    tenders_ = [record(n, text=f"{CLAUSE}。{text}") for n, text in enumerate(texts)]
    awards = [record(n, text=f"{CLAUSE}。\n{head}{row}", kind="award") for n, row in enumerate(rows, len(texts))]
    db = fill(tmp_path / "s.db", [*tenders_, *awards])
    with Reader.open(db) as reader:
        found = {row.notice.id: row.price_per_card for row in reader.each(Filter()) if row.price_per_card}
    told = {row["id"]: Decimal(str(row["price_per_card"])) for row in answer(db, "price_per_card")}
    assert sorted(found.values()) == [
        Decimal(48000), Decimal(100000), Decimal(120000), Decimal(200000), Decimal(1600000) / 3,
    ]  # fmt: skip
    assert told == {number: round(price, 2) for number, price in found.items()}


def test_required_by_family_counts_as_the_report_does(demo: Path) -> None:
    with Reader.open(demo) as reader:
        totals = reader.totals(Filter(levels=("required",)), "family")
    told = {
        row["family"]: (row["projects"], row["notices"], row["budget_cny"])
        for row in answer(demo, "required_by_family")
    }
    assert told == {
        total.key: (total.projects, total.notices, total.budget_sum and float(total.budget_sum)) for total in totals
    }


def test_questions_of_time_look_from_today(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    days = {1: 0, 2: -8, 3: 0, 4: 0}
    due = {1: 3, 2: 13, 3: 15, 4: -1}
    levels: dict[int, Any] = {1: "required", 2: "preferred", 3: "none", 4: "required"}
    db = fill(
        tmp_path / "s.db",
        [
            record(
                n, levels[n], published=now + timedelta(days=days[n]), deadline=now + timedelta(days=due[n], hours=1)
            )
            for n in days
        ],
    )
    assert {row["id"] for row in answer(db, "flagged_this_week")} == {1, 4}
    soon = answer(db, "deadlines_in_14_days")
    assert [(row["id"], row["days_left"]) for row in soon] == [(1, 3), (2, 13)]


def test_top_buyers_count_a_project_once(tmp_path: Path) -> None:
    budget = Amount(Decimal(500), "500元")
    db = fill(
        tmp_path / "s.db", [record(1), record(2, project_no="QC2026-1", budget=budget), record(3, buyer="乙学院")]
    )
    first, second = answer(db, "top_buyers")
    assert (first["buyer"], first["projects"], first["budget_cny"]) == ("乙学院", 1, 1200000.5)
    assert (second["buyer"], second["projects"], second["budget_cny"]) == ("青川大学", 1, 1200000.5)


def serving(db: Path, port: int, *words: str) -> subprocess.Popen[bytes]:
    command = [
        sys.executable,
        "-m",
        "tender_tracker",
        "--db",
        str(db),
        "browse",
        "--no-open",
        "--port",
        str(port),
        *words,
    ]
    return subprocess.Popen(command)


def get(port: int, path: str) -> tuple[int, str]:
    with closing(HTTPConnection("127.0.0.1", port, timeout=20)) as connection:
        connection.request("GET", path)
        response = connection.getresponse()
        return response.status, response.read().decode()


def await_start(process: subprocess.Popen[bytes], port: int) -> None:
    for _ in range(300):
        assert process.poll() is None
        try:
            get(port, "/-/versions.json")
            return
        except OSError:
            time.sleep(0.1)
    raise AssertionError("Datasette did not start")


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        number: int = probe.getsockname()[1]
        return number


@pytest.mark.skipif(importlib.util.find_spec("datasette") is None, reason="the extra browse is not installed")
def test_datasette_answers_over_loopback_and_cannot_write(demo: Path, port: int) -> None:
    before = demo.read_bytes()
    process = serving(demo, port)
    try:
        await_start(process, port)
        facets = json.loads(get(port, "/demo/notices.json?_size=1")[1])["facet_results"]
        assert {"level", "families", "buyer_tier"} <= facets.keys()
        levels = {row["value"]: row["count"] for row in facets["level"]["results"]}
        assert levels["required"] == ask(demo, "SELECT count(*) FROM notices WHERE level = 'required'")[0][0]
        for query in QUERIES:
            status, body = get(port, f"/demo/{query}.json?_shape=array")
            assert (status, len(json.loads(body))) == (200, len(answer(demo, query))), query
        told = json.loads(get(port, "/-/metadata.json")[1])
        assert told["databases"]["demo"]["tables"] == metadata("demo", "en")["databases"]["demo"]["tables"]
        page = get(port, "/demo/notices")[1]
        assert "as printed" in page and 'href="/static/browse.css"' in page
        assert "column-descriptions" in page and "column-descriptions" in get(port, "/static/browse.css")[1]
        text = "select+unpacked(text)+from+texts+where+typeof(text)='blob'+limit+1"
        (row,) = json.loads(get(port, f"/demo.json?sql={text}&_shape=arrays")[1])["rows"]
        assert len(row[0]) >= 200 and "\n" in row[0]
        status, refused = get(port, "/demo.json?sql=delete+from+notices")
        assert (status, "must be a SELECT" in refused) == (400, True)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)
    assert process.returncode == 143
    assert demo.read_bytes() == before
    with pytest.raises(OSError):
        get(port, "/")


def test_browse_says_what_is_missing(tmp_path: Path, tenders: Tenders, monkeypatch: pytest.MonkeyPatch) -> None:
    db = fill(tmp_path / "s.db", [])
    find_spec = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "datasette" else find_spec(name))
    refused = tenders("--db", db, "browse")
    assert refused.code == 2
    assert refused.err == "tenders: browse needs Datasette: pip install 'tenders[browse]'\n"


def test_browse_says_what_stands_in_its_way(
    tmp_path: Path, tenders: Tenders, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: True)
    assert tenders("--db", tmp_path / "none.db", "browse").code == 10
    db = fill(tmp_path / "s.db", [])
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen()
        refused = tenders("--db", db, "browse", "--port", port)
    assert refused.code == 2
    assert f"port {port} cannot be used" in refused.err and "--port" in refused.err


def test_a_copy_holds_what_the_store_holds(tmp_path: Path) -> None:
    """What is shown where the store lies in a folder that SQLite may not write to."""
    db = fill(tmp_path / "s.db", [record(1), record(2)])
    titles = "SELECT id, title FROM notices"
    assert ask(copy(db, tmp_path / "copy.db"), titles) == ask(db, titles)
    with pytest.raises(StoreUnusable, match="there is no store here"):
        copy(tmp_path / "none.db", tmp_path / "other.db")


def test_what_datasette_says_is_told_when_it_fails(
    tmp_path: Path, tenders: Tenders, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "stand_in" / "datasette"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "__main__.py").write_text("print('starting'); raise SystemExit('it has no plugins')", "utf-8")
    monkeypatch.setenv("PYTHONPATH", str(package.parent))
    monkeypatch.syspath_prepend(package.parent)
    failed = tenders("--db", fill(tmp_path / "s.db", []), "browse", "--no-open", "--port", str(port))
    assert failed.code == 1
    assert "browse: Datasette ended with code 1: starting it has no plugins" in failed.err


def test_what_could_not_be_read_is_asked_of_the_newest_runs(tmp_path: Path) -> None:
    db = tmp_path / "s.db"
    run(db, at(3), [], {"ccgp": "blocked", "ningbo": "blocked"}, refused=2)
    assert {(row["source"], row["what"], row["reason"]) for row in answer(db, "not_read")} == {
        ("ccgp", "source", "blocked"), ("ningbo", "source", "blocked"), ("ningbo", "page", "blocked"),
    }  # fmt: skip
    run(db, at(4), [], {"ningbo": "ok"})
    assert [(row["source"], row["what"]) for row in answer(db, "not_read")] == [("ccgp", "source")]


def test_winners_and_delivered_chips_are_those_of_the_program(demo: Path) -> None:
    with Reader.open(demo) as reader:
        suppliers = {one.name: one.projects for one in market(reader, Scope()).suppliers}
    assert {row["supplier"]: row["projects"] for row in answer(demo, "who_wins")} == suppliers
    (row,) = [row for row in answer(demo, "delivered_chips") if row["brand"] == "华为" and row["buyer"] == "东南大学"]
    assert (row["price_per_card"], row["families"]) == (322500, '["ascend"]')
    assert {row["buyer"]: row["projects"] for row in answer(demo, "repeat_buyers")}["东南大学"] == 2
