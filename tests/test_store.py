"""What the store promises: every notice once, its history kept, never half of one, and no silent repair."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import textwrap
import time
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from samples import CLAUSE, NOW, as_of_schema_22, ask, fill, notice, record, verdict, without_digests
from sqlite_utils import Database

from tender_tracker.errors import StoreLocked, StoreUnusable
from tender_tracker.model import Amount, Lot, Verdict
from tender_tracker.storage import migrations, storefile
from tender_tracker.storage.query import Filter, Reader
from tender_tracker.storage.store import Record, Refused, Saved, SourceRun, Store

TABLES = ("notices", "texts", "lots", "evidence", "quantities", "deliveries", "versions")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "tenders.db"


def contents(path: Path) -> dict[str, list[tuple[object, ...]]]:
    return {table: ask(path, f"SELECT * FROM {table} ORDER BY 1, 2") for table in TABLES}


def python(code: str, *arguments: object) -> subprocess.Popen[str]:
    """A process of its own that may import these tests' samples."""
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent)}
    command = [sys.executable, "-c", textwrap.dedent(code), *map(str, arguments)]
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment, encoding="utf-8"
    )


def test_a_notice_comes_back_as_it_was_saved(path: Path) -> None:
    sent = record(7)
    fill(path, [sent])
    with Reader.open(path) as reader:
        file = reader.notice(1)
    row = file.notice
    for name in ("source", "source_id", "title", "kind", "url", "project_no", "project_name", "buyer", "agency"):
        assert getattr(row, name) == getattr(sent.notice, name), name
    for name in ("region", "published", "deadline", "budget", "award", "suppliers", "attachments", "read_at"):
        assert getattr(row, name) == getattr(sent.notice, name), name
    assert (file.text, file.evidence) == (sent.notice.text, sent.verdict.evidence)
    assert file.text[file.evidence[0].start : file.evidence[0].end] == CLAUSE
    assert [(lot.name, lot.title, lot.level, lot.budget) for lot in file.lots] == [
        ("第一包", "计算服务器", "required", Amount(Decimal(1000000), "100万元")),
        ("第二包", "存储", "none", None),
    ]
    assert (row.level, row.compute, row.import_policy, row.families, row.pack) == (
        ("required", True, "barred", ("kunpeng",), "p1")
    )
    assert (row.buyer_kind, row.buyer_tier, row.province, row.first_seen) == ("university", "211", "浙江", NOW)


def test_saving_the_same_notices_again_changes_nothing(path: Path) -> None:
    records = [record(number) for number in range(20)]
    with Store.open(path, NOW) as store:
        assert store.save(records) == {"ccgp": Saved(new=20)}
    before = contents(path)
    with Store.open(path, NOW) as store:
        assert store.save(records) == {"ccgp": Saved(unchanged=20)}
    assert contents(path) == before


def test_a_page_read_again_from_elsewhere_is_the_same_notice(path: Path) -> None:
    saved = record(1, url=None, read_from="saved.html")
    live = record(1, read_at=NOW + timedelta(days=1), read_from="http://www.ccgp.gov.cn/1.htm")
    fill(path, [saved])
    with Store.open(path, NOW + timedelta(days=1)) as store:
        assert store.save([live]) == {"ccgp": Saved(unchanged=1)}
    with Reader.open(path) as reader:
        row = reader.notice(1).notice
    assert row.url == live.notice.url, "an address learned later is kept"
    assert (row.first_seen, row.last_seen, row.changed_at) == (NOW, NOW + timedelta(days=1), None)


def test_the_fingerprint_of_a_content_never_changes_or_every_stored_notice_would_count_as_changed(path: Path) -> None:
    fill(path, [record(7), record(8, lots=(), attachments=(), budget=None, deadline=None)])
    assert [row[0] for row in ask(path, "SELECT content_hash FROM notices ORDER BY id")] == [
        "ce019598b0ee5903c3ca6f129cd73af6",
        "257563510ed1389d3896624a91e7f08f",
    ]


def test_a_changed_notice_keeps_its_number_and_its_history(path: Path) -> None:
    later = NOW + timedelta(days=2)
    fill(path, [record(1), record(2)])
    dearer = record(
        1, level="mentioned", budget=Amount(Decimal(900000), "90万元"), text=notice(1).text + "\n更正：预算调整。"
    )
    with Store.open(path, later) as store:
        assert store.save([dearer]) == {"ccgp": Saved(changed=1)}
    with Reader.open(path) as reader:
        file = reader.notice(1)
    assert (file.notice.first_seen, file.notice.changed_at) == (NOW, later)
    assert (file.notice.budget, file.notice.level) == (Amount(Decimal(900000), "90万元"), "mentioned")
    (old,) = file.versions
    assert (old.seen_at, old.level, old.notice["text"]) == (later, "required", notice(1).text)
    assert old.changed["budget_value"] == (1200000.5, 900000)
    assert set(old.changed) == {"budget_value", "budget_raw", "text_length"}
    assert ask(path, "SELECT count(*) FROM notices") == [(2,)]


def test_every_version_is_kept_and_an_old_copy_read_again_is_no_change(path: Path) -> None:
    versions = [record(1, region=region) for region in ("浙江省", "宁波市", "舟山市")]
    with Store.open(path, NOW) as store:
        for version in versions:
            store.save([version])
        assert store.save([versions[0]], old_copies=True) == {"ccgp": Saved(unchanged=1)}
        assert store.save([versions[0]]) == {"ccgp": Saved(changed=1)}, "a site may really go back"
    with Reader.open(path) as reader:
        file = reader.notice(1)
    assert [version.notice["region"] for version in file.versions] == ["浙江省", "宁波市", "舟山市"]
    assert file.notice.region == "浙江省"


def test_the_same_notice_twice_in_one_batch_is_seen_twice_in_order(path: Path) -> None:
    with Store.open(path, NOW) as store:
        counts = store.save([record(1), record(1, region="宁波市"), record(1, region="宁波市"), record(2)])
    assert counts == {"ccgp": Saved(new=2, changed=1, unchanged=1)}
    with Reader.open(path) as reader:
        assert reader.notice(1).notice.region == "宁波市"


def test_a_new_rule_pack_alone_changes_the_verdict_but_not_the_notice(path: Path) -> None:
    fill(path, [record(1)])
    one = notice(1)
    with Store.open(path, NOW) as store:
        assert store.save([Record(one, verdict(one, "preferred", pack="p2"))]) == {"ccgp": Saved(unchanged=1)}
    with Reader.open(path) as reader:
        file = reader.notice(1)
    assert (file.notice.level, file.notice.pack, file.notice.changed_at, file.versions) == ("preferred", "p2", None, ())
    assert [lot.level for lot in file.lots] == ["preferred", "none"]


def test_relabelling_replaces_verdict_evidence_and_search_and_keeps_the_lots(path: Path) -> None:
    fill(path, [record(1), record(2, level="none")])
    with Store.open(path, NOW) as store:
        stored = list(store.stored())
        assert [(entry.id, entry.title, entry.kind) for entry in stored] == [
            (1, notice(1).title, "tender"),
            (2, notice(2).title, "tender"),
        ]
        assert stored[0].verdict == record(1).verdict
        store.relabel([(1, Verdict("none", False, "unstated", pack="p2")), (2, verdict(notice(2), pack="p2"))])
    with Reader.open(path) as reader:
        first, second = reader.notice(1), reader.notice(2)
        assert [hit.notice.id for hit in reader.search("国产处理器").hits] == [2]
    assert (first.notice.level, first.evidence, [lot.level for lot in first.lots]) == ("none", (), [None, None])
    assert (second.notice.level, [lot.level for lot in second.lots]) == ("required", ["required", "none"])
    assert [lot.title for lot in first.lots] == ["计算服务器", "存储"]
    assert ask(path, "INSERT INTO search(search) VALUES ('integrity-check')") == []


def test_a_lot_printed_by_its_name_alone_outlives_every_new_decision(path: Path) -> None:
    one = notice(1, lots=(Lot("第一包（计算）"), Lot("第二包（家具）")))
    with_levels, without = verdict(one, pack="p1"), Verdict("none", False, "unstated", pack="p2")
    fill(path, [Record(one, with_levels)])
    for decided in (without, verdict(one, pack="p3"), without):
        with Store.open(path, NOW) as store:
            store.relabel([(1, decided)])
    with Reader.open(path) as reader:
        assert [lot.name for lot in reader.notice(1).lots] == ["第一包（计算）", "第二包（家具）"]


def test_lots_only_the_rules_made_out_are_stored_too(path: Path) -> None:
    one = notice(1, lots=(Lot("第一包（计算）", "服务器"), Lot("第一十包", "桌椅")))
    fill(path, [Record(one, verdict(one))])
    with Reader.open(path) as reader:
        lots = reader.notice(1).lots
    assert [(lot.name, lot.level) for lot in lots] == [
        ("第一包（计算）", "required"),
        ("第一十包", None),
        ("第二包", "none"),
    ]
    assert lots[0].evidence is not None and lots[0].evidence.quote == CLAUSE


@pytest.mark.parametrize(
    "title",
    [
        "'); DROP TABLE notices; --",
        '=HYPERLINK("http://evil.test")',
        "\x1b[31m红\x1b[0m\x07\u202e反\u200b\ufeff",
        "{{ 7*7 }} %s [bold]粗[/bold] <script>alert(1)</script>",
        "半\x00截",
        "𠮷野家 🈳 ä",
    ],
)
def test_hostile_titles_are_stored_verbatim(path: Path, title: str) -> None:
    fill(path, [record(1, title=title)])
    with Reader.open(path) as reader:
        assert reader.notice(1).notice.title == title
        assert [row.title for row in reader.listing(Filter(levels=()))] == [title]


def test_amounts_of_any_size_come_back(path: Path) -> None:
    amounts = [Decimal(0), Decimal("0.01"), Decimal(10) ** 18, Decimal("123456789012.34"), Decimal(10) ** 25]
    fill(path, [record(n, budget=Amount(value, "原文", "USD", "per_year")) for n, value in enumerate(amounts)])
    with Reader.open(path) as reader:
        assert [reader.notice(n + 1).notice.budget for n in range(5)] == [
            Amount(value, "原文", "USD", "per_year") for value in amounts
        ]


def test_a_second_writer_leaves_at_once_and_a_reader_is_not_kept_waiting(path: Path) -> None:
    with Store.open(path, NOW) as store:
        store.save([record(1)])
        began = time.monotonic()
        with pytest.raises(StoreLocked, match="another run"):
            Store.open(path, NOW)
        assert time.monotonic() - began < 1
        with Reader.open(path) as reader:
            store.save([record(2)])
            assert reader.stats().notices == 1, "a reader sees the store as it was when opened"
    Store.open(path, NOW).close()


def test_a_killed_import_leaves_whole_notices_and_no_lock(path: Path) -> None:
    code = """
        import sys
        from pathlib import Path
        from samples import NOW, record
        from tender_tracker.storage.store import Store
        store = Store.open(Path(sys.argv[1]), NOW)
        store.begin_run("fetch", "p1")
        number = 0
        while True:
            store.save([record(number + n) for n in range(50)])
            number += 50
            print(number, flush=True)
    """
    told = 0
    for delay in (0.0, 0.003, 0.011, 0.017):
        child = python(code, path)
        assert child.stdout is not None
        for _ in range(6):
            told = int(child.stdout.readline())
        time.sleep(delay)
        child.send_signal(signal.SIGKILL)
        child.communicate()
        assert ask(path, "PRAGMA integrity_check") == [("ok",)]
        assert ask(path, "PRAGMA foreign_key_check") == []
        (count,) = ask(path, "SELECT count(*) FROM notices")[0]
        assert count >= told and count % 50 == 0
        assert ask(path, "SELECT count(*) FROM texts") == [(count,)]
        assert ask(path, "SELECT count(*) FROM lots") == [(2 * count,)]
        assert ask(path, "SELECT count(*) FROM evidence") == [(count,)]
    with Store.open(path, NOW) as store:
        assert store.save([record(n) for n in range(told)]) == {"ccgp": Saved(unchanged=told)}


def test_a_full_disk_is_said_in_words_and_leaves_the_store_whole(path: Path) -> None:
    fill(path, [record(number) for number in range(50)])
    code = """
        import resource, sys
        from pathlib import Path
        from samples import NOW, record
        from tender_tracker.errors import StoreUnusable
        from tender_tracker.storage.store import Store
        store = Store.open(Path(sys.argv[1]), NOW)
        resource.setrlimit(resource.RLIMIT_FSIZE, (600_000, 600_000))
        try:
            for number in range(50, 100_000, 500):
                store.save([record(number + n) for n in range(500)])
        except StoreUnusable as error:
            print(error)
    """
    said, noise = python(code, path).communicate(timeout=60)
    assert "disk is full" in said and noise == ""
    assert ask(path, "PRAGMA integrity_check") == [("ok",)]
    assert ask(path, "SELECT count(*) FROM notices") == ask(path, "SELECT count(*) FROM texts")
    assert ask(path, "SELECT count(*) >= 50 FROM notices") == [(1,)]


def _zeroed_header(file: Path) -> None:
    file.write_bytes(bytes(100) + file.read_bytes()[100:])


def _truncated(file: Path) -> None:
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def _flipped_page(file: Path) -> None:
    data = bytearray(file.read_bytes())
    middle = len(data) // 4096 // 2 * 4096
    data[middle : middle + 4096] = bytes(255 - byte for byte in data[middle : middle + 4096])
    file.write_bytes(data)


def _text(file: Path) -> None:
    file.write_text("这不是数据库，只是一些文字。" * 100, "utf-8")


def _foreign(file: Path) -> None:
    file.unlink()
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("CREATE TABLE cake (flour)")


def _newer(file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA user_version = 99")


@pytest.mark.parametrize("damage", [_zeroed_header, _truncated, _flipped_page, _text, _foreign, _newer])
def test_a_store_that_is_not_right_is_refused_and_left_as_it_is(path: Path, damage) -> None:  # type: ignore[no-untyped-def]
    fill(path, [record(number) for number in range(300)])
    damage(path)
    before = path.read_bytes()
    with pytest.raises(StoreUnusable, match=r"tenders\.db: "):
        Store.open(path, NOW)
    assert path.read_bytes() == before
    if damage is not _flipped_page:  # a reader meets a bad page only when it needs it
        with pytest.raises(StoreUnusable), Reader.open(path) as reader:
            reader.stats()
        assert path.read_bytes() == before


@pytest.mark.skipif(os.name == "nt", reason="no limit on the size of files here")
def test_a_disk_too_full_to_count_the_notices_hides_no_other_error(path: Path) -> None:
    code = """
        import resource, sys
        from pathlib import Path
        from samples import NOW, record
        from tender_tracker.errors import StoreLocked
        from tender_tracker.storage.store import Store
        try:
            with Store.open(Path(sys.argv[1]), NOW) as store:
                store.save([record(1)])
                resource.setrlimit(resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
                raise StoreLocked("the reason")
        except StoreLocked as error:
            print(error)
    """
    out, err = python(code, path).communicate(timeout=30)
    assert (out, err) == ("the reason\n", "")


def test_an_empty_file_is_a_new_store_but_not_where_notices_were_known(path: Path) -> None:
    path.touch()
    fill(path, [record(1)])
    path.write_bytes(b"")
    with pytest.raises(StoreUnusable, match="held 1 notices and is now an empty file"):
        Store.open(path, NOW)
    assert path.read_bytes() == b""
    with pytest.raises(StoreUnusable, match="still empty"):
        Reader.open(path)


def test_the_counts_follow_what_is_stored_changed_decided_anew_and_deleted(path: Path) -> None:
    counted = "SELECT source, level, notices FROM stored_counts WHERE notices > 0 ORDER BY 1, 2"
    stored = "SELECT source, level, count(*) FROM notices GROUP BY 1, 2 ORDER BY 1, 2"
    fill(path, [record(1), record(2, level="none"), record(3, source="ningbo")])
    assert (
        ask(path, counted)
        == ask(path, stored)
        == [("ccgp", "none", 1), ("ccgp", "required", 1), ("ningbo", "required", 1)]
    )
    fill(path, [record(1, level="preferred", text="另一段正文"), record(2, level="none")], NOW + timedelta(hours=1))
    assert (
        ask(path, counted)
        == ask(path, stored)
        == [("ccgp", "none", 1), ("ccgp", "preferred", 1), ("ningbo", "required", 1)]
    )
    with Store.open(path, NOW + timedelta(hours=1)) as store:
        store.relabel([(3, Verdict("none", False, "unstated", pack="p2"))])
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("DELETE FROM notices WHERE id = 2")
    assert ask(path, counted) == ask(path, stored) == [("ccgp", "preferred", 1), ("ningbo", "none", 1)]
    with Reader.open(path) as reader:
        assert (reader.stats().notices, [row.source for row in reader.coverage(NOW)]) == (2, ["ccgp", "ningbo"])


NAMES = ["第1期服务器采购项目", "青川大学第2期服务器采购项目", None, "青川", "青\0川"]


def named(path: Path) -> list[tuple[object, ...]]:
    return ask(path, "SELECT project_name, own_name, name_length FROM notices ORDER BY id")


def test_a_project_name_is_stored_once_where_the_title_begins_with_it_and_always_told_whole(path: Path) -> None:
    records = [record(number, level="none", project_name=name) for number, name in enumerate(NAMES, 1)]
    records[4] = record(5, level="none", project_name=NAMES[4], title="青\0川大学")
    fill(path, records)
    stored = [(NAMES[0], NAMES[0], None), (NAMES[1], None, 14), (None, None, None), ("青川", None, 2)]
    assert named(path)[:4] == stored
    with Reader.open(path) as reader:
        assert [reader.notice(number).notice.project_name for number in range(1, 6)] == NAMES
    fill(path, [record(1, level="none", project_name="青川大学第1期")])
    assert named(path)[0] == ("青川大学第1期", None, 7)
    with Reader.open(path) as reader:
        assert reader.notice(1).versions[0].notice["project_name"] == NAMES[0]


def test_names_of_a_store_of_before_are_told_as_they_were(path: Path) -> None:
    fill(path, [record(number, level="none", project_name=name) for number, name in enumerate(NAMES[:4], 1)])
    before = named(path)
    as_of_schema_22(path)
    Store.open(path, NOW).close()
    assert named(path) == before
    with Store.open(path, NOW) as store:
        again = [record(number, level="none", project_name=name) for number, name in enumerate(NAMES[:4], 1)]
        assert store.save(again) == {"ccgp": Saved(unchanged=4)}


def as_of_schema_1(path: Path) -> None:
    """Takes back what the later steps did."""
    without_digests(path)
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(
            "DROP TABLE search; DROP TABLE passage_search; DROP TABLE quantities; DROP TABLE deliveries;"
            "ALTER TABLE notices DROP COLUMN buyer_institution;"
            "DELETE FROM _sqlite_migrations WHERE name > 'm001_z'; PRAGMA user_version = 1"
        )


def test_an_older_schema_is_migrated_in_one_step_after_a_backup(path: Path) -> None:
    fill(path, [record(1), record(2, level="none")])
    old = contents(path)
    as_of_schema_1(path)
    with pytest.raises(StoreUnusable, match="older tenders"):
        Reader.open(path)
    Store.open(path, NOW).close()
    backup = path.with_name("tenders.db.schema1.bak")
    assert contents(path) == old
    assert ask(backup, "SELECT id, title FROM notices") == ask(path, "SELECT id, title FROM notices") != []
    assert ask(backup, "PRAGMA user_version") == [(1,)]
    with Reader.open(path) as reader:
        assert reader.search("国产").total == 1
        assert reader.search("公开招标").total == 2
    with Store.open(path, NOW) as store:
        assert store.save([record(1, region="宁波市")]) == {"ccgp": Saved(changed=1)}


def test_refusals_stored_before_they_were_counted_are_counted(path: Path) -> None:
    with Store.open(path, NOW) as store:
        store.begin_run("fetch --saved", "p1")
        store.refuse([Refused(f"{n}.html", None, "login" if n else "broken", "…") for n in range(3)])
        store.end_run([SourceRun("ccgp", read=1, new=1), SourceRun(None, read=3, refused=3, state="failed")], 3)
    as_of_schema_1(path)
    Store.open(path, NOW).close()
    with Reader.open(path) as reader:
        assert [entry.reasons for entry in reader.coverage(NOW)] == [(), (("login", 2), ("broken", 1))]


def test_a_migration_that_fails_leaves_the_old_schema(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(db: Database) -> None:
        db.execute("CREATE TABLE half (done)")
        raise sqlite3.OperationalError("no luck")

    fill(path, [record(1)])
    as_of_schema_1(path)
    (first, second, *later) = migrations.STEPS._migrations
    monkeypatch.setattr(migrations.STEPS, "_migrations", [first, replace(second, fn=breaks), *later])
    with pytest.raises(StoreUnusable, match="no luck"):
        Store.open(path, NOW)
    assert ask(path, "PRAGMA user_version") == [(1,)]
    assert ask(path, "SELECT name FROM sqlite_master WHERE name IN ('half', 'search')") == []


@pytest.mark.parametrize("name", ["我的 库.db", "a#b?c=d.db", "-rf.db", "100%25.db", "it's.db"])
def test_names_of_files_mean_themselves(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    fill(Path(name), [record(1)])
    with Reader.open(Path(name)) as reader:
        assert reader.stats().notices == 1
    side_files = {name + ending for ending in (".lock", "-wal", "-shm")}
    assert {file.name for file in tmp_path.iterdir()} - side_files == {name}


def test_a_missing_store_is_said_and_not_made(path: Path) -> None:
    for call in (lambda: Reader.open(path), lambda: Store.open(path, NOW, create=False)):
        with pytest.raises(StoreUnusable, match="no store here"):
            call()
    assert not path.exists()
    with pytest.raises(StoreUnusable, match="lock file"):
        Store.open(path / "nowhere" / "t.db", NOW)


def test_a_folder_or_device_is_no_store(tmp_path: Path) -> None:
    for place in (tmp_path, Path("/dev/null")):
        with pytest.raises(StoreUnusable, match="no regular file"):
            Store.open(place, NOW)
        with pytest.raises(StoreUnusable, match="no regular file"):
            Reader.open(place)


def test_a_read_only_store_answers_but_takes_nothing(path: Path) -> None:
    fill(path, [record(1)])
    path.chmod(0o444)
    with pytest.raises(StoreUnusable, match="read-only"):
        Store.open(path, NOW)
    with Reader.open(path) as reader:
        assert reader.stats().notices == 1


@pytest.mark.skipif(os.getuid() != 0, reason="only an administrator can become somebody else")
@pytest.mark.parametrize("left_over", [False, True])
def test_a_read_only_folder_is_read_even_with_a_log_left_by_a_crash(tmp_path: Path, left_over: bool) -> None:
    folder = tmp_path / "library"
    folder.mkdir()
    path = folder / "tenders.db"
    with Store.open(tmp_path / "w.db", NOW) as store:
        store.save([record(1)])
        for suffix in ("", "-wal") if left_over else ():
            shutil.copy(tmp_path / f"w.db{suffix}", f"{path}{suffix}")
    if not left_over:
        shutil.copy(tmp_path / "w.db", path)
    code = """
        import os, sys, tempfile  # which this user may not be able to find
        from pathlib import Path
        from tender_tracker.storage.query import Filter, Reader
        os.setuid(65534)
        with Reader.open(Path(sys.argv[1])) as reader:
            print(reader.stats().notices)
    """
    for place in (tmp_path, *tmp_path.parents):
        if place.stat().st_uid == 0 and not place.stat().st_mode & 0o001:
            place.chmod(place.stat().st_mode | 0o011)
    folder.chmod(0o555)
    said, noise = python(code, path).communicate(timeout=30)
    assert (said, noise) == ("1\n", "")


def test_runs_and_refusals_are_recorded_per_source(path: Path) -> None:
    with Store.open(path, NOW) as store:
        run = store.begin_run("fetch", "p1")
        store.save([record(1)])
        store.refuse([Refused("a.html", "ccgp", "blocked", "a.html: blocked"), Refused("b.bin", None, "broken", "b")])
        store.end_run([SourceRun("ccgp", read=2, new=1, refused=1, state="partial", error="a.html: blocked")], 3)
    with Reader.open(path) as reader:
        (row,) = reader.runs()
        assert (row.id, row.command, row.exit_code, row.ended, row.pack) == (run, "fetch", 3, NOW, "p1")
        assert [(page.read_from, page.source, page.reason) for page in reader.refusals(run)] == [
            ("a.html", "ccgp", "blocked"),
            ("b.bin", None, "broken"),
        ]


def test_counting_without_keeping_writes_nothing(path: Path) -> None:
    fill(path, [record(1)])
    before = contents(path)
    with Store.open(path, NOW) as store:
        assert store.save([record(1, region="宁波市"), record(2)], keep=False) == {"ccgp": Saved(new=1, changed=1)}
    assert contents(path) == before


def test_every_column_is_explained_where_users_look_it_up(path: Path) -> None:
    fill(path, [])
    page = (Path(__file__).parents[1] / "docs" / "store.md").read_text("utf-8")
    explained = [line.split("|")[1].strip() for line in page.splitlines() if line.startswith("| ")]
    explained = [name for name in explained if not name.startswith("column")]
    tables = (
        "notices",
        "texts",
        "lots",
        "evidence",
        "quantities",
        "deliveries",
        "versions",
        "runs",
        "run_sources",
        "refusals",
        "digests",
        "relabelings",
        "page_checks",
        "failed_pages",
        "calls",
        "outbox",
        "project_links",
        "perhaps_links",
        "link_keys",
        "stored_counts",
        "kept_answers",
        "documents",
        "readings",
        "passages",
        "project_states",
        "corrections",
        "stale_states",
        "projects",
        "text_dictionaries",
        "packs",
        "programs",
    )
    assert explained == [
        name for table in tables for (name,) in ask(path, f"SELECT name FROM pragma_table_xinfo('{table}')")
    ]


def test_the_schema_number_is_that_of_the_newest_step(path: Path) -> None:
    fill(path, [])
    steps = ask(path, "SELECT count(*) FROM _sqlite_migrations WHERE migration_set = 'tenders'")
    assert steps == ask(path, "PRAGMA user_version") == [(storefile.SCHEMA,)]
