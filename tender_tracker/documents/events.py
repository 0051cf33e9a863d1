"""XML → its starts, ends and texts, one by one; a document type is refused, and with it every entity.

Names lose their prefix: the formats read here differ in prefixes and namespaces from writer to writer, not in names.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pyexpat import ExpatError, ParserCreate
from typing import IO, Literal

from tender_tracker.documents.package import Package
from tender_tracker.documents.reading import Unreadable

Event = tuple[Literal["start", "end", "text"], str, Mapping[str, str]]
_CHUNK = 2**16
_DEEP = 500
"""Elements within elements: a table within tables of a document has some 50."""
_NOTHING: Mapping[str, str] = {}


def events(stream: IO[bytes]) -> Iterator[Event]:
    """("start", name, attributes), ("text", characters, {}) and ("end", name, {}) in the order of the document.

    A text may come in several pieces. Raises Unreadable (damaged) for XML that breaks off or declares a type.
    """
    waiting: list[Event] = []
    depth = 0

    def start(name: str, given: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > _DEEP:
            raise Unreadable("nested_too_deep")
        waiting.append(("start", local(name), given))

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1
        waiting.append(("end", local(name), _NOTHING))

    def refuse(*_: object) -> None:
        raise Unreadable("damaged")

    parser = ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = lambda text: waiting.append(("text", text, _NOTHING))
    parser.StartDoctypeDeclHandler = refuse
    try:
        while chunk := stream.read(_CHUNK):
            parser.Parse(chunk, False)
            yield from waiting
            waiting.clear()
        parser.Parse(b"", True)
    except ExpatError as error:
        yield from waiting
        raise Unreadable("damaged") from error
    except Unreadable:
        yield from waiting
        raise
    yield from waiting


def starts(package: Package, part: str, name: str) -> Iterator[Mapping[str, str]]:
    """The attributes of each element of this name in a part of a package."""
    with package.open(part) as stream:
        for kind, found, given in events(stream):
            if kind == "start" and found == name:
                yield given


def local(name: str) -> str:
    """w:tbl → tbl."""
    return name.rpartition(":")[2]


def attribute(given: Mapping[str, str], name: str) -> str:
    """The attribute of this local name, or "": its own name goes before one with a prefix."""
    return given.get(name) or next((value for key, value in given.items() if local(key) == name), "")
