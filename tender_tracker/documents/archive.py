"""The files of an archive → their parts, each read as if it had come alone."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from tender_tracker.documents.package import Allowance
from tender_tracker.documents.reading import Part, Unread, Unreadable, named

Inner = Callable[[bytes, str], Iterator[Part]]
"""Reads a file found within another."""
Entry = tuple[str, Callable[[], bytes]]
"""The name of a file and how to unpack it."""
_UNSAFE = re.compile(r"^/|^[A-Za-z]:|(?:^|/)\.\.(?:/|$)|[\x00-\x1f]")
_IDLE = re.compile(r"(?:^|/)(?:__MACOSX/|\.DS_Store$|Thumbs\.db$|desktop\.ini$)", re.IGNORECASE)
"""What a computer's desk leaves in a folder: no file of anyone."""


def parts(entries: Iterable[Entry], file: str, inner: Inner, allowance: Allowance) -> Iterator[Part]:
    """Files in the order of the archive. Names that lead out of it are refused, though nothing would be written."""
    for name, unpack in entries:
        if _IDLE.search(name):
            continue
        allowance.files -= 1
        if allowance.files < 0:
            raise Unreadable("too_many")
        if _UNSAFE.search(name):
            yield Unread(named(f"{file}/{name}"), "unsafe_name")
        else:
            yield from one(unpack, f"{file}/{name}", inner)


def one(unpack: Callable[[], bytes], path: str, inner: Inner) -> Iterator[Part]:
    """A file that may not let itself be unpacked."""
    try:
        data = unpack()
    except Unreadable as end:
        yield Unread(named(path), end.reason)
        return
    yield from inner(data, path)
