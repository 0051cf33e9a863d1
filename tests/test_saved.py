"""Files, folders and archives become pages in a stable order; what cannot be read says so and stops nothing else."""

from __future__ import annotations

import gzip
import json
import os
import tracemalloc
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tender_tracker.errors import PageBroken, UsageError
from tender_tracker.model import Page
from tender_tracker.pages import readable, saved

NOW = datetime(2026, 11, 24, tzinfo=UTC)
HTML = "<html><body><p>项目编号：A-1 昇腾</p></body></html>"


def read(*paths: Path) -> tuple[list[Page], list[readable.Unreadable]]:
    found = list(saved.pages(paths, NOW))
    return [x for x in found if isinstance(x, Page)], [x for x in found if isinstance(x, readable.Unreadable)]


def names(pages: list[Page], root: Path) -> list[str]:
    return [Path(page.file or "").relative_to(root).as_posix() for page in pages]


def test_a_folder_is_read_recursively_in_order_and_other_files_are_passed_over(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / "page_files").mkdir()
    for name in (
        "b/2.html",
        "b/1.htm",
        "a.txt",
        "c.json",
        "notes.md",
        "pages.css",
        ".DS_Store",
        "page_files/x.html",
        "c.png",
    ):
        (tmp_path / name).write_text("[]" if name.endswith("json") else HTML, "utf-8")
    pages, bad = read(tmp_path)
    assert names(pages, tmp_path) == ["a.txt", "b/1.htm", "b/2.html", "c.json"]
    assert [page.media for page in pages] == ["text", "html", "html", "json"]
    assert bad == []
    assert all(page.read_at == NOW for page in pages)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes in folders here")
def test_what_is_called_a_page_and_is_no_file_is_named_and_not_waited_for(tmp_path: Path) -> None:
    (tmp_path / "1.html").write_text(HTML, "utf-8")
    (tmp_path / "2.html").symlink_to("nowhere")
    (tmp_path / "3.html").symlink_to("3.html")
    (tmp_path / "4.html").symlink_to(".")
    os.mkfifo(tmp_path / "5.html")
    pages, bad = read(tmp_path)
    assert names(pages, tmp_path) == ["1.html"]
    assert [Path(each.file).name for each in bad] == ["2.html", "3.html", "4.html", "5.html"]
    assert all("not a regular file" in str(each.error) for each in bad)


def test_a_file_that_is_no_page_is_refused_by_name_when_given(tmp_path: Path) -> None:
    path = tmp_path / "notes.md"
    path.write_text("x", "utf-8")
    pages, bad = read(path)
    assert pages == []
    assert isinstance(bad[0].error, PageBroken)
    assert "notes.md: not a page" in str(bad[0].error)


def test_a_missing_path_is_a_mistake_of_the_caller(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such file"):
        list(saved.pages([tmp_path / "nothing"], NOW))


def test_gzip_members_of_zip_and_their_chinese_names_are_read(tmp_path: Path) -> None:
    (tmp_path / "a.html.gz").write_bytes(gzip.compress(HTML.encode()))
    inside = {
        "公告.html": HTML.encode(),
        "x.txt.gz": gzip.compress(HTML.encode()),
        "__MACOSX/y.html": b"x",
        "z.png": b"x",
    }
    with zipfile.ZipFile(tmp_path / "b.zip", "w") as archive:
        for name, data in inside.items():
            archive.writestr(name, data)
    pages, bad = read(tmp_path)
    assert names(pages, tmp_path) == ["a.html.gz", "b.zip!公告.html", "b.zip!x.txt.gz"]
    assert all("昇腾" in page.text for page in pages)
    assert bad == []


def test_member_names_written_in_gbk_are_read_as_gbk(tmp_path: Path) -> None:
    path = tmp_path / "b.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("AAAA.html", HTML)
    path.write_bytes(path.read_bytes().replace(b"AAAA", "公告".encode("gbk")))
    pages, _ = read(path)
    assert (pages[0].file or "").endswith("!公告.html")


def test_a_member_whose_name_is_in_no_known_encoding_is_read_all_the_same(tmp_path: Path) -> None:
    path = tmp_path / "b.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("AAAA.html", HTML)
    path.write_bytes(path.read_bytes().replace(b"AAAA", b"\xff\xfe\xb9\xfa"))
    pages, bad = read(path)
    assert (len(pages), bad) == (1, [])


def test_a_member_that_names_a_place_outside_is_only_a_name(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    with zipfile.ZipFile(folder / "b.zip", "w") as archive:
        archive.writestr("../../evil.html", HTML)
    pages, bad = read(folder)
    assert len(pages) == 1
    assert bad == []
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["b.zip", "in"]


def test_json_lines_are_read_one_by_one_and_a_bad_line_costs_itself(tmp_path: Path) -> None:
    path = tmp_path / "r.jsonl"
    path.write_text('{"a": 1}\n{bad\n\n{"a": 2}\n7\n', "utf-8")
    pages, bad = read(path)
    assert names(pages, tmp_path) == ["r.jsonl#1", "r.jsonl#4"]
    assert [json.loads(page.text)["a"] for page in pages] == [1, 2]
    assert [error.file.rpartition("#")[2] for error in bad] == ["2", "5"]
    assert all("\n" not in str(error.error) for error in bad)


def test_json_lines_never_fill_memory(tmp_path: Path) -> None:
    path = tmp_path / "r.jsonl.gz"
    with gzip.open(path, "wt", encoding="utf-8") as out:
        for _ in range(2000):
            out.write(json.dumps({"bulletinContent": "x" * 10_000}) + "\n")
    tracemalloc.start()
    count = sum(1 for _ in saved.pages([path], NOW))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == 2000
    assert peak < 5_000_000


def broken_files() -> Iterator[tuple[str, bytes]]:
    whole = gzip.compress(HTML.encode() * 200)
    yield "empty.html", b""
    yield "blank.txt", b" \n "
    yield "binary.html", bytes(range(32)) * 100
    yield "cut.html.gz", whole[: len(whole) // 2]
    yield "no-gzip.html.gz", b"plain"
    yield "large.html", b"<p>x</p>" * (4 * 2**20)
    yield "bomb.html.gz", gzip.compress(b"x" * (40 * 2**20))
    yield "not.json", b"{"
    yield "number.json", b"7"
    yield "no.zip", b"PK no"
    yield "none.jsonl", b""


@pytest.mark.parametrize(("name", "data"), list(broken_files()), ids=[name for name, _ in broken_files()])
def test_what_cannot_be_read_is_named_in_one_line_and_the_rest_goes_on(tmp_path: Path, name: str, data: bytes) -> None:
    (tmp_path / name).write_bytes(data)
    (tmp_path / "zz.html").write_text(HTML, "utf-8")
    pages, bad = read(tmp_path)
    assert names(pages, tmp_path) == ["zz.html"]
    assert len(bad) == 1
    assert isinstance(bad[0].error, PageBroken)
    message = str(bad[0].error)
    assert name in message
    assert "\n" not in message


def test_a_damaged_member_costs_itself(tmp_path: Path) -> None:
    path = tmp_path / "b.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.html", HTML)
        archive.writestr("b.html", HTML.replace("昇腾", "海光"))
    path.write_bytes(path.read_bytes().replace("昇腾".encode(), b"xxxxxx"))
    pages, bad = read(path)
    assert [page.file for page in pages] == [f"{path}!b.html"]
    assert [error.file for error in bad] == [f"{path}!a.html"]


@pytest.mark.parametrize(
    "mark",
    [
        "<!-- saved from url=(0042)https://a.example/t20260101_7.htm?x=1 -->",
        '<link href="https://a.example/t20260101_7.htm?x=1" rel="canonical">',
        '<meta property="og:url" content="https://a.example/t20260101_7.htm?x=1">',
    ],
)
def test_a_page_tells_its_own_address(tmp_path: Path, mark: str) -> None:
    (tmp_path / "a.html").write_text(f"<!doctype html>\n{mark}\n{HTML}", "utf-8")
    assert read(tmp_path)[0][0].url == "https://a.example/t20260101_7.htm?x=1"


def test_the_manifest_of_a_folder_tells_address_and_source(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text(HTML, "utf-8")
    (tmp_path / "pages.toml").write_text(
        '[[page]]\nfile = "a.html"\nurl = "https://a.example/1"\nsource = "plain"\n', "utf-8"
    )
    for given in (tmp_path, tmp_path / "a.html"):
        page = read(given)[0][0]
        assert (page.url, page.source) == ("https://a.example/1", "plain")


def test_a_manifest_that_is_no_toml_is_said_and_its_pages_are_read_without_it(tmp_path: Path) -> None:
    (tmp_path / "pages.toml").write_text("[[page", "utf-8")
    (tmp_path / "a.html").write_text(HTML, "utf-8")
    for given in (tmp_path, tmp_path / "a.html"):
        pages, bad = read(given)
        assert names(pages, tmp_path) == ["a.html"]
        assert "pages.toml: not readable as TOML" in str(bad[0].error)


def test_a_web_archive_gives_its_html_and_address(tmp_path: Path) -> None:
    archive = (
        "MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=B\r\n\r\n--B\r\nContent-Type: text/html; charset=utf-8\r\n"
        "Content-Location: https://a.example/9\r\nContent-Transfer-Encoding: 8bit\r\n\r\n" + HTML + "\r\n--B--\r\n"
    )
    (tmp_path / "a.mht").write_bytes(archive.encode())
    page = read(tmp_path)[0][0]
    assert page.url == "https://a.example/9"
    assert "昇腾" in page.text
