"""Each source reads its notices and lists, says what has changed, and leaves what is not its own."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tender_tracker import parse, sources
from tender_tracker.errors import PageBroken, PageChanged, PageRefused, UsageError
from tender_tracker.model import SHANGHAI, Page, Request, SourceSettings, Window
from tender_tracker.sources import ccgp, ningbo, plain

NOW = datetime(2026, 11, 24, tzinfo=UTC)
URL = "http://www.ccgp.gov.cn/cggg/zygg/gkzb/202603/t20260316_26501318.htm"
SUMMARY = """<div class='table'><h5>公告概要：</h5><table><tr><td colspan='4'><b>公告信息：</b></td></tr>
<tr><td class='title'>采购项目名称</td><td colspan='3'>算力服务器采购项目</td></tr>
<tr><td class='title'>品目</td><td colspan='3'><p></p></td></tr>
<tr><td class='title'>采购单位</td><td colspan='3'>明州大学</td></tr>
<tr><td class='title'>行政区域</td><td>浙江省</td><td class='title'>公告时间</td><td>2026年03月16日  15:32</td></tr>
<tr><td class='title'>开标时间</td><td colspan='3'>2026年04月08日  09:30</td></tr>
<tr><td class='title'>预算金额</td><td colspan='3'>￥97.843500万元（人民币）</td></tr>
<tr><td class='title'>代理机构名称</td><td colspan='3'>明州招标有限公司</td></tr>
<tr><td class='title'>附件1</td><td colspan='3'><a class='bizDownload' href='' id='0A-1B' title='点击下载'>招标文件.pdf</a></td></tr>
</table></div>"""
BODY = """<p>一、项目基本情况</p><p>项目编号：MZ-2026-01</p><p>★CPU须采用国<b>产</b>处理器</p>
<div style="display: none">藏</div><p><a href="http://a.example/f.docx">参数.docx</a></p>"""


def whole(inside: str, head: str = "") -> str:
    return f"<!doctype html><html><head>{head}</head><body>{inside}</body></html>"


def notice_html(body: str = BODY, column: str = "公开招标公告") -> str:
    return whole(
        f"""<div class="vF_deail_currentloc mt10"><p>当前位置：<a class="CurrChnlCls">首页</a>&raquo;<a class="CurrChnlCls">{column}</a></p></div>
<div class="vF_deail_maincontent"><div class="vF_detail_main pzlna3"><div class="vF_detail_header"><h2 class="tc">算力服务器采购项目{column}</h2>
<p class="tc"><span id="pubTime">2026年03月16日 15:32</span> 来源：<span id="sourceName"></span> 【<span id="printBtn">打印</span>】</p></div>
<!--contentTable-->{SUMMARY}<!--contentTable--><div class="vF_detail_content_container"><div class="vF_detail_content">{body}</div></div></div></div>
<div class="vF_detail_relcontent mt13"><h2>相关公告</h2><ul class="c_list_tat"><li>国产昇腾服务器公开招标公告</li></ul></div>
<div class="footer"><div class="vF_cp">版权所有</div></div>"""
    )


def page(text: str, url: str | None = None, media: str = "html", source: str | None = None) -> Page:
    return Page(text, media, NOW, url, "x.html", source)  # type: ignore[arg-type]


def test_the_registry_names_its_sources_and_refuses_others_by_name() -> None:
    assert {"ccgp", "ningbo", "zcy", "ggzy", "shandong", "epoint", "operators", "cebpub"} <= set(sources.names())
    assert sources.load("plain").SITE.name == "plain"
    with pytest.raises(UsageError, match=r"ccgp, ningbo, .*plain"):
        sources.load("../ccgp")


def test_a_page_of_the_national_site_gives_all_it_prints() -> None:
    notice = parse.notices(page(notice_html(), URL))[0]
    assert (notice.source, notice.source_id, notice.url) == ("ccgp", "20260316_26501318", URL)
    assert (notice.title, notice.kind) == ("算力服务器采购项目公开招标公告", "tender")
    assert (notice.project_no, notice.project_name) == ("MZ-2026-01", "算力服务器采购项目")
    assert (notice.buyer, notice.agency, notice.region) == ("明州大学", "明州招标有限公司", "浙江省")
    assert notice.published == datetime(2026, 3, 16, 15, 32, tzinfo=SHANGHAI)
    assert notice.deadline == datetime(2026, 4, 8, 9, 30, tzinfo=SHANGHAI)
    assert notice.budget is not None
    assert notice.budget.value == 978435
    assert [(file.name, file.url) for file in notice.attachments] == [
        ("招标文件.pdf", "https://download.ccgp.gov.cn/oss/download?uuid=0A-1B"),
        ("参数.docx", "http://a.example/f.docx"),
    ]
    assert (notice.read_from, notice.read_at) == ("x.html", NOW)


def test_the_text_holds_the_notice_and_nothing_else() -> None:
    text = parse.notices(page(notice_html()))[0].text
    assert text.startswith("公告概要：\n公告信息：\n采购项目名称 | 算力服务器采购项目\n品目 |\n")
    assert "★CPU须采用国产处理器" in text
    for other in ("相关公告", "国产昇腾服务器公开招标公告", "版权所有", "当前位置", "藏", "打印"):
        assert other not in text


def test_a_page_with_a_second_page_inside_is_read_to_its_end() -> None:
    body = "<html><head><title>省系统</title></head><body><p>项目编号：MZ-9</p></body></html><p>最后一段：昇腾</p>"
    assert parse.notices(page(notice_html(body)))[0].text.endswith("项目编号：MZ-9\n最后一段：昇腾")


def test_without_an_address_the_same_page_has_the_same_id_and_another_page_another() -> None:
    first, again, other = (
        parse.notices(page(html))[0] for html in (notice_html(), notice_html(), notice_html("<p>项目编号：B-2</p>"))
    )
    assert first.source_id == again.source_id != other.source_id
    assert first.url is None


def test_the_old_template_is_read_too() -> None:
    html = whole(
        '<div class="vT_detail_header"><h2 class="tc">草种采购项目公开招标公告</h2><p class="tc"><span id="pubTime">2019年03月06日 15:14</span></p></div>'
        '<div class="vT_z w760"><div class="vT_detail_main"><div class="vT_detail_content w760c"><p>招标编号：ZD-1</p><p>采购预算￥52.6万元，详见文件。</p>'
        "<p>采 购 人：明州县农牧局</p></div></div></div>"
    )
    notice = parse.notices(page(html))[0]
    assert (notice.source, notice.project_no, notice.buyer) == ("ccgp", "ZD-1", "明州县农牧局")
    assert notice.budget is not None
    assert notice.budget.value == 526000


def test_a_notice_page_without_its_frame_is_an_alarm() -> None:
    html = whole("<p>采购人：甲局</p><p>项目编号：A-1</p><p>投标截止时间：2026年1月1日</p>")
    with pytest.raises(PageChanged, match="template of ccgp"):
        parse.read(page(html, URL))


COLUMN_LIST = whole(
    """<ul class="c_list_bid"><li><a href="./202607/t20260710_25000001.htm" title="某大学智算服务器公开招标公告">某大学智算…</a>
 <em rel="bxlx">公开招标</em> 发布时间：<em>2026-07-10 15:32</em> 地域：<em>山西</em></li>
<li><a href="../dfgg/t20260709_25000002.htm" title="乙公告">乙</a> 发布时间：<em>2026-07-09</em></li></ul>
<script>Pager({size:25, current:0, prefix:'index',suffix:'htm'});</script>"""
)


def test_a_column_list_gives_its_links_and_the_next_page() -> None:
    request = Request("https://www.ccgp.gov.cn/cggg/zygg/gkzb/")
    listing = ccgp.listing(page(COLUMN_LIST, request.url), request, SourceSettings())
    assert [(link.url, link.title) for link in listing.links] == [
        ("https://www.ccgp.gov.cn/cggg/zygg/gkzb/202607/t20260710_25000001.htm", "某大学智算服务器公开招标公告"),
        ("https://www.ccgp.gov.cn/cggg/zygg/dfgg/t20260709_25000002.htm", "乙公告"),
    ]
    assert listing.links[0].published == datetime(2026, 7, 10, 15, 32, tzinfo=SHANGHAI)
    assert listing.next == Request("https://www.ccgp.gov.cn/cggg/zygg/gkzb/index_1.htm")


@pytest.mark.parametrize(("current", "following"), [(3, "index_4.htm"), (24, None)])
def test_the_pager_counts_from_nought_and_ends(current: int, following: str | None) -> None:
    request = Request(f"https://www.ccgp.gov.cn/cggg/zygg/gkzb/index_{current}.htm")
    html = COLUMN_LIST.replace("current:0", f"current:{current}")
    listing = ccgp.listing(page(html, request.url), request, SourceSettings())
    assert (listing.next.url.rsplit("/", 1)[1] if listing.next else None) == following


def test_a_search_result_is_read_and_paged_by_its_query() -> None:
    settings = SourceSettings(keywords=("信创 服务器",))
    window = Window(datetime(2026, 9, 1, tzinfo=SHANGHAI), datetime(2026, 9, 30, tzinfo=SHANGHAI))
    request = next(iter(ccgp.starts(settings, window)))
    asked = parse_qs(urlsplit(request.url).query)
    assert urlsplit(request.url).hostname == "search.ccgp.gov.cn"
    assert (asked["kw"], asked["start_time"], asked["end_time"], asked["timeType"]) == (
        ["信创 服务器"],
        ["2026:09:01"],
        ["2026:09:30"],
        ["6"],
    )
    html = whole(
        '<p>共找到 <span>6360</span> 条内容</p><ul class="vT-srch-result-list-bid"><li><a href="http://www.ccgp.gov.cn/cggg/dfgg/gkzb/202609/t20260923_1.htm">'
        "<font color=red>信创</font>终端公开招标公告</a><p>摘要2026年01月01日</p><span>2026.09.23 12:30:10 | 采购人：甲局</span></li></ul>"
        '<p class="pager"><script>Pager({size:318,current:0,prefix:"x"});</script></p>'
    )
    listing = ccgp.listing(page(html, request.url), request, settings)
    assert listing.total == 6360
    assert listing.links[0].title == "信创终端公开招标公告"
    assert listing.links[0].published == datetime(2026, 9, 23, 12, 30, 10, tzinfo=SHANGHAI)
    assert listing.next is not None
    assert parse_qs(urlsplit(listing.next.url).query)["page_index"] == ["2"]


@pytest.mark.parametrize(
    "html",
    [
        whole("<form action='/bxsearch'><input name='kw'></form>"),
        whole("<ul class='c_list_bid'><p href='/cggg/zygg/'>/cggg/</p></ul>"),
    ],
)
def test_a_list_without_its_frame_or_items_is_an_alarm(html: str) -> None:
    with pytest.raises(PageChanged, match="ccgp"):
        ccgp.listing(
            page(html, "https://search.ccgp.gov.cn/bxsearch"),
            Request("https://search.ccgp.gov.cn/bxsearch"),
            SourceSettings(),
        )


def test_an_empty_list_is_no_alarm() -> None:
    listing = ccgp.listing(
        page(whole("<ul class='c_list_bid'></ul>")),
        Request("https://www.ccgp.gov.cn/cggg/zygg/xjgg/"),
        SourceSettings(),
    )
    assert (listing.links, listing.next) == ((), None)


def test_settings_replace_address_and_columns() -> None:
    settings = SourceSettings(base_url="http://127.0.0.1:9/", columns=("zygg/gkzb", "dfgg/zbgg"))
    assert [request.url for request in ccgp.starts(settings, Window())] == [
        "http://127.0.0.1:9/cggg/zygg/gkzb/", "http://127.0.0.1:9/cggg/dfgg/zbgg/",
    ]  # fmt: skip


def test_a_malformed_link_is_kept_as_it_stands_for_the_crawl_to_name() -> None:
    html = whole('<ul class="c_list_bid"><li><a href="http://[::1/">坏</a></li><li><a href="./a.htm">好</a></li></ul>')
    listing = ccgp.listing(page(html), Request("https://www.ccgp.gov.cn/cggg/"), SourceSettings())
    assert [link.url for link in listing.links] == ["http://[::1/", "https://www.ccgp.gov.cn/cggg/a.htm"]


def test_a_saved_list_page_is_a_listing_and_no_error() -> None:
    parsed = parse.read(page(COLUMN_LIST))
    assert parsed.notices == ()
    assert parsed.listing is not None
    assert len(parsed.listing.links) == 2
    outcome = parse.outcome(page(COLUMN_LIST))
    assert (outcome.records[0]["outcome"], outcome.reason) == ("not_a_notice", "list")


def record(number: int = 1, **given: Any) -> dict[str, Any]:
    content = (
        "<p>项目编号：MZ-7</p><p>招标人：明州公交有限公司</p><p>最高限价：<u>人民币45万元</u></p>"
        "<p>投标文件递交的截止时间为<u>2026年1月9日14时00分</u>。</p>"
    )
    return {
        "bulletinId": f"id-{number}", "bulletinTitle": " 智算云采购项目 采购公告 ", "publishDate": "2025-12-30",
        "endDate": "2026-01-05T23:59:00", "kbDate": "2026-01-10T14:00:00", "prjNo": "GC-1", "prjUrl": None,
        "bulletinContent": content, **given,
    }  # fmt: skip


def answer(*records: dict[str, Any], total: int | None = None) -> str:
    return json.dumps({"code": 0, "data": {"total": total, "records": records}}, ensure_ascii=False)


@pytest.mark.parametrize("text", [answer(record()), json.dumps([record()]), json.dumps(record())])
def test_an_answer_a_list_and_a_single_record_of_ningbo_are_read_alike(text: str) -> None:
    notice = parse.notices(page(text, media="json"))[0]
    assert (notice.source, notice.source_id, notice.title) == ("ningbo", "id-1", "智算云采购项目 采购公告")
    assert notice.url == "https://ygcg.nbcqjy.org/detail?bulletinId=id-1"
    assert (notice.buyer, notice.project_no, notice.region) == ("明州公交有限公司", "MZ-7", "宁波市")
    assert (notice.published, notice.published_has_time) == (datetime(2025, 12, 30, tzinfo=SHANGHAI), False)
    assert notice.deadline == datetime(2026, 1, 9, 14, tzinfo=SHANGHAI)


def test_the_record_speaks_where_the_body_is_silent() -> None:
    bare = record(bulletinContent="<p>招标人：明州公交有限公司</p>")
    notice = parse.notices(page(json.dumps(bare), media="json"))[0]
    assert (notice.project_no, notice.deadline) == ("GC-1", datetime(2026, 1, 10, 14, tzinfo=SHANGHAI))
    single = record(bulletinTitle="某维保单一来源采购公示", bulletinContent="<p>采购人：甲公司</p>")
    assert parse.notices(page(json.dumps(single), media="json"))[0].deadline is None


def test_a_record_without_a_body_keeps_its_title_as_text() -> None:
    notice = parse.notices(page(json.dumps(record(bulletinContent="")), media="json"))[0]
    assert notice.text == "智算云采购项目 采购公告"


def test_ningbo_is_asked_by_post_and_paged_until_the_total() -> None:
    request = next(iter(ningbo.starts(SourceSettings(), Window())))
    assert request.url == "https://ygcg.nbcqjy.org/api/Portal/GetBulletinList"
    assert dict(request.json or {}) == {"pageIndex": 1, "pageSize": 100, "classID": "21"}
    listing = ningbo.listing(page(answer(record(), total=250), media="json"), request, SourceSettings())
    assert (len(listing.notices), listing.total) == (1, 250)
    assert listing.next is not None
    assert dict(listing.next.json or {})["pageIndex"] == 2
    last = Request(request.url, json=MappingProxyType({"pageIndex": 3, "pageSize": 100, "classID": "21"}))
    assert ningbo.listing(page(answer(record(), total=250), media="json"), last, SourceSettings()).next is None
    assert ningbo.listing(page(answer(), media="json"), request, SourceSettings()).next is None


@pytest.mark.parametrize("text", ['{"data": {"rows": 3}}', "[1, 2]", "{bad"])
def test_json_of_another_shape_is_broken_or_an_alarm_in_a_list(text: str) -> None:
    with pytest.raises(PageBroken):
        parse.read(page(text, media="json"))
    with pytest.raises(PageChanged):
        ningbo.listing(page(text, media="json"), Request("https://ygcg.nbcqjy.org/"), SourceSettings())


def test_a_body_without_its_record_is_a_notice_of_its_platform() -> None:
    body = record()["bulletinContent"] + "<p>登录宁波市阳光采购服务平台（http://ygcg.nbcqjy.org/）下载。</p>"
    notice = parse.notices(page(body))[0]
    assert (notice.source, notice.region, notice.buyer) == ("ningbo", "宁波市", "明州公交有限公司")


def test_a_page_of_an_unknown_template_is_read_without_its_navigation() -> None:
    html = whole(
        "<nav>采购公告 中标公告</nav><h1>算力租赁服务询价公告</h1><div id='newsText'><p>发布时间：2026-05-29</p><p>项目编号：XJ-1</p><p>采购人：明州县医院</p>"
        "<p>预算金额：30万元</p><p>报价截止时间：2026年6月5日17:00</p><p><a href='/f/a.pdf'>询价文件.pdf</a></p></div><div class='footer'>昇腾</div>",
        "<title>算力租赁服务询价公告_明州公共资源网</title>",
    )
    notice = parse.notices(page(html, "https://www.a.example/x/1.html"))[0]
    assert (notice.source, notice.title, notice.kind) == ("plain", "算力租赁服务询价公告", "tender")
    assert (notice.buyer, notice.project_no) == ("明州县医院", "XJ-1")
    assert notice.published == datetime(2026, 5, 29, tzinfo=SHANGHAI)
    assert [(file.name, file.url) for file in notice.attachments] == [("询价文件.pdf", "https://www.a.example/f/a.pdf")]
    assert "昇腾" not in notice.text
    assert "中标公告" not in notice.text


UNKNOWN = {
    "contract": (
        "<h3 class='article-title'>超融合服务器采购项目合同公告</h3><div>信息时间：2026-03-05 阅读次数：12</div><div class='news_content'>"
        "<p>一、合同编号：HT-2026-11</p><p>三、项目编号：YY-1</p><p>采购人（甲方）：安平市第一医院</p><p>地址：安平市青山路1号</p>"
        "<p>供应商（乙方）：云图科技有限公司</p><p>合同金额：87.5万元</p><p>七、合同签订日期：2026-03-01</p></div>",
        {"kind": "contract", "project_no": "YY-1", "buyer": "安平市第一医院", "region": "安平市", "published": "2026-03-05",
         "award_yuan": 875000, "suppliers": ["云图科技有限公司"], "deadline": None},
    ),
    "candidates": (
        "<h1>信创终端采购中标候选人公示</h1><p>发布日期：2026年5月6日</p><p>招标编号：JT-1</p><table><tr><th>排名</th><th>中标候选人名称</th>"
        "<th>投标报价（元）</th></tr><tr><td>1</td><td>甲科技有限公司</td><td>1,200,000.00</td></tr><tr><td>2</td><td>乙科技有限公司</td>"
        "<td>1,250,000.00</td></tr></table><p>招标人：明州集团有限公司</p><p>招标代理机构：丙招标有限公司</p>",
        {"kind": "award", "suppliers": ["甲科技有限公司"], "award_yuan": None, "buyer": "明州集团有限公司", "agency": "丙招标有限公司"},
    ),
    "intention": (
        "<h2>明州大学2026年6月政府采购意向</h2><table><tr><td>序号</td><td>采购项目名称</td><td>采购需求概况</td><td>预算金额(万元)</td>"
        "<td>预计采购时间</td></tr><tr><td>1</td><td>智算服务器</td><td>4台</td><td>480</td><td>2026年8月</td></tr><tr><td>2</td><td>存储</td>"
        "<td>一套</td><td>120</td><td>2026年9月</td></tr></table><p>2026年6月1日</p>",
        {"kind": "intention", "buyer": "明州大学", "budget_yuan": 6000000, "budget_basis": "sum_of_lots", "published": "2026-06-01"},
    ),
    "pairs": (
        "<table><tr><td>项目名称</td><td>高性能计算集群采购项目</td><td>项目编号</td><td>HPC-07</td></tr><tr><td>采购单位</td><td>明州研究院</td>"
        "<td>代理机构</td><td>丙咨询有限公司</td></tr><tr><td>预算金额</td><td>300万元</td><td>开标时间</td><td>2026-07-01 09:00</td></tr></table>",
        {"project_name": "高性能计算集群采购项目", "project_no": "HPC-07", "buyer": "明州研究院", "agency": "丙咨询有限公司",
         "budget_yuan": 3000000, "deadline": "2026-07-01T09:00:00"},
    ),
    "lots": (
        "<h1>智算设备采购中标结果公告</h1><p>项目编号：A-77</p><p>采购包1:</p><table><tr><td>供应商名称</td><td>供应商地址</td><td>中标（成交）金额</td></tr>"
        "<tr><td>戊有限公司</td><td>一路</td><td>报价：12.5万元</td></tr></table><p>采购包2:</p><table><tr><td>供应商名称</td><td>供应商地址</td>"
        "<td>中标（成交）金额</td></tr><tr><td>己有限公司</td><td>二路</td><td>300,000.00元</td></tr></table><p>1.采购人信息</p><p>名称：明州县教育局</p>",
        {"award_yuan": 425000, "suppliers": ["戊有限公司", "己有限公司"], "buyer": "明州县教育局", "lots": [
            {"name": "采购包1", "title": None, "budget_yuan": None, "award_yuan": 125000,
             "budget": None, "award": {"amount": 125000, "currency": "CNY"}},
            {"name": "采购包2", "title": None, "budget_yuan": None, "award_yuan": 300000,
             "budget": None, "award": {"amount": 300000, "currency": "CNY"}}]},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", UNKNOWN)
def test_notices_of_unknown_templates_give_what_they_print(name: str) -> None:
    body, printed = UNKNOWN[name]
    record = parse.outcome(page(whole(body))).records[0]
    assert {field: record.get(field) for field in printed} == printed


def test_plain_text_is_read_with_its_own_lines() -> None:
    text = "算力服务器采购项目中标公告\n一、项目编号：A-1\n\n二、采购人：甲局\n中标供应商：乙公司\n中标金额（万元）：5"
    notice = parse.notices(page(text, media="text"))[0]
    assert (notice.title, notice.kind, notice.suppliers) == ("算力服务器采购项目中标公告", "award", ("乙公司",))
    assert notice.text == text.replace("\n\n", "\n")


def test_a_page_that_only_speaks_of_purchasing_is_no_notice() -> None:
    with pytest.raises(PageRefused) as caught:
        parse.read(page(whole("<p>医院去年采购了一批设备。</p>" * 20)))
    assert caught.value.reason == "not_a_notice"
    assert list(plain.starts(SourceSettings(), Window())) == []


def test_a_named_source_is_believed() -> None:
    with pytest.raises(PageChanged):
        parse.read(page(whole("<p>项目编号：A-1</p><p>采购人：甲</p><p>中标供应商</p>"), source="ccgp"))


def test_the_outcome_is_plain_json_with_local_times_and_whole_yuan() -> None:
    record = parse.outcome(page(notice_html(), URL)).records[0]
    assert json.loads(json.dumps(record)) == record
    assert (record["file"], record["outcome"], record["budget_yuan"]) == ("x.html", "notice", 978435)
    assert (record["published"], record["deadline"]) == ("2026-03-16T15:32:00", "2026-04-08T09:30:00")


def test_refused_and_broken_pages_have_an_outcome_with_a_reason() -> None:
    blocked = parse.outcome(page(whole("<p>访问过于频繁</p>", "<title>频繁访问</title>")))
    assert (blocked.records[0]["outcome"], blocked.reason) == ("blocked", "blocked")
    changed = parse.outcome(page(whole("<p>采购人 项目编号 中标</p>"), URL))
    assert (changed.records[0]["outcome"], changed.reason) == ("not_a_notice", "changed")
    broken = parse.outcome(page("[1]", media="json"))
    assert (broken.records[0]["outcome"], broken.reason) == ("not_a_notice", "broken")
