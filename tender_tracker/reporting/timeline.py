"""The notices of a project → its steps: one for each notice, however many sites carry it, and what it changed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from tender_tracker.model import Amount
from tender_tracker.storage.rows import NoticeRow

SAME = 3
"""Days within which several sites carry one notice."""


@dataclass(frozen=True, slots=True)
class Step:
    """A notice; the same notice on other sites; what an earlier one said where this one says something else."""

    notice: NoticeRow
    also_on: tuple[NoticeRow, ...] = ()
    deadline_before: datetime | None = None
    budget_before: Amount | None = None


def steps(notices: Iterable[NoticeRow]) -> tuple[Step, ...]:
    """Notices in order of publication → steps in that order."""
    found: list[Step] = []
    deadline: datetime | None = None
    budget: Amount | None = None
    for notice in notices:
        twin = next((place for place, step in enumerate(found) if _is_twin(step, notice)), None)
        if twin is not None:
            found[twin] = replace(found[twin], also_on=(*found[twin].also_on, notice))
            continue
        found.append(
            Step(
                notice,
                deadline_before=deadline if notice.deadline and notice.deadline != deadline else None,
                budget_before=budget if notice.budget and notice.budget != budget else None,
            )
        )
        deadline, budget = notice.deadline or deadline, notice.budget or budget
    return tuple(found)


def _is_twin(step: Step, other: NoticeRow) -> bool:
    one = step.notice
    if one.kind != other.kind or other.source in {one.source, *(twin.source for twin in step.also_on)}:
        return False
    if one.published_on is None or other.published_on is None:
        return one.title == other.title
    return abs((one.published_on - other.published_on).days) <= SAME
