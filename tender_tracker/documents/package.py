"""Bytes of a ZIP → its entries by name, each checked before a byte of it is unpacked, and nothing ever on disk."""

from __future__ import annotations

import io
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from typing import IO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from tender_tracker.documents.reading import MAX_BYTES, MAX_UNPACKED, Unreadable

_ENTRIES = 20_000
"""Entries of an archive whose directory is read at all: each takes half a kilobyte of memory."""
_RATIO = 300
"""How much smaller a packed file may be: text that repeats itself reaches some 100, a bomb 1,000."""
_SMALL = 2**20
"""Bytes up to which no file is a bomb."""
_UTF8 = 0x800
_LOCKED = 0x1


@dataclass
class Allowance:
    """What unpacking may still take, counted down over all archives within one attachment."""

    files: int
    bytes: int = MAX_UNPACKED

    def take(self, size: int) -> None:
        if size > min(MAX_BYTES, self.bytes):
            raise Unreadable("too_large")
        self.bytes -= size


class Package:
    """The entries of a ZIP under their names: GBK where a name does not say that it is UTF-8 and is not.

    Raises Unreadable: truncated, damaged, too_many.
    """

    def __init__(self, data: bytes, allowance: Allowance) -> None:
        if data.count(b"PK\x01\x02") > _ENTRIES:
            raise Unreadable("too_many")
        try:
            self._zip = ZipFile(io.BytesIO(data))
        except (BadZipFile, ValueError, NotImplementedError) as error:
            raise Unreadable("damaged" if b"PK\x05\x06" in data[-66_000:] else "truncated") from error
        self._allowance = allowance
        self._overlapping = _overlapping(self._zip.infolist())
        self.entries: dict[str, ZipInfo] = {}
        times: Counter[str] = Counter()
        for info in self._zip.infolist():
            if not info.is_dir():
                name = name_of(info)
                times[name] += 1  # a second file of the same name is another file
                self.entries[name if times[name] == 1 else f"{name} ({times[name]})"] = info

    def __contains__(self, name: str) -> bool:
        return name in self.entries

    @contextmanager
    def open(self, name: str) -> Iterator[IO[bytes]]:
        """The unpacked bytes of an entry, as a stream. Raises Unreadable for one that must not or cannot be read."""
        info = self.entries.get(name)
        if info is None or info.header_offset in self._overlapping:
            raise Unreadable("damaged")
        if info.flag_bits & _LOCKED:
            raise Unreadable("encrypted")
        if info.compress_type not in (ZIP_STORED, ZIP_DEFLATED):  # the others unpack without a bound
            raise Unreadable("missing_reader")
        if is_bomb(info.file_size, info.compress_size):
            raise Unreadable("too_large")
        self._allowance.take(info.file_size)  # no more than it says is ever unpacked of it
        try:
            with self._zip.open(info) as stream:
                yield stream
        except (BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
            raise Unreadable("damaged") from error

    def read(self, name: str) -> bytes:
        """The unpacked bytes of an entry."""
        with self.open(name) as stream:
            return stream.read()


def is_bomb(size: int, packed: int) -> bool:
    """Whether so few bytes should not unpack to so many."""
    return size > max(_SMALL, packed * _RATIO)


def name_of(info: ZipInfo) -> str:
    """The name of an entry with / between its folders."""
    if info.flag_bits & _UTF8:
        name = info.orig_filename
    else:
        raw = info.orig_filename.encode("cp437", "replace")
        try:
            name = raw.decode("utf-8")
        except UnicodeDecodeError:
            name = raw.decode("gb18030", "replace")
    return name.replace("\\", "/")


def _overlapping(infos: list[ZipInfo]) -> set[int]:
    """Where entries begin whose bytes reach into the next one: so a small archive unpacks to a vast one."""
    starts = sorted(infos, key=lambda info: info.header_offset)
    found: set[int] = set()
    for info, following in pairwise(starts):
        if info.header_offset + 30 + info.compress_size > following.header_offset:
            found |= {info.header_offset, following.header_offset}
    return found
