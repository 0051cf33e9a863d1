"""One notice as the linker sees it, read from a line of JSON: printed facts only."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from tender_tracker.errors import PageBroken
from tender_tracker.linking import numbers
from tender_tracker.linking.buyers import names
from tender_tracker.linking.title import Subject, subject
from tender_tracker.model import Kind
from tender_tracker.pages.kinds import kind_of


@dataclass(frozen=True)
class Item:
    """`kind` is the stage; `numbers` are normal; `amounts` are 元, of budget or price, whatever is printed."""

    id: str | int
    title: str
    buyer: str | None
    day: date | None
    kind: Kind
    numbers: frozenset[str]
    amounts: frozenset[float]

    @cached_property
    def subject(self) -> Subject:
        return subject(self.title, self.buyer)

    @cached_property
    def buyers(self) -> frozenset[str]:
        return names(self.buyer)


def item(
    id: str | int,
    title: str,
    buyer: str | None,
    day: date | None,
    kind: Kind,
    number: str | None,
    amounts: frozenset[float],
) -> Item:
    """An Item of given facts; the numbers are that of the notice and those of its title."""
    own = numbers.normal(number) if number else None
    printed = subject(title, buyer).numbers
    return Item(id, title, buyer, day, kind, printed | {own} if own else printed, amounts)


def read(line: bytes, where: str) -> Item:
    """`{"id", "title", "buyer"?, "date"?, "project_no"?, "amount"?, "text"?}` → Item.

    `sub` (the site's column), `budget` and `bid` are read where they stand, `detail` where there is no text. Raises
    PageBroken naming `where` for anything else.
    """
    try:
        row = json.loads(line.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise PageBroken(f"{where}: not a line of JSON ({error}); the line is left out") from error
    if not isinstance(row, dict) or not isinstance(row.get("id"), str | int) or not isinstance(row.get("title"), str):
        raise PageBroken(f'{where}: not an object with an "id" and a "title"; the line is left out')
    title, buyer, sub, number = row["title"], *(_word(row, key, where) for key in ("buyer", "sub", "project_no"))
    text = _word(row, "text", where) or _word(row, "detail", where) or ""
    amounts = frozenset(value for key in ("amount", "budget", "bid") if (value := _amount(row, key, where)))
    kind = kind_of(title, sub or "", text[:_HEAD])
    return item(row["id"], title, buyer, _day(row, where), kind, number or numbers.told(text), amounts)


_HEAD = 3000
"""Characters of a text that tell its stage."""


def _word(row: Mapping[str, Any], key: str, where: str) -> str | None:
    value = row.get(key)
    if value is not None and not isinstance(value, str):
        raise PageBroken(f'{where}: "{key}" must be text or null; the line is left out')
    return value or None


def _day(row: Mapping[str, Any], where: str) -> date | None:
    value = _word(row, "date", where)
    try:
        return date.fromisoformat(value[:10]) if value else None
    except ValueError as error:
        raise PageBroken(f'{where}: "date" is {value!r}, not YYYY-MM-DD; the line is left out') from error


def _amount(row: Mapping[str, Any], key: str, where: str) -> float | None:
    value = row.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < 1e15:
        raise PageBroken(f'{where}: "{key}" must be a number of 元 or null; the line is left out')
    return float(value)
