"""An OFD (GB/T 33190) → a passage for each page: its texts from top to bottom, those on one line from left to right."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping

from tender_tracker.documents.events import events, starts
from tender_tracker.documents.package import Package
from tender_tracker.documents.placed import Placed, lines
from tender_tracker.documents.reading import MAX_PAGES, Part, Unread, Unreadable, passage
from tender_tracker.documents.wrapped import joined

_TEXTS = 20_000
"""Texts of one page: a page of single characters has some 2,000."""


def parts(package: Package, file: str) -> Iterator[Part]:
    """Raises Unreadable where the document's own parts are damaged; a damaged page is named."""
    number = 0
    for root in _values(package, _name(package, "OFD.xml"), "DocRoot"):
        document = _beside(_name(package, "OFD.xml"), root)
        folds = {given.get("ID", ""): given.get("BaseLoc", "") for given in starts(package, document, "TemplatePage")}
        for given in starts(package, document, "Page"):
            number += 1
            if number > MAX_PAGES:
                raise Unreadable("too_many")
            try:
                yield from _page(package, document, given.get("BaseLoc", ""), folds, (file, number))
            except Unreadable as end:
                yield Unread(file, end.reason, number)


def _page(
    package: Package, document: str, place: str, folds: Mapping[str, str], where: tuple[str, int]
) -> Iterator[Part]:
    """The text of a page with that of its templates; one with pictures only is named."""
    part = _beside(document, place)
    used = [folds.get(given.get("TemplateID", ""), "") for given in starts(package, part, "Template")]
    texts = [text for name in (*used, place) if name for text in _texts(package, _beside(document, name))]
    yield from passage(*where, joined(lines(texts)))
    if not texts and any(starts(package, part, "ImageObject")):
        yield Unread(where[0], "scanned", where[1])


def _texts(package: Package, part: str) -> Iterator[Placed]:
    """Each TextObject with its place; the characters of one stand in its TextCodes."""
    held: list[str] = []
    box: list[float] = []
    taking = False
    left = _TEXTS
    with package.open(part) as stream:
        for kind, name, given in events(stream):
            if kind == "text":
                if taking:
                    held.append(name.strip("\r\n"))
            elif name == "TextCode":
                taking = kind == "start"
            elif name == "TextObject" and kind == "start":
                held, box = [], _numbers(given.get("Boundary", ""))
            elif name == "TextObject" and len(box) == 4 and (text := "".join(held)).strip():
                left -= 1
                if left < 0:
                    raise Unreadable("too_large")
                yield Placed(box[0], box[1], box[0] + box[2], box[3], text)


def _numbers(text: str) -> list[float]:
    try:
        return [float(word) for word in text.split()]
    except ValueError:
        return []


def _values(package: Package, part: str, name: str) -> Iterator[str]:
    """The texts of the elements of this name in a part."""
    taking = False
    with package.open(part) as stream:
        for kind, found, _ in events(stream):
            if kind == "text":
                if taking and found.strip():
                    yield found.strip()
            elif found == name:
                taking = kind == "start"


def _beside(part: str, place: str) -> str:
    """A place as written in a part → the name of its entry: from the root behind a slash, else beside the part."""
    return (
        place.lstrip("/")
        if place.startswith("/")
        else posixpath.normpath(posixpath.join(posixpath.dirname(part), place))
    )


def _name(package: Package, wanted: str) -> str:
    """An entry by its name in any case."""
    return next((name for name in package.entries if name.lower() == wanted.lower()), wanted)
