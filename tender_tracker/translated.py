"""A message in English → the same in Chinese: the entry of `data/errors.zh.toml` whose fixed words it has, filled in.

Errors are composed in English where they happen; only here, when one is told to a Chinese reader, is it put in Chinese.
"""

from __future__ import annotations

import re
import string
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

PARTS = ("message", "word", "foreign")
"""Our messages; words of our tables that stand in them; what the system and libraries say."""
_NUMBER = r"[\d,.]+"
_LETTERS = re.compile(r"[A-Za-z]")


@dataclass(frozen=True, slots=True)
class Entry:
    """One sentence in both languages; `{name}` stands for what is filled in, `{n}`, `{n2}`, … for a number."""

    en: str
    zh: str
    fixed: tuple[str, ...]
    """The fixed words between what is filled in, in their order."""
    names: tuple[str, ...]

    @property
    def weight(self) -> int:
        """How many characters are fixed: of two entries that fit, the one that says more is meant."""
        return sum(map(len, self.fixed))

    @property
    def is_frame(self) -> bool:
        """Whether it has no words of its own, such as `{place}: {reason}`."""
        return not any(_LETTERS.search(piece) for piece in self.fixed)

    def values(self, message: str) -> dict[str, str] | None:
        """What a message fills in; None where it is another message."""
        if not all(piece in message for piece in self.fixed):
            return None
        found = re.fullmatch(self._pattern(), message, re.DOTALL)
        return dict(zip(self.names, found.groups(), strict=True)) if found else None

    def _pattern(self) -> str:
        first, *rest = map(re.escape, self.fixed)
        holes = (f"({_NUMBER if re.fullmatch(r'n[0-9]?', name) else '.*?'})" for name in self.names)
        return first + "".join(hole + piece for hole, piece in zip(holes, rest, strict=True))


def translated(lang: str, message: str) -> str:
    """The message in the language of its reader; one that no entry fits stays as it is."""
    return message if lang != "zh" else _told(message) or message


def entries(*parts: str) -> Iterator[Entry]:
    """The entries of some parts of the catalogue, as they stand in it."""
    import tomllib  # with a file of this size 30 ms, which only a message in Chinese pays
    from importlib import resources

    text = resources.files("tender_tracker").joinpath("data/errors.zh.toml").read_text("utf-8")
    catalogue = tomllib.loads(text)
    for part in parts:
        yield from (_entry(**pair) for pair in catalogue[part])


def chosen(message: str) -> tuple[Entry, dict[str, str]] | None:
    """The entry that fits a message best, and the message's values in Chinese where they are messages themselves.

    An entry that would tear a pair of brackets apart is taken only where no other has words that fit.
    """
    torn = None
    for entry in _by_weight():
        values = entry.values(message)
        if values is None:
            continue
        told = {name: _part(value) for name, value in values.items()}
        if entry.is_frame and (torn or told == values):
            continue
        if all(map(_is_whole, values.values())):
            return entry, told
        torn = torn or (entry, told)
    return torn


def _is_whole(value: str) -> bool:
    depth = 0
    for letter in value:
        depth += (letter == "(") - (letter == ")")
        if depth < 0:
            return False
    return depth == 0


def _told(message: str) -> str | None:
    found = chosen(message)
    return found[0].zh.format(**found[1]) if found else None


def _part(value: str) -> str:
    """A value in Chinese if it is a message; a single word is a name or a datum, whatever it reads like."""
    return (_told(value) if " " in value else None) or value


@cache
def _by_weight() -> tuple[Entry, ...]:
    return tuple(sorted(entries(*PARTS), key=lambda entry: -entry.weight))


def _entry(en: str, zh: str) -> Entry:
    parts = list(string.Formatter().parse(en))
    fixed, pending = [], ""
    for literal, name, _, _ in parts:
        pending += literal
        if name is not None:
            fixed.append(pending)
            pending = ""
    return Entry(en, zh, (*fixed, pending), tuple(name for _, name, _, _ in parts if name is not None))
