"""Numbers and bullets that Word counts itself stand before their paragraphs, as on the screen."""

from __future__ import annotations

import pytest
from documents import DEMAND, W, docx, numbered, numbering, office, paragraph

from tender_tracker.documents import Passage, Unread, read
from tender_tracker.documents.numerals import numeral
from tender_tracker.flagging import rulepack
from tender_tracker.judged import judged
from tender_tracker.model import DocumentPage

CHAPTERS = (("chineseCounting", "第%1章"), ("decimal", "%1.%2"), ("decimal", "%1.%2.%3"))
ITEMS = (
    ("chineseCountingThousand", "%1、"),
    ("decimal", "（%2）"),
    ("bullet", "\uf0b7"),
    ("decimalEnclosedCircle", "%4"),
)
STYLES = f"""<w:styles {W}>
<w:style w:styleId="H1"><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>
<w:style w:styleId="H2"><w:basedOn w:val="H1"/><w:pPr><w:numPr><w:ilvl w:val="1"/></w:numPr></w:pPr></w:style>
<w:style w:styleId="Own"><w:basedOn w:val="H2"/></w:style></w:styles>"""


def text(body: str, numbers: str = numbering(CHAPTERS, ITEMS), styles: str = STYLES) -> str:
    found = read(docx(body, {"word/styles.xml": styles, "word/numbering.xml": numbers}), "a")
    assert not found.unread
    return "\n".join(passage.text for passage in found.passages)


def test_paragraphs_bear_the_numbers_of_their_lists() -> None:
    body = [
        numbered("甲", 2, 0), numbered("乙", 2, 1), numbered("丙", 2, 1), paragraph("不编号"), numbered("丁", 2, 0),
        numbered("戊", 2, 1), numbered("己", 2, 2), numbered("庚", 2, 3), numbered("辛", 2), numbered("壬", 0),
    ]  # fmt: skip
    assert text("".join(body)).splitlines() == [
        "一、甲", "（1）乙", "（2）丙", "不编号", "二、丁", "（1）戊", "• 己", "① 庚", "三、辛", "壬",
    ]  # fmt: skip


def test_a_style_numbers_its_paragraphs_and_those_of_styles_based_on_it() -> None:
    linked = numbering(CHAPTERS).replace('<w:start w:val="1"/>', '<w:start w:val="1"/><w:pStyle w:val="H1"/>', 1)
    linked = linked.replace('w:val="decimal"/>', 'w:val="decimal"/><w:isLgl/>')
    body = numbered("总则", style="H1") + numbered("范围", style="H2") + numbered("依据", style="Own")
    body += (
        numbered("细则", 1, 2)
        + numbered("无", 0, style="H2")
        + numbered("商务", style="H1")
        + numbered("付款", style="H2")
    )
    assert text(body, linked).splitlines() == [
        "第一章 总则", "1.1 范围", "1.2 依据", "1.2.1 细则", "无", "第二章 商务", "2.1 付款",
    ]  # fmt: skip


def test_a_list_may_begin_anew_and_lists_of_one_definition_count_on_together() -> None:
    override = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="5"/></w:lvlOverride>'
    more = f'<w:num w:numId="3"><w:abstractNumId w:val="1"/>{override}</w:num><w:num w:numId="4"><w:abstractNumId w:val="1"/></w:num>'
    body = "".join(numbered("x", number, 0) for number in (2, 2, 3, 3, 4))
    assert text(body, numbering(CHAPTERS, ITEMS, more=more)).splitlines() == [
        "一、x",
        "二、x",
        "五、x",
        "六、x",
        "七、x",
    ]


def test_a_cell_that_holds_but_its_number_shows_it_and_deleted_paragraphs_do_not_count() -> None:
    cells = "".join(
        f"<w:tr><w:tc>{numbered('', 2, 0)}</w:tc><w:tc>{paragraph(name)}</w:tc></w:tr>" for name in ("昇腾", "海光")
    )
    deleted = numbered("x", 2, 0).replace("</w:pPr>", "<w:rPr><w:del/></w:rPr></w:pPr>")
    changed = '<w:pPrChange><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:pPrChange>'
    last = numbered("末", 2, 0).replace("</w:pPr>", changed + "</w:pPr>")
    assert text(f"<w:tbl>{cells}</w:tbl>{deleted}{last}").splitlines() == ["一、 | 昇腾", "二、 | 海光", "x", "三、末"]


def test_the_star_of_a_font_of_signs_stays_a_star() -> None:
    star = numbering([("bullet", "\uf0ab")]).replace(
        "</w:lvl>", '<w:rPr><w:rFonts w:ascii="Wingdings"/></w:rPr></w:lvl>'
    )
    assert text(numbered("处理器须国产", 1, 0), star) == "★ 处理器须国产"


def test_damaged_lists_cost_the_numbers_and_are_named() -> None:
    found = read(docx(numbered(DEMAND, 1, 0), {"word/numbering.xml": "<w:numbering"}), "a.docx")
    assert found.passages == (Passage("a.docx", None, DEMAND),)
    assert found.unread == (Unread("a.docx/numbering.xml", "damaged"),)


def test_strange_lists_number_nothing() -> None:
    looped = STYLES.replace('w:styleId="H1">', 'w:styleId="H1"><w:basedOn w:val="Own"/>')
    for numbers in ("<w:numbering/>", numbering(()), numbering([("decimal", "%9%9%1")], more='<w:num w:numId="1"/>')):
        assert (
            text(numbered("甲", 1, 99) + numbered("乙", 7) + numbered("丙", style="Own"), numbers, looped)
            == "甲\n乙\n丙"
        )


def test_a_document_in_one_xml_has_its_lists_behind_its_text() -> None:
    whole = f'<?xml version="1.0"?><pkg:package xmlns:pkg="p" {W}><w:body>{numbered("须国产", 2, 0)}</w:body>{numbering(CHAPTERS, ITEMS)}</pkg:package>'
    of_2003 = f'<?xml version="1.0"?><w:wordDocument {W} xmlns:wx="x"><w:body><w:p><w:pPr><w:listPr><w:ilvl w:val="0"/><w:ilfo w:val="1"/><wx:t wx:val="1.2"/></w:listPr></w:pPr><w:r><w:t>须国产</w:t></w:r></w:p></w:body></w:wordDocument>'
    assert [read(data.encode(), "a").passages[0].text for data in (whole, of_2003)] == ["一、须国产", "1.2 须国产"]


@pytest.mark.parametrize("name", ["numbered.doc", "numbered.odt"])
def test_lists_by_an_office_program_are_counted_in_other_formats_too(name: str) -> None:
    pytest.importorskip("olefile")
    (passage,) = read(office(name), name).passages
    assert passage.text.splitlines() == [
        "第一章 采购需求", "一.1 货物清单", "一、训练服务器 2 台", "（1）处理器须采用国产芯片，不接受进口产品", "（2）内存 1TB",
        "二、交换机 1 台", "（1）无特殊要求", "一.2 交货期", "合同签订后30日内", "第二章 合同条款及格式", "二.1 付款",
        "i) | 训练服务器", "ii) | 交换机", "完",
    ]  # fmt: skip


def test_an_rtf_writes_its_numbers_itself() -> None:
    (passage,) = read(rb"{\rtf1 {\listtext\pard 1.1\tab}domestic\par}", "a").passages
    assert passage.text == "1.1 domestic"


@pytest.mark.parametrize(
    ("number", "form", "written"),
    [
        (10, "chineseCounting", "十"), (21, "chineseCounting", "二十一"), (101, "chineseCounting", "一百零一"),
        (110, "chineseCounting", "一百一十"), (2010, "chineseCounting", "二千零一十"), (12, "chineseLegalSimplified", "壹拾贰"),
        (4, "upperRoman", "IV"), (28, "lowerLetter", "bb"), (3, "upperLetter", "C"), (7, "decimalZero", "07"),
        (21, "decimalEnclosedCircle", "21"), (2, "ideographTraditional", "乙"), (5, "unheard of", "5"), (0, "upperRoman", "0"),
    ],
)  # fmt: skip
def test_numbers_are_written_as_their_form_has_them(number: int, form: str, written: str) -> None:
    assert numeral(number, form) == written


def test_lots_and_chapters_that_word_counts_are_told_apart() -> None:
    lots = numbering([("chineseCounting", "第%1包")], CHAPTERS)
    asked = (
        numbered("AI服务器 8 台", 1, 0) + paragraph(DEMAND) + numbered("交换机 2 台", 1, 0) + paragraph("无特殊要求")
    )
    form = numbered("采购需求", 2, 0) + asked + numbered("合同条款及格式", 2, 0) + paragraph("甲方须采购昇腾910B服务器")
    pages = [DocumentPage("招标文件.docx", None, text(form, lots))]
    notice = "第一包：AI服务器 8 台\n第二包：交换机 2 台"
    found = judged("某大学AI服务器采购项目招标公告", notice, "tender", "CN", "zh", rulepack.load(), [pages])
    assert {lot.name: lot.level for lot in found.lots} == {"第一包": "required", "第二包": "none"}
    assert "ascend" not in found.families, "a contract template demands nothing"
