"""Attachments: every format gives its text with file and page, and everything that cannot be read is named."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest
from documents import (
    DEMAND,
    W,
    cell,
    doc,
    docx,
    gbk_zipped,
    odf,
    ofd,
    office,
    paragraph,
    rar,
    sevenzip,
    xlsb,
    xlsx,
    zipped,
)
from test_pdf import document

from tender_tracker.documents import Passage, Reading, Unread, pdf, read, reading, wrapped
from tender_tracker.documents.apart import read_apart
from tender_tracker.flagging import rulepack
from tender_tracker.flagging.flag import flag

PACK = rulepack.load()
TENDER = """云溪学院智能计算实验室服务器采购文件
第一章 采购需求
★本项目所投服务器的处理器须采用国产芯片，不接受搭载进口处理器的产品，投标人应当在投标文件中提供处理器制造商出具的授权书和供货承诺，否则按无效投标处理。
序号 | 名称 | 技术要求 | 数量
1 | 训练服务器 | 8卡昇腾910B 内存1TB | 2台
2 | 机柜 |  | 1个
第二章 商务要求
交货期：合同签订后30日内。
质保期：三年，Intel® “Xeon” processors are not accepted – see §1."""
HEADER, NOTE = "云溪学院采购文件 编号YX-2026-017", "国产芯片指在中国境内设计并生产的处理器。"
PICTURE = b"\x89PNG\r\n\x1a\n"


def only(data: bytes, name: str = "a") -> str:
    """The text of a document that is one passage, with nothing unread."""
    found = read(data, name)
    assert not found.unread
    (passage,) = found.passages
    return passage.text


def why(data: bytes, name: str = "a") -> list[tuple[str, str]]:
    return [(unread.file, unread.reason) for unread in read(data, name).unread]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("tender.docx", f"{TENDER}\n{NOTE}\n{HEADER}"),
        ("tender.doc", f"{TENDER}\n{NOTE}\n{HEADER}"),
        ("tender.rtf", f"{HEADER}\n{TENDER}\n{NOTE}"),
    ],
)
def test_a_document_by_an_office_program_is_read_with_tables_notes_and_headers(name: str, text: str) -> None:
    pytest.importorskip("olefile")
    assert (read(office(name), "附件.wps").format, only(office(name))) == (name.partition(".")[2], text)


@pytest.mark.parametrize("name", ["goods.xlsx", "goods.xls"])
def test_each_sheet_of_a_workbook_by_an_office_program_is_a_passage(name: str) -> None:
    pytest.importorskip("xlrd")
    assert read(office(name), name) == Reading(
        (
            Passage(name, 1, "说明\n松江实验中学机房设备清单\n交货日期 | 2026-12-20"),
            Passage(
                name,
                2,
                "技术参数\n序号 | 货物名称 | 技术参数 | 数量 | 单价（万元）\n"
                "1 | 台式计算机 | CPU须为国产处理器，龙芯或同等国产产品 | 60 | 0.58\n2 | 交换机 |  | 3 | 34.8",
            ),
        ),
        (),
        name[6:],
    )


def test_a_clause_that_runs_over_the_margin_of_a_pdf_is_one_line() -> None:
    pytest.importorskip("pypdfium2")
    lines = only(office("tender.pdf")).splitlines()
    assert TENDER.splitlines()[2].replace("芯片", "芯片1", 1) in lines
    assert "第二章 商务要求" in lines and "2 机柜 1 个" in lines


def test_each_page_of_a_pdf_is_a_passage() -> None:
    pytest.importorskip("pypdfium2")
    assert read(document("Kunpeng 920  processors", "second page"), "x.doc") == Reading(
        (Passage("x.doc", 1, "Kunpeng 920 processors"), Passage("x.doc", 2, "second page")), (), "pdf"
    )


def test_a_line_that_begins_an_item_or_follows_a_short_one_begins_a_paragraph() -> None:
    full = "处理器须采用国产芯片且核心数不少于四十八核主频不低于"
    assert wrapped.joined([full, "2.6GHz，内存1TB", "短行", full, "2.6 质保", full, "★国产", full + "。", "末行"]) == [
        f"{full}2.6GHz，内存1TB", "短行", full, "2.6 质保", full, "★国产", f"{full}。", "末行",
    ]  # fmt: skip


def test_a_clause_that_runs_over_the_end_of_a_page_stands_on_the_first() -> None:
    pytest.importorskip("pypdfium2")
    head, full = "Tender document of the library", "The processors of all servers shall without exception be of"
    pages = [
        f"{head}) Tj 0 -14 Td ({full}) Tj 0 -14 Td (- 1 -",
        f"{head}) Tj 0 -14 Td (domestic design. {full[:-16]}.) Tj 0 -14 Td (2 / 3",
        "1. Other matters",
    ]
    assert [passage.text.splitlines() for passage in read(document(*pages), "x").passages] == [
        [head, f"{full} domestic design. {full[:-16]}."],
        [head],
        ["1. Other matters"],
    ]


def test_a_pdf_of_too_many_pages_is_read_as_far_as_it_may(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("pypdfium2")
    monkeypatch.setattr(pdf, "MAX_PAGES", 2)
    found = read(document("a", "b", "c"), "x")
    assert [passage.text for passage in found.passages] == ["a", "b"]
    assert found.unread == (Unread("x", "too_many"),)


def test_a_page_that_is_a_picture_is_named_with_its_number() -> None:
    pytest.importorskip("pypdfium2")
    drawn = b"q 600 0 0 800 0 0 cm BI /W 1 /H 1 /CS /G /BPC 8 ID x EI Q"
    plain = document("a page with text", "(scan)")
    start = plain.index(b"BT", plain.index(b"(scan)") - 40)
    scanned = plain[:start] + drawn + plain[plain.index(b"\nendstream", start) :]
    found = read(scanned, "x.pdf")
    assert [passage.page for passage in found.passages] == [1]
    assert found.unread == (Unread("x.pdf", "scanned", 2),)


def test_the_pages_of_an_ofd_are_read_line_by_line() -> None:
    pages = ofd([(20, 30, DEMAND), (60, 20, "右边"), (20, 20, "标题"), (28, 20, "两半")], [(20, 20, "第二页")])
    assert read(pages, "x.ofd") == Reading(
        (Passage("x.ofd", 1, f"标题两半 右边\n{DEMAND}"), Passage("x.ofd", 2, "第二页")), (), "ofd"
    )


def test_pieces_of_a_doc_may_be_wide_western_or_gbk() -> None:
    pytest.importorskip("olefile")
    text = only(doc("服务器的处理器", "须采用国产芯片。\r".encode("gbk"), b"Kunpeng \x93920\x94"))
    assert text == "服务器的处理器须采用国产芯片。\nKunpeng “920”"
    assert only(doc(b"caf\xe9", language=0x0409)) == "café"


def test_of_a_field_the_result_is_read_and_without_properties_two_marks_end_a_row() -> None:
    pytest.importorskip("olefile")
    link = '见\x13 HYPERLINK "http://a.example/\x13 x \x14y\x15" \x14附件\x15。\r'
    assert only(doc(link, "品牌\x07华为\x07\x07数量\x072\x07\x07")) == "见附件。\n品牌 | 华为\n数量 | 2"


def test_deleted_text_is_left_out_and_text_in_boxes_and_nested_tables_is_read_once() -> None:
    box = "<w:r><mc:AlternateContent><mc:Choice><w:txbxContent>{0}</w:txbxContent></mc:Choice><mc:Fallback><w:txbxContent>{0}</w:txbxContent></mc:Fallback></mc:AlternateContent></w:r>"
    cell = "<w:tc>{}</w:tc>".format
    inner = f"<w:tbl><w:tr>{cell(paragraph('鲲鹏'))}{cell(paragraph('昇腾'))}</w:tr></w:tbl>"
    table = f"<w:tbl><w:tr>{cell(paragraph('芯片'))}{cell(inner + '<w:p/>')}</w:tr></w:tbl>"
    deleted = "<w:p><w:del><w:r><w:delText>须国产</w:delText></w:r></w:del><w:moveFrom><w:r><w:t>已移走</w:t></w:r></w:moveFrom><w:r><w:t>不限</w:t></w:r></w:p>"
    assert (
        only(docx(f"<w:p>{box.format(paragraph(DEMAND))}</w:p>{deleted}{table}")) == f"{DEMAND}\n不限\n芯片 | 鲲鹏 昇腾"
    )


def test_cells_stand_in_their_columns_and_show_what_a_reader_sees() -> None:
    rows = (
        '<row><c r="A1" t="inlineStr"><is><t>标题</t></is></c><c r="D1"/></row>'
        '<row><c r="A2"><v>2.0</v></c><c r="C2"><v>0.30000000000000004</v></c><c t="b"><v>1</v></c><c t="e"><v>#N/A</v></c><c s="2"><v>0.07</v></c></row>'
        '<row><c r="A3" s="1"><v>46350</v></c><c r="B3" s="1"><v>46350.5</v></c></row>'
    )
    styles = '<styleSheet><numFmts><numFmt numFmtId="176" formatCode="yyyy&quot;年&quot;m&quot;月&quot;"/></numFmts><cellXfs><xf numFmtId="0"/><xf numFmtId="176"/><xf numFmtId="10"/></cellXfs></styleSheet>'
    text = only(xlsx(rows, {"xl/styles.xml": styles}))
    assert text == "标题\n2 |  | 0.3 | TRUE | #N/A | 7%\n2026-11-24 | 2026-11-24 12:00"


MHTML = """MIME-Version: 1.0
Content-Type: multipart/related; boundary="x"

--x
Content-Type: text/html; charset="utf-8"
Content-Transfer-Encoding: base64

PHA+6aG75Zu95LqnPC9wPg==
--x--
"""
SHEET = '<?xml version="1.0"?><Workbook xmlns="s" xmlns:ss="s"><Worksheet ss:Name="清单"><Table><Row><Cell><Data>甲</Data></Cell><Cell ss:Index="3"><Data>须国产</Data></Cell></Row></Table></Worksheet></Workbook>'


@pytest.mark.parametrize(
    ("data", "kind", "text"),
    [
        ("<html><body><p>处理器</p><p>须国产</p></body></html>".encode("gbk"), "html", "处理器\n须国产"),
        ("处理器\r\n\r\n  须国产".encode("gbk"), "txt", "处理器\n须国产"),
        ("处理器须国产".encode("utf-16"), "txt", "处理器须国产"),
        (MHTML.encode(), "mhtml", "须国产"),
        (f'<?xml version="1.0"?><w:wordDocument {W}><w:body>{paragraph("须国产")}</w:body></w:wordDocument>'.encode(), "word-xml", "须国产"),
        (SHEET.encode(), "sheet-xml", "清单\n甲 |  | 须国产"),
        (rb"{\rtf1\ansi\ansicpg936{\fonttbl{\f0\fcharset134 SimSun;}}\f0\'d0\'eb\uc1\u22269?\'b2\'fa\par {\*\unknown x}\u-10179?\u-8704?}", "rtf", "须国产\n😀"),
        (b"{\\rtf1 domestic\\\r\nchips\\\nonly}", "rtf", "domestic\nchips\nonly"),
        (docx(paragraph("须国产")), "docx", "须国产"),
    ],
)  # fmt: skip
def test_the_first_bytes_decide_the_format_not_the_name(data: bytes, kind: str, text: str) -> None:
    found = read(data, "附件1.doc")
    assert (found.format, [passage.text for passage in found.passages], found.unread) == (kind, [text], ())


def test_files_in_nested_archives_are_read_under_their_chinese_names() -> None:
    inner = gbk_zipped({"技术要求.docx": docx(paragraph(DEMAND)), "__MACOSX/x": b"", "空.txt": b""})
    found = read(gbk_zipped({"第一包/附件.zip": inner, "说明.txt": "须国产"}), "招标文件.zip")
    assert found.passages == (
        Passage("招标文件.zip/第一包/附件.zip/技术要求.docx", None, DEMAND),
        Passage("招标文件.zip/说明.txt", None, "须国产"),
    )
    assert found.unread == (Unread("招标文件.zip/第一包/附件.zip/空.txt", "unknown_format"),)


@pytest.mark.skipif(not shutil.which("bsdtar"), reason="the tool that unpacks RAR is not here")
def test_a_rar_is_read_where_its_tool_is_present() -> None:
    found = read(rar({"招标文件/要求.docx": docx(paragraph(DEMAND)), "../x.txt": b"x"}), "a.rar")
    assert found.passages == (Passage("a.rar/招标文件/要求.docx", None, DEMAND),)
    assert found.unread == (Unread("a.rar/../x.txt", "unsafe_name"),)
    assert why(rar({"x.txt": DEMAND.encode()})[:-60]) == [("a", "damaged")]


def test_without_a_tool_or_the_extra_the_missing_reader_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    for name in ("pypdfium2", "olefile", "xlrd"):
        monkeypatch.setitem(sys.modules, name, None)
    for data in (rar({}), document("x"), office("tender.doc"), office("goods.xls")):
        assert why(data) == [("a", "missing_reader")]


def test_what_lies_in_a_document_beside_its_text_is_read_or_named() -> None:
    beside = {
        "word/embeddings/goods.xlsx": office("goods.xlsx"),
        "word/media/logo.png": PICTURE,
        "word/media/scan.png": PICTURE + bytes(range(256)) * (reading.MAX_PICTURE // 256 + 1),
    }
    found = read(docx(paragraph("见附件"), beside), "x.docx")
    assert [passage.file for passage in found.passages] == ["x.docx", *["x.docx/goods.xlsx"] * 2]
    assert found.unread == (Unread("x.docx/scan.png", "picture"),)


def test_each_slide_is_a_passage_and_a_picture_for_a_text_is_named() -> None:
    slide = "<p:sld><a:p><a:r><a:t>{}</a:t></a:r></a:p></p:sld>".format
    slides = {f"ppt/slides/slide{number}.xml": slide(text) for number, text in ((10, "三"), (2, "二"), (1, ""))}
    found = read(zipped({"ppt/presentation.xml": "<p/>", **slides}), "x.pptx")
    assert found == Reading((Passage("x.pptx", 2, "二"), Passage("x.pptx", 10, "三")), (), "pptx")
    assert read(docx("", {"word/media/a.png": PICTURE}), "x").unread == (Unread("x/a.png", "picture"),)


def test_the_bytes_of_a_picture_in_an_rtf_and_the_settings_of_its_shapes_are_no_text() -> None:
    shape = rb"{\shp{\*\shpinst{\sp{\sn shapeType}{\sv 202}}{\shptxt in a box\par}}}"
    assert only(rb"{\rtf1 {\pict\bin4 }}{\}" + shape + rb"domestic\par}") == "in a box\ndomestic"


def test_what_was_read_before_a_document_breaks_off_is_kept() -> None:
    (passage,) = read(rb"{\rtf1 domestic\par chips {\b only", "x").passages
    assert passage.text == "domestic\nchips only"
    assert why(rb"{\rtf1 domestic\par chips {\b only") == [("a", "truncated")]
    found = read(docx(paragraph(DEMAND) + "<w:p>"), "x")
    assert [passage.text for passage in found.passages] == [DEMAND] and found.unread == (Unread("x", "damaged"),)


def test_a_process_apart_reads_the_same(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(zipped({"a.html": "<table><tr><td>处理器</td><td>鲲鹏</td></tr></table>", "b.png": PICTURE}))
    found = read_apart(path, "a.zip")
    assert found == read(path.read_bytes(), "a.zip")
    assert found == Reading(
        (Passage("a.zip/a.html", None, "处理器 | 鲲鹏"),), (Unread("a.zip/b.png", "picture"),), "zip"
    )


def test_a_reader_that_dies_leaves_its_name_and_why(tmp_path: Path) -> None:
    path = tmp_path / "x.txt"
    path.write_text("须采用国产处理器", "utf-8")
    assert read_apart(path, "x.txt", seconds=0.01).unread == (Unread("x.txt", "timeout"),)
    assert read_apart(path, "x.txt", megabytes=1).unread == (Unread("x.txt", "memory"),)


ATTACHED = {
    **{
        name: office(name)
        for name in ("tender.docx", "tender.doc", "tender.rtf", "tender.pdf", "goods.xlsx", "goods.xls")
    },
    "公告.ofd": ofd([(20, 20, "云溪学院采购文件"), (20, 30, DEMAND)]),
    "要求.wps": doc("云溪学院采购文件\r", DEMAND.encode("gbk")),
    "附件.html": f"<table><tr><td>1</td><td>{DEMAND}</td></tr></table>".encode(),
    "要求.odt": odf("text", f"<text:p>{DEMAND}</text:p>"),
    "清单.ods": odf(
        "spreadsheet", f'<table:table table:name="清单"><table:table-row>{cell(DEMAND)}</table:table-row></table:table>'
    ),
    "清单.xlsb": xlsb(["技术要求", DEMAND]),
    "附件.7z": sevenzip({"第二包/技术要求.docx": docx(paragraph(DEMAND))}),
    "附件.zip": gbk_zipped({"第二包/技术要求.docx": docx(paragraph(DEMAND))}),
}


@pytest.mark.parametrize("name", ATTACHED)
def test_a_demand_that_stands_only_in_an_attachment_is_found_in_every_format(name: str) -> None:
    for library in ("pypdfium2", "olefile", "xlrd", "python_calamine"):
        pytest.importorskip(library)
    text = "\n".join(passage.text for passage in read(ATTACHED[name], name).passages)
    title = "云溪学院设备采购公开招标公告"
    assert (flag(title, "详见附件", PACK).level, flag(title, text, PACK).level) == ("none", "required")
