"""Raw pages: kept by every fetch, bounded by pruning, read again after a parser fix, and never in the store's way."""

from __future__ import annotations

import json
import os
import sqlite3
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from conftest import FIXTURES, Result
from samples import ask
from server import Reply, Server
from test_live import NOTICES
from test_stand_in import COLUMN, column, detail, item, path

from tender_tracker.model import SHANGHAI, Page, Raw
from tender_tracker.sources import ccgp
from tender_tracker.storage.raw import Kept, RawFile

Tenders = Callable[..., Result]
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=SHANGHAI)


@pytest.fixture
def site() -> Iterator[Server]:
    with Server().running() as server:
        server.routes["/robots.txt"] = Reply("gone", 404)
        server.routes[f"{COLUMN}/"] = Reply(column(*(item(*notice) for notice in NOTICES)))
        for number, day, title in NOTICES:
            server.routes[path(number, day)] = Reply(detail(title, day))
        yield server


@pytest.fixture
def configured(tenders: Tenders, tmp_path: Path, site: Server) -> Tenders:
    """The program with a configuration in which the server stands for CCGP."""
    text = f"""
db = "s.db"
allow_private = true
[sources.ccgp]
base_url = "{site.url}/"
columns = ["dfgg/gkzb"]
delay = 0
"""
    (tmp_path / "c.toml").write_text(text, "utf-8")
    return lambda *words, **named: tenders("--config", tmp_path / "c.toml", *words, **named)


def fetch(configured: Tenders) -> Result:
    return configured("fetch", "ccgp", "--since", "2026-09-01")


def page(
    text: str, url: str = "http://www.ccgp.gov.cn/cggg/dfgg/gkzb/202609/t20260901_1.htm", at: datetime = NOW
) -> Page:
    data = text.encode()
    return Page(text, "html", at, url, source="ccgp", raw=Raw(data, "text/html"))


def kept(file: RawFile) -> list[Kept]:
    return [found for found in file.pages() if isinstance(found, Kept)]


def test_every_page_of_a_fetch_is_kept_as_it_came(configured: Tenders, tmp_path: Path, site: Server) -> None:
    assert fetch(configured).code == 0
    with RawFile.open(tmp_path / "s.raw.db", write=False) as file:
        found = {one.url: one for one in kept(file)}
    assert {url.removeprefix(site.url): one.holds for url, one in found.items() if url} == {
        f"{COLUMN}/": "links",
        path(11, 29): "notices",
        path(12, 28): "notices",
    }
    assert found[site.url + path(11, 29)].raw.data == detail(NOTICES[0][2], 29).encode()
    assert found[site.url + path(11, 29)].source == "ccgp"


def test_a_dry_run_and_saved_pages_keep_nothing_unless_asked(configured: Tenders, tmp_path: Path) -> None:
    configured("fetch", "ccgp", "--since", "2026-09-01", "--dry-run")
    configured("fetch", "--saved", FIXTURES / "ningbo")
    assert not (tmp_path / "s.raw.db").exists()
    configured("fetch", "--saved", FIXTURES / "ningbo", "--keep-raw")
    with RawFile.open(tmp_path / "s.raw.db", write=False) as file:
        assert {Path(one.file or "").parent.name for one in kept(file)} == {"ningbo"}


def test_the_same_bytes_are_kept_once(tmp_path: Path) -> None:
    with RawFile.open(tmp_path / "r.db") as file:
        for day in range(3):
            file.keep(page("<html>甲</html>", at=NOW + timedelta(days=day)), "notices")
        file.keep(page("<html>甲</html>", "http://a.cn/2"), "notices")
        assert [one.read_at for one in kept(file)] == [NOW + timedelta(days=2), NOW]
    assert ask(tmp_path / "r.db", "SELECT count(*) FROM bodies") == [(1,)]


def test_a_parser_fix_reaches_every_notice_without_the_network(
    configured: Tenders, tmp_path: Path, site: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The parser of yesterday read another buyer; the notice is what the parser of today reads."""
    read = ccgp.notices
    with monkeypatch.context() as yesterday:
        from dataclasses import replace

        yesterday.setattr(ccgp, "notices", lambda page: [replace(one, buyer="乙大学") for one in read(page)])
        fetch(configured)
    site.asked.clear()
    tried = configured("reparse", "--dry-run", "--json")
    assert ask(tmp_path / "s.db", "SELECT DISTINCT buyer FROM notices") == [("乙大学",)]
    result = configured("reparse", "--json")
    assert result.code == 0 and result.out == tried.out
    found = json.loads(result.out)
    buyer = next(change for change in found["fields"] if change["field"] == "buyer")
    assert (found["changed"], buyer["notices"]) == (2, 2)
    assert (buyer["examples"][0]["before"], buyer["examples"][0]["after"]) == ("乙大学", "甲大学")
    assert site.asked == []
    assert ask(tmp_path / "s.db", "SELECT DISTINCT buyer, changed_at FROM notices") == [("甲大学", None)]
    assert ask(tmp_path / "s.db", "SELECT count(*) FROM versions") == [(2,)]
    assert json.loads(configured("reparse", "--json").out)["unchanged"] == 2
    assert "甲大学" in configured("list", "--buyer", "甲大学", "--level", "required").out


def test_a_page_that_no_longer_parses_keeps_its_notice_and_is_named(
    configured: Tenders, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetch(configured)
    read = ccgp.notices

    def broken(page: Page) -> object:
        if "打印纸" in page.text:
            raise ValueError("a slip of ours")
        return read(page)

    before = ask(tmp_path / "s.db", "SELECT * FROM notices")
    monkeypatch.setattr(ccgp, "notices", broken)
    result = configured("reparse")
    assert result.code == 3 and path(12, 28) in result.err and "unread 1" in result.err
    assert ask(tmp_path / "s.db", "SELECT * FROM notices") == before


def test_a_page_refused_in_the_fetch_gives_its_notice_after_the_fix(
    configured: Tenders, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = ccgp.notices
    with monkeypatch.context() as yesterday:
        yesterday.setattr(ccgp, "notices", lambda page: [] if "打印纸" in page.text else read(page))
        fetch(configured)
    assert ask(tmp_path / "s.db", "SELECT count(*) FROM notices") == [(1,)]
    assert json.loads(configured("reparse", "--json").out)["new"] == 1


def test_the_newest_page_of_a_notice_decides(tenders: Tenders, tmp_path: Path) -> None:
    with RawFile.open(tmp_path / "s.raw.db") as file:
        for day, title in ((2, "新标题公开招标公告"), (1, "旧标题公开招标公告")):
            file.keep(page(detail(title, 1), at=NOW + timedelta(days=day)), "notices")
    (tmp_path / "empty.json").write_text('{"releases": [], "version": "1.1"}', "utf-8")
    tenders("--db", tmp_path / "s.db", "fetch", "--saved", tmp_path / "empty.json")
    assert tenders("--db", tmp_path / "s.db", "reparse").code == 0
    assert ask(tmp_path / "s.db", "SELECT title FROM notices") == [("新标题公开招标公告",)]
    assert ask(tmp_path / "s.db", "SELECT count(*) FROM versions") == [(0,)]


@pytest.mark.parametrize("trouble", ["damaged", "another program's", "a folder"])
def test_a_raw_file_that_cannot_be_used_is_told_and_the_fetch_goes_on(
    configured: Tenders, tmp_path: Path, trouble: str
) -> None:
    file = tmp_path / "s.raw.db"
    if trouble == "a folder":
        file.mkdir()
    elif trouble == "damaged":
        file.write_bytes(b"SQLite format 3\0" + b"\7" * 5000)
    else:
        with sqlite3.connect(file) as other:
            other.execute("CREATE TABLE theirs (a)")
        other.close()
    before = file.read_bytes() if file.is_file() else None
    result = fetch(configured)
    assert result.code == 0 and "new 2" in result.out
    assert result.err.count("raw pages were not all kept") == 1 and str(file) in result.err
    assert (file.read_bytes() if file.is_file() else None) == before
    assert configured("raw", "status").code == configured("reparse").code == 10


def test_a_full_disk_ends_the_keeping_and_not_the_fetch(configured: Tenders, tmp_path: Path, site: Server) -> None:
    resource = pytest.importorskip("resource")  # a limit on the size of files fails writes as a full disk does
    number, day, title = NOTICES[0]
    bulk = f"<script>{os.urandom(900_000).hex()}</script></body>"
    site.routes[path(number, day)] = Reply(detail(title, day).replace("</body>", bulk))
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (850_000, limits[1]))
    try:
        result = fetch(configured)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert result.code == 0 and "new 2" in result.out
    assert result.err.count("raw pages were not all kept") == 1
    for store in ("s.db", "s.raw.db"):
        assert ask(tmp_path / store, "PRAGMA integrity_check") == [("ok",)]


def test_a_damaged_body_costs_itself(tmp_path: Path) -> None:
    with RawFile.open(tmp_path / "r.db") as file:
        file.keep(page("<html>甲</html>", "http://a.cn/1"), "notices")
        file.keep(page("<html>乙</html>", "http://a.cn/2"), "notices")
        file._db.execute("UPDATE bodies SET packed = x'00' WHERE rowid = 1")
        found = list(file.pages())
    assert [type(one).__name__ for one in found] == ["Kept", "StoreUnusable"]
    assert "http://a.cn/1" in str(found[1])


def test_a_damaged_page_is_missing_from_an_export_by_name(tenders: Tenders, tmp_path: Path) -> None:
    pytest.importorskip("warcio")
    with RawFile.open(tmp_path / "s.raw.db") as file:
        for number in (1, 2):
            file.keep(page(f"<html>{number}</html>", f"http://a.cn/{number}"), "notices")
        file._db.execute("UPDATE bodies SET packed = x'00' WHERE rowid = 1")
    result = tenders("--db", tmp_path / "s.db", "raw", "export", "--warc", tmp_path / "p.warc.gz")
    assert result.code == 3
    assert "1 page" in result.err and "the kept page http://a.cn/1 is damaged" in result.err


def test_pruning_takes_the_oldest_and_lists_first_and_gives_the_space_back(tenders: Tenders, tmp_path: Path) -> None:
    raw = tmp_path / "s.raw.db"
    tenders("--db", tmp_path / "s.db", "fetch", "--saved", FIXTURES / "ningbo")
    now = datetime.fromtimestamp(1795483800, SHANGHAI)
    with RawFile.open(raw) as file:
        for day in range(40):
            body = os.urandom(20_000).hex()
            file.keep(page(body, f"http://a.cn/{day}", now - timedelta(days=day)), "links" if day < 5 else "notices")
    size = raw.stat().st_size
    result = tenders("--db", tmp_path / "s.db", "--lang", "en", "raw", "prune", "--keep", "30d")
    assert result.code == 0 and "9 pages taken out" in result.out
    assert raw.stat().st_size < size * 0.8
    assert tenders("--db", tmp_path / "s.db", "raw", "prune", "--max-size", "300KB").code == 0
    assert raw.stat().st_size <= 300_000
    with RawFile.open(raw, write=False) as file:
        days = {(now - one.read_at).days for one in kept(file)}
    assert days and min(days) == 5 and max(days) == 4 + len(days)  # lists are gone, the newest notices are left
    assert ask(raw, "SELECT count(*) FROM bodies") == [(len(days),)]


def test_status_counts_what_is_kept(configured: Tenders) -> None:
    fetch(configured)
    (row,) = json.loads(configured("raw", "status", "--json").out)
    assert (row["source"], row["pages"], row["lists"]) == ("ccgp", 3, 1)
    assert row["size"] > row["packed"] > 0


def test_ages_are_days_in_shanghai_and_a_bad_one_names_its_option(tenders: Tenders, tmp_path: Path) -> None:
    with RawFile.open(tmp_path / "s.raw.db") as file:
        late = datetime(2026, 11, 23, 23, tzinfo=UTC)  # the 24th in Shanghai
        file.keep(replace(page("<html>甲</html>", "http://a.cn/1"), read_at=late), "notices")
    told = tenders("--db", tmp_path / "s.db", "raw", "status").out
    assert "2026-11-24" in told and "2026-11-23" not in told
    bad = tenders("--db", tmp_path / "s.db", "raw", "prune", "--keep", "long")
    assert bad.code == 2 and "--keep 'long'" in bad.err


@pytest.mark.parametrize(
    "words", [("raw", "prune"), ("raw", "prune", "--max-size", "much"), ("reparse", "--source", "nowhere")]
)
def test_what_cannot_be_meant_is_said(configured: Tenders, words: tuple[str, ...]) -> None:
    fetch(configured)
    assert configured(*words).code == 2


def test_a_kept_page_is_saved_with_what_its_parser_reads(configured: Tenders, tmp_path: Path, site: Server) -> None:
    fetch(configured)
    site.asked.clear()
    url, folder = site.url + path(11, 29), tmp_path / "pages"
    result = configured("sources", "save", url, "-o", folder)
    assert result.code == 0 and result.out == f"{folder / 't20260929_11.html'}\n" and site.asked == []
    assert (folder / "t20260929_11.html").read_text("utf-8") == detail(NOTICES[0][2], 29)
    (told,) = tomllib.loads((folder / "pages.toml").read_text("utf-8"))["page"]
    assert told == {"file": "t20260929_11.html", "url": url, "role": "notice", "source": "ccgp"}
    (read,) = tomllib.loads((folder / "expected.toml").read_text("utf-8"))["page"]
    assert (read["title"], read["buyer"], read["budget_yuan"]) == (NOTICES[0][2], "甲大学", 450000)
    assert configured("sources", "save", url, "-o", folder).code == 2  # nothing is written over
    assert configured("sources", "save", f"{site.url}{COLUMN}/", "-o", folder).code == 0
    roles = [page["role"] for page in tomllib.loads((folder / "pages.toml").read_text("utf-8"))["page"]]
    assert roles == ["notice", "list"]
    assert "new 1" in configured("--db", tmp_path / "other.db", "fetch", "--saved", folder).out


def test_a_page_that_is_not_kept_is_asked_for_and_one_of_no_source_is_not(
    configured: Tenders, tmp_path: Path, site: Server
) -> None:
    site.routes[path(12, 28)] = Reply("<!DOCTYPE html><html><head><title>新版</title></head><body>改版</body></html>")
    result = configured("sources", "save", site.url + path(12, 28), "-o", tmp_path / "pages")
    assert result.code == 0 and "could not be read" in result.err and path(12, 28) in site.paths()
    assert (tmp_path / "pages" / "t20260928_12.html").exists()
    assert not (tmp_path / "pages" / "expected.toml").exists()
    assert configured("sources", "save", "http://nowhere.example/1").code == 2


def test_every_column_of_the_raw_file_is_explained(tmp_path: Path) -> None:
    with RawFile.open(tmp_path / "r.db"):
        pass
    lines = (Path(__file__).parents[1] / "docs" / "raw.md").read_text("utf-8").splitlines()
    explained = [line.split("|")[1].strip() for line in lines if line.startswith("| ") and not line.startswith("| col")]
    tables = ("pages", "bodies")
    assert explained == [
        name for table in tables for (name,) in ask(tmp_path / "r.db", f"SELECT name FROM pragma_table_info('{table}')")
    ]
