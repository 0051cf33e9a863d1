"""WARC files ↔ Pages, by the extra `warc`: what crawlers and web archives keep, with address and time of each page."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from typing import IO, Any, Literal

from tender_tracker.errors import PageBroken, TenderError, UsageError
from tender_tracker.model import Page, Raw
from tender_tracker.pages import json_pieces
from tender_tracker.pages.decode import decode
from tender_tracker.pages.json_numbers import mended

MAX_PAGE = 16 * 2**20
"""Bytes of one page, unpacked."""
MAX_HEADERS = 2**18
"""Bytes of all headers of one record."""
INSTALL = "reading and writing WARC needs an extra: pip install 'tenders[warc]'"
_MEDIA: tuple[tuple[str, Literal["html", "json", "text"]], ...] = (
    ("html", "html"), ("json", "json"), ("text/plain", "text"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Bad:
    """A record that gave no page, and why."""

    name: str
    error: TenderError


def pages(stream: IO[bytes], name: str, with_raw: bool = False) -> Iterator[Page | Bad]:
    """The pages among the records, one at a time: successful responses and resources of HTML, JSON or plain text.

    Pictures, scripts, requests and the like are passed over. Raises PageBroken where the file cannot be read on, and
    UsageError without the extra.
    """
    try:
        from warcio.archiveiterator import ArchiveIterator
        from warcio.exceptions import ArchiveLoadFailed
    except ImportError as error:
        raise UsageError(f"{name}: {INSTALL}") from error
    records = ArchiveIterator(stream)
    records.reader = bounded(stream)
    records.INC_RECORD = ""  # it would be written to stderr; err_count says the same
    number, wrong = 0, 0
    try:
        for number, record in enumerate(records, 1):
            place = f"{name}#{number}"
            if records.err_count > wrong:
                wrong = records.err_count
                yield Bad(place, PageBroken(f"{place}: the record before it does not end where it says; get it again"))
            media = _media(record)
            if media is not None:
                yield _page(record, media, place, with_raw)
    except (ArchiveLoadFailed, EOFError, zlib.error, ValueError, OSError) as error:
        why = " ".join(str(error).split())[:200] or type(error).__name__
        raise PageBroken(
            f"{name}: damaged after {number} records ({why}); what lies behind is left out, get the file again"
        ) from error
    if not number:
        raise PageBroken(f"{name}: no WARC record in it; get the file again")


def bounded(stream: IO[bytes]) -> Any:
    """warcio's reader, but no header grows for ever: an endless line would be held whole."""
    from warcio.bufferedreaders import BufferedReader
    from warcio.exceptions import ArchiveLoadFailed

    class Bounded(BufferedReader):  # type: ignore[misc]  # warcio has no types
        headers = 0

        def readline(self, length: int | None = None) -> bytes:
            line: bytes = super().readline(min(length or MAX_HEADERS, MAX_HEADERS))
            self.headers += len(line)
            if self.headers > MAX_HEADERS:
                raise ArchiveLoadFailed("headers without end")
            return line

        def read(self, length: int | None = None) -> bytes:
            self.headers = 0
            data: bytes = super().read(length)
            return data

    return Bounded(_Available(stream))


class _Available:
    """A stream that gives what it has: where it breaks off, all before the break has been read."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def read(self, size: int = -1) -> bytes:
        data: bytes = self._stream.read1(size)
        return data


def write(kept: Iterator[Page], out: IO[bytes]) -> int:
    """Pages with address and bytes → response records, compressed → how many. Raises UsageError without the extra."""
    try:
        from warcio.statusandheaders import StatusAndHeaders
        from warcio.warcwriter import WARCWriter
    except ImportError as error:
        raise UsageError(INSTALL) from error
    writer, count = WARCWriter(out, gzip=True), 0
    for page in kept:
        if page.raw is None or page.url is None:
            continue
        kind = page.raw.content_type or {"html": "text/html", "json": "application/json"}.get(page.media, "text/plain")
        data = page.raw.data
        head = StatusAndHeaders("200 OK", [("Content-Type", kind)], protocol="HTTP/1.1")
        when = {"WARC-Date": page.read_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")}
        writer.write_record(
            writer.create_warc_record(
                page.url, "response", BytesIO(data), len(data), http_headers=head, warc_headers_dict=when
            )
        )
        count += 1
    return count


def _media(record: Any) -> Literal["html", "json", "text"] | None:
    """What a record is as a page; None for anything else."""
    if record.rec_type == "response" and record.http_headers is not None:
        if record.http_headers.get_statuscode() != "200":
            return None
        kind = record.http_headers.get_header("Content-Type") or ""
    elif record.rec_type == "resource":
        kind = record.rec_headers.get_header("Content-Type") or ""
    else:
        return None
    return next((media for word, media in _MEDIA if word in kind.lower()), None)


def _page(record: Any, media: Literal["html", "json", "text"], name: str, with_raw: bool) -> Page | Bad:
    url = record.rec_headers.get_header("WARC-Target-URI")
    try:
        read_at = datetime.fromisoformat(record.rec_headers.get_header("WARC-Date") or "")
        data = _whole(record, name)
        text = decode(data)
        if media == "json":
            text = mended(text)
            json_pieces.check_weight(text, name)
    except PageBroken as error:
        return Bad(name, error)
    except (ValueError, EOFError, zlib.error, OSError) as error:
        return Bad(name, PageBroken(f"{name}: not readable ({error}); get the record again"))
    at = read_at if read_at.tzinfo else read_at.replace(tzinfo=UTC)
    return Page(text, media, at, url, name, raw=Raw(data, _kind(record)) if with_raw else None)


def _whole(record: Any, name: str) -> bytes:
    """The body, all of it. Raises PageBroken for one that is too large, empty, or shorter than its record says."""
    stream = record.content_stream()
    data = bytearray()
    while piece := stream.read(2**16):
        data += piece
        if len(data) > MAX_PAGE:
            raise PageBroken(f"{name}: larger than {MAX_PAGE // 2**20} MB; a page is smaller, it is left out")
    left = getattr(record.raw_stream, "limit", 0)
    if left and not record.raw_stream.read(1):
        raise PageBroken(f"{name}: ends {left} bytes before the length it names; get the record again")
    if not data.strip():
        raise PageBroken(f"{name}: an empty page; get the record again")
    return bytes(data)


def _kind(record: Any) -> str | None:
    headers = record.http_headers or record.rec_headers
    kind = headers.get_header("Content-Type")
    return str(kind) if kind else None
