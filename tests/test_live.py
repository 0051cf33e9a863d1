"""`tenders fetch` against a stand-in for a site on loopback: from configuration to report, and when the site fails."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from conftest import Result
from server import Reply, Server
from test_stand_in import BLOCK, COLUMN, column, detail, item, path

Tenders = Callable[..., Result]
NOTICES = ((11, 29, "昇腾服务器公开招标公告"), (12, 28, "打印纸公开招标公告"))


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


def test_a_site_is_fetched_flagged_and_reported(configured: Tenders, site: Server) -> None:
    result = configured("fetch", "ccgp", "--since", "2026-09-01")
    assert (result.code, result.err.count("refused")) == (0, 0), result.err
    assert "new 2, changed 0, unchanged 0, refused 0" in result.out
    rows = json.loads(configured("report", "--json").out)["notices"]
    row = next(row for row in rows if row["title"] == NOTICES[0][2])
    assert (row["level"], row["families"], row["budget"]["value"]) == ("required", ["ascend"], "450000")
    assert site.most_at_once == 1


def test_a_second_fetch_asks_no_notice_again(configured: Tenders, site: Server) -> None:
    configured("fetch", "ccgp", "--since", "2026-09-01")
    site.asked.clear()
    assert configured("fetch", "ccgp", "--since", "2026-09-01").code == 0
    assert {asked for asked in site.paths() if "/t2026" in asked} == set()


def test_a_dry_run_says_what_would_be_asked_and_asks_nothing(configured: Tenders, site: Server, tmp_path: Path) -> None:
    result = configured("fetch", "ccgp", "--dry-run")
    assert result.code == 0 and "ccgp: 2026-11-17 00:00 – …, first pages 1" in result.out
    assert f"{site.url}{COLUMN}/" in result.out
    assert site.asked == [] and not (tmp_path / "s.db").exists()


def test_one_refused_notice_is_partial_and_comes_with_the_next_fetch(configured: Tenders, site: Server) -> None:
    number, day, title = NOTICES[0]
    site.routes[path(number, day)] = Reply("gone", 410)
    result = configured("fetch", "ccgp", "--since", "2026-09-01")
    assert result.code == 3 and "new 1" in result.out and path(number, day) in result.err
    assert "Counts are lower bounds" in configured("report").out
    site.routes[path(number, day)] = Reply(detail(title, day))
    assert "new 1" in configured("fetch", "ccgp", "--since", "2026-09-01").out


def test_a_site_that_blocks_us_stores_nothing_and_fails(configured: Tenders, site: Server) -> None:
    site.routes[f"{COLUMN}/"] = Reply(BLOCK)
    result = configured("fetch", "ccgp", "--since", "2026-09-01")
    assert result.code == 1
    assert "refused 1 (blocked 1), failed: " in result.out
    assert configured("doctor").code == 4


def test_a_site_whose_list_has_changed_is_an_alarm(configured: Tenders, site: Server) -> None:
    site.routes[f"{COLUMN}/"] = Reply(
        "<!DOCTYPE html><html><head><title>公开招标公告</title></head><body><p>新版</p></body></html>"
    )
    result = configured("fetch", "ccgp", "--since", "2026-09-01")
    assert result.code == 4
    assert "refused 1" in result.out and "new 0" in result.out
    assert "c_list_bid" in result.err and f"{COLUMN}/" in result.err
    assert not json.loads(configured("report", "--json").out)["notices"]


def test_loopback_is_not_asked_without_leave(tenders: Tenders, tmp_path: Path, site: Server) -> None:
    (tmp_path / "c.toml").write_text(f'[sources.ccgp]\nbase_url = "{site.url}/"\ncolumns = ["dfgg/gkzb"]\ndelay = 0\n')
    result = tenders("--config", tmp_path / "c.toml", "--db", tmp_path / "s.db", "fetch", "ccgp")
    assert (result.code, site.asked) == (2, [])
    assert "allow" in result.err and len(result.err.splitlines()) == 1


def test_search_asks_the_sites_own_search_for_the_words_of_the_rules(tmp_path, tenders):
    plain = tenders("--db", tmp_path / "a.db", "fetch", "ccgp", "--dry-run")
    searched = tenders("--db", tmp_path / "b.db", "fetch", "ccgp", "--search", "--dry-run")
    assert (plain.code, searched.code) == (0, 0)
    assert "search.ccgp.gov.cn" not in plain.out
    assert "search.ccgp.gov.cn" in searched.out and "kw=%E5%9B%BD%E4%BA%A7%E5%8C%96" in searched.out
