"""A table [profiles.NAME] of the configuration → a Profile: which tenders a reader wants to hear of."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from decimal import Decimal
from pathlib import Path
from typing import Any

from tender_tracker.errors import UsageError
from tender_tracker.facts.buyer import KINDS, TIERS
from tender_tracker.model import LEVELS, Level

AMOUNT = re.compile(r"(\d+(?:\.\d+)?) *(万|亿)? *元?")
UNITS = {None: Decimal(1), "万": Decimal(10**4), "亿": Decimal(10**8)}


@dataclass(frozen=True, slots=True)
class Profile:
    """A saved search: every list that is given must be met, by any of its words; an empty one asks nothing."""

    name: str
    levels: tuple[Level, ...] = ()
    families: tuple[str, ...] = ()
    tiers: tuple[str, ...] = ()
    """985, 211, 双一流, 其他本科, 高职."""
    buyer_kinds: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    """Parts of the province or of the printed region."""
    sources: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    """At least one must stand in title, project, lots, buyer or quoted clauses."""
    exclude: tuple[str, ...] = ()
    """None of them may stand there."""
    min_budget: Decimal | None = None
    """元, included."""
    max_budget: Decimal | None = None
    """元, included."""
    undisclosed: bool = True
    """Whether a tender without an amount may pass a band of amounts."""
    documents: str | None = None
    """Whose attachments a fetch gathers of the notices that pass, whatever their level: flagged, all or none."""

    @property
    def asks(self) -> str:
        """What is asked, in one line: families=ascend,hygon min_budget=1000000."""
        given = {name: getattr(self, name) for name in KEYS}
        lists = {name: ",".join(value) if isinstance(value, tuple) else str(value) for name, value in given.items()}
        return " ".join(f"{name}={value}" for name, value in lists.items() if value not in ("", "None", "True"))


_WORDS: dict[str, Iterable[str] | None] = {
    "levels": LEVELS[:-1],
    "families": None,
    "tiers": tuple(TIERS),
    "buyer_kinds": tuple(KINDS),
    "regions": None,
    "sources": None,
    "keywords": None,
    "exclude": None,
}
"""Keys that hold lists → the words they know; None: families and sources are checked where those are known."""
KEYS = tuple(field.name for field in fields(Profile) if field.name != "name")


def profiles(tables: Any, file: Path | None) -> dict[str, Profile]:
    """All profiles of a file, by name. Raises UsageError for an unknown key or word, or a value of another type."""
    if not isinstance(tables, dict):
        raise UsageError(f"configuration {file}: 'profiles' must be tables such as [profiles.universities]")
    return {name: _profile(name, table, f"configuration {file}: profiles.{name}") for name, table in tables.items()}


def _profile(name: str, table: Any, place: str) -> Profile:
    if not isinstance(table, Mapping):
        raise UsageError(f"{place} must be a table [profiles.{name}]")
    for key in table:
        if key not in KEYS:
            raise UsageError(f"{place}: unknown key {key!r}; known: {', '.join(KEYS)}")
    found: dict[str, Any] = {key: _words(f"{place}.{key}", table[key], _WORDS[key]) for key in _WORDS if key in table}
    found |= {key: _yuan(f"{place}.{key}", table[key]) for key in ("min_budget", "max_budget") if key in table}
    if "undisclosed" in table:
        found["undisclosed"] = _flag(f"{place}.undisclosed", table["undisclosed"])
    if "documents" in table:
        found["documents"] = _choice(f"{place}.documents", table["documents"], ("flagged", "all", "none"))
    profile = Profile(name, **found)
    low, high = profile.min_budget, profile.max_budget
    if low is not None and high is not None and low > high:
        raise UsageError(f"{place}: min_budget is larger than max_budget, so that nothing could ever pass")
    return profile


def _words(place: str, value: Any, known: Iterable[str] | None) -> tuple[str, ...]:
    if not isinstance(value, list) or not value or not all(isinstance(word, str) and word.strip() for word in value):
        raise UsageError(f"{place} must be a list of texts, not {value!r}")
    for word in value:
        if known is not None and word not in known:
            raise UsageError(f"{place}: {word!r} is unknown; known: {', '.join(known)}")
    return tuple(value)


def _yuan(place: str, value: Any) -> Decimal:
    """100000, "500万" and "1.5亿" in 元."""
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return Decimal(value)
    match = AMOUNT.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None:
        raise UsageError(f'{place} must be an amount such as 500000 or "50万", not {value!r}')
    return Decimal(match[1]) * UNITS[match[2]]


def _choice(place: str, value: Any, known: tuple[str, ...]) -> str:
    if value not in known:
        raise UsageError(f"{place}: {value!r} is unknown; known: {', '.join(known)}")
    return str(value)


def _flag(place: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise UsageError(f"{place} must be true or false, not {value!r}")
    return value
