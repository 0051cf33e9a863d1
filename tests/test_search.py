"""Search finds exactly the notices that contain the words, however short, and takes nothing as SQL."""

from __future__ import annotations

import random
import time
from dataclasses import replace
from pathlib import Path

import pytest
from samples import CLAUSE, NOW, ask, fill, notice, record

from tender_tracker.errors import UsageError
from tender_tracker.storage import bigrams
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


def test_tokens_are_pairs_and_last_characters() -> None:
    assert set(bigrams.tokens(["国产CPU，ok"]).split()) == {"国产", "产c", "cp", "pu", "u", "ok", "k"}
    assert bigrams.question(["国产化", "x"]) == '"国产" "产化" "x"*'
    assert bigrams.question(["（", "-"]) == ""
