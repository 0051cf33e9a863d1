"""The program's own files → a word for them: programs of the same word read and decide alike, given the same rules."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable


@cache
def word() -> str:
    """Of all code and data that come with the program, and of the Python that runs it; not of the rules, which have
    fingerprints of their own."""
    import hashlib  # a reader of the store needs neither
    from importlib import resources

    digest = hashlib.sha256(sys.version.encode())
    own = resources.files("tender_tracker")
    for file in (file for entry in _entries(own) if entry.name != "rules" for file in _files(entry)):
        data = file.read_bytes()
        digest.update(f"\n{file.name} {len(data)}\n".encode() + data)
    return digest.hexdigest()[:16]


def _files(entry: Traversable) -> Iterator[Traversable]:
    if entry.is_file():
        yield entry
    elif entry.name != "__pycache__":
        for inner in _entries(entry):
            yield from _files(inner)


def _entries(folder: Traversable) -> list[Traversable]:
    return sorted(folder.iterdir(), key=lambda entry: entry.name)
