"""Attachments: every format gives its text with file and page, and everything that cannot be read is named."""

from __future__ import annotations

from pathlib import Path

import pytest
from test_pdf import document

from tender_tracker.documents import Passage, Reading, Unread, read
from tender_tracker.documents.apart import read_apart


def test_each_page_of_a_pdf_is_a_passage() -> None:
    pytest.importorskip("pypdfium2")
    assert read(document("Kunpeng 920  processors", "second page"), "x.doc") == Reading(
        (Passage("x.doc", 1, "Kunpeng 920 processors"), Passage("x.doc", 2, "second page")), (), "pdf"
    )


def test_a_process_apart_reads_the_same(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_text("<html><body><table><tr><td>处理器</td><td>鲲鹏</td></tr></table></body></html>", "utf-8")
    found = read_apart(path, "a.xls")
    assert found == read(path.read_bytes(), "a.xls") == Reading((Passage("a.xls", None, "处理器 | 鲲鹏"),), (), "html")


def test_a_reader_that_dies_leaves_its_name_and_why(tmp_path: Path) -> None:
    path = tmp_path / "x.txt"
    path.write_text("须采用国产处理器", "utf-8")
    assert read_apart(path, "x.txt", seconds=0.01).unread == (Unread("x.txt", "timeout"),)
    assert read_apart(path, "x.txt", megabytes=1).unread == (Unread("x.txt", "memory"),)
