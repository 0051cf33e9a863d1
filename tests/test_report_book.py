"""A report as a workbook: what was read comes first, sums are numbers, and no cell is a formula."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from html import unescape
from pathlib import Path

import pytest
from conftest import Result
from samples import fill, record

from tender_tracker.errors import UsageError
from tender_tracker.exporting.workbook import Sheet, book

pytest.importorskip("xlsxwriter")
Tenders = Callable[..., Result]


def sheets(path: Path) -> dict[str, list[list[str]]]:
    """Name of each sheet → its rows of cells as text."""
    with zipfile.ZipFile(path) as book:
        parts = {name: book.read(name).decode() for name in book.namelist() if name.endswith(".xml")}
    words = [unescape(text) for text in re.findall(r"<si><t[^>]*>(.*?)</t></si>", parts["xl/sharedStrings.xml"], re.S)]
    names = [unescape(name) for name in re.findall(r'<sheet name="([^"]*)"', parts["xl/workbook.xml"])]
    found = {}
    for number, name in enumerate(names, 1):
        page = parts[f"xl/worksheets/sheet{number}.xml"]
        assert "<f>" not in page
        found[name] = [
            [
                words[int(value)] if kind else value
                for kind, value in re.findall(r'<c [^>]*?( t="s")?><v>(.*?)</v>', row)
            ]
            for row in re.findall(r"<row .*?</row>", page, re.S)
        ]
    return found


def test_a_workbook_says_what_was_read_then_divides_then_lists(tenders: Tenders, demo: Path, tmp_path: Path) -> None:
    target = tmp_path / "r.xlsx"
    words = ("--month", "2026-10", "--by", "family,kind", "--compare", "previous", "--format", "xlsx", "-o", target)
    assert tenders("--db", demo, "--lang", "en", "report", *words).code == 0
    book = sheets(target)
    assert list(book)[:3] == ["What was read", "by chips × kind", "by level"]
    assert list(book)[-4:] == ["notices", "lots", "goods delivered", "source"]
    said = " ".join(cell for row in book["What was read"] for cell in row)
    assert "All saved pages were read in full" in said and "Δ is the change against 2026-09-01" in said
    heading, *rows = book["by chips × kind"]
    assert heading == [
        "chips",
        "kind",
        "notices",
        "Δ",
        "projects",
        "Δ",
        "budget sum",
        "Δ",
        "unstated",
        "award sum",
        "Δ",
        "unstated",
    ]
    assert ["Hygon", "tender", "2", "2", "2", "2", "5518000", "5518000", "0", "0", "0"] in rows
    assert rows[-1][0] == "all" and len(book["notices"]) == 1 + 9


@pytest.mark.parametrize(
    ("by", "sheet"), [("source", "按来源"), ("size,import_policy", "按预算规模 × 进口产品"), ("share", "按要求")]
)
def test_every_division_has_a_sheet_of_its_own(tenders: Tenders, tmp_path: Path, by: str, sheet: str) -> None:
    path = fill(
        tmp_path / "t.db", [record(1), record(2, title='=HYPERLINK("x")', buyer="+A1", region="@x", source="[a]:*?/")]
    )
    target = tmp_path / "r.xlsx"
    result = tenders("--db", path, "--lang", "zh", "report", "--by", by, "--format", "xlsx", "-o", target)
    assert result.code == 0, result.err
    book = sheets(target)
    assert list(book)[1] == sheet and len(book[sheet]) > 1
    assert list(book)[-4:] == ["公告", "分包", "交付货物", "来源"] and len(book["公告"]) == 3
    assert not [cell for rows in book.values() for row in rows for cell in row if re.match(r"[=+@]", cell)]


def test_bytes_need_a_file(tenders: Tenders, demo: Path) -> None:
    result = tenders("--db", demo, "report", "--format", "xlsx")
    assert (result.code, result.out) == (2, "") and "-o FILE" in result.err


def test_more_rows_than_a_sheet_holds_are_refused_by_name_not_cut() -> None:
    with pytest.raises(UsageError, match=r"'notices' would have 1,048,576 rows.*--format csv"):
        book([Sheet("notices", (("head.day", 10, str),), range(1_048_576))], "en")
