"""The bytes of an answer → a file on disk that grows; what an earlier try left is continued where the server allows.

Beside the file lies what the server gave to know the version again: without it, or when it has changed, all is asked.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from tender_tracker.errors import PageBroken, TooLarge
from tender_tracker.web.body import Gunzip, Setback

_FROM = re.compile(r"bytes (\d+)-\d+/")


@dataclass(frozen=True, slots=True)
class Part:
    """A file being fetched, of `limit` bytes at most."""

    path: Path
    limit: int

    @property
    def _mark(self) -> Path:
        return self.path.with_name(self.path.name + ".version")

    def conditions(self) -> dict[str, str]:
        """What to ask, so that only the missing rest comes."""
        have = self.path.stat().st_size if self.path.is_file() else 0
        if not have or not self._mark.is_file():
            return {}
        return {"Range": f"bytes={have}-", "If-Range": self._mark.read_text("ascii")}

    def take(self, status: int, headers: Mapping[str, str], chunks: Iterable[bytes], where: str) -> None:
        """Writes an answer of status 200 or 206. Raises TooLarge beyond the limit, Setback for a wrong piece."""
        begin = 0
        if status == 206:
            found = _FROM.match(headers.get("content-range", ""))
            begin = self.path.stat().st_size if self.path.is_file() else 0
            if found is None or int(found[1]) != begin:
                self.forget()
                raise Setback(PageBroken(f"{where}: sent another piece than was asked for; it is asked again"))
        told = headers.get("content-length", "")
        if told.isascii() and told.isdigit() and begin + int(told[:18]) > self.limit:
            raise self._too_large(where)
        unpack = self._unpacker(headers, where)
        self._remember(headers, packed=unpack is not None)
        with self.path.open("ab" if begin else "wb") as file:
            self._write(file, chunks, unpack, begin, where)
        if unpack and not unpack.ended:
            raise Setback(PageBroken(f"{where}: the compressed body ends early; it is asked again in the next run"))

    def forget(self) -> None:
        """Nothing of it is left."""
        for path in (self.path, self._mark):
            path.unlink(missing_ok=True)

    def _unpacker(self, headers: Mapping[str, str], where: str) -> Gunzip | None:
        coding = headers.get("content-encoding", "identity").strip().lower()
        if coding not in ("", "identity", "gzip", "x-gzip"):
            raise PageBroken(f"{where}: packed as {coding[:40]!r}, which was not asked for")
        return Gunzip(self.limit) if coding.endswith("gzip") else None

    def _remember(self, headers: Mapping[str, str], packed: bool) -> None:
        """A weak validator, or a packed body, does not tell bytes: then the next try begins anew."""
        tag, when = (headers.get(name, "") for name in ("etag", "last-modified"))
        strong = tag if tag and not tag.startswith("W/") else when
        if packed or not (strong.isascii() and strong.isprintable()) or not strong:
            self._mark.unlink(missing_ok=True)
        else:
            self._mark.write_text(strong, "ascii")

    def _write(self, file: BinaryIO, chunks: Iterable[bytes], unpack: Gunzip | None, size: int, where: str) -> None:
        for chunk in chunks:
            try:
                data = unpack.feed(chunk) if unpack else chunk
            except zlib.error as error:
                raise Setback(PageBroken(f"{where}: damaged compression ({error}); it is asked again")) from error
            size += len(data)
            if size > self.limit:
                raise self._too_large(where)
            file.write(data)

    def _too_large(self, where: str) -> TooLarge:
        self.forget()
        return TooLarge(f"{where}: larger than {self.limit / 2**20:g} MiB; not fetched")
