"""What a correction is taken apart into, and the ways of one kind of languages to print it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import NamedTuple

from tender_tracker.flagging.lots import LotLabel


@dataclass(frozen=True, slots=True)
class Edit:
    """Old wording → new wording. Without `before` it is added, or (`sets`) put in the place of words not printed;
    without `after` deleted. `passage` is the whole sentence or row, verbatim; `item` what it calls the thing."""

    passage: str
    before: str | None
    after: str | None
    item: str = ""
    lot: str | None = None
    sets: bool = False


class Form(NamedTuple):
    """A way to print a correction. The groups that may hold the old and the new wording; `trim` is cut off both."""

    pattern: re.Pattern[str]
    before: tuple[int, ...] = ()
    after: tuple[int, ...] = ()
    sets: bool = False
    trim: str = ""

    def read(self, match: re.Match[str], passage: str) -> tuple[str | None, str | None]:
        """Old and new wording, as the passage prints them."""
        before, after = (
            next((passage[match.start(n) : match.end(n)] for n in groups if match[n] is not None), None)
            for groups in (self.before, self.after)
        )
        cut = f" {self.trim}"
        return before and before.strip(cut), after and after.strip(cut)


@dataclass(frozen=True, slots=True)
class Grammar:
    """How corrections are printed in some languages. Patterns are asked of `folded` lines, of the same length."""

    heads: tuple[re.Pattern[str], ...]
    """What the changes begin behind; the first that is found."""
    tail: re.Pattern[str]
    """What they end before."""
    forms: tuple[Form, ...]
    """The surest first; a later one does not read what an earlier one has read."""
    old_lines: tuple[re.Pattern[str], ...]
    """A line that gives the old wording; the new words stand in the next."""
    new_line: re.Pattern[str]
    old_column: re.Pattern[str]
    new_column: re.Pattern[str]
    column: int
    """Characters of a head of a column, at most."""
    lead: re.Pattern[str]
    """What a cell begins with before the new wording itself."""
    nested: re.Pattern[str]
    """What a cell has that is a correction in itself."""
    same: re.Pattern[str]
    nothing: re.Pattern[str]
    """What a cell prints for no wording."""
    quoted: re.Pattern[str]
    may_ask: re.Pattern[str]
    """A word of each form and of what asks: most lines of a correction have none, and are not taken apart."""
    asks: re.Pattern[str]
    """What a passage has that asks for a change."""
    idle: re.Pattern[str]
    """What it has when it asks for none all the same."""
    clauses: re.Pattern[str]
    """What parts the clauses of a passage."""
    passages: Callable[[str], Iterable[str]]
    labels: Callable[[str], list[LotLabel]]
    folded: Callable[[str], str] = str
