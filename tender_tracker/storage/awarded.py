"""A period → the notices of every procurement that was awarded or contracted in it, and was flagged in some notice."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from tender_tracker.facts.course import SETTLED
from tender_tracker.storage.amended import ProjectState, states
from tender_tracker.storage.query import Reader
from tender_tracker.storage.rows import Flagged

_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Procurement:
    """Number of the project, its notices with lots, figures and goods in order of publication, and its state after
    corrections, where it was corrected."""

    project: int
    notices: tuple[Flagged, ...]
    state: ProjectState | None
    unread: Mapping[int, int]
    """Award or contract → how many of its attachments were not read, or not in full."""


def awarded(
    reader: Reader, since: date | None = None, until: date | None = None, supplier: str | None = None
) -> Iterator[Procurement]:
    """Those awarded last come first, read as they are asked for; days are half-open, of Shanghai.

    `supplier` narrows to winners with these words in their names, as far as the table can tell: it holds them without
    their part in a consortium, and SQLite folds the case of ASCII only.
    """
    parts, values = ["settled_on IS NOT NULL"], list[object]()
    if since:
        parts.append("settled_on >= ?")
        values.append(since.isoformat())
    if until:
        parts.append("coalesce(awarded_on, contracted_on) < ?")
        values.append(until.isoformat())
    stem = re.sub(r"\s*[（(].*", "", supplier or "", flags=re.DOTALL)
    if stem and all(letter.isascii() or letter.lower() == letter.upper() for letter in stem):
        parts.append("EXISTS (SELECT 1 FROM json_each(suppliers) WHERE instr(lower(key), lower(?)))")
        values.append(stem)
    rows = reader.ask(
        f"SELECT project FROM projects WHERE {' AND '.join(parts)} "
        "ORDER BY coalesce(awarded_on, contracted_on) DESC, project DESC",
        values,
    )
    for first in range(0, len(rows), _AT_ONCE):
        yield from _of(reader, [row["project"] for row in rows[first : first + _AT_ONCE]])


def of_notice(reader: Reader, number: int) -> list[Procurement]:
    """The procurement that a notice belongs to."""
    rows = reader.ask("SELECT project FROM project_links WHERE notice_id = ?", [number])
    return list(_of(reader, [row["project"] for row in rows]))


def _of(reader: Reader, projects: Sequence[int]) -> Iterator[Procurement]:
    """These projects, in this order."""
    asked = "SELECT project, notice_id FROM project_links WHERE project IN (SELECT value FROM json_each(?))"
    pairs = [(row["project"], row["notice_id"]) for row in reader.ask(asked, [json.dumps(list(projects))])]
    notices = {row.notice.id: row for row in reader.numbered(number for _, number in pairs)}
    groups: dict[int, list[Flagged]] = {project: [] for project in projects}
    for project, number in pairs:
        groups[project].append(notices[number])
    corrected = states(reader, groups)
    settled = [row for row in notices.values() if row.notice.kind in SETTLED and row.notice.attachments]
    unread = _unread(reader, settled)
    for project, rows in groups.items():
        yield Procurement(project, tuple(sorted(rows, key=_when)), corrected.get(project), unread)


def _unread(reader: Reader, settled: Sequence[Flagged]) -> Mapping[int, int]:
    asked = (
        "SELECT notice_id, count(*) AS n FROM documents WHERE state = 'read' "
        "AND notice_id IN (SELECT value FROM json_each(?)) GROUP BY notice_id"
    )
    read = {row["notice_id"]: row["n"] for row in reader.ask(asked, [json.dumps([row.notice.id for row in settled])])}
    return {row.notice.id: max(0, len(row.notice.attachments) - read.get(row.notice.id, 0)) for row in settled}


def _when(row: Flagged) -> tuple[bool, str, int]:
    day = row.notice.published_on
    return day is None, day.isoformat() if day else "", row.notice.id
