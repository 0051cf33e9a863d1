"""Two hundred files made to hurt a reader: bombs of every kind by name, and damaged copies of honest documents.

The same seed gives the same files. Nothing is random but where a copy is damaged.
"""

from __future__ import annotations

import io
import random
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping

from documents import (
    DEMAND,
    W,
    cell,
    doc,
    docx,
    gbk_zipped,
    numbered,
    numbering,
    odf,
    ofd,
    office,
    ole,
    paragraph,
    pdf,
    rar,
    seven,
    sevenzip,
    stream,
    xlsb,
    xlsx,
    zipped,
)
from test_pdf import document

SEED = 20261124
COUNT = 200
LARGE = 12 * 2**20
"""Bytes of what unpacks to much."""


def files() -> Iterator[tuple[str, bytes]]:
    """Name and bytes of each: the bombs, then damaged documents up to the count."""
    for name, make in BOMBS.items():
        yield name, make()
    honest = list(_honest().items())
    dice = random.Random(SEED)
    for turn in range(COUNT - len(BOMBS)):
        name, data = honest[turn % len(honest)]
        harm = HARMS[turn // len(honest) % len(HARMS)]
        yield f"{harm.__name__.strip('_')} {turn} {name}", harm(data, dice)


def _honest() -> dict[str, bytes]:
    return {
        **{name: office(name) for name in ("tender.docx", "tender.doc", "numbered.doc", "numbered.odt", "tender.rtf", "tender.pdf", "goods.xlsx", "goods.xls")},
        "text.odt": odf("text", f"<text:p>{DEMAND}</text:p>" * 9),
        "sheet.ods": odf("spreadsheet", f"<table:table><table:table-row>{cell(DEMAND)}</table:table-row></table:table>"),
        "sheet.xlsb": xlsb(*[[DEMAND, 1.0]] * 9),
        "page.ofd": ofd([(20, 20, DEMAND)]),
        "files.zip": gbk_zipped({"招标文件.docx": docx(paragraph(DEMAND)), "说明.txt": DEMAND}),
        "stored.zip": zipped({"a.doc": office("tender.doc"), "b.pdf": document("x")}, zipfile.ZIP_STORED),
        "files.7z": sevenzip({"要求.txt": DEMAND.encode(), "b.docx": docx(paragraph(DEMAND))}),
        "files.rar": rar({"要求.txt": DEMAND.encode()}),
        "lines.pdf": document("one", "two"),
        "pieces.doc": doc(DEMAND, DEMAND.encode("gbk")),
    }  # fmt: skip


def _cut(data: bytes, dice: random.Random) -> bytes:
    return data[: dice.randrange(8, len(data))]


def _flipped(data: bytes, dice: random.Random) -> bytes:
    harmed = bytearray(data)
    for _ in range(max(8, len(data) // 200)):
        harmed[dice.randrange(8, len(data))] = dice.randrange(256)
    return bytes(harmed)


def _filled(data: bytes, dice: random.Random) -> bytes:
    """A stretch of nothing but zeros or ones: sizes and places become none or vast."""
    start = dice.randrange(8, len(data))
    length = dice.randrange(4, 600)
    return data[:start] + dice.choice((b"\0", b"\xff")) * min(length, len(data) - start) + data[start + length :]


def _numbers(data: bytes, dice: random.Random) -> bytes:
    """Four bytes here and there become a number at the edge of what fits."""
    harmed = bytearray(data)
    for _ in range(12):
        edge = dice.choice((0, 1, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFE, 0xFFFF_FFFF, len(data)))
        struct.pack_into("<I", harmed, dice.randrange(8, len(data) - 4), edge)
    return bytes(harmed)


def _moved(data: bytes, dice: random.Random) -> bytes:
    """A stretch stands a second time, over another."""
    length = dice.randrange(16, 2048)
    start, to = dice.randrange(len(data)), dice.randrange(8, len(data))
    return data[:to] + data[start : start + length] + data[to + length :]


HARMS = (_cut, _flipped, _filled, _numbers, _moved)


def _zeros() -> bytes:
    return bytes(LARGE)


def _nested(levels: int, data: bytes = b"x") -> bytes:
    for _ in range(levels):
        data = zipped({"a.zip": data})
    return data


def _overlapping() -> bytes:
    """Two hundred entries that are all the same megabytes."""
    one = zipped({"a.txt": bytes(2**20)})
    start, end = one.index(b"PK\x01\x02"), one.rindex(b"PK\x05\x06")
    directory = one[start:end] * 200
    return one[:start] + directory + struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, 200, 200, len(directory), start, 0)


def _patched(data: bytes, head: bytes, at: int, value: bytes) -> bytes:
    """All headers of a kind with other bytes at a place in them."""
    start = data.find(head)
    while start >= 0:
        data = data[: start + at] + value + data[start + at + len(value) :]
        start = data.find(head, start + 4)
    return data


def _both(data: bytes, at: int, value: bytes) -> bytes:
    """The same in the local and the central headers of a ZIP, which hold it two bytes apart."""
    return _patched(_patched(data, b"PK\x03\x04", at, value), b"PK\x01\x02", at + 2, value)


def _laughs(system: str = "") -> str:
    lines = "".join(f'<!ENTITY e{n + 1} "{f"&e{n};" * 10}">' for n in range(9))
    return f'<!DOCTYPE x [<!ENTITY e0 "{DEMAND}">{lines}{system}]>'


def _word(before: str, inside: str) -> bytes:
    """Not packed: what shrinks as these do would be refused as a bomb before it is read."""
    content = f"{before}<w:document {W}><w:body>{inside}</w:body></w:document>"
    return zipped({"word/document.xml": content}, zipfile.ZIP_STORED)


def _book(files: Mapping[str, str | bytes]) -> bytes:
    return xlsx("<row/>", {name: str(content) for name, content in files.items()})


def _page(content: str | bytes, more: str = "") -> bytes:
    """A PDF of one page with this stream."""
    return pdf(
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R {more} >>",
        content,
    )


def _deep_pdf() -> bytes:
    return pdf(
        "<< /Type /Catalog /Pages 2 0 R /X " + "[" * 100_000 + "]" * 100_000 + " >>",
        "<< /Type /Pages /Kids [] /Count 0 >>",
    )


def _form() -> bytes:
    """A form that draws itself."""
    form = stream(
        b"/F Do /F Do", "/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /F 4 0 R >> >>"
    )
    return _page(form, "/Resources << /XObject << /F 4 0 R >> >>")


def _edge(file: str, at: int, value: int) -> bytes:
    data = bytearray(office(file))
    struct.pack_into("<I", data, at, value)
    return bytes(data)


def _cells(rows: int, reference: str) -> str:
    return "".join(f'<row><c r="{reference}{n + 1}"><v>{n}</v></c></row>' for n in range(rows))


def _ofd(**changed: str) -> bytes:
    """An OFD with other parts: OFD, Document or Content."""
    parts = {
        "OFD.xml": "<OFD><DocBody><DocRoot>Doc_0/Document.xml</DocRoot></DocBody></OFD>",
        "Doc_0/Document.xml": '<Document><Pages><Page ID="1" BaseLoc="Content.xml"/></Pages></Document>',
        "Doc_0/Content.xml": f'<Page><TextObject Boundary="1 1 9 9"><TextCode>{DEMAND}</TextCode></TextObject></Page>',
    }
    for name in parts:
        stem = name.rpartition("/")[2].removesuffix(".xml")
        parts[name] = changed.get(stem, parts[name])
    return zipped(parts, zipfile.ZIP_STORED)


def _text(inside: str) -> bytes:
    """An OpenDocument of this content, not packed."""
    told = {"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": inside}
    return zipped(told, zipfile.ZIP_STORED)


def _xlsb_parts() -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(xlsb(["x"]))) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


BOMBS: dict[str, Callable[[], bytes]] = {
    "traversal.zip": lambda: zipped({"../../../evil.txt": "x", "a/../../evil.txt": "x", "..": "x"}),
    "absolute.zip": lambda: zipped({"/etc/evil.txt": "x", "C:\\evil.txt": "x", "\\\\host\\evil.txt": "x"}),
    "backslashes.zip": lambda: zipped({"..\\..\\evil.txt": "x", "a\nb.txt": "x", "\x1b[2Jx.txt": "x"}),
    "ratio.zip": lambda: zipped({"a.txt": _zeros()}),
    "twice packed.zip": lambda: zipped({"a.zip": zipped({"a.txt": _zeros(), "b.txt": _zeros()})}),
    "bzip2.zip": lambda: zipped({"a.txt": _zeros()}, zipfile.ZIP_BZIP2),
    "lzma.zip": lambda: zipped({"a.txt": bytes(2**20)}, zipfile.ZIP_LZMA),
    "says it is small.zip": lambda: _both(zipped({"a.txt": bytes(2**20)}), 22, struct.pack("<I", 5)),
    "says it is vast.zip": lambda: _both(zipped({"a.txt": "x"}), 22, b"\xff\xff\xff\x7f"),
    "overlapping.zip": _overlapping,
    "many files.zip": lambda: zipped({f"{n}.txt": "x" for n in range(1500)}, zipfile.ZIP_STORED),
    "one name often.zip": lambda: re.sub(rb"\d{5}\.txt", b"00000.txt", zipped({f"{n:05}.txt": "x" for n in range(9_000)}, zipfile.ZIP_STORED)),
    "many entries.zip": lambda: zipped({"a": b"PK\x01\x02" * 30_000}, zipfile.ZIP_STORED),
    "ten deep.zip": lambda: _nested(10),
    "same name.zip": lambda: zipped({"a.txt": "x", "b.txt": "y"}).replace(b"b.txt", b"a.txt"),
    "long name.zip": lambda: zipped({"a" * 60_000 + ".txt": "x"}),
    "locked.zip": lambda: _both(zipped({"a.txt": "x"}), 6, b"\x01\x00"),
    "empty.zip": lambda: zipped({}),
    "only a head.zip": lambda: b"PK\x03\x04" + bytes(64),
    "wide.zip": lambda: zipped({f"{n}.zip": zipped({f"{m}.zip": zipped({"a.txt": "x"}) for m in range(9)}) for n in range(9)}),
    "laughs.docx": lambda: _word(_laughs(), "<w:p><w:t>&e9;</w:t></w:p>"),
    "external.docx": lambda: _word('<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>', "<w:p><w:t>&e;</w:t></w:p>"),
    "remote type.docx": lambda: _word('<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">', paragraph("x")),
    "quadratic.docx": lambda: _word(f'<!DOCTYPE x [<!ENTITY e "{"x" * 50_000}">]>', "&e;" * 5_000),
    "deep.docx": lambda: _word("", "<w:tbl><w:tr><w:tc>" * 50_000),
    "packed paragraphs.docx": lambda: docx(paragraph("国产") * 200_000),
    "endless paragraph.docx": lambda: _word("", paragraph("国产" * 1_000_000)),
    "empty paragraphs.docx": lambda: _word("", "<w:p/>" * 80_000),
    "vast attribute.docx": lambda: _word("", f'<w:p a="{"x" * 1_000_000}"/>'),
    "another encoding.docx": lambda: _word('<?xml version="1.0" encoding="utf-7"?>', paragraph("x")),
    "no end.docx": lambda: zipped({"word/document.xml": "<a" + " b" * 500_000}),
    "embedded in itself.docx": lambda: docx("", {"word/embeddings/a.docx": docx("", {"word/embeddings/a.docx": docx("", {"word/embeddings/a.zip": _nested(3)})})}),
    "laughs.xlsx": lambda: _book({"xl/sharedStrings.xml": _laughs() + "<sst><si><t>&e9;</t></si></sst>"}),
    "many strings.xlsx": lambda: _book({"xl/sharedStrings.xml": f"<sst>{'<si/>' * 210_000}</sst>"}),
    "far cells.xlsx": lambda: xlsx(_cells(3_000, "XFD")),
    "beyond the columns.xlsx": lambda: xlsx(_cells(9, "ZZZZZZ") + _cells(9, "") + _cells(9, "XFE")),
    "vast numbers.xlsx": lambda: xlsx('<row><c><v>1e999</v></c><c><v>nan</v></c><c><v>-inf</v></c><c t="s"><v>99999999</v></c><c t="s"><v>-1</v></c></row>'),
    "sheet elsewhere.xlsx": lambda: _book({"xl/_rels/workbook.xml.rels": '<Relationships><Relationship Id="rId1" Target="../../../etc/passwd"/></Relationships>'}),
    "ten thousand sheets.xlsx": lambda: _book({"xl/workbook.xml": '<workbook xmlns:r="r">' + '<sheet name="a" r:id="rId1"/>' * 10_000 + "</workbook>"}),
    "laughs.ofd": lambda: _ofd(Content=_laughs() + "<Page><TextCode>&e9;</TextCode></Page>"),
    "same page.ofd": lambda: _ofd(Document="<Document>" + '<Page BaseLoc="Content.xml"/>' * 9_000 + "</Document>"),
    "page is the document.ofd": lambda: _ofd(Document='<Document><Page BaseLoc="Document.xml"/><Page BaseLoc="../OFD.xml"/><Page BaseLoc=""/></Document>'),
    "strange places.ofd": lambda: _ofd(Content='<Page><TextObject Boundary="nan inf 1e999 0"><TextCode>x</TextCode></TextObject><TextObject Boundary="1 x"><TextCode>y</TextCode></TextObject></Page>'),
    "many texts.ofd": lambda: _ofd(Content="<Page>" + '<TextObject Boundary="1 1 1 1"><TextCode>x</TextCode></TextObject>' * 21_000 + "</Page>"),
    "many roots.ofd": lambda: _ofd(OFD="<OFD>" + "<DocRoot>Doc_0/Document.xml</DocRoot>" * 9_000 + "</OFD>"),
    "laughs.odt": lambda: _text(_laughs() + "<office:text><text:p>&e9;</text:p></office:text>"),
    "deep lists.odt": lambda: odf("text", "<text:list><text:list-item>" * 5_000),
    "lists in a circle.odt": lambda: odf("text", "<text:list text:style-name='L'><text:list-item><text:p>x</text:p></text:list-item></text:list>" * 5_000, "<text:list-style style:name='L'>" + "<text:list-level-style-number text:level='1' style:num-format='I' text:display-levels='99999' style:num-prefix='" + "%1" * 50_000 + "'/></text:list-style>"),
    "far cells.ods": lambda: odf("spreadsheet", "<table:table table:name='x'>" + f"<table:table-row table:number-rows-repeated='99999'>{cell(DEMAND, 'table:number-columns-repeated=' + chr(39) + '16384' + chr(39))}</table:table-row>" * 500 + "</table:table>"),
    "ten thousand sheets.ods": lambda: odf("spreadsheet", "<table:table table:name='x'/>" * 10_000),
    "no such type.odt": lambda: zipped({"mimetype": "x" * 2_000_000, "content.xml": "<x/>"}),
    "locked.odt": lambda: zipped({"mimetype": "application/vnd.oasis.opendocument.text", "encrypted-package": bytes(99)}),
    "says it is vast.xlsb": lambda: xlsb(["x"]).replace(struct.pack("<4I", 0, 1, 0, 9), struct.pack("<4I", 0, 0xFFFFF, 0, 0x3FFF)),
    "records beyond.xlsb": lambda: zipped({**_xlsb_parts(), "xl/worksheets/sheet1.bin": b"\x00\xff\xff\xff\x7f" * 50_000}),
    "packed zeros.xlsb": lambda: zipped({**_xlsb_parts(), "xl/worksheets/sheet1.bin": bytes(LARGE)}),
    "no book.xlsb": lambda: zipped({"xl/workbook.bin": b"\x83\x01\x00"}),
    "numbers of numbers.docx": lambda: docx(numbered("x", 1, 8) * 3_000, {"word/numbering.xml": numbering([("upperRoman", "%9" * 20_000)] * 9)}),
    "lists without end.docx": lambda: docx(numbered("x", 1, 0), {"word/numbering.xml": f"<w:numbering {W}>" + "".join(f'<w:num w:numId="{n}"/>' for n in range(60_000)) + "</w:numbering>"}),
    "styles in a circle.docx": lambda: docx(numbered("x", style="A") * 9, {"word/styles.xml": f'<w:styles {W}><w:style w:styleId="A"><w:basedOn w:val="B"/></w:style><w:style w:styleId="B"><w:basedOn w:val="A"/></w:style></w:styles>'}),
    "laughing numbers.docx": lambda: docx(numbered("x", 1, 0), {"word/numbering.xml": _laughs() + "<x>&e9;</x>"}),
    "vast folder.7z": lambda: sevenzip({"a.txt": _zeros()}),
    "traversal.7z": lambda: sevenzip({"../../evil.txt": b"x", "/tmp/evil.txt": b"x", "C:\\evil.txt": b"x"}),
    "many files.7z": lambda: sevenzip({f"{n}.txt": b"x" for n in range(1_500)}),
    "says it is vast.7z": lambda: sevenzip({"a.txt": b"x" * 300}).replace(seven(300), b"\xff" + struct.pack("<Q", 2**62)),
    "looks back far.7z": lambda: sevenzip({"a.txt": b"x"}).replace(b"\x21\x21\x01\x08", b"\x21\x21\x01\x28"),
    "strange method.7z": lambda: sevenzip({"a.txt": b"x"}).replace(b"\x21\x21\x01\x08", b"\x21\x30\x01\x08"),
    "locked.7z": lambda: sevenzip({"a.txt": b"x"}).replace(b"\x01\x21\x21\x01\x08", b"\x01\x03\x06\xf1\x07"),
    "header beyond.7z": lambda: b"7z\xbc\xaf\x27\x1c\x00\x04" + bytes(4) + struct.pack("<2QI", 2**40, 99, 0),
    "header of headers.7z": lambda: b"7z\xbc\xaf\x27\x1c\x00\x04" + bytes(4) + struct.pack("<2QI", 0, 2, 0) + b"\x17\x06",
    "endless names.7z": lambda: b"7z\xbc\xaf\x27\x1c\x00\x04" + bytes(4) + struct.pack("<2QI", 0, 14, 0) + b"\x01\x05\xff" + struct.pack("<Q", 2**63) + b"\x11\x00\x00",
    "archive in archive.7z": lambda: sevenzip({"a.7z": sevenzip({"b.7z": sevenzip({"c.7z": sevenzip({"d.7z": sevenzip({"e.txt": b"x"})})})})}),
    "endless pages.pdf": lambda: pdf("<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R] /Count 2147483647 >>", "<< /Type /Page /Parent 2 0 R >>"),
    "one page often.pdf": lambda: pdf("<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [" + "3 0 R " * 100_000 + "] /Count 100000 >>", "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] >>"),
    "pages in a circle.pdf": lambda: pdf("<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 9 /Parent 2 0 R >>"),
    "deep.pdf": _deep_pdf,
    "draws itself.pdf": _form,
    "packed stream.pdf": lambda: _page(stream(zlib.compress(_zeros()), "/Filter /FlateDecode")),
    "packed four times.pdf": lambda: _page(stream(zlib.compress(zlib.compress(zlib.compress(zlib.compress(_zeros() * 8)))), "/Filter [/FlateDecode /FlateDecode /FlateDecode /FlateDecode]")),
    "vast page.pdf": lambda: _page(stream(b"0 0 m 1 1 l S " * 100_000), "/UserUnit 1e30"),
    "locked.pdf": lambda: document("x").replace(b"/Root 1 0 R", b"/Root 1 0 R /Encrypt << /Filter /Standard /V 1 /R 2 /O (x) /U (y) /P -1 >> /ID [(a) (b)]"),
    "table leads to itself.pdf": lambda: b"%PDF-1.4\nxref\n0 0\ntrailer\n<< /Prev 9 /Root 1 0 R >>\nstartxref\n9\n%%EOF",
    "only a head.pdf": lambda: b"%PDF-1.7\n",
    "circle.doc": lambda: doc(DEMAND, chain=[0xFFFF_FFFD, 0xFFFF_FFFE, 3, 2]),
    "directory in a circle.doc": lambda: doc(DEMAND, chain=[0xFFFF_FFFD, 1]),
    "end before its end.doc": lambda: doc(DEMAND, chain=[0xFFFF_FFFD, 0xFFFF_FFFE, 0xFFFF_FFFE]),
    "locked.doc": lambda: doc("x", flags=0x0100),
    "locked.docx": lambda: ole({"EncryptedPackage": bytes(9), "EncryptionInfo": bytes(9)}),
    "same piece.doc": lambda: doc(*[DEMAND.encode("gbk") * 3] * 300),
    "fields without end.doc": lambda: doc("\x13\x14" * 200 + "\x13" * 8_000 + "\x15" * 8_000),
    "marks only.doc": lambda: doc("\x07" * 10_000 + "\r" * 10_000),
    "vast pieces.doc": lambda: doc("x").replace(struct.pack("<2I", 0, 1), struct.pack("<2I", 0, 0x7FFF_FFFF)),
    "neither.doc": lambda: ole({"Contents": b"x"}),
    "sectors beyond.xls": lambda: _edge("goods.xls", 0x2C, 0xFFFF_FFFF),
    "small sectors beyond.xls": lambda: _edge("goods.xls", 0x3C, 0x7FFF_FFFF),
    "directory beyond.doc": lambda: _edge("tender.doc", 0x30, 0x00FF_FFFF),
    "sector size.doc": lambda: _edge("tender.doc", 0x1E, 0xFFFF_0020),
    "deep.rtf": lambda: b"{\\rtf1" + b"{" * 500_000,
    "unclosed.rtf": lambda: b"{\\rtf1 " + b"}" * 100_000 + b"\\u-1 \\u99999999999 \\'zz \\uc999999 \\u1" + b"x" * 999,
    "cells.rtf": lambda: b"{\\rtf1 " + b"\\cell" * 100_000,
    "deep.html": lambda: b"<html><body>" + b"<div><table><tr><td>" * 50_000,
    "unclosed.html": lambda: b"<html><p " + b"<!--" * 200_000,
    "parts in parts.mht": lambda: b"MIME-Version: 1.0\n" + b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(300)),
    "endless line.txt": lambda: "国产".encode() * 3_000_000,
    "noise.bin": lambda: random.Random(SEED).randbytes(200_000),
    "nothing": lambda: b"",
    "says it is vast.rar": lambda: rar({"a.txt": b"x" * 300}).replace(b"x" * 300, b"x" * 30),
    "many files.rar": lambda: rar({f"{n}.txt": b"x" for n in range(1500)}),
    "traversal.rar": lambda: rar({"../../evil.txt": b"x", "/tmp/evil.txt": b"x", "-x": b"x", "@etc": b"x"}),
    "archive in archive.rar": lambda: rar({"a.zip": _nested(9), "b.rar": rar({"c.rar": rar({"d.rar": rar({"e.txt": b"x"})})})}),
}  # fmt: skip
