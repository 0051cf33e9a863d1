"""A run: pages in, notices stored, everything refused named, and an exit code that can be trusted."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from samples import NOW, ask, fill, record
from test_stand_in import BLOCK, COLUMN, column, detail, item

from tender_tracker import parse, pipeline, run, sources
from tender_tracker.errors import PageBroken, PageRefused, SourceFailed, StoreUnusable, TenderError
from tender_tracker.flagging import rulepack
from tender_tracker.model import Page, Request, Site, Source, SourceSettings, Validators, Window
from tender_tracker.pages import readable, saved
from tender_tracker.pipeline import RunSummary
from tender_tracker.storage.query import Filter, Reader
from tender_tracker.storage.store import Store
from tender_tracker.web.fetch import Fetched, FetchSettings

PACK = rulepack.load()
ANY = Filter(levels=())
ALWAYS = Window()
FIXTURES = Path(__file__).parents[1] / "fixtures"


def text(number: int, clause: str = "服务器CPU须采用国产处理器。", day: int = 20) -> str:
    return (
        f"黛湖大学第{number}期服务器采购项目公开招标公告\n发布时间：2026年11月{day:02}日\n项目编号：DH-2026-{number}\n"
        f"项目名称：第{number}期服务器采购项目\n采购人：黛湖大学\n预算金额：50万元\n采购需求：采购服务器2台。{clause}\n"
        "投标截止时间：2026年12月10日 09:30\n"
    )


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    """Two notices, one of them of another day, a block page and a file of noise."""
    folder = tmp_path / "pages"
    folder.mkdir()
    (folder / "a.txt").write_text(text(1), "utf-8")
    (folder / "b.txt").write_text(text(2, "无其他要求。", day=2), "utf-8")
    (folder / "c.html").write_text(BLOCK, "utf-8")
    (folder / "d.html").write_bytes(b"\x00\x01\x02" * 400)
    return folder


def imported(db: Path, pages: Iterable[Any], now: datetime = NOW, **options: Any) -> RunSummary:
    with Store.open(db, now) as store:
        return pipeline.import_saved(store, pages, PACK, now, **options)


def from_folder(db: Path, *paths: Path, **options: Any) -> RunSummary:
    return imported(db, saved.pages(paths, NOW), **options)


def test_an_import_stores_notices_and_names_what_it_could_not_read(tmp_path: Path, pages: Path) -> None:
    db, progress = tmp_path / "t.db", list[int]()
    summary = from_folder(db, pages, on_progress=progress.append)
    assert progress == [1, 2, 3, 4]
    assert summary.exit_code == 3
    plain, unknown = summary.sources
    assert (plain.source, plain.read, plain.new, plain.refused, plain.state) == ("plain", 2, 2, 0, "ok")
    assert (unknown.source, unknown.read, unknown.refused, unknown.state) == (None, 2, 2, "blocked")
    assert [(Path(page.read_from).name, page.reason) for page in summary.refusals] == [
        ("c.html", "blocked"),
        ("d.html", "broken"),
    ]
    assert (summary.levels["required"], summary.levels["none"]) == (1, 1)
    with Reader.open(db) as reader:
        (row,) = reader.flagged()
        assert row.evidence is not None and "须采用国产处理器" in row.evidence.quote
        assert row.notice.buyer_kind == "university"
        assert [entry.reasons for entry in reader.coverage(NOW)] == [(), (("blocked", 1), ("broken", 1))]
        (run,) = reader.runs()
        assert (run.command, run.exit_code, run.pack) == ("fetch --saved", 3, PACK.fingerprint)
        assert len(reader.refusals(run.id)) == 2


def test_of_many_refusals_the_first_of_each_reason_are_named_and_all_are_counted(tmp_path: Path) -> None:
    bad = [readable.Unreadable(f"x.jsonl#{n}", PageBroken(f"x.jsonl#{n}: not JSON")) for n in range(1234)]
    blocked = Page(BLOCK, "html", NOW, file="b.html")
    summary = imported(tmp_path / "t.db", [*bad, blocked])
    assert summary.sources[0].reasons == {"broken": 1234, "blocked": 1} and summary.sources[0].refused == 1235
    assert [page.reason for page in summary.refusals] == ["broken"] * 100 + ["blocked"]
    with Reader.open(tmp_path / "t.db") as reader:
        assert [page.read_from for page in reader.refusals(1)] == [page.read_from for page in summary.refusals]
        assert reader.coverage(NOW)[0].reasons == (("broken", 1234), ("blocked", 1))


def test_a_second_import_is_a_no_op(tmp_path: Path, pages: Path) -> None:
    db = tmp_path / "t.db"
    from_folder(db, pages)
    before = ask(db, "SELECT * FROM notices"), ask(db, "SELECT * FROM versions")
    summary = from_folder(db, pages)
    assert [(run.new, run.changed, run.unchanged) for run in summary.sources] == [(0, 0, 2), (0, 0, 0)]
    assert (ask(db, "SELECT * FROM notices"), ask(db, "SELECT * FROM versions")) == before


def test_complete_is_zero_nothing_is_one_and_pages_without_a_notice_are_four(tmp_path: Path, pages: Path) -> None:
    db = tmp_path / "t.db"
    assert from_folder(db, pages / "a.txt").exit_code == 0
    assert imported(db, []).exit_code == 1
    assert from_folder(db, pages / "c.html").exit_code == 4


def test_a_page_whose_frame_is_gone_is_an_alarm(tmp_path: Path) -> None:
    frame = "<html><head><title>公告</title></head><body><p>采购人：甲 项目编号：乙 预算金额：丙</p></body></html>"
    page = Page(frame, "html", NOW, "http://www.ccgp.gov.cn/cggg/dfgg/gkzb/202609/t20260929_11.htm", "x.html", "ccgp")
    good = Page(text(1), "text", NOW, file="a.txt")
    summary = imported(tmp_path / "t.db", [good, page])
    assert summary.exit_code == 4
    assert [(page.source, page.reason) for page in summary.refusals] == [("ccgp", "changed")]


def test_a_window_and_a_limit_take_less_without_alarm(tmp_path: Path, pages: Path) -> None:
    both = (pages / "a.txt", pages / "b.txt")
    late = Window(NOW - timedelta(days=7), NOW)
    summary = from_folder(tmp_path / "w.db", *both, window=late)
    assert (summary.exit_code, summary.sources[0].read, summary.sources[0].new) == (0, 2, 1)
    assert summary.sources[0].window == late
    assert from_folder(tmp_path / "v.db", *both, window=Window(NOW, None)).exit_code == 0
    summary = from_folder(tmp_path / "l.db", *both, limit=1)
    assert (summary.exit_code, summary.sources[0].read, summary.sources[0].new) == (0, 1, 1)


def test_a_source_left_at_the_limit_is_not_covered_well(tmp_path: Path, pages: Path, shelf: Shelf) -> None:
    for db, summary in (
        ("saved.db", from_folder(tmp_path / "saved.db", pages, limit=1)),
        ("live.db", fetched(tmp_path / "live.db", shelf, limit=1)),
    ):
        assert (summary.exit_code, summary.sources[0].new, summary.sources[0].state) == (0, 1, "partial")
        with Reader.open(tmp_path / db) as reader:
            assert [entry.last_good for entry in reader.coverage(NOW)] == [None]
    assert fetched(tmp_path / "all.db", shelf, limit=9).sources[0].state == "ok"


def test_a_dry_run_counts_and_writes_nothing(tmp_path: Path, pages: Path) -> None:
    db = tmp_path / "t.db"
    from_folder(db, pages / "a.txt")
    summary = from_folder(db, pages, dry_run=True)
    assert [(run.source, run.new, run.unchanged) for run in summary.sources] == [("plain", 1, 1), (None, 0, 0)]
    assert ask(db, "SELECT (SELECT count(*) FROM notices), (SELECT count(*) FROM runs)") == [(1, 1)]
    assert ask(db, "SELECT count(*) FROM refusals") == [(0,)]


def test_many_pages_are_stored_in_whole_batches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "BATCH", 7)
    sizes: list[int] = []
    save = Store.save

    def counted(store: Store, records: Any, **options: Any) -> Any:
        sizes.append(len(records))
        return save(store, records, **options)

    monkeypatch.setattr(Store, "save", counted)
    summary = imported(tmp_path / "t.db", [Page(text(n), "text", NOW, file=f"{n}.txt") for n in range(20)])
    assert (sizes, summary.sources[0].new) == ([7, 7, 6], 20)


def test_our_own_mistake_costs_one_page_and_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read = parse.read

    def clumsy(page: Page) -> parse.Parsed:
        if page.file == "2.txt":
            raise ZeroDivisionError("oops")
        return read(page)

    monkeypatch.setattr(parse, "read", clumsy)
    summary = imported(tmp_path / "t.db", [Page(text(n), "text", NOW, file=f"{n}.txt") for n in (1, 2, 3)])
    assert (summary.exit_code, summary.refusals[0].reason) == (3, "error")
    assert "2.txt: could not be read (ZeroDivisionError: oops)" in summary.refusals[0].message
    assert sum(run.new for run in summary.sources) == 2


def test_a_mistake_in_telling_sites_apart_costs_one_page_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    recognise = sources.recognise

    def clumsy(page: Page) -> Source:
        if page.file == "2.txt":
            raise ZeroDivisionError("oops")
        return recognise(page)

    monkeypatch.setattr(sources, "recognise", clumsy)
    summary = imported(tmp_path / "t.db", [Page(text(n), "text", NOW, file=f"{n}.txt") for n in (1, 2, 3)])
    assert [refusal.reason for refusal in summary.refusals] == ["error"]
    assert sum(run.new for run in summary.sources) == 2


def test_a_store_that_fails_ends_the_run_and_is_no_refusal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise StoreUnusable("t.db: the disk is full")

    monkeypatch.setattr(Store, "save", full)
    with pytest.raises(StoreUnusable):
        imported(tmp_path / "t.db", [Page(text(1), "text", NOW, file="1.txt")])


def test_half_characters_become_replacement_marks(tmp_path: Path) -> None:
    answer = json.loads((FIXTURES / "ningbo/bulletins-2026-03.json").read_text("utf-8"))
    for entry in answer["data"]["records"]:
        entry["bulletinTitle"] += "\ud83d"
        entry["bulletinContent"] += "<p>另购昇腾卡\udc00两张</p>"
    page = Page(json.dumps(answer), "json", NOW, file="answer.json", source="ningbo")
    summary = imported(tmp_path / "t.db", [page])
    assert (summary.exit_code, summary.refusals) == (0, ())
    with Reader.open(tmp_path / "t.db") as reader:
        assert reader.notice(1).notice.title.endswith("\ufffd")
        assert "昇腾卡\ufffd两张" in reader.notice(1).text


class Shelf:
    """Stands in for the fetcher: pages of a site by path, an error where one is put."""

    def __init__(self, pages: dict[str, str | TenderError]) -> None:
        self.pages = pages
        self.asked: list[str] = []
        self.settings = FetchSettings()

    def fetch(self, request: Request, site: Site, validators: Validators | None = None) -> Fetched:
        return Fetched(self.get(request, site), Validators())

    def get(self, request: Request, site: Site) -> Page:
        path = request.url.removeprefix(site.home.rstrip("/"))
        self.asked.append(path)
        found = self.pages.get(path, PageRefused("not_found", f"{request.url}: gone"))
        if isinstance(found, TenderError):
            raise found
        return Page(found, "html", NOW, url=request.url)


def notice_path(number: int, day: int) -> str:
    return f"{COLUMN}/202609/t202609{day}_{number}.htm"


@pytest.fixture
def shelf() -> Shelf:
    return Shelf(
        {
            f"{COLUMN}/": column(item(11, 29, "昇腾服务器公开招标公告"), item(12, 28, "打印纸公开招标公告")),
            notice_path(11, 29): detail("昇腾服务器公开招标公告", 29),
            notice_path(12, 28): detail("打印纸公开招标公告", 28),
        }
    )


def fetched(db: Path, shelf: Shelf, now: datetime = NOW, window: Window = ALWAYS, **options: Any) -> RunSummary:
    settings = {"ccgp": SourceSettings(columns=("dfgg/gkzb",))}
    with Store.open(db, now) as store:
        return pipeline.fetch_live(
            store, [sources.load("ccgp")], shelf, PACK, now, settings, window, **options  # type: ignore[arg-type]
        )  # fmt: skip


def test_a_live_run_stores_each_notice_and_asks_the_known_no_more(tmp_path: Path, shelf: Shelf) -> None:
    db = tmp_path / "t.db"
    first = fetched(db, shelf)
    (run,) = first.sources
    assert (first.exit_code, run.source, run.lists, run.new, run.refused) == (0, "ccgp", 1, 2, 0)
    assert first.levels["required"] == 2
    shelf.asked.clear()
    second = fetched(db, shelf)
    assert (second.exit_code, shelf.asked) == (0, [f"{COLUMN}/"]), "nothing new on a healthy list is no alarm"
    with Reader.open(db) as reader:
        assert [row.url for row in reader.listing(ANY)] == [
            sources.load("ccgp").SITE.home.rstrip("/") + notice_path(number, day)
            for number, day in ((11, 29), (12, 28))
        ]


def test_a_notice_page_that_fails_is_named_and_asked_again_next_time(tmp_path: Path, shelf: Shelf) -> None:
    db, path = tmp_path / "t.db", notice_path(12, 28)
    whole, shelf.pages[path] = shelf.pages[path], SourceFailed("12.htm: the server answers 503")
    first = fetched(db, shelf)
    assert (first.exit_code, first.sources[0].state, first.sources[0].new) == (3, "partial", 1)
    shelf.pages[path] = whole
    second = fetched(db, shelf)
    assert (second.exit_code, second.sources[0].new) == (0, 1)


def test_a_page_that_is_gone_for_good_is_not_asked_for_ever(tmp_path: Path, shelf: Shelf) -> None:
    del shelf.pages[notice_path(12, 28)]
    days = [NOW + timedelta(days=day) for day in (0, 0.1, 1, 3, 7, 20, 90)]
    codes = [fetched(tmp_path / "t.db", shelf, now).exit_code for now in days]
    assert codes == [3, 3, 3, 3, 3, 0, 0]
    assert shelf.asked.count(notice_path(12, 28)) == 5
    with Reader.open(tmp_path / "t.db") as reader:
        (page,) = reader.failed_pages()
        assert (page.reason, page.tries, page.next_try) == ("not_found", 5, None), "given up, and still named"
        assert reader.coverage(NOW)[0].given_up == 1


def test_a_source_that_fails_altogether_is_one_and_its_last_good_run_is_kept(tmp_path: Path, shelf: Shelf) -> None:
    db = tmp_path / "t.db"
    fetched(db, shelf)
    shelf.pages = {f"{COLUMN}/": PageRefused("blocked", "ccgp: blocked")}
    later = NOW + timedelta(days=9)
    summary = fetched(db, shelf, later)
    assert (summary.exit_code, summary.sources[0].state) == (1, "blocked")
    with Reader.open(db) as reader:
        (ccgp,) = reader.coverage(later)
        assert (ccgp.state, ccgp.notices, ccgp.last_good, ccgp.age) == ("blocked", 2, NOW, timedelta(days=9))


def test_relabelling_tells_what_is_gained_and_lost_and_a_dry_run_writes_nothing(tmp_path: Path) -> None:
    db = fill(tmp_path / "t.db", [record(1, "none"), record(2, "required"), record(3, "required", text="采购桌椅。")])
    before = ask(db, "SELECT id, level, pack FROM notices")
    for dry_run in (True, False):
        with Store.open(db, NOW) as store:
            summary = pipeline.relabel(store, PACK, NOW, dry_run=dry_run)
        assert summary.notices == 3
        (gained,), (lost,) = summary.gained, summary.lost
        assert (gained.id, gained.before, gained.after, gained.quote_before) == (1, "none", "required", None)
        assert gained.quote_after is not None and "国产处理器" in gained.quote_after.quote
        assert (lost.id, lost.after, summary.changed) == (3, "none", ())
        if dry_run:
            assert ask(db, "SELECT id, level, pack FROM notices") == before
            assert ask(db, "SELECT count(*) FROM runs") == [(0,)]
    assert ask(db, "SELECT level FROM notices ORDER BY id") == [("required",), ("required",), ("none",)]
    assert ask(db, "SELECT DISTINCT pack FROM notices") == [(PACK.fingerprint,)]
    assert ask(db, "SELECT command, exit_code FROM runs") == [("relabel", 0)]


def test_every_stored_quote_is_a_passage_of_the_stored_text(tmp_path: Path) -> None:
    db = tmp_path / "t.db"
    summary = from_folder(db, FIXTURES)
    assert summary.exit_code == 0, json.dumps([page.message for page in summary.refusals], ensure_ascii=False)
    rows = ask(
        db,
        "SELECT quote, substr(CASE found_in WHEN 'title' THEN title ELSE unpacked(text) END, starts + 1, ends - starts) "
        "FROM evidence e JOIN notices n ON n.id = e.notice_id JOIN texts t ON t.notice_id = n.id",
    )
    assert len(rows) > 20
    assert all(quote == passage for quote, passage in rows)
