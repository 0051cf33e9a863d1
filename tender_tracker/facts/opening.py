"""Text of a tender → when its bids are opened."""

from __future__ import annotations

import re
from datetime import datetime

from tender_tracker.pages import dates

_LEAD = re.compile(
    r"(?:开标|开启|开封|唱标)(?:时间|日期)?(?:和地点|及地点|、地点)?[^。；;\n\d]{0,14}"
    r"(?:\n\s?(?:\d\s?[.、])?时间[:：]\s?)?$"
)


def opening(text: str) -> datetime | None:
    """The first moment printed behind 开标时间 or 开启时间 (Asia/Shanghai); None without a clock time."""
    for when in dates.find_all(text):
        if when.has_time and _LEAD.search(text, max(0, when.start - 30), when.start):
            return when.moment
    return None
