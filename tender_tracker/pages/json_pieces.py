"""A large JSON file → pieces of it that are documents themselves: a package of releases as many small packages.

Python's objects take thirty times the room of the text they were read from, so a package is never held whole.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from sys import getsizeof
from typing import IO

from tender_tracker.errors import PageBroken
from tender_tracker.pages.json_numbers import mended

PIECE = 2**20
"""Characters of one piece, about; a single release may be larger."""
MAX_VALUES = 200_000
"""Values in one piece: at 250 bytes each, about 50 MB."""
_MAX_SIZE = 24 * 2**20
"""Bytes that a text takes in memory: a character takes one to four, as the widest of the text needs."""
_CHUNK = 2**18
_MAX_TEXT = 12 * 2**20
_LISTS = ('"releases"', '"records"')
_BLANKS = re.compile(r"[ \t\n\r]*")
_decoder = json.JSONDecoder()


def is_heavy(text: str) -> bool:
    """Whether JSON is so long or has so many values that the objects made of it would not fit into memory."""
    if getsizeof(text) > _MAX_SIZE:
        return True
    return len(text) > MAX_VALUES and text.count(",") + text.count("{") + text.count("[") > MAX_VALUES


def check_weight(text: str, name: str) -> None:
    """Raises PageBroken for JSON that is too heavy to be read."""
    if is_heavy(text):
        raise PageBroken(
            f"{name}: more than {MAX_VALUES:,} values or {_MAX_SIZE // 2**20} MB in one JSON document; "
            "split it, one record a line"
        )


def is_utf8(stream: IO[bytes], name: str, limit: int) -> bool:
    """Whether all of a file is UTF-8, as JSON must be; the file stands at its beginning again.

    Raises PageBroken beyond `limit` bytes.
    """
    decoder, size = codecs.getincrementaldecoder("utf-8")(), 0
    try:
        for data in iter(lambda: stream.read(_CHUNK), b""):
            size += len(data)
            if size > limit:
                raise PageBroken(f"{name}: larger than {limit // 2**20} MB; a saved answer is smaller, split the file")
            decoder.decode(data)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    finally:
        stream.seek(0)
    return True


def pieces(stream: IO[bytes], name: str) -> Iterator[str]:
    """The documents of UTF-8 JSON, one after another; lists and OCDS packages in pieces, small documents together.

    Raises PageBroken where the JSON ends early or is none, after the pieces before.
    """
    text = _Text(stream, name)
    together: list[str] = []
    size = 0
    while text.peek():
        if text.peek() not in "{[":
            raise PageBroken(f"{name}: JSON, but neither an object nor a list; give an answer or record of a site")
        for piece, whole in _document(text):
            if not whole:
                yield piece
                continue
            together.append(piece)
            size += len(piece)
            if size > PIECE:
                yield "\n".join(together)
                together, size = [], 0
    if together:
        yield "\n".join(together)


def _document(text: _Text) -> Iterator[tuple[str, bool]]:
    """One document: (its text, True), or a list or package as (piece, False)."""
    text.forget()
    if text.peek() == "[":
        text.step()
        yield from ((piece, False) for piece in _elements(text, "[", "]"))
        return
    text.step()
    while text.peek() != "}":
        key = text.value()
        text.expect(":")
        if key in _LISTS and text.peek() == "[":
            text.step()
            yield from ((piece, False) for piece in _elements(text, text.taken(), "]}"))
            while text.peek() == ",":
                text.step()
                text.value()
                text.expect(":")
                text.value()
                text.forget()
            text.expect("}")
            return
        text.value()
        if text.peek() != "}":
            text.expect(",")
    text.step()
    yield text.taken(), True


def _elements(text: _Text, head: str, tail: str) -> Iterator[str]:
    """The objects of a list in pieces, each with the head and tail that make it a document; at least one piece."""
    found: list[str] = []
    size, given = 0, False
    while text.peek() != "]":
        text.forget()
        if text.peek() not in "{[":
            raise text.broken("a list of something else than records")
        found.append(text.value())
        size += len(found[-1])
        if size > PIECE:
            yield head + ",".join(found) + tail
            found, size, given = [], 0, True
        if text.peek() != "]":
            text.expect(",")
    text.step()
    if found or not given:
        yield head + ",".join(found) + tail


class _Text:
    """Decoded text of a stream, as much of it as is needed; `at` is where we are in it."""

    def __init__(self, stream: IO[bytes], name: str) -> None:
        self._chunks = codecs.iterdecode(iter(lambda: stream.read(_CHUNK), b""), "utf-8-sig")
        self._name = name
        self._held = ""
        self._begin = self._at = 0
        self._ended = False

    def peek(self) -> str:
        """The next character that is no blank; "" at the end."""
        while True:
            self._at = _BLANKS.match(self._held, self._at).end()  # type: ignore[union-attr]  # matches nothing, too
            if self._at < len(self._held):
                return self._held[self._at]
            if not self._more():
                return ""

    def step(self) -> None:
        self._at += 1

    def expect(self, mark: str) -> None:
        if self.peek() != mark:
            raise self.broken(f"{mark!r} expected")
        self.step()

    def value(self) -> str:
        """The text of the value that begins here."""
        self.peek()
        while True:
            try:
                _, end = _decoder.raw_decode(self._held, self._at)
            except (ValueError, RecursionError) as error:
                wrong: Exception = error
                rest = mended(self._held[self._at :])
                if rest != self._held[self._at :]:
                    self._held = self._held[: self._at] + rest
                    continue
            else:
                if self._held[end - 1] in '"}]' or end < len(self._held) or not self._more():  # a number may go on
                    value = self._held[self._at : end]
                    self._at = end
                    return value
                continue
            room = len(self._held) - self._at
            while (
                len(self._held) - self._at < 2 * room and self._more()
            ):  # twice as much, or time grows with its square
                pass
            if len(self._held) - self._at == room:
                raise self.broken(str(wrong))

    def taken(self) -> str:
        """The text since `forget`."""
        return self._held[self._begin : self._at]

    def forget(self) -> None:
        """Lets go of all before here."""
        self.peek()
        self._begin = self._at

    def _more(self) -> bool:
        chunk = "" if self._ended else next(self._chunks, "")
        if not chunk:
            self._ended = True
            return False
        self._held = self._held[self._begin :] + chunk
        self._at -= self._begin
        self._begin = 0
        if len(self._held) > _MAX_TEXT:
            raise PageBroken(f"{self._name}: one record of more than {_MAX_TEXT // 2**20} MB; the rest is left out")
        check_weight(self._held, self._name)
        return True

    def broken(self, why: str) -> PageBroken:
        """What to raise where the text is not as it should be."""
        return PageBroken(f"{self._name}: not JSON to its end ({why}); what lies behind is left out, save it again")
