"""Pictures of text: read where that is asked for and its engine is here, marked as such, and named unread otherwise."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from conftest import Result
from documents import DEMAND, docx, office, paragraph, scan, zipped
from test_attachments import here, level, page, server, state, stored  # noqa: F401

from tender_tracker.documents import Passage, Unread, read
from tender_tracker.documents.apart import read_apart
from tender_tracker.documents.ocr import Sight

Tenders = Callable[..., Result]
PICTURE = b"\x89PNG\r\n\x1a\n"
ENGINE = """
import os
from types import SimpleNamespace
LINES = ["采购需求", "{demand}", "数量", "2台"]
BOXES = [[[10, y], [10 + 20 * len(text), y], [10 + 20 * len(text), y + 20], [10, y + 20]] for y, text in zip((10, 40, 70), LINES)]
BOXES.append([[300, 71], [360, 71], [360, 91], [300, 91]])
class RapidOCR:
    def __init__(self, params): pass
    def __call__(self, picture):
        if b"kills" in picture: os._exit(1)
        if b"vast" in picture: raise RuntimeError("std::bad_alloc")
        if b"none" in picture: raise ValueError("no picture")
        if b"blank" in picture: return SimpleNamespace(txts=None, boxes=None)
        return SimpleNamespace(txts=LINES, boxes=BOXES)
"""
SEEN = f"采购需求\n{DEMAND}\n数量 2台"


@pytest.fixture
def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An engine that sees the same in every picture, in this process and in those that read apart."""
    folder = tmp_path / "engine"
    folder.mkdir()
    (folder / "rapidocr.py").write_text(ENGINE.replace("{demand}", DEMAND), "utf-8")
    monkeypatch.syspath_prepend(folder)
    real = sys.modules.pop("rapidocr", None)
    yield
    sys.modules.pop("rapidocr", None)
    if real:
        sys.modules["rapidocr"] = real


def seen(path: Path, data: bytes) -> tuple[tuple[Passage, ...], tuple[Unread, ...]]:
    path.write_bytes(data)
    found = read_apart(path, path.name, looks=True)
    return found.passages, found.unread


@pytest.mark.usefixtures("engine")
def test_a_scan_is_read_line_by_line_and_marked(tmp_path: Path) -> None:
    pytest.importorskip("pypdfium2")
    picture = scan(office("tender.pdf"))
    assert read(picture, "a.pdf").unread == (Unread("a.pdf", "scanned"),)
    assert seen(tmp_path / "a.pdf", picture) == ((Passage("a.pdf", 1, SEEN, True),), ())


@pytest.mark.usefixtures("engine")
def test_pictures_in_documents_and_archives_are_read_and_texts_are_left_as_they_are(tmp_path: Path) -> None:
    held = {"需求.docx": docx(paragraph("见图"), {"word/media/1.png": PICTURE + bytes(60_000)}), "章.png": PICTURE}
    passages, unread = seen(tmp_path / "a.zip", zipped(held))
    assert passages == (
        Passage("a.zip/需求.docx", None, "见图"),
        Passage("a.zip/需求.docx/1.png", None, SEEN, True),
        Passage("a.zip/章.png", None, SEEN, True),
    )
    assert unread == ()


@pytest.mark.usefixtures("engine")
def test_pictures_without_words_stay_pictures(tmp_path: Path) -> None:
    pages = b"II*\0\x08\0\0\0\0\0\x01\0\0\0"
    held = {name: PICTURE + name.encode() for name in ("blank.png", "none.png", "vast.png")}
    passages, unread = seen(tmp_path / "a.zip", zipped({**held, "two pages.tif": pages}))
    assert passages == ()
    assert [(part.file[6:], part.reason) for part in unread] == [
        ("blank.png", "picture"), ("none.png", "picture"), ("vast.png", "memory"), ("two pages.tif", "picture"),
    ]  # fmt: skip
    one, two = pages[:10] + bytes(4), b"MM\0*\0\0\0\x08\0\0\0\0\0\x01"
    assert [read(data, "a", Sight()).unread for data in (one, two)] == [(), (Unread("a", "picture"),)]


@pytest.mark.usefixtures("engine")
def test_an_engine_that_dies_leaves_what_was_read_with_and_without_it(tmp_path: Path) -> None:
    held = {"需求.txt": "须国产", "1.png": PICTURE, "kills.png": PICTURE + b"kills", "说明.txt": "二"}
    passages, unread = seen(tmp_path / "a.zip", zipped(held))
    assert [(passage.file[6:], passage.ocr) for passage in passages] == [
        ("需求.txt", False), ("说明.txt", False), ("1.png", True),
    ]  # fmt: skip
    assert unread == (Unread("a.zip/kills.png", "picture"), Unread("a.zip", "damaged"))


@pytest.mark.usefixtures("engine")
def test_a_demand_in_a_picture_gives_its_notice_a_level_and_is_told_as_read_by_ocr(
    stored: Callable[..., Tenders],  # noqa: F811
) -> None:
    program = stored(a_zip=zipped({"要求.png": PICTURE}))
    program("documents", "fetch", "1")
    assert (state(program), level(program)) == ([("unread", ["picture"])], "none")
    done = program("documents", "fetch", "1", "--again", "--ocr")
    assert (state(program), level(program)) == ([("read", ["ocr"])], "required"), done.err
    first = json.loads(program("show", "1", "--json").out)["evidence"][0]
    assert (first["file"], first["cues"][-1]) == ("a.zip/要求.png", "document.ocr")
    for words in (
        ["show", "1"],
        ["documents", "show", "1"],
        ["report", "--format", "md"],
        ["digest", "--since", "7d", "--format", "md"],
    ):
        assert "要求.png (OCR)" in program(*words).out.replace("\\", "").replace("\n", " "), words
    assert "a.zip · read (read by OCR)" in program("documents", "show", "1").out
    assert "may err" in program("explain", "1").out
    assert program("search", "国产芯片").lines[1].endswith("a.zip/要求.png (OCR)")
    assert program("relabel").code == 0 and level(program) == "required"


@pytest.mark.usefixtures("engine")
def test_the_configuration_can_ask_for_it_and_then_pictures_are_asked_for(
    stored: Callable[..., Tenders],  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TENDERS_OCR", "yes")
    program = stored(a_png=PICTURE)
    assert program("documents", "fetch", "1").code == 0
    assert (state(program), level(program)) == ([("read", ["ocr"])], "required")


def test_without_its_engine_it_is_said_what_to_install(
    tenders: Tenders, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "rapidocr", None)
    (tmp_path / "a.png").write_bytes(PICTURE)
    (tmp_path / "c.toml").write_text("ocr = true\n")
    for words in (["documents", "read", tmp_path / "a.png", "--ocr"], ["--config", tmp_path / "c.toml", "fetch"]):
        done = tenders(*words)
        assert done.code == 2 and "pip install 'tenders[ocr]'" in done.err
    assert "pip install 'tenders[ocr]'" in tenders("--lang", "zh", "documents", "read", tmp_path / "a.png", "--ocr").err


def test_the_engine_of_the_extra_reads_a_scan(tmp_path: Path) -> None:
    pytest.importorskip("rapidocr")
    pytest.importorskip("pypdfium2")
    ((passage,), unread) = seen(tmp_path / "a.pdf", scan(office("tender.pdf")))
    assert (passage.page, passage.ocr, unread) == (1, True, ())
    assert "★本项目所投服务器的处理器须采用国产芯片" in passage.text and "8卡昇腾910B" in passage.text
