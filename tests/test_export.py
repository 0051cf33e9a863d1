"""What leaves for other programs: a calendar that follows moved deadlines, feeds, OCDS, a workbook, Parquet, CSV and lines."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from conftest import Result
from samples import NOW, fill, notice, record

from tender_tracker.errors import StoreUnusable
from tender_tracker.exporting.calendar import Event, calendar
from tender_tracker.exporting.entries import entries, head
from tender_tracker.exporting.ocds import package
from tender_tracker.facts.opening import opening
from tender_tracker.model import SHANGHAI, Amount, Attachment, Lot
from tender_tracker.outfile import write
from tender_tracker.reporting import feed
from tender_tracker.reporting.render import csv_of
from tender_tracker.reporting.table import document, listed
from tender_tracker.storage.query import Filter, Reader
from tender_tracker.storage.rows import Flagged

Tenders = Callable[..., Result]
ATOM = "{http://www.w3.org/2005/Atom}"
HOSTILE = '=HYPERLINK("http://x";"点我"),\u202e\x1b[31m服务器;\\采购\nBEGIN:VEVENT'


@pytest.fixture
def db(tmp_path: Path) -> Path:
    """Three notices: a tender with two lots, one with a hostile title, an award."""
    return fill(
        tmp_path / "tenders.db",
        [
            record(1),
            record(2, title=HOSTILE, project_name=None),
            record(
                3, kind="award", suppliers=("澄江科技有限公司",), award=Amount(Decimal(990000), "99万元"), deadline=None
            ),
        ],
    )


def unfolded(text: str) -> list[str]:
    return text.replace("\r\n ", "").split("\r\n")


def test_a_calendar_has_one_event_a_deadline_and_short_lines(db: Path, tenders: Tenders) -> None:
    text = tenders("--db", db, "--lang", "en", "export", "--format", "ics").out
    lines = unfolded(text)
    assert lines.count("BEGIN:VEVENT") == lines.count("END:VEVENT") == 2
    assert "UID:ccgp-t1-deadline@tenders" in lines
    due = (NOW + timedelta(days=1)).astimezone(SHANGHAI)
    assert f"DTSTART:{(due - timedelta(hours=8)).strftime('%Y%m%dT%H%M%SZ')}" in lines
    assert max(len(line.encode()) for line in text.split("\r\n")) <= 75


def test_a_moved_deadline_moves_its_event(db: Path, tenders: Tenders) -> None:
    before = unfolded(tenders("--db", db, "export", "--format", "ics").out)
    later = NOW + timedelta(days=1)
    fill(db, [record(1, deadline=NOW + timedelta(days=9), read_at=later)], later)
    after = unfolded(tenders("--db", db, "export", "--format", "ics").out)
    uids = [line for line in before if line.startswith("UID:")]
    assert uids == [line for line in after if line.startswith("UID:")]
    assert next(line for line in before if line.startswith("SEQUENCE:")) == "SEQUENCE:0"
    first = after[after.index("UID:ccgp-t1-deadline@tenders") :]
    assert int(next(line for line in first if line.startswith("SEQUENCE:")).split(":")[1]) > 0


def test_a_hostile_title_cannot_break_out_of_its_event(db: Path, tenders: Tenders) -> None:
    text = tenders("--db", db, "export", "--format", "ics").out
    assert unfolded(text).count("BEGIN:VEVENT") == 2
    assert "\x1b" not in text
    assert "\u202e" not in text


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            "投标截止时间：2026年12月1日9:30\n开标时间：2026年12月1日14:00",
            datetime(2026, 12, 1, 14, 0, tzinfo=SHANGHAI),
        ),
        ("五、开启\n时间：2026年12月3日 09点30分（北京时间）", datetime(2026, 12, 3, 9, 30, tzinfo=SHANGHAI)),
        ("开标地点：2号楼。公告日期2026年12月1日9:30", None),
        ("开标日期：2026年12月1日", None),
    ],
)
def test_an_opening_is_read_where_it_is_printed_with_its_hour(text: str, found: datetime | None) -> None:
    assert opening(text) == found


def test_an_ocds_package_has_what_its_schema_requires(db: Path, tenders: Tenders) -> None:
    package = json.loads(tenders("--db", db, "export", "--format", "ocds").out)
    assert {"uri", "version", "publishedDate", "publisher", "releases"} <= package.keys()
    assert package["version"] == "1.1"
    for release in package["releases"]:
        assert {"ocid", "id", "date", "tag", "initiationType"} <= release.keys()
        assert "id" in release["tender"]
        named = {party["id"] for party in release["parties"]}
        assert release["buyer"]["id"] in named
        for award in release.get("awards", ()):
            assert "id" in award
            assert {one["id"] for one in award.get("suppliers", ())} <= named
    assert "null" not in json.dumps(package)


def test_an_ocds_release_has_the_date_that_was_printed(db: Path, tenders: Tenders) -> None:
    fill(db, [record(9, published=datetime(2026, 11, 16, tzinfo=SHANGHAI))])
    releases = {one["id"]: one for one in json.loads(tenders("--db", db, "export", "--format", "ocds").out)["releases"]}
    assert releases["ccgp-t9"]["date"] == "2026-11-16T00:00:00+08:00"


def test_an_ocds_release_tells_stage_money_lots_and_label(db: Path, tenders: Tenders) -> None:
    releases = {one["id"]: one for one in json.loads(tenders("--db", db, "export", "--format", "ocds").out)["releases"]}
    tender, award = releases["ccgp-t1"], releases["ccgp-t3"]
    assert tender["tag"] == ["tender"]
    assert tender["tender"]["value"] == {"amount": 1200000.5, "currency": "CNY"}
    assert [lot["id"] for lot in tender["tender"]["lots"]] == ["第一包", "第二包"]
    assert tender["domesticCompute"]["level"] == "required"
    assert tender["domesticCompute"]["evidence"]["quote"] in notice(1).text
    assert award["tag"] == ["award"]
    assert award["awards"][0]["value"]["amount"] == 990000
    assert award["awards"][0]["suppliers"] == [{"id": "supplier-1", "name": "澄江科技有限公司"}]


def test_a_changed_notice_is_another_ocds_release_of_its_process(db: Path, tenders: Tenders) -> None:
    first = json.loads(tenders("--db", db, "export", "--format", "ocds").out)
    later = NOW + timedelta(days=1)
    fill(db, [record(1, deadline=NOW + timedelta(days=9), read_at=later)], later)
    second = json.loads(tenders("--db", db, "export", "--format", "ocds").out)
    assert first["releases"][0]["ocid"] == second["releases"][0]["ocid"]
    assert (first["releases"][0]["id"], second["releases"][0]["id"]) == ("ccgp-t1", "ccgp-t1-20261124T010000Z")
    assert first["releases"][1:] == second["releases"][1:]
    assert second["publishedDate"] == "2026-11-24T09:00:00+08:00"


def test_an_ocds_package_has_contracts_of_its_awards_and_addresses_that_are_uris(
    tmp_path: Path, tenders: Tenders
) -> None:
    lots = (
        Lot("第一包", award=Amount(Decimal(2), "2元"), suppliers=("甲公司",)),
        Lot("第二包", award=Amount(Decimal(3), "3元"), suppliers=("乙公司",)),
    )
    files = (Attachment("附件", "http://a.example/附件.pdf"), Attachment("坏", "javascript:alert(1)"))
    path = fill(tmp_path / "s.db", [record(1, kind="contract", source_id="a#1", lots=lots, attachments=files)])
    release = json.loads(tenders("--db", path, "export", "--format", "ocds").out)["releases"][0]
    assert "#" not in release["id"]
    assert [award["id"] for award in release["awards"]] == [one["awardID"] for one in release["contracts"]]
    assert [one["value"]["amount"] for one in release["contracts"]] == [2, 3]
    assert {one["relatedLots"][0] for one in release["awards"]} == {lot["id"] for lot in release["tender"]["lots"]}
    documents = release["tender"]["documents"]
    assert documents[0]["documentType"] == "contractNotice"
    assert [one.get("url") for one in documents[1:]] == ["http://a.example/%E9%99%84%E4%BB%B6.pdf", None]


def atom(text: str) -> ElementTree.Element:
    return ElementTree.fromstring(text)


def test_an_atom_feed_is_xml_whatever_the_title_and_newest_come_first(db: Path, tenders: Tenders) -> None:
    fill(db, [record(4, title="]]><script>\ufffe\x00&", url="javascript:alert(1)")], NOW + timedelta(hours=1))
    feed = atom(tenders("--db", db, "export", "--format", "atom").out)
    titles = [entry.findtext(f"{ATOM}title") or "" for entry in feed.findall(f"{ATOM}entry")]
    assert titles[0].startswith("]]><script>") and titles[3] == notice(1).title
    assert len(titles) == 4
    links = [link.get("href") for link in feed.iter(f"{ATOM}link")]
    assert len(links) == 3 and all(link and link.startswith("http://") for link in links)
    assert feed.findtext(f"{ATOM}updated") == "2026-11-23T02:00:00Z"


def test_an_entry_of_a_feed_keeps_its_id_and_is_updated_with_its_notice(db: Path, tenders: Tenders) -> None:
    before = json.loads(tenders("--db", db, "export", "--format", "jsonfeed").out)["items"]
    later = NOW + timedelta(days=1)
    fill(db, [record(1, deadline=NOW + timedelta(days=9), read_at=later)], later)
    after = json.loads(tenders("--db", db, "export", "--format", "jsonfeed").out)["items"]
    assert [item["id"] for item in before] == [item["id"] for item in after]
    assert len({item["id"] for item in before}) == 3
    assert "date_modified" not in before[-1]
    assert (after[-1]["date_published"], after[-1]["date_modified"]) == ("2026-11-23T01:00:00Z", "2026-11-24T01:00:00Z")
    feed = atom(tenders("--db", db, "export", "--format", "atom").out)
    assert [entry.findtext(f"{ATOM}id") for entry in feed.iter(f"{ATOM}entry")] == [item["id"] for item in after]
    assert feed.findtext(f"{ATOM}updated") == "2026-11-24T01:00:00Z"


def test_an_entry_is_the_same_in_the_feed_of_a_digest(db: Path, tenders: Tenders) -> None:
    exported = json.loads(tenders("--db", db, "export", "--format", "jsonfeed").out)["items"]
    digest = json.loads(tenders("--db", db, "digest", "--since", "2026-11-20", "--format", "jsonfeed").out)["items"]
    assert digest and {item["id"] for item in digest} <= {item["id"] for item in exported}


def test_a_feed_is_another_one_with_another_filter_but_not_on_another_day(db: Path, tenders: Tenders) -> None:
    def number(*words: str) -> str | None:
        return atom(tenders("--db", db, "export", "--format", "atom", *words).out).findtext(f"{ATOM}id")

    assert number("--since", "2026-11-01") == number("--since", "2026-11-02") == number()
    assert len({number(), number("--level", "required"), number("--buyer", "大学"), number("--region", "大学")}) == 4


def test_a_list_written_by_pieces_is_the_document_it_stands_for() -> None:
    head = {"a": "甲\n\u2028", "b": {"c": [1, 2]}}
    for items in ([], [{}], [{"x": "一\n二\u2028\x85", "y": [None, {"z": []}]}, {"x": "\ud800"}, {"x": "甲"}]):
        assert json.loads("".join(listed(head, "items", items))) == {**head, "items": items}
        if "\ud800" not in repr(items) and "ud800" not in repr(items):
            assert "".join(listed(head, "items", items)) == document({**head, "items": items})


def test_a_row_is_written_before_the_next_is_read(db: Path) -> None:
    """So that an export of any size takes the memory of one row."""
    read: list[int] = []

    def rows() -> Iterator[Flagged]:
        with Reader.open(db) as reader:
            for row in reader.each(Filter()):
                read.append(row.notice.id)
                yield row

    forms: list[Callable[[Iterator[Flagged]], Iterator[str]]] = [
        csv_of,
        lambda found: package(found, NOW, "1"),
        lambda found: feed.atom(head(Filter(), NOW, "en"), entries(found, "en")),
        lambda found: feed.json_feed(head(Filter(), NOW, "en"), entries(found, "en")),
        lambda found: calendar((Event(row, "deadline", NOW) for row in found), "en"),
    ]
    for form in forms:
        read.clear()
        pieces = form(rows())
        assert any(notice(1).title in piece or "第1期" in piece for piece in pieces)
        assert len(read) == 1


def test_an_export_that_breaks_off_leaves_the_old_file(tmp_path: Path) -> None:
    def pieces() -> Iterator[str]:
        yield "new"
        raise StoreUnusable("gone")

    file = tmp_path / "out.csv"
    file.write_text("old", "utf-8")
    with pytest.raises(StoreUnusable):
        write(file, pieces())
    assert file.read_text("utf-8") == "old"
    assert list(tmp_path.iterdir()) == [file]


def test_a_workbook_holds_no_formula(db: Path, tmp_path: Path, tenders: Tenders) -> None:
    pytest.importorskip("xlsxwriter")
    file = tmp_path / "out.xlsx"
    tenders("--db", db, "export", "--format", "xlsx", "-o", file)
    with zipfile.ZipFile(file) as book:
        sheets = [book.read(name).decode() for name in book.namelist() if name.startswith("xl/worksheets/sheet")]
        words = book.read("xl/sharedStrings.xml").decode()
    assert len(sheets) == 4
    assert not any(re.search(r"<f[ >]", sheet) for sheet in sheets)
    assert "'=HYPERLINK" in words
    assert "1200000.5" in sheets[0]


def test_parquet_keeps_types_and_nested_lots(db: Path, tmp_path: Path, tenders: Tenders) -> None:
    files = pytest.importorskip("pyarrow.parquet")
    file = tmp_path / "out.parquet"
    tenders("--db", db, "export", "--format", "parquet", "-o", file)
    rows: list[dict[str, Any]] = files.read_table(file).to_pylist()
    assert [row["source_id"] for row in rows] == ["t1", "t2", "t3"]
    assert rows[0]["budget"] == Decimal("1200000.50")
    assert rows[0]["published"] == notice(1).published
    assert [lot["name"] for lot in rows[0]["lots"]] == ["第一包", "第二包"]


def test_csv_and_lines_carry_the_same_notices(db: Path, tenders: Tenders) -> None:
    rows = list(csv.DictReader(io.StringIO(tenders("--db", db, "export").out)))
    lines = [json.loads(line) for line in tenders("--db", db, "export", "--format", "jsonl").out.splitlines()]
    assert [row["source_id"] for row in rows] == [line["source_id"] for line in lines] == ["t1", "t2", "t3"]
    assert rows[1]["title"].startswith("'=HYPERLINK")
    assert lines[1]["title"] == HOSTILE


def test_a_filter_chooses_and_an_empty_export_says_so(db: Path, tenders: Tenders) -> None:
    awards = tenders("--db", db, "export", "--format", "jsonl", "--kind", "award")
    assert [json.loads(line)["source_id"] for line in awards.out.splitlines()] == ["t3"]
    nothing = tenders("--db", db, "--lang", "en", "export", "--format", "jsonl", "--family", "loongson")
    assert (nothing.out, nothing.code) == ("", 0)
    assert "the store holds 3" in nothing.err


def test_bytes_never_go_to_the_terminal(db: Path, tenders: Tenders) -> None:
    refused = tenders("--db", db, "export", "--format", "xlsx")
    assert refused.code == 2
    assert "-o FILE" in refused.err


def test_the_same_store_gives_the_same_bytes(db: Path, tmp_path: Path, tenders: Tenders) -> None:
    pytest.importorskip("xlsxwriter")
    for form in ("ics", "ocds", "csv", "atom", "jsonfeed"):
        assert (
            tenders("--db", db, "export", "--format", form).out == tenders("--db", db, "export", "--format", form).out
        )
    files = [tmp_path / "one.xlsx", tmp_path / "two.xlsx"]
    for file in files:
        tenders("--db", db, "export", "--format", "xlsx", "-o", file)
    assert files[0].read_bytes() == files[1].read_bytes()


@pytest.mark.parametrize(("option", "word"), [("--family", "nonsense"), ("--source", "ccpg")])
@pytest.mark.parametrize("command", ["export", "list"])
def test_a_mistyped_filter_is_an_error_and_no_empty_file(
    db: Path, tenders: Tenders, command: str, option: str, word: str
) -> None:
    refused = tenders("--db", db, command, option, word)
    assert (refused.code, refused.out) == (2, "")
    assert word in refused.err and "known:" in refused.err
