"""A stored notice → all notices of its project, as the last run linked them."""

from __future__ import annotations

import json
from dataclasses import dataclass

from tender_tracker.storage.query import Reader
from tender_tracker.storage.rows import NoticeRow


@dataclass(frozen=True, slots=True)
class Related:
    """A notice of another project that may be related, and what speaks for it."""

    notice: NoticeRow
    score: float
    reason: str


@dataclass(frozen=True, slots=True)
class Gathered:
    """A project and its notices in order of publication. `stale`: some are not linked yet."""

    project: int
    score: float | None
    reason: str | None
    stale: bool
    notices: tuple[NoticeRow, ...]
    perhaps: tuple[Related, ...]


def gathered(reader: Reader, notice_id: int) -> Gathered:
    """The project of a notice. Raises UsageError when there is no notice with this id."""
    reader.notice(notice_id)
    rows = reader.ask(
        "SELECT notice_id, project, score, reason, stale FROM project_links WHERE project = "
        "(SELECT project FROM project_links WHERE notice_id = ?)",
        [notice_id],
    )
    numbers = [row["notice_id"] for row in rows]
    notices = (row.notice for row in reader.numbered(numbers, whole=False))
    project, score, reason = next((row["project"], row["score"], row["reason"]) for row in rows)
    return Gathered(
        project=project,
        score=score,
        reason=reason,
        stale=any(row["stale"] for row in rows),
        notices=tuple(sorted(notices, key=_when)),
        perhaps=_related(reader, numbers),
    )


def _related(reader: Reader, numbers: list[int]) -> tuple[Related, ...]:
    own = "(SELECT value FROM json_each(?1))"
    rows = reader.ask(
        f"SELECT iif(notice_id IN {own}, other_id, notice_id) AS number, max(score) AS score, reason "
        f"FROM perhaps_links WHERE (notice_id IN {own}) <> (other_id IN {own}) GROUP BY number",
        [json.dumps(numbers)],
    )
    notices = {row.notice.id: row.notice for row in reader.numbered((row["number"] for row in rows), whole=False)}
    return tuple(Related(notices[row["number"]], row["score"], row["reason"]) for row in rows)


def _when(notice: NoticeRow) -> tuple[bool, str, int]:
    day = notice.published_on
    return day is None, day.isoformat() if day else "", notice.id
