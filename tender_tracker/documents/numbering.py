"""The lists of a Word document → the mark that Word counts for each of its paragraphs: 一、, 1.1, （3） or a bullet.

ECMA-376 17.9: a paragraph, or its style, names a list and a level; lists of one definition count on together.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from tender_tracker.documents.events import Event, attribute
from tender_tracker.documents.numerals import numeral
from tender_tracker.documents.reading import MAX_TEXT, Unreadable

LEVELS = 9
_LISTS = 10_000
"""Definitions, lists and styles of a document at most."""
TEXT = 60
"""Characters of the pattern of a mark."""
_PLACE = re.compile(r"%([1-9])")
_CLOSED = re.compile(r"[、。．：）】》]$")
"""A mark that ends so stands close to its text: 一、采购需求, but 第一章 采购需求."""
_SIGNS = range(0xE000, 0xF900)
"""Where fonts of symbols have their signs, which only they can show."""
_BULLET = "•"
_STAR = ("Wingdings", "\uf0ab")
"""The sign of this font that demands: ★."""
_DEEP = 20
"""Styles that are based on one another."""

_Group = tuple[str, Mapping[str, str], list[tuple[str, Mapping[str, str]]]]
"""An element by name and attributes, and all elements within it."""


@dataclass(frozen=True, slots=True)
class Level:
    """How one level of a list counts. `text` holds %1 to %9 for the numbers of the levels."""

    start: int = 1
    form: str = "decimal"
    text: str = ""
    is_close: bool = False
    """No blank between mark and text."""
    is_legal: bool = False
    """All numbers of the mark are decimal."""
    restarts: bool = True
    style: str = ""
    """The style whose paragraphs stand on this level."""


@dataclass(frozen=True, slots=True)
class List:
    """`starts` tells the levels that begin anew where the list is first used, `own` those it writes in its own way."""

    definition: str
    starts: Mapping[int, int]
    own: Mapping[int, Level]


@dataclass(frozen=True, slots=True)
class Style:
    based_on: str
    list: str
    level: int | None


@dataclass(frozen=True, slots=True)
class Lists:
    """What a document counts by: definitions by level, the lists that use them, and the styles that name a list."""

    definitions: Mapping[str, Mapping[int, Level]] = field(default_factory=dict)
    lists: Mapping[str, List] = field(default_factory=dict)
    styles: Mapping[str, Style] = field(default_factory=dict)

    def place(self, style: str, named: str, level: int | None) -> tuple[str, int]:
        """The list and level of a paragraph: its own words go before those of its style. "0" is no list."""
        name = style
        for _ in range(_DEEP):
            found = self.styles.get(name)
            if named or found is None:
                break
            named, level = found.list, found.level if level is None else level
            if named and level is None:
                levels = self.levels(named)
                level = next((place for place in levels if levels[place].style in {style, name}), 0)
            name = found.based_on
        return named, level or 0

    def levels(self, named: str) -> Mapping[int, Level]:
        found = self.lists.get(named)
        return {**self.definitions.get(found.definition, {}), **found.own} if found else {}


class Count:
    """How far the lists of a document have come."""

    def __init__(self, lists: Lists) -> None:
        self._lists = lists
        self._levels: dict[str, Mapping[int, Level]] = {}
        self._counts: dict[str, list[int | None]] = {}
        self._left = MAX_TEXT
        self._begun: set[tuple[str, int]] = set()

    def begin(self, named: str) -> None:
        """A list counts from its beginning again."""
        if named in self._lists.lists:
            self._counts.pop(self._lists.lists[named].definition, None)

    def mark(self, style: str, named: str, level: int | None, start: int | None = None) -> str:
        """The mark of the next paragraph of this style, list and level, with a blank behind it where one belongs.

        `start` is the number that the paragraph itself begins anew with. Raises Unreadable where marks are too many.
        """
        named, place = self._lists.place(style, named, level)
        levels = self._levels.get(named)
        if levels is None:
            levels = self._levels[named] = self._lists.levels(named)
        if place not in levels:
            return ""
        own = self._lists.lists[named]
        counts = self._counts.setdefault(own.definition, [None] * LEVELS)
        before = counts[place]
        counts[place] = levels[place].start if before is None else before + 1
        if place in own.starts and (named, place) not in self._begun:
            self._begun.add((named, place))
            counts[place] = own.starts[place]
        counts[place] = counts[place] if start is None else start
        for deeper in range(place + 1, LEVELS):
            if deeper not in levels or levels[deeper].restarts:
                counts[deeper] = None
        written = _written(levels, place, counts)
        self._left -= len(written)
        if self._left < 0:
            raise Unreadable("too_large")
        return written


def lists(found: Iterable[Event]) -> Lists:
    """The events of numbering.xml and styles.xml, in any order, or of a document that holds both."""
    definitions: dict[str, Mapping[int, Level]] = {}
    used: dict[str, List] = {}
    styles: dict[str, Style] = {}
    for name, given, inside in _groups(found):
        if name == "abstractNum" and len(definitions) < _LISTS:
            definitions[attribute(given, "abstractNumId")] = _levels(inside)
        elif name == "num" and len(used) < _LISTS:
            used[attribute(given, "numId")] = _list(inside)
        elif name == "style" and len(styles) < _LISTS:
            styles[attribute(given, "styleId")] = _style(inside)
    return Lists(definitions, used, styles)


def _groups(found: Iterable[Event]) -> Iterator[_Group]:
    group: _Group | None = None
    for kind, name, given in found:
        if kind == "start" and group is not None:
            group[2].append((name, given))
        elif kind == "start" and name in ("abstractNum", "num", "style"):
            group = (name, given, [])
        elif kind == "end" and group is not None and name == group[0]:
            yield group
            group = None


def _levels(inside: Sequence[tuple[str, Mapping[str, str]]]) -> dict[int, Level]:
    levels: dict[int, Level] = {}
    place = LEVELS
    for name, given in inside:
        if name == "lvl":
            place = _number(attribute(given, "ilvl"), 0)
            if place < LEVELS:
                levels[place] = Level()
        elif place in levels:
            levels[place] = _told(levels[place], name, given)
    return levels


def _told(level: Level, name: str, given: Mapping[str, str]) -> Level:
    """A level with what one element says of it."""
    value = attribute(given, "val")
    match name:
        case "start":
            return replace(level, start=_number(value, 1))
        case "numFmt":
            return replace(level, form=value)
        case "lvlText":
            return replace(level, text=value[:TEXT])
        case "suff":
            return replace(level, is_close=value == "nothing")
        case "isLgl":
            return replace(level, is_legal=value not in ("0", "false"))
        case "lvlRestart":
            return replace(level, restarts=value != "0")
        case "pStyle":
            return replace(level, style=value)
        case "rFonts" if (attribute(given, "ascii"), level.text) == _STAR:
            return replace(level, text="★")
        case _:
            return level


def _list(inside: Sequence[tuple[str, Mapping[str, str]]]) -> List:
    definition = next((attribute(given, "val") for name, given in inside if name == "abstractNumId"), "")
    starts: dict[int, int] = {}
    place = 0
    for name, given in inside:
        if name == "lvlOverride":
            place = _number(attribute(given, "ilvl"), 0)
        elif name == "startOverride":
            starts[place] = _number(attribute(given, "val"), 1)
    return List(definition, starts, _levels(inside))


def _style(inside: Sequence[tuple[str, Mapping[str, str]]]) -> Style:
    told = {name: attribute(given, "val") for name, given in reversed(inside)}
    level = told.get("ilvl", "")
    return Style(told.get("basedOn", ""), told.get("numId", ""), _number(level, 0) if level else None)


def _written(levels: Mapping[int, Level], place: int, counts: Sequence[int | None]) -> str:
    own = levels[place]
    if own.form == "bullet":
        written = "".join(_BULLET if ord(sign) in _SIGNS else sign for sign in own.text)
    else:

        def number(found: re.Match[str]) -> str:
            at = int(found[1]) - 1
            level = levels.get(at, Level())
            count = counts[at]
            form = "decimal" if own.is_legal and level.form != "none" else level.form
            return numeral(level.start if count is None else count, form)

        written = _PLACE.sub(number, own.text)
    is_close = own.is_close or not written.strip() or _CLOSED.search(written)
    return written if is_close else f"{written} "


def _number(text: str, otherwise: int) -> int:
    return int(text) if text.isdecimal() and len(text) < 6 else otherwise
