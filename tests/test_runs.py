"""What a run leaves for the next one: how far it read, what failed, what need not be asked again, what was told."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from conftest import Result
from samples import ask
from server import Asked, Reply, Server
from test_stand_in import BLOCK, COLUMN, column, detail, item, path

from tender_tracker.model import SHANGHAI
from tender_tracker.storage.store import Store

Tenders = Callable[..., Result]
START = datetime(2026, 9, 24, 9, 0, tzinfo=SHANGHAI)


class Site:
    """A column of CCGP with one notice a day, its clock, and the program that reads it."""

    def __init__(self, server: Server, tenders: Tenders, folder: Path, patch: pytest.MonkeyPatch) -> None:
        self.server, self._tenders, self.folder, self._patch = server, tenders, folder, patch
        self.config = folder / "c.toml"
        server.routes["/robots.txt"] = Reply("gone", 404)
        self.write()
        self.now = START
        self.publish(*range(10, 25))

    def write(self, more: str = "") -> None:
        self.config.write_text(
            f'db = "s.db"\nlang = "en"\nallow_private = true\n{more}[sources.ccgp]\nbase_url = "{self.server.url}/"\n'
            'columns = ["dfgg/gkzb"]\ndelay = 0\n',
            "utf-8",
        )

    def publish(self, *days: int, size: int = 1, title: str = "第{}号服务器公开招标公告") -> None:
        self.server.routes[f"{COLUMN}/"] = Reply(
            column(*(item(day, day, title.format(day)) for day in sorted(days, reverse=True)), size=size)
        )
        for day in days:
            self.server.routes.setdefault(path(day, day), Reply(detail(title.format(day), day)))

    def fetch(self, *words: str, days: float = 0) -> Result:
        """One fetch, `days` after the one before."""
        self.now += timedelta(days=days)
        self.server.asked.clear()
        return self("fetch", "ccgp", *words)

    def __call__(self, *words: str) -> Result:
        self._patch.setenv("SOURCE_DATE_EPOCH", str(int(self.now.timestamp())))
        return self._tenders("--config", self.config, *words)

    def asked(self) -> list[int]:
        """Days whose notices were asked for."""
        return [int(name.split("t202609")[1][:2]) for name in self.server.paths() if "/t2026" in name]

    def row(self, source: str = "ccgp") -> dict[str, Any]:
        """How the program says it stands."""
        rows = json.loads(self("sources", "status", "--json").out)
        return next(row for row in rows if row["source"] == source)

    def column(self, name: str) -> list[Any]:
        """A column of the run records, oldest first."""
        return [value for (value,) in ask(self.folder / "s.db", f"SELECT {name} FROM run_sources ORDER BY run_id")]


@pytest.fixture
def site(tenders: Tenders, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    with Server().running() as server:
        yield Site(server, tenders, tmp_path, monkeypatch)


def test_a_first_run_reads_a_week_and_three_days_off_are_three_days_read(site: Site) -> None:
    assert site.fetch().code == 0
    assert sorted(site.asked()) == list(range(17, 25))
    site.publish(*range(10, 29))
    assert site.fetch(days=3.5).code == 0
    assert sorted(site.asked()) == [25, 26, 27, 28]
    assert site.column("window_since") == ["2026-09-16T16:00:00Z", "2026-09-21T16:00:00Z"]
    assert site.column("watermark") == ["2026-09-24T01:00:00Z", "2026-09-27T13:00:00Z"]
    assert site.row()["state"] == "ok"


def test_the_overlap_is_a_setting(site: Site) -> None:
    site.write("overlap = 5\n")
    site.fetch()
    site.fetch(days=1)
    assert site.column("window_since")[1] == "2026-09-18T16:00:00Z"


@pytest.mark.parametrize(
    ("trouble", "words", "code"),
    [("limit", ("--limit", "2"), 0), ("paging", (), 3), ("a failed page at the limit", ("--limit", "2"), 3)],
)
def test_what_was_not_read_to_its_end_does_not_move_the_watermark(
    site: Site, trouble: str, words: tuple[str, ...], code: int
) -> None:
    if trouble == "paging":
        site.publish(*range(20, 25), size=2)  # page two is missing
    elif trouble == "a failed page at the limit":
        site.server.routes[path(24, 24)] = Reply("busy", 500)
    assert site.fetch(*words).code == code
    assert (site.column("covered_until"), site.row()["state"]) == ([None], "partial")
    assert site.column("watermark") == site.column("window_since"), "nothing behind the begin is promised"
    site.publish(*range(10, 25))
    site.server.routes[path(24, 24)] = Reply(detail("第24号服务器公开招标公告", 24))
    assert site.fetch(days=5).code == 0
    days = ask(site.folder / "s.db", "SELECT substr(published_on, 9) FROM notices ORDER BY 1")
    assert [int(day) for (day,) in days] == list(range(15, 25)), "the first week, and the overlap before it"


def test_an_address_that_is_none_is_refused_before_anything_is_asked(site: Site) -> None:
    for address in ("http://[", "hc.example/abc"):
        result = site.fetch("--ping-url", address)
        assert (result.code, site.asked()) == (2, []) and "ping" in result.err


def test_other_columns_are_not_taken_for_covered(site: Site) -> None:
    site.fetch()
    site.config.write_text(site.config.read_text("utf-8").replace("dfgg/gkzb", "zygg/gkzb"), "utf-8")
    site.server.routes["/cggg/zygg/gkzb/"] = site.server.routes[f"{COLUMN}/"]
    site.fetch(days=1)
    assert site.column("window_since")[1] == "2026-09-17T16:00:00Z"


def test_a_failed_page_is_asked_again_ever_later_and_at_last_given_up_by_name(site: Site) -> None:
    site.server.routes[path(24, 24)] = Reply("gone", 410)
    asked = []
    for days in (0, 0.01, 0.01, 0.3, 0.3, 0.5, 0.5, 0.9, 0.2):
        result = site.fetch(days=days)
        asked.append(24 in site.asked())
        if site.row()["waiting"]:
            assert result.code == 3 and site.row()["state"] == "partial", "a page is missing still"
    assert asked == [True, True, False, True, False, True, False, False, True]
    row = site.row()
    assert (row["waiting"], row["given_up"], [page["tries"] for page in row["failed_pages"]]) == (0, 1, [5])
    shown = site("sources", "status").out
    assert "given up after 5 tries" in shown and path(24, 24) in shown
    assert "1 pages given up" in site("doctor").out and "1 pages given up" in site("report").out.replace("\n", " ")
    assert site.fetch(days=1).code == 0 and 24 not in site.asked()


def test_a_given_up_page_that_its_list_shows_otherwise_is_asked_once_more(site: Site) -> None:
    site.server.routes[path(24, 24)] = Reply("gone", 410)
    for days in (0, 0.01, 0.3, 0.8, 1.6):
        site.fetch(days=days)
    assert site.row()["given_up"] == 1
    site.server.routes[path(24, 24)] = Reply(detail("更正", 24))
    site.publish(24, title="更正第{}号服务器公开招标公告")
    assert site.fetch("--since", "2026-09-20", days=1).code == 0
    assert (site.asked(), site.row()["given_up"]) == ([24], 0)


def test_a_failed_page_that_is_saved_by_hand_is_no_longer_missing(site: Site) -> None:
    site.server.routes[path(24, 24)] = Reply("gone", 410)
    site.fetch()
    page = site.folder / "saved.html"
    page.write_text(detail("第24号服务器公开招标公告", 24), "utf-8")
    (site.folder / "pages.toml").write_text(
        f'[[page]]\nfile = "saved.html"\nurl = "{site.server.url}{path(24, 24)}"\nsource = "ccgp"\n', "utf-8"
    )
    assert site.row()["waiting"] == 1
    site("fetch", "--saved", str(page))
    assert site.row()["waiting"] == 0 and site.fetch().code == 0


def test_a_withdrawn_page_is_no_failure_and_not_asked_again(site: Site) -> None:
    body = detail("第24号", 24)
    site.server.routes[path(24, 24)] = [Reply(body, headers={"ETag": '"1"'}), Reply("gone", 404)]
    site.fetch()
    second = site.fetch(days=1)
    assert (second.code, site.asked(), site.row()["failed_pages"]) == (0, [24], [])
    site.fetch(days=1)
    assert site.asked() == []
    assert len(ask(site.folder / "s.db", "SELECT 1 FROM notices")) == 8


def test_a_site_that_is_down_costs_its_pages_no_try(site: Site) -> None:
    site.server.routes[path(24, 24)] = Reply("gone", 410)
    site.fetch()
    whole = site.server.routes[f"{COLUMN}/"]
    for route in (f"{COLUMN}/", path(24, 24)):
        site.server.routes[route] = Reply(BLOCK)
    for _ in range(6):
        assert site.fetch(days=1).code == 1
    assert [page["tries"] for page in site.row()["failed_pages"]] == [1]
    site.server.routes |= {f"{COLUMN}/": whole, path(24, 24): Reply(detail("第24号", 24))}
    assert site.fetch().code == 0
    assert (site.asked(), site.row()["failed_pages"]) == ([24], [])


def test_a_page_that_makes_the_site_shut_us_out_is_bounded_and_costs_no_list(site: Site) -> None:
    site.server.routes[path(17, 17)] = Reply(BLOCK)  # the last of the list
    for days in (0, 0.01, 0.3, 0.8, 1.6):
        site.fetch(days=days)
        assert f"{COLUMN}/" in site.server.paths()
    assert site.row()["given_up"] == 1
    assert len(ask(site.folder / "s.db", "SELECT 1 FROM notices")) == 7
    assert site.fetch(days=0.1).code == 0


def test_a_young_page_is_asked_once_a_day_whether_it_has_changed_and_304_is_counted(site: Site) -> None:
    tags = {"24": '"one"'}

    def answer(ask: Asked) -> Reply:
        fresh = ask.headers.get("if-none-match") == tags["24"]
        return Reply(
            "" if fresh else detail(f"第24号{tags['24'][1:-1]}", 24), 304 if fresh else 200, {"ETag": tags["24"]}
        )

    site.server.routes[path(24, 24)] = answer
    site.fetch()
    assert site.fetch(days=0.1).code == 0 and site.asked() == []
    result = site.fetch(days=0.9)
    assert (result.code, site.asked(), site.column("not_modified")) == (0, [24], [0, 0, 1])
    assert "not modified 1" in result.out
    tags["24"] = '"two"'
    assert "changed 1" in site.fetch(days=1).out
    assert ask(site.folder / "s.db", "SELECT title FROM notices WHERE url LIKE '%_24.htm'") == [("第24号two",)]
    assert site.fetch("--since", "2026-09-20", days=9).code == 0 and site.asked() == [], "it is no longer young"


def test_a_known_page_without_a_validator_is_asked_only_when_its_list_says_otherwise(site: Site) -> None:
    site.fetch()
    site.fetch(days=1)
    assert site.asked() == []
    site.server.routes[path(24, 24)] = Reply(detail("变更后的标题", 24))
    items = [
        item(24, 24, "变更后的标题"),
        *(item(day, day, f"第{day}号服务器公开招标公告") for day in range(23, 9, -1)),
    ]
    site.server.routes[f"{COLUMN}/"] = Reply(column(*items))
    result = site.fetch()
    assert (site.asked(), "changed 1" in result.out) == ([24], True)
    site.fetch()
    assert site.asked() == []


def test_pages_imported_before_are_not_asked_for_again(site: Site) -> None:
    page, address = site.folder / "saved.html", site.server.url + path(24, 24)
    page.write_text(detail("第24号服务器公开招标公告", 24), "utf-8")
    (site.folder / "pages.toml").write_text(
        f'[[page]]\nfile = "saved.html"\nurl = "{address}"\nsource = "ccgp"\n', "utf-8"
    )
    assert site("fetch", "--saved", str(page)).code == 0
    site.fetch()
    assert 24 not in site.asked()


def test_an_outage_is_told_once_and_so_is_its_end(site: Site) -> None:
    site.fetch()
    whole = site.server.routes[f"{COLUMN}/"]
    site.server.routes[f"{COLUMN}/"] = Reply(
        "<!DOCTYPE html><html><head><title>公开招标公告</title></head><body><p>新版</p></body></html>"
    )
    first, second = site.fetch(days=1), site.fetch(days=1)
    assert (first.code, second.code) == (4, 4)
    assert ("alarm ccgp: suspect" in first.err, "alarm" in second.err) == (True, False)
    row = site.row()
    assert (row["state"], row["failures"], site("sources", "status").code, site("doctor").code) == ("suspect", 2, 4, 4)
    assert "ccgp: suspect · 8 stored" in site("report").out and "(2 d ago)" in site("report").out
    site.server.routes[f"{COLUMN}/"] = whole
    third, fourth = site.fetch(days=1), site.fetch(days=1)
    assert ("recovered" in third.err, "recovered" in fourth.err) == (True, False)
    assert site.column("alarm") == [None, "raised", "standing", "recovered", None]
    assert site.column("window_since")[3] == "2026-09-21T16:00:00Z", "the days of the outage are read"


def test_an_empty_answer_is_an_alarm_and_covers_nothing(site: Site) -> None:
    site.publish()
    result = site.fetch()
    assert result.code == 4 and "alarm ccgp: suspect: it answered and listed nothing" in result.err
    assert site.column("covered_until") == [None]


def test_a_field_that_no_notice_has_any_more_is_an_alarm_with_its_rate(site: Site) -> None:
    site.fetch("--since", "2026-09-01")
    for day in range(10, 30):
        site.server.routes[path(day, day)] = Reply(detail("标题", day).replace("采购单位", "某某单位"))
    site.publish(*range(10, 30), title="新第{}号")
    result = site.fetch("--since", "2026-09-01", days=6)
    assert (
        result.code == 4
        and "alarm ccgp: suspect: fields are missing: kind 0% (floor 90%), buyer 0% (floor 95%)" in result.err
    )


def test_far_fewer_items_than_usual_are_said_and_no_alarm(site: Site) -> None:
    for _ in range(3):
        site.fetch()
    site.publish(24, 23)
    result = site.fetch()
    assert result.code == 0 and "warning: it listed 2 items, usually about 15" in result.out


def test_a_withdrawn_notice_stays_and_a_healthy_list_without_news_is_no_alarm(site: Site) -> None:
    site.fetch()
    site.publish(*range(10, 24))
    assert site.fetch(days=1).code == 0
    assert len(ask(site.folder / "s.db", "SELECT 1 FROM notices")) == 8


def test_a_date_in_the_future_is_pointed_out(site: Site) -> None:
    site.publish(24, 29)
    assert site.fetch().code == 0
    shown = site("doctor")
    assert shown.code == 3 and "1 notices are dated after 2026-09-25" in shown.out


def test_a_second_run_beside_the_first_leaves_with_its_own_code(site: Site) -> None:
    with Store.open(site.folder / "s.db", START):
        result = site.fetch()
    assert (result.code, site.server.asked, len(result.err.splitlines())) == (11, [], 1)


PATIENT = """
from functools import partial
from tender_tracker.commands import main
from tender_tracker.web import fetch
fetch.FetchSettings = partial(fetch.FetchSettings, seconds=1e6)
main()
"""
"""The program without a limit for a request: waiting for this one, it would never end."""


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_a_signal_in_a_request_ends_the_fetch_at_once(site: Site, number: signal.Signals, code: int) -> None:
    site.server.routes[path(24, 24)] = replace(Reply(detail("标题", 24)), drip=3600)
    heard = threading.Event()
    site.server.heard = lambda: heard.set() if len(site.server.asked) == 2 else None
    command = [sys.executable, "-c", PATIENT, "--config", str(site.config), "fetch", "ccgp"]
    environment = {**os.environ, "SOURCE_DATE_EPOCH": str(int(START.timestamp()))}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment) as child:
        try:
            assert heard.wait(60)
            child.send_signal(number)
            _, said = child.communicate(timeout=60)
        finally:
            child.kill()
    assert child.returncode == code and "Traceback" not in said
    assert ask(site.folder / "s.db", "PRAGMA integrity_check") == [("ok",)]


def test_a_source_that_is_no_longer_fetched_is_stale_in_status_report_and_doctor(site: Site) -> None:
    site.fetch()
    site.now += timedelta(days=4)
    assert site("sources", "status").code == 4 and site.row()["state"] == "stale"
    assert "ccgp: stale" in site("report").out
    assert site("doctor").code == 4


def test_a_block_in_the_middle_is_an_outage_though_something_was_read(site: Site) -> None:
    site.server.routes[path(20, 20)] = Reply(BLOCK)
    result = site.fetch()
    assert (result.code, site.row()["state"], site.row()["new"]) == (3, "blocked", 4)
    assert [page["tries"] for page in site.row()["failed_pages"]].count(0) == 3, "those not asked had no try"


def test_one_line_a_source_goes_to_a_log_of_bounded_size(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    from tender_tracker import runlog

    site.fetch()
    site.fetch(days=1)
    lines = [json.loads(line) for line in (site.folder / "s.db.log").read_text("utf-8").splitlines()]
    assert [(line["source"], line["state"], line["new"]) for line in lines] == [("ccgp", "ok", 8), ("ccgp", "ok", 0)]
    monkeypatch.setattr(runlog, "LIMIT", 700)
    for _ in range(4):
        site.fetch()
    assert {file.name for file in site.folder.glob("*.log*")} == {"s.db.log", "s.db.log.1"}
    assert all(file.stat().st_size <= 1000 for file in site.folder.glob("*.log*"))
    site.write('log = "nowhere/x.log"\n')
    result = site.fetch()
    assert result.code == 0 and result.err.count("the log cannot be written") == 1


@pytest.fixture
def service() -> Iterator[Server]:
    with Server().running() as server:
        for name in ("/hush", "/hush/start", "/hush/fail"):
            server.routes[name] = Reply("OK", kind="text/plain")
        yield server


def test_a_dead_man_service_hears_of_begin_success_and_failure(site: Site, service: Server) -> None:
    assert site.fetch("--ping-url", f"{service.url}/hush").code == 0
    site.write(f'ping_url = "{service.url}/hush/"\n')
    site.server.routes[f"{COLUMN}/"] = Reply(BLOCK)
    assert site.fetch(days=1).code == 1
    assert service.paths() == ["/hush/start", "/hush", "/hush/start", "/hush/fail"]
    assert "hush" not in site("config", "show").out
    site("fetch", "ccgp", "--dry-run")
    assert len(service.paths()) == 4


def test_a_missing_page_is_no_failure_to_a_dead_man_service_and_an_outage_is_one_until_it_ends(
    site: Site, service: Server
) -> None:
    site.write(f'ping_url = "{service.url}/hush"\n')
    site.server.routes[path(24, 24)] = Reply("gone", 410)
    assert site.fetch().code == 3
    well = site.server.routes[f"{COLUMN}/"]
    site.server.routes[f"{COLUMN}/"] = Reply("<html><body>new</body></html>")
    assert [site.fetch(days=day).code for day in (1, 2)] == [4, 4]
    site.server.routes |= {f"{COLUMN}/": well, path(24, 24): Reply(detail("第24号", 24))}
    assert site.fetch(days=3).code == 0
    ends = [asked for asked in service.asked if asked.path != "/hush/start"]
    assert [asked.path for asked in ends] == ["/hush", "/hush/fail", "/hush/fail", "/hush"]
    assert [asked.body.decode() for asked in ends[:2]] == ["exit 3: ccgp partial", "exit 4: ccgp suspect"]


def test_a_dead_man_service_that_is_dead_itself_costs_a_line_and_no_secret(site: Site, service: Server) -> None:
    service.routes["/hush"] = Reply("", 500)
    for url in (f"{service.url}/hush", "http://127.0.0.1:9/hush"):
        result = site.fetch("--ping-url", url)
        assert result.code == 0
        assert result.err.count("dead-man") == 1 and "hush" not in result.err


def test_the_calls_of_a_day_are_counted_over_all_runs_and_their_end_is_not_argued_with(
    tenders: Tenders, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = {"totalRecords": 1, "limit": 1000, "offset": 0, "opportunitiesData": [
        {"noticeId": "n1", "title": "Chairs", "postedDate": "2026-09-25", "type": "Solicitation"}]}  # fmt: skip
    with Server().running() as server:
        server.routes["/robots.txt"] = Reply("gone", 404)
        server.routes["/opportunities/v2/search"] = Reply(json.dumps(body), kind="application/json")
        config = tmp_path / "c.toml"
        config.write_text(
            f'db = "s.db"\nallow_private = true\n[sources.sam]\nbase_url = "{server.url}"\ndelay = 0\n'
            'options = { api_key = "s3cret" }\n'
        )
        config.chmod(0o600)

        def fetch(hours: int = 0) -> Result:
            server.asked.clear()
            monkeypatch.setenv("SOURCE_DATE_EPOCH", str(1790730000 + hours * 3600))
            return tenders("--config", config, "fetch", "sam")

        assert [fetch().code for _ in range(10)] == [0] * 10
        eleventh = fetch()
        assert eleventh.code == 1 and "10 calls of this day" in eleventh.err and server.paths() == []
        server.routes["/opportunities/v2/search"] = Reply("throttled", 429, {"Retry-After": "1"})
        next_day = fetch(hours=24)
        assert next_day.code == 1 and len(server.paths()) == 1, "a 429 is not asked again"
        assert ask(tmp_path / "s.db", "SELECT calls FROM calls ORDER BY day") == [(10,), (1,)]


def test_a_source_without_its_key_is_not_configured_and_hides_no_other(site: Site) -> None:
    site.write()
    site.config.write_text(site.config.read_text("utf-8") + "[sources.sam]\ndelay = 0\n", "utf-8")
    result = site("fetch", "ccgp", "sam")
    assert result.code == 3 and "ccgp: read" in result.out and "TENDERS_SAM_KEY" in result.out
    assert (site.row("sam")["state"], site.row("ccgp")["state"]) == ("not_configured", "ok")
    assert site("fetch", "sam").code == 2
    assert site.row("ted")["state"] == "not_configured", "never asked, and not in the configuration"


def test_the_sources_abroad_are_listed_too(tenders: Tenders) -> None:
    rows = {row["name"]: row["asked"] for row in json.loads(tenders("sources", "list", "--json").out)}
    assert rows["ccgp"] is True
    assert {"ted", "sam", "worldbank", "prozorro", "ocds:uk_fts"} <= {name for name, asked in rows.items() if not asked}
