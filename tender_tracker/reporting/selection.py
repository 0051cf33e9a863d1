"""A profile and a flagged notice → why the profile leaves it out, or that it does not."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from typing import TYPE_CHECKING

from tender_tracker.storage.rows import Flagged

if TYPE_CHECKING:
    from tender_tracker.profile import Profile

REASONS = ("level", "source", "family", "tier", "buyer_kind", "region", "amount", "undisclosed", "keyword", "excluded")
"""Why a notice is left out, in the order in which they are asked."""


def left_out(profile: Profile | None, row: Flagged) -> str | None:
    """The first reason of REASONS that keeps the notice from this reader; None lets it pass."""
    if profile is None:
        return None
    return next((reason for reason, met in _tests(profile, row) if not met()), None)


def _tests(profile: Profile, row: Flagged) -> Iterator[tuple[str, Callable[[], bool]]]:
    notice = row.notice
    yield "level", lambda: _any(profile.levels, (notice.level,))
    yield "source", lambda: _any(profile.sources, (notice.source,))
    yield "family", lambda: _any(profile.families, notice.families)
    yield "tier", lambda: _any(profile.tiers, (notice.buyer_tier,))
    yield "buyer_kind", lambda: _any(profile.buyer_kinds, (notice.buyer_kind,))
    yield "region", lambda: _holds(profile.regions, f"{notice.province or ''} {notice.region or ''}")
    yield "amount", lambda: _in_band(profile, _yuan(row))
    yield "undisclosed", lambda: profile.undisclosed or not _has_band(profile) or _yuan(row) is not None
    yield "keyword", lambda: _holds(profile.keywords, _said(row))
    yield "excluded", lambda: not profile.exclude or not _holds(profile.exclude, _said(row))


def _any(wanted: Iterable[str], there: Iterable[str | None]) -> bool:
    wanted = set(wanted)
    return not wanted or not wanted.isdisjoint(there)


def _holds(words: tuple[str, ...], text: str) -> bool:
    return not words or any(_plain(word) in _plain(text) for word in words)


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def _said(row: Flagged) -> str:
    """Where keywords are looked for."""
    notice = row.notice
    parts = [notice.title, notice.project_name, notice.buyer, row.evidence and row.evidence.quote]
    for lot in row.lots:
        parts += [lot.name, lot.title, lot.evidence and lot.evidence.quote]
    return "\n".join(part for part in parts if part)


def _yuan(row: Flagged) -> Decimal | None:
    """The budget, else the award, in 元; another currency counts as undisclosed."""
    amounts = (row.notice.budget, row.notice.award)
    return next((amount.value for amount in amounts if amount and amount.currency == "CNY"), None)


def _has_band(profile: Profile) -> bool:
    return profile.min_budget is not None or profile.max_budget is not None


def _in_band(profile: Profile, yuan: Decimal | None) -> bool:
    if yuan is None:
        return True
    low, high = profile.min_budget, profile.max_budget
    return (low is None or low <= yuan) and (high is None or yuan <= high)
