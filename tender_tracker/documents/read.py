"""Bytes and a name → a reading: the format decides who reads, and what breaks is named, never raised."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import suppress
from functools import partial

from tender_tracker.documents import (
    archive,
    docx,
    numbering,
    odf,
    ofd,
    ole,
    pdf,
    plain,
    rar,
    rtf,
    sevenzip,
    sheet_xml,
    word,
    xlsb,
    xlsx,
)
from tender_tracker.documents.archive import Inner
from tender_tracker.documents.events import events
from tender_tracker.documents.formats import format_of, held_by
from tender_tracker.documents.ocr import Sight
from tender_tracker.documents.package import Allowance, Package
from tender_tracker.documents.reading import (
    MAX_BYTES,
    MAX_DEPTH,
    MAX_FILES,
    MAX_TEXT,
    Part,
    Passage,
    Reading,
    Unread,
    Unreadable,
    named,
    passage,
)


def read(data: bytes, name: str, sight: Sight | None = None) -> Reading:
    """All that can be read in `data`, in this process. Never raises for bad input: what is unread is named.

    With `sight` pictures are read, too.
    """
    parts = tuple(parts_of(data, name, sight))
    passages = tuple(part for part in parts if isinstance(part, Passage))
    unread = tuple(part for part in parts if isinstance(part, Unread))
    return Reading(passages, tuple(dict.fromkeys(unread)), kind_of(data))


def parts_of(data: bytes, name: str, sight: Sight | None = None) -> Iterator[Part]:
    """What `read` gives, one by one, so that what was read stays when the reader dies."""
    left = MAX_TEXT
    for part in _guarded(data, name, allowance=Allowance(MAX_FILES), depth=0, sight=sight):
        if isinstance(part, Passage):
            left -= len(part.text)
            if left < 0:
                yield Unread(part.file, "too_large", part.page)
                return
        yield part


def kind_of(data: bytes) -> str:
    """The format as `Reading.format` names it: a container by what it holds."""
    found = format_of(data)
    try:
        if found == "ole":
            return ole.kind_of(data)
        return _held(Package(data, Allowance(1))) if found == "zip" else found
    except Exception:  # what is damaged so that it cannot be opened is what its first bytes say
        return found


def _guarded(data: bytes, name: str, *, allowance: Allowance, depth: int, sight: Sight | None) -> Iterator[Part]:
    """The parts of one file, `depth` containers deep; whatever ends its reading becomes its last part."""
    file = named(name)
    try:
        if len(data) > MAX_BYTES:
            raise Unreadable("too_large")
        if depth > MAX_DEPTH:
            raise Unreadable("nested_too_deep")
        empty = True
        for part in _parts(data, file, allowance, depth, sight):
            empty = False
            yield part
        if empty:
            raise Unreadable("scanned")
    except Unreadable as end:
        yield Unread(file, end.reason)
    except MemoryError:
        yield Unread(file, "memory")
    except Exception:  # a hostile file finds an error in a library that its author did not: the file is damaged
        yield Unread(file, "damaged")


def _parts(data: bytes, file: str, allowance: Allowance, depth: int, sight: Sight | None) -> Iterator[Part]:
    inner = partial(_guarded, allowance=allowance, depth=depth + 1, sight=sight)
    match format_of(data):
        case "pdf":
            return pdf.parts(data, file, sight)
        case "zip":
            return _package(Package(data, allowance), data, file, allowance, inner, depth, sight is not None)
        case "rar":
            if depth >= MAX_DEPTH:
                raise Unreadable("nested_too_deep")
            return archive.parts(rar.entries(data, allowance), file, inner, allowance)
        case "7z":
            if depth >= MAX_DEPTH:
                raise Unreadable("nested_too_deep")
            return archive.parts(sevenzip.entries(data, allowance), file, inner, allowance)
        case "html":
            return passage(file, None, plain.page(data))
        case "mhtml":
            return passage(file, None, plain.saved_page(data))
        case "txt":
            return passage(file, None, plain.text(data))
        case "word-xml":
            return passage(file, None, _flat(data))
        case "sheet-xml":
            return sheet_xml.parts(data, file)
        case "ole":
            return ole.parts(data, file)
        case "rtf":
            return passage(file, None, rtf.lines(data))
        case "picture" if sight:
            return _seen(file, sight.picture(data))
        case "picture":
            raise Unreadable("picture")
        case "unknown":
            raise Unreadable("unknown_format")
        case _:
            raise Unreadable("missing_reader")


def _held(package: Package) -> str:
    found = held_by(package.entries)
    return odf.kind_of(package) if found == "odf" else found


def _flat(data: bytes) -> Iterator[str]:
    """The lines of a Word document in one XML, read twice: its lists may stand behind its text."""
    counted = numbering.Lists()
    with suppress(Unreadable):  # what breaks off does so again below, behind the text that could be read
        counted = numbering.lists(events(io.BytesIO(data)))
    yield from word.lines(events(io.BytesIO(data)), numbering.Count(counted))


def _seen(file: str, lines: list[str]) -> Iterator[Part]:
    """A picture in which words were seen, or none."""
    if not lines:
        raise Unreadable("picture")
    yield from passage(file, None, lines, ocr=True)


def _package(
    package: Package, data: bytes, file: str, allowance: Allowance, inner: Inner, depth: int, sees: bool
) -> Iterator[Part]:
    """A ZIP by what it holds: an office document, or files."""
    match held_by(package.entries):
        case "docx":
            return docx.parts(package, file, inner, sees)
        case "xlsx":
            return xlsx.parts(package, file, inner, sees)
        case "pptx":
            return docx.slides(package, file, inner, sees)
        case "ofd":
            return ofd.parts(package, file)
        case "odf":
            return odf.parts(package, file, inner, sees)
        case "xlsb":
            return xlsb.parts(package, data, file, inner, sees)
        case _:
            if depth >= MAX_DEPTH:
                raise Unreadable("nested_too_deep")
            return archive.parts(
                ((name, partial(package.read, name)) for name in package.entries), file, inner, allowance
            )
