"""What a report asks of all that is stored is kept, and thrown away as soon as a notice it tells of changes."""

from __future__ import annotations

import re
import shutil
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from conftest import Result
from samples import NOW, record

from tender_tracker.storage import kept as kept_answers
from tender_tracker.storage.store import Store

Tenders = Callable[..., Result]


@pytest.fixture
def store(demo: Path, tmp_path: Path) -> Path:
    return shutil.copy(demo, tmp_path / "store.db")


def execute(path: Path, sql: str) -> list[Any]:
    with closing(sqlite3.connect(path)) as connection, connection:
        return connection.execute(sql).fetchall()


def kept(path: Path) -> int:
    return int(execute(path, "SELECT count(*) FROM kept_answers")[0][0])


@pytest.mark.parametrize("form", ["table", "json", "html", "md"])
def test_a_report_says_the_same_without_the_answers_that_were_kept(tenders: Tenders, store: Path, form: str) -> None:
    with_them = tenders("--db", store, "report", "--format", form)
    assert kept(store) > 4
    execute(store, "DELETE FROM kept_answers")
    assert tenders("--db", store, "report", "--format", form) == with_them


def test_an_html_report_of_everything_asks_no_sum_anew(
    tenders: Tenders, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def watched(
        connection: sqlite3.Connection, questions: kept_answers.Kept, sql: str, values: Sequence[object]
    ) -> Any:
        answer = known(connection, questions, sql, values)
        asked.extend([sql] if answer is None and "sum(budget" in sql else [])
        return answer

    known = kept_answers.known
    monkeypatch.setattr(kept_answers, "known", watched)
    assert tenders("--db", store, "report", "--format", "html").code == 0
    assert tenders("--db", store, "market").code == 0
    assert asked == []
    assert tenders("--db", store, "report", "--month", "2026-10").code == 0
    assert asked


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE notices SET level = 'preferred' WHERE level = 'required'",
        "UPDATE notices SET level = 'none' WHERE level <> 'none'",
        "UPDATE notices SET level = 'required' WHERE level = 'none'",
        "UPDATE notices SET budget_value = budget_value + 1 WHERE level = 'required'",
        "UPDATE notices SET award_value = award_value + 1 WHERE level <> 'none'",
        "UPDATE notices SET linked_project = 1 WHERE level <> 'none'",
        "UPDATE notices SET attachments = '[[\"a.pdf\", null]]' WHERE level <> 'none'",
        "UPDATE notices SET families = '[\"ascend\", \"biren\"]' WHERE level = 'required'",
        "UPDATE notices SET province = '西藏', region = NULL WHERE level = 'required'",
        "UPDATE notices SET buyer_tier = '高职' WHERE level = 'required'",
        "UPDATE notices SET published_on = '2026-01-02' WHERE level = 'required'",
        "UPDATE notices SET import_policy = 'barred' WHERE compute AND level = 'none'",
        "UPDATE projects SET outcome = 'failed'",
        "DELETE FROM projects",
        "DELETE FROM notices WHERE level = 'required'",
    ],
)
def test_a_change_by_anybody_is_reported_at_once(tenders: Tenders, store: Path, change: str) -> None:
    def told() -> list[Result]:
        return [tenders("--db", store, "report", "--format", form) for form in ("json", "html")]

    before = told()
    execute(store, change)
    assert kept(store) == 0
    assert told() != before


def test_a_notice_that_comes_is_reported_at_once(tenders: Tenders, store: Path) -> None:
    before = tenders("--db", store, "report", "--json")
    with Store.open(store, NOW) as writer:
        writer.save([record(1, level="none")])
        assert kept(store) > 4
        writer.save([record(2)])
        assert kept(store) == 0
        assert tenders("--db", store, "report", "--json") != before
    assert kept(store) > 4


def test_a_notice_that_is_no_compute_and_one_seen_again_change_no_answer(store: Path) -> None:
    known = kept(store)
    execute(store, "UPDATE notices SET last_seen = '2027-01-01T00:00:00Z'")
    execute(store, "UPDATE notices SET kind = 'other' WHERE level = 'none' AND NOT compute")
    assert kept(store) == known > 0


def test_every_column_that_an_answer_rests_on_is_watched(store: Path) -> None:
    asked = " ".join(question for (question,) in execute(store, "SELECT question FROM kept_answers"))
    ((trigger,),) = execute(store, "SELECT sql FROM sqlite_master WHERE name = 'kept_update'")
    watched = re.search(r"UPDATE OF (.+) ON notices", trigger)
    assert watched
    read = set(re.findall(r"\bn\.(\w+)", asked))
    assert {"level", "budget_value", "attachments"} < read - {"id"} <= set(watched[1].split(", "))


def test_the_next_run_keeps_the_answers_anew(tenders: Tenders, store: Path) -> None:
    execute(store, "UPDATE notices SET level = 'preferred' WHERE level = 'required'")
    known = tenders("--db", store, "report", "--json")
    tenders("--db", store, "relabel", "--dry-run")
    assert kept(store) > 4
    assert tenders("--db", store, "report", "--json") == known
