"""A notice's text ⇄ what the store holds of it: words where people look, else a packed block.

Of a thousand notices all but a few never are looked at, and their texts are most of a store. They are packed with
zstandard and a dictionary trained on the store's own texts, which one site's forms make a third as large again
(https://facebook.github.io/zstd/#small-data). The dictionaries lie in the store, so that it stays one file.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from functools import cache, cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from zstandard import ZstdCompressor, ZstdDecompressor

TABLE = "CREATE TABLE text_dictionaries (id INTEGER PRIMARY KEY, notices INTEGER NOT NULL, dictionary BLOB NOT NULL)"
WHOLE = 200
"""Texts of fewer characters are not packed: nothing would be won."""
FIRST, GROWTH = 1_000, 10
"""Notices stored before the first dictionary is trained, and how many times as many before the next: by then the store
knows other sites."""
_SAMPLES, _SAMPLE, _SIZE, _LEVEL = 1_000, 8_192, 65_536, 3
_LATEST = (
    "SELECT coalesce(max(notices), 0), (SELECT dictionary FROM text_dictionaries WHERE dictionary <> x'' "
    "ORDER BY notices DESC LIMIT 1) FROM text_dictionaries"
)
_STORED = "SELECT coalesce(max(notice_id), 0) FROM texts"  # their number, but for notices taken out: found at once
_RECENT = f"SELECT unpacked(text) FROM texts ORDER BY notice_id DESC LIMIT {_SAMPLES}"

Stored = str | bytes
"""What the column `text` holds."""


def attach(connection: sqlite3.Connection) -> Callable[[Stored], str]:
    """Gives the connection the SQL function `unpacked(text)`; returns the same for Python. Its dictionaries are read
    when the first packed text is."""

    @cache
    def decompressor(number: int) -> ZstdDecompressor:
        from zstandard import ZstdCompressionDict, ZstdDecompressor

        if not number:
            return ZstdDecompressor()
        found = connection.execute("SELECT dictionary FROM text_dictionaries WHERE id = ?", [number])
        return ZstdDecompressor(dict_data=ZstdCompressionDict(found.fetchone()[0]))

    def unpacked(stored: Stored) -> str:
        if isinstance(stored, str):
            return stored
        from zstandard import get_frame_parameters

        return decompressor(get_frame_parameters(stored).dict_id).decompress(stored).decode()

    connection.create_function("unpacked", 1, unpacked, deterministic=True)
    return unpacked


class Packer:
    """Packs the texts of one transaction with the newest dictionary of its store; trains the next when that is due."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        notices, made = connection.execute(_LATEST).fetchone()
        (stored,) = connection.execute(_STORED).fetchone()
        if stored >= max(FIRST, notices * GROWTH):
            made = _trained(connection, stored) or made
        self._dictionary: bytes | None = made

    def pack(self, text: str, looked_at: bool) -> Stored:
        """The text itself where it is short or people look at it (it buys compute or has a level), else a block."""
        if looked_at or len(text) < WHOLE:
            return text
        return self._compressor.compress(text.encode())

    @cached_property
    def _compressor(self) -> ZstdCompressor:
        from zstandard import ZstdCompressionDict, ZstdCompressor

        known = ZstdCompressionDict(self._dictionary) if self._dictionary else None
        return ZstdCompressor(level=_LEVEL, dict_data=known, write_checksum=True)


def _trained(connection: sqlite3.Connection, stored: int) -> bytes:
    """A dictionary of the texts stored last, kept; empty where they have too little in common to learn from."""
    from zstandard import ZstdError, train_dictionary

    samples = [text.encode()[:_SAMPLE] for (text,) in connection.execute(_RECENT)]
    try:
        made = train_dictionary(_SIZE, samples)
        number, dictionary = made.dict_id(), made.as_bytes()
    except ZstdError:
        number, dictionary = None, b""  # noted, or every batch would try again
    connection.execute("INSERT INTO text_dictionaries VALUES (?, ?, ?)", [number, stored, dictionary])
    return dictionary
