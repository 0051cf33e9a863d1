"""One opened file → its Pages, lazily: a page, an answer or its pieces, lines of JSON, records of a web archive."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from datetime import datetime
from typing import IO, cast

from tender_tracker.errors import PageBroken, UsageError
from tender_tracker.model import Page, Raw
from tender_tracker.pages import json_pieces
from tender_tracker.pages.decode import decode
from tender_tracker.pages.json_checked import checked
from tender_tracker.pages.readable import LINES, Source, Unreadable, broken
from tender_tracker.pages.whole import whole

MAX_PAGE = 16 * 2**20
"""Bytes of one page or one line; a notice is a few hundred kB at most."""
MAX_FILE = 64 * 2**20
"""Bytes of one member or file after decompression, except JSON Lines, which are never held whole."""
_PIECE = 2**16


def pages(stream: IO[bytes], source: Source) -> Iterator[Page | Unreadable]:
    """The pages of one opened file; damage ends the file, not the run."""
    try:
        if source.suffix in LINES:
            yield from _lines(stream, source)
        elif source.suffix == ".warc":
            yield from _records(stream, source)
        elif source.suffix == ".json":
            yield from _answer(stream, source)
        else:
            yield whole(_read(stream, source, MAX_PAGE), source)
    except (PageBroken, UsageError) as error:
        yield Unreadable(source.name, error)
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        yield broken(source.name, f"cut or damaged compressed file ({error})")


def unpacked(stream: IO[bytes]) -> IO[bytes]:
    return cast(IO[bytes], gzip.GzipFile(fileobj=stream))


def line_page(line: bytes, name: str, read_at: datetime) -> Page:
    """One line of JSON Lines → its page. Raises PageBroken for what is no JSON."""
    return Page(checked(decode(line), name), "json", read_at, None, name)


def _lines(stream: IO[bytes], source: Source) -> Iterator[Page | Unreadable]:
    """JSON Lines, one at a time; a bad line costs that line only."""
    number = 0
    for number, line in enumerate(iter(lambda: stream.readline(MAX_PAGE + 1), b""), 1):
        name = f"{source.name}#{number}"
        if len(line) > MAX_PAGE:
            raise PageBroken(f"{name}: a line of more than {MAX_PAGE // 2**20} MB; the rest of the file is left out")
        if not line.strip():
            continue
        try:
            text = checked(decode(line), name)
        except PageBroken as error:
            yield Unreadable(name, error)
            continue
        yield Page(text, "json", source.read_at, None, name, source.source, Raw(line) if source.with_raw else None)
    if not number:
        raise PageBroken(f"{source.name}: empty file; save the answer again")


def _answer(stream: IO[bytes], source: Source) -> Iterator[Page]:
    """JSON: a small file is one page; of a large one each piece, so that it is never held whole."""
    data = stream.read(json_pieces.PIECE + 1)
    if len(data) <= json_pieces.PIECE:
        yield whole(data, source)
        return
    stream.seek(0)
    if not json_pieces.is_utf8(stream, source.name, MAX_FILE):
        yield whole(_read(stream, source, MAX_PAGE), source)
        return
    for text in json_pieces.pieces(stream, source.name):
        raw = Raw(text.encode("utf-8", "surrogatepass")) if source.with_raw else None
        yield Page(text, "json", source.read_at, source.url, source.name, source.source, raw)


def _read(stream: IO[bytes], source: Source, limit: int) -> bytes:
    data = stream.read(_PIECE)
    if len(data) == _PIECE:  # asking for the limit at once would set so much memory aside for every small page
        data += stream.read(limit + 1 - _PIECE)
    if len(data) > limit:
        raise PageBroken(f"{source.name}: larger than {limit // 2**20} MB; a saved page is smaller, split the file")
    return data


def _records(stream: IO[bytes], source: Source) -> Iterator[Page | Unreadable]:
    """The pages in a web archive. Raises PageBroken, or UsageError without the extra that reads it."""
    from tender_tracker.pages import warc

    for found in warc.pages(stream, source.name, source.with_raw):
        yield Unreadable(found.name, found.error) if isinstance(found, warc.Bad) else found
