"""The store as a file: is it ours, whole and of this schema, how it is opened, and SQLite's errors in words."""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Literal

from tender_tracker.errors import StoreLocked, StoreUnusable, TenderError
from tender_tracker.storage import packing

APPLICATION_ID = 0x54454E44
"""`TEND` in the file's header: what `file` and SQLite call the application id."""
SCHEMA = 30
"""Number of the newest migration, kept in `PRAGMA user_version`."""

Age = Literal["new", "older", "current"]

_WORDS = {
    sqlite3.SQLITE_FULL: "the disk is full. Free some space and run again; what was stored before is whole.",
    sqlite3.SQLITE_IOERR: "the disk is full or failing. Free some space or check it; what was stored before is whole.",
    sqlite3.SQLITE_READONLY: "it is read-only. Give write access, or name another store with --db.",
    sqlite3.SQLITE_PERM: "access is refused. Give access, or name another store with --db.",
    sqlite3.SQLITE_CANTOPEN: "it cannot be opened. Check that the folder exists and may be read and written.",
    sqlite3.SQLITE_CORRUPT: "it is damaged. It was left as it is: restore a backup, or name another store with --db.",
    sqlite3.SQLITE_NOTADB: "it is no SQLite file, or its beginning is damaged. It was left as it is: "
    "restore a backup, or name another store with --db.",
}


def explain(error: sqlite3.Error, path: Path) -> TenderError:
    """A StoreUnusable or StoreLocked that says what SQLite means and what to do."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return StoreLocked(f"{path}: another program is writing to this store. Wait for it to end and try again.")
    return StoreUnusable(f"{path}: {_WORDS.get(code, f'SQLite says “{error}”. Restore a backup or report this.')}")


@contextmanager
def in_words(path: Path) -> Iterator[None]:
    """Turns SQLite's and the system's errors inside the block into StoreUnusable or StoreLocked."""
    try:
        yield
    except (sqlite3.IntegrityError, sqlite3.ProgrammingError):
        raise  # our own mistake, no fault of the file
    except sqlite3.Error as error:
        raise explain(error, path) from error
    except OSError as error:
        raise StoreUnusable(f"{path}: {error.strerror or error}. Check the disk and the access rights.") from error


def read_only(path: Path) -> sqlite3.Connection:
    """A connection that cannot write. Raises StoreUnusable for a path that is no file.

    Where the folder forbids the side files of WAL, an immutable file is read as such; with a log left behind by a
    crash, a copy of both is read.
    """
    regular(path)
    with in_words(path):
        try:
            return _checked(f"{_uri(path)}?mode=ro")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF not in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY):
                raise
        log = path.with_name(path.name + "-wal")
        if not log.exists() or log.stat().st_size == 0:
            return _checked(f"{_uri(path)}?mode=ro&immutable=1")
        return _copied(path, log)


def may_lock(path: Path) -> bool:
    """Whether SQLite may make its side files beside the store, which any other reader than ours needs."""
    return os.access(path.absolute().parent, os.W_OK)


def copy(path: Path, target: Path) -> Path:
    """A whole copy of the store as it is now, at `target`. Raises StoreUnusable for a path that is no file."""
    with in_words(path), closing(read_only(path)) as source, closing(sqlite3.connect(target)) as made:
        source.backup(made)
    return target


def regular(path: Path) -> None:
    """Raises StoreUnusable where there is no file, or something that is none (folder, device, pipe)."""
    if not path.is_file():
        what = "is no regular file" if path.exists() else "there is no store here"
        raise StoreUnusable(f"{path}: {what}. Make one with `tenders fetch`, or name another with --db.")


def read_write(path: Path) -> sqlite3.Connection:
    """A connection for the one writer; makes the file when there is none. Transactions are begun by hand."""
    connection = sqlite3.connect(f"{_uri(path)}?mode=rwc", uri=True, timeout=30)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=NORMAL")
    connection.execute("PRAGMA foreign_keys=ON")
    connection.execute("PRAGMA busy_timeout=30000")
    connection.execute("PRAGMA cache_size=-8000")
    packing.attach(connection)
    return connection


def age(connection: sqlite3.Connection, path: Path) -> Age:
    """Whether the file is a new, an older or a current store. Raises StoreUnusable for anything else."""
    application, schema, tables = (
        connection.execute(question).fetchone()[0]
        for question in ("PRAGMA application_id", "PRAGMA user_version", "SELECT count(*) FROM sqlite_master")
    )
    if application == 0 and schema == 0 and tables == 0:
        return "new"
    if application != APPLICATION_ID:
        raise StoreUnusable(f"{path}: an SQLite file, but no store of tenders. Name another with --db.")
    if schema > SCHEMA:
        raise StoreUnusable(
            f"{path}: written by a newer tenders (schema {schema}, this one knows {SCHEMA}). Update tenders."
        )
    return "current" if schema == SCHEMA else "older"


def whole(connection: sqlite3.Connection, path: Path) -> None:
    """Reads every page. Raises StoreUnusable when one is damaged."""
    finding = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    if finding != "ok":
        raise StoreUnusable(
            f"{path}: it is damaged ({finding.splitlines()[0]}). It was left as it is: restore a backup, "
            "or name another store with --db."
        )


def shrink(connection: sqlite3.Connection) -> None:
    """Gives back to the disk what lies empty in the file, where that is an eighth of it."""
    empty, pages = (connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("freelist_count", "page_count"))
    if empty * 8 > pages:
        connection.execute("VACUUM")


def examined(path: Path, known: int) -> Age:
    """What is at `path`, found out without writing to it; `known` notices were there when last closed.

    Raises StoreUnusable for anything but a whole store of a schema this program knows.
    """
    if not path.exists():
        return "new"
    if path.stat().st_size == 0:
        if known:
            raise StoreUnusable(
                f"{path}: this store held {known} notices and is now an empty file. Restore a backup; "
                f"to begin anew, delete it together with {path.name}.lock."
            )
        return "new"
    connection = read_only(path)
    try:
        with in_words(path):
            found = age(connection, path)
            whole(connection, path)
            return found
    finally:
        connection.close()


def writable(path: Path) -> None:
    """Raises StoreUnusable when the file or its folder is marked read-only (an administrator could write it anyway)."""
    for place in (path, path.absolute().parent):
        if place.exists() and not stat.S_IMODE(place.stat().st_mode) & 0o222:
            raise StoreUnusable(f"{path}: {place.name} is read-only. Give write access, or name another with --db.")


def _uri(path: Path) -> str:
    return path.absolute().as_uri()


def _checked(uri: str) -> sqlite3.Connection:
    connection = sqlite3.connect(uri, uri=True, timeout=30)
    try:
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _copied(path: Path, log: Path) -> sqlite3.Connection:
    from tempfile import TemporaryDirectory  # seldom needed, and long to import

    memory = sqlite3.connect(":memory:")
    with TemporaryDirectory() as folder:
        copy = Path(folder, path.name)
        shutil.copyfile(path, copy)
        shutil.copyfile(log, copy.with_name(log.name))
        file = sqlite3.connect(copy)
        try:
            file.backup(memory)
        finally:
            file.close()
    return memory
