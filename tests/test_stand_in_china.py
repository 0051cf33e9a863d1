"""Whole crawls of the Chinese API sources against a stand-in on loopback that answers as their sites do."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from samples import Knowing
from server import Asked, Reply, Server

from tender_tracker import parse, sources
from tender_tracker.errors import PageChanged, PageRefused, SourceFailed, TenderError
from tender_tracker.model import SHANGHAI, Listing, Notice, Page, Request, SourceSettings, Window
from tender_tracker.sources import cebpub
from tender_tracker.web.crawl import Crawled, Failed, ListedNotice, NoticePage, crawl
from tender_tracker.web.fetch import Fetcher, FetchSettings

NOW = datetime(2026, 9, 30, 9, 0, tzinfo=SHANGHAI)
WEEK = Window(datetime(2026, 9, 23, tzinfo=SHANGHAI), datetime(2026, 10, 1, tzinfo=SHANGHAI))
BODY = "<p>项目编号：甲-{n}</p><p>采购人：甲大学</p><p>预算金额：450000元</p><p>服务器须采用昇腾处理器。</p>"


def answered(body: Any) -> Reply:
    return Reply(json.dumps(body, ensure_ascii=False), kind="application/json;charset=UTF-8")


def title(n: int) -> str:
    return f"第{n}号服务器采购项目公开招标公告"


def day(n: int) -> str:
    """Newest first: two notices a day, back from the 29th."""
    return f"2026-09-{29 - n // 2:02}"


Day = Callable[[int], str]
"""Number of a notice → its day."""


def paged(rows: list[Any], number: int, size: int) -> list[Any]:
    return rows[(number - 1) * size : number * size]


def milliseconds(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=SHANGHAI).timestamp() * 1000)


def zcy(server: Server, count: int = 20, day: Day = day) -> None:
    def listed(ask: Asked) -> Reply:
        wanted = json.loads(ask.body)
        rows = [
            {
                "articleId": f"n{n}+/==",
                "title": title(n),
                "publishDate": milliseconds(f"{day(n)} 10:00"),
                "pathName": "公开招标公告",
            }
            for n in range(count)
        ]
        page = paged(rows, wanted["pageNo"], wanted["pageSize"])
        return answered({"success": True, "result": {"data": {"total": count, "data": page}}})

    def detail(ask: Asked) -> Reply:
        number = parse_qs(urlsplit(ask.path).query)["articleId"][0]
        n = int(number[1:-4])
        data = {
            "articleId": number,
            "title": title(n),
            "publishDate": milliseconds(f"{day(n)} 10:00"),
            "content": BODY.format(n=n),
        }
        return answered({"success": True, "result": {"data": data}})

    server.routes |= {"/portal/category": listed, "/portal/detail": detail}


def ggzy(server: Server, count: int = 20, day: Day = day) -> None:
    def listed(ask: Asked) -> Reply:
        wanted = {key: values[-1] for key, values in parse_qs(ask.body.decode()).items()}
        assert ask.headers["x-pass-token"] == ""
        rows = [
            {"id": str(n), "title": title(n), "publishTime": day(n), "informationTypeText": "采购公告",
             "url": f"/information/deal/html/a/330000/0201/20260929/{n:032x}.html"}
            for n in range(count)
        ]  # fmt: skip
        page = paged(rows, int(wanted["PAGENUMBER"]), 20)
        data = {"records": page, "total": count, "pages": -(-count // 20), "size": 20}
        return answered({"code": 200, "message": "success", "data": data})

    server.routes["/information/pubTradingInfo/getTradList"] = listed
    for n in range(count):
        html = (
            f'<!doctype html><html><head><title>全国公共资源交易平台</title></head><body><h4 class="h4_o">{title(n)}</h4>'
            f'<p class="p_o"><span>发布时间：{day(n)} 10:00</span></p><div class="detail_content">{BODY.format(n=n)}</div></body></html>'
        )
        server.routes[f"/information/deal/html/b/330000/0201/20260929/{n:032x}.html"] = Reply(html)


def shandong(server: Server, count: int = 20, day: Day = day) -> None:
    def listed(ask: Asked) -> Reply:
        wanted = json.loads(ask.body)
        rows = [
            {"id": f"n{n}=", "title": title(n), "date": f"{day(n)} 10:00:00", "colCode": "0301"} for n in range(count)
        ]
        page = paged(rows, wanted["currentPage"], wanted["pageSize"])
        inner = {"records": page, "total": count, "pages": -(-count // wanted["pageSize"])}
        return answered({"status": 200, "data": {"code": 100, "data": inner}})

    def detail(ask: Asked) -> Reply:
        n = int(parse_qs(urlsplit(ask.path).query)["id"][0][1:-1])
        body = base64.b64encode(BODY.format(n=n).encode("gb18030" if n % 2 else "utf-8")).decode()
        data = {"title": title(n), "date": f"{day(n)} 10:00:00", "body": body}
        return answered({"status": 200, "data": {"code": 100, "data": data}})

    server.routes |= {"/api/website/site/getListByCode": listed, "/api/website/site/getDetail": detail}


def epoint(server: Server, count: int = 20, day: Day = day) -> None:
    def listed(ask: Asked) -> Reply:
        wanted = json.loads(ask.body)
        rows = [
            {
                "id": str(n),
                "title": title(n),
                "webdate": f"{day(n)} 10:00:00",
                "linkurl": f"/jyxx/002002/002002001/20260929/{n}.html",
            }
            for n in range(count)
        ]
        page = rows[wanted["pn"] : wanted["pn"] + wanted["rn"]]
        return answered({"result": {"totalcount": count, "records": page}})

    server.routes["/inteligentsearch/rest/esinteligentsearch/getFullTextDataNew"] = listed
    for n in range(count):
        html = (
            f'<!doctype html><html><head><title>交易信息</title></head><body><h2 class="title">{title(n)}</h2>'
            f'<div>信息时间：{day(n)} 10:00</div><div id="newsText">{BODY.format(n=n)}</div></body></html>'
        )
        server.routes[f"/jyxx/002002/002002001/20260929/{n}.html"] = Reply(html)


def operators(server: Server, count: int = 20, day: Day = day) -> None:
    def listed(ask: Asked) -> Reply:
        wanted = json.loads(ask.body)
        rows = [
            {"id": str(n), "uuid": f"u{n}", "publishType": "PROCUREMENT", "publishOneType": "PROCUREMENT", "name": title(n),
             "publishDate": f"{day(n)} 10:00:00"}
            for n in range(count)
        ]  # fmt: skip
        page = paged(rows, wanted["current"], wanted["size"])
        return answered({"code": 0, "data": {"content": page, "totalElements": count}})

    def detail(ask: Asked) -> Reply:
        wanted = json.loads(ask.body)
        n = int(wanted["publishId"])
        assert wanted["publishUuid"] == f"u{n}"
        data = {"id": str(n), "name": title(n), "publishDate": f"{day(n)} 10:00:00", "noticeContent": BODY.format(n=n)}
        return answered({"code": 0, "data": data})

    base = "/api-b2b/api-sync-es/white_list_api/b2b/publish/"
    server.routes |= {f"{base}queryList": listed, f"{base}queryDetail": detail}


def row(n: int, day: Day = day) -> str:
    return (
        f'<tr><td><a href="javascript:urlOpen(\'{n:032x}\')" title="{title(n)}">第{n}号…</a></td><td>信息电子</td>'
        f"<td>【山东】</td><td>甲平台</td><td>{day(n)}</td><td id='2026-10-20 09:00:00'></td></tr>"
    )


def cebpub_site(server: Server, count: int = 20, day: Day = day) -> None:
    def listed(ask: Asked) -> Reply:
        number = int(parse_qs(urlsplit(ask.path).query)["page"][0])
        rows = "".join(paged([row(n, day) for n in range(count)], number, 15))
        return Reply(
            "<!doctype html><html><head><title>招标公告</title></head><body><table class='table_text'><tr><th>名称</th></tr>"
            f"{rows}</table><div class='pagination'><label>{-(-count // 15)}</label></div></body></html>"
        )

    server.routes["/xxfbcmses/search/bulletin.html"] = listed


SITES: dict[str, tuple[Callable[..., None], tuple[str, ...]]] = {
    "zcy": (zcy, ("gx/ZcyAnnouncement2",)),
    "ggzy": (ggzy, ("02",)),
    "shandong": (shandong, ("0301",)),
    "epoint": (epoint, ("sc/002002001",)),
    "operators": (operators, ("mobile",)),
    "cebpub": (cebpub_site, ("bulletin",)),
}
LISTS = {
    "zcy": "/portal/category", "ggzy": "/information/pubTradingInfo/getTradList",
    "shandong": "/api/website/site/getListByCode",
    "epoint": "/inteligentsearch/rest/esinteligentsearch/getFullTextDataNew",
    "operators": "/api-b2b/api-sync-es/white_list_api/b2b/publish/queryList",
    "cebpub": "/xxfbcmses/search/bulletin.html",
}  # fmt: skip


@pytest.fixture
def server() -> Iterator[Server]:
    with Server().running() as running:
        running.routes["/robots.txt"] = Reply("gone", 404)
        yield running


def run(
    server: Server,
    name: str,
    cache: Path,
    *,
    known: frozenset[str] = frozenset(),
    window: Window = WEEK,
    **settings: Any,
) -> list[Crawled]:
    chosen = SourceSettings(**{"base_url": server.url, "delay": 0.0, "columns": SITES[name][1], **settings})
    manners = FetchSettings(allow_private=True, cache=cache, seconds=5)
    with Fetcher(manners, lambda: NOW, sleep=lambda _: None) as fetcher:
        return list(crawl(sources.load(name), fetcher, chosen, window, None, Knowing(known.__contains__)))


def notices(items: list[Crawled]) -> list[Notice]:
    read = [parse.notices(found.page) for found in items if isinstance(found, NoticePage)]
    return [notice for page in read for notice in page] + [
        found.notice for found in items if isinstance(found, ListedNotice)
    ]


def errors(items: list[Crawled]) -> list[TenderError]:
    return [found.error for found in items if isinstance(found, Failed)]


@pytest.mark.parametrize("name", SITES)
def test_a_week_of_a_site_is_read_over_its_pages_and_no_more(name: str, server: Server, tmp_path: Path) -> None:
    SITES[name][0](server)
    items = run(server, name, tmp_path)
    found = notices(items)
    assert errors(items) == []
    assert {notice.title for notice in found} == {title(n) for n in range(14)}  # the 29th to the 23rd, two a day
    assert len({notice.source_id for notice in found}) == len({notice.url for notice in found}) == len(found) == 14
    assert {notice.source for notice in found} == {name}
    assert all(notice.published is not None and notice.published >= WEEK.since for notice in found)  # type: ignore[operator]
    if name != "cebpub":
        assert all("昇腾处理器" in notice.text for notice in found)
        assert {notice.buyer for notice in found} == {"甲大学"}
    assert server.most_at_once == 1


@pytest.mark.parametrize("name", [name for name in SITES if name != "cebpub"])
def test_a_second_run_asks_lists_but_no_notice_again(name: str, server: Server, tmp_path: Path) -> None:
    SITES[name][0](server)
    known = frozenset(notice.url or "" for notice in notices(run(server, name, tmp_path)))
    server.asked.clear()
    items = run(server, name, tmp_path, known=known)
    assert (notices(items), errors(items)) == ([], [])
    assert {path.partition("?")[0] for path in server.paths()} == {LISTS[name]}


@pytest.mark.parametrize("name", SITES)
def test_a_site_whose_list_has_changed_is_an_alarm_and_no_empty_list(name: str, server: Server, tmp_path: Path) -> None:
    SITES[name][0](server)
    server.routes[LISTS[name]] = Reply(
        "<!doctype html><html><head><title>采购</title></head><body>新版首页</body></html>"
    )
    (error,) = errors(run(server, name, tmp_path))
    assert isinstance(error, PageChanged)
    assert name in str(error)


@pytest.mark.parametrize("name", [name for name in SITES if name not in ("cebpub", "epoint")])
def test_keywords_are_handed_to_the_search_of_the_site(name: str, server: Server, tmp_path: Path) -> None:
    SITES[name][0](server, 2)
    items = run(server, name, tmp_path, keywords=("昇腾",))
    assert len(notices(items)) == 2
    bodies = [ask.body.decode() for ask in server.asked if ask.path == LISTS[name]]
    assert bodies
    assert all("昇腾" in body or quote("昇腾") in body for body in bodies)


def test_a_day_at_the_silent_cap_of_ggzy_is_read_province_by_province(server: Server, tmp_path: Path) -> None:
    """The 29th has 1,040 notices, 1,000 of which the site shows; cut by province they are all within reach."""
    ggzy(server, 0)
    provinces = {"330000": 900, "440000": 140}

    def listed(ask: Asked) -> Reply:
        wanted = {key: values[-1] for key, values in parse_qs(ask.body.decode(), keep_blank_values=True).items()}
        codes = [wanted["DEAL_PROVINCE"]] if wanted["DEAL_PROVINCE"] != "0" else list(provinces)
        rows = [
            {"id": f"{code}{n}", "title": f"{code}第{n}号采购公告", "publishTime": "2026-09-29",
             "url": f"/information/deal/html/a/{code}/0201/20260929/{code}{n}.html"}
            for code in codes for n in range(provinces.get(code, 0))
        ][:1000] if "2026-09-29" in (wanted["TIMEBEGIN"], wanted["TIMEEND"]) or wanted["TIMEBEGIN"] == "2026-09-23" else []  # fmt: skip
        page = paged(rows, int(wanted["PAGENUMBER"]), 20)
        return answered({"code": 200, "data": {"records": page, "total": len(rows), "pages": -(-len(rows) // 20)}})

    server.routes["/information/pubTradingInfo/getTradList"] = listed
    everything = Known()
    items = run(server, "ggzy", tmp_path, known=everything)  # type: ignore[arg-type]
    assert errors(items) == []
    assert len(everything.asked) == 1040
    days = [parse_qs(ask.body.decode())["TIMEBEGIN"][0] for ask in server.asked if ask.method == "POST"]
    assert days[0] == "2026-09-23"  # the week, at the cap; then its days
    assert set(days) == {f"2026-09-{number}" for number in range(23, 31)}


class Known:
    """Knows every address, and which it was asked for: so that no notice page is fetched."""

    def __init__(self) -> None:
        self.asked: set[str] = set()

    def __contains__(self, url: object) -> bool:
        self.asked.add(str(url))
        return True


def test_a_list_that_cannot_be_cut_further_says_what_was_not_read(server: Server, tmp_path: Path) -> None:
    def listed(ask: Asked) -> Reply:
        wanted = {key: values[-1] for key, values in parse_qs(ask.body.decode(), keep_blank_values=True).items()}
        full = wanted["DEAL_STAGE"] in ("", "0201") and wanted["DEAL_PROVINCE"] in ("0", "110000")
        rows = [
            {
                "id": str(n),
                "title": f"第{n}号",
                "publishTime": "2026-09-29",
                "url": f"/information/deal/html/a/{n}.html",
            }
            for n in range(1000 if full else 0)
        ]
        page = paged(rows, int(wanted["PAGENUMBER"]), 20)
        return answered({"code": 200, "data": {"records": page, "total": len(rows), "pages": 50}})

    server.routes["/information/pubTradingInfo/getTradList"] = listed
    one_day = Window(datetime(2026, 9, 29, tzinfo=SHANGHAI), datetime(2026, 9, 30, tzinfo=SHANGHAI))
    items = run(server, "ggzy", tmp_path, known=Known(), window=one_day)  # type: ignore[arg-type]
    (error,) = errors(items)
    assert isinstance(error, SourceFailed)
    assert "was not read" in str(error)


@pytest.mark.parametrize(("code", "reason"), [(800, "blocked"), (829, "challenge")])
def test_the_refusals_of_ggzy_end_the_asking(code: int, reason: str, server: Server, tmp_path: Path) -> None:
    ggzy(server)
    server.routes[LISTS["ggzy"]] = answered({"code": code, "message": "请完成验证", "data": None})
    (error, *_) = errors(run(server, "ggzy", tmp_path, columns=("02", "01")))
    assert isinstance(error, PageRefused)
    assert error.reason == reason
    assert len(server.paths()) == 1


def test_an_empty_answer_of_the_cdn_is_asked_again(server: Server, tmp_path: Path) -> None:
    ggzy(server, 1)
    path = f"/information/deal/html/b/330000/0201/20260929/{0:032x}.html"
    whole = server.routes[path]
    assert isinstance(whole, Reply)
    server.routes[path] = [Reply(b""), whole]
    items = run(server, "ggzy", tmp_path)
    assert errors(items) == []
    assert len(notices(items)) == 1


def test_a_search_by_relevance_goes_on_behind_an_old_page(server: Server, tmp_path: Path) -> None:
    old, new = "".join(row(n) for n in range(40, 55)), row(1)

    def listed(ask: Asked) -> Reply:
        second = "page=2" in ask.path
        return Reply(
            "<!doctype html><html><head><title>招标公告</title></head><body><table class='table_text'>"
            f"{new if second else old}</table><div class='pagination'><label>2</label></div></body></html>"
        )

    server.routes["/xxfbcmses/search/bulletin.html"] = listed
    assert [notice.title for notice in notices(run(server, "cebpub", tmp_path, keywords=("国产",)))] == [title(1)]
    assert notices(run(server, "cebpub", tmp_path)) == []  # in order of time an old page ends the list


def test_a_list_may_name_narrower_ones_to_read_in_its_place(server: Server, tmp_path: Path) -> None:
    """The seam itself: what stands in `instead` is read, and the rest of the list that named it is not."""
    asked: list[str] = []

    class Cut:
        SITE = cebpub.SITE

        def starts(self, settings: SourceSettings, window: Window) -> Iterator[Request]:
            yield Request(f"{server.url}/whole")

        def listing(self, page: Page, request: Request, settings: SourceSettings) -> Listing:
            asked.append(request.url.rsplit("/", 1)[1])
            if asked[-1] == "whole":
                parts = tuple(Request(f"{server.url}/{part}") for part in ("a", "b"))
                return Listing(next=Request(f"{server.url}/rest"), instead=parts)
            return Listing()

    for path in ("whole", "a", "b", "rest"):
        server.routes[f"/{path}"] = Reply("<!doctype html><html><body><p>采购人 项目编号 中标</p></body></html>")
    chosen = SourceSettings(base_url=server.url, delay=0.0, options=MappingProxyType({}))
    with Fetcher(FetchSettings(allow_private=True, cache=tmp_path), lambda: NOW, sleep=lambda _: None) as fetcher:
        list(crawl(Cut(), fetcher, chosen, WEEK, None, Knowing()))
    assert asked == ["whole", "a", "b"]
