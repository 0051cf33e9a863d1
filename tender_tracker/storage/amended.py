"""Projects → their stored state after all corrections, and what each correction said."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tender_tracker.amending.change import Amended, Change, Value
from tender_tracker.model import Amount, Level
from tender_tracker.storage import columns
from tender_tracker.storage.query import Reader

_STATES = (
    "SELECT s.*, (SELECT max(n.first_seen) FROM project_links l JOIN notices n ON n.id = l.notice_id "
    "WHERE l.project = s.project AND n.kind IN ('amendment', 'cancel')) AS touched "
    "FROM project_states s WHERE s.project IN (SELECT value FROM json_each(?))"
)


@dataclass(frozen=True, slots=True)
class LotState:
    """A lot after all corrections; `level` None where the rules gave it none of its own."""

    name: str
    level: Level | None
    budget: Amount | None


@dataclass(frozen=True, slots=True)
class ProjectState:
    """A project that was corrected or ended. `printed` is the level of its call by its own words; `opening` None: not
    printed, or moved without saying when."""

    project: int
    notice_id: int
    level: Level
    printed: Level
    deadline: datetime | None
    opening: datetime | None
    budget: Amount | None
    lots: tuple[LotState, ...]
    ended_by: int | None
    touched: datetime | None
    """When the last correction, or the end of the project, was stored."""


def states(reader: Reader, projects: Iterable[int]) -> dict[int, ProjectState]:
    """The states of these projects; those without one are as their notices say."""
    wanted = json.dumps(sorted(projects))
    return {row["project"]: _state(row) for row in reader.ask(_STATES, [wanted])}


def said_by(reader: Reader, notices: Iterable[int]) -> dict[int, list[Amended]]:
    """What these corrections said, by notice."""
    found: dict[int, list[Amended]] = {}
    asked = "SELECT * FROM corrections WHERE notice_id IN (SELECT value FROM json_each(?)) ORDER BY notice_id, position"
    for row in reader.ask(asked, [json.dumps(sorted(notices))]):
        found.setdefault(row["notice_id"], []).append(read(row))
    return found


def corrections(reader: Reader, projects: Iterable[int]) -> dict[int, list[Amended]]:
    """What corrections of these projects said, in the order in which they were published."""
    rows = reader.ask(
        "SELECT c.* FROM corrections c JOIN notices n ON n.id = c.notice_id WHERE c.project IN "
        "(SELECT value FROM json_each(?)) ORDER BY n.published_on IS NULL, n.published_on, c.notice_id, c.position",
        [json.dumps(sorted(projects))],
    )
    found: dict[int, list[Amended]] = {}
    for row in rows:
        found.setdefault(row["project"], []).append(read(row))
    return found


def read(row: Mapping[str, Any]) -> Amended:
    """A row of `corrections` → what it says."""
    field = row["field"]
    change = Change(
        field, _value(field, row["before"]), _value(field, row["after"]), row["quote_before"], row["quote_after"],
        lot=row["lot"],
    )  # fmt: skip
    return Amended(row["notice_id"], change, row["status"], row["passage"])


def _value(field: str, text: str | None) -> Value:
    if text is None or field not in ("deadline", "opening", "budget"):
        return text
    return columns.seen(text) if field != "budget" else columns.printed(text)


def _state(row: Mapping[str, Any]) -> ProjectState:
    lots = json.loads(row["lots"])
    return ProjectState(
        row["project"], row["notice_id"], row["level"], row["printed"], columns.moment(row["deadline"]),
        columns.moment(row["opening"]), columns.amount(row, "budget"),
        tuple(LotState(name, level, columns.printed(budget) if budget else None) for name, level, budget in lots),
        row["ended_by"], columns.moment(row["touched"]),
    )  # fmt: skip
