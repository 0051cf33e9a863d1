"""What a notice says, or said before ⇄ what the store holds of it: the words where they are few, else a packed block.

Texts are most of a store. They are packed with zstandard and a dictionary trained on the store's own texts, which one
site's forms make a quarter as large again (https://facebook.github.io/zstd/#small-data). The dictionaries lie in the
store, so that it stays one file; each says how the characters of its texts are written as bytes.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from functools import cache, cached_property, lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from zstandard import ZstdCompressor

TABLE = "CREATE TABLE text_dictionaries (id INTEGER PRIMARY KEY, notices INTEGER NOT NULL, dictionary BLOB NOT NULL)"
_PACKED = "CREATE TABLE packed_texts (notice_id INTEGER PRIMARY KEY REFERENCES notices(id), text TEXT NOT NULL)"
ENCODED = "ALTER TABLE text_dictionaries ADD COLUMN encoding TEXT NOT NULL DEFAULT 'utf-8'"
WHOLE = 200
"""Texts of fewer characters are not packed: nothing would be won."""
FIRST, GROWTH = 800, 10
"""Notices stored before the first dictionary is trained, and how many times as many before the next: by then the store
knows other sites."""
_SAMPLES, _SAMPLE, _SIZE, _LEVEL = 500, 8_192, 112_640, 3
"""Texts a dictionary learns from, bytes taken of each, bytes of the dictionary. A higher level packs a tenth smaller in
five times the time."""
_ENCODINGS = ("utf-8", "utf-16-le")
"""A Chinese character takes three bytes or two: two are packed smaller, and read in half the time."""
_LATEST = (
    "SELECT coalesce(max(notices), 0), (SELECT id FROM text_dictionaries WHERE dictionary <> x'' "
    "ORDER BY notices DESC, id DESC LIMIT 1) FROM text_dictionaries"
)
_FREE, _OWN = "SELECT max(coalesce(max(id), 0) + 1, ?) FROM text_dictionaries", 32_768
"""The next number of a dictionary; zstandard keeps the smaller ones for dictionaries that all the world knows."""
_STORED = "SELECT coalesce(max(notice_id), 0) FROM texts"  # their number, but for notices taken out: found at once
_CHOSEN = "SELECT unpacked(text) FROM texts WHERE notice_id IN (SELECT value FROM json_each(?))"
_NEXT = "SELECT notice_id, unpacked(text) FROM texts WHERE notice_id > ? ORDER BY notice_id LIMIT 1000"

Stored = str | bytes
"""What the column `text` holds."""


def attach(connection: sqlite3.Connection) -> Callable[[Stored], str]:
    """Gives the connection the SQL function `unpacked(text)`; returns the same for Python."""
    unpacked = unpacker(connection)
    connection.create_function("unpacked", 1, unpacked, deterministic=True)
    return unpacked


def unpacker(connection: sqlite3.Connection) -> Callable[[Stored], str]:
    """What unpacks the texts of a store. Its dictionaries are read when the first packed text is."""
    opened = opener(connection)

    def unpacked(stored: Stored) -> str:
        if isinstance(stored, str):
            return stored
        data, encoding = opened(stored)
        return data.decode(encoding)

    return unpacked


def opener(connection: sqlite3.Connection) -> Callable[[bytes], tuple[bytes, str]]:
    """What makes the bytes of a text of a packed block, and names their encoding."""

    @cache
    def reader(number: int) -> tuple[Callable[[bytes], bytes], str]:
        from zstandard import ZstdCompressionDict, ZstdDecompressor

        if not number:
            return ZstdDecompressor().decompress, "utf-8"
        dictionary, encoding = _dictionary(connection, number)
        return ZstdDecompressor(dict_data=ZstdCompressionDict(dictionary)).decompress, encoding

    def opened(block: bytes) -> tuple[bytes, str]:
        import zstandard  # not `from` it, which takes a microsecond each time

        decompress, encoding = reader(zstandard.get_frame_parameters(block).dict_id)
        return decompress(block), encoding

    return opened


class Packer:
    """Packs the texts of one transaction with the newest dictionary of its store; trains the next when that is due."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        notices, newest = connection.execute(_LATEST).fetchone()
        (stored,) = connection.execute(_STORED).fetchone()
        self._connection = connection
        self.number: int | None = newest
        """Of the dictionary it packs with."""
        if stored >= max(FIRST, notices * GROWTH):
            self.number = _trained(connection, stored) or newest
            if newest is None and self.number:
                _repack(connection, self)  # without a dictionary they take several times the room

    def pack(self, text: str) -> Stored:
        """The text itself where it is short, else a block."""
        if len(text) < WHOLE:
            return text
        compressor, encoding = self._writer
        return compressor.compress(text.encode(encoding))

    @cached_property
    def _writer(self) -> tuple[ZstdCompressor, str]:
        return _writer(*(_dictionary(self._connection, self.number) if self.number else (b"", "utf-8")))


def renew(connection: sqlite3.Connection) -> None:
    """Packs all texts anew, with a dictionary made now where there are enough to learn from; those of before go.

    Only for a store whose versions are still in words: they would need the dictionaries of before."""
    before = connection.execute("SELECT id FROM text_dictionaries").fetchall()
    (stored,) = connection.execute(_STORED).fetchone()
    if stored >= FIRST:
        _trained(connection, stored)
    packer = Packer(connection)
    _repack(connection, packer)
    gone = [key for key in before if key != (packer.number,)]  # one of before may still be the best there is
    connection.executemany("DELETE FROM text_dictionaries WHERE id = ?", gone)


@lru_cache(1)
def _writer(dictionary: bytes, encoding: str) -> tuple[ZstdCompressor, str]:
    from zstandard import ZstdCompressionDict, ZstdCompressor

    known = ZstdCompressionDict(dictionary) if dictionary else None
    return ZstdCompressor(level=_LEVEL, dict_data=known, write_checksum=True), encoding


def _dictionary(connection: sqlite3.Connection, number: int) -> tuple[bytes, str]:
    """The bytes of a dictionary, and how its texts are encoded."""
    asked = "SELECT dictionary, encoding FROM text_dictionaries WHERE id = ?"
    dictionary, encoding = connection.execute(asked, [number]).fetchone()
    return dictionary, encoding


def _trained(connection: sqlite3.Connection, stored: int) -> int | None:
    """A dictionary of texts from all over the store, kept; None where they have too little in common to learn from."""
    from zstandard import ZstdError, train_dictionary

    chosen = range(stored, 0, -max(1, stored // _SAMPLES))
    texts = [text for (text,) in connection.execute(_CHOSEN, [json.dumps(list(chosen))])]
    encoded = [(encoding, [text.encode(encoding) for text in texts]) for encoding in _ENCODINGS]
    encoding, samples = min(encoded, key=lambda pair: sum(map(len, pair[1])))
    (number,) = connection.execute(_FREE, [_OWN]).fetchone()  # left to itself it gives like texts like numbers
    try:
        dictionary = train_dictionary(_SIZE, [sample[:_SAMPLE] for sample in samples], dict_id=number).as_bytes()
    except ZstdError:
        dictionary = b""  # noted, or every batch would try again
    row = [number, stored, dictionary, encoding]
    connection.execute("INSERT INTO text_dictionaries (id, notices, dictionary, encoding) VALUES (?, ?, ?, ?)", row)
    return number if dictionary else None


def pack_versions(connection: sqlite3.Connection) -> None:
    """Packs the versions that are still in words."""
    packer = Packer(connection)
    waiting = connection.execute("SELECT notice_id, number FROM versions WHERE typeof(notice) = 'text'").fetchall()
    for key in waiting:
        (said,) = connection.execute("SELECT notice FROM versions WHERE notice_id = ? AND number = ?", key).fetchone()
        written = [packer.pack(said), *key]
        connection.execute("UPDATE versions SET notice = ? WHERE notice_id = ? AND number = ?", written)


def _repack(connection: sqlite3.Connection, packer: Packer) -> None:
    """Into a table of its own that takes the place of the other: texts made shorter where they lie leave gaps."""
    connection.execute(_PACKED)
    last = 0
    while rows := connection.execute(_NEXT, [last]).fetchall():
        packed = [(number, packer.pack(text)) for number, text in rows]
        connection.executemany("INSERT INTO packed_texts VALUES (?, ?)", packed)
        last = rows[-1][0]
    connection.execute("DROP TABLE texts")
    connection.execute("ALTER TABLE packed_texts RENAME TO texts")
