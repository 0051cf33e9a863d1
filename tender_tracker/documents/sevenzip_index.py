"""The header of a 7z → its files and where each lies: which packed stream, how it was packed, and from which byte on.

7zFormat.txt of the LZMA SDK tells the format. Counts are checked against the bytes that are there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate

from tender_tracker.documents.reading import Unreadable

MAX_ENTRIES = 20_000
"""Files, streams and coders of an archive that are read at all."""
_END, _FILES, _PACKED, _FOLDERS, _PARTS = 0x00, 0x05, 0x06, 0x07, 0x08
_SIZE, _CRC, _FOLDER, _UNPACKED, _COUNT = 0x09, 0x0A, 0x0B, 0x0C, 0x0D
_EMPTY, _NAMES = 0x0E, 0x11
_COMPLEX, _SETTINGS = 0x10, 0x20


@dataclass(frozen=True, slots=True)
class Coder:
    """One step of unpacking: its method and settings, both as the archive writes them."""

    method: bytes
    settings: bytes


@dataclass(slots=True)
class Folder:
    """Files packed as one. `coders` from the last step of unpacking to the first; none where they form no chain."""

    coders: tuple[Coder, ...]
    outputs: int
    last: int
    """Which of them is what the folder unpacks to."""
    streams: int
    size: int = 0
    has_crc: bool = False
    start: int = 0
    packed: int = 0
    parts: list[int] = field(default_factory=list)
    """Sizes of its files."""


@dataclass(frozen=True, slots=True)
class Member:
    """A file, its folder (None: it is empty or a folder of the archive), and where it lies in what that unpacks to."""

    name: str
    folder: Folder | None
    start: int = 0
    size: int = 0


class Cursor:
    """Reads the numbers of a header, byte by byte. Raises Unreadable (damaged) at its end."""

    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 0

    def take(self, size: int) -> bytes:
        if size > len(self._data) - self._at:
            raise Unreadable("damaged")
        self._at += size
        return self._data[self._at - size : self._at]

    def rest(self) -> bytes:
        return self.take(len(self._data) - self._at)

    def byte(self) -> int:
        return self.take(1)[0]

    def number(self) -> int:
        """A number of one to nine bytes: each leading one bit of the first is a further byte."""
        first = self.byte()
        more = 8 - (first ^ 0xFF).bit_length()
        low = int.from_bytes(self.take(more), "little")
        return low + ((first & (0x7F >> more)) << 8 * more)

    def count(self) -> int:
        """How many of something follow."""
        number = self.number()
        if number > MAX_ENTRIES:
            raise Unreadable("too_many")
        return number

    def bits(self, count: int) -> list[bool]:
        raw = self.take(-(-count // 8))
        return [bool(raw[place // 8] & (0x80 >> place % 8)) for place in range(count)]

    def crcs(self, count: int) -> list[bool]:
        """Which of so many have a checksum; the sums themselves are leapt over."""
        known = [True] * count if self.byte() else self.bits(count)
        self.take(4 * sum(known))
        return known


def folders(cursor: Cursor, begin: int) -> list[Folder]:
    """The folders of a header, with places counted from byte `begin` of the archive."""
    start, sizes = begin, list[int]()
    found: list[Folder] = []
    while kind := cursor.number():
        if kind == _PACKED:
            start, sizes = begin + cursor.number(), _packed(cursor)
        elif kind == _FOLDERS:
            found = _folders(cursor)
        elif kind == _PARTS:
            _parts(cursor, found)
        else:
            raise Unreadable("damaged")
    _place(found, start, sizes)
    for folder in found:
        folder.parts = folder.parts or [folder.size]
    return found


def members(cursor: Cursor, found: Sequence[Folder]) -> Iterator[Member]:
    """The files, in order; those without bytes have no folder."""
    count = cursor.count()
    names, empty = list[str](), [False] * count
    while kind := cursor.number():
        told = Cursor(cursor.take(cursor.number()))
        if kind == _EMPTY:
            empty = told.bits(count)
        elif kind == _NAMES:
            names = _names(told)
    places = ((folder, at, size) for folder in found for at, size in zip(_starts(folder), folder.parts, strict=False))
    for name, is_empty in zip(names, empty, strict=False):
        place = None if is_empty else next(places, None)
        yield Member(name, *place) if place else Member(name, None)


def _starts(folder: Folder) -> Iterator[int]:
    return accumulate(folder.parts, initial=0)


def _names(told: Cursor) -> list[str]:
    if told.byte():  # names packed elsewhere: no program writes them so
        raise Unreadable("missing_reader")
    raw = told.rest()
    return raw.decode("utf-16-le", "replace").replace("\\", "/").split("\0")[:-1]


def _packed(cursor: Cursor) -> list[int]:
    """Sizes of the packed streams."""
    count, sizes = cursor.count(), list[int]()
    while kind := cursor.number():
        if kind == _SIZE:
            sizes = [cursor.number() for _ in range(count)]
        elif kind == _CRC:
            cursor.crcs(count)
        else:
            raise Unreadable("damaged")
    return sizes


def _folders(cursor: Cursor) -> list[Folder]:
    found: list[Folder] = []
    while kind := cursor.number():
        if kind == _FOLDER:
            count = cursor.count()
            if cursor.byte():
                raise Unreadable("missing_reader")
            found = [_folder(cursor) for _ in range(count)]
        elif kind == _UNPACKED:
            for folder in found:
                folder.size = [cursor.number() for _ in range(folder.outputs)][folder.last]
        elif kind == _CRC:
            for folder, known in zip(found, cursor.crcs(len(found)), strict=True):
                folder.has_crc = known
        else:
            raise Unreadable("damaged")
    return found


def _folder(cursor: Cursor) -> Folder:
    count = cursor.number()
    if not 0 < count <= 32:
        raise Unreadable("damaged")
    coders: list[Coder] = []
    inputs = outputs = 0
    for _ in range(count):
        flags = cursor.byte()
        method = cursor.take(flags & 0x0F)
        ins, outs = (cursor.number(), cursor.number()) if flags & _COMPLEX else (1, 1)
        settings = cursor.take(cursor.number()) if flags & _SETTINGS else b""
        inputs, outputs = inputs + ins, outputs + outs
        coders.append(Coder(method, settings))
    if not 0 < outputs <= 32 or not 0 < inputs <= 32:
        raise Unreadable("damaged")
    bonds = {cursor.number(): cursor.number() for _ in range(outputs - 1)}
    streams = inputs - len(bonds)
    if streams > 1:
        for _ in range(streams):
            cursor.number()
    last = next((at for at in range(outputs) if at not in bonds.values()), 0)
    chain = list(_chain(last, bonds)) if inputs == outputs == count else []
    return Folder(tuple(coders[at] for at in chain) if len(chain) == count else (), outputs, last, streams)


def _chain(last: int, bonds: Mapping[int, int]) -> Iterator[int]:
    """The steps of unpacking from the last one back, each of which takes what the next gives."""
    at: int | None = last
    for _ in range(len(bonds) + 1):
        if at is None or at > len(bonds):
            return
        yield at
        at = bonds.get(at)


def _parts(cursor: Cursor, found: Sequence[Folder]) -> None:
    """The sizes of the files in each folder; the last of one is what is left of it."""
    counts = [1] * len(found)
    kind = cursor.number()
    if kind == _COUNT:
        counts = [cursor.count() for _ in found]
        kind = cursor.number()
    if sum(counts) > MAX_ENTRIES:
        raise Unreadable("too_many")
    for folder, count in zip(found, counts, strict=True):
        sizes = [cursor.number() for _ in range(count - 1)] if kind == _SIZE else []
        folder.parts = [*sizes, folder.size - sum(sizes)] if count else []
    if kind == _SIZE:
        kind = cursor.number()
    if kind == _CRC:
        told = (count for folder, count in zip(found, counts, strict=True) if count != 1 or not folder.has_crc)
        cursor.crcs(sum(told))
        kind = cursor.number()
    if kind != _END or any(size < 0 for folder in found for size in folder.parts):
        raise Unreadable("damaged")


def _place(found: Sequence[Folder], start: int, sizes: Sequence[int]) -> None:
    """Where the packed bytes of each folder lie; of one with several streams, where the first does."""
    at = 0
    for folder in found:
        own = sizes[at : at + folder.streams]
        folder.start, folder.packed = start, sum(own)
        start, at = start + sum(own), at + folder.streams
