"""Chunks as they come in → the whole body, unpacked and bounded; a body that ends early is never taken for whole."""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Iterable, Mapping
from typing import Literal

from tender_tracker.errors import PageBroken, TenderError

Media = Literal["html", "json", "text"]
_OPENING = re.compile(r"<html[\s>]", re.IGNORECASE)
_CLOSING = re.compile(r"</html\s*>", re.IGNORECASE)
_UNSEEN = re.compile(r"<!--.*?-->|<(script|style)\b.*?</\1\s*>|<[^>]*>", re.IGNORECASE | re.DOTALL)


class Setback(Exception):
    """An attempt that may succeed when repeated; `error` is what it becomes if it does not. Never leaves this room."""

    def __init__(self, error: TenderError, wait: float | None = None) -> None:
        super().__init__(str(error))
        self.error = error
        self.wait = wait
        """Seconds the server asked us to wait, if it did."""


def whole(chunks: Iterable[bytes], fields: Mapping[str, str], limit: int, where: str) -> bytes:
    """The body, unpacked. Raises PageBroken beyond `limit`, Setback when the compressed stream has no end."""
    coding = fields.get("content-encoding", "identity").strip().lower()
    if coding not in ("", "identity", "gzip", "x-gzip"):
        raise PageBroken(f"{where}: packed as {coding[:40]!r}, which was not asked for")
    unpack = Gunzip(limit) if coding.endswith("gzip") else None
    body, taken = bytearray(), 0
    for chunk in chunks:
        taken += len(chunk)
        try:
            body += unpack.feed(chunk) if unpack else chunk
        except zlib.error as error:
            raise Setback(PageBroken(f"{where}: damaged compression ({error}); it is asked again later")) from error
        if max(taken, len(body)) > limit:
            raise PageBroken(f"{where}: larger than {limit / 2**20:g} MiB; not read")
    if unpack and taken and not unpack.ended:
        raise Setback(PageBroken(f"{where}: the compressed body ends early; it is asked again in the next run"))
    return bytes(body)


class Gunzip:
    """Unpacks gzip members one after another, never more than `limit` bytes and one at once."""

    def __init__(self, limit: int) -> None:
        self._room = limit + 1
        self._member = zlib.decompressobj(31)

    @property
    def ended(self) -> bool:
        return self._member.eof

    def feed(self, data: bytes) -> bytes:
        out = bytearray()
        while data and self._room > 0:
            if self._member.eof:
                self._member = zlib.decompressobj(31)
            part = self._member.decompress(data, self._room)
            out += part
            self._room -= len(part)
            data = self._member.unused_data
        return bytes(out)


def media_of(content_type: str, text: str) -> Media | None:
    """What a text is, by its first character before its header: block pages come as JSON, and JSON as text/html.

    None for what is no page: a picture, a document, an archive.
    """
    kind, first = content_type.lower(), text.lstrip()[:1]
    if first == "<":
        return "html"
    if "json" in kind or (first in ("{", "[") and "html" not in kind):
        return "json"
    if "html" in kind:
        return "html"
    return "text" if not kind or kind.startswith("text/") else None


def fault(text: str, media: Media) -> str | None:
    """Why a text cannot be the whole page, or None: blank, HTML that stops before its end, JSON that does not parse."""
    if not text.strip():
        return "the answer is empty"
    if media == "json":
        try:
            json.loads(text)
        except (ValueError, RecursionError) as error:
            return f"the JSON is cut or damaged ({error})"
    if media == "html" and _OPENING.search(text, 0, 4096):
        *_, rest = _CLOSING.split(text)
        if len(rest) == len(text) or _UNSEEN.sub("", rest).strip():
            return "the page ends before its </html>"
    return None
