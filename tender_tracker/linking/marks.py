"""A title → its lots, batches, phases, periods and years: what tells two purchases of one name apart."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

_ROMAN = str.maketrans({"Ⅰ": "1", "Ⅱ": "2", "Ⅲ": "3", "Ⅳ": "4", "Ⅴ": "5", "Ⅵ": "6", "Ⅶ": "7", "Ⅷ": "8"})
_LATIN = {"I": "1", "II": "2", "III": "3", "IV": "4", "V": "5", "VI": "6"}
_DIGITS = dict(zip("一二两三四五六七八九", "1223456789", strict=True))
_N = (
    r"(?:[一二三四五六七八九]?十[一二三四五六七八九]?|[一二两三四五六七八九]|(?<![\d.])\d{1,3}(?!\d)"
    r"|(?<![A-Z0-9])(?:I{1,3}|IV|VI?)(?![A-Z])|(?<![A-Z0-9.])[A-H](?![A-Z]))"
)
_LOT = r"(?:标段|标项|标包|分标|分包|包组|包件|采购包|包号|合同包|(?<![外承打])包)"
_LOTS = re.compile(
    rf"[(\[]?(?:第?{_N}(?:[、,和及\-~至]第?{_N}{_LOT}?)*(?:{_LOT}|标(?![准识志牌书的]))(?![装括含子机票服])"
    rf"(?:[、,和及]第?{_N}{_LOT})*|{_LOT}第?{_N}(?:[、,和及\-~至](?:{_LOT})?{_N})*(?![年月日期批次号#吨份个只件箱种套台]))"
)
_BATCH = re.compile(rf"第({_N})批次?|第?({_N})批次|批次({_N})")
_PHASE = re.compile(rf"第?({_N})期")
_PERIOD = re.compile(rf"(?<![\d年])(?:20\d\d年)?({_N})月份?(?!\d)|第?({_N})季度|([上下]半年)")
_YEAR = re.compile(r"(?<!\d)(20[0-4]\d)(?!\d)(?:[-~至/](20[0-4]\d)(?!\d))?(?=年|[-~至/]|\D)")
_RANGE = re.compile(rf"({_N})[-~至]第?({_N})")


@dataclass(frozen=True, slots=True)
class Marks:
    """Each a set of printed ordinals, empty where the title has none; ordinals are arabic or one letter."""

    lots: frozenset[str]
    batches: frozenset[str]
    phases: frozenset[str]
    periods: frozenset[str]
    years: frozenset[str]


def plain(text: str) -> str:
    """Text with one width, one case and one kind of bracket, without blanks."""
    text = unicodedata.normalize("NFKC", text.translate(_ROMAN)).upper()
    return re.sub(r"\s+", "", text.translate(_BRACKETS))


_BRACKETS = str.maketrans(
    {"〔": "[", "〕": "]", "【": "[", "】": "]", "{": "(", "}": ")", "—": "-", "－": "-", "–": "-"}
)


def marks(text: str) -> tuple[Marks, str]:
    """A plain title → its marks, and the title without its lots (a notice of one lot belongs to the tender of all)."""
    lots = {number for found in _LOTS.finditer(text) for number in _ordinals(found.group())}
    rest = re.sub(r"[(\[][、,]?[)\]]", "", _LOTS.sub(_opening, text))
    return (
        Marks(
            frozenset(lots),
            _found(_BATCH, rest),
            _found(_PHASE, rest),
            _found(_PERIOD, rest),
            frozenset(year for found in _YEAR.finditer(rest) for year in found.groups() if year),
        ),
        rest,
    )


def apart(one: Marks, other: Marks) -> str | None:
    """The kind of mark that both titles print and do not share: batch, phase, period or year; lots are judged apart."""
    for name in ("batches", "phases", "periods", "years"):
        mine, theirs = getattr(one, name), getattr(other, name)
        if mine and theirs and not mine & theirs:
            return name
    return None


def arabic(numeral: str) -> str:
    """十二 → 12, II → 2, 04 → 4, A → A."""
    if numeral.isascii():
        return _LATIN.get(numeral) or numeral.lstrip("0") or "0"
    tens, ten, ones = numeral.partition("十")
    if not ten:
        return _DIGITS[numeral]
    return str(10 * int(_DIGITS.get(tens, "1")) + int(_DIGITS.get(ones, "0")))


def _opening(found: re.Match[str]) -> str:
    """A bracket that opens before lots and closes after more than lots stays."""
    return found.group()[:1] if found.group()[:1] in "([" else ""


def _ordinals(lots: str) -> set[str]:
    numbers = {arabic(found) for found in re.findall(_N, lots)}
    for first, last in _RANGE.findall(lots):
        low, high = arabic(first), arabic(last)
        if low.isdigit() and high.isdigit() and int(low) < int(high) < int(low) + 50:
            numbers |= {str(number) for number in range(int(low), int(high) + 1)}
    return numbers


def _found(pattern: re.Pattern[str], text: str) -> frozenset[str]:
    return frozenset(
        arabic(group) if group[0] not in "上下" else group
        for found in pattern.finditer(text)
        for group in found.groups()
        if group
    )
