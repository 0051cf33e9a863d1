"""OpenDocument and XLSB: what an office suite shows of them is read, and what they hide or repeat is bounded."""

from __future__ import annotations

import sys

import pytest
from documents import DEMAND, cell, odf, xlsb, zipped
from test_documents import PICTURE, only, why

from tender_tracker.documents import Passage, Reading, Unread, read

LISTS = """<text:list-style style:name="L"><text:list-level-style-number text:level="1" style:num-format="一, 二, 三, ..." style:num-suffix="、"/>
<text:list-level-style-number text:level="2" style:num-format="1" style:num-prefix="（" style:num-suffix="）"/>
<text:list-level-style-bullet text:level="3" text:bullet-char="★" style:num-suffix="★"/></text:list-style>
<text:outline-style style:name="Outline"><text:outline-level-style text:level="1" style:num-format="1" style:num-prefix="第" style:num-suffix="章"/>
<text:outline-level-style text:level="2" style:num-format="1" text:display-levels="2"/></text:outline-style>"""


def items(*inside: str, more: str = "") -> str:
    return f"<text:list {more}>{''.join(f'<text:list-item>{one}</text:list-item>' for one in inside)}</text:list>"


def p(text: str) -> str:
    return f"<text:p>{text}</text:p>"


def test_paragraphs_and_tables_of_a_text_stand_in_order() -> None:
    remark = f"<office:annotation>{p('批注')}</office:annotation>"
    row = "<table:table-row>{}</table:table-row>".format
    body = (
        f"<text:tracked-changes><text:changed-region>{p('删去的')}</text:changed-region></text:tracked-changes>"
        f"<text:h>采购<text:span>需求</text:span></text:h>{p(f'CPU<text:s/>国产{remark}')}"
        f"<table:table>{row(cell('品牌') + cell('华为'))}{row(cell('芯片') + cell('鲲鹏</text:p><text:p>昇腾'))}</table:table>"
        f"{p('一行<text:line-break/>两行<draw:frame><draw:text-box>' + p(DEMAND) + '</draw:text-box></draw:frame>')}"
    )
    text = only(odf("text", body))
    assert text == f"采购需求\nCPU 国产\n品牌 | 华为\n芯片 | 鲲鹏 昇腾\n{DEMAND}\n一行\n两行"


def test_lists_and_headings_of_a_text_bear_their_numbers() -> None:
    named = 'text:style-name="L"'
    body = (
        '<text:h text:outline-level="1">总则</text:h><text:h text:outline-level="2">范围</text:h>'
        + items(p("甲") + p("续") + items(p("乙"), p("丙") + items(p("丁"))), p("戊"), more=named)
        + items(p("己"), more=f'{named} text:continue-numbering="true"') + items(p("庚"), more=named)
        + f'<text:list {named}><text:list-header>{p("无号")}</text:list-header><text:list-item text:start-value="9">{p("辛")}</text:list-item></text:list>'
    )  # fmt: skip
    assert only(odf("text", body, LISTS)).splitlines() == [
        "第1章 总则", "1.1 范围", "一、甲", "续", "（1）乙", "（2）丙", "★ 丁", "二、戊", "三、己", "一、庚", "无号", "九、辛",
    ]  # fmt: skip


def test_headers_stand_once_and_what_lies_beside_the_text_is_named() -> None:
    head = f"<office:master-styles><style:master-page><style:header>{p('编号YX')}</style:header></style:master-page><style:master-page><style:header>{p('编号YX')}</style:header></style:master-page></office:master-styles>"
    styles = f'<office:document-styles xmlns:office="o" xmlns:style="s" xmlns:text="t">{head}</office:document-styles>'
    beside = {"styles.xml": styles, "Pictures/1.png": PICTURE + bytes(60_000), "Object 1/content.xml": "<x/>"}
    found = read(odf("text", p("正文"), parts=beside), "a.odt")
    assert found.passages == (Passage("a.odt", None, "正文\n编号YX"),)
    assert found.unread == (Unread("a.odt/1.png", "picture"), Unread("a.odt/Object 1", "unknown_format"))


def test_each_sheet_and_each_slide_is_a_passage() -> None:
    wide = 'table:number-columns-repeated="2"'
    first = f"<table:table-row>{cell('序号')}{cell('', wide)}{cell(DEMAND)}</table:table-row>"
    again = f'<table:table-row table:number-rows-repeated="2">{cell("同", wide)}</table:table-row><table:table-row table:number-rows-repeated="1048000">{cell("")}</table:table-row>'
    sheets = f'<table:table table:name="清单">{first}{again}</table:table><table:table table:name="Sheet2"><table:table-row>{cell("二")}</table:table-row></table:table>'
    assert read(odf("spreadsheet", sheets), "a") == Reading(
        (Passage("a", 1, f"清单\n序号 |  |  | {DEMAND}\n同 | 同\n同 | 同"), Passage("a", 2, "二")), (), "ods"
    )
    slides = f"<draw:page>{p('一')}</draw:page><draw:page>{p('二')}</draw:page>"
    assert read(odf("presentation", slides), "a") == Reading((Passage("a", 1, "一"), Passage("a", 2, "二")), (), "odp")


def test_an_opendocument_that_cannot_be_read_is_named() -> None:
    locked = {"META-INF/manifest.xml": "<manifest><file-entry><encryption-data/></file-entry></manifest>"}
    assert why(odf("text", p("x"), parts=locked)) == [("a", "encrypted")]
    assert why(
        zipped({"mimetype": "application/vnd.oasis.opendocument.text", "encrypted-package": b"x", **locked})
    ) == [("a", "encrypted")]
    assert why(odf("graphics", p("x"))) == [("a", "unknown_format")]
    cut = odf("text", p(DEMAND)).replace(b"x", b"x")
    assert read(cut, "a").format == "odt"
    found = read(
        zipped({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": f"<text:p>{DEMAND}</text:p><"}),
        "a",
    )
    assert found.unread == (Unread("a", "damaged"),)


def test_an_xlsb_is_read_sheet_by_sheet() -> None:
    pytest.importorskip("python_calamine")
    assert read(xlsb(["序号", "技术要求", "单价"], [1.0, DEMAND, 0.58]), "a") == Reading(
        (Passage("a", 1, f"清单\n序号 | 技术要求 | 单价\n1 | {DEMAND} | 0.58"),), (), "xlsb"
    )


def test_without_its_reader_an_xlsb_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "python_calamine", None)
    assert why(xlsb(["x"])) == [("a", "missing_reader")]
