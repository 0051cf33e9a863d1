"""Markup becomes lines people would read: one block each, rows of cells, nothing that is not shown."""

from __future__ import annotations

import pytest

from tender_tracker.errors import PageBroken
from tender_tracker.pages.html import attributes, block_text, metas


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>须为国<b>产</b>芯<span style='x'>片</span></p>", "须为国产芯片"),
        ("<p>甲</p><p>乙</p>", "甲\n乙"),
        ("<p>甲<br>乙<br/>丙</p>", "甲\n乙\n丙"),
        ("<p><p>甲</h4></strong><p>乙", "甲\n乙"),
        ("甲&nbsp;&nbsp;乙\u3000\u00a0丙\n\t丁", "甲 乙 丙 丁"),
        ("&#20013;&#26631;&lt;5%&amp;更多", "中标<5%&更多"),
        ("误差<5%，带宽>3", "误差<5%，带宽>3"),
        ("甲<!-- <p>注</p> -->乙<!-- 短 --!>丙", "甲乙丙"),
        ("甲<!--[if gte mso 9]><xml><w:p>注</w:p><pre>注</pre></xml><![endif]-->乙<p>丙</p>", "甲乙\n丙"),
        ("甲<!--[if !mso]><p>注<!-- 短 -->乙<p>丙</p><!--[if mso]>注<br--!>丁", "甲乙\n丙\n丁"),
        ("<p>甲</p><!--[if mso]><p>乙</p>", "甲\n乙"),
        ("甲<script>if (a<b) x='</p>'</script><style>p{}</style>乙", "甲乙"),
        ("甲<SCRIPT>1</SCRIPT><DIV>乙</DIV>", "甲\n乙"),
        ("<html><head><title>内</title></head><body><div>甲</div></body></html>", "甲"),
        ("<ul><li>甲<li>乙</ul>", "甲\n乙"),
        ("<pre>甲\n乙</pre>", "甲\n乙"),
        ("<p>甲</p><o:p></o:p><p> </p><p>乙</p>", "甲\n乙"),
        ("", ""),
    ],
)
def test_blocks_become_lines(html: str, text: str) -> None:
    assert block_text(html) == text


@pytest.mark.parametrize(
    ("rows", "text"),
    [
        ("<tr><td>包</td><td>金额</td></tr><tr><td>一</td><td>5万元</td></tr>", "包 | 金额\n一 | 5万元"),
        ("<tr><th>品目</th><td></td></tr>", "品目 |"),
        ("<tr><td>甲</td><td></td><td>丙</td></tr>", "甲 |  | 丙"),
        ("<tr><td><p>采购</p><p>内容</p></td><td>乙<br>丙</td></tr>", "采购 内容 | 乙 丙"),
        ("<tr><td><p>独</p><p>格</p></td></tr>", "独\n格"),
        ("<TR><TD>甲</TD><TD>乙</TD></TR>", "甲 | 乙"),
        ("<tr><td>甲<td>乙<tr><td>丙<td>丁", "甲 | 乙\n丙 | 丁"),
        (
            "<tr><td rowspan='2'>一</td><td>甲</td></tr><tr><td>乙</td></tr><tr><td>二</td><td>丙</td></tr>",
            "一 | 甲\n| 乙\n二 | 丙",
        ),
        ("<tr><td>名</td><td rowspan=3>同</td></tr><tr><td>甲</td></tr><tr><td>乙</td></tr>", "名 | 同\n甲 |\n乙 |"),
    ],
)
def test_rows_of_cells_become_one_line_each(rows: str, text: str) -> None:
    assert block_text(f"<table>{rows}</table>") == text


def test_a_table_that_lays_out_the_page_keeps_the_rows_of_the_table_inside() -> None:
    inner = "<table><tr><td>供应商</td><td>金额</td></tr><tr><td>甲公司</td><td>3元</td></tr></table>"
    html = f"<table><tr><td>左</td><td><div>标题</div>{inner}<p>完</p></td></tr></table>"
    assert block_text(html) == "左\n标题\n供应商 | 金额\n甲公司 | 3元\n完"


@pytest.mark.parametrize(
    "hidden",
    [
        '<div style="display:none">藏</div>',
        '<div style="color:red; DISPLAY: NONE;"><p>藏</p></div>',
        '<span class="a template-center-hide-state b">藏</span>',
        "<p hidden>藏</p>",
        "<p style='visibility:hidden'>藏</p>",
        '<table><tr style="display: none"><td>藏</td><td>藏</td></tr></table>',
        '<input type="hidden" value="藏">',
        '<!--[if mso]><div style="display:none"><![endif]--><div hidden><b hidden>藏</b>藏</div>',
    ],
)
def test_what_is_hidden_is_not_read(hidden: str) -> None:
    assert block_text(f"<div><p>前</p>{hidden}<p>后</p></div>") == "前\n后"


def test_a_style_that_only_names_hiding_hides_nothing() -> None:
    html = "<style>.template-center-hide-state{display:none !important;}</style><p style='overflow:hidden'>甲</p>"
    assert block_text(html) == "甲"


def test_deep_nesting_is_read_without_recursion() -> None:
    assert block_text("<div>" * 5000 + "底" + "</div>" * 5000) == "底"


def test_metas_are_read_by_name_and_property_in_any_order_of_attributes() -> None:
    html = """<meta name="ArticleTitle" content="甲 &amp; 乙"><META content='地址' property=og:url><meta name="x" content="">"""
    assert metas(html) == {"articletitle": "甲 & 乙", "og:url": "地址"}


def test_attributes_may_be_quoted_in_either_way_or_not_at_all() -> None:
    assert attributes("""class='bizDownload' HREF="a&amp;b" id=7 ignore""") == {
        "class": "bizDownload",
        "href": "a&b",
        "id": "7",
    }


def test_a_control_character_of_a_damaged_page_in_a_table_cell_is_no_span() -> None:
    assert block_text("<table><tr><td rowspan=2>a</td><td>b\x06皵\x06c</td></tr></table>") == "a | b皵c"


@pytest.mark.parametrize("end", ["", "</div>"])
def test_a_body_that_nests_too_deep_is_refused_not_built(end: str) -> None:
    body = "<p style='display:none'>" + "<div>" * 50_000 + "<pre>采购人：甲局" + end * 50_000
    with pytest.raises(PageBroken, match="nest more than 1,000 deep"):
        block_text(body)


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>内存<64GB，带宽>10G</p><p>完</p>", "内存<64GB，带宽>10G\n完"),
        ("<p>A>B<br>C < D</p>完", "A>B\nC < D\n完"),
        ("<p>甲 < 乙 > 丙</p>完", "甲 < 乙 > 丙\n完"),
        ("<p>按<附件>填写<></p>完", "按<附件>填写<>\n完"),
    ],
)
def test_brackets_that_are_no_tags_stay_in_the_text(html: str, text: str) -> None:
    assert block_text(html) == text
