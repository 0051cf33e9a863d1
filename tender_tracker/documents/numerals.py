"""A number and the way a list counts → its numeral: 3 → 3, 三, c, Ⅲ, ③, by the names of ECMA-376 (ST_NumberFormat)."""

from __future__ import annotations

from collections.abc import Callable

_DIGITS = "零一二三四五六七八九"
_FORMAL = "零壹贰叁肆伍陆柒捌玖"
_HIGHEST = 9_999
"""Beyond it, and where a row of signs has no more, a numeral is a plain number."""
_ROMAN = (
    (1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"),
    (9, "IX"), (5, "V"), (4, "IV"), (1, "I"),
)  # fmt: skip


def numeral(number: int, form: str) -> str:
    """A form that is not known counts as decimal does: a clause keeps its number, if in other signs."""
    if not 0 < number <= _HIGHEST:
        return str(number)
    return _FORMS.get(form, str)(number)


def _chinese(number: int, digits: str = _DIGITS, tens: str = "千百十") -> str:
    """21 → 二十一, 10 → 十, 101 → 一百零一."""
    written = ""
    for digit, unit in zip(f"{number:04}", (*tens, ""), strict=True):
        if digit != "0":
            written += digits[int(digit)] + unit
        elif written and not written.endswith(digits[0]):
            written += digits[0]
    written = written.rstrip(digits[0])
    return written[1:] if written.startswith(_DIGITS[1] + tens[2]) else written


def _formal(number: int) -> str:
    return _chinese(number, _FORMAL, "仟佰拾")


def _letters(number: int) -> str:
    """1 → a, 26 → z, 27 → aa, 28 → bb: as Word counts."""
    times, letter = divmod(number - 1, 26)
    return chr(ord("a") + letter) * (times + 1) if times < 10 else str(number)


def _roman(number: int) -> str:
    written = ""
    for value, letters in _ROMAN:
        times, number = divmod(number, value)
        written += letters * times
    return written


def _row(signs: str) -> Callable[[int], str]:
    return lambda number: signs[number - 1] if number <= len(signs) else str(number)


_CIRCLED = _row("".join(map(chr, range(0x2460, 0x2474))))
_FORMS: dict[str, Callable[[int], str]] = {
    "decimalZero": lambda number: f"{number:02}",
    "lowerLetter": _letters,
    "upperLetter": lambda number: _letters(number).upper(),
    "lowerRoman": lambda number: _roman(number).lower(),
    "upperRoman": _roman,
    "decimalEnclosedCircle": _CIRCLED,
    "decimalEnclosedCircleChinese": _CIRCLED,
    "decimalEnclosedParen": _row("".join(map(chr, range(0x2474, 0x2488)))),
    "decimalEnclosedFullstop": _row("".join(map(chr, range(0x2488, 0x249C)))),
    "decimalFullWidth": lambda number: str(number).translate({ord("0") + n: 0xFF10 + n for n in range(10)}),
    "ideographTraditional": _row("甲乙丙丁戊己庚辛壬癸"),
    "ideographZodiac": _row("子丑寅卯辰巳午未申酉戌亥"),
    "chineseLegalSimplified": _formal,
    "none": lambda number: "",
    **dict.fromkeys(
        ("chineseCounting", "chineseCountingThousand", "japaneseCounting", "taiwaneseCounting",
         "taiwaneseCountingThousand", "ideographDigital", "taiwaneseDigital", "japaneseDigitalTenThousand"),
        _chinese,
    ),
}  # fmt: skip
