"""Pages and plain text → lines, as the rest of the product reads them."""

from __future__ import annotations

from collections.abc import Iterator

from tender_tracker.documents.reading import Part, passage
from tender_tracker.pages.decode import decode
from tender_tracker.pages.html import block_text


def parts(data: bytes, file: str, markup: bool) -> Iterator[Part]:
    """One passage: the visible text of a page, or the lines of plain text."""
    text = decode(data)
    yield from passage(file, None, (block_text(text) if markup else text).splitlines())
