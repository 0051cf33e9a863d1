"""Labels without a store: the same ones from every kind of file, in files that are whole, by runs that may be killed."""

from __future__ import annotations

import gzip
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, date, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pyarrow as arrow
import pytest
from conftest import FIXTURES, Result
from pyarrow import dataset as datasets
from pyarrow import parquet
from samples import CLAUSE, NOW

from tender_tracker.bulk import slices
from tender_tracker.bulk.given import COLUMNS
from tender_tracker.model import Page
from tender_tracker.pages import saved, warc

Tenders = Callable[..., Result]
LABEL = ("bulk", "label", "--workers", "1")
ROWS: list[dict[str, Any]] = [
    {"id": "r1", "title": "青川大学服务器采购公开招标公告", "text": f"采购服务器2台。\n{CLAUSE}。", "published": "2026-11-20"},
    {"id": "r2", "title": "窗帘采购公告", "text": "采购窗帘一批。", "kind": "tender", "published": "2026-10-31T23:30:00+08:00"},
    {"id": "r3", "title": "算力服务器采购中标公告", "text": "中标产品：昇腾910B服务器10台。", "kind": "award"},
    {"id": "r4", "title": "Servers", "text": "The servers must be manufactured in India.", "jurisdiction": "in"},
]  # fmt: skip


def lines(path: Path, rows: Iterable[Any]) -> Path:
    text = "".join(f"{row if isinstance(row, str) else json.dumps(row, ensure_ascii=False)}\n" for row in rows)
    path.write_bytes(gzip.compress(text.encode(), mtime=0) if path.suffix == ".gz" else text.encode())
    os.utime(path, (1_790_000_000, 1_790_000_000))
    return path


def table(folder: Path, name: str) -> list[dict[str, Any]]:
    """All rows of a table of a dataset, sorted, with the month of each."""
    files = sorted((folder / name).glob("month=*/*.parquet"))
    rows = datasets.dataset(files, partitioning="hive", partition_base_dir=str(folder / name)).to_table().to_pylist()
    return sorted(rows, key=lambda row: json.dumps(row, default=str, ensure_ascii=False))


def refused(folder: Path) -> list[dict[str, Any]]:
    files = sorted((folder / "refused").glob("*.jsonl"))
    return [json.loads(line) for file in files for line in file.read_text("utf-8").splitlines()]


def tree(folder: Path) -> dict[str, bytes]:
    """Every file of a dataset."""
    files = (path for path in folder.rglob("*") if path.is_file() and path.suffix != ".lock")
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def told(folder: Path) -> dict[str, Any]:
    return dict(json.loads((folder / "dataset.json").read_text("utf-8")))


def test_rows_get_the_labels_that_flag_gives_them_and_lie_by_month(tmp_path: Path, tenders: Tenders) -> None:
    given, out = lines(tmp_path / "rows.jsonl", ROWS), tmp_path / "out"
    done = tenders(*LABEL, given, "-o", out)
    assert (done.code, done.out) == (0, "")
    flagged = {row["id"]: row for row in map(json.loads, tenders("flag", "--jsonl", given).lines)}
    notices = {row["source_id"]: row for row in table(out, "notices")}
    assert {key: row["level"] for key, row in notices.items()} == {key: row["level"] for key, row in flagged.items()}
    assert {row["level"] for row in flagged.values()} >= {"required", "supplied", "none"}
    months = {key: row["month"] for key, row in notices.items()}
    assert months == {"r1": "2026-11", "r2": "2026-10", "r3": "undated", "r4": "undated"}
    quotes = {(row["source_id"], row["quote"]) for row in table(out, "evidence")}
    assert quotes == {(key, found["quote"]) for key, row in flagged.items() for found in row["evidence"]}


def test_every_row_names_its_rules_and_every_quote_stands_where_it_says(
    demo: Path, tmp_path: Path, tenders: Tenders
) -> None:
    tenders(*LABEL, demo, "-o", tmp_path / "out")
    notices = {
        (row["source"], row["source_id"], row["content_hash"]): row for row in table(tmp_path / "out", "notices")
    }
    evidence = table(tmp_path / "out", "evidence")
    assert len(evidence) > 100
    for row in (*evidence, *table(tmp_path / "out", "lots")):
        notice = notices[row["source"], row["source_id"], row["content_hash"]]
        assert row["pack"] == notice["pack"]
        if "quote" in row:
            assert notice[row["found_in"]][row["starts"] : row["ends"]] == row["quote"]
    assert all(row["pack"] for row in notices.values())


def test_parquet_and_packed_lines_give_the_same_as_lines(tmp_path: Path, tenders: Tenders) -> None:
    lines(tmp_path / "a.jsonl", ROWS)
    lines(tmp_path / "b.jsonl.gz", ROWS)
    parquet.write_table(
        arrow.Table.from_pylist([{**dict.fromkeys(COLUMNS), **row} for row in ROWS]), tmp_path / "c.parquet"
    )
    found = []
    for number, name in enumerate(("a.jsonl", "b.jsonl.gz", "c.parquet")):
        out = tmp_path / f"out{number}"
        assert tenders(*LABEL, tmp_path / name, "-o", out).code == 0
        found.append([{**row, "read_from": None} for row in table(out, "notices")])
    assert found[0] == found[1] == found[2]
    assert len(found[0]) == len(ROWS)


def test_dates_of_a_table_may_be_dates_times_or_text(tmp_path: Path, tenders: Tenders) -> None:
    at = datetime(2026, 10, 31, 16, 30, tzinfo=UTC)
    for number, published in enumerate((date(2026, 11, 1), at, at.isoformat())):
        rows = [{"id": number, "text": "采购窗帘。", "published": published}]
        parquet.write_table(arrow.Table.from_pylist(rows), tmp_path / f"{number}.parquet")
    assert tenders(*LABEL, *sorted(tmp_path.glob("*.parquet")), "-o", tmp_path / "out").code == 0
    assert [row["month"] for row in table(tmp_path / "out", "notices")] == ["2026-11"] * 3


def test_a_store_and_a_web_archive_give_what_the_pages_give(tmp_path: Path, tenders: Tenders) -> None:
    folder, store, archive = FIXTURES / "ningbo", tmp_path / "s.db", tmp_path / "pages.warc.gz"
    tenders("--db", store, "fetch", "--saved", folder)
    found = [page for page in saved.pages([folder], NOW, with_raw=True) if isinstance(page, Page)]
    with archive.open("wb") as file:
        written = warc.write(
            (replace(page, url=f"http://ggzy.example/{number}") for number, page in enumerate(found)), file
        )
    assert written == len(found) > 5
    said = []
    for number, given in enumerate((folder, store, archive)):
        assert tenders(*LABEL, given, "-o", tmp_path / str(number)).code == 0
        rows = table(tmp_path / str(number), "notices")
        said.append(sorted((row["title"], row["level"], str(row["published_on"]), row["content_hash"]) for row in rows))
    assert said[0] == said[1] == said[2]


def test_what_cannot_be_read_is_named_with_its_place_and_nothing_else_is_lost(tmp_path: Path, tenders: Tenders) -> None:
    bad = [
        "not json",
        {"id": "x", "text": 7},
        {"id": True, "text": "采购"},
        {"id": "y", "text": "采购", "published": "soon"},
    ]
    given = lines(tmp_path / "rows.jsonl", [ROWS[0], *bad, ROWS[1]])
    (tmp_path / "cut.jsonl.gz").write_bytes(gzip.compress(b'{"id": 1, "text": "x"}\n' * 9)[:-12])
    (tmp_path / "other.parquet").write_bytes(b"PAR1 no")
    out = tmp_path / "out"
    done = tenders(*LABEL, given, tmp_path / "cut.jsonl.gz", tmp_path / "other.parquet", "-o", out, "--json")
    assert done.code == 3
    account = json.loads(done.out)
    assert account == {key: value for key, value in told(out).items() if key != "schema"}
    assert account["refused"] == len(refused(out)) == len(bad) + 2
    assert account["read"] == account["notices"] + account["refused"]
    assert {row["position"] for row in refused(out) if row["input"] == str(given)} == {"2", "3", "4", "5"}
    assert all(row["reason"] and row["message"] for row in refused(out))
    assert f"refused {len(bad) + 2}" in done.err


def test_a_second_run_has_nothing_to_do_and_a_changed_input_is_labelled_anew(tmp_path: Path, tenders: Tenders) -> None:
    (tmp_path / "in").mkdir()
    for number, row in enumerate(ROWS):
        lines(tmp_path / "in" / f"{number}.jsonl", [row])
    out = tmp_path / "out"
    first = tenders(*LABEL, tmp_path / "in", "-o", out)
    before, times = tree(out), {path: path.stat().st_mtime_ns for path in out.rglob("*.parquet")}
    again = tenders(*LABEL, tmp_path / "in", "-o", out)
    assert "4 slices to label, 0 finished" in first.err
    assert "0 slices to label, 4 finished" in again.err
    assert tree(out) == before
    assert {path: path.stat().st_mtime_ns for path in out.rglob("*.parquet")} == times
    lines(tmp_path / "in" / "1.jsonl", [{**ROWS[1], "published": "2026-09-01"}, ROWS[0]])
    assert "1 slices to label, 3 finished" in tenders(*LABEL, tmp_path / "in", "-o", out).err
    assert {row["month"] for row in table(out, "notices") if row["source_id"] == "r2"} == {"2026-09"}
    assert told(out)["notices"] == 5
    tenders(*LABEL, tmp_path / "in", "-o", tmp_path / "fresh")
    assert tree(tmp_path / "fresh") == tree(out)


def test_other_rules_label_everything_anew(tmp_path: Path, tenders: Tenders) -> None:
    given, out = lines(tmp_path / "rows.jsonl", ROWS[1:2]), tmp_path / "out"
    tenders(*LABEL, given, "-o", out)
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "own.toml").write_text(
        '[[rule]]\nid = "own.curtain"\nkind = "product"\npattern = "窗帘"\nfamily = "own"\nbasis = "brand"\n'
        'why = "test"\nhits = ["采购窗帘"]\nmisses = ["采购桌椅"]\n',
        "utf-8",
    )
    (tmp_path / "t.toml").write_text("", "utf-8")
    done = tenders("--config", tmp_path / "t.toml", "bulk", "label", given, "-o", out)
    assert "1 slices to label" in done.err
    assert {row["rule"] for row in table(out, "evidence")} == {"own.curtain"}
    assert len({row["pack"] for row in table(out, "notices")} - {row["pack"] for row in table(out, "evidence")}) == 0


def test_an_input_that_is_not_named_again_keeps_its_labels(tmp_path: Path, tenders: Tenders) -> None:
    out = tmp_path / "out"
    tenders(*LABEL, lines(tmp_path / "a.jsonl", ROWS[:1]), "-o", out)
    done = tenders(*LABEL, lines(tmp_path / "b.jsonl", ROWS[1:2]), "-o", out)
    assert "1 parts of inputs that are not named now" in done.err
    assert told(out)["notices"] == 2


def test_a_killed_run_that_goes_on_gives_the_files_of_one_run(tmp_path: Path, tenders: Tenders) -> None:
    (tmp_path / "in").mkdir()
    for number in range(10):
        rows = [{**row, "id": f"{number}-{place}"} for place, row in enumerate(ROWS[:2])]
        lines(tmp_path / "in" / f"{number:02}.jsonl", rows)
    out = tmp_path / "out"
    words = (*LABEL, str(tmp_path / "in"), "-o", str(out))
    run = subprocess.Popen([sys.executable, "-m", "tender_tracker", *words], stderr=subprocess.DEVNULL)
    try:
        while not list((out / "_finished").glob("*.json")):
            assert run.poll() is None
            time.sleep(0.005)
    finally:
        run.send_signal(signal.SIGKILL)
        run.wait()
    finished = len(list((out / "_finished").glob("*.json")))
    assert 1 <= finished < 10
    assert not (out / "dataset.json").exists()
    for path in out.glob("*/month=*/*.parquet"):
        parquet.read_table(path)  # what is there is whole
    (out / "_work").mkdir(exist_ok=True)
    (out / "_work" / "rest-of-a-killed-run").write_bytes(b"PAR1")
    assert f"{10 - finished} slices to label" in tenders(*words).err
    assert tenders(*LABEL, tmp_path / "in", "-o", tmp_path / "once").code == 0
    assert tree(out) == tree(tmp_path / "once")


def test_ctrl_c_ends_the_workers_with_what_they_have_in_hand(tmp_path: Path) -> None:
    """The slices are so long that none is finished before the signal comes, however busy the machine is."""
    rows = [{**ROWS[0], "id": f"r{number}", "text": f"{number}：{CLAUSE}。" * 200} for number in range(1000)]
    given = [lines(tmp_path / f"{number}.jsonl", rows) for number in range(2)]
    words = ("bulk", "label", *map(str, given), "-o", str(tmp_path / "out"), "--workers", "2")
    run = subprocess.Popen([sys.executable, "-m", "tender_tracker", *words], stderr=subprocess.PIPE, text=True)
    assert run.stderr is not None
    assert run.stderr.readline() == "2 slices to label, 0 finished before\n"
    while len(list((tmp_path / "out" / "_work").glob("*"))) < 2:  # each worker has a slice in hand
        assert run.poll() is None
        time.sleep(0.005)
    run.send_signal(signal.SIGINT)
    assert run.communicate() == (None, "")
    assert run.returncode == 130
    assert not list((tmp_path / "out" / "_finished").glob("*"))


@pytest.mark.skipif(find_spec("pyspark") is not None, reason="needs Spark to be missing")
def test_spark_that_is_not_installed_is_told_before_a_folder_is_made(tmp_path: Path, tenders: Tenders) -> None:
    done = tenders(*LABEL, lines(tmp_path / "a.jsonl", ROWS), "-o", tmp_path / "out", "--engine", "spark")
    assert (done.code, "tenders[spark]" in done.err) == (2, True)
    assert not (tmp_path / "out").exists()


def test_two_workers_write_what_one_writes(tmp_path: Path, tenders: Tenders) -> None:
    given = [lines(tmp_path / f"{number}.jsonl", ROWS[number:]) for number in range(3)]
    for workers in ("1", "2"):
        assert tenders("bulk", "label", *given, "-o", tmp_path / workers, "--workers", workers).code == 0
    assert tree(tmp_path / "1") == tree(tmp_path / "2")


def test_a_large_file_is_cut_behind_lines_and_keeps_their_numbers(
    tmp_path: Path, tenders: Tenders, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [{**ROWS[0], "id": str(number)} for number in range(120)]
    given = lines(tmp_path / "rows.jsonl", [*rows[:99], "broken", *rows[99:]])
    parquet.write_table(
        arrow.Table.from_pylist(rows),
        tmp_path / "rows.parquet",
        row_group_size=10,
        compression="none",
        use_dictionary=False,
    )
    monkeypatch.setattr(slices, "SIZE", 5000)
    monkeypatch.setattr(slices, "_PIECE", 1024)
    assert len(slices.slices([given])) > 3
    done = tenders(*LABEL, given, "-o", tmp_path / "out")
    assert done.code == 3
    assert [row["position"] for row in refused(tmp_path / "out")] == ["100"]
    assert {row["source_id"] for row in table(tmp_path / "out", "notices")} == {row["id"] for row in rows}
    assert len(slices.slices([tmp_path / "rows.parquet"])) > 3
    tenders(*LABEL, tmp_path / "rows.parquet", "-o", tmp_path / "out2")
    assert len(table(tmp_path / "out2", "notices")) == len(rows)


def test_a_folder_that_is_something_else_is_left_alone(tmp_path: Path, tenders: Tenders) -> None:
    given = lines(tmp_path / "rows.jsonl", ROWS)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("x")
    assert tenders(*LABEL, given, "-o", tmp_path / "mine").code == 2
    assert tenders(*LABEL, tmp_path, "-o", tmp_path / "out").code == 2
    assert tenders(*LABEL, tmp_path / "nothing", "-o", tmp_path / "out").code == 2
    assert tenders(*LABEL, given, "-o", tmp_path / "out", "--engine", "slurm").code == 2
    assert tenders(*LABEL, given, "-o", tmp_path / "out", "--master", "local[2]").code == 2
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_dir()) == ["mine"]


def test_an_input_without_any_notice_is_exit_1(tmp_path: Path, tenders: Tenders) -> None:
    given = lines(tmp_path / "rows.jsonl", ["no", "json"])
    assert tenders(*LABEL, given, "-o", tmp_path / "out").code == 1
    assert len(refused(tmp_path / "out")) == 2


def test_a_word_for_a_kind_that_nobody_knows_is_told(tmp_path: Path, tenders: Tenders) -> None:
    given = lines(tmp_path / "rows.jsonl", [{**ROWS[0], "kind": "potlatch"}])
    assert "'potlatch'" in tenders(*LABEL, given, "-o", tmp_path / "out").err
    assert told(tmp_path / "out")["unknown_kinds"] == {"potlatch": 1}
