"""The Chinese sources beside CCGP and Ningbo: what is asked, what is read, and what is told when a site has changed."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tender_tracker import parse, sources
from tender_tracker.errors import PageChanged, PageRefused, SourceFailed, UsageError
from tender_tracker.model import SHANGHAI, Listing, Notice, Page, Request, SourceSettings, Window
from tender_tracker.pages import saved
from tender_tracker.sources import cebpub, epoint, ggzy, operators, shandong, zcy

FIXTURES = Path(__file__).parents[1] / "fixtures"
NOW = datetime(2026, 11, 24, tzinfo=UTC)
WEEK = Window(datetime(2026, 9, 1, tzinfo=SHANGHAI), datetime(2026, 10, 1, tzinfo=SHANGHAI))
MODULES: dict[str, Any] = {
    "zcy": zcy, "ggzy": ggzy, "shandong": shandong, "epoint": epoint, "operators": operators, "cebpub": cebpub,
}  # fmt: skip


def saved_page(name: str) -> Page:
    (page,) = saved.pages([FIXTURES / name], NOW)
    assert isinstance(page, Page)
    return page


def one(name: str) -> Notice:
    (notice,) = parse.notices(saved_page(name))
    return notice


def answer(body: Any, url: str | None = None, source: str | None = None) -> Page:
    return Page(json.dumps(body, ensure_ascii=False), "json", NOW, url, "x.json", source)


def starts(name: str, window: Window = WEEK, **settings: Any) -> list[Request]:
    return list(MODULES[name].starts(SourceSettings(**settings), window))


def read(name: str, page: Page, request: Request, **settings: Any) -> Listing:
    listing = MODULES[name].listing(page, request, SourceSettings(**settings))
    assert isinstance(listing, Listing)
    return listing


def changed_json(name: str, path: str, how: Any) -> Page:
    """A fixture whose value at a dotted path is replaced, or taken away when `how` is None."""
    page = saved_page(name)
    body = json.loads(page.text)
    inner, keys = body, path.split(".")
    for key in keys[:-1]:
        inner = inner[key]
    inner.pop(keys[-1])
    if how is not None:
        inner[keys[-1]] = how
    return replace(page, text=json.dumps(body, ensure_ascii=False))


# What every source must do: know its own, and tell a change by name.


@pytest.mark.parametrize("name", MODULES)
def test_a_source_is_registered_and_knows_the_saved_pages_of_its_folder_without_their_addresses(name: str) -> None:
    assert sources.load(name) is MODULES[name]
    assert name in sources.names()
    for page in saved.pages([FIXTURES / name], NOW):
        assert isinstance(page, Page)
        assert sources.recognise(replace(page, url=None)).SITE.name == name, page.file


DRIFT = {
    "zcy list": (zcy, "zcy/list-gx-tenders.json", "result.data.data", {}, r"no result\.data\.data .* zcy"),
    "zcy rows": (zcy, "zcy/list-gx-tenders.json", "result.data.data", [{"id": 1}], "articleId"),
    "zcy empty": (zcy, "zcy/list-gx-tenders.json", "result.data.data", [], "of 2 rows"),
    "ggzy list": (ggzy, "ggzy/list-2026-10-20.json", "data.records", None, r"no data\.records .* ggzy"),
    "ggzy rows": (ggzy, "ggzy/list-2026-10-20.json", "data.records", [{"title": "甲"}], r"records\[\]\.url"),
    "ggzy empty": (ggzy, "ggzy/list-2026-10-20.json", "data.records", [], "of 2 rows"),
    "shandong list": (shandong, "shandong/list-intentions.json", "data.data.records", None, "records .* shandong"),
    "shandong rows": (shandong, "shandong/list-intentions.json", "data.data.records", ["x"], r"records\[\]\.id"),
    "epoint list": (epoint, "epoint/search-sc.json", "result.records", None, r"no result\.records .* epoint"),
    "epoint rows": (epoint, "epoint/search-sc.json", "result.records", [{"title": "甲"}], "linkurl"),
    "operators list": (operators, "operators/list-mobile.json", "data.content", None, r"data\.content .* operators"),
    "operators rows": (operators, "operators/list-mobile.json", "data.content", [{"name": "甲"}], r"content\[\]\.id"),
}  # fmt: skip


@pytest.mark.parametrize("case", DRIFT)
def test_a_list_without_its_frame_is_an_alarm_that_names_source_and_key(case: str) -> None:
    module, name, path, how, told = DRIFT[case]
    page = changed_json(name, path, how)
    with pytest.raises(PageChanged, match=told):
        module.listing(page, Request(page.url or ""), SourceSettings())


@pytest.mark.parametrize("name", [name for name in MODULES if name != "cebpub"])
def test_a_page_in_place_of_a_list_answer_is_an_alarm(name: str) -> None:
    page = Page("<html><body><div id='app'></div></body></html>", "html", NOW, "https://a.example/", None, name)
    with pytest.raises(PageChanged, match=name):
        MODULES[name].listing(page, starts(name)[0], SourceSettings())


@pytest.mark.parametrize(
    ("name", "path", "told"),
    [
        ("zcy/ascend-training-platform.json", "result.data.content", r"result\.data\.content .* zcy"),
        ("shandong/phytium-tender.json", "data.data.body", r"data\.data\.body .* shandong"),
        ("operators/tower-batteries.json", "data.noticeContent", r"data\.noticeContent .* operators"),
    ],
)
def test_a_notice_without_its_body_key_is_an_alarm_that_names_it(name: str, path: str, told: str) -> None:
    page = replace(changed_json(name, path, None), source=name.partition("/")[0])
    with pytest.raises(PageChanged, match=told):
        parse.read(page)


@pytest.mark.parametrize(
    ("name", "frame", "told"),
    [
        ("ggzy/supercomputing-hygon-tender.html", "detail_content", r"\.detail_content.* ggzy"),
        ("ggzy/supercomputing-hygon-tender.html", "h4_o", r"h4\.h4_o.* ggzy"),
        ("epoint/sc-domestic-compute-rental.html", "newsText", "#newsText.* epoint"),
        ("cebpub/bulletin-page1.html", "table_text", r"table\.table_text.* cebpub"),
        ("cebpub/bulletin-page1.html", "<a href", "urlOpen.* cebpub"),
    ],
)
def test_a_page_without_its_frame_is_an_alarm_that_names_the_selector(name: str, frame: str, told: str) -> None:
    page = saved_page(name)
    broken = page.text.replace(frame, "<b href" if frame == "<a href" else "moved")
    page = replace(page, text=broken, source=name.partition("/")[0], url=(page.url or "").replace("/html/b/", "/x/"))
    with pytest.raises(PageChanged, match=told):
        parse.read(page)


def test_a_row_without_its_number_is_named_and_costs_itself() -> None:
    page = saved_page("zcy/list-gx-tenders.json")
    body = json.loads(page.text)
    body["result"]["data"]["data"][0]["articleId"] = None
    links = read("zcy", answer(body, page.url), Request(page.url or "")).links
    assert [link.url.startswith("http") for link in links] == [False, True]
    assert "articleId" in links[0].url and "邕江职业技术学院" in links[0].url


# 政采云


def test_zcy_asks_each_category_of_each_portal_in_whole_days() -> None:
    requests = starts("zcy", columns=("gx", "zj/ZcyAnnouncement3004"), keywords=("昇腾", "信创"))
    asked = [(request.url, dict(request.json or {})) for request in requests]
    assert {url for url, _ in asked[:-2]} == {"http://www.ccgp-guangxi.gov.cn/portal/category"}
    assert [query["keyword"] for _, query in asked[:2]] == ["昇腾", "信创"]
    assert asked[-1] == (
        "https://zfcg.czt.zj.gov.cn/portal/category",
        {"pageNo": 1, "pageSize": 15, "categoryCode": "ZcyAnnouncement3004", "keyword": "信创",
         "publishDateBegin": "2026-09-01", "publishDateEnd": "2026-09-30", "_t": 1790784000000},
    )  # fmt: skip
    assert "keyword" not in dict(starts("zcy")[0].json or {})
    assert {urlsplit(request.url).netloc for request in starts("zcy")} == set(zcy.SITE.hosts)


@pytest.mark.parametrize("name", ["zcy", "epoint", "operators", "ggzy", "cebpub"])
def test_a_column_that_is_none_is_a_usage_error_that_names_the_known(name: str) -> None:
    with pytest.raises(UsageError, match=f"sources.{name}.columns: .*'atlantis'; there are: "):
        starts(name, columns=("atlantis",))


def test_a_list_of_zcy_leads_to_details_by_their_escaped_numbers_and_to_the_next_page() -> None:
    request = starts("zcy", columns=("gx/ZcyAnnouncement2",))[0]
    body = json.loads(saved_page("zcy/list-gx-tenders.json").text)
    body["result"]["data"]["total"] = 40
    listing = read("zcy", answer(body, request.url), request)
    first = listing.links[0]
    assert first.url == (
        "http://www.ccgp-guangxi.gov.cn/luban/detail?parentId=66485&articleId=k7Qp%2BZr1aB%2F2cD3eF4gH5w%3D%3D"
    )
    assert first.published == datetime(2026, 9, 14, 17, 5, tzinfo=SHANGHAI)
    assert first.request is not None
    assert urlsplit(first.request.url).path == "/portal/detail"
    assert parse_qs(urlsplit(first.request.url).query)["articleId"] == ["k7Qp+Zr1aB/2cD3eF4gH5w=="]
    assert listing.next is not None
    assert dict(listing.next.json or {})["pageNo"] == 2
    last = replace(request, json=MappingProxyType({**dict(request.json or {}), "pageNo": 3}))
    assert read("zcy", answer(body, request.url), last).next is None


def test_a_detail_of_zcy_has_the_same_number_and_address_saved_as_live() -> None:
    page = saved_page("zcy/ascend-training-platform.json")
    live = replace(page, url=one("zcy/ascend-training-platform.json").url, source="zcy")
    (fetched,) = parse.notices(live)
    assert (fetched.source_id, fetched.url) == ("k7Qp+Zr1aB/2cD3eF4gH5w==", live.url)
    bare = parse.notices(replace(page, url=None))[0]
    assert (bare.source_id, bare.url) == (fetched.source_id, None)
    assert "模板占位" not in fetched.text


def test_a_detail_of_zcy_takes_its_kind_from_its_place_among_the_notices_of_its_project() -> None:
    page = changed_json("zcy/kunpeng-servers-award.json", "result.data.categoryNames", [])
    notice = parse.notices(changed_json("zcy/kunpeng-servers-award.json", "result.data.title", "关于项目的公告"))[0]
    assert notice.kind == "award"
    body = json.loads(page.text)
    for entry in body["result"]["data"]["announcementLinkDtoList"]:
        entry["isCurrent"] = entry["typeName"] == "更正公告"
    assert parse.notices(answer(body, page.url))[0].kind == "amendment"


def test_files_listed_beside_the_body_of_zcy_are_attachments() -> None:
    page = changed_json(
        "zcy/kunpeng-servers-award.json",
        "result.data.attachmentList",
        [{"name": "结果.pdf", "url": "https://a.example/1"}],
    )
    assert [(file.name, file.url) for file in parse.notices(page)[0].attachments] == [
        ("结果.pdf", "https://a.example/1")
    ]


def test_an_error_answer_of_zcy_is_a_refusal() -> None:
    page = answer({"success": False, "code": "403", "message": "请求被拦截", "result": {"data": {}}}, source="zcy")
    with pytest.raises(PageRefused) as caught:
        zcy.listing(page, starts("zcy")[0], SourceSettings())
    assert caught.value.reason == "blocked"


# 全国公共资源交易平台


def form(request: Request) -> dict[str, str]:
    return dict(request.form or {})


def capped(total: int = 1000, count: int = 20, pages: int = 50) -> Page:
    rows = [
        {"id": str(n), "title": f"第{n}号", "publishTime": "2026-09-10", "url": f"/information/deal/html/a/{n}.html"}
        for n in range(count)
    ]
    data = {"records": rows, "total": total, "pages": pages, "size": 20, "current": 1}
    return answer({"code": 200, "message": "success", "data": data}, source="ggzy")


def test_ggzy_asks_with_all_its_parameters_and_its_empty_header() -> None:
    request = starts("ggzy", keywords=("昇腾",))[0]
    assert form(request) == {
        "SOURCE_TYPE": "1", "DEAL_TIME": "06", "TIMEBEGIN": "2026-09-01", "TIMEEND": "2026-09-30",
        "DEAL_CLASSIFY": "02", "DEAL_STAGE": "", "DEAL_PROVINCE": "0", "FINDTXT": "昇腾", "PAGENUMBER": "1",
    }  # fmt: skip
    assert dict(request.headers or {}) == {"X-Pass-Token": ""}
    assert form(starts("ggzy", Window())[0])["DEAL_TIME"] == "05"
    assert [form(request)["DEAL_CLASSIFY"] for request in starts("ggzy")] == ["02", "01"]


def test_a_list_at_the_cap_is_cut_into_days_a_day_into_provinces_a_province_into_stages() -> None:
    month = starts("ggzy")[0]
    days = read("ggzy", capped(), month).instead
    assert len(days) == 30
    assert (form(days[0])["TIMEBEGIN"], form(days[0])["TIMEEND"]) == ("2026-09-30", "2026-09-30")
    assert (form(days[-1])["TIMEBEGIN"], form(days[-1])["TIMEEND"]) == ("2026-09-01", "2026-09-01")
    provinces = read("ggzy", capped(), days[0]).instead
    assert [form(cut)["DEAL_PROVINCE"] for cut in provinces] == list(ggzy.PROVINCES)
    stages = read("ggzy", capped(), provinces[0]).instead
    assert [form(cut)["DEAL_STAGE"] for cut in stages] == ["0201", "0202", "0203", "0204"]
    last = read("ggzy", capped(), stages[0])
    assert last.instead == ()
    assert last.next is not None
    assert form(last.next)["PAGENUMBER"] == "2"
    beyond = replace(stages[0], form=MappingProxyType({**form(stages[0]), "PAGENUMBER": "51"}))
    with pytest.raises(SourceFailed, match="1000 rows"):
        read("ggzy", capped(count=0), beyond)


def test_an_open_span_at_the_cap_is_cut_at_the_day_it_was_read() -> None:
    open_end = starts("ggzy", Window(datetime(2026, 11, 20, tzinfo=SHANGHAI), None))[0]
    days = [form(cut)["TIMEBEGIN"] for cut in read("ggzy", capped(), open_end).instead]
    assert days == ["2026-11-24", "2026-11-23", "2026-11-22", "2026-11-21", "2026-11-20"]
    assert len(read("ggzy", capped(), starts("ggzy", Window())[0]).instead) == 181


def test_a_list_below_the_cap_is_paged_to_its_end() -> None:
    request = starts("ggzy")[0]
    following = read("ggzy", capped(total=25, pages=2), request).next
    assert following is not None
    assert (form(following)["PAGENUMBER"], dict(following.headers or {})) == ("2", {"X-Pass-Token": ""})
    assert read("ggzy", capped(total=25, count=5, pages=2), following).next is None


@pytest.mark.parametrize(("code", "reason"), [(800, "blocked"), (829, "challenge"), (801, "not_a_notice")])
def test_the_error_codes_of_ggzy_are_refusals_also_beside_empty_records(code: int, reason: str) -> None:
    page = answer({"code": code, "message": "访问受限", "data": {"records": [], "total": 0}}, source="ggzy")
    with pytest.raises(PageRefused) as caught:
        read("ggzy", page, starts("ggzy")[0])
    assert caught.value.reason == reason


def test_a_row_of_ggzy_is_known_by_its_shell_and_asked_for_at_its_body() -> None:
    link = read("ggzy", saved_page("ggzy/list-2026-10-20.json"), starts("ggzy")[0]).links[0]
    assert "/information/deal/html/a/410000/0201/" in link.url
    assert link.request == Request(link.url.replace("/html/a/", "/html/b/"))
    assert one("ggzy/supercomputing-hygon-tender.html").url == link.url


def test_the_older_answer_of_ggzy_is_read_too() -> None:
    row = {
        "title": "甲采购公告",
        "timeShow": "2026-09-10",
        "linkurl": "/information/deal/html/a/x.html",
        "province": "甲",
    }
    page = answer({"data": [row], "ttlpage": 3}, source="ggzy")
    listing = read("ggzy", page, starts("ggzy")[0])
    assert [link.title for link in listing.links] == ["甲采购公告"]
    assert listing.next is not None


def test_the_shell_of_ggzy_is_no_notice_and_says_where_the_text_lies() -> None:
    html = "<html><head><title>全国公共资源交易平台</title></head><body>采购<script>var firstLastUrl='/information/deal/html/b/x.html'</script></body></html>"
    page = Page(html, "html", NOW, "https://www.ggzy.gov.cn/information/deal/html/a/x.html")
    with pytest.raises(PageRefused, match="/html/b/"):
        parse.read(page)


def test_a_body_page_of_ggzy_without_a_body_is_a_notice_of_its_title() -> None:
    notice = one("ggzy/xinchuang-terminals-award-without-body.html")
    assert (notice.text, notice.region, notice.kind) == (notice.title, "安徽省", "award")


# 山东


def test_shandong_is_asked_by_column_area_and_seconds() -> None:
    requests = starts("shandong", columns=("2500", "0303/3701"), keywords=("服务器",))
    assert [dict(request.json or {}) for request in requests] == [
        {"colCode": code, "area": area, "currentPage": 1, "pageSize": 10, "title": "服务器",
         "startTime": "2026-09-01 00:00:00", "endTime": "2026-09-30 23:59:59", "oldData": 0}
        for code, area in (("2500", "370000"), ("0303", "3701"))
    ]  # fmt: skip
    assert requests[0].url == "http://www.ccgp-shandong.gov.cn:8087/api/website/site/getListByCode"
    assert "www.ccgp-shandong.gov.cn:8087" in shandong.SITE.hosts


def test_a_row_of_shandong_is_known_by_its_page_and_asked_for_at_the_api() -> None:
    request = starts("shandong")[0]
    link = read("shandong", saved_page("shandong/list-intentions.json"), request).links[0]
    assert link.url == ("http://www.ccgp-shandong.gov.cn/detail?id=BQx1_demo-A0intent00001=&colCode=2500&oldData=0")
    assert link.url == one("shandong/intention-shifted-counter.json").url
    assert link.request is not None
    assert urlsplit(link.request.url).path == "/api/website/site/getDetail"
    assert parse_qs(urlsplit(link.request.url).query)["id"] == ["BQx1_demo-A0intent00001="]


@pytest.mark.parametrize("head", ["采购项目名称", "序号|采购项目名称"])
@pytest.mark.parametrize("counter", [True, False])
def test_the_wandering_counter_of_an_intention_moves_no_amount(head: str, counter: bool) -> None:
    if not counter and head.startswith("序号"):
        return  # a head that names a counter has one
    heads = [*head.split("|"), "采购需求概况", "预算金额(万元)", "预计采购时间", "备注"]
    rows = [["1"] * counter + ["服务器", "采购2024年款2台", "12.500000", "2026年03月", ""]]
    table = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in (heads, *rows))
    page = intention(f"<table>{table}</table>".encode())
    notice = parse.notices(page)[0]
    assert notice.budget is not None
    assert notice.budget.value == 125000


def intention(body: bytes) -> Page:
    data = {"title": "甲校2026年3月政府采购意向", "date": "2026-01-30 09:15:30", "userName": "甲校",
            "body": base64.b64encode(body).decode()}  # fmt: skip
    url = "http://www.ccgp-shandong.gov.cn/detail?id=a=&colCode=2500&oldData=0"
    return answer({"status": 200, "data": {"code": 100, "data": data}}, url, "shandong")


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_body_of_shandong_is_utf_8_or_else_gb18030(encoding: str) -> None:
    notice = parse.notices(intention("<p>采购昇腾与镕铠服务器</p>".encode(encoding)))[0]
    assert notice.text == "采购昇腾与镕铠服务器"
    assert (notice.buyer, notice.kind) == ("甲校", "intention")


def test_a_body_that_is_no_base64_is_an_alarm() -> None:
    page = changed_json("shandong/phytium-tender.json", "data.data.body", "不是编码")
    with pytest.raises(PageChanged, match="base64"):
        parse.read(page)


def test_a_busy_shandong_is_a_refusal_and_no_empty_list() -> None:
    page = answer({"status": 200, "data": {"code": 999, "message": "服务请求失败", "data": None}}, source="shandong")
    with pytest.raises(PageRefused, match="999"):
        read("shandong", page, starts("shandong")[0])


# 新点


def test_epoint_searches_each_portal_at_its_own_path_and_by_its_own_date() -> None:
    asked = {urlsplit(request.url).netloc: request for request in starts("epoint", keywords=("昇腾",))}
    assert {urlsplit(asked[place].url).path for place in ("ggzyjy.sc.gov.cn", "jsggzy.jszwfw.gov.cn")} == {
        "/inteligentsearch/rest/esinteligentsearch/getFullTextDataNew"
    }
    query = dict(asked["jsggzy.jszwfw.gov.cn"].json or {})
    assert (query["wd"], query["pn"], query["rn"]) == ("昇腾", 0, 20)
    assert query["time"] == [
        {"fieldName": "infodatepx", "startTime": "2026-09-01 00:00:00", "endTime": "2026-09-30 23:59:59"}
    ]
    sichuan = dict(starts("epoint", Window(), columns=("sc/002002001",))[0].json or {})
    assert (sichuan["condition"][0]["equal"], sichuan["rn"], sichuan["time"]) == ("002002001", 12, None)


def test_epoint_is_paged_by_offset_until_its_total() -> None:
    request = starts("epoint", columns=("sc/002002001",))[0]
    body = json.loads(saved_page("epoint/search-sc.json").text)
    body["result"]["totalcount"] = "5"
    listing = read("epoint", answer(body), request)
    assert listing.total == 5
    assert listing.next is not None
    assert dict(listing.next.json or {})["pn"] == 2
    end = replace(request, json=MappingProxyType({**dict(request.json or {}), "pn": 3}))
    assert read("epoint", answer(body), end).next is None


def test_a_json_within_a_json_of_epoint_is_read() -> None:
    inner = saved_page("epoint/search-sc.json").text
    listing = read("epoint", answer({"code": 200, "content": inner}), starts("epoint")[0])
    assert [link.title for link in listing.links][1] == "锦屏县中医院电梯采购更正公告"
    assert listing.links[0].url.startswith("https://ggzyjy.sc.gov.cn/jyxx/002002/")


def test_a_page_of_epoint_is_read_without_its_navigation_and_dated_in_either_form() -> None:
    assert "昇腾" not in one("epoint/sc-domestic-compute-rental.html").text
    assert one("epoint/cq-workstations-result.html").published == datetime(2026, 5, 29, tzinfo=SHANGHAI)


# 运营商


def test_operators_are_asked_each_in_its_own_words() -> None:
    mobile, telecom, tower, _ = (dict(request.json or {}) for request in starts("operators", keywords=("服务器",)))
    assert mobile == {
        "name": "服务器", "publishType": "PROCUREMENT", "publishOneType": "PROCUREMENT", "purchaseType": "",
        "companyType": "", "size": 100, "current": 1, "sfactApplColumn5": "PC",
        "creationDateStart": "2026-09-01", "creationDateEnd": "2026-09-30",
    }  # fmt: skip
    assert (telecom["title"], telecom["type"], telecom["pageNum"]) == ("服务器", "e2no", 1)
    assert (tower["noticeTitle"], tower["purchaseNoticeType"], tower["current"]) == ("服务器", "2", 1)


def test_a_row_of_china_mobile_is_asked_for_by_post_with_both_its_numbers() -> None:
    request = starts("operators", columns=("mobile",))[0]
    link = read("operators", saved_page("operators/list-mobile.json"), request).links[0]
    assert link.url == one("operators/mobile-body-is-pdf.json").url
    assert link.request is not None
    assert dict(link.request.json or {}) == {
        "publishId": "2010000000000000101", "publishUuid": "a0b1c2d3e4f5061728394a5b6c7d8e9f",
        "publishType": "PROCUREMENT", "publishOneType": "PROCUREMENT", "sfactApplColumn5": "PC",
    }  # fmt: skip


def test_a_body_that_is_a_pdf_is_an_attachment_and_the_text_says_that_it_was_not_read() -> None:
    notice = one("operators/mobile-body-is-pdf.json")
    title, note = notice.text.splitlines()
    assert (title, note[: len(operators.UNREAD) - 1]) == (notice.title, operators.UNREAD[:-1])
    assert notice.title not in note
    assert [(file.name, file.url) for file in notice.attachments] == [(f"{notice.title}.pdf", None)]
    closing = changed_json("operators/mobile-body-is-pdf.json", "data.backDate", "1900-01-01 00:00:00")
    assert parse.notices(closing)[0].deadline is None


def test_details_of_operators_saved_without_an_address_are_told_apart_by_their_keys() -> None:
    numbers = {}
    for name in ("mobile-body-is-pdf", "telecom-cloud-desktops", "tower-batteries"):
        page = saved_page(f"operators/{name}.json")
        numbers[name] = [parse.notices(replace(page, url=url))[0].source_id for url in (page.url, None)]
    assert numbers == {
        "mobile-body-is-pdf": ["mobile-2010000000000000101"] * 2,
        "telecom-cloud-desktops": ["telecom-88120417"] * 2,
        "tower-batteries": ["tower-771204"] * 2,
    }


def test_the_total_of_china_telecom_pages_its_list_for_its_own_sign_is_always_false() -> None:
    request = starts("operators", columns=("telecom",))[0]
    row = {"id": 1, "docTitle": "甲招标公告", "createDate": "2026-09-10 10:00:00", "docTypeCode": "TenderAnnouncement",
           "securityViewCode": "ab"}  # fmt: skip
    data = {"pageInfo": {"total": 21, "list": [row], "hasNextPage": False}}
    listing = read("operators", answer({"code": 200, "data": data}), request)
    assert listing.next is not None
    assert dict(listing.next.json or {})["pageNum"] == 2
    assert listing.links[0].request is not None
    assert dict(listing.links[0].request.json or {}) == {
        "type": "TenderAnnouncement", "id": "1", "securityViewCode": "ab",
    }  # fmt: skip


def test_an_error_answer_of_an_operator_is_a_refusal() -> None:
    page = answer({"resultStat": "500", "mess": "系统繁忙", "data": {"records": []}}, source="operators")
    with pytest.raises(PageRefused, match="系统繁忙"):
        read("operators", page, starts("operators", columns=("tower",))[0])


# 中国招标投标公共服务平台


def test_cebpub_is_asked_by_class_with_a_word_escaped_twice() -> None:
    request = starts("cebpub", columns=("result",), keywords=("国产",))[0]
    assert urlsplit(request.url).path == "/xxfbcmses/search/result.html"
    query = parse_qs(urlsplit(request.url).query)
    assert (query["categoryId"], query["word"], query["showStatus"]) == (["90"], ["%E5%9B%BD%E4%BA%A7"], ["1"])
    assert [parse_qs(urlsplit(one.url).query)["categoryId"] for one in starts("cebpub")] == [
        ["88"], ["92"], ["89"], ["91"], ["90"],
    ]  # fmt: skip


def test_rows_of_cebpub_are_notices_whose_text_says_that_there_is_no_body() -> None:
    first, _, last = parse.notices(saved_page("cebpub/bulletin-page1.html"))
    assert first.title == "云岭智算中心昇腾AI服务器采购招标公告"
    assert first.text.endswith(cebpub.UNREAD)
    assert "来源：云岭招标采购电子交易平台" in first.text
    assert last.deadline is None


def test_a_search_of_cebpub_goes_on_to_its_last_page_and_is_not_in_order_of_time() -> None:
    page = saved_page("cebpub/bulletin-page1.html")
    page = replace(page, text=page.text.replace("<label>1</label>", "<label>3</label>"))
    request = starts("cebpub", columns=("bulletin",), keywords=("国产",))[0]
    listing = read("cebpub", page, request)
    assert (len(listing.notices), listing.newest_first) == (3, False)
    assert listing.next is not None
    query = parse_qs(urlsplit(listing.next.url).query)
    assert (query["page"], query["word"]) == (["2"], ["%E5%9B%BD%E4%BA%A7"])
    plain = starts("cebpub", columns=("bulletin",))[0]
    assert read("cebpub", page, plain).newest_first
    assert read("cebpub", page, Request(plain.url.replace("page=1", "page=3"))).next is None


def test_the_page_that_cannot_be_found_is_how_cebpub_refuses() -> None:
    page = Page("<html><body>抱歉，暂时找不到此页面</body></html>", "html", NOW, "https://bulletin.cebpubservice.com/x")
    with pytest.raises(PageRefused) as caught:
        cebpub.notices(page)
    assert caught.value.reason == "blocked"
