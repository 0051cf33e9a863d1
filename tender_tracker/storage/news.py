"""What a digest asks about a span of time → ids and small rows. Every question has an index of its own (m004).

A notice belongs to the span in which it was first stored; spans are half-open, so no notice belongs to two.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from tender_tracker.model import ImportPolicy, Kind, Level
from tender_tracker.storage import answers, columns, totals
from tender_tracker.storage.coverage import stood
from tender_tracker.storage.filter import Filter
from tender_tracker.storage.papers import Why
from tender_tracker.storage.query import Reader
from tender_tracker.storage.rows import State

NEWS: tuple[Kind, ...] = ("tender", "single_source", "amendment", "other")
"""Kinds that bring a demand to market: intentions, awards and cancellations are told apart from them."""
FOLLOWS: tuple[Kind, ...] = ("amendment", "award", "contract", "cancel")
"""Kinds that follow a tender."""

_NEWS, _FOLLOWS = (", ".join(f"'{kind}'" for kind in kinds) for kinds in (NEWS, FOLLOWS))
Project = tuple[str, str | None] | int
"""A linked project's number, or number and buyer as printed, or the id of a notice that stands alone."""
_SAME_BUYER = "(e.buyer IS n.buyer OR e.buyer IS NULL OR n.buyer IS NULL)"


@dataclass(frozen=True, slots=True)
class Sighting:
    """A flagged notice of the span."""

    id: int
    seen: datetime
    level: Level
    kind: Kind
    project: Project
    first: datetime | None
    """When a notice of NEWS first gave this project at least this level."""


@dataclass(frozen=True, slots=True)
class Changed:
    """One version that was replaced in the span, with its level and the level that came after it."""

    id: int
    before: Level
    after: Level
    fields: dict[str, tuple[Any, Any]]


@dataclass(frozen=True, slots=True)
class Asked:
    """How a source stood at the end of the span, and what was read of it inside; None: pages of no known source."""

    source: str | None
    state: State
    error: str | None
    last_good: datetime | None
    live: bool
    read: int
    new: int
    changed: int
    refused: int


def sightings(reader: Reader, since: datetime, until: datetime) -> list[Sighting]:
    """Flagged notices first stored in the span, in order of id."""
    told = f"e.level <> 'none' AND e.kind IN ({_NEWS}) AND e.level IN ('required', n.level)"
    rows = reader.ask(
        f"""SELECT n.id, n.first_seen, n.level, n.kind, n.project_no, n.buyer, n.linked_project,
            iif(n.linked_project IS NULL,
                (SELECT min(e.first_seen) FROM notices e WHERE {told} AND e.project_no = n.project_no
                    AND e.buyer IS n.buyer),
                (SELECT min(e.first_seen) FROM notices e WHERE {told} AND e.linked_project = n.linked_project)) AS first
        FROM notices n WHERE n.level <> 'none' AND n.first_seen >= ? AND n.first_seen < ? ORDER BY n.id""",
        _span(since, until),
    )
    return [
        Sighting(
            row["id"], columns.seen(row["first_seen"]), row["level"], row["kind"],
            project_key(row["id"], row["linked_project"], row["project_no"], row["buyer"]),
            columns.seen(row["first_seen"]) if row["project_no"] is row["linked_project"] is None
            else columns.moment(row["first"]),
        )
        for row in rows
    ]  # fmt: skip


def project_key(number: int, linked: int | None, project_no: str | None, buyer: str | None) -> Project:
    """What tells the project of a notice; a number alone may be another buyer's, too."""
    if linked is not None:
        return linked
    return number if project_no is None else (project_no, buyer)


def follow_ups(reader: Reader, since: datetime, until: datetime) -> list[int]:
    """Amendments, awards and cancellations without a level of their own, of projects that were flagged before."""
    rows = reader.ask(
        f"""SELECT n.id FROM notices n WHERE n.level = 'none' AND n.project_no IS NOT NULL AND n.kind IN ({_FOLLOWS})
        AND n.first_seen >= ?1 AND n.first_seen < ?2 AND n.linked_project IS NULL AND EXISTS (SELECT 1 FROM notices e
            WHERE e.level <> 'none' AND e.project_no = n.project_no AND e.level <> 'mentioned' AND {_SAME_BUYER})
        UNION ALL SELECT n.id FROM notices n WHERE n.level = 'none' AND n.linked_project IS NOT NULL
            AND n.kind IN ({_FOLLOWS}) AND n.first_seen >= ?1 AND n.first_seen < ?2 AND EXISTS (SELECT 1 FROM notices e
            WHERE e.level <> 'none' AND e.linked_project = n.linked_project AND e.level <> 'mentioned')
        ORDER BY 1""",
        _span(since, until),
    )
    return [row[0] for row in rows]


def changes(reader: Reader, since: datetime, until: datetime) -> list[Changed]:
    """Versions replaced in the span of notices known before it, flagged on either side; by id, oldest first.

    A page that our parsers merely read otherwise (`reparse`) is no change of the notice.
    """
    rows = reader.ask(
        """SELECT v.notice_id, v.level, v.changed, coalesce((SELECT w.level FROM versions w
            WHERE w.notice_id = v.notice_id AND w.number = v.number + 1), n.level) AS after
        FROM versions v CROSS JOIN notices n ON n.id = v.notice_id
        WHERE v.seen_at >= ? AND v.seen_at < ? AND n.first_seen < ? AND (v.level <> 'none' OR after <> 'none')
            AND v.cause = 'notice'
        ORDER BY v.notice_id, v.number""",
        [*_span(since, until), columns.utc(since)],
    )
    return [
        Changed(number, before, after, {name: (old, new) for name, (old, new) in json.loads(changed).items()})
        for number, before, changed, after in rows
    ]


def due(reader: Reader, until: datetime, horizon: datetime) -> list[int]:
    """Notices stored before `until` whose deadline, or that of their project, lies in [until, horizon): flagged ones,
    amendments, and calls that corrections moved there."""
    follows = f"n.level = 'none' AND n.kind IN ({_FOLLOWS}) AND n.deadline >= ?1 AND n.deadline < ?2"
    demanded = "SELECT 1 FROM notices e WHERE e.level <> 'none' AND e.level IN ('required', 'preferred')"
    rows = reader.ask(
        f"""SELECT id FROM notices WHERE level <> 'none' AND level IN ('required', 'preferred')
            AND deadline >= ?1 AND deadline < ?2 AND first_seen < ?3
        UNION SELECT n.id FROM notices n WHERE {follows} AND n.project_no IS NOT NULL AND n.linked_project IS NULL
            AND n.first_seen < ?3 AND EXISTS ({demanded} AND e.project_no = n.project_no)
        UNION SELECT n.id FROM notices n WHERE {follows} AND n.linked_project IS NOT NULL AND n.first_seen < ?3
            AND EXISTS ({demanded} AND e.linked_project = n.linked_project)
        UNION SELECT n.id FROM project_states s JOIN notices n ON n.id = s.notice_id
            WHERE s.deadline >= ?1 AND s.deadline < ?2 AND n.first_seen < ?3
            AND s.level IN ('required', 'preferred')""",
        [columns.utc(until), columns.utc(horizon), columns.utc(until)],
    )
    return [row[0] for row in rows]


def of_projects(reader: Reader, numbers: Iterable[str], linked: Iterable[int], until: datetime) -> list[int]:
    """All flagged notices of these project numbers and linked projects stored before `until`, and what follows them."""
    wanted = [json.dumps(sorted(numbers), ensure_ascii=False), json.dumps(sorted(linked)), columns.utc(until)]
    follows = f"level = 'none' AND kind IN ({_FOLLOWS})"
    numbered, joined = "project_no IN (SELECT value FROM json_each(?1))", "IN (SELECT value FROM json_each(?2))"
    rows = reader.ask(
        f"""SELECT id FROM notices WHERE level <> 'none' AND {numbered} AND first_seen < ?3
        UNION SELECT id FROM notices WHERE {follows} AND project_no IS NOT NULL AND {numbered} AND first_seen < ?3
        UNION SELECT id FROM notices WHERE level <> 'none' AND linked_project {joined} AND first_seen < ?3
        UNION SELECT id FROM notices WHERE {follows} AND linked_project IS NOT NULL AND linked_project {joined}
            AND first_seen < ?3""",
        wanted,
    )
    return [row[0] for row in rows]


def relabelled(reader: Reader, since: datetime, until: datetime) -> dict[int, tuple[Level, Level, Why]]:
    """Notices known before the span whose level the rules, or a document read since, changed in it → level before,
    level after, and what changed it last."""
    rows = reader.ask(
        "SELECT r.notice_id, r.before, r.after, r.why FROM relabelings r JOIN notices n ON n.id = r.notice_id "
        "WHERE r.at >= ? AND r.at < ? AND n.first_seen < ? ORDER BY r.notice_id, r.rowid",
        [*_span(since, until), columns.utc(since)],
    )
    found: dict[int, tuple[Level, Level, Why]] = {}
    for number, before, after, why in rows:
        found[number] = (found[number][0] if number in found else before, after, why)
    return {number: told for number, told in found.items() if told[0] != told[1]}


def stored_later(reader: Reader, since: date, until: date, after: datetime) -> dict[Level, int]:
    """Flagged notices published on these days but stored only after the span: they belong to a later digest."""
    rows = reader.ask(
        "SELECT level, count(*) FROM notices WHERE level <> 'none' AND published_on >= ? AND published_on < ? "
        "AND first_seen >= ? GROUP BY level",
        [since.isoformat(), until.isoformat(), columns.utc(after)],
    )
    return dict(tuple(row) for row in rows)


def compute(reader: Reader, since: datetime, until: datetime) -> dict[tuple[Level, ImportPolicy], int]:
    """How many new notices about compute have each level and policy on imports."""
    rows = reader.ask(
        "SELECT level, import_policy, count(*) FROM notices WHERE (compute OR level <> 'none') "
        "AND first_seen >= ? AND first_seen < ? GROUP BY level, import_policy",
        _span(since, until),
    )
    return {(level, policy): count for level, policy, count in rows}


def budgets(reader: Reader, where: Filter) -> dict[Level, tuple[int, Decimal | None, int, int, int]]:
    """By level: projects, the sum of their budgets in 元, how many tell theirs, how many do not, and how many tell
    money in another currency."""
    rows = reader.ask(*totals.budgets(where))
    return {level: (projects, answers.yuan(total), *counts) for level, projects, total, *counts in rows}


def asked(reader: Reader, since: datetime, until: datetime) -> list[Asked]:
    """Every source that was asked before the end of the span, by name; last, unrecognised pages of the last run."""
    sums = reader.ask(
        "SELECT source, sum(read), sum(new), sum(changed), sum(refused) FROM run_sources "
        "WHERE run_id IN (SELECT id FROM runs WHERE started >= ? AND started < ?) GROUP BY source",
        _span(since, until),
    )
    read = {row[0]: tuple(row)[1:] for row in sums}
    return [
        Asked(source, stands.state or "failed", error, stands.last_good, stands.live, *read.get(source, (0, 0, 0, 0)))
        for source, (stands, error) in stood(reader.ask, until).items()
    ]


def as_of(reader: Reader, until: datetime) -> datetime | None:
    """When the last fetch before `until` began: what the store knows is of that time."""
    question = "SELECT max(started) FROM runs WHERE command LIKE 'fetch%' AND started < ?"
    return columns.moment(reader.ask(question, [columns.utc(until)])[0][0])


def begins(reader: Reader) -> datetime | None:
    """When the store first took a notice; no span before it can be compared with."""
    return columns.moment(reader.ask("SELECT min(first_seen) FROM notices")[0][0])


def has_unlinked(reader: Reader) -> bool:
    """Whether some notices wait for a run to link them: they may be of a project that was told already."""
    return bool(reader.ask("SELECT 1 FROM project_links WHERE stale LIMIT 1"))


def running_since(reader: Reader) -> datetime | None:
    """When the run began that is not ended yet: what it still stores will bear this time."""
    rows = reader.ask("SELECT started, ended FROM runs ORDER BY id DESC LIMIT 1")
    return next((columns.moment(started) for started, ended in rows if ended is None), None)


def told_until(reader: Reader, profile: str | None) -> datetime | None:
    """Where the last digest told to this profile ended."""
    return columns.moment(reader.ask("SELECT max(until) FROM digests WHERE profile IS ?", [profile])[0][0])


def _span(since: datetime, until: datetime) -> Sequence[str | None]:
    return [columns.utc(since), columns.utc(until)]
