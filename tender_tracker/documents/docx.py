"""A DOCX → one passage: the body with the numbers of its lists, its notes, its headers and footers.

Large pictures and embedded files are named. A PPTX is written in the same words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial

from tender_tracker.documents import word
from tender_tracker.documents.archive import Inner, one
from tender_tracker.documents.events import Event, events
from tender_tracker.documents.numbering import Count, Lists, lists
from tender_tracker.documents.package import Package
from tender_tracker.documents.reading import MAX_PAGES, MAX_PICTURE, Part, Reason, Unread, Unreadable, passage

_BODY = re.compile(r"/?word/document\d*\.xml")
_BESIDE = re.compile(r"/?word/(?:footnotes|endnotes|header\d*|footer\d*)\.xml")
_NUMBERS = re.compile(r"/?word/(?:numbering|styles)\d*\.xml")
_SLIDE = re.compile(r"/?ppt/slides/slide(\d{1,5})\.xml")
_MEDIA = re.compile(r"/?(?:(?:word|xl|ppt)/media|Pictures)/([^/]+)")
_EMBEDDED = re.compile(r"/?(?:word|xl|ppt)/embeddings/([^/]+)")


def parts(package: Package, file: str, inner: Inner, sees: bool = False) -> Iterator[Part]:
    """Raises Unreadable where the body is damaged or text is too much."""
    bodies = [name for name in package.entries if _BODY.fullmatch(name)]
    beside = sorted(name for name in package.entries if _BESIDE.fullmatch(name))
    has_text = False
    counted, broken = _lists(package)
    for part in passage(file, None, _lines(package, [*bodies, *beside], Count(counted))):
        has_text = True
        yield part
    yield from (Unread(f"{file}/{name}", reason) for name, reason in broken)
    yield from enclosed(package, file, inner, has_text, sees)


def slides(package: Package, file: str, inner: Inner, sees: bool = False) -> Iterator[Part]:
    """A PPTX → a passage for each slide; its paragraphs and tables are named as those of a document are."""
    found = {int(match[1]): name for name in package.entries if (match := _SLIDE.fullmatch(name))}
    has_text = False
    for number in sorted(found)[:MAX_PAGES]:
        for part in passage(file, number, _lines(package, [found[number]])):
            has_text = True
            yield part
    yield from enclosed(package, file, inner, has_text, sees)


def _lists(package: Package) -> tuple[Lists, list[tuple[str, Reason]]]:
    """What the document counts by; parts that are damaged are named, and cost the numbers, not the text."""
    broken: list[tuple[str, Reason]] = []

    def found() -> Iterator[Event]:
        for name in filter(_NUMBERS.fullmatch, package.entries):
            try:
                with package.open(name) as stream:
                    yield from events(stream)
            except Unreadable as end:
                broken.append((name.rpartition("/")[2], end.reason))

    return lists(found()), broken


def _lines(package: Package, names: list[str], count: Count | None = None) -> Iterator[str]:
    """The lines of the parts; a header that many sections repeat stands once."""
    seen: set[str] = set()
    for name in names:
        with package.open(name) as stream:
            for line in word.lines(events(stream), count):
                if _BODY.fullmatch(name):
                    yield line
                elif line not in seen:
                    seen.add(line)
                    yield line


def enclosed(package: Package, file: str, inner: Inner, has_text: bool, sees: bool) -> Iterator[Part]:
    """What lies in an office document beside its text: embedded files, and pictures large enough to hold text, or all
    where there is no other; who `sees` reads them."""
    for name, info in package.entries.items():
        if (media := _MEDIA.fullmatch(name)) and info.file_size > MAX_PICTURE * has_text:
            if sees:
                yield from one(partial(package.read, name), f"{file}/{media[1]}", inner)
            else:
                yield Unread(f"{file}/{media[1]}", "picture")
        elif embedded := _EMBEDDED.fullmatch(name):
            yield from one(partial(package.read, name), f"{file}/{embedded[1]}", inner)
