"""One place on a page, as a recipe names it → the value that stands there.

HTML is asked with a CSS selector, JSON with a pointer (/data/rows); then an attribute, a pattern, a date format.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from bs4 import Tag

from tender_tracker.pages import dates
from tender_tracker.pages.html import block_text

EPOCH = {"epoch_s": 1, "epoch_ms": 1000}
"""Formats of a moment given as a number, and what one second counts."""
LONG = 4000
"""Characters of what was selected that a pattern looks at: a user's pattern may take long on more."""
ITSELF = ":scope"
"""Selector for the item itself, where it has no inside: a list of bare links."""


@dataclass(frozen=True, slots=True)
class Pick:
    """Where a value stands and how it is read."""

    key: str
    """What the recipe calls it: notice.title."""
    select: str | None = None
    """CSS selector or JSON pointer; None leaves all of it to the pattern, which then reads the source of the page."""
    attribute: str | None = None
    pattern: re.Pattern[str] | None = None
    """Its first group counts, or all of it where it has none."""
    format: str | None = None
    """How a date is written (strptime), or one of EPOCH; None is any way dates.first knows."""
    unit: str | None = None
    """What an amount is printed in."""
    optional: bool = False
    """Whether a page may lack it."""

    def __str__(self) -> str:
        attribute = f"@{self.attribute}" if self.attribute else None
        pattern = f"pattern /{self.pattern.pattern}/" if self.pattern else None
        return " ".join(part for part in (self.select, attribute, pattern) if part)


def elements(root: Any, pick: Pick) -> list[Any]:
    """Everything that stands there: elements of a page, or entries of a list in an answer."""
    if isinstance(root, Tag):
        if pick.select is None or pick.select == ITSELF:
            return [root]
        return list(root.select(pick.select))
    found = at(root, pick.select or "")
    if found is None:
        return []
    return list(found) if isinstance(found, list) else [found]


def value(root: Any, pick: Pick) -> str | None:
    """The value as one line of text; None where the page has nothing there, or nothing that fits the pattern."""
    raw = source(root, pick)
    if raw is None:
        return None
    if isinstance(root, Tag) and pick.attribute is None and pick.select is not None:
        raw = block_text(raw)
    text = " ".join(raw.split()) if pick.select is not None else raw
    if pick.pattern is not None and pick.select is not None:
        text = text[:LONG]
    if pick.pattern is not None:
        found = pick.pattern.search(text)
        text = (found.group(1 if pick.pattern.groups else 0) or "") if found else ""
    return " ".join(text.split()) or None


def source(root: Any, pick: Pick) -> str | None:
    """What stands there before it is read: the markup of the element, its attribute, or the value of an answer."""
    if not isinstance(root, Tag):
        found = at(root, pick.select or "")
        return str(found) if isinstance(found, (str, int, float)) and not isinstance(found, bool) else None
    element = next(iter(elements(root, pick)), None)
    if element is None or pick.attribute is None:
        return None if element is None else str(element)
    given = element.get(pick.attribute)
    return " ".join(given) if isinstance(given, list) else given


def at(root: Any, pointer: str) -> Any:
    """A value of an answer by its JSON pointer (RFC 6901), None where there is none."""
    for step in pointer.split("/")[1:]:
        name = step.replace("~1", "/").replace("~0", "~")
        if isinstance(root, Mapping):
            root = root.get(name)
        elif isinstance(root, list) and name.isdecimal() and int(name) < len(root):
            root = root[int(name)]
        else:
            return None
    return root


def when(text: str, pick: Pick, zone: ZoneInfo) -> dates.When | None:
    """A value as a moment in `zone`, by the format of the pick; None for what is no date."""
    if pick.format is None:
        found = dates.first(text)
        return found._replace(moment=found.moment.replace(tzinfo=zone)) if found else None
    try:
        if pick.format in EPOCH:
            seconds = int(text) / EPOCH[pick.format]
            return dates.When(datetime.fromtimestamp(seconds, UTC).astimezone(zone), True, 0, len(text))
        moment = datetime.strptime(text, pick.format).replace(tzinfo=zone)
    except (ValueError, OverflowError, OSError):
        return None
    return dates.When(moment, "%H" in pick.format or "%I" in pick.format, 0, len(text))
