"""An award or a contract → the pages of its attachments, which tell of goods where its own text prints none."""

from __future__ import annotations

from collections.abc import Iterator

from sqlite_utils import Database

from tender_tracker.facts.facts import ANNOUNCE
from tender_tracker.model import DocumentPage
from tender_tracker.storage import columns
from tender_tracker.storage.papers import named

_PAGES = (
    "SELECT d.name, p.file, p.page, p.text FROM documents d JOIN passages p ON p.sha256 = d.sha256 "
    "WHERE d.notice_id = ? ORDER BY d.name, p.position"
)


def pages(db: Database, notice: int, kind: str) -> Iterator[DocumentPage]:
    """Of the files that it attaches now, as far as they were read; of a notice of another kind none."""
    rows = db.execute(_PAGES, [notice]).fetchall() if kind in ANNOUNCE else []
    names = _names(db, notice) if rows else frozenset()
    for name, file, page, text in rows:
        if name in names:
            yield DocumentPage(name + file, page, text)


def _names(db: Database, notice: int) -> frozenset[str]:
    (row,) = db.query("SELECT attachments FROM notices WHERE id = ?", [notice])
    return frozenset(file.name for file in named(columns.attachments(row)))
