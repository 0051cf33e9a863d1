"""WARC: pages of a web archive are read with address and date, kept pages are written as one, and damage is named."""

from __future__ import annotations

import gzip
import io
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from conftest import Result
from samples import NOW, ask
from test_stand_in import detail

from tender_tracker.model import Page
from tender_tracker.pages import saved

pytest.importorskip("warcio")
Tenders = Callable[..., Result]
URL = "http://www.ccgp.gov.cn/cggg/dfgg/gkzb/202609/t20260929_{}.htm"


def response(number: int, body: bytes | None = None, head: str = "", length: int = 0, kind: str = "text/html") -> bytes:
    body = detail(f"第{number}次昇腾服务器公开招标公告", 29).encode() if body is None else body
    http = f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\n{head}\r\n".encode() + body
    lines = (
        "WARC/1.0",
        "WARC-Type: response",
        f"WARC-Target-URI: {URL.format(number)}",
        "WARC-Date: 2026-09-30T01:02:03Z",
        "Content-Type: application/http; msgtype=response",
        f"Content-Length: {length or len(http)}",
    )
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + http + b"\r\n\r\n"


def found(path: Path, data: bytes) -> tuple[list[Page], list[str]]:
    path.write_bytes(data)
    got = list(saved.pages([path], NOW))
    return [one for one in got if isinstance(one, Page)], [str(one.error) for one in got if not isinstance(one, Page)]


@pytest.mark.parametrize("name", ["x.warc", "x.warc.gz"])
def test_pages_of_a_web_archive_are_read_with_address_and_date(tmp_path: Path, name: str) -> None:
    picture = response(8, b"\x89PNG", kind="image/png")
    packed = response(2, gzip.compress(detail("打印纸公开招标公告", 28).encode()), "Content-Encoding: gzip\r\n")
    records = [response(1), picture, packed]
    data = b"".join(gzip.compress(one) for one in records) if name.endswith(".gz") else b"".join(records)
    pages, bad = found(tmp_path / name, data)
    assert not bad and [page.url for page in pages] == [URL.format(1), URL.format(2)]
    assert pages[0].read_at == datetime(2026, 9, 30, 1, 2, 3, tzinfo=UTC)
    assert "昇腾" in pages[0].text and "打印纸" in pages[1].text and pages[1].file == f"{tmp_path / name}#3"


def test_notices_of_a_web_archive_are_stored_and_kept_pages_come_back_as_one(tenders: Tenders, tmp_path: Path) -> None:
    (tmp_path / "x.warc.gz").write_bytes(gzip.compress(response(1)) + gzip.compress(response(2)))
    result = tenders("--db", tmp_path / "a.db", "fetch", "--saved", tmp_path / "x.warc.gz", "--keep-raw")
    assert result.code == 0 and "new 2" in result.out, result.err
    assert tenders("--db", tmp_path / "a.db", "raw", "export", "--warc", tmp_path / "y.warc.gz").code == 0
    assert tenders("--db", tmp_path / "b.db", "fetch", "--saved", tmp_path / "y.warc.gz").code == 0
    said = "SELECT source_id, url, title, content_hash, read_at FROM notices ORDER BY 1"
    assert ask(tmp_path / "a.db", said) == ask(tmp_path / "b.db", said) and len(ask(tmp_path / "a.db", said)) == 2
    assert sorted(path.name for path in tmp_path.glob("*.part")) == []


@pytest.mark.parametrize(
    ("data", "numbers", "word"),
    [
        (gzip.compress(response(1)) + gzip.compress(response(2))[:-200], [1], "damaged"),
        (response(1) + response(2, length=10**9), [1], "before the length it names"),
        (response(1) + response(2, length=300) + response(3), [1, 3], "does not end where it says"),
        (response(1) + response(2, b"<html>" + b"x" * (17 * 2**20)) + response(3), [1, 3], "larger than 16 MB"),
        (gzip.compress(response(1)) + gzip.compress(b"W" * 50_000_000), [1], "damaged"),
        (gzip.compress(response(1)) + gzip.compress(b"WARC/1.0\r\n" + b"A: b\r\n" * 10**6), [1], "without end"),
        (response(1, gzip.compress(b"<html>" + b" " * (40 * 2**20)), "Content-Encoding: gzip\r\n"), [], "larger than"),
        (b"no archive at all", [], "damaged"),
        (b"", [], "no WARC record"),
    ],
    ids=["cut", "length too long", "length too short", "huge", "endless line", "endless headers", "bomb", "none", "empty"],
)  # fmt: skip
def test_hostile_records_are_refused_by_name_and_others_read(
    tmp_path: Path, data: bytes, numbers: list[int], word: str, capfd: pytest.CaptureFixture[str]
) -> None:
    name = "x.warc.gz" if data.startswith(b"\x1f\x8b") else "x.warc"
    pages, bad = found(tmp_path / name, data)
    whole = [page.url for page in pages if "</html>" in page.text]
    assert whole == [URL.format(number) for number in numbers]
    assert bad and any(word in message for message in bad) and all(name in message for message in bad), bad
    assert capfd.readouterr().err == ""


def test_without_the_extra_one_line_says_what_to_install(
    tenders: Tenders, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in [name for name in sys.modules if name.startswith("warcio")]:
        monkeypatch.delitem(sys.modules, module)
    monkeypatch.setitem(sys.modules, "warcio", None)
    (tmp_path / "x.warc").write_bytes(response(1))
    result = tenders("--db", tmp_path / "s.db", "fetch", "--saved", tmp_path / "x.warc")
    assert result.code != 0 and result.err.count("pip install 'tenders[warc]'") == 1


def test_bytes_are_bounded_by_what_is_asked() -> None:
    from tender_tracker.pages.warc import bounded

    assert bounded(io.BytesIO(b"a\nb" * 10)).readline(5) == b"a\n"
