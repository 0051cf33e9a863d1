"""What to sum by → the question that does it: each project once, budget apart from award, the undisclosed counted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, get_args

from tender_tracker.errors import UsageError
from tender_tracker.storage.filter import Filter, condition, conjunction

By = Literal[
    "family", "buyer", "tier", "region", "month", "kind", "level", "source", "basis",
    "buyer_kind", "week", "size", "import_policy", "share", "supplier",
]  # fmt: skip
BYS: tuple[By, ...] = get_args(By)
Keys = tuple[str | None, ...]
"""One group: its value in each dimension, None where it is unknown."""

_PROJECT = "coalesce(n.linked_project, n.project_no || char(31) || coalesce(n.buyer, ''), 'notice ' || n.id)"
"""Notices that are linked; else those of one number and one buyer: two buyers may use the same number."""
_BUDGET, _AWARD = (f"CASE n.{money}_currency WHEN 'CNY' THEN n.{money}_value END" for money in ("budget", "award"))
_FOREIGN_BUDGET, _FOREIGN_AWARD = (f"coalesce(n.{money}_currency <> 'CNY', 0)" for money in ("budget", "award"))
_THURSDAY = "date(n.published_on, '-3 days', 'weekday 4')"  # the day of a week that lies in its ISO year
_IN_PROJECT = f"OVER (PARTITION BY {_PROJECT})"
_LARGEST = f"max({_BUDGET}) {_IN_PROJECT}"
_SHARES = ("required", "preferred", "supplied", "barred", "mentioned", "silent")
_STRONGEST = (
    "min(CASE n.level WHEN 'required' THEN 0 WHEN 'preferred' THEN 1 WHEN 'supplied' THEN 2 "
    f"ELSE CASE WHEN n.import_policy = 'barred' THEN 3 WHEN n.level = 'mentioned' THEN 4 ELSE 5 END END) {_IN_PROJECT}"
)
_RANKS = " ".join(f"WHEN {rank} THEN '{share}'" for rank, share in enumerate(_SHARES))
_KEYS: dict[By, str] = {
    "family": "f.value",
    "buyer": "n.buyer",
    "supplier": "s.value",
    "tier": "n.buyer_tier",
    "region": "coalesce(n.province, n.region)",
    "month": "substr(n.published_on, 1, 7)",
    "kind": "n.kind",
    "level": "n.level",
    "basis": "b.value",
    "source": "+n.source",  # the plus keeps the index on sources away from flagged notices
    "buyer_kind": "n.buyer_kind",
    "week": f"strftime('%Y', {_THURSDAY}) || printf('-W%02d', (strftime('%j', {_THURSDAY}) + 6) / 7)",
    "import_policy": "n.import_policy",
    # Of a whole project: neither its award without a budget nor its amendment without a demand is a group of its own.
    "size": f"CASE WHEN {_LARGEST} >= 1e8 THEN '100m' WHEN {_LARGEST} >= 1e7 THEN '10m' "
    f"WHEN {_LARGEST} >= 1e6 THEN '1m' WHEN {_LARGEST} IS NOT NULL THEN 'less' "
    f"WHEN max({_FOREIGN_BUDGET}) {_IN_PROJECT} THEN 'other_currency' ELSE 'none' END",
    "share": f"CASE {_STRONGEST} {_RANKS} END",
}
_JOINS: dict[By, str] = {
    "family": "LEFT JOIN json_each(n.families) f",
    "supplier": "LEFT JOIN json_each(n.suppliers) s",
    # Only the passages that give a notice its level say what the level rests on.
    "basis": "LEFT JOIN json_each((SELECT json_group_array(DISTINCT basis) FROM evidence "
    "WHERE notice_id = n.id AND effect = n.level AND basis IS NOT NULL)) b",
}
_SUMS = """
WITH found AS (
    SELECT {keys}n.id, {project} AS project, n.kind IN ('award', 'contract') AS awarded, {budget} AS budget,
        {award} AS award, {foreign_budget} AS foreign_budget, {foreign_award} AS foreign_award
    FROM notices n {joined} WHERE {where}
), {besides}projects AS (
    SELECT {names}count({counted}) AS notices, max(awarded) AS awarded, max(budget) AS budget, max(award) AS award,
        max(foreign_budget) AS foreign_budget, max(foreign_award) AS foreign_award
    FROM found {rest} GROUP BY {names}project
)
SELECT {names}sum(notices) AS notices, count(*) AS projects,
    sum(budget) AS budget_sum, count(budget) AS budget_disclosed,
    sum(budget IS NULL AND NOT foreign_budget) AS budget_undisclosed,
    sum(award) AS award_sum, count(award) AS award_disclosed,
    sum(awarded AND award IS NULL AND NOT foreign_award) AS award_undisclosed,
    sum(foreign_budget OR foreign_award) AS other_currency
FROM projects {grouped}ORDER BY {order}"""


_BUDGETS = f"""
SELECT level, count(*), sum(budget), count(budget), sum(budget IS NULL AND NOT foreign_budget),
    sum(foreign_budget OR foreign_award)
FROM (
    SELECT n.level, max({_BUDGET}) AS budget, max({_FOREIGN_BUDGET}) AS foreign_budget,
        max({_FOREIGN_AWARD}) AS foreign_award
    FROM notices n WHERE {{where}} GROUP BY n.level, {_PROJECT}
) GROUP BY level"""


def budgets(where: Filter) -> tuple[str, list[object]]:
    """What `question` says by level of projects and budgets, at two thirds of its cost."""
    parts, values = condition(where)
    return _BUDGETS.format(where=conjunction(parts)), values


def question(where: Filter, by: Sequence[By], besides: Sequence[Keys] = ()) -> tuple[str, list[object]]:
    """SQL with a column `key0`, `key1` … for each of `by` and those of rows.Total, and its parameters.

    With `besides` it is one row without keys: all that is in none of these groups. Raises UsageError for an unknown
    `by`.
    """
    for one in by:
        if one not in _KEYS:
            raise UsageError(f"totals: cannot sum by '{one}'; known: {', '.join(_KEYS)}")
    parts, values = condition(where)
    names = [f"key{place}" for place in range(len(by))]
    columns = "".join(f"{_KEYS[one]} AS {name}, " for one, name in zip(by, names, strict=True))
    shown = ", ".join([f"({', '.join('?' * len(by))})"] * len(besides))
    same = " AND ".join(f"shown.{name} IS found.{name}" for name in names)
    left = "" if besides else "".join(f"{name}, " for name in names)
    sql = _SUMS.format(
        keys=columns,
        names=left,
        joined=" ".join(_JOINS[one] for one in by if one in _JOINS),
        where=conjunction(parts),
        besides=f"shown({', '.join(names)}) AS (VALUES {shown}), " if besides else "",
        counted="DISTINCT id" if besides else "*",
        rest=f"WHERE NOT EXISTS (SELECT 1 FROM shown WHERE {same})" if besides else "",
        grouped=f"GROUP BY {left.removesuffix(', ')} " if left else "",
        order=f"notices DESC, {left}1",
        project=_PROJECT,
        budget=_BUDGET,
        award=_AWARD,
        foreign_budget=_FOREIGN_BUDGET,
        foreign_award=_FOREIGN_AWARD,
    )
    return sql, [*values, *(key for keys in besides for key in keys)]
