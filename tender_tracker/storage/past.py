"""What earlier runs know of one source: how far it is covered, which pages were asked, which failed and are due again.

A page that failed is asked again in the next run, then ever later, at most TRIES times; after that it is kept as
given up. A known page is asked again only when its list shows it otherwise, or, while it is young, by its validators.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from tender_tracker.model import Link, Request, Validators, Window
from tender_tracker.storage import columns
from tender_tracker.storage.standing import Alarm

if TYPE_CHECKING:
    from sqlite_utils import Database

TRIES = 5
WAITS = (timedelta(0), timedelta(hours=6), timedelta(hours=18), timedelta(hours=36))
"""From a failed try to the next, given up before the source would grow stale of it; after the last there is none."""
YOUNG = timedelta(days=7)
"""Since publication: so long a known page may still be amended in place, and is asked whether it was."""
REST = timedelta(hours=20)
"""Between two asks of a known page: below a day, for a daily job does not start to the minute."""

HISTORY = 30
"""Stored notices that tell what is usual for a source."""
PRESENT = {
    "title": "title <> ''",
    "kind": "kind <> 'other'",
    "published": "published IS NOT NULL",
    "text": "text_length > 0",
    "buyer": "buyer IS NOT NULL",
}
"""Field → whether a stored notice has it, in SQL."""

_CHECKED = """
INSERT INTO page_checks VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE
SET listed = excluded.listed, etag = excluded.etag, last_modified = excluded.last_modified,
    checked_at = excluded.checked_at"""
_FAILED = """
INSERT INTO failed_pages VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE
SET title = excluded.title, published = excluded.published, request = excluded.request, listed = excluded.listed,
    reason = excluded.reason, message = excluded.message, tries = excluded.tries, last_tried = excluded.last_tried,
    next_try = excluded.next_try"""
_SPEND = """
INSERT INTO calls VALUES (?, ?, 1) ON CONFLICT DO UPDATE SET calls = calls + 1 WHERE calls < ?"""


@dataclass(frozen=True, slots=True)
class FailedPage:
    """A notice page that could not be read. `next_try` None: given up."""

    source: str
    url: str
    reason: str
    message: str
    tries: int
    first_failed: datetime
    last_tried: datetime
    next_try: datetime | None


class Past:
    """The past of one source, asked and written while a run walks through it."""

    def __init__(
        self,
        db: Database,
        transaction: Callable[[], AbstractContextManager[None]],
        source: str,
        now: datetime,
        stored: frozenset[str],
    ) -> None:
        self._db = db
        self._transaction = transaction
        self._source = source
        self._now = now
        self._stored = stored
        """Addresses of notices that came without a question of ours (saved pages)."""

    def watermark(self, scope: str) -> datetime | None:
        """Up to when all that was published is read, by the last run that asked for the same columns and keywords."""
        question = "SELECT watermark FROM run_sources WHERE source = ? AND scope = ? ORDER BY run_id DESC LIMIT 1"
        row = self._db.execute(question, [self._source, scope]).fetchone()
        return columns.moment(row[0]) if row else None

    def due(self) -> tuple[Link, ...]:
        """Pages that failed and are to be asked now, the longest waiting first."""
        question = "SELECT * FROM failed_pages WHERE source = ? AND next_try <= ? ORDER BY next_try, url"
        return tuple(map(_link, self._db.query(question, [self._source, columns.utc(self._now)])))

    def knows(self, link: Link) -> bool:
        """Whether a listed page need not be asked in this run."""
        row = self._row("failed_pages", link)
        if row is not None:  # it waits for its next try, or is given up, unless it is no longer the same
            return bool(row["listed"] == fingerprint(link))
        row = self._row("page_checks", link)
        if row is None:
            return link.url in self._stored
        if row["listed"] != fingerprint(link):
            return False
        young = link.published is not None and link.published > self._now - YOUNG
        rested = columns.seen(row["checked_at"]) <= self._now - REST
        return not (young and rested and (row["etag"] or row["last_modified"]))

    def validators(self, link: Link) -> Validators | None:
        """What the site gave to ask whether the page has changed; None for a page never read."""
        row = self._row("page_checks", link)
        return Validators(row["etag"], row["last_modified"]) if row else None

    def read(self, link: Link, validators: Validators) -> None:
        """Notes a page that was read, or that has not changed."""
        row = [self._source, link.url, fingerprint(link), validators.etag, validators.last_modified, self._utc]
        with self._transaction():
            self._db.execute(_CHECKED, row)
            self._db.execute("DELETE FROM failed_pages WHERE source = ? AND url = ?", [self._source, link.url])

    def gone(self, link: Link) -> bool:
        """Notes that a page read before is no longer there: its notice stays. False for one never read."""
        if self._row("page_checks", link) is None:
            return False
        self.read(link, Validators())
        return True

    def failed(self, link: Link, reason: str, message: str, counts: bool) -> None:
        """Notes a page that could not be read; without `counts` (its site as a whole was down) it is no try."""
        row = self._row("failed_pages", link)
        again = row is not None and row["listed"] == fingerprint(link)
        tries = (row["tries"] if row and again else 0) + counts
        wait = WAITS[max(tries - 1, 0)] if tries < TRIES else None
        values = [
            *(self._source, link.url, link.title, columns.utc(link.published), _request(link.request)),
            *(fingerprint(link), reason, message, tries, self._utc, self._utc),
            columns.utc(self._now + wait) if wait is not None else None,
        ]
        with self._transaction():
            self._db.execute(_FAILED, values)

    def waiting(self) -> int:
        """Failed pages that will be asked again."""
        question = "SELECT count(*) FROM failed_pages WHERE source = ? AND next_try IS NOT NULL"
        return int(self._db.execute(question, [self._source]).fetchone()[0])

    def last_alarm(self) -> Alarm | None:
        """What the last live run said of this source."""
        question = (
            "SELECT alarm FROM run_sources JOIN runs ON id = run_id WHERE source = ? AND command = 'fetch' "
            "ORDER BY run_id DESC LIMIT 1"
        )
        row = self._db.execute(question, [self._source]).fetchone()
        return row[0] if row else None

    def usual(self) -> list[tuple[int, Window]]:
        """Items seen and window covered by the last good live runs, newest first."""
        question = (
            "SELECT seen, covered_since, covered_until FROM run_sources JOIN runs ON id = run_id "
            "WHERE source = ? AND command = 'fetch' AND state = 'ok' ORDER BY run_id DESC LIMIT 9"
        )
        return [
            (seen, Window(columns.moment(since), columns.moment(until)))
            for seen, since, until in self._db.execute(question, [self._source])
        ]

    def rates(self, fields: Sequence[str]) -> dict[str, float]:
        """Share of the notices stored before this run that have each field; {} where there are too few to tell."""
        sums = ", ".join(f"avg({PRESENT[name]}) AS {name}" for name in fields)
        recent = "SELECT * FROM notices WHERE source = ? AND first_seen < ? ORDER BY published_on DESC LIMIT 500"
        rows = self._db.query(f"SELECT count(*) AS notices, {sums} FROM ({recent})", [self._source, self._utc])
        row = next(iter(rows))
        return {name: row[name] for name in fields} if row["notices"] >= HISTORY else {}

    @property
    def _utc(self) -> str:
        return columns.utc(self._now) or ""

    def _row(self, table: str, link: Link) -> dict[str, Any] | None:
        rows = self._db.query(f"SELECT * FROM {table} WHERE source = ? AND url = ?", [self._source, link.url])
        return next(iter(rows), None)


def spend(db: Database, source: str, day: str, allowed: int) -> bool:
    """Counts one call of a day; False, and nothing counted, when all `allowed` ones are used up."""
    return db.execute(_SPEND, [source, day, allowed]).rowcount > 0


def settle(db: Database, addresses: Iterable[tuple[str, str | None]]) -> None:
    """Forgets failed pages whose notices came by another way: saved by hand, a reparse. `addresses`: source and url."""
    if db.execute("SELECT 1 FROM failed_pages LIMIT 1").fetchone():
        db.conn.executemany("DELETE FROM failed_pages WHERE source = ? AND url = ?", list(addresses))


def fingerprint(link: Link) -> str:
    """What a list says of a page, in twelve characters: another one, and the page may have changed."""
    said = f"{link.title}\n{columns.utc(link.published)}"
    from hashlib import blake2b  # a reader of the store needs none

    return blake2b(said.encode("utf-8", "replace"), digest_size=6).hexdigest()


def failed_page(row: Any) -> FailedPage:
    return FailedPage(
        **{name: row[name] for name in ("source", "url", "reason", "message", "tries")},
        first_failed=columns.seen(row["first_failed"]),
        last_tried=columns.seen(row["last_tried"]),
        next_try=columns.moment(row["next_try"]),
    )


def _request(request: Request | None) -> str | None:
    if request is None:
        return None
    parts = {"url": request.url, "json": request.json, "form": request.form, "headers": request.headers}
    return json.dumps({name: value for name, value in parts.items() if value is not None}, default=dict)


def _link(row: Any) -> Link:
    asked = json.loads(row["request"]) if row["request"] else None
    request = None
    if asked:
        parts: Iterable[tuple[str, Any]] = ((name, asked.get(name)) for name in ("json", "form", "headers"))
        request = Request(asked["url"], **{name: MappingProxyType(value) for name, value in parts if value is not None})
    return Link(row["url"], row["title"], columns.moment(row["published"]), request)
