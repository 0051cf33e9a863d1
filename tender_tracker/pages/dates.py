"""Dates as notices print them (2026年01月26日 09点00分, 2023-05-0810:30:00) → aware datetimes in Asia/Shanghai."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from tender_tracker.model import SHANGHAI

_DAY = r"(20\d\d)\s?(?:年|[./：:-])\s?(\d{1,2})\s?(?:月|[./：:-])\s?([0-3]?\d)\s?(?:日|号)?"
_CLOCK = (
    r"(?:[Tt\s,，_]*(?:[（(][^（）()]{0,6}[）)])?\s*(?:北京时间)?\s*(上午|下午|晚上|晚|中午)?\s*"
    r"([0-2]?\d)[\s_]?(?:[：:]\s?([0-5]\d)(?:\s?[：:]\s?([0-5]\d))?|[时点][\s_]?(?:([0-5]?\d)[\s_]?分|整)?))?"
)
_WHEN = re.compile(_DAY + _CLOCK)
_NUMERALS = {**{char: digit for digit, char in enumerate("〇一二三四五六七八九")}, "零": 0, "○": 0, "Ο": 0, "O": 0}
_SPELT = re.compile(
    r"二[〇零○ΟO]([〇零○ΟO一二三四五六七八九]{2})年([一二三四五六七八九十]{1,3})月([一二三四五六七八九十]{1,3})日"
)


class When(NamedTuple):
    """A printed moment and its place in the text; `has_time` is False when only the day is printed."""

    moment: datetime
    has_time: bool
    start: int
    end: int

    @property
    def closing(self) -> datetime:
        """The moment as a deadline: a day without a clock lasts until its end."""
        return self.moment if self.has_time else self.moment.replace(hour=23, minute=59, second=59)


def find_all(text: str) -> Iterator[When]:
    """Every date of the text in order; impossible ones (2月30日) are left out."""
    for match in _WHEN.finditer(text):
        when = _when(match)
        if when is not None:
            yield when


def first(text: str) -> When | None:
    """The first date of the text, figures before spelt-out ones (二〇二六年一月五日)."""
    return next(find_all(text), None) or _spelt(text)


def _when(match: re.Match[str]) -> When | None:
    year, month, day, half, hour, minute, second, minute_cn = match.groups()
    try:
        moment = datetime(int(year), int(month), int(day), tzinfo=SHANGHAI)
    except ValueError:
        return None
    if hour is None:
        return When(moment, False, match.start(), match.end())
    hours = int(hour)
    if half in ("下午", "晚上", "晚") and hours < 12:
        hours += 12
    if hours > 24:
        return When(moment, False, match.start(), match.start(4) if half else match.start(5))
    moment += timedelta(hours=hours, minutes=int(minute or minute_cn or 0), seconds=int(second or 0))
    return When(moment, True, match.start(), match.end())


def _spelt(text: str) -> When | None:
    match = _SPELT.search(text)
    if match is None:
        return None
    year = 2000 + 10 * _NUMERALS[match.group(1)[0]] + _NUMERALS[match.group(1)[1]]
    try:
        moment = datetime(year, _under_hundred(match.group(2)), _under_hundred(match.group(3)), tzinfo=SHANGHAI)
    except ValueError:
        return None
    return When(moment, False, match.start(), match.end())


def _under_hundred(numeral: str) -> int:
    """二十三 → 23."""
    tens, ten, ones = numeral.partition("十")
    if not ten:
        return _NUMERALS.get(tens, 0)
    return 10 * _NUMERALS.get(tens, 1) + _NUMERALS.get(ones, 0)
