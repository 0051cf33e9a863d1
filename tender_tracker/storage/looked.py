"""Notices and what rules that differ can touch → which of them they touch, most found out without unpacking a word."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import TYPE_CHECKING, Protocol

from tender_tracker.storage import packing

if TYPE_CHECKING:
    from sqlite_utils import Database

_PASSAGES = "SELECT p.text FROM documents d JOIN passages p ON p.sha256 = d.sha256 WHERE d.notice_id = ?"

_Row = tuple[int, str, packing.Stored]
"""Id, title and text of a notice."""


class Touches(Protocol):
    """What rules that differ can touch."""

    @property
    def near(self) -> Callable[[str], bool]:
        """Whether what says this may be: a first look."""

    @property
    def sieve(self) -> Callable[[str], Callable[[bytes], bool]]:
        """The same look at text in bytes, given their encoding."""

    @property
    def sounds(self) -> Callable[[str], bool]:
        """Whether the notice with this title, text and documents may be."""

    @property
    def acts(self) -> Callable[[str], bool]:
        """Whether the notice with this title and text, which has no documents, may be."""


class Looked:
    """Which notices may hold what was looked for.

    A byte a notice: in a store of ten million, a set of their numbers would take a gigabyte.
    """

    def __init__(self) -> None:
        self._without = bytearray()

    def without(self, numbers: Iterable[int]) -> None:
        """Notes notices that hold nothing of it."""
        for number in numbers:
            if number >= len(self._without):
                self._without.extend(bytes(number + 1))
            self._without[number] = 1

    def may(self, number: int) -> bool:
        """Whether the notice was not looked at, or holds some of it."""
        return number >= len(self._without) or not self._without[number]


class Look:
    """Looks through notices for what rules that differ can touch."""

    def __init__(self, db: Database, touches: Touches, looked: Looked) -> None:
        self._db, self._touches, self._looked = db, touches, looked
        self._unpacked, self._opened = packing.unpacker(db.conn), packing.opener(db.conn)
        self._sieve = cache(touches.sieve)

    def bare(self, rows: Sequence[_Row]) -> list[int]:
        """Those that are touched of notices without documents."""
        near = self._touches.near
        kept = [row for row in rows if near(row[1]) or self._holds(row[2])]
        found = [(row[0], printed) for row in kept if near(printed := self._printed(row))]
        self._looked.without({row[0] for row in rows} - {number for number, _ in found})
        return [number for number, printed in found if self._touches.acts(printed)]

    def documented(self, rows: Sequence[_Row]) -> list[int]:
        """The same of notices with documents."""
        chosen = []
        for row in rows:
            pages = [page for (page,) in self._db.execute(_PASSAGES, [row[0]])]
            printed = "\n".join((self._printed(row), *pages))
            if not self._touches.near(printed):
                self._looked.without([row[0]])
            elif self._touches.sounds(printed):
                chosen.append(row[0])
        return chosen

    def _holds(self, text: packing.Stored) -> bool:
        if isinstance(text, str):
            return self._touches.near(text)
        data, encoding = self._opened(text)
        return self._sieve(encoding)(data)

    def _printed(self, row: _Row) -> str:
        """Title and text as the rules are given them."""
        return row[1].replace("\n", " ") + "\n" + self._unpacked(row[2])
