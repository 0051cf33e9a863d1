"""A zip archive of saved pages → its Pages, read without unpacking to disk."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from typing import IO

from tender_tracker.model import Page
from tender_tracker.pages import opened
from tender_tracker.pages.readable import COMPANIONS, Source, Unreadable, broken, is_page_name, suffix

MAX_MEMBERS = 20_000


def pages(stream: IO[bytes], source: Source) -> Iterator[Page | Unreadable]:
    try:
        archive = _archive(stream)
    except (zipfile.BadZipFile, UnicodeDecodeError, OSError) as error:
        yield broken(source.name, f"not a readable zip archive ({error})")
        return
    with archive:
        members = [info for info in archive.infolist() if not info.is_dir() and _is_page_member(info.filename)]
        if len(members) > MAX_MEMBERS:
            yield broken(source.name, f"more than {MAX_MEMBERS} members")
            return
        for info in members:
            yield from _member(archive, info, source)


def _archive(stream: IO[bytes]) -> zipfile.ZipFile:
    """Names that are not marked as UTF-8 are read as Chinese, and byte by byte where they are not even that."""
    try:
        return zipfile.ZipFile(stream, metadata_encoding="gb18030")
    except UnicodeDecodeError:
        stream.seek(0)
        return zipfile.ZipFile(stream, metadata_encoding="cp437")


def _is_page_member(name: str) -> bool:
    parts = name.replace("\\", "/").split("/")
    if any(part.endswith(COMPANIONS) for part in parts[:-1]):
        return False
    return is_page_name(parts[-1]) and not parts[-1].lower().endswith(".zip")


def _member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, source: Source) -> Iterator[Page | Unreadable]:
    name = f"{source.name}!{info.filename}"
    member = Source(name, suffix(info.filename), source.read_at, with_raw=source.with_raw)
    try:
        with archive.open(info) as stream:
            if info.filename.lower().endswith(".gz"):
                with opened.unpacked(stream) as unpacked:
                    yield from opened.pages(unpacked, member)
            else:
                yield from opened.pages(stream, member)
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError, zlib.error) as error:
        yield broken(member.name, f"cannot be unpacked ({error})")
