"""Linked notices → the table `projects`: one row for each procurement of which a notice is flagged, with its course.

It is written when notices are linked, so that a question about the market reads one small table.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqlite_utils import Database

from tender_tracker.facts.course import SETTLED, Part, Stage, company, corrected, course, lot_key
from tender_tracker.model import FLAGGED, LEVELS
from tender_tracker.storage import columns

TABLES = (
    """
CREATE TABLE projects (
    project INTEGER PRIMARY KEY,
    level TEXT NOT NULL,
    families TEXT NOT NULL,
    buyer TEXT,
    buyer_kind TEXT,
    buyer_tier TEXT,
    province TEXT,
    began_on TEXT,
    called_on TEXT,
    awarded_on TEXT,
    contracted_on TEXT,
    settled_on TEXT,
    ended_on TEXT,
    outcome TEXT NOT NULL,
    lead_days INTEGER,
    contract_days INTEGER,
    budget NUMERIC,
    award NUMERIC,
    other_currency INTEGER NOT NULL,
    discount REAL,
    suppliers TEXT NOT NULL
)""",
    "CREATE INDEX projects_began_on ON projects (began_on)",
    "CREATE INDEX projects_settled_on ON projects (settled_on) WHERE settled_on IS NOT NULL",
)
COVERED = (
    "DROP INDEX projects_settled_on",
    "CREATE INDEX projects_won ON projects (settled_on, outcome, families, suppliers) WHERE settled_on IS NOT NULL",
    "CREATE INDEX projects_measured ON projects (began_on, families, lead_days, contract_days, discount) "
    "WHERE coalesce(lead_days, contract_days, discount) IS NOT NULL",
)
"""Who won which chips, and how long it took, are read from an index alone."""


def _marking(told: tuple[str, ...]) -> str:
    """A trigger: a notice of which one of these changes waits to be linked, and so its project to be told, anew."""
    return f"""
CREATE TRIGGER notice_told AFTER UPDATE OF {", ".join(told)} ON notices
WHEN {" OR ".join(f"OLD.{name} IS NOT NEW.{name}" for name in told)} BEGIN
    UPDATE project_links SET stale = 1 WHERE notice_id = NEW.id;
END"""


MARKED = _marking(("level", "families", "suppliers", "buyer_institution"))
MARKED_BY_CONTENT = (
    "DROP TRIGGER notice_told",
    _marking(("content_hash", "level", "families", "buyer_kind", "buyer_tier", "buyer_institution", "province")),
)
"""A project also tells what lots say, which only the hash of the whole content knows to have changed."""
_AT_ONCE = 100
"""Projects whose notices are held at a time."""
_OF = "SELECT project FROM project_links WHERE notice_id IN (SELECT value FROM json_each(?))"
_IS_FLAGGED = "level IN (" + ", ".join(f"'{level}'" for level in FLAGGED) + ")"


def of(db: Database, notices: Iterable[int]) -> set[int]:
    """The projects of some notices, as they are linked now."""
    return {row[0] for row in db.execute(_OF, [json.dumps(list(notices))])}


def tell(db: Database, projects: Iterable[int]) -> None:
    """Writes these projects anew; those without a flagged notice have no row."""
    wanted = json.dumps(sorted(projects))
    db.execute("DELETE FROM projects WHERE project IN (SELECT value FROM json_each(?))", [wanted])
    flagged = (
        "SELECT DISTINCT project FROM project_links JOIN notices ON id = notice_id "
        f"WHERE project IN (SELECT value FROM json_each(?)) AND {_IS_FLAGGED}"
    )
    _write(db, [row[0] for row in db.execute(flagged, [wanted])])


def renew(db: Database) -> None:
    """Writes all projects anew."""
    db.execute("DELETE FROM projects")
    flagged = f"SELECT DISTINCT project FROM notices JOIN project_links ON notice_id = id WHERE {_IS_FLAGGED}"
    _write(db, [row[0] for row in db.execute(flagged)])


def _write(db: Database, projects: list[int]) -> None:
    for first in range(0, len(projects), _AT_ONCE):
        told = list(_rows(db, projects[first : first + _AT_ONCE]))
        names = list(told[0])
        marks = ", ".join(f":{name}" for name in names)
        db.conn.executemany(f"INSERT INTO projects ({', '.join(names)}) VALUES ({marks})", told)


def _rows(db: Database, projects: list[int]) -> Iterator[dict[str, Any]]:
    question = (
        "SELECT n.*, l.project FROM project_links l JOIN notices n ON n.id = l.notice_id "
        "WHERE l.project IN (SELECT value FROM json_each(?))"
    )
    groups: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in db.query(question, [json.dumps(projects)]):
        groups[row["project"]].append(row)
    notices = [row["id"] for rows in groups.values() for row in rows]
    lots, evidence = _parts(db, "lots", notices), _parts(db, "evidence", notices)
    asked = "SELECT * FROM project_states WHERE project IN (SELECT value FROM json_each(?))"
    states = {row["project"]: row for row in db.query(asked, [json.dumps(projects)])}
    yield from (_row(project, rows, lots, evidence, states.get(project)) for project, rows in groups.items())


_Parts = Mapping[int, list[dict[str, Any]]]
"""Notice → its rows in a side table."""


def _parts(db: Database, table: str, notices: list[int]) -> _Parts:
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    question = f"SELECT * FROM {table} WHERE notice_id IN (SELECT value FROM json_each(?))"
    for row in db.query(question, [json.dumps(notices)]):
        found[row["notice_id"]].append(row)
    return found


def _row(
    project: int, rows: list[dict[str, Any]], lots: _Parts, evidence: _Parts, state: Mapping[str, Any] | None
) -> dict[str, Any]:
    """`state` is its row of project_states, where it was corrected."""
    rows = sorted(rows, key=lambda row: (row["published_on"] is None, row["published_on"], row["id"]))
    run = course(_corrected({row["id"]: _stage(row, lots.get(row["id"], [])) for row in rows}, state))
    flagged = [row for row in rows if row["level"] in FLAGGED]
    named = next((row for row in rows if row["buyer"]), rows[0])
    settled = [row["published_on"] for row in rows if row["kind"] in SETTLED and row["published_on"]]
    families = _once(name for row in flagged for name in columns.strings(row["families"]))
    days = [row["published_on"] for row in rows if row["published_on"]]
    return {
        "project": project,
        "level": min((row["level"] for row in flagged), key=LEVELS.index),
        "families": columns.to_json(families),
        "buyer": named["buyer_institution"] or named["buyer"],
        "buyer_kind": named["buyer_kind"],
        "buyer_tier": named["buyer_tier"],
        "province": named["province"],
        "began_on": _iso(run.called_on) or min(days, default=None),
        **{name: _iso(getattr(run, name)) for name in ("called_on", "awarded_on", "contracted_on", "ended_on")},
        "settled_on": max(settled, default=None),
        "outcome": run.outcome,
        "lead_days": run.lead_days,
        "contract_days": run.contract_days,
        "budget": _budget(rows, state),
        "award": _largest(rows, "award"),
        "other_currency": int(any(row[f"{money}_currency"] not in (None, "CNY") for row in rows for money in _MONEY)),
        "discount": None if run.discount is None else float(run.discount.share),
        "suppliers": json.dumps(_winners(rows, lots, _of_lots(flagged, evidence), families), ensure_ascii=False),
    }


_MONEY = ("budget", "award")


def _stage(row: Mapping[str, Any], lots: Iterable[Mapping[str, Any]]) -> Stage:
    parts = (
        Part(
            lot_key(lot["name"]),
            columns.amount(lot, "budget"),
            columns.amount(lot, "award"),
            columns.strings(lot["suppliers"]),
        )
        for lot in lots
    )
    return Stage(
        row["kind"], columns.day(row["published_on"]), columns.amount(row, "budget"), columns.amount(row, "award"),
        tuple(parts), columns.strings(row["suppliers"]),
    )  # fmt: skip


def _corrected(stages: Mapping[int, Stage], state: Mapping[str, Any] | None) -> list[Stage]:
    if state is None:
        return list(stages.values())
    lots = {name: columns.printed(budget) if budget else None for name, _, budget in json.loads(state["lots"])}
    return corrected(stages, state["notice_id"], columns.amount(state, "budget"), lots)


def _of_lots(rows: Iterable[Mapping[str, Any]], evidence: _Parts) -> Mapping[str, set[str]]:
    """Key of a lot → the families that flagged it."""
    found: dict[str, set[str]] = defaultdict(set)
    for one in (one for row in rows for one in evidence.get(row["id"], [])):
        if one["lot"] and one["effect"] in FLAGGED:
            found[lot_key(one["lot"])].update(columns.strings(one["families"]))
    return found


def _winners(
    rows: Iterable[Mapping[str, Any]], lots: _Parts, of_lots: Mapping[str, set[str]], whole: Iterable[str]
) -> dict[str, list[str]]:
    """Company → the families it won: those of its lots where they are told apart, else those of the procurement."""
    won: dict[str, set[str]] = {}
    for row in (row for row in rows if row["kind"] in SETTLED):
        for lot in lots.get(row["id"], []):
            for name in map(company, columns.strings(lot["suppliers"])):
                won.setdefault(name, set()).update(of_lots.get(lot_key(lot["name"]), () if of_lots else whole))
        for name in map(company, columns.strings(row["suppliers"])):
            won.setdefault(name, set(whole))
    return {name: sorted(families) for name, families in won.items() if name}


def _budget(rows: Iterable[Mapping[str, Any]], state: Mapping[str, Any] | None) -> int | float | None:
    """As corrections left it; else the largest of those printed."""
    rows = list(rows)
    call = next((row for row in rows if state is not None and row["id"] == state["notice_id"]), None)
    if state is None or call is None or state["budget_value"] in (None, call["budget_value"]):
        return _largest(rows, "budget")
    return _largest([state], "budget")


def _largest(rows: Iterable[Mapping[str, Any]], money: str) -> int | float | None:
    """A project's own figure: its notices repeat it, or name a part of it."""
    found = [row[f"{money}_value"] for row in rows if row[f"{money}_currency"] == "CNY"]
    return max(found, default=None)


def _once(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(name for name in names if name))


def _iso(day: Any) -> str | None:
    return day.isoformat() if day else None
