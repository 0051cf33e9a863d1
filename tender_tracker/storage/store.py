"""The SQLite store, opened for writing: one writer, whole notices, one transaction a batch. Never repairs silently."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO

from sqlite_utils import Database

from tender_tracker.errors import TenderError
from tender_tracker.model import DocumentPage, Kind, LotVerdict, Verdict, Window
from tender_tracker.storage import (
    batch,
    columns,
    counts,
    kept,
    linked,
    lock,
    merging,
    migrations,
    past,
    ruled,
    stated,
    storefile,
)
from tender_tracker.storage.batch import Record as Record
from tender_tracker.storage.batch import Reread as Reread
from tender_tracker.storage.documents import Documents
from tender_tracker.storage.outbox import Letter, Outbox, queue
from tender_tracker.storage.papers import named
from tender_tracker.storage.standing import Alarm, State

_ONE_OF = "IN (SELECT value FROM json_each(?))"
_DOCUMENTED = f"SELECT DISTINCT notice_id FROM documents WHERE notice_id {_ONE_OF}"
PAGE = 500
"""Notices read at a time by `stored`."""


@dataclass(frozen=True, slots=True)
class Saved:
    """What a batch did to one source's notices."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    reread: int = 0
    """Unchanged, but our parsers read the same page otherwise."""


@dataclass(frozen=True, slots=True)
class SourceRun:
    """What a run did to one source; `source` None counts pages no source recognised. docs/store.md has each field."""

    source: str | None
    read: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: int = 0
    lists: int = 0
    seen: int = 0
    failed: int = 0
    not_modified: int = 0
    waiting: int = 0
    state: State = "ok"
    error: str | None = None
    window: Window | None = None
    covered: Window | None = None
    """None: it cannot say what it read, because a list failed or it was left at a limit."""
    watermark: datetime | None = None
    scope: str | None = None
    alarm: Alarm | None = None
    reasons: Mapping[str, int] = field(default_factory=dict)
    """Why pages were refused → how many."""


@dataclass(frozen=True, slots=True)
class Refused:
    """A page that could not be read. `reason` is one word: blocked, challenge, login, broken, changed, …"""

    read_from: str
    source: str | None
    reason: str
    message: str


@dataclass(frozen=True, slots=True)
class Stored:
    """A stored notice as the rules need it to decide again."""

    id: int
    title: str
    text: str
    kind: Kind
    verdict: Verdict
    country: str
    language: str
    documents: tuple[tuple[DocumentPage, ...], ...] = ()
    """The pages of each of its attachments that was read."""


class Store:
    """A store opened for writing; holds its lock until closed. Use as a context manager."""

    def __init__(self, db: Database, path: Path, held: BinaryIO, now: datetime) -> None:
        self._db = db
        self._path = path
        self._lock = held
        (told,) = db.execute("SELECT max(until) FROM digests").fetchone()
        self._now = max(columns.utc(now) or "", told or "")  # nothing new may lie in a span that was told already
        self._run: int | None = None
        self._signed = False

    @classmethod
    def open(cls, path: Path, now: datetime, create: bool = True) -> Store:
        """The store at `path`, made or migrated where needed; `now` dates all that is written.

        Raises StoreLocked when another run holds it; StoreUnusable when it is missing (without `create`), damaged,
        read-only, newer than this program, or no store. Such a file is left as it is.
        """
        if not create or path.exists() or path.is_symlink():
            storefile.regular(path)
        storefile.writable(path)
        held = lock.take(path)
        try:
            age = storefile.examined(path, lock.notices_known(held))
            db = _opened(path, age)
        except BaseException:
            held.close()
            raise
        return cls(db, path, held, now)

    def close(self) -> None:
        """Lets go of the store and its lock."""
        with suppress(sqlite3.Error, OSError):  # a courtesy for the next run; what went wrong is told elsewhere
            lock.remember(self._lock, self._db.execute(counts.ALL).fetchone()[0])
        self._db.close()
        self._lock.close()

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:
            with suppress(TenderError), self._transaction():  # a reader answers without it, only slower
                kept.renew(self._db.conn)
        self.close()

    def begin_run(self, command: str, pack: str | None, rules: str | None = None) -> int:
        """Opens the run record; what is saved until `end_run` carries its id.

        `pack` is the fingerprint of the home pack, `rules` what a later relabel must know of it (`described`).
        """
        with self._transaction():
            self._run = self._db.execute(
                "INSERT INTO runs (command, started, pack) VALUES (?, ?, ?)", [command, self._now, pack]
            ).lastrowid
            if pack is not None and rules is not None:
                ruled.used(self._db, pack, rules)
        assert self._run is not None
        return self._run

    def save(self, records: Sequence[Record], old_copies: bool = False, keep: bool = True) -> Mapping[str, Saved]:
        """Stores a batch in one transaction → counts per source; without `keep` it only counts.

        With `old_copies` a version known from the past, read again, is no change.
        """
        with self._transaction(keep):
            counts = batch.save(self._db, records, batch.Visit(self._now, self._run, old_copies))
            past.settle(self._db, ((record.notice.source, record.notice.url) for record in records))
        return {
            source: Saved(
                counts[source, "new"], counts[source, "changed"], counts[source, "unchanged"], counts[source, "reread"]
            )
            for source in dict.fromkeys(source for source, _ in counts)
        }

    def merge(self, arrivals: Sequence[merging.Arrival], decide: merging.Decide) -> Mapping[str, Saved]:
        """Takes in notices of another store with their past, in one transaction → counts per source.

        `decide` labels those that are written.
        """
        saved: dict[str, Saved] = {}
        with self._transaction():
            (told,) = self._db.execute("SELECT coalesce(max(until), '') FROM digests").fetchone()
            visit = batch.Visit(self._now, self._run, old_copies=False)
            for source in dict.fromkeys(arrival.notice.source for arrival in arrivals):
                own = [arrival for arrival in arrivals if arrival.notice.source == source]
                counts = merging.merge(self._db, own, decide, visit, told)
                saved[source] = Saved(counts["new"], counts["changed"], counts["unchanged"])
            past.settle(self._db, ((arrival.notice.source, arrival.notice.url) for arrival in arrivals))
        return saved

    def reread(self, records: Iterable[Record], keep: bool = True) -> list[Reread]:
        """Replaces stored notices by new readings of their pages in one transaction; without `keep` it only compares.

        The first reading of a notice counts: pages come the newest first, so an older one is let go.
        """
        fresh = [record for record in records if self._first_reading(record)]
        visit = batch.Visit(self._now, self._run, old_copies=False)
        with self._transaction(keep):
            past.settle(self._db, ((record.notice.source, record.notice.url) for record in fresh))
            return [batch.reread(self._db, record, visit) for record in fresh]

    def refuse(self, refusals: Iterable[Refused]) -> None:
        """Notes pages of this run that could not be read."""
        rows = [(self._run, page.read_from, page.source, page.reason, page.message) for page in refusals]
        with self._transaction():
            self._db.conn.executemany("INSERT INTO refusals VALUES (?, ?, ?, ?, ?)", rows)

    def end_source(self, run: SourceRun) -> None:
        """Records what this run did to one source, once it is through with it."""
        row = self._source_row(run)
        marks = ", ".join(f":{name}" for name in row)
        with self._transaction():
            self._db.execute(f"INSERT INTO run_sources ({', '.join(row)}) VALUES ({marks})", row)

    def end_run(self, sources: Iterable[SourceRun], exit_code: int, ended: datetime | None = None) -> None:
        """Closes the run record with the sources not ended yet. `ended` None: at the time the store was opened with."""
        for source in sources:
            self.end_source(source)
        with self._transaction():
            end = columns.utc(ended) or self._now
            self._db.execute("UPDATE runs SET ended = ?, exit_code = ? WHERE id = ?", [end, exit_code, self._run])

    def past(self, source: str, since: datetime | None = None) -> past.Past:
        """What earlier runs know of a source; `since` is the begin of the window that will be asked for."""
        day = "" if since is None else columns.utc(since - timedelta(days=2))
        recent = "(published_on >= ? OR published_on IS NULL)"
        question = f"SELECT url FROM notices WHERE source = ? AND url IS NOT NULL AND {recent}"
        with storefile.in_words(self._path):
            stored = frozenset(url for (url,) in self._db.execute(question, [source, day]))
        return past.Past(self._db, self._transaction, source, columns.seen(self._now), stored)

    def links(self) -> linked.Links:
        """Which notices are one project."""
        return linked.Links(self._db, self._transaction)

    def documents(self) -> Documents:
        """Attachments and what was read in them."""
        return Documents(self._db, self._transaction, self._now)

    def ruled(self) -> ruled.Ruled:
        """By which rules stored notices were decided."""
        return ruled.Ruled(self._db, self._transaction)

    def states(self) -> stated.States:
        """What became of projects by their corrections."""
        return stated.States(self._db, self._transaction)

    def spend(self, source: str, allowed: int) -> bool:
        """Counts one call to a source on this day (UTC); False when all `allowed` ones are used up."""
        with self._transaction():
            return past.spend(self._db, source, self._now[:10], allowed)

    def stored(self) -> Iterator[Stored]:
        """Every stored notice in order of id; may be relabelled meanwhile."""
        last = 0
        while page := self._page(last):
            yield from page
            last = page[-1].id

    def notices(self) -> int:
        """How many are stored."""
        (stored,) = self._db.execute(counts.ALL).fetchone()
        return int(stored or 0)

    def one(self, number: int) -> Stored | None:
        """The stored notice with this id."""
        return next(iter(self.chosen([number])), None)

    def chosen(self, numbers: Iterable[int]) -> list[Stored]:
        """The stored notices with these ids, in order of id."""
        return self._read(f"id {_ONE_OF} ORDER BY id", [json.dumps(list(numbers))])

    def relabel(self, verdicts: Sequence[tuple[int, Verdict]]) -> None:
        """Replaces verdicts and evidence of stored notices, by id, in one transaction."""
        with self._transaction():
            batch.relabel(self._db, verdicts, self._now)

    def outbox(self) -> Outbox:
        """Messages on their way."""
        return Outbox(self._db, self._transaction, columns.seen(self._now))

    def queue(self, letters: Iterable[Letter]) -> None:
        """Adds messages to the outbox; one that is known already stays as it is."""
        with self._transaction():
            queue(self._db, letters, self._now)

    def tell(self, profile: str | None, span: Window, letters: Iterable[Letter] = ()) -> None:
        """Remembers that a digest of this span was told; the next one of the profile begins where it ends.

        Its letters are queued in the same transaction: what is remembered as told is never lost on its way.
        """
        with self._transaction():
            queue(self._db, letters, self._now)
            self._db.execute(
                "INSERT INTO digests (profile, since, until, told_at) VALUES (?, ?, ?, ?)",
                [profile, columns.utc(span.since), columns.utc(span.until), self._now],
            )

    def _first_reading(self, record: Record) -> bool:
        """In a table of its own, on disk when it grows: a million names are too many to hold."""
        with storefile.in_words(self._path):
            self._db.execute("CREATE TEMP TABLE IF NOT EXISTS reread (name TEXT PRIMARY KEY) WITHOUT ROWID")
            name = f"{record.notice.source}\n{record.notice.source_id}"
            return self._db.execute("INSERT OR IGNORE INTO reread VALUES (?)", [name]).rowcount == 1

    @contextmanager
    def _transaction(self, keep: bool = True) -> Iterator[None]:
        with storefile.in_words(self._path):
            self._db.execute("BEGIN IMMEDIATE")
            try:
                if not self._signed:
                    ruled.sign(self._db)
                yield
                if keep:
                    self._db.commit()
                    self._signed = True
                else:
                    self._db.rollback()
            except BaseException:
                self._db.rollback()
                raise

    def _source_row(self, run: SourceRun) -> dict[str, object]:
        window, covered = run.window or Window(), run.covered or Window()
        (before,) = self._db.execute(
            "SELECT max(last_good) FROM run_sources s JOIN runs r ON r.id = s.run_id JOIN runs own ON own.id = ? "
            "WHERE s.source IS ? AND r.id < own.id AND r.command = own.command",
            [self._run, run.source],
        ).fetchone()
        counts = ("read", "new", "changed", "unchanged", "refused", "lists", "seen", "failed", "not_modified")
        names = ("source", *counts, "waiting", "state", "error", "scope", "alarm")
        return {
            "run_id": self._run,
            **{name: getattr(run, name) for name in names},
            "window_since": columns.utc(window.since),
            "window_until": columns.utc(window.until),
            "covered_since": columns.utc(covered.since),
            "covered_until": columns.utc(covered.until),
            "watermark": columns.utc(run.watermark),
            "reasons": json.dumps(dict(run.reasons)),
            "last_good": self._now if run.state == "ok" else before,
        }

    def _page(self, after: int) -> list[Stored]:
        return self._read("id > ? ORDER BY id LIMIT ?", [after, PAGE])

    def _read(self, where: str, values: Sequence[object]) -> list[Stored]:
        asked = f"SELECT n.*, unpacked(text) AS text FROM notices n JOIN texts ON notice_id = id WHERE {where}"
        with storefile.in_words(self._path):
            rows = list(self._db.query(asked, values))
            numbers = [json.dumps([row["id"] for row in rows])]
            lots, evidence = self._parts("lots", numbers), self._parts("evidence", numbers)
            found = [_stored(row, lots.get(row["id"], []), evidence.get(row["id"], [])) for row in rows]
            documented = {row[0] for row in self._db.execute(_DOCUMENTED, numbers)}
            return [
                replace(one, documents=self._documents(row)) if one.id in documented else one
                for one, row in zip(found, rows, strict=True)
            ]

    def _documents(self, row: Mapping[str, Any]) -> tuple[tuple[DocumentPage, ...], ...]:
        """The pages of a notice's attachments; those of one that it no longer names do not count."""
        names = [file.name for file in named(columns.attachments(row))]
        return tuple(self.documents().pages([row["id"]], names).get(row["id"], ()))

    def _parts(self, table: str, numbers: Sequence[str]) -> dict[int, list[dict[str, Any]]]:
        parts: dict[int, list[dict[str, Any]]] = {}
        question = f"SELECT * FROM {table} WHERE notice_id {_ONE_OF} ORDER BY notice_id, position"
        for row in self._db.query(question, numbers):
            parts.setdefault(row["notice_id"], []).append(row)
        return parts


def _opened(path: Path, age: storefile.Age) -> Database:
    with storefile.in_words(path):
        db = Database(storefile.read_write(path), execute_plugins=False)
        try:
            if age != "current":
                _migrate(db, path, age)
        except BaseException:
            db.close()
            raise
        return db


def _migrate(db: Database, path: Path, age: storefile.Age) -> None:
    """Brings the schema up to date in one transaction; an older store is copied beside itself first."""
    if age == "older":
        (schema,) = db.execute("PRAGMA user_version").fetchone()
        backup = path.with_name(f"{path.name}.schema{schema}.bak")
        torn = backup.with_name(backup.name + ".part")
        torn.unlink(missing_ok=True)
        with closing(sqlite3.connect(torn)) as copy:
            db.conn.backup(copy)
        torn.replace(backup)
    migrations.apply(db)
    if age == "older":
        with suppress(sqlite3.OperationalError):  # without the room that a copy takes it is whole, too, only larger
            storefile.shrink(db.conn)


def _stored(row: Mapping[str, Any], lots: list[dict[str, Any]], evidence: list[dict[str, Any]]) -> Stored:
    verdict = Verdict(
        level=row["level"],
        compute=bool(row["compute"]),
        import_policy=row["import_policy"],
        families=columns.strings(row["families"]),
        lots=tuple(LotVerdict(lot["name"], lot["level"]) for lot in lots if lot["level"]),
        evidence=tuple(map(columns.evidence, evidence)),
        pack=row["pack"],
    )
    return Stored(row["id"], row["title"], row["text"], row["kind"], verdict, row["country"], row["language"])
