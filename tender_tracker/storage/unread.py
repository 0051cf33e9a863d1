"""Attachments of notices that are flagged or buy compute → how many were not read in full, by reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from tender_tracker.storage import columns
from tender_tracker.storage.filter import WHOLE, Condition, conjunction
from tender_tracker.storage.words import NAMED

_ALL = """
SELECT total((SELECT count(DISTINCT a.value) FROM json_each(n.attachments) a)) FROM notices n
WHERE n.attachments <> '[]' AND {where}"""
_WANTED = """
SELECT d.state, d.reasons ->> 0, count(*) FROM notices n JOIN documents d ON d.notice_id = n.id
WHERE {where} AND {named} GROUP BY 1, 2"""


def unread(ask: Callable[[str, Sequence[object]], list[Any]], where: Condition) -> dict[str, int]:
    """First reason → attachments that are unread for it, most first. `not_asked`: nobody wanted them."""
    parts, values = where
    said = conjunction([*parts, WHOLE])
    ((count,),) = ask(*named(where))
    reasons: Counter[str] = Counter()
    for state, reason, wanted in ask(_WANTED.format(where=said, named=NAMED), values):
        count -= wanted
        if state != "read":
            reasons[reason or state] += wanted
    reasons["not_asked"] += max(int(count), 0)
    return {reason: n for reason, n in sorted(reasons.items(), key=lambda item: (-item[1], item[0])) if n}


def named(where: Condition) -> tuple[str, list[object]]:
    """The question how many attachments these notices name."""
    parts, values = where
    return _ALL.format(where=conjunction([*parts, WHOLE])), values


def first_seen(since: datetime, until: datetime) -> Condition:
    """Notices first stored in a span."""
    return ["n.first_seen >= ?", "n.first_seen < ?"], [columns.utc(since), columns.utc(until)]
