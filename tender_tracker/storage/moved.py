"""A notice stored anew → its attachments whose address is another now: they wait to be fetched again.

What was read of the older file still counts until the newer one is read: a site may give a file a new address each day.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from sqlite_utils import Database

from tender_tracker.storage import columns
from tender_tracker.storage.papers import MOVED, named

_MOVED = f"""
UPDATE documents SET url = :url, state = 'not_fetched', message = NULL, tries = 0, next_try = coalesce(:now, asked_at),
    reasons = iif(sha256 IS NULL, '[]', '["{MOVED}"]')
WHERE notice_id = :notice_id AND name = :name AND url <> :url"""


def readdress(db: Database, known: Mapping[int, str], now: str) -> None:
    """Takes over the addresses (JSON, by notice) of pages that were read live again and say what they said before."""
    stored = "SELECT id, attachments FROM notices WHERE id IN (SELECT value FROM json_each(?))"
    for number, before in db.execute(stored, [json.dumps(list(known))]).fetchall():
        after = known[number]
        if after != before and all(url for _, url in json.loads(after)):
            db.execute("UPDATE notices SET attachments = ? WHERE id = ?", [after, number])
            moved(db, number, now)


def moved(db: Database, notice_id: int, now: str | None) -> None:
    """To be called when the attachments of a notice may have changed. They are to be asked from `now` on."""
    row = next(db.query("SELECT attachments FROM notices WHERE id = ?", [notice_id]))
    for file in named(columns.attachments(row)):
        if file.url is not None:
            db.execute(_MOVED, {"notice_id": notice_id, "name": file.name, "url": file.url, "now": now})


def all_moved(db: Database) -> None:
    """The same for every notice that has attachments which were ever wanted."""
    for (number,) in db.execute("SELECT DISTINCT notice_id FROM documents").fetchall():
        moved(db, number, None)
