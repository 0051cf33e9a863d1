"""Messages on their way: queued in the store, marked sent only when the other side has confirmed, never sent twice.

An attempt begins by marking its message `doubt`: if the program dies, or the line, after the message left and before
the answer was stored, nobody can know whether it arrived. It is then sent again, the same to the byte.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal

from tender_tracker.errors import UsageError
from tender_tracker.storage import columns

if TYPE_CHECKING:
    from sqlite_utils import Database

    from tender_tracker.storage.query import Reader

WAITS = (timedelta(0), timedelta(hours=1), timedelta(hours=6), timedelta(hours=24))
"""From a failed try to the next; the last one for ever, for a message is given up by hand only."""

State = Literal["queued", "doubt", "sent", "dropped"]

TABLE = """
CREATE TABLE outbox (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    target TEXT NOT NULL,
    title TEXT NOT NULL,
    body BLOB NOT NULL,
    recipients TEXT NOT NULL,
    state TEXT NOT NULL,
    queued_at TEXT NOT NULL,
    tries INTEGER NOT NULL,
    tried_at TEXT,
    next_try TEXT,
    sent_at TEXT,
    said TEXT
)"""
_COLUMNS = "id, target, title, state, queued_at, tries, tried_at, next_try, sent_at, said, recipients"


@dataclass(frozen=True, slots=True)
class Letter:
    """A finished message. `key` is its target and digest: two letters of one key are the same message."""

    key: str
    target: str
    title: str
    body: bytes = field(repr=False)
    recipients: tuple[str, ...] = ()
    """Mail addresses that are still owed it, or the one file it goes to."""


@dataclass(frozen=True, slots=True)
class Entry:
    """How a message stands. `said` is the last answer of the other side, or why there was none."""

    id: int
    target: str
    title: str
    state: State
    queued_at: datetime
    tries: int
    tried_at: datetime | None
    next_try: datetime | None
    sent_at: datetime | None
    said: str | None
    recipients: tuple[str, ...]


def entries(reader: Reader) -> list[Entry]:
    """All messages, the newest last."""
    return [_entry(row) for row in reader.ask(f"SELECT {_COLUMNS} FROM outbox ORDER BY id")]


def queue(db: Database, letters: Iterable[Letter], now: str) -> None:
    """Adds letters inside a transaction of the caller; one whose key is known stays as it is."""
    for letter in letters:
        db.execute(
            "INSERT INTO outbox (key, target, title, body, recipients, state, queued_at, tries, next_try) "
            "VALUES (?, ?, ?, ?, ?, 'queued', ?, 0, ?) ON CONFLICT DO NOTHING",
            [letter.key, letter.target, letter.title, letter.body, json.dumps(letter.recipients), now, now],
        )


class Outbox:
    """The messages of a store that is held for writing: while it is held, nobody else sends."""

    def __init__(self, db: Database, transaction: Callable[[], AbstractContextManager[None]], now: datetime) -> None:
        self._db = db
        self._transaction = transaction
        self._now = now

    def known(self, key: str) -> Entry | None:
        """The message of this key, if it was queued before."""
        return next(self._entries("key = ?", key), None)

    def due(self) -> list[Entry]:
        """Waiting messages whose time has come, the oldest first."""
        return list(self._entries("next_try <= ?", columns.utc(self._now)))

    def waiting(self) -> int:
        """Messages that are not yet delivered."""
        return int(self._db.execute("SELECT count(*) FROM outbox WHERE next_try IS NOT NULL").fetchone()[0])

    def entry(self, number: int) -> Entry:
        """Raises UsageError when there is no such message."""
        found = next(self._entries("id = ?", number), None)
        if found is None:
            raise UsageError(f"no message {number} in the outbox; `tenders outbox` shows them")
        return found

    def begin(self, entry: Entry) -> Letter:
        """Marks an attempt before anything leaves, and gives what is to be sent."""
        with self._transaction():
            self._db.execute(
                "UPDATE outbox SET state = 'doubt', tries = tries + 1, tried_at = ?, next_try = ? WHERE id = ?",
                [columns.utc(self._now), columns.utc(self._now), entry.id],
            )
        row = self._db.execute("SELECT key, body, recipients FROM outbox WHERE id = ?", [entry.id]).fetchone()
        return Letter(row[0], entry.target, entry.title, bytes(row[1]), tuple(json.loads(row[2])))

    def sent(self, entry: Entry, said: str) -> None:
        """Notes that the other side has confirmed; the message itself is no longer kept."""
        with self._transaction():
            self._db.execute(
                "UPDATE outbox SET state = 'sent', sent_at = ?, next_try = NULL, said = ?, body = x'' WHERE id = ?",
                [columns.utc(self._now), said, entry.id],
            )

    def failed(self, entry: Entry, said: str, doubt: bool, owed: tuple[str, ...]) -> None:
        """Notes an attempt that was not confirmed; `owed` are the recipients that have not got it."""
        wait = WAITS[min(entry.tries, len(WAITS) - 1)]
        with self._transaction():
            self._db.execute(
                "UPDATE outbox SET state = ?, next_try = ?, said = ?, recipients = ? WHERE id = ?",
                ["doubt" if doubt else "queued", columns.utc(self._now + wait), said, json.dumps(owed), entry.id],
            )

    def drop(self, number: int) -> Entry:
        """Gives a waiting message up. Raises UsageError for one that was sent."""
        entry = self.entry(number)
        if entry.state == "sent":
            raise UsageError(f"message {number} was sent and cannot be called back")
        with self._transaction():
            self._db.execute("UPDATE outbox SET state = 'dropped', next_try = NULL WHERE id = ?", [number])
        return entry

    def _entries(self, condition: str, value: Any) -> Iterator[Entry]:
        rows = self._db.query(f"SELECT {_COLUMNS} FROM outbox WHERE {condition} ORDER BY id", [value])
        return map(_entry, list(rows))


def _entry(row: Mapping[str, Any]) -> Entry:
    moments = {name: columns.moment(row[name]) for name in ("tried_at", "next_try", "sent_at")}
    return Entry(
        id=row["id"],
        target=row["target"],
        title=row["title"],
        state=row["state"],
        queued_at=columns.seen(row["queued_at"]),
        tries=row["tries"],
        said=row["said"],
        recipients=tuple(json.loads(row["recipients"])),
        **moments,
    )
