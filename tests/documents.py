"""Writers of small documents: containers and formats whose bytes no office program at hand makes as a test needs them."""

from __future__ import annotations

import io
import lzma
import struct
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

DEMAND = "★服务器的处理器须采用国产芯片，不接受进口产品。"
DOCUMENTS = Path(__file__).parents[1] / "fixtures" / "documents"
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def office(name: str) -> bytes:
    """A document that LibreOffice wrote."""
    return (DOCUMENTS / name).read_bytes()


def zipped(files: Mapping[str, bytes | str], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A ZIP of these files, in order."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name), content, method)
    return held.getvalue()


def gbk_zipped(files: Mapping[str, bytes | str]) -> bytes:
    """A ZIP as Chinese Windows writes it: names in GBK, and no flag that says so."""
    plain = {name.encode("gbk").hex(): content for name, content in files.items()}
    data = zipped(plain)
    for name in files:
        raw = name.encode("gbk")
        data = _shortened(data, raw.hex().encode(), raw)
    return data


def _shortened(data: bytes, long: bytes, short: bytes) -> bytes:
    """Names are as long again in hex: the second half is left as an extra field that nobody knows."""
    room = len(long) - len(short)
    for head, at in ((b"PK\x03\x04", 26), (b"PK\x01\x02", 28)):
        start = data.index(head, 0)
        while (name := start + (30 if at == 26 else 46)) and data[name : name + len(long)] != long:
            start = data.index(head, start + 4)
        extra = struct.pack("<HH", 0x7777, room - 4) + bytes(room - 4)
        data = data[:name] + short + extra + data[name + len(long) :]
        data = data[: start + at] + struct.pack("<HH", len(short), room) + data[start + at + 4 :]
    return data


def docx(body: str, parts: Mapping[str, bytes | str] = MappingProxyType({})) -> bytes:
    """A DOCX with this inside of w:body, and further entries."""
    return zipped({"word/document.xml": f"<w:document {W}><w:body>{body}</w:body></w:document>", **parts})


def paragraph(text: str) -> str:
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


def numbered(text: str, number: int | None = None, level: int | None = None, style: str = "") -> str:
    """A paragraph of a list or a style, whose number Word counts."""
    told = "" if level is None else f'<w:ilvl w:val="{level}"/>'
    list_ = "" if number is None else f'<w:numPr>{told}<w:numId w:val="{number}"/></w:numPr>'
    named = f'<w:pStyle w:val="{style}"/>' if style else ""
    return f"<w:p><w:pPr>{named}{list_}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"


def numbering(*definitions: Sequence[tuple[str, str]], more: str = "") -> str:
    """A numbering.xml: a list for each definition, which gives form and text of its levels; 1 is the first list."""
    written, lists = "", ""
    for key, levels in enumerate(definitions):
        told = "".join(
            f'<w:lvl w:ilvl="{place}"><w:start w:val="1"/><w:numFmt w:val="{form}"/><w:lvlText w:val="{text}"/></w:lvl>'
            for place, (form, text) in enumerate(levels)
        )
        written += f'<w:abstractNum w:abstractNumId="{key}">{told}</w:abstractNum>'
        lists += f'<w:num w:numId="{key + 1}"><w:abstractNumId w:val="{key}"/></w:num>'
    return f"<w:numbering {W}>{written}{lists}{more}</w:numbering>"


def xlsx(rows: str, parts: Mapping[str, str] = MappingProxyType({})) -> bytes:
    """An XLSX of one sheet with this inside of sheetData, not packed."""
    return zipped(
        {
            "xl/workbook.xml": '<workbook xmlns:r="r"><sheets><sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets></workbook>',
            "xl/_rels/workbook.xml.rels": '<Relationships><Relationship Id="rId1" Target="worksheets/sheet1.xml"/></Relationships>',
            "xl/worksheets/sheet1.xml": f"<worksheet><sheetData>{rows}</sheetData></worksheet>",
            **parts,
        },
        zipfile.ZIP_STORED,
    )


def pdf(*objects: str | bytes) -> bytes:
    """A PDF of these objects, the first of which is its catalogue."""
    body, places = b"%PDF-1.5\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(body))
        raw = content if isinstance(content, bytes) else content.encode()
        body += b"%d 0 obj\n" % number + raw + b"\nendobj\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    size = len(objects) + 1
    end = f"xref\n0 {size}\n0000000000 65535 f \n{table}trailer\n<< /Size {size} /Root 1 0 R >>\nstartxref\n{len(body)}\n%%EOF\n"
    return body + end.encode()


def stream(raw: bytes, more: str = "") -> bytes:
    return f"<< /Length {len(raw)} {more} >>\nstream\n".encode() + raw + b"\nendstream"


def scan(data: bytes) -> bytes:
    """A PDF as a scanner makes one of the first page of another: a picture of it, and no text."""
    import pypdfium2

    document = pypdfium2.PdfDocument(data)
    drawn = document[0].render(scale=2.5, rev_byteorder=True)
    wide = drawn.width * 3
    rows = b"".join(bytes(drawn.buffer)[at : at + wide] for at in range(0, drawn.stride * drawn.height, drawn.stride))
    shown = f"/Type /XObject /Subtype /Image /Width {drawn.width} /Height {drawn.height} /ColorSpace /DeviceRGB /BitsPerComponent 8 /Filter /FlateDecode"
    page = "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /XObject << /I 5 0 R >> >> >>"
    drawn.close()
    document.close()
    return pdf(
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        page,
        stream(b"595 0 0 842 0 0 cm /I Do"),
        stream(zlib.compress(rows), shown),
    )


def odf(kind: str, body: str, styles: str = "", parts: Mapping[str, bytes | str] = MappingProxyType({})) -> bytes:
    """An OpenDocument (text, spreadsheet or presentation) with this inside of its body, and automatic styles."""
    spaces = " ".join(f'xmlns:{name}="{name}"' for name in ("office", "style", "text", "table", "draw"))
    styled = f"<office:automatic-styles>{styles}</office:automatic-styles>"
    whole = f"<office:document-content {spaces}>{styled}<office:body><office:{kind}>{body}</office:{kind}></office:body></office:document-content>"
    told = f"application/vnd.oasis.opendocument.{kind}"
    return zipped({"mimetype": told, "content.xml": whole, "META-INF/manifest.xml": "<manifest/>", **parts})


def cell(text: str, more: str = "") -> str:
    """A cell of an OpenDocument."""
    return f"<table:table-cell {more}><text:p>{text}</text:p></table:table-cell>"


def xlsb(*rows: Sequence[str | float]) -> bytes:
    """An XLSB of one sheet ([MS-XLSB])."""
    sheet = _record(129) + _record(148, struct.pack("<4I", 0, len(rows), 0, 9)) + _record(145)
    for number, row in enumerate(rows):
        sheet += _record(0, struct.pack("<2I", number, 0) + bytes(9))
        for column, value in enumerate(row):
            place = struct.pack("<2I", column, 0)
            sheet += (
                _record(6, place + _wide(value))
                if isinstance(value, str)
                else _record(5, place + struct.pack("<d", value))
            )
    sheet += _record(146) + _record(130)
    book = _record(131) + _record(143) + _record(156, struct.pack("<2I", 0, 1) + _wide("rId1") + _wide("清单"))
    return zipped(
        {
            "xl/workbook.bin": book + _record(144) + _record(132),
            "xl/_rels/workbook.bin.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.bin"/></Relationships>',
            "xl/worksheets/sheet1.bin": sheet,
        }
    )


def _record(kind: int, content: bytes = b"") -> bytes:
    return _number(kind) + _number(len(content)) + content


def _wide(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def ofd(*pages: Sequence[tuple[float, float, str]]) -> bytes:
    """An OFD whose pages hold texts at places (millimetres from the left and the top)."""
    space = 'xmlns:ofd="http://www.ofdspec.org/2016"'
    listed = "".join(f'<ofd:Page ID="{n}" BaseLoc="Pages/Page_{n}/Content.xml"/>' for n in range(len(pages)))
    files = {
        "OFD.xml": f'<ofd:OFD {space} Version="1.0" DocType="OFD"><ofd:DocBody><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>',
        "Doc_0/Document.xml": f"<ofd:Document {space}><ofd:Pages>{listed}</ofd:Pages></ofd:Document>",
    }
    for number, page in enumerate(pages):
        texts = "".join(
            f'<ofd:TextObject ID="{n}" Boundary="{x} {y} {4 * len(text)} 4" Font="1" Size="4">'
            f'<ofd:TextCode X="0" Y="3" DeltaX="g {len(text)} 4">{text}</ofd:TextCode></ofd:TextObject>'
            for n, (x, y, text) in enumerate(page)
        )
        layer = f"<ofd:Content><ofd:Layer>{texts}</ofd:Layer></ofd:Content>"
        files[f"Doc_0/Pages/Page_{number}/Content.xml"] = f"<ofd:Page {space}>{layer}</ofd:Page>"
    return zipped(files)


def ole(streams: Mapping[str, bytes], chain: Sequence[int] = ()) -> bytes:
    """A container of these streams ([MS-CFB], version 3). `chain` overwrites the first links of its table of sectors."""
    sectors: list[bytes] = [b"", b""]  # the table of sectors, the directory
    links = [0xFFFF_FFFD, 0xFFFF_FFFE]
    entries = [_entry("Root Entry", 5, 0xFFFF_FFFE, 0, child=1)]
    for number, (name, content) in enumerate(streams.items(), 1):
        content = content.ljust(4096, b"\0")  # shorter ones would lie in a table of their own
        first, count = len(sectors), -(-len(content) // 512)
        entries.append(_entry(name, 2, first, len(content), right=number + 1 if number < len(streams) else None))
        sectors += [content[at : at + 512].ljust(512, b"\0") for at in range(0, len(content), 512)]
        links += [*range(first + 1, first + count), 0xFFFF_FFFE]
    links[: len(chain)] = chain
    sectors[0] = struct.pack("<128I", *links, *[0xFFFF_FFFF] * (128 - len(links)))
    sectors[1] = b"".join(entries).ljust(512, b"\0")
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<5H", 62, 3, 0xFFFE, 9, 6) + bytes(6)
    head += struct.pack("<9I", 0, 1, 1, 0, 4096, 0xFFFF_FFFE, 0, 0xFFFF_FFFE, 0)
    return head + struct.pack("<109I", 0, *[0xFFFF_FFFF] * 108) + b"".join(sectors)


def _entry(name: str, kind: int, first: int, size: int, child: int | None = None, right: int | None = None) -> bytes:
    none = 0xFFFF_FFFF
    raw = name.encode("utf-16-le")
    tree = struct.pack("<3I", none, none if right is None else right, none if child is None else child)
    place = struct.pack("<IQ", first, size)
    return raw.ljust(64, b"\0") + struct.pack("<HBB", len(raw) + 2, kind, 1) + tree + bytes(36) + place


def doc(*pieces: str | bytes, language: int = 0x0804, flags: int = 0, chain: Sequence[int] = ()) -> bytes:
    """A DOC with a piece of the text for each argument: 16-bit for str, 8-bit for bytes."""
    word, places, starts = bytearray(2048), [0], []
    for piece in pieces:
        raw = piece.encode("utf-16-le") if isinstance(piece, str) else piece
        starts.append(len(word) if isinstance(piece, str) else len(word) * 2 | 0x4000_0000)
        places.append(places[-1] + len(piece))
        word += raw + b"\0" * (len(raw) % 2)
    told = b"".join(struct.pack("<HIH", 0, start, 0) for start in starts)
    table = struct.pack(f"<{len(places)}I", *places) + told
    clx = b"\x02" + struct.pack("<I", len(table)) + table
    struct.pack_into("<6H", word, 0, 0xA5EC, 193, 0, language, 0, flags | 0x0200)
    struct.pack_into("<2I", word, 0x01A2, 0, len(clx))
    return ole({"WordDocument": bytes(word), "1Table": clx}, chain)


def rar(files: Mapping[str, bytes]) -> bytes:
    """A RAR (version 5) of these files, stored."""
    data = b"Rar!\x1a\x07\x01\x00" + _block(_number(1) + _number(0) + _number(0))
    for name, content in files.items():
        raw = name.encode()
        told = _number(2) + _number(2) + _number(len(content)) + _number(4) + _number(len(content)) + _number(0x20)
        told += struct.pack("<I", zlib.crc32(content)) + _number(0) + _number(0) + _number(len(raw)) + raw
        data += _block(told) + content
    return data + _block(_number(5) + _number(0) + _number(0))


def sevenzip(files: Mapping[str, bytes], turned: bool = False) -> bytes:
    """A 7z of these files, packed together by LZMA2, or turned as programs are before that."""
    chosen = {"id": lzma.FILTER_LZMA2, "dict_size": 2**16}
    filters = [{"id": lzma.FILTER_X86}, chosen] if turned else [chosen]
    packed = lzma.compress(b"".join(files.values()), lzma.FORMAT_RAW, filters=filters)
    size = sum(map(len, files.values()))
    folder = b"\x0b\x01\x00" + b"\x01" + b"\x21\x21\x01\x08"  # one folder, one coder: LZMA2 with 64 kB to look back
    if turned:  # two coders, the second of which takes what the first gives
        folder = b"\x0b\x01\x00" + b"\x02" + b"\x21\x21\x01\x08" + b"\x04\x03\x03\x01\x03" + b"\x01\x00"
    streams = (
        b"\x04\x06\x00\x01\x09"
        + seven(len(packed))
        + b"\x00\x07"
        + folder
        + b"\x0c"
        + seven(size) * (1 + turned)
        + b"\x00"
    )
    sizes = b"".join(seven(len(content)) for content in list(files.values())[:-1])
    streams += b"\x08\x0d" + seven(len(files)) + (b"\x09" + sizes if sizes else b"") + b"\x00\x00"
    names = b"\x00" + b"".join(name.encode("utf-16-le") + bytes(2) for name in files)
    header = b"\x01" + streams + b"\x05" + seven(len(files)) + b"\x11" + seven(len(names)) + names + b"\x00\x00"
    place = struct.pack("<2QI", len(packed), len(header), zlib.crc32(header))
    return b"7z\xbc\xaf\x27\x1c\x00\x04" + struct.pack("<I", zlib.crc32(place)) + place + packed + header


def seven(number: int) -> bytes:
    """A number as a 7z writes it, in nine bytes where one is too few."""
    return bytes([number]) if number < 0x80 else b"\xff" + struct.pack("<Q", number)


def _block(head: bytes) -> bytes:
    sized = _number(len(head)) + head
    return struct.pack("<I", zlib.crc32(sized)) + sized


def _number(value: int) -> bytes:
    """Seven bits a byte, the lowest first."""
    raw = b""
    while value > 0x7F:
        raw, value = raw + bytes([value & 0x7F | 0x80]), value >> 7
    return raw + bytes([value])
