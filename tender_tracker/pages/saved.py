"""Files and folders → Pages: saved pages, texts, API answers and archives of them, read without unpacking to disk.

A `pages.toml` in a folder may say of its files what they do not say themselves: `[[page]] file, url, source, encoding`.
"""

from __future__ import annotations

import gzip
import json
import os
import re
import tomllib
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from email.policy import default as mail_policy
from functools import lru_cache
from html import unescape
from pathlib import Path
from typing import IO, Any, Literal, cast

from tender_tracker.errors import PageBroken, TenderError, UsageError
from tender_tracker.model import Page, Raw
from tender_tracker.pages import companions, json_pieces
from tender_tracker.pages.decode import decode, unmarked_utf_16
from tender_tracker.pages.html import head_of
from tender_tracker.pages.json_numbers import mended

MANIFEST = "pages.toml"
MAX_PAGE = 16 * 2**20
"""Bytes of one page or one line; a notice is a few hundred kB at most."""
MAX_FILE = 64 * 2**20
"""Bytes of one member or file after decompression, except JSON Lines, which are never held whole."""
MAX_MEMBERS = 20_000

Media = Literal["html", "json", "text"]
_MEDIA: dict[str, Media] = {
    ".html": "html", ".htm": "html", ".xhtml": "html", ".mht": "html", ".mhtml": "html", ".txt": "text",
    ".json": "json",
}  # fmt: skip
_LINES = (".jsonl", ".ndjson")
_ENDINGS = frozenset((*_MEDIA, *_LINES, ".warc"))
_COMPANIONS = ("_files", ".files", "__MACOSX")
"""Endings of folders a browser or an archiver puts beside a saved page."""
_PIECE = 2**16
_BLANKS = re.compile(r"\s*")
_CONTROL = bytes((*range(9), *range(14, 27)))
_SAVED_FROM = re.compile(r"<!--\s*saved from url=\(\d+\)(https?://\S+?)\s*-->", re.IGNORECASE)
_LINK = re.compile(r"<(?:link|meta)\s[^>]*(?:canonical|og:url)[^>]*>", re.IGNORECASE)
_HREF = re.compile(r"""(?:href|content)\s*=\s*["'](https?://[^"'\s]+)""", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A file, member or line that gave no page, and why."""

    file: str
    error: TenderError


@dataclass(frozen=True, slots=True)
class _Source:
    """One readable thing: its name for messages, its kind by ending, and what the manifest says of it.

    Without a name: what was asked for all of them."""

    name: str
    suffix: str
    read_at: datetime
    url: str | None = None
    source: str | None = None
    encoding: str | None = None
    with_raw: bool = False


def pages(paths: Iterable[Path], read_at: datetime, with_raw: bool = False) -> Iterator[Page | Unreadable]:
    """Every page of the files and folders, in a stable order, lazily; `with_raw` with its bytes, to be kept.

    Raises UsageError for a missing path.
    """
    paths, asked = [Path(path) for path in paths], _Source("", "", read_at, with_raw=with_raw)
    for path in paths:
        if not path.exists():
            raise UsageError(f"{path}: no such file or folder; check the path")
    for path in paths:
        if path.is_dir():
            yield from _folder(path, asked)
        elif path.is_file():
            said, wrong = _manifest(path.parent)
            yield from wrong
            yield from _file(str(path), path.name, asked, said.get(path.name, {}))
        else:
            yield _no_file(str(path))


def files(folder: Path, besides: tuple[str, ...] = ()) -> Iterator[Path]:
    """What `pages` would read of a folder, file by file in its order, and files with other endings that are wanted.

    What cannot be read is among them: `pages` says why.
    """
    try:
        with os.scandir(folder) as found:
            entries = sorted(found, key=lambda entry: entry.name)
    except OSError:
        yield folder
        return
    for entry in entries:
        if entry.is_dir(follow_symlinks=False):
            if not entry.name.startswith(".") and not entry.name.endswith(_COMPANIONS):
                yield from files(Path(entry.path), besides)
        elif _is_page_name(entry.name) or (entry.name.endswith(besides) and not entry.name.startswith(".")):
            yield Path(entry.path)


def line_page(line: bytes, name: str, read_at: datetime) -> Page:
    """One line of JSON Lines → its page. Raises PageBroken for what is no JSON."""
    return Page(_json(decode(line), name), "json", read_at, None, name)


def _folder(folder: Path, asked: _Source) -> Iterator[Page | Unreadable]:
    said, wrong = _manifest(folder)
    yield from wrong
    try:
        with os.scandir(folder) as found:
            entries = sorted(found, key=lambda entry: entry.name)
    except OSError as error:
        yield _broken(str(folder), f"cannot be listed ({error.strerror})")
        return
    attached = companions.attached(folder)
    for entry in entries:
        if entry.name in attached:
            continue
        if entry.is_dir(follow_symlinks=False):
            if not entry.name.startswith(".") and not entry.name.endswith(_COMPANIONS):
                yield from _folder(Path(entry.path), asked)
        elif _is_page_name(entry.name):
            if entry.is_file(follow_symlinks=False) or os.path.isfile(entry.path):
                yield from _file(entry.path, entry.name, asked, said.get(entry.name, {}))
            else:
                yield _no_file(entry.path)


def _manifest(folder: Path) -> tuple[dict[str, dict[str, Any]], list[Unreadable]]:
    """What `pages.toml` says per file, and what is wrong with it."""
    path = folder / MANIFEST
    return _said(path, path.stat().st_mtime_ns) if path.is_file() else ({}, [])


@lru_cache(maxsize=4)
def _said(path: Path, changed_at: int) -> tuple[dict[str, dict[str, Any]], list[Unreadable]]:
    try:
        said = tomllib.loads(path.read_text("utf-8")).get("page", [])
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        message = f"{path}: not readable as TOML ({error}); mend it, its pages are read without it"
        return {}, [Unreadable(str(path), PageBroken(message))]
    return {str(page["file"]): page for page in said if isinstance(page, dict) and "file" in page}, []


def _suffix(name: str) -> str:
    """The ending that says what a file is, `.gz` set aside: notice.html.gz → .html."""
    bare = name.lower().removesuffix(".gz")
    return bare[bare.rfind(".") :] if "." in bare.lstrip(".") else ""


def _is_page_name(name: str) -> bool:
    if name.startswith("."):
        return False
    return _suffix(name) in _ENDINGS or name.lower().endswith(".zip")


def _file(path: str, name: str, asked: _Source, said: dict[str, Any]) -> Iterator[Page | Unreadable]:
    url, site, encoding = (said.get(key) for key in ("url", "source", "encoding"))
    source = _Source(path, _suffix(name), asked.read_at, url, site, encoding, asked.with_raw)
    if not _is_page_name(name):
        message = f"{path}: not a page; give .html, .txt, .json, .jsonl, any of these with .gz, .zip or .warc"
        yield Unreadable(str(path), PageBroken(message))
        return
    try:
        with open(path, "rb") as stream:
            if source.suffix == ".zip":
                yield from _zip(stream, source)
            elif name.lower().endswith(".gz"):
                with _unpacked(stream) as unpacked:
                    yield from _stream(unpacked, source)
            else:
                yield from _stream(stream, source)
    except OSError as error:
        yield _broken(source.name, f"cannot be read ({error.strerror or error})")


def _zip(stream: IO[bytes], source: _Source) -> Iterator[Page | Unreadable]:
    try:
        archive = _archive(stream)
    except (zipfile.BadZipFile, UnicodeDecodeError, OSError) as error:
        yield _broken(source.name, f"not a readable zip archive ({error})")
        return
    with archive:
        members = [info for info in archive.infolist() if not info.is_dir() and _is_page_member(info.filename)]
        if len(members) > MAX_MEMBERS:
            yield _broken(source.name, f"more than {MAX_MEMBERS} members")
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
    if any(part.endswith(_COMPANIONS) for part in parts[:-1]):
        return False
    return _is_page_name(parts[-1]) and not parts[-1].lower().endswith(".zip")


def _member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, source: _Source) -> Iterator[Page | Unreadable]:
    name = f"{source.name}!{info.filename}"
    member = _Source(name, _suffix(info.filename), source.read_at, with_raw=source.with_raw)
    try:
        with archive.open(info) as stream:
            if info.filename.lower().endswith(".gz"):
                with _unpacked(stream) as unpacked:
                    yield from _stream(unpacked, member)
            else:
                yield from _stream(stream, member)
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError, zlib.error) as error:
        yield _broken(member.name, f"cannot be unpacked ({error})")


def _unpacked(stream: IO[bytes]) -> IO[bytes]:
    return cast(IO[bytes], gzip.GzipFile(fileobj=stream))


def _stream(stream: IO[bytes], source: _Source) -> Iterator[Page | Unreadable]:
    """The pages of one opened file; damage ends the file, not the run."""
    try:
        if source.suffix in _LINES:
            yield from _lines(stream, source)
        elif source.suffix == ".warc":
            yield from _records(stream, source)
        elif source.suffix == ".json":
            yield from _answer(stream, source)
        else:
            yield _whole(_read(stream, source, MAX_PAGE), source)
    except (PageBroken, UsageError) as error:
        yield Unreadable(source.name, error)
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        yield _broken(source.name, f"cut or damaged compressed file ({error})")


def _records(stream: IO[bytes], source: _Source) -> Iterator[Page | Unreadable]:
    """The pages in a web archive. Raises PageBroken, or UsageError without the extra that reads it."""
    from tender_tracker.pages import warc

    for found in warc.pages(stream, source.name, source.with_raw):
        yield Unreadable(found.name, found.error) if isinstance(found, warc.Bad) else found


def _answer(stream: IO[bytes], source: _Source) -> Iterator[Page]:
    """JSON: a small file is one page; of a large one each piece, so that it is never held whole."""
    data = stream.read(json_pieces.PIECE + 1)
    if len(data) <= json_pieces.PIECE:
        yield _whole(data, source)
        return
    stream.seek(0)
    if not json_pieces.is_utf8(stream, source.name, MAX_FILE):
        yield _whole(_read(stream, source, MAX_PAGE), source)
        return
    for text in json_pieces.pieces(stream, source.name):
        raw = Raw(text.encode("utf-8", "surrogatepass")) if source.with_raw else None
        yield Page(text, "json", source.read_at, source.url, source.name, source.source, raw)


def _read(stream: IO[bytes], source: _Source, limit: int) -> bytes:
    data = stream.read(_PIECE)
    if len(data) == _PIECE:  # asking for the limit at once would set so much memory aside for every small page
        data += stream.read(limit + 1 - _PIECE)
    if len(data) > limit:
        raise PageBroken(f"{source.name}: larger than {limit // 2**20} MB; a saved page is smaller, split the file")
    return data


def _whole(data: bytes, source: _Source) -> Page:
    """Raises PageBroken for an empty or binary file and for JSON that is none."""
    if not data.strip():
        raise PageBroken(f"{source.name}: empty file; save the page again")
    url = source.url
    if source.suffix in (".mht", ".mhtml"):
        data, url = _archived_html(data, source)
    if _is_binary(data):
        raise PageBroken(f"{source.name}: binary data, not a page; save the page as HTML or text")
    text = decode(data, source.encoding)
    media = _MEDIA[source.suffix]
    if media == "json":
        text = _json(text, source.name)
    elif media == "html":
        url = url or _own_address(text)
    raw = Raw(data, encoding=source.encoding) if source.with_raw else None
    return Page(text, media, source.read_at, url, source.name, source.source, raw)


def _lines(stream: IO[bytes], source: _Source) -> Iterator[Page | Unreadable]:
    """JSON Lines, one at a time; a bad line costs that line only."""
    number = 0
    for number, line in enumerate(iter(lambda: stream.readline(MAX_PAGE + 1), b""), 1):
        name = f"{source.name}#{number}"
        if len(line) > MAX_PAGE:
            raise PageBroken(f"{name}: a line of more than {MAX_PAGE // 2**20} MB; the rest of the file is left out")
        if not line.strip():
            continue
        try:
            text = _json(decode(line), name)
        except PageBroken as error:
            yield Unreadable(name, error)
            continue
        yield Page(text, "json", source.read_at, None, name, source.source, Raw(line) if source.with_raw else None)
    if not number:
        raise PageBroken(f"{source.name}: empty file; save the answer again")


def _json(text: str, name: str) -> str:
    """JSON, or what only its numbers keep from being JSON → JSON. Raises PageBroken for anything else."""
    json_pieces.check_weight(text, name)
    try:
        _check_json(text, name)
    except PageBroken:
        given, text = text, mended(text)
        if text == given:
            raise
        _check_json(text, name)
    return text


def _check_json(text: str, name: str) -> None:
    """Raises PageBroken for what is no JSON, or not of objects and lists; several may follow one another."""
    try:
        answers = list(_answers(text))
    except (ValueError, RecursionError) as error:
        raise PageBroken(f"{name}: not JSON ({error}); save the answer again") from error
    if not all(isinstance(answer, (dict, list)) for answer in answers):
        raise PageBroken(f"{name}: JSON, but neither an object nor a list; give an answer or record of a site")


def _answers(text: str) -> Iterator[Any]:
    decoder, text = json.JSONDecoder(), text.strip()
    at = 0
    while at < len(text):
        answer, end = decoder.raw_decode(text, at)
        yield answer
        at = _BLANKS.match(text, end).end()  # type: ignore[union-attr]  # matches nothing, too


def _is_binary(data: bytes) -> bool:
    """Control characters other than blanks in the first bytes; UTF-16 is text."""
    head = data[:4096]
    if head.startswith((b"\xff\xfe", b"\xfe\xff")) or unmarked_utf_16(head) is not None:
        return False
    return (len(head) - len(head.translate(None, _CONTROL))) * 50 > len(head)


def _own_address(html: str) -> str | None:
    """The address a page names as its own: the browser's note on saving, canonical, og:url."""
    head = head_of(html)
    words = head.encode("ascii", "ignore").lower()  # a quarter of the time that text takes
    saved = _SAVED_FROM.search(head) if b"saved from url" in words else None
    if saved:
        return unescape(saved.group(1))
    links = _LINK.findall(head) if b"canonical" in words or b"og:url" in words else ()
    addresses = (found for link in links if (found := _HREF.search(link)))
    return next((unescape(found.group(1)) for found in addresses), None)


def _archived_html(data: bytes, source: _Source) -> tuple[bytes, str | None]:
    """The HTML part of a web archive (.mht) and its address."""
    for part in message_from_bytes(data, policy=mail_policy).walk():
        if part.get_content_type() == "text/html":
            payload = part.get_payload(decode=True)
            if isinstance(payload, bytes):
                return payload, source.url or part.get("Content-Location")
    raise PageBroken(f"{source.name}: a web archive without an HTML part; save the page as HTML")


def _no_file(path: str) -> Unreadable:
    return Unreadable(path, PageBroken(f"{path}: not a regular file; give a saved page or a folder"))


def _broken(name: str, what: str) -> Unreadable:
    return Unreadable(name, PageBroken(f"{name}: {what}; get the file again"))
