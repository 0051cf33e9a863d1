"""Deadline and opening of every project that was corrected or ended, by each of its notices: for calendars."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tender_tracker.model import Level
from tender_tracker.storage import columns
from tender_tracker.storage.query import Reader


@dataclass(frozen=True, slots=True)
class Fixed:
    """`call` is the notice that opened the project, `level` that of its own words; `touched` is when the last
    correction or the end of the project was stored."""

    call: int
    level: Level
    deadline: datetime | None
    opening: datetime | None
    ended: bool
    touched: datetime


def fixed(reader: Reader) -> dict[int, Fixed]:
    """Notice → the dates of its project; notices of other projects have their own."""
    rows = reader.ask(
        "SELECT l.notice_id AS member, s.notice_id, s.printed, s.deadline, s.opening, s.ended_by, "
        "(SELECT max(n.first_seen) FROM project_links m JOIN notices n ON n.id = m.notice_id "
        "WHERE m.project = s.project AND n.kind IN ('amendment', 'cancel')) AS touched "
        "FROM project_states s JOIN project_links l ON l.project = s.project"
    )
    return {
        row["member"]: Fixed(
            row["notice_id"], row["printed"], columns.moment(row["deadline"]), columns.moment(row["opening"]),
            row["ended_by"] is not None, columns.seen(row["touched"]),
        )
        for row in rows
    }  # fmt: skip
