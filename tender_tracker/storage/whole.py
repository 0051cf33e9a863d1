"""Stored notices as their rows, with text, lots, evidence and versions: what leaves a store to come into another."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from tender_tracker.model import DocumentPage
from tender_tracker.storage.columns import VERSION, Row
from tender_tracker.storage.filter import Filter, condition, conjunction
from tender_tracker.storage.query import Reader
from tender_tracker.storage.ruled import STANDS

_CHUNK = 500
"""Notices read at once."""
_SIDES = {"lots": "position", "evidence": "position", "versions": "number"}
_DOCUMENTS = """
SELECT d.notice_id, d.name, d.url, r.sha256, r.bytes, r.format, r.unread, p.position, p.file, p.page, p.text, p.ocr
FROM documents d JOIN readings r ON r.sha256 = d.sha256 JOIN passages p ON p.sha256 = d.sha256
WHERE d.notice_id IN (SELECT value FROM json_each(?)) ORDER BY d.notice_id, d.name, p.position"""


@dataclass(frozen=True, slots=True)
class Whole:
    """One notice: its row with its text, and the rows of its side tables in their order."""

    row: Row
    lots: Sequence[Row]
    evidence: Sequence[Row]
    versions: Sequence[Row]
    documents: Sequence[Row]
    """The pages of its attachments that were read, each with what is known of its file."""


def each(reader: Reader, where: Filter, after: int = 0, until: int | None = None) -> Iterator[Whole]:
    """Notices of the filter in order of id, those behind `after` and up to `until`; memory stays flat."""
    parts, values = condition(where)
    tests = conjunction([*parts, "n.id > ?", "n.id <= ?"])
    asked = f"SELECT n.*, {STANDS} AS stands_under, unpacked(text) AS text FROM notices n JOIN texts ON notice_id = id"
    question = f"{asked} WHERE {tests} ORDER BY n.id LIMIT ?"
    end = 2**63 - 1 if until is None else until
    while rows := reader.ask(question, [*values, after, end, _CHUNK]):
        wanted = json.dumps([row["id"] for row in rows])
        sides = {table: _grouped(reader, _of(table, order), wanted) for table, order in _SIDES.items()}
        sides["documents"] = _grouped(reader, _DOCUMENTS, wanted)
        for row in rows:
            own = dict(row)
            own["pack"] = own.pop("stands_under")
            yield Whole(own, *(sides[table].get(row["id"], []) for table in sides))
        after = rows[-1]["id"]


def last(reader: Reader) -> int:
    """The greatest id; 0 for an empty store."""
    return int(reader.ask("SELECT coalesce(max(id), 0) FROM notices")[0][0])


def pages(documents: Sequence[Row]) -> list[tuple[DocumentPage, ...]]:
    """Rows of documents → the pages of each, as the rules read them."""
    found: dict[str, list[DocumentPage]] = {}
    for row in documents:
        page = DocumentPage(row["name"] + row["file"], row["page"], row["text"], bool(row["ocr"]))
        found.setdefault(row["name"], []).append(page)
    return [tuple(group) for group in found.values()]


def _of(table: str, order: str) -> str:
    chosen = VERSION if table == "versions" else "*"
    which = "notice_id IN (SELECT value FROM json_each(?))"
    return f"SELECT {chosen} FROM {table} WHERE {which} ORDER BY notice_id, {order}"


def _grouped(reader: Reader, question: str, numbers: str) -> dict[int, list[Row]]:
    groups: dict[int, list[Any]] = {}
    for row in reader.ask(question, [numbers]):
        groups.setdefault(row["notice_id"], []).append(dict(row))
    return groups
