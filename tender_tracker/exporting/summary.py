"""A stored notice → the lines a calendar or a feed tells of it."""

from __future__ import annotations

from tender_tracker.messages import money, name, say
from tender_tracker.reporting.attached import bracketed
from tender_tracker.reporting.render import buyer, families
from tender_tracker.storage.rows import Flagged


def summary(row: Flagged, lang: str) -> list[str]:
    """Buyer, budget, award, level with chips, and the deciding clause; what is unknown is left out."""
    notice = row.notice
    sums = (("head.budget", notice.budget), ("head.award", notice.award))
    told = (
        buyer(row, lang),
        *(f"{say(lang, key)} {money(amount, lang)}" for key, amount in sums if amount),
        " · ".join(filter(None, (name(lang, "level", notice.level), families(row, lang)))),
        f"「{row.evidence.quote}」{bracketed(row.evidence, lang)}" if row.evidence else None,
    )
    return [line for line in told if line]
