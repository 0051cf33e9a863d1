"""The notices of a project → its steps: one for each notice, however many sites carry it, and what it changed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from tender_tracker.amending.twins import told_once
from tender_tracker.model import Amount
from tender_tracker.storage.rows import NoticeRow


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
    for notice, *twins in told_once(notices):
        found.append(
            Step(
                notice,
                tuple(twins),
                deadline_before=deadline if notice.deadline and notice.deadline != deadline else None,
                budget_before=budget if notice.budget and notice.budget != budget else None,
            )
        )
        deadline, budget = notice.deadline or deadline, notice.budget or budget
    return tuple(found)
