"""The tables of a raw file: making them, telling the file from others, and SQLite's errors in words."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tender_tracker.errors import StoreUnusable

APPLICATION_ID = 0x54524157
"""`TRAW` in the file's header."""
SCHEMA = 1
_TABLES = """
CREATE TABLE bodies (digest BLOB PRIMARY KEY, size INTEGER NOT NULL, packed BLOB NOT NULL);
CREATE TABLE pages (
    id INTEGER PRIMARY KEY,
    url TEXT, file TEXT, source TEXT,
    holds TEXT NOT NULL, media TEXT NOT NULL, content_type TEXT, encoding TEXT,
    read_at TEXT NOT NULL,
    digest BLOB NOT NULL REFERENCES bodies(digest)
);
CREATE INDEX pages_url ON pages (url);
CREATE INDEX pages_read_at ON pages (read_at);
CREATE INDEX pages_digest ON pages (digest);
"""


def prepare(db: sqlite3.Connection, path: Path, write: bool) -> None:
    """Makes the tables of a new file. Raises StoreUnusable for another program's file or a newer one."""
    application, schema, tables = (
        db.execute(question).fetchone()[0]
        for question in ("PRAGMA application_id", "PRAGMA user_version", "SELECT count(*) FROM sqlite_master")
    )
    if tables and application != APPLICATION_ID:
        raise StoreUnusable(f"{path}: no raw file of tenders. Move it away: a new one is made with the next fetch.")
    if schema > SCHEMA:
        raise StoreUnusable(f"{path}: written by a newer tenders. Update tenders, or move the file away.")
    if not write:
        return
    if not tables:
        db.execute("PRAGMA auto_vacuum=INCREMENTAL")  # only possible while the file is empty, so before WAL
    db.execute("PRAGMA journal_mode=WAL")
    db.execute("PRAGMA synchronous=NORMAL")
    if not tables:
        version = f"PRAGMA application_id={APPLICATION_ID}; PRAGMA user_version={SCHEMA}"
        db.executescript(f"BEGIN IMMEDIATE; {_TABLES} {version}; COMMIT")


@contextmanager
def transaction(db: sqlite3.Connection) -> Iterator[None]:
    """All inside the block, or nothing of it."""
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:  # a full disk ends it by itself
            db.execute("ROLLBACK")
        raise


@contextmanager
def in_words(path: Path) -> Iterator[None]:
    """SQLite's and the system's errors inside the block → StoreUnusable."""
    try:
        yield
    except (sqlite3.IntegrityError, sqlite3.ProgrammingError):
        raise  # our own mistake, no fault of the file
    except (sqlite3.Error, OSError) as error:
        raise StoreUnusable(
            f"{path}: raw pages cannot be kept or read ({error}). Check the disk; of a damaged file, move it away: "
            "a new one is made with the next fetch, and the store does not need it."
        ) from error
