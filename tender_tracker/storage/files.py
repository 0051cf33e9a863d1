"""A folder of files by their SHA-256, beside the store: each content once, whatever it is called and whoever names it.

A file may go at any time; what was read in it stays in the store.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

_PARTS = "parts"


@dataclass(frozen=True, slots=True)
class Pruned:
    """Files taken out, their bytes, and the bytes that stay."""

    files: int
    bytes: int
    left: int


def beside(store: Path) -> Path:
    """Where the documents of a store lie: tenders.db → tenders.documents."""
    return store.with_name(f"{store.stem}.documents")


def fingerprint(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@dataclass(frozen=True, slots=True)
class Files:
    """The folder; made when the first file comes."""

    folder: Path

    def path(self, sha256: str) -> Path:
        return self.folder / sha256[:2] / sha256

    def has(self, sha256: str | None) -> bool:
        return sha256 is not None and self.path(sha256).is_file()

    def part(self, url: str) -> Path:
        """Where the file of an address is gathered until it is whole. Raises OSError where nothing can be."""
        place = self.folder / _PARTS / hashlib.sha256(url.encode()).hexdigest()[:32]
        place.parent.mkdir(parents=True, exist_ok=True)
        return place

    def take(self, path: Path) -> str:
        """Moves a whole file in → its SHA-256. Raises OSError where it cannot be."""
        sha256 = fingerprint(path)
        self.path(sha256).parent.mkdir(parents=True, exist_ok=True)
        path.replace(self.path(sha256))
        return sha256

    def prune(self, before: datetime | None, limit: int | None) -> Pruned:
        """Takes out files older than `before`, then the oldest until `limit` bytes are left; old parts, too."""
        found = sorted((path.stat().st_mtime, path.stat().st_size, path) for path in self._all())
        left = sum(size for _, size, _ in found)
        files = freed = 0
        for modified, size, path in found:
            old = before is not None and modified < before.timestamp()
            if old or (limit is not None and left > limit):
                path.unlink(missing_ok=True)
                files, freed, left = files + 1, freed + size, left - size
        return Pruned(files, freed, left)

    def used(self) -> tuple[int, int]:
        """How many files are kept, and their bytes."""
        sizes = [path.stat().st_size for path in self._all()]
        return len(sizes), sum(sizes)

    def _all(self) -> Iterator[Path]:
        return (path for path in self.folder.glob("*/*") if path.is_file())
