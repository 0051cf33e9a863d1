"""Fetched pages exactly as they came ↔ the raw file beside the store, packed, the same bytes kept once.

The store never depends on it: it may be missing, damaged, pruned or full, and then only rebuilding from it is lost.
"""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from pathlib import Path
from types import TracebackType
from typing import Literal

from tender_tracker.errors import StoreUnusable
from tender_tracker.model import Page, Raw
from tender_tracker.storage import columns
from tender_tracker.storage.raw_tables import in_words, prepare, transaction

Holds = Literal["notices", "links"]
"""What a page is for: its notices, or only links to the pages that have them."""

_LEVEL = 6
_BATCH = 5000
"""Pages taken out at a time when pruning to a size."""
_LARGEST = 64 * 2**20
"""Bytes of one page after unpacking: what a saved file may have, too."""
_PAGE = "SELECT p.*, packed FROM pages p JOIN bodies USING (digest)"


@dataclass(frozen=True, slots=True)
class Kept:
    """One page of the raw file, not yet decoded; `media` is what it was taken for when it was read."""

    raw: Raw
    holds: Holds
    media: Literal["html", "json", "text"]
    read_at: datetime
    url: str | None
    file: str | None
    source: str | None


@dataclass(frozen=True, slots=True)
class Shelf:
    """What is kept of one source. Sizes are bytes, unpacked and packed; a body shared by two pages counts for each."""

    source: str | None
    pages: int
    lists: int
    oldest: datetime
    newest: datetime
    size: int
    packed: int


def beside(store: Path) -> Path:
    """Where the raw file of a store lies: tenders.db → tenders.raw.db."""
    return store.with_name(f"{store.stem}.raw{store.suffix}")


def absent(path: Path) -> StoreUnusable:
    """What to raise where no page was ever kept."""
    return StoreUnusable(
        f"{path}: no raw pages are here. A fetch of sites keeps them, and `tenders fetch --saved PATH --keep-raw`."
    )


class RawFile:
    """An open raw file. Use as a context manager; every method raises StoreUnusable when the file fails."""

    def __init__(self, db: sqlite3.Connection, path: Path) -> None:
        self._db = db
        self._path = path

    @classmethod
    def open(cls, path: Path, write: bool = True) -> RawFile:
        """The raw file at `path`, made when missing and `write`. Raises StoreUnusable for one that is none."""
        if not write and not path.is_file():
            raise absent(path)
        with in_words(path):
            db = sqlite3.connect(f"{path.absolute().as_uri()}?mode={'rwc' if write else 'ro'}", uri=True, timeout=30)
            db.isolation_level, db.row_factory = None, sqlite3.Row
            try:
                prepare(db, path, write)
            except BaseException:
                db.close()
                raise
        return cls(db, path)

    def close(self) -> None:
        self._db.close()

    def __enter__(self) -> RawFile:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def keep(self, page: Page, holds: Holds) -> None:
        """Keeps a page that has its bytes; read again unchanged, it only gets the newer time."""
        if page.raw is None:
            return
        data, at = page.raw.data, columns.utc(page.read_at)
        digest = blake2b(data, digest_size=16).digest()
        with in_words(self._path), transaction(self._db):
            same = self._db.execute(
                "SELECT id FROM pages WHERE digest = ? AND url IS ? AND file IS ? AND source IS ?",
                [digest, page.url, page.file, page.source],
            ).fetchone()
            if same:
                self._db.execute("UPDATE pages SET read_at = ?, holds = ? WHERE id = ?", [at, holds, same["id"]])
                return
            known = self._db.execute("SELECT 1 FROM bodies WHERE digest = ?", [digest]).fetchone()
            if not known:
                packed = zlib.compress(data, _LEVEL)
                self._db.execute("INSERT INTO bodies VALUES (?, ?, ?)", [digest, len(data), packed])
            said = (page.url, page.file, page.source, holds, page.media, page.raw.content_type, page.raw.encoding)
            self._db.execute("INSERT INTO pages VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?)", [*said, at, digest])

    def pages(
        self, sources: Sequence[str] = (), since: datetime | None = None, holds: Holds | None = None
    ) -> Iterator[Kept | StoreUnusable]:
        """Pages, the newest first, one at a time; a damaged body is an error in its place."""
        tests, values = ["read_at >= ?"], [columns.utc(since) or ""]
        if sources:
            tests.append(f"source IN ({', '.join('?' * len(sources))})")
            values += sources
        if holds:
            tests.append("holds = ?")
            values.append(holds)
        with in_words(self._path):
            question = f"{_PAGE} WHERE {' AND '.join(tests)} ORDER BY read_at DESC, id DESC"
            for row in self._db.execute(question, values):
                try:
                    yield self._kept(row)
                except StoreUnusable as error:
                    yield error

    def find(self, url: str) -> Kept | None:
        """The newest page of an address."""
        with in_words(self._path):
            row = self._db.execute(f"{_PAGE} WHERE url = ? ORDER BY read_at DESC, id DESC LIMIT 1", [url]).fetchone()
        return self._kept(row) if row else None

    def shelves(self) -> list[Shelf]:
        """What is kept, by source. Raises StoreUnusable also for a damage that only a full look finds."""
        with in_words(self._path):
            finding = self._db.execute("PRAGMA quick_check(1)").fetchone()[0]
            if finding != "ok":
                raise sqlite3.DatabaseError(finding.splitlines()[0])
            rows = self._db.execute(
                "SELECT source, count(*) AS pages, sum(holds = 'links') AS lists, min(read_at) AS oldest, "
                "max(read_at) AS newest, sum(size) AS size, sum(length(packed)) AS packed "
                "FROM pages JOIN bodies USING (digest) GROUP BY source ORDER BY source"
            ).fetchall()
        return [
            Shelf(**{**dict(row), "oldest": columns.seen(row["oldest"]), "newest": columns.seen(row["newest"])})
            for row in rows
        ]

    def used(self) -> int:
        """Bytes of the file that hold something."""
        pages, free, size = (
            self._db.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "freelist_count", "page_size")
        )
        return int((pages - free) * size)

    def prune(self, before: datetime | None = None, max_size: int | None = None) -> int:
        """Takes out pages read before a time, then lists and the oldest pages until the file is small enough.

        Gives the freed space back to the disk → number of pages taken out.
        """
        with in_words(self._path):
            old = "SELECT id, digest FROM pages WHERE read_at < ?"
            taken = self._remove(self._db.execute(old, [columns.utc(before) or ""]).fetchall())
            while max_size is not None and (excess := self.used() - max_size) > 0:
                spare = self._least_needed(excess)
                if not spare:
                    break
                taken += self._remove(spare)
            self._db.executescript("PRAGMA incremental_vacuum")  # execute() would free one page and stop
            self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        return taken

    def _least_needed(self, excess: int) -> list[sqlite3.Row]:
        """Lists, then the oldest pages, whose bodies take up so many bytes; not too many for one transaction."""
        rows = []
        question = (
            "SELECT id, digest, length(packed) AS bytes FROM pages JOIN bodies USING (digest) "
            "ORDER BY holds = 'notices', read_at, id LIMIT ?"
        )
        for row in self._db.execute(question, [_BATCH]):
            if excess <= 0:
                break
            rows.append(row)
            excess -= row["bytes"]
        return rows

    def _remove(self, rows: Sequence[sqlite3.Row]) -> int:
        with transaction(self._db):
            self._db.executemany("DELETE FROM pages WHERE id = ?", [(row["id"],) for row in rows])
            self._db.executemany(
                "DELETE FROM bodies WHERE digest = ?1 AND NOT EXISTS (SELECT 1 FROM pages WHERE digest = ?1)",
                [(digest,) for digest in dict.fromkeys(row["digest"] for row in rows)],
            )
        return len(rows)

    def _kept(self, row: sqlite3.Row) -> Kept:
        """Raises StoreUnusable for a body that cannot be unpacked or is not what was put in."""
        try:
            data = zlib.decompressobj().decompress(row["packed"], _LARGEST)
        except zlib.error:
            data = b""
        if blake2b(data, digest_size=16).digest() != row["digest"]:
            name = row["url"] or row["file"]
            raise StoreUnusable(f"{self._path}: the kept page {name} is damaged and left out; fetch it again.")
        raw = Raw(data, row["content_type"], row["encoding"])
        at = columns.seen(row["read_at"])
        return Kept(raw, row["holds"], row["media"], at, row["url"], row["file"], row["source"])
