"""Whole crawls of CCGP and Ningbo against stand-ins on loopback: pages of their true structure in our own words."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from samples import Knowing
from server import Asked, Reply, Server

from tender_tracker import parse, sources
from tender_tracker.errors import NotAllowed, PageChanged, PageRefused, TenderError
from tender_tracker.model import SHANGHAI, Notice, SourceSettings, Window
from tender_tracker.web.crawl import Crawled, Failed, ListedNotice, ListRead, NoticePage, crawl
from tender_tracker.web.fetch import Fetcher, FetchSettings

NOW = datetime(2026, 9, 30, 9, 0, tzinfo=SHANGHAI)
WEEK = Window(datetime(2026, 9, 23, tzinfo=SHANGHAI), None)
BLOCK = (
    "<!DOCTYPE html><html><head><title>频繁访问!中国政府采购网</title></head><body><h2>您的访问过于频繁,请稍后再试。</h2>"
    "<p>事件ID: 00</p><a href='/'>返回网站首页</a><div>网站标识码 bm14000002</div></body></html>"
)
COLUMN = "/cggg/dfgg/gkzb"


def item(number: int, day: int, title: str) -> str:
    return (
        f'<li><a href="./202609/t202609{day:02}_{number}.htm" title="{title}">{title[:12]}…</a> '
        f"发布时间：<em>2026-09-{day:02} 10:{number % 60:02}</em> 地域：<em>山西</em> 采购人：<em>甲大学</em></li>"
    )


def column(*items: str, size: int = 1, current: int = 0) -> str:
    return (
        '<!DOCTYPE html><html><head><title>公开招标公告</title></head><body><ul class="c_list_bid">'
        + "".join(items)
        + "</ul>"
        f"<script>Pager({{size:{size}, current:{current}, prefix:'index',suffix:'htm'}});</script></body></html>"
    )


def detail(title: str, day: int, *, charset: str = "utf-8") -> str:
    return (
        f'<!DOCTYPE html><html><head><meta charset="{charset}"><meta name="ArticleTitle" content="{title}">'
        f'<meta name="PubDate" content="2026-09-{day:02} 10:00"></head><body><div class="vF_detail_main">'
        f'<h2 class="tc">{title}</h2><!--contentTable--><div class="table"><table><tr><td class="title">采购项目名称</td>'
        f'<td colspan="3">{title}</td></tr><tr><td class="title">采购单位</td><td colspan="3">甲大学</td></tr>'
        '<tr><td class="title">预算金额</td><td colspan="3">￥45.000000万元（人民币）</td></tr></table></div><!--contentTable-->'
        '<div class="vF_detail_content_container"><div class="vF_detail_content"><p>一、项目编号：甲-2026-01</p>'
        "<p>二、采购需求：服务器须采用昇腾处理器，共两台，含安装调试。</p></div></div></div></body></html>"
    )


@pytest.fixture
def ccgp() -> Iterator[Server]:
    """One column of two pages; the third notice of the second page lies before the week."""
    with Server().running() as server:
        server.routes["/robots.txt"] = Reply("gone", 404)
        server.routes[f"{COLUMN}/"] = Reply(
            column(item(11, 29, "昇腾服务器公开招标公告"), item(12, 28, "打印纸公开招标公告"), size=2)
        )
        server.routes[f"{COLUMN}/index_1.htm"] = Reply(
            column(item(13, 25, "云桌面公开招标公告"), item(14, 2, "旧公告公开招标公告"), size=2, current=1)
        )
        for number, day, title in (
            (11, 29, "昇腾服务器公开招标公告"),
            (12, 28, "打印纸公开招标公告"),
            (13, 25, "云桌面公开招标公告"),
        ):
            server.routes[path(number, day)] = Reply(detail(title, day))
        yield server


def path(number: int, day: int) -> str:
    return f"{COLUMN}/202609/t202609{day:02}_{number}.htm"


def run(
    server: Server,
    name: str,
    cache: Path,
    *,
    known: frozenset[str] = frozenset(),
    slept: list[float] | None = None,
    **settings: Any,
) -> list[Crawled]:
    chosen = SourceSettings(base_url=server.url, delay=0.0, **({"columns": ("dfgg/gkzb",)} if name == "ccgp" else {}))
    manners = FetchSettings(allow_private=True, cache=cache, seconds=5)
    notes = [] if slept is None else slept
    with Fetcher(replace(manners, **settings), lambda: NOW, sleep=notes.append) as fetcher:
        return list(crawl(sources.load(name), fetcher, chosen, WEEK, None, Knowing(known.__contains__)))


def notices(items: list[Crawled]) -> list[Notice]:
    read = [parse.notices(found.page) for found in items if isinstance(found, NoticePage)]
    return [notice for page in read for notice in page] + [
        found.notice for found in items if isinstance(found, ListedNotice)
    ]


def errors(items: list[Crawled]) -> list[TenderError]:
    return [found.error for found in items if isinstance(found, Failed)]


def test_a_column_of_ccgp_becomes_notices(ccgp: Server, tmp_path: Path) -> None:
    items = run(ccgp, "ccgp", tmp_path)
    found = notices(items)
    assert errors(items) == []
    assert [notice.title for notice in found] == ["昇腾服务器公开招标公告", "打印纸公开招标公告", "云桌面公开招标公告"]
    assert [notice.source_id for notice in found] == ["20260929_11", "20260928_12", "20260925_13"]
    assert [notice.url for notice in found] == [
        ccgp.url + path(11, 29),
        ccgp.url + path(12, 28),
        ccgp.url + path(13, 25),
    ]
    assert {notice.buyer for notice in found} == {"甲大学"}
    assert [read.items for read in items if isinstance(read, ListRead)] == [2, 2, 2]
    assert ccgp.most_at_once == 1


def test_a_second_run_asks_lists_but_no_notice_again(ccgp: Server, tmp_path: Path) -> None:
    known = frozenset(notice.url or "" for notice in notices(run(ccgp, "ccgp", tmp_path)))
    ccgp.asked.clear()
    items = run(ccgp, "ccgp", tmp_path, known=known)
    assert notices(items) == []
    assert errors(items) == []
    assert set(ccgp.paths()) == {f"{COLUMN}/", f"{COLUMN}/index_1.htm"}


def test_a_block_page_in_the_middle_ends_the_asking_and_names_every_page_it_cost(ccgp: Server, tmp_path: Path) -> None:
    ccgp.routes[path(12, 28)] = Reply(BLOCK)
    items = run(ccgp, "ccgp", tmp_path)
    assert [notice.title for notice in notices(items)] == ["昇腾服务器公开招标公告"]
    assert all(isinstance(error, PageRefused) and error.reason == "blocked" for error in errors(items))
    assert [found.url.removeprefix(ccgp.url) for found in items if isinstance(found, Failed)] == [
        path(12, 28),
        f"{COLUMN}/index_1.htm",
    ]
    assert ccgp.paths()[-1] == path(12, 28)


def test_a_block_page_instead_of_the_list_is_no_empty_list(ccgp: Server, tmp_path: Path) -> None:
    ccgp.routes[f"{COLUMN}/"] = Reply(BLOCK)
    items = run(ccgp, "ccgp", tmp_path)
    assert [type(error) for error in errors(items)] == [PageRefused]
    assert len(items) == 1


def test_a_list_of_another_template_is_told_from_an_empty_one(ccgp: Server, tmp_path: Path) -> None:
    ccgp.routes[f"{COLUMN}/"] = Reply(column(item(11, 29, "昇腾服务器")).replace("c_list_bid", "new_list"))
    assert [type(error) for error in errors(run(ccgp, "ccgp", tmp_path))] == [PageChanged]


def test_a_cut_compressed_page_heals(ccgp: Server, tmp_path: Path) -> None:
    whole = Reply(detail("昇腾服务器公开招标公告", 29), zipped=True)
    ccgp.routes[path(11, 29)] = [replace(whole, keep=200, honest=True), whole]
    items = run(ccgp, "ccgp", tmp_path)
    assert errors(items) == []
    assert "安装调试" in notices(items)[0].text
    assert ccgp.paths().count(path(11, 29)) == 2


def test_a_cut_list_heals_and_loses_no_item(ccgp: Server, tmp_path: Path) -> None:
    whole = Reply(column(item(11, 29, "昇腾服务器公开招标公告"), item(12, 28, "打印纸公开招标公告"), size=2))
    ccgp.routes[f"{COLUMN}/"] = [replace(whole, keep=400, honest=True), whole]
    items = run(ccgp, "ccgp", tmp_path)
    assert errors(items) == []
    assert len(notices(items)) == 3


def test_gbk_that_calls_itself_gb2312_keeps_its_characters(ccgp: Server, tmp_path: Path) -> None:
    body = detail("昇腾与镕铠服务器公开招标公告", 29, charset="gb2312").encode("gb18030")
    ccgp.routes[path(11, 29)] = Reply(body, kind="text/html; charset=gb2312")
    assert notices(run(ccgp, "ccgp", tmp_path))[0].title == "昇腾与镕铠服务器公开招标公告"


def test_a_busy_server_is_waited_for_as_it_asks(ccgp: Server, tmp_path: Path) -> None:
    ccgp.routes[path(12, 28)] = [
        Reply("slow down", 429, {"Retry-After": "17"}),
        Reply(detail("打印纸公开招标公告", 28)),
    ]
    slept: list[float] = []
    items = run(ccgp, "ccgp", tmp_path, slept=slept)
    assert errors(items) == []
    assert len(notices(items)) == 3
    assert [seconds for seconds in slept if seconds > 0.1] == [17.0]


def test_foreign_malformed_and_missing_links_cost_themselves(ccgp: Server, tmp_path: Path) -> None:
    with Server().running() as foreign:
        bad = "".join(
            f'<li><a href="{href}" title="坏链接公告">坏</a> 发布时间：<em>2026-09-29 11:00</em></li>'
            for href in (
                foreign.url + "/x.htm",
                "http://[::1/",
                "file:///etc/hosts",
                "javascript:void(0)",
                "./202609/t20260929_404.htm",
            )
        )
        ccgp.routes[f"{COLUMN}/"] = Reply(column(bad, item(11, 29, "昇腾服务器公开招标公告")))
        items = run(ccgp, "ccgp", tmp_path)
        assert foreign.asked == []
    assert [notice.source_id for notice in notices(items)] == ["20260929_11"]
    told = [found.url for found in items if isinstance(found, Failed)]
    missing = f"{ccgp.url}{COLUMN}/202609/t20260929_404.htm"
    assert told == [foreign.url + "/x.htm", "http://[::1/", "file:///etc/hosts", "javascript:void(0)", missing]


def test_robots_txt_that_forbids_the_column_leaves_it_unasked(ccgp: Server, tmp_path: Path) -> None:
    ccgp.routes["/robots.txt"] = Reply("User-agent: *\nDisallow: /cggg/\n", kind="text/plain")
    items = run(ccgp, "ccgp", tmp_path)
    assert [type(error) for error in errors(items)] == [NotAllowed]
    assert ccgp.paths() == []


def record(number: int, day: int, title: str) -> dict[str, Any]:
    body = f"<div><p>项目编号：甬-{number}</p><p>采购人：乙中心</p><p>预算金额：300000元</p><p>须采用海光处理器。</p></div>"
    return {
        "bulletinId": f"b{number}", "bulletinTitle": title, "publishDate": f"2026-09-{day:02} 09:30:00", "endDate": "",
        "prjNo": f"甬-{number}", "prjId": f"p{number}", "kbDate": "", "bulletinContent": body,
    }  # fmt: skip


@pytest.fixture
def ningbo() -> Iterator[Server]:
    """450 notices, 100 to an answer; the second answer reaches back before the week."""
    records = [record(n, 29 if n < 100 else 24, f"第{n}号服务器采购公告") for n in range(150)]
    records += [record(n, 1, f"第{n}号服务器采购公告") for n in range(150, 450)]

    def answer(ask: Asked) -> Reply:
        wanted = json.loads(ask.body)
        first = (wanted["pageIndex"] - 1) * wanted["pageSize"]
        data = {"records": records[first : first + wanted["pageSize"]], "total": len(records)}
        return Reply(json.dumps({"code": 200, "data": data}, ensure_ascii=False), kind="application/json", zipped=True)

    with Server().running() as server:
        server.routes["/robots.txt"] = Reply("gone", 404)
        server.routes["/api/Portal/GetBulletinList"] = answer
        yield server


def test_ningbo_lists_hold_the_notices_and_end_with_the_week(ningbo: Server, tmp_path: Path) -> None:
    items = run(ningbo, "ningbo", tmp_path)
    found = notices(items)
    assert errors(items) == []
    assert len({notice.source_id for notice in found}) == len(found) == 150
    assert found[0].title == "第0号服务器采购公告"
    assert "海光处理器" in found[0].text
    # three answers: 100 new, 50 new and 50 old, a whole page before the week; then the first once more
    assert [json.loads(ask.body)["pageIndex"] for ask in ningbo.asked if ask.method == "POST"] == [1, 2, 3, 1]


def test_an_error_of_the_api_with_status_200_is_no_empty_list(ningbo: Server, tmp_path: Path) -> None:
    ningbo.routes["/api/Portal/GetBulletinList"] = Reply(
        '{"code":500,"success":false,"msg":"系统异常"}', kind="application/json"
    )
    assert len(errors(run(ningbo, "ningbo", tmp_path))) == 1


def test_a_captcha_of_the_api_ends_the_asking(ningbo: Server, tmp_path: Path) -> None:
    ningbo.routes["/api/Portal/GetBulletinList"] = Reply('{"code":829,"msg":"请完成验证"}', kind="application/json")
    (error,) = errors(run(ningbo, "ningbo", tmp_path))
    assert isinstance(error, PageRefused)
    assert error.reason == "challenge"
