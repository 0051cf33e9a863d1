"""What to sum by → the question that does it: each project once, budget apart from award, the undisclosed counted."""

from __future__ import annotations

from typing import Literal

from tender_tracker.errors import UsageError
from tender_tracker.storage.filter import Filter, condition, conjunction

By = Literal["family", "buyer", "tier", "region", "month", "kind", "level", "source", "basis"]

_KEYS: dict[str, str] = {
    "family": "f.value",
    "buyer": "n.buyer",
    "tier": "n.buyer_tier",
    "region": "coalesce(n.province, n.region)",
    "month": "substr(n.published_on, 1, 7)",
    "kind": "n.kind",
    "level": "n.level",
    "basis": "b.basis",
    "source": "+n.source",  # the plus keeps the index on sources away from flagged notices
}
# Only the passages that give a notice its level say what the level rests on.
_BASIS = (
    "LEFT JOIN (SELECT DISTINCT notice_id, effect, basis FROM evidence WHERE basis IS NOT NULL) b "
    "ON b.notice_id = n.id AND b.effect = n.level"
)
_SUMS = """
WITH projects AS (
    SELECT {key} AS key, count(*) AS notices, max(n.kind IN ('award', 'contract')) AS awarded,
        max(CASE n.budget_currency WHEN 'CNY' THEN n.budget_value END) AS budget,
        max(CASE n.award_currency WHEN 'CNY' THEN n.award_value END) AS award,
        max(coalesce(n.budget_currency <> 'CNY', 0)) AS foreign_budget,
        max(coalesce(n.award_currency <> 'CNY', 0)) AS foreign_award
    FROM notices n {joined} WHERE {where} GROUP BY key, coalesce(n.project_no, 'notice ' || n.id)
)
SELECT key, sum(notices) AS notices, count(*) AS projects,
    sum(budget) AS budget_sum, count(budget) AS budget_disclosed,
    sum(budget IS NULL AND NOT foreign_budget) AS budget_undisclosed,
    sum(award) AS award_sum, count(award) AS award_disclosed,
    sum(awarded AND award IS NULL AND NOT foreign_award) AS award_undisclosed,
    sum(foreign_budget OR foreign_award) AS other_currency
FROM projects GROUP BY key ORDER BY 2 DESC, key"""


def question(where: Filter, by: By) -> tuple[str, list[object]]:
    """SQL with the columns of rows.Total, and its parameters. Raises UsageError for an unknown `by`."""
    if by not in _KEYS:
        raise UsageError(f"totals: cannot sum by '{by}'; known: {', '.join(_KEYS)}")
    parts, values = condition(where)
    joined = {"family": "LEFT JOIN json_each(n.families) f", "basis": _BASIS}.get(by, "")
    return _SUMS.format(key=_KEYS[by], joined=joined, where=conjunction(parts)), values
