"""Large JSON files are read in pieces: the same notices as from the whole, in little memory, up to where they break."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from samples import NOW

from tender_tracker import parse
from tender_tracker.errors import PageBroken
from tender_tracker.model import Page
from tender_tracker.pages import json_numbers, json_pieces, saved
from tender_tracker.pages.json_pieces import PIECE


def release(number: int, size: int = 0) -> dict[str, Any]:
    title = f"服务器 {number}" + "，" * size
    return {
        "ocid": f"ocds-x-{number}",
        "id": f"{number}",
        "tag": ["tender"],
        "tender": {"id": f"T{number}", "title": title},
    }


def text_of(releases: list[dict[str, Any]], shape: str) -> str:
    encoded = [json.dumps(one, ensure_ascii=False) for one in releases]
    return {
        "package": '{"version": "1.1", "uri": "https://x.cn/1", "releases" : ['
        + " , ".join(encoded)
        + '], "license": [1]}\n',
        "list": "[" + ",\n".join(encoded) + "]",
        "one after another": "\n".join(encoded),
        "records": '{"records": [' + ",".join(f'{{"ocid": "a", "compiledRelease": {one}}}' for one in encoded) + "]}",
        "two packages": f'{{"releases": [{encoded[0]}]}} {{"releases": [{",".join(encoded[1:])}], "version": "1.1"}}',
    }[shape]


def found(path: Path) -> tuple[list[Page], list[str]]:
    got = list(saved.pages([path], NOW))
    return [one for one in got if isinstance(one, Page)], [str(one.error) for one in got if not isinstance(one, Page)]


@pytest.mark.parametrize("shape", ["package", "list", "one after another", "records", "two packages"])
def test_a_large_file_gives_the_notices_of_the_whole_in_small_pieces(tmp_path: Path, shape: str) -> None:
    releases = [release(number, 4_000) for number in range(500)]
    text = text_of(releases, shape)
    (tmp_path / "big.json").write_text(text, "utf-8")
    pages, bad = found(tmp_path / "big.json")
    assert not bad and len(pages) > 1 and max(len(page.text) for page in pages) < 2 * PIECE
    assert {page.file for page in pages} == {str(tmp_path / "big.json")}
    got = [notice.title for page in pages for notice in parse.notices(page)]
    whole = Page(text, "json", NOW, file=str(tmp_path / "big.json"))
    assert got == [notice.title for notice in parse.notices(whole)] and len(got) == 500


def test_what_lies_before_a_cut_is_read_and_the_cut_is_named(tmp_path: Path) -> None:
    text = text_of([release(number, 4_000) for number in range(600)], "package")
    (tmp_path / "cut.json").write_text(text[: len(text) - 3_000], "utf-8")
    pages, bad = found(tmp_path / "cut.json")
    assert sum(len(parse.notices(page)) for page in pages) > 200
    assert len(bad) == 1 and "left out" in bad[0] and "cut.json" in bad[0]


def test_one_large_record_is_read_and_one_too_large_is_named(tmp_path: Path) -> None:
    large = [release(0), {**release(1), "note": "x" * (3 * PIECE)}, release(2)]
    (tmp_path / "large.json").write_text(text_of(large, "package"), "utf-8")
    pages, bad = found(tmp_path / "large.json")
    assert not bad and sum(len(parse.notices(page)) for page in pages) == 3
    (tmp_path / "huge.json").write_text(
        text_of([release(0), {**release(1), "note": "x" * (17 * PIECE)}], "package"), "utf-8"
    )
    pages, bad = found(tmp_path / "huge.json")
    assert len(bad) == 1 and "one record of more than" in bad[0]


@pytest.mark.parametrize(
    "text",
    ["[" + "0," * 500_000 + "0]", '{"releases": [' + "{}," * 420_000 + "{}]}", '{"a": [' + "0," * 500_000 + "0]}"],
)
def test_more_values_than_memory_holds_are_refused_by_name(tmp_path: Path, text: str) -> None:
    (tmp_path / "bomb.json").write_text(text, "utf-8")
    pages, bad = found(tmp_path / "bomb.json")
    refused = bad + [str(parse.outcome(page).message) for page in pages if parse.outcome(page).reason]
    assert refused and all("bomb.json" in message for message in refused)


def test_many_small_documents_are_put_together_in_one_pass() -> None:
    found = list(json_pieces.pieces(io.BytesIO(b"{}\n" * 400_000), "x.json"))  # minutes, if each is added up anew
    assert "".join(found).count("{}") == 400_000


def test_a_number_at_the_end_of_a_chunk_is_read_whole() -> None:
    numbers = [{"n": 10**60, "k": "x" * (number % 7)} for number in range(12_000)]
    text = json.dumps(numbers)
    parts = list(json_pieces.pieces(io.BytesIO(text.encode()), "n.json"))
    assert [one for part in parts for one in json.loads(part)] == numbers
    assert (
        json.loads("[" + ",".join(json_pieces.pieces(io.BytesIO(b"{} " * 5), "n.json")).replace("\n", ",") + "]")
        == [{}] * 5
    )


@pytest.mark.parametrize(
    "text", ['{"releases": [', '{"releases": [{}', '{"a" 1}', '{"a": 1', "[1, 2]", "{} x", '{"releases": [{}]']
)
def test_what_is_no_json_to_its_end_is_refused(text: str) -> None:
    with pytest.raises(PageBroken):
        list(json_pieces.pieces(io.BytesIO(text.encode()), "bad.json"))


def test_numbers_that_are_none_do_not_lose_the_answer(tmp_path: Path) -> None:
    damaged = (
        '{"ocid": "o-1", "id": "1", "tender": {"title": "a: 007, [01]", "value": {"amount": 000, "currency": "GBP"}}}'
    )
    small = '{"uri": "https://x.cn/1", "releases": [' + damaged + "]}"
    large = text_of([release(0, PIECE)], "package").replace('], "license', f', {damaged}], "license')
    for text, name in ((small, "s.json"), (small, "s.jsonl"), (large, "l.json")):
        (tmp_path / name).write_text(text, "utf-8")
        pages, bad = found(tmp_path / name)
        last = [notice for page in pages for notice in parse.notices(page)][-1]
        assert not bad and (last.title, last.budget) == ("a: 007, [01]", None)
    assert (
        json_numbers.mended('["", 0, 0.5, -0.5e05, 10, "\\\\", "\\"", 00]')
        == '["", 0, 0.5, -0.5e05, 10, "\\\\", "\\"", null]'
    )
