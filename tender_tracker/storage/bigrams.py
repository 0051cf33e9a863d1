"""Text → the two-character tokens of the search index, and a user's word → the question put to it.

SQLite's own tokenisers find no two-character word in running Chinese (国产 in 采用国产处理器). Each run of letters and
digits is cut into overlapping pairs, its last character stands alone, so a prefix finds every single character too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from operator import add

_RUN = re.compile(r"[^\W_]+")


def tokens(texts: Iterable[str]) -> str:
    """Every pair once, parted by blanks; ASCII in lower case. The order means nothing."""
    found: set[str] = set()
    for run in set(_RUN.findall(lower("\n".join(texts)))):
        found.update(map(add, run, run[1:]))
        found.add(run[-1])
    return " ".join(found)


def of_notice(title: str, text: str, quotes: Iterable[str], whole: bool) -> str:
    """What is indexed of a notice: with `whole` its title and text, else its title and evidence."""
    return tokens((title, text) if whole else (title, *quotes))


def question(words: Iterable[str]) -> str:
    """The FTS5 expression for texts that may contain all words; "" when the index cannot narrow them down.

    It never misses a text; whether the pairs stand together has to be checked on the text itself.
    """
    terms: dict[str, None] = {}
    for word in words:
        for run in _RUN.findall(lower(word)):
            pairs = [run[i : i + 2] for i in range(len(run) - 1)]
            terms.update(dict.fromkeys(f'"{pair}"' for pair in pairs) if pairs else {f'"{run}"*': None})
    return " ".join(terms)


def lower(text: str) -> str:
    """Lower case for ASCII only: exactly what `lower()` of SQLite does."""
    return text.encode("utf-8", "replace").lower().decode()


def exact(word: str) -> bool:
    """Whether the index alone decides: one or two letters or digits, which are one token or the beginning of one."""
    return len(word) <= 2 and _RUN.fullmatch(word) is not None
