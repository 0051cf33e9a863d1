"""Stores leave as datasets and come together again: no notice lost, none doubled, the newest version, history kept."""

from __future__ import annotations

import importlib.util
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import fields, replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from conftest import FIXTURES, Result
from samples import CLAUSE, NOW, ask, fill, notice, record
from test_bulk import LABEL, table, tree

from tender_tracker.dataset import rows
from tender_tracker.dataset.schema import TABLES
from tender_tracker.flagging.rulepack import load
from tender_tracker.model import SHANGHAI, Amount, Attachment, DocumentPage, Lot, Notice
from tender_tracker.record import recorded
from tender_tracker.storage.papers import Read
from tender_tracker.storage.store import Store

Tenders = Callable[..., Result]
DOCS = Path(__file__).parents[1] / "docs" / "sharing.md"
SQL = re.findall(r"```sql\n(.*?)```", DOCS.read_text("utf-8"), re.S)
EXPORT = ("export", "--format", "parquet", "--partition", "month", "-o")


def at(hours: int) -> Any:
    return NOW + timedelta(hours=hours)


def said(text: str, number: int = 1) -> Notice:
    """A notice that says `text` beside its clause."""
    return notice(number, text=f"{text}\n采购服务器，{CLAUSE}。", lots=(), read_at=None)


def machine(path: Path, *told: tuple[int, str]) -> Path:
    """A store that read the same notice at several hours."""
    for hour, text in told:
        with Store.open(path, at(hour)) as store:
            store.save([recorded(said(text), load())])
    return path


def history(path: Path) -> list[str]:
    """First words of what the notice said, oldest first, by the store itself."""
    (now,) = ask(path, "SELECT id, title, content_hash FROM notices")
    past = ask(path, "SELECT unpacked(notice) FROM versions WHERE notice_id = ? ORDER BY number", now[0])
    dataset = path.with_suffix(".now")
    from conftest import call

    assert call("--db", path, *EXPORT, dataset).code == 0
    texts = [json.loads(version)["text"] for (version,) in past] + [table(dataset, "notices")[0]["text"]]
    return [text.split("\n")[0] for text in texts]


def merged(tenders: Tenders, path: Path, *stores: Path) -> Path:
    """A store that took in the others."""
    for store in stores:
        folder = store.with_suffix(".dataset")
        assert tenders("--db", store, *EXPORT, folder).code == 0
        assert tenders("--db", path, "import", folder).code == 0
    return path


def content(path: Path) -> dict[str, Any]:
    """All that a store knows of its notices but when it looked."""
    notices = ask(path, "SELECT source, source_id, content_hash, level, first_seen FROM notices ORDER BY 1, 2")
    versions = ask(path, "SELECT notice_id, number, seen_at, content_hash, changed FROM versions ORDER BY 1, 2")
    return {"notices": notices, "versions": versions, "lots": ask(path, "SELECT count(*) FROM lots")}


def test_a_store_that_went_through_a_dataset_is_the_same_store(demo: Path, tmp_path: Path, tenders: Tenders) -> None:
    assert tenders("--db", demo, *EXPORT, tmp_path / "a").code == 0
    done = tenders("--db", tmp_path / "b.db", "import", tmp_path / "a")
    assert done.code == 0
    assert "changed 0, unchanged 0, refused 0" in done.out
    assert tenders("--db", tmp_path / "b.db", *EXPORT, tmp_path / "b").code == 0
    assert tree(tmp_path / "a") == tree(tmp_path / "b")
    before = content(tmp_path / "b.db")
    again = tenders("--db", tmp_path / "b.db", "import", tmp_path / "a", "--json")
    (summary,) = json.loads(again.out)
    assert (again.code, summary["new"], summary["changed"]) == (0, 0, 0)
    assert summary["unchanged"] == summary["read"] == len(before["notices"]) > 100
    assert content(tmp_path / "b.db") == before


def test_every_field_of_a_notice_survives_its_rows() -> None:
    whole = notice(
        lots=(
            Lot("第一包", "服务器", Amount(Decimal("0.1"), "0.1元", "USD", "per_year"), None, ("甲", "乙")),
            Lot("第二包"),
        ),
        award=Amount(Decimal(2**53), "9007199254740992元"),
        suppliers=("澄江科技有限公司",),
        attachments=(Attachment("技术要求.docx"),),
        published=NOW.replace(hour=0, minute=0),
        published_has_time=False,
        language="en",
        country="IN",
    )
    assert [field.name for field in fields(Notice) if getattr(whole, field.name) is None] == []
    entry = rows.of_record(recorded(whole, load()))
    (row,), lots = ([rows.to_store(name, one) for one in entry.tables[name]] for name in ("notices", "lots"))  # type: ignore[index, arg-type]
    assert rows.notice(row, lots) == whole
    assert entry.month == "2026-11"


HISTORIES: list[tuple[Sequence[tuple[int, str]], Sequence[tuple[int, str]], list[str]]] = [
    ([(1, "a")], [(2, "b")], ["a", "b"]),
    ([(1, "a"), (3, "c")], [(2, "b")], ["a", "b", "c"]),
    ([(1, "a"), (3, "c")], [(2, "b"), (4, "d")], ["a", "b", "c", "d"]),
    ([(1, "a"), (2, "b")], [(9, "a")], ["a", "b"]),  # an old copy, read late, is no news
    ([(1, "a"), (2, "b"), (3, "a")], [(2, "b")], ["a", "b", "a"]),  # a notice that went back
    ([(2, "a"), (6, "b")], [(1, "b")], ["a", "b"]),  # who saw both knows their order
    ([(2, "a"), (6, "b")], [(1, "b"), (3, "a")], ["a", "b"]),  # two that contradict: what was seen last stands
]


@pytest.mark.parametrize(("one", "other", "whole"), HISTORIES)
def test_two_machines_make_one_history_whoever_takes_in_whom(
    tmp_path: Path,
    tenders: Tenders,
    one: Sequence[tuple[int, str]],
    other: Sequence[tuple[int, str]],
    whole: list[str],
) -> None:
    stores = [machine(tmp_path / "one.db", *one), machine(tmp_path / "other.db", *other)]
    first = merged(tenders, tmp_path / "first.db", *stores)
    second = merged(tenders, tmp_path / "second.db", *reversed(stores))
    assert history(first) == history(second) == whole
    assert ask(first, "SELECT count(*) FROM notices") == [(1,)]
    before = content(first)
    merged(tenders, first, *stores)
    assert content(first) == before
    numbers = [number for _, number, *_ in before["versions"]]
    assert numbers == list(range(1, len(whole)))


def test_the_newest_version_brings_its_lots_clauses_and_what_changed(tmp_path: Path, tenders: Tenders) -> None:
    old = machine(tmp_path / "old.db", (1, "a"))
    with Store.open(tmp_path / "new.db", at(2)) as store:
        store.save(
            [recorded(replace(notice(text="采购窗帘。"), title="窗帘采购", project_no="N-2", read_at=None), load())]
        )
    whole = merged(tenders, tmp_path / "whole.db", old, tmp_path / "new.db")
    assert ask(whole, "SELECT title, project_no, level FROM notices") == [("窗帘采购", "N-2", "none")]
    assert ask(whole, "SELECT name FROM lots ORDER BY position") == [("第一包",), ("第二包",)]
    assert ask(whole, "SELECT count(*) FROM evidence") == [(0,)]
    ((changed, level, cause),) = ask(whole, "SELECT changed, level, cause FROM versions")
    assert json.loads(changed)["project_no"] == ["QC2026-1", "N-2"]
    assert (level, cause) == ("required", "notice")
    assert "窗帘采购" in tenders("--db", whole, "show", "1").out


def test_a_notice_seen_elsewhere_before_the_last_digest_is_told_by_the_next(
    tmp_path: Path, tenders: Tenders, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = fill(tmp_path / "other.db", [record(1)], at(-30))
    own = fill(tmp_path / "own.db", [record(2)], at(-40))
    titles = []
    for hour in (30, 31, 32):
        monkeypatch.setenv("SOURCE_DATE_EPOCH", str(int(at(hour).timestamp())))
        told = tenders("--db", own, "digest", "--since-last", "--format", "txt").out
        titles.append(re.findall(r"^\* .*(第\d期)", told, re.M))
        merged(tenders, own, other)
    assert titles == [["第2期"], ["第1期"], []]


def test_levels_are_decided_by_the_rules_of_the_store_that_takes_in(tmp_path: Path, tenders: Tenders) -> None:
    other = fill(tmp_path / "other.db", [record(1, level="none")])
    whole = merged(tenders, tmp_path / "whole.db", other)
    assert ask(whole, "SELECT level, pack FROM notices") == [("required", load().fingerprint)]


def test_what_attachments_say_goes_along_and_counts(tmp_path: Path, tenders: Tenders) -> None:
    bare = notice(text="采购服务器2台，要求见附件。", lots=(), attachments=(Attachment("技术要求.pdf"),))
    page = DocumentPage("", 3, f"第三章 采购需求\n{CLAUSE}。")
    for name in ("bare", "read"):
        with Store.open(tmp_path / f"{name}.db", at(0)) as store:
            store.save([recorded(bare, load())])
    with Store.open(tmp_path / "read.db", at(1)) as store:
        papers = store.documents()
        (paper,) = papers.of([1])
        read = Read("f" * 64, 9, "pdf", (page,), ())
        papers.settle(paper.kept("f" * 64).was_read(read), read)
        store.relabel([(1, recorded(bare, load(), papers.pages_of(bare)).verdict)])
    asked = "SELECT n.level, e.found_in, e.file, e.page, e.quote FROM notices n JOIN evidence e ON notice_id = id"
    (found,) = {row[:4] for row in ask(tmp_path / "read.db", asked) if row[0] == "required" and CLAUSE in row[4]}
    assert found == ("required", "document", "技术要求.pdf", 3)
    for path in (tmp_path / "bare.db", tmp_path / "fresh.db"):
        merged(tenders, path, tmp_path / "read.db")
        assert ask(path, asked) == ask(tmp_path / "read.db", asked)
        assert ask(path, "SELECT state, sha256 FROM documents") == [("read", "f" * 64)]
        again = tenders("--db", path, "import", tmp_path / "read.dataset")
        assert "new 0, changed 0, unchanged 1" in again.out
    assert ask(tmp_path / "bare.db", "SELECT why FROM relabelings") == [("documents",)]
    tenders(*LABEL, tmp_path / "read.db", "-o", tmp_path / "labels")
    assert [row["level"] for row in table(tmp_path / "labels", "notices")] == ["required"]
    assert [row["page"] for row in table(tmp_path / "labels", "documents")] == [3]


def test_a_newer_version_taken_in_keeps_what_was_read_here_of_its_attachments(tmp_path: Path, tenders: Tenders) -> None:
    bare = notice(text="采购服务器2台，要求见附件。", lots=(), attachments=(Attachment("技术要求.pdf"),), read_at=None)
    own, other = tmp_path / "own.db", tmp_path / "other.db"
    with Store.open(own, at(0)) as store:
        store.save([recorded(bare, load())])
        papers = store.documents()
        (paper,) = papers.of([1])
        page = DocumentPage("", 3, f"第三章 采购需求\n{CLAUSE}。")
        read = Read("f" * 64, 9, "pdf", (page,), ())
        papers.settle(paper.kept("f" * 64).was_read(read), read)
        store.relabel([(1, recorded(bare, load(), papers.pages_of(bare)).verdict)])
    with Store.open(other, at(1)) as store:
        store.save([recorded(replace(bare, text="采购服务器3台，要求见附件。"), load())])
    merged(tenders, own, other)
    assert ask(own, "SELECT level, changed_at IS NULL FROM notices") == [("required", 0)]
    assert ask(own, "SELECT file FROM evidence WHERE effect = 'required'") == [("技术要求.pdf",)]


def test_labels_of_a_bulk_run_come_in_as_what_a_fetch_of_the_pages_stores(tmp_path: Path, tenders: Tenders) -> None:
    store = tmp_path / "s.db"
    tenders("--db", store, "fetch", "--saved", FIXTURES / "ningbo")
    assert tenders(*LABEL, FIXTURES / "ningbo", "-o", tmp_path / "labels").code == 0
    done = tenders("--db", store, "import", tmp_path / "labels")
    assert re.search(r"new 0, changed 0, unchanged \d\d", done.out)
    assert tenders("--db", tmp_path / "t.db", "import", tmp_path / "labels").code == 0
    assert [row[:4] for row in content(tmp_path / "t.db")["notices"]] == [row[:4] for row in content(store)["notices"]]


@pytest.mark.parametrize(
    ("said", "word"),
    [
        ('{"schema": "tenders-dataset/9"}', "tenders-dataset/9"),
        ("[]", "None"),
        ("{", "not readable"),
        (None, "no dataset"),
    ],
)
def test_a_dataset_of_another_form_is_refused_by_name(
    tmp_path: Path, tenders: Tenders, said: str | None, word: str
) -> None:
    store = fill(tmp_path / "s.db", [record(1)])
    good, strange = tmp_path / "good", tmp_path / "strange"
    tenders("--db", store, *EXPORT, good)
    strange.mkdir()
    if said is not None:
        (strange / "dataset.json").write_text(said)
    done = tenders("--db", tmp_path / "new.db", "import", good, strange)
    assert done.code == 2
    assert word in done.err and str(strange) in done.err
    assert not (tmp_path / "new.db").exists()


def test_a_damaged_file_or_row_costs_only_itself(tmp_path: Path, tenders: Tenders) -> None:
    import pyarrow
    from pyarrow import parquet

    old = record(3, published=NOW.replace(month=9))
    store = fill(tmp_path / "s.db", [record(1), record(2), old, record(4, published=NOW.replace(month=10))])
    tenders("--db", store, *EXPORT, tmp_path / "d")
    (torn,) = (tmp_path / "d" / "notices" / "month=2026-10").iterdir()
    torn.write_bytes(torn.read_bytes()[:-40])
    (bent,) = (tmp_path / "d" / "notices" / "month=2026-11").iterdir()
    held = parquet.read_table(bent)
    kinds = pyarrow.array(["potlatch", "tender"])
    parquet.write_table(held.set_column(held.schema.get_field_index("kind"), "kind", kinds), bent)
    done = tenders("--db", tmp_path / "t.db", "import", tmp_path / "d")
    assert done.code == 3
    assert "new 2" in done.out and "refused 2" in done.out
    assert str(torn) in done.err and "potlatch" not in done.err
    assert ask(tmp_path / "t.db", "SELECT exit_code FROM runs") == [(3,)]
    assert ask(tmp_path / "t.db", "SELECT count(*) FROM refusals") == [(2,)]


def test_an_export_replaces_a_dataset_as_a_whole_and_nothing_else(tmp_path: Path, tenders: Tenders) -> None:
    store = fill(tmp_path / "s.db", [record(1), record(2, published=NOW.replace(month=10))])
    tenders("--db", store, *EXPORT, tmp_path / "d")
    assert len(list((tmp_path / "d" / "notices").iterdir())) == 2
    assert tenders("--db", store, *EXPORT, tmp_path / "d", "--since", "2026-11-01").code == 0
    assert [path.name for path in (tmp_path / "d" / "notices").iterdir()] == ["month=2026-11"]
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_dir()) == ["d"]
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("x")
    assert tenders("--db", store, *EXPORT, tmp_path / "mine").code == 2
    assert tenders("--db", store, "export", "--partition", "month", "-o", tmp_path / "e").code == 2
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["thesis.txt"]


def test_a_day_that_is_printed_stays_that_day_in_its_month(tmp_path: Path, tenders: Tenders) -> None:
    first = NOW.replace(day=1, hour=0, minute=0, tzinfo=SHANGHAI)
    store = fill(tmp_path / "s.db", [record(1, published=first, published_has_time=False), record(2, published=None)])
    whole = merged(tenders, tmp_path / "t.db", store)
    assert ask(whole, "SELECT published_on FROM notices ORDER BY 1") == [(None,), ("2026-11-01",)]
    assert {row["month"] for row in table(tmp_path / "s.dataset", "notices")} == {"2026-11", "undated"}


@pytest.mark.parametrize("sql", SQL)
def test_the_questions_of_the_docs_ask_for_what_is_there(sql: str) -> None:
    """Every word that is no SQL is a column of a table it reads."""
    assert len(SQL) >= 5
    read = {name for name in TABLES if f"/{name}/" in sql}
    known = {column for name in read for column in TABLES[name]} | {"month"}
    made = set(re.findall(r"\bAS (\w+)", sql)) | {
        "n",
        "e",
        "read_parquet",
        "hive_partitioning",
        "unnest",
        "count",
        "sum",
    }
    bare = re.sub(r"'[^']*'", "", sql)
    words = set(re.findall(r"\b[a-z_]+\b", bare)) - made - {"true"}
    assert read and words <= known


@pytest.mark.skipif(not importlib.util.find_spec("duckdb"), reason="DuckDB is not installed")
def test_duckdb_answers_the_questions_of_the_docs(
    tmp_path: Path, tenders: Tenders, demo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import duckdb

    for name in ("from-beijing", "from-ningbo"):
        assert tenders("--db", demo, *EXPORT, tmp_path / name).code == 0
    monkeypatch.chdir(tmp_path)
    found = [duckdb.sql(sql).fetchall() for sql in SQL]
    assert all(found)
    required = ask(demo, "SELECT count(*) FROM notices WHERE level = 'required'")
    assert [(sum(count for _, count in found[0]),)] == required
    assert {contents for *_, contents in found[3]} == {1}
