"""Attachments of stored notices → what became of each: asked, kept, read; and the pages that were read, for the rules.

A notice names its attachments; a row here stands for one that was ever wanted. What a file says is kept by its SHA-256,
so that two notices with the same file share it, and stays when the file itself is pruned.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from tender_tracker.model import SHANGHAI, DocumentPage, Notice, Verdict
from tender_tracker.storage import batch, columns, delivered_tables, passages
from tender_tracker.storage.papers import Paper, Read, Which, named

_CHOSEN = {"flagged": "(n.compute OR n.level <> 'none')", "all": "1"}
_PAPERS = """
SELECT n.id, n.source, n.url AS notice_url, n.read_from, n.attachments FROM notices n
WHERE n.attachments <> '[]' AND {where} ORDER BY n.id"""
_SETTLED = """
INSERT INTO documents VALUES (:notice_id, :name, :url, :state, :reasons, :message, :sha256, :tries, :asked_at,
    :next_try) ON CONFLICT DO UPDATE SET url = excluded.url, state = excluded.state, reasons = excluded.reasons,
    message = excluded.message, sha256 = excluded.sha256, tries = excluded.tries, asked_at = excluded.asked_at,
    next_try = excluded.next_try"""
_PAGES = """
SELECT d.notice_id, d.name, p.file, p.page, p.text, p.ocr FROM documents d JOIN passages p ON p.sha256 = d.sha256
WHERE d.notice_id IN (SELECT value FROM json_each(?)) AND d.name IN (SELECT value FROM json_each(?))
ORDER BY d.notice_id, d.name, p.position"""
_KNOWN = (
    "SELECT n.id FROM notices n WHERE n.source = ? AND n.source_id = ? "
    "AND EXISTS (SELECT 1 FROM documents WHERE notice_id = n.id)"
)
_OF_NOTICE = "SELECT * FROM documents WHERE notice_id = ?"


class Documents:
    """The writing side, handed out by the Store."""

    def __init__(self, db: Database, transaction: Callable[[], AbstractContextManager[None]], now: str) -> None:
        self._db = db
        self._transaction = transaction
        self._now = now

    @property
    def are_none(self) -> bool:
        """Whether no attachment was ever wanted."""
        return self._db.execute("SELECT 1 FROM documents LIMIT 1").fetchone() is None

    def seen_now(self, which: Which) -> Iterator[Paper]:
        """Attachments of the notices that this run has read."""
        return self._papers(f"n.last_seen = ? AND {_CHOSEN[which]}", [self._now])

    def since(self, begin: datetime | None, which: Which) -> Iterator[Paper]:
        """Attachments of the notices published since then; None: ever."""
        day = begin.astimezone(SHANGHAI).date().isoformat() if begin else ""
        return self._papers(f"coalesce(n.published_on, '9') >= ? AND {_CHOSEN[which]}", [day])

    def of(self, numbers: Iterable[int]) -> Iterator[Paper]:
        """Attachments of the notices with these ids."""
        return self._papers("n.id IN (SELECT value FROM json_each(?))", [json.dumps(sorted(numbers))])

    def waiting(self, now: datetime) -> Iterator[Paper]:
        """What was wanted, is due and not had yet, the longest waiting first."""
        due = "SELECT notice_id FROM documents WHERE next_try <= ? GROUP BY notice_id ORDER BY min(next_try)"
        for (number,) in self._db.execute(due, [columns.utc(now)]).fetchall():
            papers = self._papers("n.id = ?", [number])
            yield from (paper for paper in papers if paper.next_try is not None and paper.next_try <= now)

    def sharing(self, paper: Paper) -> Iterator[Paper]:
        """The same file as other notices attach it, where they were judged with it."""
        asked = "SELECT DISTINCT notice_id FROM documents WHERE sha256 = ? AND notice_id <> ? AND state <> 'fetched'"
        numbers = [number for (number,) in self._db.execute(asked, [paper.sha256, paper.notice_id])]
        yield from (other for other in self.of(numbers) if other.sha256 == paper.sha256)

    def want(self, papers: Iterable[Paper]) -> None:
        """Notes attachments to be asked for; those that were had or wanted already stay as they are."""
        fresh = [replace(paper, next_try=columns.seen(self._now)) for paper in papers if _is_new(paper)]
        with self._transaction():
            for paper in fresh:
                self._settle(paper)

    def settle(self, paper: Paper, read: Read | None = None, verdict: Verdict | None = None) -> None:
        """Notes what became of an attachment, in one transaction with what it says and what that makes of its notice.

        A level that changes is noted as coming from documents.
        """
        with self._transaction():
            if read is not None:
                passages.keep(self._db, read, self._now)
            self._settle(paper)
            if verdict is not None:
                batch.relabel(self._db, [(paper.notice_id, verdict)], self._now, why="documents")
            elif paper.sha256 is not None:
                delivered_tables.tell(self._db, paper.notice_id)
            passages.index(self._db, [paper.notice_id])

    def knows(self, sha256: str) -> Read | None:
        """What a file says, where it was read before."""
        row = self._db.execute("SELECT bytes, format, unread FROM readings WHERE sha256 = ?", [sha256]).fetchone()
        if row is None:
            return None
        asked = "SELECT file, page, text, ocr FROM passages WHERE sha256 = ? ORDER BY position"
        pages = tuple(
            DocumentPage(file, page, text, bool(ocr)) for file, page, text, ocr in self._db.execute(asked, [sha256])
        )
        return Read(sha256, row[0], row[1], pages, tuple(map(tuple, json.loads(row[2]))))

    def pages(self, numbers: Iterable[int], attached: Iterable[str]) -> dict[int, list[tuple[DocumentPage, ...]]]:
        """By notice, the pages of each attachment that was read and bears one of these names."""
        asked = [json.dumps(list(numbers)), json.dumps(list(attached), ensure_ascii=False)]
        found: dict[int, dict[str, list[DocumentPage]]] = {}
        for number, name, file, page, text, ocr in self._db.execute(_PAGES, asked):
            found.setdefault(number, {}).setdefault(name, []).append(DocumentPage(name + file, page, text, bool(ocr)))
        return {number: [tuple(pages) for pages in by_name.values()] for number, by_name in found.items()}

    def pages_of(self, notice: Notice) -> list[tuple[DocumentPage, ...]]:
        """The same for a notice about to be stored."""
        row = self._db.execute(_KNOWN, [notice.source, notice.source_id]).fetchone()
        names = (file.name for file in named(notice.attachments)) if row else ()
        return self.pages(row, names).get(row[0], []) if row else []

    def _papers(self, where: str, values: Sequence[object]) -> Iterator[Paper]:
        for notice in list(self._db.query(_PAPERS.format(where=where), values)):
            rows = {row["name"]: row for row in self._db.query(_OF_NOTICE, [notice["id"]])}
            for file in named(columns.attachments(notice)):
                place = notice["id"], notice["source"], notice["notice_url"], notice["read_from"]
                yield _paper(Paper(*place, file.name, file.url), rows.get(file.name))

    def _settle(self, paper: Paper) -> None:
        row = {
            name: getattr(paper, name) for name in ("notice_id", "name", "url", "state", "message", "sha256", "tries")
        }
        row |= {
            "reasons": columns.to_json(paper.reasons),
            "asked_at": self._now,
            "next_try": columns.utc(paper.next_try),
        }
        self._db.execute(_SETTLED, row)


def _paper(blank: Paper, row: Mapping[str, Any] | None) -> Paper:
    """What is known of an attachment."""
    if row is None:
        return blank
    return replace(
        blank,
        url=blank.url or row["url"],
        state=row["state"],
        reasons=columns.strings(row["reasons"]),
        message=row["message"],
        sha256=row["sha256"],
        tries=row["tries"],
        next_try=columns.moment(row["next_try"]),
    )


def _is_new(paper: Paper) -> bool:
    return paper.state == "not_fetched" and paper.next_try is None and not paper.tries
