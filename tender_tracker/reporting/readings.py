"""Runs recorded in the store → how each source stood at the end of a span, and what was read of it inside."""

from __future__ import annotations

from datetime import datetime

from tender_tracker.reporting.digest import Reading
from tender_tracker.storage import news
from tender_tracker.storage.query import Reader


def readings(reader: Reader, since: datetime, until: datetime) -> tuple[Reading, ...]:
    """Every source asked before the end of the span, by name; last, pages of no known source if any were read."""
    asked = news.asked(reader, since, until)
    return tuple(_reading(entry, until) for entry in asked if entry.source is not None or entry.read)


def _reading(entry: news.Asked, until: datetime) -> Reading:
    """An import of saved pages ages, too: only its state does not."""
    age = None if entry.last_good is None else until - entry.last_good
    return Reading(
        entry.source, entry.state, entry.last_good, age, entry.live,
        entry.read, entry.new, entry.changed, entry.refused, entry.error,
    )  # fmt: skip
