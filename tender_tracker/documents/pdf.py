"""Bytes of a PDF → a passage for each page with text; pages that are pictures are named, or read by OCR."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tender_tracker.documents.ocr import Sight
from tender_tracker.documents.reading import MAX_PAGES, MAX_TEXT, Part, Unread, Unreadable, passage
from tender_tracker.documents.wrapped import across

_FEW = 40
"""Characters up to which the text of a page may be the number or the stamp on a scan."""
_LOOKED_AT = 200
"""Objects of a page among which a picture is looked for."""
_PATH, _IMAGE, _FORM = 2, 3, 5  # of FPDF_PAGEOBJ_*
_DRAWN = 60
"""Paths of a page without text above which its letters may be drawn."""


def parts(data: bytes, file: str, sight: Sight | None = None) -> Iterator[Part]:
    """Raises Unreadable: encrypted, truncated, damaged, missing_reader; scanned, too_many behind what was read."""
    try:
        import pypdfium2
    except ImportError as error:
        raise Unreadable("missing_reader") from error
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if b"/Encrypt" in data:
            raise Unreadable("encrypted") from error
        raise Unreadable("damaged" if b"%%EOF" in data[-2048:] else "truncated") from error
    try:
        yield from _pages(document, file, sight)
    except pypdfium2.PdfiumError as error:
        raise Unreadable("damaged") from error
    finally:
        document.close()


def _pages(document: Any, file: str, sight: Sight | None) -> Iterator[Part]:
    """Pages in order; a document without text is named once, as a whole."""
    scanned: list[int] = []
    seen: set[int] = set()
    read = False
    for number, lines in across(_texts(document, scanned, seen, sight)):
        yield from passage(file, number, lines, number in seen)
        read = read or bool(lines)
    if not read:
        raise Unreadable("scanned")
    yield from (Unread(file, "scanned", number) for number in scanned)
    if len(document) > MAX_PAGES:
        raise Unreadable("too_many")


def _texts(document: Any, scanned: list[int], seen: set[int], sight: Sight | None) -> Iterator[tuple[int, str]]:
    """Number and text of each page; the numbers of those that are pictures are noted, and of those read by OCR."""
    for number in range(1, min(len(document), MAX_PAGES) + 1):
        text, pictured, looked = _page(document, number - 1, sight)
        if looked:
            seen.add(number)
        elif pictured:
            scanned.append(number)
        yield number, text


def _page(document: Any, index: int, sight: Sight | None) -> tuple[str, bool, bool]:
    """The text of one page, whether it is a picture, and whether the text was seen in it; its memory is given back
    before the next."""
    page = document[index]
    try:
        textpage = page.get_textpage()
        try:
            if textpage.count_chars() > MAX_TEXT:
                raise Unreadable("too_large")
            text = str(textpage.get_text_bounded())
        finally:
            textpage.close()
        pictured = len(text.strip()) < _FEW and _is_pictured(page, bool(text.strip()))
        seen = "\n".join(sight.page(page)) if pictured and sight else ""
        return seen or text, pictured, bool(seen)
    finally:
        page.close()


def _is_pictured(page: Any, has_text: bool) -> bool:
    """Whether what is to be read on a page with little or no text is a picture, or letters drawn as paths."""
    area = max(page.get_width() * page.get_height(), 1)
    paths = 0
    for number, thing in enumerate(page.get_objects(max_depth=3)):
        if number >= _LOOKED_AT:
            break
        paths += thing.type == _PATH
        if thing.type == _IMAGE:
            left, bottom, right, top = thing.get_bounds()
            if not has_text or (right - left) * (top - bottom) * 2 > area:
                return True
    return not has_text and paths > _DRAWN
