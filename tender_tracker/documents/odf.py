"""An OpenDocument (ODT, ODS, ODP) → its text as one passage, or a passage for each sheet or slide.

Its texts and tables are handed on in the words of a Word document, which word.py puts into lines.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, repeat

from tender_tracker.documents import cells, word
from tender_tracker.documents.archive import Inner
from tender_tracker.documents.docx import enclosed
from tender_tracker.documents.events import Event, attribute, events, starts
from tender_tracker.documents.numbering import Count
from tender_tracker.documents.odf_lists import OUTLINE, lists, number
from tender_tracker.documents.package import Package
from tender_tracker.documents.reading import MAX_PAGES, Part, Unread, Unreadable, passage

_TYPE = "mimetype"
_TYPES = "application/vnd.oasis.opendocument."
_CONTENT, _STYLES, _MANIFEST = "content.xml", "styles.xml", "META-INF/manifest.xml"
_LOCKED = "encrypted-package"
"""What LibreOffice puts in place of all else since 2024."""
_KINDS = {"text": "odt", "spreadsheet": "ods", "presentation": "odp"}
_SKIPPED = {"tracked-changes", "annotation", "ruby-text", "notes", "desc"}
"""Deleted text, remarks, how a word is said, notes for a speaker, words on a picture."""
_BLANKS = {"s": " ", "tab": " "}
_PARAGRAPHS = ("p", "h")
_WORDS = {"line-break": "br", "table-row": "tr", "table-cell": "tc", "p": "p", "h": "p"}


def kind_of(package: Package) -> str:
    """odt, ods or odp by what it says of itself; unknown for a drawing, a formula or a database."""
    told = package.read(_TYPE)[:200].decode("ascii", "replace").strip() if _TYPE in package else ""
    return _KINDS.get(told.removeprefix(_TYPES).removesuffix("-template"), "unknown")


def parts(package: Package, file: str, inner: Inner, sees: bool = False) -> Iterator[Part]:
    """Raises Unreadable: encrypted, damaged, unknown_format, too_many."""
    kind = kind_of(package)
    if kind == "unknown":
        raise Unreadable("unknown_format")
    if _LOCKED in package or next(_locks(package), None) is not None:
        raise Unreadable("encrypted")
    has_text = False
    for part in _passages(package, file, kind):
        has_text = True
        yield part
    yield from enclosed(package, file, inner, has_text, sees)
    objects = {name.partition("/")[0] for name in package.entries if name.startswith("Object ")}
    yield from (Unread(f"{file}/{name}", "unknown_format") for name in sorted(objects))


def _locks(package: Package) -> Iterator[Mapping[str, str]]:
    """What tells of each part how it is encrypted."""
    return starts(package, _MANIFEST, "encryption-data") if _MANIFEST in package else iter(())


def _passages(package: Package, file: str, kind: str) -> Iterator[Part]:
    with package.open(_CONTENT) as stream:
        found = events(stream)
        if kind == "odt":
            counted = Count(lists(_both(package)))
            yield from passage(file, None, chain(word.lines(_as_word(found, counted)), _heads(package)))
            return
        for page, given in enumerate(_starts(found, "table" if kind == "ods" else "page"), 1):
            if page > MAX_PAGES:
                raise Unreadable("too_many")
            if kind == "ods":
                yield from passage(file, page, cells.titled(attribute(given, "name"), _rows(found)))
            else:
                yield from passage(file, page, word.lines(_as_word(_until(found, "page"))))


def _both(package: Package) -> Iterator[Event]:
    for name in (_STYLES, _CONTENT):
        if name in package:
            with package.open(name) as stream:
                yield from events(stream)


def _heads(package: Package) -> Iterator[str]:
    """The headers and footers of its pages, each line once."""
    if _STYLES in package:
        with package.open(_STYLES) as stream:
            found = events(stream)
            for _ in _starts(found, "master-styles"):
                yield from dict.fromkeys(word.lines(_as_word(_until(found, "master-styles"))))


def _starts(found: Iterator[Event], name: str) -> Iterator[Mapping[str, str]]:
    """The attributes of each element of this name; who asks takes what is within it."""
    for kind, local, given in found:
        if kind == "start" and local == name:
            yield given


def _until(found: Iterator[Event], name: str) -> Iterator[Event]:
    """What comes before the end of the element that has begun."""
    for event in found:
        if event[:2] == ("end", name):
            return
        yield event


def _as_word(found: Iterable[Event], count: Count | None = None) -> Iterator[Event]:
    """The same in the words of WordprocessingML; with `count` the marks of lists stand before their paragraphs."""
    open_lists = _OpenLists(count) if count else None
    skipped = inside = 0
    for kind, name, given in found:
        if name in _SKIPPED and kind != "text":
            skipped += 1 if kind == "start" else -1
        elif skipped or (kind == "text" and not inside):
            continue
        elif kind == "text":
            yield from _text(name)
        elif name in _WORDS:
            inside += (name in _PARAGRAPHS) * (1 if kind == "start" else -1)
            yield kind, _WORDS[name], given
            if open_lists and kind == "start" and name in _PARAGRAPHS:
                yield from _text(open_lists.mark(name, given))
        elif kind == "start" and name in _BLANKS:
            yield from _text(_BLANKS[name])
        elif open_lists:
            open_lists.take(kind, name, given)


class _OpenLists:
    """The lists around what is being read; the first paragraph of an item bears its mark."""

    def __init__(self, count: Count) -> None:
        self._count = count
        self._names: list[str] = []
        self._is_due = False
        self._start: int | None = None

    def take(self, kind: str, name: str, given: Mapping[str, str]) -> None:
        if name == "list" and kind == "end":
            self._names = self._names[:-1]
        elif name == "list":
            outer = self._names[-1] if self._names else ""
            self._names.append(attribute(given, "style-name") or outer)
            goes_on = attribute(given, "continue-numbering") == "true" or attribute(given, "continue-list")
            if not outer and not goes_on:
                self._count.begin(self._names[-1])
        elif name in ("list-item", "list-header") and kind == "start":
            self._is_due = name == "list-item"
            told = attribute(given, "start-value")
            self._start = number(told, 1) if told else None

    def mark(self, name: str, given: Mapping[str, str]) -> str:
        """What stands before a paragraph or heading."""
        if self._names:
            is_due, self._is_due = self._is_due, False
            return self._count.mark("", self._names[-1], len(self._names) - 1, self._start) if is_due else ""
        level = number(attribute(given, "outline-level"), 1)
        return self._count.mark("", OUTLINE, level - 1) if name == "h" else ""


def _text(text: str) -> tuple[Event, ...]:
    return ("start", "t", {}), ("text", text, {}), ("end", "t", {})


def _rows(found: Iterator[Event]) -> Iterator[list[str]]:
    """The rows of a sheet, as they are shown; empty cells and equal rows are repeated to a bound."""
    row: list[str] = []
    value: list[str] = []
    times = again = inside = skipped = 0
    for kind, name, given in _until(found, "table"):
        if name in _SKIPPED and kind != "text":
            skipped += 1 if kind == "start" else -1
        elif skipped:
            continue
        elif kind == "text":
            value += [name] if inside else []
        elif name == "p":
            inside += 1 if kind == "start" else -1
            value.append(" ")
        elif name == "table-row" and kind == "start":
            row, again = [], number(attribute(given, "number-rows-repeated"), 1)
        elif name == "table-row":
            yield from repeat(row, min(again, cells.GAP) if any(row) else 1)
        elif name in ("table-cell", "covered-table-cell"):
            if kind == "start":
                value, times = [], number(attribute(given, "number-columns-repeated"), 1)
            else:
                row += ["".join(value).strip()] * min(times, cells.GAP)
