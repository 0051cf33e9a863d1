"""Files made to hurt: each is refused by name or read within its bounds; none hangs, writes or takes more memory."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import hostile
import pytest

from tender_tracker.documents import Unread, read
from tender_tracker.documents.apart import read_bytes_apart

DEADLY = "draws itself.pdf"
"""PDFium follows it until its memory ends, and ends its process."""
READ = """
import json, pathlib, sys
sys.path.insert(0, sys.argv[1])
from tender_tracker.documents.apart import bound
bound(60, 400)
import hostile
from tender_tracker.documents import read
for number, (name, data) in enumerate(hostile.files()):
    if name != sys.argv[2] and (number < len(hostile.BOMBS) or number % 3 == 0):
        found = read(data, name)
        print(json.dumps([name, len(found.passages), [unread.reason for unread in found.unread]]))
try:
    pathlib.Path("written").write_bytes(b"x")
    print(json.dumps("it could write"))
except OSError:
    pass
"""
"""In one process, bounded as a reader is; every third of the damaged copies. `bench/documents.py` reads all, apart."""


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[int, list[str]]]:
    """Passages and reasons of each file, read in a folder that must stay empty."""
    for library in ("pypdfium2", "olefile", "xlrd", "python_calamine"):
        pytest.importorskip(library)
    folder = tmp_path_factory.mktemp("read")
    words = [sys.executable, "-c", READ, str(Path(__file__).parent), DEADLY]
    done = subprocess.run(words, capture_output=True, text=True, timeout=100, cwd=folder, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert [path.stat().st_size for path in folder.iterdir()] in ([], [0])
    return {name: (passages, reasons) for name, passages, reasons in map(json.loads, done.stdout.splitlines())}


def test_no_hostile_file_ends_the_reader_or_lets_it_write(outcomes: dict[str, tuple[int, list[str]]]) -> None:
    assert len(outcomes) > 120 and len(dict(hostile.files())) == hostile.COUNT
    assert not [name for name, (_, reasons) in outcomes.items() if {"memory", "timeout"} & set(reasons)]


@pytest.mark.parametrize(
    ("name", "passages", "reasons"),
    [
        ("traversal.zip", 0, {"unsafe_name"}),
        ("absolute.zip", 0, {"unsafe_name"}),
        ("backslashes.zip", 0, {"unsafe_name"}),
        ("ratio.zip", 0, {"too_large"}),
        ("twice packed.zip", 0, {"too_large"}),
        ("bzip2.zip", 0, {"missing_reader"}),
        ("says it is small.zip", 0, {"damaged"}),
        ("says it is vast.zip", 0, {"too_large"}),
        ("overlapping.zip", 0, {"damaged"}),
        ("many files.zip", 1000, {"too_many"}),
        ("many entries.zip", 0, {"too_many"}),
        ("one name often.zip", 1000, {"too_many"}),
        ("empty.zip", 0, {"scanned"}),
        ("empty paragraphs.docx", 0, {"scanned"}),
        ("ten deep.zip", 0, {"nested_too_deep"}),
        ("same name.zip", 2, set()),
        ("locked.zip", 0, {"encrypted"}),
        ("only a head.zip", 0, {"truncated"}),
        ("laughs.docx", 0, {"damaged"}),
        ("vast folder.7z", 0, {"too_large"}),
        ("traversal.7z", 0, {"unsafe_name"}),
        ("many files.7z", 1000, {"too_many"}),
        ("says it is vast.7z", 0, {"too_large"}),
        ("looks back far.7z", 0, {"too_large"}),
        ("strange method.7z", 0, {"missing_reader"}),
        ("locked.7z", 0, {"encrypted"}),
        ("header beyond.7z", 0, {"truncated"}),
        ("header of headers.7z", 0, {"damaged"}),
        ("endless names.7z", 0, {"too_many"}),
        ("archive in archive.7z", 0, {"nested_too_deep"}),
        ("laughs.odt", 0, {"damaged"}),
        ("deep lists.odt", 0, {"nested_too_deep"}),
        ("far cells.ods", 1, {"too_large"}),
        ("ten thousand sheets.ods", 0, {"too_many"}),
        ("no such type.odt", 0, {"too_large"}),
        ("locked.odt", 0, {"encrypted"}),
        ("packed zeros.xlsb", 0, {"too_large"}),
        ("no book.xlsb", 0, {"damaged"}),
        ("laughing numbers.docx", 1, {"damaged"}),
        ("styles in a circle.docx", 1, set()),
        ("external.docx", 0, {"damaged"}),
        ("quadratic.docx", 0, {"damaged"}),
        ("deep.docx", 0, {"nested_too_deep"}),
        ("endless paragraph.docx", 0, {"too_large"}),
        ("embedded in itself.docx", 0, {"nested_too_deep"}),
        ("laughs.xlsx", 0, {"damaged"}),
        ("many strings.xlsx", 0, {"too_large"}),
        ("far cells.xlsx", 1, set()),
        ("sheet elsewhere.xlsx", 0, {"damaged"}),
        ("laughs.ofd", 0, {"damaged"}),
        ("many texts.ofd", 0, {"too_large"}),
        ("pages in a circle.pdf", 0, {"damaged"}),
        ("locked.pdf", 0, {"encrypted"}),
        ("only a head.pdf", 0, {"truncated"}),
        ("directory in a circle.doc", 1, set()),
        ("end before its end.doc", 0, {"truncated"}),
        ("locked.doc", 0, {"encrypted"}),
        ("locked.docx", 0, {"encrypted"}),
        ("vast pieces.doc", 0, {"too_large"}),
        ("deep.rtf", 0, {"nested_too_deep"}),
        ("endless line.txt", 0, {"too_large"}),
        ("noise.bin", 0, {"unknown_format"}),
        ("nothing", 0, {"unknown_format"}),
    ],
)  # fmt: skip
def test_a_bomb_is_refused_by_name(
    outcomes: dict[str, tuple[int, list[str]]], name: str, passages: int, reasons: set[str]
) -> None:
    found, told = outcomes[name]
    assert (found, set(told)) == (passages, reasons)


def test_a_reader_that_a_pdf_kills_is_named_and_the_rest_of_us_lives() -> None:
    pytest.importorskip("pypdfium2")
    assert read_bytes_apart(hostile.BOMBS[DEADLY](), "x.pdf", megabytes=150).unread == (Unread("x.pdf", "memory"),)


@pytest.mark.skipif(not shutil.which("bsdtar"), reason="the tool that unpacks RAR is not here")
def test_the_bombs_in_a_rar_are_refused_by_name() -> None:
    told = {
        name: {unread.reason for unread in read(make(), name).unread}
        for name, make in hostile.BOMBS.items()
        if name.endswith(".rar")
    }
    assert told == {
        "says it is vast.rar": {"damaged"},
        "many files.rar": {"too_many"},
        "traversal.rar": {"unsafe_name"},
        "archive in archive.rar": {"nested_too_deep"},
    }
