"""Texts are packed with a dictionary of the store's own; every door gives them back whole."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from samples import NOW, as_of_schema_21, as_of_schema_22, ask, fill, record

from tender_tracker.errors import StoreUnusable
from tender_tracker.model import Verdict
from tender_tracker.storage import packing
from tender_tracker.storage.query import Filter, Reader
from tender_tracker.storage.store import Store

FORM = "采购项目名称 | {n}号办公家具采购\n预算金额 | {n}00000元\n开标地点 | 第{n}会议室\n投标人须提供营业执照，并按要求密封投标文件。\n"


def text(number: int) -> str:
    return FORM.format(n=number) * 5 + f"编号{number * 7919}"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "tenders.db"


def stored(path: Path) -> list[str]:
    return [kind for (kind,) in ask(path, "SELECT typeof(text) FROM texts ORDER BY notice_id")]


def test_all_but_short_texts_are_packed_and_read_as_they_were(path: Path) -> None:
    fill(path, [record(1, text=text(1)), record(2, level="none", text=text(2)), record(3, level="none", text="短")])
    assert stored(path) == ["blob", "blob", "text"]
    with Reader.open(path) as reader:
        assert [reader.text(number) for number in (1, 2, 3)] == [text(1), text(2), "短"]
        assert reader.notice(2).text == text(2)
        assert [hit.notice.id for hit in reader.search("第2会议室", all=True).hits] == [2]
    with Store.open(path, NOW) as store:
        assert [one.text for one in store.stored()] == [text(1), text(2), "短"]


def test_what_the_rules_find_later_is_found_in_a_packed_text_and_a_change_of_it_is_a_change(path: Path) -> None:
    fill(path, [record(1, level="none", text=text(1))])
    with Store.open(path, NOW) as store:
        store.relabel([(1, Verdict("required", True, "unstated", pack="p2"))])
    with Reader.open(path) as reader:
        assert [(row.notice.level, reader.text(row.notice.id)) for row in reader.flagged(Filter())] == [
            ("required", text(1))
        ]
    fill(path, [record(1, level="none", text=text(1))])
    assert ask(path, "SELECT count(*) FROM versions") == [(0,)]
    fill(path, [record(1, level="none", text=text(9))])
    assert ask(path, "SELECT count(*) FROM versions") == [(1,)]


def test_a_store_that_grew_learns_a_dictionary_and_packs_anew_what_it_had_before(path: Path) -> None:
    fill(path, [record(number, level="none", text=text(number)) for number in range(1, 1_001)])
    assert ask(path, "SELECT count(*) FROM text_dictionaries") == [(0,)]
    ((before,),) = ask(path, "SELECT max(length(text)) FROM texts")
    fill(path, [record(number, level="none", text=text(number)) for number in range(1_001, 1_003)])
    assert ask(path, "SELECT notices, encoding FROM text_dictionaries") == [(1_000, "utf-16-le")]
    ((after,),) = ask(path, "SELECT max(length(text)) FROM texts")
    assert after < before / 2
    with Reader.open(path) as reader:
        assert [reader.text(number) for number in (1, 1_000, 1_001, 1_002)] == [
            text(n) for n in (1, 1_000, 1_001, 1_002)
        ]


def test_texts_that_are_all_alike_may_teach_the_same_dictionary_twice(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packing, "GROWTH", 2)
    for first in (1, 1_001, 2_001):
        same = [record(number, level="none", text=text(7)) for number in range(first, first + 1_000)]
        fill(path, same)
    assert ask(path, "SELECT count(*) FROM text_dictionaries") == [(2,)]
    with Reader.open(path) as reader:
        assert {reader.text(number) for number in (1, 1_500, 3_000)} == {text(7)}


def test_texts_in_latin_letters_are_packed_as_what_takes_them_fewer_bytes(path: Path) -> None:
    said = [
        f"Lot {number}: supply of office furniture, delivery within {number} days.\n" * 5 for number in range(1_001)
    ]
    fill(path, [record(number + 1, level="none", text=words) for number, words in enumerate(said[:1_000])])
    fill(path, [record(1_001, level="none", text=said[1_000])])
    assert ask(path, "SELECT encoding FROM text_dictionaries") == [("utf-8",)]
    with Reader.open(path) as reader:
        assert [reader.text(number) for number in (1, 1_001)] == [said[0], said[1_000]]


def test_a_store_of_before_is_packed_anew_when_it_is_brought_up_to_date(path: Path) -> None:
    fill(path, [record(number, level="none", text=text(number)) for number in range(1, 1_001)])
    as_of_schema_21(path)
    Store.open(path, NOW).close()
    assert ask(path, "SELECT typeof(text), count(*) FROM texts GROUP BY 1") == [("blob", 1_000)]
    assert ask(path, "SELECT notices FROM text_dictionaries") == [(1_000,)]
    with Reader.open(path) as reader:
        assert [reader.text(number) for number in (1, 999, 1_000)] == [text(1), text(999), text(1_000)]
    fill(path, [record(1_001), record(1_002, level="none", text=text(5))])
    assert ask(path, "SELECT sum(notices) FROM stored_counts") == [(1_002,)]
    assert ask(path, "SELECT count(*) FROM project_links WHERE stale") == [(1_002,)]


@pytest.mark.parametrize("enough", [True, False])
def test_no_dictionary_goes_that_a_text_needs_when_a_store_of_before_is_packed_anew(
    path: Path, monkeypatch: pytest.MonkeyPatch, enough: bool
) -> None:
    monkeypatch.setattr(packing, "_ENCODINGS", ("utf-8",))
    fill(path, [record(number, level="none", text=text(number)) for number in range(1, 1_001)])
    fill(path, [record(1, level="none", text=text(2_000))])  # a dictionary is made though no notice comes
    made = ask(path, "SELECT * FROM text_dictionaries")
    as_of_schema_21(path)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("INSERT INTO text_dictionaries VALUES (?, ?, ?)", made[0][:3])
    monkeypatch.setattr(packing, "FIRST", 800 if enough else 9_000)
    Store.open(path, NOW).close()
    assert ask(path, "SELECT count(*), min(notices) FROM text_dictionaries") == [(1, 1_000)]
    with Reader.open(path) as reader:
        assert [reader.text(number) for number in (1, 2, 999)] == [text(2_000), text(2), text(999)]


def test_what_a_notice_said_before_is_packed_too_and_read_as_it_was(path: Path) -> None:
    fill(path, [record(1, level="none", text=text(1))])
    fill(path, [record(1, level="none", text=text(2))])
    assert ask(path, "SELECT typeof(notice) FROM versions") == [("blob",)]
    as_of_schema_22(path)
    assert ask(path, "SELECT typeof(notice) FROM versions") == [("text",)]
    Store.open(path, NOW).close()
    assert ask(path, "SELECT typeof(notice), unpacked(notice) ->> 'text' FROM versions") == [("blob", text(1))]
    with Reader.open(path) as reader:
        assert [version.notice["text"] for version in reader.notice(1).versions] == [text(1)]


def test_texts_with_nothing_in_common_are_packed_without_a_dictionary_and_not_tried_again(path: Path) -> None:
    fill(path, [record(number, level="none", text="") for number in range(1, 1_001)])
    fill(path, [record(1_001, level="none", text=text(1))])
    fill(path, [record(1_002, level="none", text=text(2))])
    assert ask(path, "SELECT notices, dictionary FROM text_dictionaries") == [(1_000, b"")]
    with Reader.open(path) as reader:
        assert (reader.text(1_001), reader.text(1_002)) == (text(1), text(2))


def test_a_damaged_block_is_said_to_be_damaged(path: Path) -> None:
    fill(path, [record(1, level="none", text=text(1))])
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE texts SET text = substr(text, 1, 40)")
    with Reader.open(path) as reader, pytest.raises(StoreUnusable, match="damaged"):
        reader.text(1)
