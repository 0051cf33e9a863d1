"""What was read of files → rows of passages, and the index of the words in those that notices about compute attach.

A file is indexed once, when a notice about compute is found to attach it; which notices are that now, a search asks.
"""

from __future__ import annotations

import json
from collections.abc import Iterable

from sqlite_utils import Database

from tender_tracker.storage import bigrams, columns
from tender_tracker.storage.filter import WHOLE
from tender_tracker.storage.papers import Read

TABLES = (
    "CREATE VIRTUAL TABLE passage_search USING fts5(tokens, content='', columnsize=0, detail=none, tokenize='ascii')",
    "ALTER TABLE readings ADD COLUMN indexed INTEGER NOT NULL DEFAULT 0",
)
SEEN = "ALTER TABLE passages ADD COLUMN ocr INTEGER NOT NULL DEFAULT 0"
_TEXTS = "SELECT id, text FROM passages WHERE sha256 = ?"
_WAITING = f"""
SELECT DISTINCT r.sha256 FROM notices n JOIN documents d ON d.notice_id = n.id JOIN readings r ON r.sha256 = d.sha256
WHERE n.id IN (SELECT value FROM json_each(?)) AND {WHOLE} AND NOT r.indexed"""
_DOCUMENTED = "SELECT DISTINCT notice_id FROM documents WHERE sha256 IS NOT NULL"


def keep(db: Database, read: Read, now: str) -> None:
    """Stores what a file says, in place of what was read of it before."""
    known = db.execute("SELECT indexed FROM readings WHERE sha256 = ?", [read.sha256]).fetchone()
    was_found = bool(known and known[0])
    if was_found:  # the index keeps no text: only the very words that were put in take a passage out of it
        db.conn.executemany(
            "INSERT INTO passage_search(passage_search, rowid, tokens) VALUES ('delete', ?, ?)",
            _tokens(db, read.sha256),
        )
    db.execute("DELETE FROM passages WHERE sha256 = ?", [read.sha256])
    row = (read.sha256, read.bytes, read.format, columns.to_json(read.unread), now)
    db.execute("INSERT OR REPLACE INTO readings (sha256, bytes, format, unread, read_at) VALUES (?, ?, ?, ?, ?)", row)
    db.conn.executemany(
        "INSERT INTO passages (sha256, position, file, page, text, ocr) VALUES (?, ?, ?, ?, ?, ?)",
        [(read.sha256, place, page.file, page.page, page.text, page.ocr) for place, page in enumerate(read.pages)],
    )
    if was_found:  # by another notice, too, perhaps: that one is not looked at now
        _index(db, read.sha256)


def index(db: Database, numbers: Iterable[int]) -> None:
    """Makes the words of the files of these notices to be found, as far as they are about compute."""
    for (sha256,) in db.execute(_WAITING, [json.dumps(list(numbers))]).fetchall():
        _index(db, sha256)


def index_all(db: Database) -> None:
    """The same for all notices: a store of before there was such an index."""
    index(db, [number for (number,) in db.execute(_DOCUMENTED).fetchall()])


def _index(db: Database, sha256: str) -> None:
    db.conn.executemany("INSERT INTO passage_search(rowid, tokens) VALUES (?, ?)", _tokens(db, sha256))
    db.execute("UPDATE readings SET indexed = 1 WHERE sha256 = ?", [sha256])


def _tokens(db: Database, sha256: str) -> list[tuple[int, str]]:
    return [(number, bigrams.tokens([text])) for number, text in db.execute(_TEXTS, [sha256])]
