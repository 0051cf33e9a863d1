"""Whole crawls of the world's sources against stand-ins on loopback that behave as their interfaces are described."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from conftest import call
from samples import Knowing, ask
from server import Asked, Reply, Server

from tender_tracker import parse, sources
from tender_tracker.errors import PageChanged, SourceFailed, TenderError
from tender_tracker.model import SHANGHAI, Notice, SourceSettings, Window
from tender_tracker.web.crawl import Crawled, Failed, ListedNotice, ListRead, NoticePage, crawl
from tender_tracker.web.fetch import Fetcher, FetchSettings

NOW = datetime(2026, 9, 30, 9, 0, tzinfo=SHANGHAI)
WEEK = Window(datetime(2026, 9, 23, tzinfo=SHANGHAI), datetime(2026, 9, 30, tzinfo=SHANGHAI))
KEY = "s3cret-k3y"
FTS = "/api/1.0/ocdsReleasePackages"
BUSY = Reply("Rate limit of 12 exceeded. Please retry after 120 seconds.", 429, {"Retry-After": "120"}, "text/plain")


@pytest.fixture
def site() -> Iterator[Server]:
    with Server().running() as server:
        server.routes["/robots.txt"] = Reply("gone", 404)
        yield server


def run(
    site: Server,
    name: str,
    cache: Path,
    *,
    window: Window = WEEK,
    known: Callable[[str], bool] = lambda url: False,
    slept: list[float] | None = None,
    **settings: Any,
) -> list[Crawled]:
    chosen = SourceSettings(base_url=site.url, delay=0.0, **settings)
    manners = FetchSettings(allow_private=True, cache=cache, seconds=5)
    with Fetcher(manners, lambda: NOW, sleep=(slept if slept is not None else []).append) as fetcher:
        return list(crawl(sources.load(name), fetcher, chosen, window, None, Knowing(known)))


def notices(items: list[Crawled]) -> list[Notice]:
    read = [parse.notices(found.page) for found in items if isinstance(found, NoticePage)]
    return [notice for page in read for notice in page] + [
        found.notice for found in items if isinstance(found, ListedNotice)
    ]


def errors(items: list[Crawled]) -> list[TenderError]:
    return [found.error for found in items if isinstance(found, Failed)]


def answered(answer: object, **more: Any) -> Reply:
    return Reply(json.dumps(answer, ensure_ascii=False), kind="application/json", **more)


def query(ask: Asked) -> dict[str, str]:
    return {name: value[0] for name, value in parse_qs(urlsplit(ask.path).query).items()}


# Find a Tender: 2,000 releases in a week, 700 of them in one hour; the cursor skips every third page


def published() -> dict[int, datetime]:
    """Number of each release → when it was published, on London's clock."""
    begin, rush = datetime(2026, 9, 22, 17), datetime(2026, 9, 28, 10)
    even = {n: begin + timedelta(minutes=7.7 * n) for n in range(1300)}
    return even | {n: rush + timedelta(seconds=5 * (n - 1300)) for n in range(1300, 2000)}


def release(number: int, moment: datetime) -> dict[str, Any]:
    return {
        "ocid": f"ocds-h6vhtk-{number:06}", "id": f"{number:06}-2026", "tag": ["tender"], "language": "en",
        "date": f"{moment.replace(microsecond=0).isoformat()}+01:00", "buyer": {"name": "Mere Council"},
        "tender": {"title": f"Chairs {number}"},
    }  # fmt: skip


def fts(site: Server, stock: dict[int, datetime]) -> Server:
    def answer(ask: Asked) -> Reply:
        asked = query(ask)
        if set(asked) - {"limit", "updatedFrom", "updatedTo"}:
            return Reply("Request parameter 'cursor' is not to be trusted", 400, kind="text/plain")
        since = datetime.fromisoformat(asked["updatedFrom"])
        until = datetime.fromisoformat(asked.get("updatedTo", "2027-01-01T00:00:00"))
        assert since < until, "equal ends are refused"
        inside = sorted(
            (n for n, moment in stock.items() if since <= moment <= until), key=lambda n: -stock[n].timestamp()
        )
        links = {"next": f"{site.url}{FTS}?cursor=x"} if len(inside) > 100 else {}
        releases = [release(n, stock[n]) for n in inside[:100]]
        return answered({"version": "1.1", "releases": releases, "links": links}, zipped=True)

    site.routes[FTS] = answer
    return site


@pytest.fixture
def find_a_tender(site: Server) -> Server:
    return fts(site, published())


def test_every_release_of_a_crowded_week_is_read_once(find_a_tender: Server, tmp_path: Path) -> None:
    items = run(find_a_tender, "ocds:uk_fts", tmp_path)
    found = notices(items)
    assert errors(items) == []
    assert sorted(int(notice.source_id[:6]) for notice in found) == list(range(2000))
    assert {(notice.source, notice.country) for notice in found} == {("ocds:uk_fts", "GB")}
    assert len(find_a_tender.paths()) <= 60
    assert not [path for path in find_a_tender.paths() if "cursor" in path]


def test_a_quiet_hour_costs_one_question(find_a_tender: Server, tmp_path: Path) -> None:
    hour = Window(datetime(2026, 9, 26, 10, tzinfo=SHANGHAI), datetime(2026, 9, 26, 11, tzinfo=SHANGHAI))
    items = run(find_a_tender, "ocds:uk_fts", tmp_path, window=hour)
    assert (len(notices(items)), errors(items)) == (8, [])
    assert len(find_a_tender.paths()) == 1


def test_a_limit_reached_in_the_middle_is_told_and_not_an_empty_rest(find_a_tender: Server, tmp_path: Path) -> None:
    whole = find_a_tender.routes[FTS]
    find_a_tender.routes[FTS] = [whole, whole, BUSY]  # type: ignore[list-item]
    items = run(find_a_tender, "ocds:uk_fts", tmp_path)
    assert notices(items)
    assert errors(items)
    assert all(isinstance(error, SourceFailed) for error in errors(items))
    assert len(find_a_tender.paths()) <= 4


@pytest.mark.parametrize(
    "reply",
    [answered({"detail": "maintenance", "status": 503}), answered({"rows": []}), Reply("<html><title>Down</title></html>"),
     Reply("", kind="application/json"), answered({"version": "1.1", "releases": []}, keep=12, honest=True)],
)  # fmt: skip
def test_an_error_sent_with_status_200_is_no_empty_list(site: Server, tmp_path: Path, reply: Reply) -> None:
    site.routes[FTS] = reply
    items = run(site, "ocds:uk_fts", tmp_path)
    assert len(errors(items)) == 1
    assert notices(items) == []


def test_next_links_are_followed_and_a_circle_of_them_is_told(site: Server, tmp_path: Path) -> None:
    def package(numbers: range, page: int) -> Reply:
        link = {"next": f"{site.url}/api/OCDSReleases?PageNumber={page}"}
        releases = [release(n, datetime(2026, 9, 25, 10)) for n in numbers]
        return answered({"version": "1.1", "releases": releases, "links": link if page else {}})

    site.routes["/api/OCDSReleases"] = package(range(3), 2)
    site.routes["/api/OCDSReleases?PageNumber=2"] = package(range(3, 5), 0)
    items = run(site, "ocds:south_africa", tmp_path)
    assert (len(notices(items)), errors(items)) == (5, [])
    site.routes["/api/OCDSReleases?PageNumber=2"] = package(range(3, 5), 2)
    items = run(site, "ocds:south_africa", tmp_path)
    assert len(notices(items)) == 5
    assert ["circle" in str(error) for error in errors(items)] == [True]


# TED: an iteration of three pages of two, and an empty one


def tenders_daily(
    site: Server, count: int = 6, size: int = 2, day: Callable[[int], str] = lambda n: "2026-09-25"
) -> Server:
    rows = [
        {"publication-number": f"{n}-2026", "publication-date": f"{day(n)}+02:00", "notice-title": {"pol": f"Polska – Krzesła {n}"},
         "buyer-name": {"pol": ["Politechnika"]}, "buyer-country": ["POL"], "form-type": "competition"}
        for n in range(count)
    ]  # fmt: skip

    def answer(ask: Asked) -> Reply:
        body = json.loads(ask.body)
        first = int(body.get("iterationNextToken", "T0")[1:])
        page = rows[first : first + size]
        token = f"T{first + size}"
        return answered({"notices": page, "totalNoticeCount": count, "iterationNextToken": token, "timedOut": False})

    site.routes["/v3/notices/search"] = answer
    return site


@pytest.fixture
def europe(site: Server) -> Server:
    return tenders_daily(site)


def test_an_iteration_of_ted_is_followed_to_its_empty_end(europe: Server, tmp_path: Path) -> None:
    items = run(europe, "ted", tmp_path)
    assert errors(items) == []
    assert [notice.source_id for notice in notices(items)] == [f"{n}-2026" for n in range(6)]
    tokens = [json.loads(ask.body).get("iterationNextToken") for ask in europe.asked if ask.method == "POST"]
    assert tokens == [None, "T2", "T4", "T6", None]  # at last the first again, for lists move


def test_a_search_of_ted_that_is_refused_or_times_out_is_told(europe: Server, tmp_path: Path) -> None:
    wrong = {"message": "Syntax error", "error": {"type": "QUERY_SYNTAX_ERROR"}}
    for reply in (answered(wrong, status=400), answered(wrong), answered({"notices": [], "timedOut": True})):
        europe.routes["/v3/notices/search"] = reply
        items = run(europe, "ted", tmp_path)
        assert (notices(items), len(errors(items))) == ([], 1)


# SAM.gov


def sam_gov(site: Server, count: int = 1200, day: Callable[[int], str] = lambda n: "2026-09-25") -> Server:
    def answer(ask: Asked) -> Reply:
        if ask.headers.get("x-api-key") != KEY:
            return answered({"error": {"code": "API_KEY_MISSING", "message": "No api_key was supplied"}}, status=403)
        page = int(query(ask)["offset"])
        rows = [
            {
                "noticeId": f"n{n}",
                "title": f"Chairs {n}",
                "postedDate": day(n),
                "type": "Solicitation",
                "fullParentPathName": "SOMEWHERE.OFFICE OF CHAIRS",
            }
            for n in range(page * 1000, min(page * 1000 + 1000, count))
        ]
        return answered({"totalRecords": count, "limit": 1000, "offset": page, "opportunitiesData": rows})

    site.routes["/opportunities/v2/search"] = answer
    return site


@pytest.fixture
def america(site: Server) -> Server:
    return sam_gov(site)


KEYED = MappingProxyType({"api_key": KEY})


def test_sam_is_read_with_two_calls_and_its_key_stays_out_of_every_record(america: Server, tmp_path: Path) -> None:
    items = run(america, "sam", tmp_path, options=KEYED)
    assert errors(items) == []
    assert len({notice.source_id for notice in notices(items)}) == 1200
    assert [ask.path for ask in america.asked if KEY in ask.path] == []
    assert KEY not in repr([item for item in items if not isinstance(item, ListedNotice)])
    assert [ask.headers.get("x-api-key") for ask in america.asked if ask.path == "/robots.txt"] == [None]


def test_a_wrong_key_and_a_day_used_up_are_told_without_the_key(america: Server, tmp_path: Path) -> None:
    items = run(america, "sam", tmp_path, options=MappingProxyType({"api_key": "wr0ng-k3y"}))
    america.routes["/opportunities/v2/search"] = answered(
        {"code": "900804", "message": "Message throttled out", "nextAccessTime": "2026-Oct-01 00:00:00+0000 UTC"}
    )
    items += run(america, "sam", tmp_path, options=MappingProxyType({"api_key": "wr0ng-k3y"}))
    told = [str(error) for error in errors(items)]
    assert len(told) == 2
    assert "2026-Oct-01" in told[1]
    assert not [message for message in told if "wr0ng" in message]


# World Bank: 450 notices, newest first


def world_bank(site: Server, count: int = 450, per_day: int = 50) -> Server:
    def answer(ask: Asked) -> Reply:
        first = int(query(ask)["os"])
        rows = [
            {"id": f"OP{n}", "notice_type": "Invitation for Bids", "noticedate": f"{29 - n // per_day:02}-Sep-2026", "bid_description": f"Pumps {n}",
             "project_ctry_name": "Togo", "contact_organization": "Water Company", "notice_text": "<p>pumps</p>"}
            for n in range(first, min(first + 100, count))
        ]  # fmt: skip
        return answered({"os": str(first), "total": str(count), "procnotices": rows})

    site.routes["/api/v2/procnotices"] = answer
    return site


@pytest.fixture
def bank(site: Server) -> Server:
    return world_bank(site)


def test_the_world_bank_is_left_where_the_week_ends(bank: Server, tmp_path: Path) -> None:
    items = run(bank, "worldbank", tmp_path)
    assert errors(items) == []
    assert [notice.source_id for notice in notices(items)] == [f"OP{n}" for n in range(350)]
    offsets = [query(ask)["os"] for ask in bank.asked if "os=" in ask.path]
    assert offsets == ["0", "100", "200", "300", "400", "0"]


def test_a_parameter_the_bank_ignores_is_an_alarm(bank: Server, tmp_path: Path) -> None:
    items = run(bank, "worldbank", tmp_path, columns=("Contract Award",))
    assert [type(error) for error in errors(items)] == [PageChanged]


# Prozorro: a feed of two pages and an empty one


def record(number: int, changed: str = "2026-09-28T10:00:00+03:00") -> dict[str, Any]:
    return {
        "id": f"r{number}", "tenderID": f"UA-2026-09-25-{number:06}-a", "status": "active.tendering", "dateModified": changed,
        "title": f"Стільці {number}", "noticePublicationDate": "2026-09-25T10:00:00+03:00", "procuringEntity": {"name": "Школа"},
    }  # fmt: skip


@pytest.fixture
def ukraine(site: Server) -> Server:
    feed = "/api/2.5/tenders"
    rows = [{name: record(n)[name] for name in ("id", "tenderID", "status", "dateModified")} for n in range(4)]
    rows[3]["status"] = "complete"
    for number, (page, path) in enumerate(((rows[:2], "offset=1"), (rows[2:], "offset=2"), ([], "offset=2"))):
        name = f"{feed}?offset={number}" if number else feed
        site.routes[name] = answered({"data": page, "next_page": {"path": f"{feed}?{path}", "uri": "http://x.example"}})
    for n in range(4):
        site.routes[f"{feed}/r{n}"] = answered({"data": record(n), "config": {}})
    return site


def test_the_feed_leads_to_open_records_and_a_second_run_asks_only_for_changed_ones(
    ukraine: Server, tmp_path: Path
) -> None:
    items = run(ukraine, "prozorro", tmp_path)
    found = notices(items)
    assert errors(items) == []
    assert [notice.source_id for notice in found] == ["r0", "r1", "r2"]
    known = {notice.url for notice in found}
    ukraine.asked.clear()
    assert notices(run(ukraine, "prozorro", tmp_path, known=known.__contains__)) == []
    assert not [path for path in ukraine.paths() if "/tenders/r" in path]
    later = "2026-09-29T08:00:00+03:00"
    first = json.loads(ukraine.routes["/api/2.5/tenders"].body)  # type: ignore[union-attr]
    first["data"][0]["dateModified"] = later
    ukraine.routes["/api/2.5/tenders"] = answered(first)
    ukraine.routes["/api/2.5/tenders/r0"] = answered({"data": {**record(0, later), "title": "Столи"}})
    changed = notices(run(ukraine, "prozorro", tmp_path, known=known.__contains__))
    assert [(notice.source_id, notice.title) for notice in changed] == [("r0", "Столи")]


def test_a_busy_feed_is_waited_for_and_a_missing_record_costs_itself(ukraine: Server, tmp_path: Path) -> None:
    feed = ukraine.routes["/api/2.5/tenders"]
    assert isinstance(feed, Reply)
    ukraine.routes["/api/2.5/tenders"] = [replace(BUSY, headers={"Retry-After": "7"}), feed]
    del ukraine.routes["/api/2.5/tenders/r1"]
    slept: list[float] = []
    items = run(ukraine, "prozorro", tmp_path, slept=slept)
    assert [notice.source_id for notice in notices(items)] == ["r0", "r2"]
    assert len(errors(items)) == 1
    assert 7.0 in slept
    assert [found.items for found in items if isinstance(found, ListRead)][:2] == [2, 1]


# The program itself: named on the command line, set in the configuration, stored under the publisher's name


def test_a_publisher_asked_by_months_is_asked_up_to_this_one_where_no_end_is_given(tmp_path: Path) -> None:
    week = call("--db", tmp_path / "s.db", "fetch", "--dry-run", "ocds:uk_scotland")
    assert (week.code, "first pages 21" in week.out, "dateFrom=11-2026" in week.out) == (0, True, True), week.out
    longer = call("--db", tmp_path / "s.db", "fetch", "--dry-run", "ocds:uk_wales", "--since", "2026-09-30")
    assert longer.code == 0 and "dateFrom=11-2026" in longer.out


def test_publishers_are_fetched_by_name_and_a_second_fetch_brings_nothing_new(
    ukraine: Server, find_a_tender: Server, tmp_path: Path
) -> None:
    tables = "".join(
        f'[sources."{name}"]\nbase_url = "{ukraine.url}"\ndelay = 0\n' for name in ("ocds:uk_fts", "prozorro", "sam")
    )
    secret = f'options = {{ api_key = "{KEY}" }}\n'
    (tmp_path / "c.toml").write_text(f'db = "s.db"\nallow_private = true\n{tables}{secret}', "utf-8")
    (tmp_path / "c.toml").chmod(0o600)
    asked = ("ocds:uk_fts", "prozorro", "--since", "2026-09-25", "--until", "2026-09-30")
    first = call("--config", tmp_path / "c.toml", "fetch", *asked)
    assert first.code == 0, first.err
    assert "ocds:uk_fts: read " in first.out and "prozorro: read " in first.out
    again = call("--config", tmp_path / "c.toml", "fetch", *asked)
    assert (again.code, again.out.count("new 0, changed 0")) == (0, 2), again.err
    stored = dict(ask(tmp_path / "s.db", "SELECT source, count(DISTINCT source_id) FROM notices GROUP BY source"))
    day = datetime(2026, 9, 24, 17)  # on London's clock, where the 25th begins in Shanghai
    assert stored == {"ocds:uk_fts": sum(moment >= day for moment in published().values()), "prozorro": 3}
    shown = call("--config", tmp_path / "c.toml", "config", "show")
    assert KEY not in shown.out and "***" in shown.out
