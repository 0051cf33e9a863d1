"""Words that could decide a verdict + a notice as printed → whether it must be read at all. Most need not be.

Compiled code goes over the bytes of the text twice: to upper-case it without its blanks, and to look for the words and,
in the same pass, for anything that could hide a letter of them (marks, markup, other forms of the letter). What the
alarm lets pass holds no such word, however damaged, so the rules would find nothing in it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from tender_tracker.flagging.text import FORMS, MARKS, RESIDUE, WIDE_BLANKS

_UPPER = bytes(range(256)).upper()
_DROPPED = bytes(range(33)) + b"\x7f"
"""Blanks, line ends and control characters; being ASCII they are never part of another character's UTF-8."""
_MENDED = {"\u3000": "", "\u00a0": "", "－": "-", "–": "-", "Ⅰ": "I", "Ⅱ": "I"}
"""So common in sound text that they are mended; all else that could hide a word sounds the alarm."""
UPPER_IN_ASCII = {"ſ": "S", "ı": "I"}
"""Letters beyond ASCII that turn into ASCII ones when upper-cased."""


class Alarm:
    """Sounds for every text that can hold one of some words of upper-case, simplified, half-width letters."""

    def __init__(self, words: Iterable[str]) -> None:
        squeezed = {"".join(word.split()) for word in words}
        self._always = "" in squeezed
        least = [word for word in squeezed if word and not any(other in word for other in squeezed - {word, ""})]
        self._found = search([found.encode() for found in sorted({*least, *_hiding(set("".join(least)))})])

    def sounds(self, printed: str) -> bool:
        """`printed`: title and text as they came."""
        for form, read in _MENDED.items():
            if form in printed:
                printed = printed.replace(form, read)
        data = printed.encode("utf-8", "surrogatepass").translate(_UPPER, _DROPPED)
        return self._always or self._found(data)


def _hiding(letters: set[str]) -> Iterator[str]:
    """What stands in a text in which one of these letters could be hidden, as it is after upper-casing."""
    for form, read in [*FORMS.items(), *UPPER_IN_ASCII.items()]:
        if form not in _MENDED and (read.upper() in letters or read == " " or (read.isascii() and read.isalpha())):
            yield form
    yield from (letter.lower() for letter in letters if not letter.isascii() and letter.lower() != letter)
    yield from (mark for mark in (*MARKS, *WIDE_BLANKS) if not mark.isascii() and mark not in _MENDED)
    yield from (f"&{name.upper()}" for name in RESIDUE)
    yield from (f"{opening}{first}" for opening in "<＜" for first in "ABCDEFGHIJKLMNOPQRSTUVWXYZ/／")


def search(words: Sequence[bytes]) -> Callable[[bytes], bool]:
    """A function that tells whether one of some words stands in the bytes it is given."""
    try:
        import ahocorasick_rs
    except ImportError:  # a platform that has no wheel of it
        return lambda data: any(word in data for word in words)
    kind = ahocorasick_rs.Implementation.DFA
    find = ahocorasick_rs.BytesAhoCorasick(list(words), implementation=kind).find_matches_as_indexes
    return lambda data: bool(find(data))
