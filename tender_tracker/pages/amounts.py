"""Money as notices print it → Amount in 元. A number without a unit in its cell, label or column head is no amount."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation

from tender_tracker.model import Amount

_FACTORS = {
    "元": 1,
    "圆": 1,
    "千元": 1_000,
    "万": 10_000,
    "万元": 10_000,
    "百万元": 1_000_000,
    "亿": 10**8,
    "亿元": 10**8,
}
_UNIT = re.compile(r"亿元|百万元|万元|千元|亿|万|元|圆")
_MONEY = re.compile(
    r"(?P<sign>[￥¥Ұ]|人民币|RMB|CNY)?\s*[（(]?\s*(?P<number>\d[\d,，]*(?:[.．]\d+)?)\s*(?P<percent>[%％‰])?"
    r"(?:[（(]?\s*(?:人民币)?\s*(?P<unit>亿元|百万元|万元|千元|亿|万|元|圆)\s*(?:整)?\s*[）)]?)?"
)
_ASCII = {ord("，"): None, ord(","): None, ord("．"): "."}
"""Full-width digits need no twin here: Decimal reads them."""
_NEGATIVE = re.compile(r"负$|(?:^|[\s：:（(￥¥币为是算额价款费])[-－﹣−]$")
"""What makes the number behind it negative; a dash behind a lot or number (A包-5万元, 3-5万元) only parts.

Behind a word for money (预算-5万元) it may be either, so no amount is read.
"""
_PER_YEAR = re.compile(r"\s*(?:[（(][^（）()]{0,8}[）)])?\s*[/／]\s*(?:每)?年|\s*[/／]?每年")
_PER_UNIT = re.compile(
    r"\s*(?:[（(][^（）()]{0,8}[）)])?\s*(?:[/／]\s*(?!年|[一二两三四五\d]\s?(?:个)?年|项目|批|包|标段)[\w㎡³²]|每(?!年))"
)
_FOREIGN = re.compile(r"美元|欧元|港元|日元|英镑|USD|EUR|US\$|\$|€|£")
_CAPITALS = "零壹贰叁肆伍陆柒捌玖"
_CAPITAL = re.compile(r"[壹贰叁肆伍陆柒捌玖拾佰仟萬万亿零]{2,}(?=[元圆])")


_LONGEST = 15
"""Power of ten beyond which a number is a serial number or damage, and no money."""


def parse(raw: str, unit: str | None = None) -> Amount | None:
    """What stands behind a money label → Amount, or None where no amount is printed.

    `unit` is the unit of the label or the column head (元, 万元 …); a unit in `raw` wins over it. Percentages, rates,
    negative numbers and unit prices (元/台) are no amounts; 元/年 gives basis `per_year`.
    """
    for match in _MONEY.finditer(raw):
        amount = _amount(raw, match, unit)
        if amount is not None:
            return amount
    return _in_capitals(raw)


def unit_of(label: str) -> str | None:
    """The unit a label or column head names: 预算金额（万元） → 万元."""
    match = _UNIT.search(label)
    return match.group() if match else None


def negative(text: str, at: int) -> bool:
    """Whether the number that begins at `at` has a minus before it, and so is no amount."""
    return _NEGATIVE.search(text[max(0, at - 2) : at]) is not None


def _amount(raw: str, match: re.Match[str], unit: str | None) -> Amount | None:
    begin = match.start("sign" if match["sign"] else "number")
    if match["percent"] or negative(raw, begin) or _FOREIGN.search(raw, max(0, match.start() - 4), match.end() + 4):
        return None
    own = match["unit"] or unit or ("元" if match["sign"] else None)
    if own is None or _PER_UNIT.match(raw, match.end()) or (match["unit"] is None and _is_no_bare_number(raw, match)):
        return None
    try:
        number = Decimal(match["number"].translate(_ASCII))
    except InvalidOperation:
        return None
    if number.adjusted() > _LONGEST:
        return None
    per_year = _PER_YEAR.match(raw, match.end())
    passage = raw[match.start() : per_year.end() if per_year else match.end()].strip()
    return Amount(plain(number * _FACTORS[own]), passage, basis="per_year" if per_year else "total")


def _is_no_bare_number(raw: str, match: re.Match[str]) -> bool:
    """A number whose unit stands elsewhere must fill its cell: `2 台` or `第1包` is not money."""
    if match["sign"]:
        return False
    after = raw[match.end() :].strip()
    return bool(raw[: match.start()].strip(" ：:￥¥约") or (after and after[0] not in "（(。；;，,、/"))


def _in_capitals(raw: str) -> Amount | None:
    """陆拾肆万元整 → 640000."""
    match = _CAPITAL.search(raw)
    if match is None:
        return None
    total = section = digit = 0
    for char in match.group().replace("萬", "万"):
        if char in _CAPITALS:
            digit = _CAPITALS.index(char)
        elif char in "拾佰仟":
            section += (digit or 1) * 10 ** ("拾佰仟".index(char) + 1)
            digit = 0
        else:
            total = (total + section + digit) * (10**4 if char == "万" else 10**8)
            section = digit = 0
    return Amount(Decimal(total + section + digit), match.group() + "元")


def plain(value: Decimal) -> Decimal:
    """A decimal without trailing zeros and without an exponent: 978435.000000 → 978435."""
    value = value.normalize()
    return value.quantize(Decimal(1)) if value == value.to_integral_value() else value
