"""A 7z → its files, unpacked by the libraries that come with Python: LZMA and LZMA2 as most have, deflate, bzip2, none.

Nothing is written; a folder of files is unpacked as they are asked for, and no further.
"""

from __future__ import annotations

import lzma
import zlib
from bz2 import BZ2Decompressor
from collections.abc import Callable, Iterator
from functools import partial
from struct import error as StructError
from struct import unpack_from

from tender_tracker.documents.archive import Entry
from tender_tracker.documents.package import Allowance, is_bomb
from tender_tracker.documents.reading import MAX_UNPACKED, Unreadable
from tender_tracker.documents.sevenzip_index import Coder, Cursor, Folder, Member, folders, members

_HEAD = 32
_HEADER, _PACKED_HEADER, _STREAMS, _FILES, _MORE = 0x01, 0x17, 0x04, 0x05, 0x02
_LOCK = b"\x06\xf1\x07"
"""Methods that need a password begin so."""
_DICTIONARY = 2**27
"""Bytes that unpacking may look back: what more would need is memory that is not granted."""
_PIECE = 2**20
Unpack = Callable[[bytes, int], bytes]
"""Packed bytes, and how many unpacked are wanted at most, to unpacked ones; b"" asks for more of what was given."""


def entries(data: bytes, allowance: Allowance) -> Iterator[Entry]:
    """The files in order; each must be unpacked before the next of its folder is asked for.

    Raises Unreadable: truncated, damaged, encrypted, too_many, too_large, missing_reader.
    """
    stream: _Stream | None = None
    for member in _listed(data, allowance):
        if member.folder is None:
            continue
        if stream is None or stream.folder is not member.folder:
            stream = _Stream(data, member.folder)
        yield member.name, partial(stream.content, member, allowance)


def _listed(data: bytes, allowance: Allowance) -> list[Member]:
    try:
        start, size = unpack_from("<2Q", data, 12)
    except StructError as error:
        raise Unreadable("truncated") from error
    if _HEAD + start + size > len(data):
        raise Unreadable("truncated")
    header = data[_HEAD + start : _HEAD + start + size]
    for _ in range(4):  # a header is packed once
        cursor = Cursor(header)
        kind = cursor.byte() if header else _HEADER
        if kind != _PACKED_HEADER:
            break
        held = folders(cursor, _HEAD)
        header = b"".join(
            _Stream(data, folder).content(Member("", folder, 0, folder.size), allowance) for folder in held
        )
    if kind != _HEADER:
        raise Unreadable("damaged")
    return list(_members(cursor)) if header else []


def _members(cursor: Cursor) -> Iterator[Member]:
    held: list[Folder] = []
    while kind := cursor.number():
        if kind == _STREAMS:
            held = folders(cursor, _HEAD)
        elif kind == _FILES:
            yield from members(cursor, held)
        elif kind == _MORE:  # properties of the archive
            while cursor.number():
                cursor.take(cursor.number())
        else:
            raise Unreadable("damaged")


class _Method:
    """What a 7z calls the ways in which it packs."""

    COPY, LZMA, LZMA2 = b"\x00", b"\x03\x01\x01", b"\x21"
    DEFLATE, BZIP2 = b"\x04\x01\x08", b"\x04\x02\x02"
    X86, DELTA = b"\x03\x03\x01\x03", b"\x03"


class _Stream:
    """What a folder unpacks to, from its beginning on."""

    def __init__(self, data: bytes, folder: Folder) -> None:
        self.folder = folder
        self._data, self._at, self._end = data, folder.start, folder.start + folder.packed
        self._unpack: Unpack | None = None
        self._held, self._done = b"", 0

    def content(self, member: Member, allowance: Allowance) -> bytes:
        """The bytes of a file; those before it that nobody asked for are leapt over."""
        if member.start < self._done:
            raise Unreadable("damaged")
        allowance.take(member.size)
        try:
            while self._done < member.start:
                self._read(min(member.start - self._done, _PIECE))
            return self._read(member.size)
        except (lzma.LZMAError, zlib.error, OSError, EOFError, ValueError) as error:
            raise Unreadable("damaged") from error

    def _read(self, size: int) -> bytes:
        if self._unpack is None:
            self._unpack = _chain(self.folder)
        parts = [self._held[:size]]
        self._held, got = self._held[size:], len(parts[0])
        while got < size:
            given = self._data[self._at : min(self._at + _PIECE, self._end)]
            self._at += len(given)
            part = self._unpack(given, size - got)
            if not part and not given:
                raise Unreadable("truncated")
            parts.append(part)
            got += len(part)
        whole = b"".join(parts)
        self._done += size
        self._held = whole[size:] + self._held
        return whole[:size]


def _chain(folder: Folder) -> Unpack:
    """How a folder is unpacked. Raises Unreadable for what must not be or cannot."""
    if any(coder.method.startswith(_LOCK) for coder in folder.coders):
        raise Unreadable("encrypted")
    if folder.size > MAX_UNPACKED or is_bomb(folder.size, folder.packed):
        raise Unreadable("too_large")
    match [coder.method for coder in folder.coders]:
        case [_Method.COPY]:
            return lambda data, most: data
        case [_Method.LZMA] | [*_, _Method.LZMA2]:
            filters = [_filter(coder) for coder in folder.coders]
            return lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=filters).decompress
        case [_Method.BZIP2]:
            return BZ2Decompressor().decompress
        case [_Method.DEFLATE]:
            return _inflating(zlib.decompressobj(-zlib.MAX_WBITS))
        case _:
            raise Unreadable("missing_reader")


def _inflating(found: zlib._Decompress) -> Unpack:
    return lambda data, most: found.decompress(found.unconsumed_tail + data, most)


def _filter(coder: Coder) -> dict[str, int]:
    """A step of a chain that ends with LZMA. Its settings are a byte for three small ones and a number of four bytes,
    those of LZMA2 one byte; before it may stand what turns programs or tables so that they pack better."""
    if coder.method == _Method.X86:
        return {"id": lzma.FILTER_X86}
    if coder.method == _Method.DELTA and len(coder.settings) == 1:
        return {"id": lzma.FILTER_DELTA, "dist": coder.settings[0] + 1}
    if coder.method not in (_Method.LZMA, _Method.LZMA2):
        raise Unreadable("missing_reader")
    if coder.method == _Method.LZMA2 and len(coder.settings) == 1 and coder.settings[0] <= 40:
        bits = coder.settings[0]
        told, size = {"id": lzma.FILTER_LZMA2}, (2 | bits & 1) << bits // 2 + 11
    elif coder.method == _Method.LZMA and len(coder.settings) == 5 and coder.settings[0] < 225:
        small, size = coder.settings[0], int.from_bytes(coder.settings[1:], "little")
        told = {"id": lzma.FILTER_LZMA1, "lc": small % 9, "lp": small // 9 % 5, "pb": small // 45}
    else:
        raise Unreadable("damaged")
    if size > _DICTIONARY:
        raise Unreadable("too_large")
    return {**told, "dict_size": max(size, 4096)}
