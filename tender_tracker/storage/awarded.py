"""A period → the notices of every procurement that was awarded or contracted in it, and was flagged in some notice."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from tender_tracker.storage.amended import ProjectState, states
from tender_tracker.storage.query import Reader
from tender_tracker.storage.rows import Flagged


@dataclass(frozen=True, slots=True)
class Procurement:
    """Number of the project, its notices with lots, figures and goods in order of publication, and its state after
    corrections, where it was corrected."""

    project: int
    notices: tuple[Flagged, ...]
    state: ProjectState | None = None


def awarded(
    reader: Reader, since: date | None = None, until: date | None = None, most: int | None = None
) -> list[Procurement]:
    """Those settled last come first, at most `most`; days are half-open, of Shanghai."""
    parts, values = ["settled_on IS NOT NULL"], list[object]()
    if since:
        parts.append("settled_on >= ?")
        values.append(since.isoformat())
    if until:
        parts.append("coalesce(awarded_on, contracted_on) < ?")
        values.append(until.isoformat())
    chosen = (
        f"SELECT project, settled_on FROM projects WHERE {' AND '.join(parts)} "
        "ORDER BY settled_on DESC, project DESC LIMIT ?"
    )
    rows = reader.ask(
        f"SELECT l.project, l.notice_id FROM ({chosen}) p CROSS JOIN project_links l ON l.project = p.project",
        [*values, -1 if most is None else most],
    )
    return _read(reader, [(row["project"], row["notice_id"]) for row in rows])


def of_notice(reader: Reader, number: int) -> list[Procurement]:
    """The procurement that a notice belongs to."""
    rows = reader.ask(
        "SELECT project, notice_id FROM project_links WHERE project = "
        "(SELECT project FROM project_links WHERE notice_id = ?)",
        [number],
    )
    return _read(reader, [(row["project"], row["notice_id"]) for row in rows])


def _read(reader: Reader, pairs: list[tuple[int, int]]) -> list[Procurement]:
    notices = {row.notice.id: row for row in reader.numbered(number for _, number in pairs)}
    groups: dict[int, list[Flagged]] = defaultdict(list)
    for project, number in pairs:
        groups[project].append(notices[number])
    corrected = states(reader, groups)
    return [
        Procurement(project, tuple(sorted(rows, key=_when)), corrected.get(project)) for project, rows in groups.items()
    ]


def _when(row: Flagged) -> tuple[bool, str, int]:
    day = row.notice.published_on
    return day is None, day.isoformat() if day else "", row.notice.id
