"""Words that point back (3）、4）两项, 第二项设备, a name given to goods before) → the class of what they mean."""

from __future__ import annotations

import re

from tender_tracker.flagging.case import Spot

_ITEMS = re.compile(
    r"((?:第?[（(]?(?:\d{1,2}|[一二三四五六七八九十])[）)]?[、,，和及至\-]){0,6}第?[（(]?(?:\d{1,2}|[一二三四五六七八九十])[）)]?)[两三四五六]?项"
)
_NUMBER = re.compile(r"\d{1,2}|[一二三四五六七八九十]")
_CALLED = re.compile(r"以下[简统]?称(?:为)?[“\"]([^”\"\n]{2,10})[”\"]")


def item_class(spot: Spot) -> str | None:
    """compute if one of the items numbered before the hit is, other if none is, unknown if not told; None: no items."""
    items = _ITEMS.search(spot.text, spot.clause[0], spot.start)
    if not items:
        return None
    known = False
    for number in _NUMBER.findall(items[1]):
        item = re.search(rf"(?:^|\n|[；;。])\s?[（(]?{number}[）)、.．]([^\n；;。]{{2,40}})", spot.text)
        classes = spot.reading.classes_before(item.start(1), item.end(1)) if item else []
        if "compute" in classes:
            return "compute"
        known = known or bool(classes)
    return "other" if known else "unknown"


def called_class(spot: Spot) -> str | None:
    """Class of the goods that the clause names as the notice called them: 服务器12台（以下称“标的设备”）."""
    for called in _CALLED.finditer(spot.text, 0, spot.start):
        if spot.text.find(called[1], spot.clause[0], spot.start) >= 0 and called.end() <= spot.clause[0]:
            low, _ = spot.reading.structure.clause(called.start(), called.end())
            classes = spot.reading.classes_before(low, called.start())
            return "compute" if "compute" in classes else (classes[-1] if classes else None)
    return None
