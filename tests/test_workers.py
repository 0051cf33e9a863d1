"""Pages read by several processes: the same store, the same order, and a killed worker is no silence."""

from __future__ import annotations

import multiprocessing
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import FIXTURES, call
from samples import NOW

from tender_tracker import pipeline
from tender_tracker.errors import TenderError
from tender_tracker.flagging import rulepack
from tender_tracker.model import Page
from tender_tracker.pages import saved
from tender_tracker.storage.store import Store
from tender_tracker.workers import Workers

BROKEN = Path(__file__).parent / "broken"


def dump(db: Path) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table, the index's own among them; but for the times of the migrations."""
    with sqlite3.connect(db) as connection:
        tables = "SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%' AND name NOT GLOB '_sqlite*'"
        names = [name for (name,) in connection.execute(tables)]
        return {name: connection.execute(f"SELECT * FROM {name}").fetchall() for name in names}


def test_two_workers_store_the_very_same_as_one_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1795500000")
    printed = []
    for count in ("1", "2"):
        done = call(
            "--db", str(tmp_path / count), "fetch", "--saved", str(FIXTURES / "ccgp"), str(BROKEN), "--workers", count
        )
        printed.append((done.code, done.out, done.err))
    assert printed[0] == printed[1]
    assert "refused" in printed[0][1] and dump(tmp_path / "1") == dump(tmp_path / "2")


def test_a_worker_that_is_killed_ends_the_run_with_an_error_and_a_whole_store(tmp_path: Path) -> None:
    page = next(found for found in saved.pages([FIXTURES], NOW) if isinstance(found, Page))

    def pages() -> Iterator[Page]:
        for number in range(10_000):
            yield page
            if number == 300:
                for child in multiprocessing.active_children():
                    child.kill()

    with Store.open(tmp_path / "t.db", NOW) as store:
        with pytest.raises(TenderError, match="fewer --workers"):
            pipeline.import_saved(store, pages(), rulepack.load(), NOW, workers=Workers(2))
        assert store.save([]) == {}
    assert not multiprocessing.active_children()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("ccgp", "--workers", "2", "--dry-run"), "add --saved PATH"),
        (("--saved", FIXTURES, "--workers", "2", "--limit", "3"), "--limit"),
        (("--saved", FIXTURES, "--search"), "--search"),
        (("--saved", FIXTURES, "--ping-url", "http://127.0.0.1:9/"), "--ping-url"),
    ],
)
def test_an_option_that_would_do_nothing_is_refused_and_not_passed_over(
    tmp_path: Path, words: tuple[str | Path, ...], said: str
) -> None:
    done = call("--db", tmp_path / "s.db", "fetch", *words)
    assert (done.code, done.out) == (2, "") and said in done.err
    assert not (tmp_path / "s.db").exists()
