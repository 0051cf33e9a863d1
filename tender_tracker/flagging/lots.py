"""Normalised notice text → where it speaks of which lot: 第一包, 包1 and 01包 are one."""

from __future__ import annotations

import re
from typing import NamedTuple

_ROMAN = r"(?:IV|V?I{1,3}|V)(?![A-Z])"
_NUMBER = rf"(?:[一二三四五六七八九十]{{1,3}}|\d{{1,3}}|[A-HＡ-Ｈ](?![A-Z])|{_ROMAN}|[甲乙丙丁戊])"
_LOT_WORD = r"(?:分类|合同包|采购包|标包|分包|包组|包件|标项|标段|分标|子包|包号|包)"
_LETTERED = r"(?:合同包|采购包|标包|分包|包件|标项|标段|分标|子包|包)(?![括装含裹])"
_LOT = re.compile(
    rf"第{_NUMBER}(?:{_LOT_WORD}|品目)(?!号)"
    rf"|(?<![一-龥]){_LOT_WORD}[:：]?(?:[A-H](?![A-Z])|{_ROMAN}|[甲乙丙丁戊]|[一二三四五六七八九十]{{1,3}}|\d{{1,3}})(?![\d.]|[一-龥]?(?:台套|台|套|元|万|个|页|年|月|日|件))"
    rf"|(?<=[（(【]){_LOT_WORD}{_NUMBER}"
    r"|(?<![\d.第])\d{1,2}(?:标包|标段|标项|分标|号包|包)(?![括装含])"
    r"|(?<![第统一二三四五六七八九十])[一二三四五六七八九十]{1,2}(?:标段|标包|标项|包(?![括装含]))"
    rf"|(?<![A-Z])[A-H]\s?{_LETTERED}|(?<![A-Z一-龥]){_ROMAN}\s?{_LETTERED}"
    rf"|(?<![一-龥])[甲乙丙丁戊](?:组(?![一-龥])|{_LETTERED})"
    r"|(?<![A-Z])(?:LOT|PACKAGE)\s?(?:NO\.?\s?)?(?:\d{1,2}|[A-H])(?![A-Z\d])"
)
_COUNTER = "[一二三四五六七八九十甲乙丙丁戊0-9A-IVＡ-Ｈ]"


def _counted(word: str, most: int) -> str:
    """A lot word with a counter up to three characters before it, or behind it with at most so many between."""
    before = "|".join(rf"(?<={_COUNTER}[\s\S]{{{gap}}}{word})" for gap in range(3))
    return rf"{word}(?:(?=[\s\S]{{0,{most}}}?{_COUNTER})|{before})"


# 第一合同包, 包号：1, LOT NO. 1: most words such as 包 that a notice prints have no number near them.
_LOT_WORDS = re.compile(
    rf"{_counted('包', 2)}|组(?<=[甲乙丙丁戊]组)|{_counted('分类', 1)}|{_counted('标[项段]', 1)}|{_counted('分标', 1)}"
    rf"|{_counted('LOT', 5)}|PACKAGE"
)
_ITEM_WORDS = re.compile(_counted("品目", 1))
_ITEM_LOT = re.compile(rf"品目(?:{_NUMBER})(?![\d.]|[A-Z]{{2}})|第{_NUMBER}品目")


_SUM = re.compile(r"[二三四五六七八九十]{1,2}(?:标段|标包|标项|包)")


class LotLabel(NamedTuple):
    """One mention of a lot: `key` is the same for 第一包, 包1 and 01包."""

    start: int
    end: int
    key: str


def labels(text: str) -> list[LotLabel]:
    """All mentions of lots in order of place; of items (品目) where no lot is named."""
    for word, pattern in ((_LOT_WORDS, _LOT), (_ITEM_WORDS, _ITEM_LOT)):
        found: list[LotLabel] = []
        for near in word.finditer(text):
            start, end = near.span()
            if match := pattern.search(text, max(found[-1].end if found else 0, start - 8), end + 8):
                found.append(LotLabel(match.start(), match.end(), key_of(match.group())))
        if found:
            return [label for label in found if not _all_together(text, label, found)]
    return []


def _all_together(text: str, label: LotLabel, found: list[LotLabel]) -> bool:
    """三包 is all three of them, or repair, replacement and refund, unless 一包 and 二包 are printed so too."""
    if not _SUM.fullmatch(text, label.start, label.end):
        return False
    return not any(other.key == "1" and text[other.start] == "一" for other in found)


_ROMANS = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII")
_DIGITS = str.maketrans("一二三四五六七八九", "123456789")


def key_of(label: str) -> str:
    """第一包, 包1, 01包, 第I包 → 1; 包组A → A; 采购包甲 → 甲."""
    if tens := re.search(r"([一二三四五六七八九]?)十([一二三四五六七八九]?)", label):
        return str(int((tens[1] or "一").translate(_DIGITS)) * 10 + int((tens[2] or "0").translate(_DIGITS) or 0))
    if number := re.search(r"\d+", label.translate(_DIGITS)):
        return str(int(number[0]))
    bare = label.replace("LOT", "").replace("PACKAGE", "")
    if roman := re.search(_ROMAN, bare):
        return str(_ROMANS.index(roman[0]) + 1)
    letter = re.search(r"[A-H](?![A-Z])|[甲乙丙丁戊]", bare)
    return letter[0] if letter else label
