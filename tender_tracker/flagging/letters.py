"""Words that rules could match + texts like those to be searched → the letter of each word that is met most seldom.

A blank or a mark can hide a word, nothing can hide a letter but its own other forms. A text without any of the chosen
letters holds none of the words, and a machine looks for a letter in many texts ten times as fast as for words.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

from tender_tracker.flagging.alarm import UPPER_IN_ASCII, search
from tender_tracker.flagging.text import FORMS

_ALONE = 12
"""Forms that are looked for one by one; more of them are found faster together."""


class Letters:
    """Of words of upper-case, simplified, half-width letters."""

    def __init__(self, words: Iterable[str], sample: Sequence[str]) -> None:
        """`sample`: some of the texts, which tell how common a letter is."""
        self._words = [[printed_as(letter) for letter in dict.fromkeys("".join(word.split()))] for word in words]
        chosen = {form for letters in self._words if letters for form in min(letters, key=_common(sample))}
        self._forms = sorted(chosen)
        self._any = re.compile(f"[{''.join(map(re.escape, self._forms))}]").search if len(chosen) > _ALONE else None
        self._always = [] in self._words

    def near(self, printed: str) -> bool:
        """Whether text as it came holds one of the chosen letters."""
        if self._any:
            return self._always or self._any(printed) is not None
        return self._always or any(form in printed for form in self._forms)

    def sieve(self, encoding: str) -> Callable[[bytes], bool]:
        """The same of text in its bytes, which take as long to decode as to unpack; may find what stands askew."""
        if self._any or self._always:
            return lambda data: self.near(data.decode(encoding))
        found = [search([form.encode(encoding)]) for form in self._forms]
        return lambda data: any(one(data) for one in found)

    def spell(self, printed: str) -> bool:
        """Whether all letters of one of the words stand in the text, in whatever order."""
        return any(all(any(form in printed for form in letter) for letter in word) for word in self._words)


def printed_as(letter: str) -> tuple[str, ...]:
    """All that rules read as this letter."""
    others = (form for table in (FORMS, UPPER_IN_ASCII) for form, read in table.items() if read.upper() == letter)
    return tuple(dict.fromkeys((letter, letter.lower(), *others)))


def _common(sample: Sequence[str]) -> Callable[[tuple[str, ...]], int]:
    return lambda forms: sum(any(form in text for form in forms) for text in sample)
