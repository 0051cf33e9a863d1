"""The list styles of an OpenDocument → Lists as Word documents have them, each style being the list of its own name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from tender_tracker.documents.events import Event, attribute
from tender_tracker.documents.numbering import LEVELS, Level, List, Lists

OUTLINE = "outline-style"
"""The list of headings that stand in no other."""
_FORMS = {"1": "decimal", "a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman"}
_FORMS |= {"一": "chineseCounting", "壹": "chineseLegalSimplified", "甲": "ideographTraditional"}
_FORMS |= {"子": "ideographZodiac", "①": "decimalEnclosedCircle", "１": "decimalFullWidth"}
_TEXT = 20
"""Characters of what stands before or behind the numbers of a mark."""
_MOST = 10_000
"""List styles of a document."""


def lists(found: Iterable[Event]) -> Lists:
    """The events of content.xml and styles.xml (OpenDocument 1.3, 16.30 to 16.34)."""
    definitions: dict[str, dict[int, Level]] = {}
    levels: dict[int, Level] | None = None
    for kind, name, given in found:
        if name in ("list-style", OUTLINE):
            levels = {} if kind == "start" else None
            if levels is not None and len(definitions) < _MOST:
                definitions[OUTLINE if name == OUTLINE else attribute(given, "name")] = levels
        elif kind == "start" and levels is not None and name in _LEVELS_OF:
            place = number(attribute(given, "level"), 1) - 1
            if 0 <= place < LEVELS:
                levels[place] = _level(name, given, place)
    return Lists(definitions, {name: List(name, {}, {}) for name in definitions})


_LEVELS_OF = ("list-level-style-number", "list-level-style-bullet", "outline-level-style")


def _level(name: str, given: Mapping[str, str], place: int) -> Level:
    before, behind = attribute(given, "num-prefix")[:_TEXT], attribute(given, "num-suffix")[:_TEXT]
    if name == "list-level-style-bullet":
        return Level(form="bullet", text=attribute(given, "bullet-char")[:1])
    signs = attribute(given, "num-format")
    if not signs:
        return Level(form="none", text=before + behind)
    shown = min(number(attribute(given, "display-levels"), 1), place + 1)
    numbers = ".".join(f"%{level + 1}" for level in range(place + 1 - shown, place + 1))
    form = _FORMS.get(signs[0], "decimal")
    return Level(number(attribute(given, "start-value"), 1), form, before + numbers + behind)


def number(text: str, otherwise: int) -> int:
    """A small whole number, or what stands for one that is none."""
    return int(text) if text.isdecimal() and len(text) < 6 else otherwise
