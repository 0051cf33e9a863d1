"""First bytes → format. A name decides nothing: a .doc that is a page or a DOCX is common."""

from __future__ import annotations

import re
from collections.abc import Iterable

from tender_tracker.pages.decode import unmarked_utf_16

_MAGIC = (
    (b"%PDF-", "pdf"),
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"Rar!\x1a\x07", "rar"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "ole"),
    (b"{\\rt", "rtf"),
    (b"\x89PNG\r\n\x1a\n", "picture"),
    (b"\xff\xd8\xff", "picture"),
    (b"GIF8", "picture"),
    (b"II*\x00", "picture"),
    (b"MM\x00*", "picture"),
    (b"AC10", "picture"),  # a drawing (DWG)
)
HEAD = 4096
"""Bytes that decide."""
_MARKUP = re.compile(r"<(?:!doctype html|html|head|body|table|div|p|meta|span)\b", re.IGNORECASE)
_OFFICE_XML = re.compile(r"^\s*<\?xml\b.{0,2000}?<(?:w:wordDocument|pkg:package|((?:ss:)?Workbook))\b", re.DOTALL)
"""What Office wrote as XML before it packed it (2003), or unpacked; under the endings .doc and .xls, too."""
_STRANGE = re.compile("[\x00-\x08\x0e-\x1f\x7f\ufffd]")


def format_of(data: bytes) -> str:
    """pdf, zip (of any kind), ole, rar, 7z, rtf, picture, word-xml, sheet-xml, mhtml, html, txt or unknown."""
    head = data[:HEAD]
    for magic, name in _MAGIC:
        if head.startswith(magic):
            return name
    if b"%PDF-" in head[:1024]:  # readers allow some bytes before it
        return "pdf"
    if (head.startswith(b"BM") and head[6:10] == bytes(4)) or (head.startswith(b"RIFF") and head[8:12] == b"WEBP"):
        return "picture"
    if re.match(rb"\s*(?:MIME-Version:|From: <Saved by)", head, re.IGNORECASE):
        return "mhtml"
    return _of_text(head)


def _of_text(head: bytes) -> str:
    """html or txt where the bytes are text in some encoding, else unknown."""
    if not head.strip():
        return "unknown"
    wide = head[:2] in (b"\xff\xfe", b"\xfe\xff") or unmarked_utf_16(head)
    text = _decoded(head, bool(wide))
    if text is None or len(_STRANGE.findall(text)) * 50 > len(text):
        return "unknown"
    if found := _OFFICE_XML.search(text):
        return "sheet-xml" if found[1] else "word-xml"
    return "html" if _MARKUP.search(text) else "txt"


def _decoded(head: bytes, wide: bool) -> str | None:
    if wide:
        return head.decode("utf-16", "replace")
    for name in ("utf-8", "gb18030"):
        for cut in range(4):  # the head may end within a character
            try:
                return head[: len(head) - cut].decode(name)
            except UnicodeDecodeError:
                continue
    return head.decode("utf-8", "replace")


_HELD = (
    (re.compile(r"/?word/document\d*\.xml"), "docx"),
    (re.compile(r"/?xl/workbook\.xml"), "xlsx"),
    (re.compile(r"/?ppt/presentation\.xml"), "pptx"),
    (re.compile(r"ofd\.xml", re.IGNORECASE), "ofd"),
    (re.compile(r"/?xl/workbook\.bin"), "xlsb"),
)


def held_by(names: Iterable[str]) -> str:
    """The names in a ZIP → docx, xlsx, xlsb, pptx, ofd, odf (of any kind), or zip for an archive of files."""
    known = frozenset(names)
    if "mimetype" in known and known & {"content.xml", "encrypted-package"}:
        return "odf"
    return next((kind for pattern, kind in _HELD if any(map(pattern.fullmatch, known))), "zip")
