"""Stored notices → the notices of their projects, as the last run linked them, and who else carries each."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any, Protocol

from tender_tracker.amending.twins import told_once
from tender_tracker.model import Kind, Level
from tender_tracker.storage import columns
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


class Asked(Protocol):
    """The part of a Reader that is asked."""

    def ask(self, sql: str, values: Sequence[object] = ()) -> list[Any]: ...


@dataclass(frozen=True, slots=True)
class Twin:
    """A flagged notice, as far as it takes to tell whether another site carries it, too."""

    id: int
    source: str
    url: str | None
    kind: Kind
    level: Level
    title: str
    published_on: date | None


def carried(reader: Asked, projects: Iterable[int]) -> Mapping[int, tuple[Twin, ...]]:
    """Flagged notice of these projects → the same notice on other sites, where the rules gave it the same level; in
    the order in which they were stored."""
    rows = reader.ask(
        "SELECT linked_project, id, source, url, kind, level, title, published_on FROM notices WHERE level <> 'none' "
        "AND linked_project IN (SELECT value FROM json_each(?)) ORDER BY linked_project, level, id",
        [json.dumps(sorted(projects))],
    )
    found: dict[int, tuple[Twin, ...]] = {}
    for _, group in groupby(rows, key=lambda row: (row["linked_project"], row["level"])):
        for twins in told_once(map(_twin, group)):
            for twin in twins if len(twins) > 1 else ():
                found[twin.id] = tuple(other for other in twins if other is not twin)
    return found


def _twin(row: Any) -> Twin:
    names = ("id", "source", "url", "kind", "level", "title")
    return Twin(**{name: row[name] for name in names}, published_on=columns.day(row["published_on"]))


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
