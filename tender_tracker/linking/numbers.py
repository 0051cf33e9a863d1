"""Printed project numbers: found in a title or a text, made alike, compared."""

from __future__ import annotations

import re
from functools import lru_cache

_IN_TITLE = re.compile(
    r"(?<![A-Z0-9])(?=[A-Z0-9\-_/.]*\d{3})(?:[A-Z]{0,8}[A-Z0-9]*(?:[-_/][A-Z0-9]+){1,6}|[A-Z]{2,10}\d{6,}[A-Z0-9]*)(?![A-Z0-9])"
)
_TOLD = re.compile(
    r"(?:项目|招标|采购|交易|标段|磋商|询价|谈判)?编号(?:[(（][^()（）]{0,14}[)）])?\s*[:：为]\s*"
    r"([A-Za-z0-9\u4e00-\u9fff\[\]【】〔〕()（）]{0,12}[A-Za-z0-9][A-Za-z0-9\-_/.\[\]【】〔〕()（）号]{4,40})"
)
_CALENDAR = re.compile(r"(?:20\d\d年?[-/~至]?){1,2}|\d{1,4}(?:[-/.]\d{1,3}){1,3}")
_LOOKED_AT = 1500
"""Characters of a text in which its own number stands; further down, other numbers are cited."""


def in_title(title: str) -> frozenset[str]:
    """Numbers that a plain title prints as they stand there."""
    found = (number.strip("-_/.") for number in _IN_TITLE.findall(title))
    return frozenset(number for number in found if _is_number(number))


def told(text: str) -> str | None:
    """The first number that a text names as its own."""
    found = _TOLD.search(text[:_LOOKED_AT])
    return found.group(1) if found else None


@lru_cache(8192)
def normal(number: str) -> str | None:
    """以系统生成为准（YC-NB【2026】2482） → YCNB20262482; None for what is too short to tell."""
    kept = re.sub(r"[^A-Z0-9]", "", number.upper())
    return kept if len(kept) >= 6 and sum(char.isdigit() for char in kept) >= 4 else None


def differ(ours: frozenset[str], theirs: frozenset[str]) -> bool:
    """Whether two notices print numbers of one shape, and none in common: CZ2020-0711, CZ2023-0717.

    A number that continues the other (-1, -2) is a lot or a later round of it and speaks neither way.
    """
    if not ours or not theirs or ours & theirs:
        return False
    if any(a.startswith(b) or b.startswith(a) for a in ours for b in theirs):
        return False
    return bool({_shape(number) for number in ours} & {_shape(number) for number in theirs})


def _shape(number: str) -> str:
    return re.sub(r"\d", "9", number)


def _is_number(text: str) -> bool:
    """Whether letters and figures are a project number and no year span, plot, size or model."""
    figures = sum(char.isdigit() for char in text)
    return figures >= 6 and not _CALENDAR.fullmatch(text)
