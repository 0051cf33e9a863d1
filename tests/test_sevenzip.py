"""7z: files are unpacked in memory, one folder of them after the other, by what comes with Python."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from documents import DEMAND, docx, paragraph, sevenzip, zipped
from test_documents import why

from tender_tracker.documents import Passage, Unread, read

FILES = {
    "招标文件/要求.docx": docx(paragraph(DEMAND)),
    "招标文件/图.png": b"\x89PNG\r\n\x1a\n",
    "说明.txt": "须国产".encode(),
}


@pytest.mark.parametrize("turned", [False, True])
def test_the_files_of_a_7z_are_read_under_their_names(turned: bool) -> None:
    found = read(sevenzip(FILES, turned), "a.7z")
    assert found.passages == (
        Passage("a.7z/招标文件/要求.docx", None, DEMAND),
        Passage("a.7z/说明.txt", None, "须国产"),
    )
    assert (found.unread, found.format) == ((Unread("a.7z/招标文件/图.png", "picture"),), "7z")


def test_files_that_are_passed_over_do_not_move_those_behind_them() -> None:
    found = read(sevenzip({"__MACOSX/x": b"1" * 70_000, "../x.txt": b"22", "a.txt": "须国产".encode()}), "a")
    assert found.passages == (Passage("a/a.txt", None, "须国产"),)
    assert found.unread == (Unread("a/../x.txt", "unsafe_name"),)


@pytest.mark.skipif(not shutil.which("bsdtar"), reason="the tool that packs is not here")
@pytest.mark.parametrize("method", ["lzma1", "lzma2", "bzip2", "deflate", "store", "ppmd"])
def test_what_another_program_packed_is_read_or_named(method: str, tmp_path: Path) -> None:
    files = {"empty.txt": b"", "一.txt": DEMAND.encode() * 300, "二.docx": FILES["招标文件/要求.docx"]}
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    words = ["bsdtar", "-cf", "a.7z", "--format=7zip", f"--options=7zip:compression={method}", *files]
    done = subprocess.run(
        words, cwd=tmp_path, env={"LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin"}, check=False, capture_output=True
    )
    if done.returncode:
        pytest.skip(f"the tool does not know {method}")
    found = read((tmp_path / "a.7z").read_bytes(), "a")
    if method == "ppmd":
        assert {unread.reason for unread in found.unread} == {"missing_reader"} and not found.passages
    else:
        assert [(passage.file, passage.text) for passage in found.passages] == [
            ("a/一.txt", DEMAND * 300),
            ("a/二.docx", DEMAND),
        ]


def test_a_7z_that_breaks_off_is_named() -> None:
    whole = sevenzip({"a.txt": DEMAND.encode()})
    assert why(whole[:20]) == why(whole[:-1]) == [("a", "truncated")]
    assert why(zipped({"x.7z": whole[:60]})) == [("a/x.7z", "truncated")]
    assert why(whole.replace(b"\x01\x04\x06", b"\x01\x04\x0f")) == [("a", "damaged")]
