"""Attachments of notices → what became of them, in words: read, read in part, or unread and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from tender_tracker.model import DocumentPage, Evidence
from tender_tracker.reporting import clean
from tender_tracker.reporting.attached import at, told
from tender_tracker.reporting.sheet import marked
from tender_tracker.reporting.styled import Line
from tender_tracker.storage.papers import Read, became
from tender_tracker.storage.rows import DocumentRow


def lines(
    documents: Iterable[DocumentRow], pages: Iterable[DocumentPage], evidence: Iterable[Evidence], lang: str
) -> Iterator[Line]:
    """Each attachment with what was read of it, by file and page, its evidence marked."""
    found = list(evidence)
    by_name: dict[str, list[DocumentPage]] = {}
    rows = list(documents)
    for page in pages:
        own = max((row.name for row in rows if _is_of(page.file, row.name)), key=len, default=page.file)
        by_name.setdefault(own, []).append(page)
    for row in rows:
        head, *rest = told(row, lang)
        yield ((clean.terminal(head), "bold"),)
        yield from (((clean.terminal(line), "dim"),) for line in rest)
        yield from _pages(by_name.get(row.name, []), found, lang)
        yield ()


def row_of(file: str, read: Read) -> DocumentRow:
    """A document that is not stored, as a row of its own."""
    state, reasons = became(read)
    return DocumentRow(
        file,
        None,
        state,
        reasons,
        format=read.format,
        bytes=read.bytes,
        sha256=read.sha256,
        unread=read.unread,
    )


def _pages(pages: Iterable[DocumentPage], evidence: list[Evidence], lang: str) -> Iterator[Line]:
    for (file, number, ocr), same in groupby(pages, key=lambda page: (page.file, page.page, page.ocr)):
        yield ((f"— {clean.terminal(at(file, number, lang, ocr))} —", "dim"),)
        own = [item for item in evidence if (item.file, item.page) == (file, number)]
        for page in same:
            yield from marked(page.text, own, "document")


def _is_of(file: str, name: str) -> bool:
    return file == name or file.startswith(f"{name}/")
