"""Search finds exactly the notices that contain the words, however short, and takes nothing as SQL."""

from __future__ import annotations

import random
import sqlite3
import time
from contextlib import closing
from dataclasses import replace
from hashlib import sha256 as sha
from pathlib import Path
from typing import Any

import pytest
from samples import CLAUSE, NOW, ask, fill, notice, record

from tender_tracker.errors import UsageError
from tender_tracker.model import DocumentPage
from tender_tracker.storage import bigrams, storefile
from tender_tracker.storage.papers import Paper, Read
from tender_tracker.storage.query import Filter, Reader
from tender_tracker.storage.store import Record, Store

PIECES = [
    "国产",
    "处理器",
    "昇腾",
    "鲲鹏",
    "海光",
    "芯片",
    "算力",
    "不接受",
    "进口",
    "服务器",
    "采购",
    "CPU",
    "GPU",
    "910B",
    "7380",
    "Atlas",
    "、",
    "，",
    "。",
    "（",
    "）",
    "-",
    "_",
    "/",
    "★",
    "é",
    "𠮷",
]
WORDS = [
    "国产",
    "昇腾",
    "国产处理器",
    "昇腾910B",
    "不接受进口芯片",
    "海光7380",
    "算力",
    "国",
    "力",
    "C",
    "cpu",
    "Gpu昇腾",
]
WORDS += [
    "算力、国产",
    "（昇腾",
    "910b 国产",
    "é",
    "É",
    "𠮷",
    "𠮷国产",
    "没有的词",
    "器采",
    "CPU-GPU",
    "a_",
    "0B",
    "%",
    "*国产",
    '国产"',
]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """400 notices of random words, half of them about compute."""
    random.seed(7)

    def some(count: int) -> str:
        return "".join(random.choices(PIECES, k=count))

    records = [
        record(n, level=("required", "none")[n % 2], title=some(6), text=some(60) + "\n" + CLAUSE + "\n" + some(20))
        for n in range(400)
    ]
    return fill(tmp_path_factory.mktemp("search") / "tenders.db", records)


def truth(path: Path, words: str, everything: bool) -> set[int]:
    """Who contains all words, by instr() alone; without `everything` only titles of notices that know no compute."""
    body = (
        "title || char(10) || text" if everything else "CASE WHEN compute THEN title || char(10) || text ELSE title END"
    )
    tests = " AND ".join(f"instr(lower({body}), lower(?))" for _ in words.split())
    texts = "SELECT id, title, compute, unpacked(text) AS text FROM notices JOIN texts ON notice_id = id"
    sql = f"SELECT id FROM ({texts}) WHERE {tests}"
    return {number for (number,) in ask(path, sql, *words.split())}


@pytest.mark.parametrize("words", WORDS)
def test_a_scan_of_all_bodies_equals_instr(store: Path, words: str) -> None:
    with Reader.open(store) as reader:
        found = reader.search(words, all=True, limit=None)
    assert {hit.notice.id for hit in found.hits} == truth(store, words, everything=True)
    assert (found.bodies, found.notices) == (400, 400)


@pytest.mark.parametrize("words", [words for words in WORDS if words != "%"])
def test_the_index_finds_all_that_instr_finds_in_what_is_indexed(store: Path, words: str) -> None:
    with Reader.open(store) as reader:
        found = reader.search(words, limit=None)
    numbers = {hit.notice.id for hit in found.hits}
    assert found.total == len(numbers)
    assert truth(store, words, everything=False) <= numbers <= truth(store, words, everything=True)
    if len(words) <= 2:
        assert numbers == truth(store, words, everything=False)
    assert (found.bodies, found.notices) == (200, 400)


def test_evidence_of_a_notice_that_knows_no_compute_is_found(tmp_path: Path) -> None:
    one = notice(1, title="桌椅采购")
    bar = record(1).verdict.evidence[0]
    path = fill(tmp_path / "t.db", [Record(one, replace(record(1).verdict, level="none", compute=False))])
    with Reader.open(path) as reader:
        assert reader.search(bar.quote[-3:]).total == 1
        assert reader.search("无特殊要求").total == 0, "its body is not indexed"
        assert reader.search("无特殊要求", all=True).total == 1


def test_hits_show_the_passage_and_come_newest_first(tmp_path: Path) -> None:
    path = fill(tmp_path / "t.db", [record(n) for n in (5, 3, 9)])
    with Reader.open(path) as reader:
        found = reader.search("国产处理器", limit=2)
        assert [hit.notice.source_id for hit in found.hits] == ["t3", "t5"]
        assert (found.hits[0].where, found.total) == ("text", 3)
        assert found.hits[0].passage == f"第一包 | 计算服务器 | {CLAUSE}。"
        (hit,) = reader.search("第9期 国产").hits
        assert (hit.where, hit.passage) == ("title", hit.notice.title)
        assert reader.search("国产", where=Filter(kinds=("award",))).total == 0


def test_search_follows_a_changed_notice(tmp_path: Path) -> None:
    path = fill(tmp_path / "t.db", [record(1), record(2)])
    with Store.open(path, NOW) as store:
        store.save([record(1, title="改换门庭公告", text="只买龙芯电脑。" + CLAUSE)])
    with Reader.open(path) as reader:
        assert [hit.notice.id for hit in reader.search("龙芯").hits] == [1]
        assert [hit.notice.id for hit in reader.search("公开招标").hits] == [2]
        assert [hit.notice.id for hit in reader.search("存储").hits] == [2]


@pytest.mark.parametrize("words", ["", "  \t\u3000", "！？", '"" * ()', "--"])
def test_nothing_to_look_for_is_said(store: Path, words: str) -> None:
    with Reader.open(store) as reader, pytest.raises(UsageError, match="search: "):
        reader.search(words)


@pytest.mark.parametrize(
    "words",
    ["国产' OR 1=1 --", 'x" OR "国产', "NEAR(国产 昇腾)", "国产 OR 昇腾", "tokens:国产", "国\x00产", "\udce5国"],
)
def test_what_the_user_writes_is_never_a_query(store: Path, words: str) -> None:
    with Reader.open(store) as reader:
        assert reader.search(words).total == 0


def test_a_two_character_word_in_three_thousand_notices_takes_milliseconds(tmp_path: Path) -> None:
    body = "本项目采购若干台桌椅。" * 20
    rows = [record(n, level="none", text=body) for n in range(2_900)] + [record(n) for n in range(2_900, 3_000)]
    with Reader.open(fill(tmp_path / "t.db", rows)) as reader:
        began = time.process_time()
        assert reader.search("国产").total == 100
        assert time.process_time() - began < 0.1


def with_documents(path: Path, **texts: str) -> Path:
    """Four notices, the second not about compute; the attachment of each says the text of its number."""
    with Store.open(path, NOW) as store:
        store.save([record(n, level="none" if n == 2 else "required") for n in (1, 2, 3, 4)])
        for paper in store.documents().of(int(number[1:]) for number in texts):
            keep(store, paper, texts[f"n{paper.notice_id}"])
    return path


def keep(store: Store, paper: Paper, *pages: str) -> None:
    """The attachment as if it had been read: a passage for each text, by page."""
    sha256 = sha("\n".join(pages).encode()).hexdigest()
    read = Read(sha256, 9, "pdf", tuple(DocumentPage("", n, text) for n, text in enumerate(pages, 1)), ())
    store.documents().settle(paper.kept(sha256).was_read(read), read)


def numbers(path: Path, words: str, **more: Any) -> list[int]:
    with Reader.open(path) as reader:
        found = reader.search(words, **more)
    assert found.total == len(found.hits)
    return sorted(hit.notice.id for hit in found.hits)


def test_a_word_that_only_an_attachment_has_is_found_with_file_page_and_passage(tmp_path: Path) -> None:
    path = with_documents(tmp_path / "t.db", n3="封面")
    with Store.open(path, NOW) as store:
        (paper,) = store.documents().of([3])
        keep(store, paper, "封面", "采购需求\n训练服务器须搭载寒武纪加速卡\n其他")
    with Reader.open(path) as reader:
        (hit,) = reader.search("寒武").hits
    assert (hit.notice.id, hit.where, hit.file, hit.page) == (3, "document", "招标文件.pdf", 2)
    assert hit.passage == "训练服务器须搭载寒武纪加速卡"


def test_one_word_may_stand_in_the_notice_and_the_next_in_its_attachment(tmp_path: Path) -> None:
    path = with_documents(tmp_path / "t.db", n1="须搭载寒武纪加速卡", n3="须搭载沐曦加速卡")
    assert numbers(path, "青川大学 寒武纪") == numbers(path, "寒武纪 青川大学", all=True) == [1]
    assert numbers(path, "加速") == numbers(path, "第一包 加速卡 搭载") == [1, 3]
    assert numbers(path, "寒武纪 沐曦") == numbers(path, "载加") == numbers(path, "搭加") == []
    assert numbers(path, "加速", where=Filter(levels=("none",))) == []
    with Reader.open(path) as reader:
        (hit,) = reader.search("青川大学 寒武纪").hits
    assert hit.file == "招标文件.pdf", "what only the attachment has is shown"


def test_attachments_of_notices_that_know_no_compute_are_scanned_only(tmp_path: Path) -> None:
    path = with_documents(tmp_path / "t.db", n2="食堂须搭载蒸箱")
    assert (numbers(path, "蒸箱"), numbers(path, "蒸箱", all=True)) == ([], [2])
    with Store.open(path, NOW) as store:
        store.relabel([(2, record(2).verdict)])
    assert numbers(path, "蒸箱") == [2], "it is about compute now"
    with Store.open(path, NOW) as store:
        store.relabel([(2, record(2, level="none").verdict)])
    assert numbers(path, "蒸箱") == []


def test_search_follows_an_attachment_that_is_read_anew_or_named_no_more(tmp_path: Path) -> None:
    path = with_documents(tmp_path / "t.db", n1="须搭载寒武纪加速卡", n3="须搭载寒武纪加速卡")
    with Store.open(path, NOW) as store:
        (paper,) = store.documents().of([1])
        keep(store, paper, "须搭载沐曦加速卡")
        (paper,) = store.documents().of([3])
        read = store.documents().knows(paper.sha256 or "")
        assert read is not None
        store.documents().settle(paper, replace(read, pages=(DocumentPage("", 1, "燧原"),)))
    assert [numbers(path, word) for word in ("寒武", "沐曦", "燧原")] == [[], [1], [3]]
    with Store.open(path, NOW) as store:
        store.save([record(1, attachments=(), region="宁波市")])
    assert numbers(path, "沐曦") == numbers(path, "沐曦", all=True) == []


def test_a_file_that_is_read_anew_for_one_notice_is_found_for_the_others_that_attach_it(tmp_path: Path) -> None:
    path = with_documents(tmp_path / "t.db", n2="须搭载寒武纪加速卡", n3="须搭载寒武纪加速卡")
    assert numbers(path, "寒武") == [3]
    with Store.open(path, NOW) as store:
        (paper,) = store.documents().of([2])
        keep(store, paper, "须搭载寒武纪加速卡")
    assert numbers(path, "寒武") == [3], "notice 2 is not about compute, 3 still is"


def test_a_store_of_before_the_index_finds_what_was_read_then(tmp_path: Path) -> None:
    path = with_documents(tmp_path / "t.db", n1="须搭载寒武纪加速卡")
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(
            "DROP TABLE passage_search; ALTER TABLE readings DROP COLUMN indexed;"
            "DELETE FROM _sqlite_migrations WHERE name = 'm019_passages'; PRAGMA user_version = 18"
        )
    Store.open(path, NOW).close()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA user_version = {storefile.SCHEMA}")  # the steps after it were never taken back
    assert numbers(path, "寒武") == [1]


def test_tokens_are_pairs_and_last_characters() -> None:
    assert set(bigrams.tokens(["国产CPU，ok"]).split()) == {"国产", "产c", "cp", "pu", "u", "ok", "k"}
    assert bigrams.question(["国产化", "x"]) == '"国产" "产化" "x"*'
    assert bigrams.question(["（", "-"]) == ""
