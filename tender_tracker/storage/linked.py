"""Which stored notices are one project: what the linker asks of the store, and what it leaves there.

Every new or changed notice is marked as not linked yet; it stands alone until it is.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlite_utils import Database

from tender_tracker.model import Kind
from tender_tracker.storage import projects

_LINKED = ("title", "buyer", "project_no", "kind", "published_on", "budget_value", "award_value")
TABLES = (
    """
CREATE TABLE project_links (
    notice_id INTEGER PRIMARY KEY REFERENCES notices(id),
    project INTEGER NOT NULL,
    score REAL,
    reason TEXT,
    stale INTEGER NOT NULL
)""",
    "CREATE INDEX project_links_project ON project_links (project)",
    "CREATE INDEX project_links_stale ON project_links (notice_id) WHERE stale",
    """
CREATE TABLE link_keys (
    key INTEGER NOT NULL,
    day INTEGER NOT NULL,
    notice_id INTEGER NOT NULL REFERENCES notices(id),
    PRIMARY KEY (key, day, notice_id)
) WITHOUT ROWID""",
    """
CREATE TABLE perhaps_links (
    notice_id INTEGER NOT NULL REFERENCES notices(id),
    other_id INTEGER NOT NULL REFERENCES notices(id),
    score REAL NOT NULL,
    reason TEXT NOT NULL,
    PRIMARY KEY (notice_id, other_id)
) WITHOUT ROWID""",
    "CREATE INDEX perhaps_links_other ON perhaps_links (other_id)",
    """
CREATE TRIGGER notice_unlinked AFTER INSERT ON notices BEGIN
    INSERT INTO project_links VALUES (NEW.id, NEW.id, NULL, NULL, 1);
END""",
    f"""
CREATE TRIGGER notice_changed AFTER UPDATE OF {", ".join(_LINKED)} ON notices
WHEN {" OR ".join(f"OLD.{name} IS NOT NEW.{name}" for name in _LINKED)} BEGIN
    UPDATE project_links SET stale = 1 WHERE notice_id = NEW.id;
END""",
    "INSERT INTO project_links SELECT id, id, NULL, NULL, 1 FROM notices",
)
RESTATE = (
    "INSERT OR IGNORE INTO stale_states SELECT project FROM project_links "
    "WHERE notice_id IN (SELECT value FROM json_each(?))"
)
"""A project whose notices come or go has another state, the one that they leave too."""
ALONE = "INSERT INTO project_links VALUES (?, ?, NULL, NULL, 1)"
"""What is noted of a new notice, given its number twice; of a change a trigger sees to it."""
_PER_KEY = 24
"""Notices under one key, the nearest in time, that a new notice is compared with."""
_DAYS = 550
_KNOWN = "SELECT value FROM json_each(?) WHERE EXISTS (SELECT 1 FROM link_keys WHERE key = value)"
_NEAREST = (
    "SELECT notice_id FROM link_keys WHERE key = ?1 AND (day BETWEEN ?2 - ?3 AND ?2 + ?3 OR day = 0 OR ?2 = 0) "
    "ORDER BY abs(day - ?2), notice_id LIMIT ?4"
)


@dataclass(frozen=True, slots=True)
class Linkable:
    """What a stored notice prints that the linker looks at; `amounts` in 元."""

    id: int
    title: str
    buyer: str | None
    project_no: str | None
    kind: Kind
    day: date | None
    amounts: frozenset[float]


@dataclass(frozen=True, slots=True)
class Placed:
    """The project of a notice: the number of the project's first stored notice. One alone has no score and reason."""

    notice_id: int
    project: int
    score: float | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class Perhaps:
    """Two notices of different projects that may be related."""

    notice_id: int
    other_id: int
    score: float
    reason: str


class Links:
    """The writing side, handed out by the Store."""

    def __init__(self, db: Database, transaction: Callable[[], AbstractContextManager[None]]) -> None:
        self._db = db
        self._transaction = transaction

    def forget(self) -> None:
        """All notices are to be linked anew."""
        with self._transaction():
            self._db.execute("DELETE FROM link_keys")
            self._db.execute("DELETE FROM perhaps_links")
            self._db.execute("UPDATE project_links SET project = notice_id, score = NULL, reason = NULL, stale = 1")

    def stale(self, most: int) -> list[Linkable]:
        """Notices that are not linked yet, at most so many, in order of id."""
        return self._linkable("SELECT notice_id FROM project_links WHERE stale ORDER BY notice_id LIMIT ?", [most])

    def around(self, keys: Iterable[tuple[int, int]], own: Iterable[int]) -> list[Linkable]:
        """Notices that share a key about that day, with all their projects; but for the `own` ones."""
        own = set(own)
        found = set(own)
        keys = list(keys)
        known = {key for (key,) in self._db.execute(_KNOWN, [json.dumps([key for key, _ in keys])])}
        for key, day in keys:
            if key in known:
                found.update(number for (number,) in self._db.execute(_NEAREST, [key, day, _DAYS, _PER_KEY]))
        mates = (
            "SELECT notice_id FROM project_links WHERE project IN (SELECT project FROM project_links "
            "WHERE notice_id IN (SELECT value FROM json_each(?)))"
        )
        found.update(row[0] for row in self._db.execute(mates, [json.dumps(sorted(found))]))
        return self._linkable("SELECT value FROM json_each(?)", [json.dumps(sorted(found - own))])

    def save(
        self,
        placed: Sequence[Placed],
        perhaps: Iterable[Perhaps],
        keys: Mapping[int, Iterable[tuple[int, int]]],
    ) -> None:
        """Writes projects with their course, and doubtful pairs.

        Notices with `keys` are linked from now on, older pairs of them go.
        """
        rows = [(one.project, one.score, one.reason, one.notice_id in keys, one.notice_id) for one in placed]
        shared = [(key, day, notice) for notice, own in keys.items() for key, day in own]
        members = json.dumps([one.notice_id for one in placed])
        with self._transaction():
            self._db.execute(RESTATE, [members])
            before = projects.of(self._db, (one.notice_id for one in placed))
            self._db.conn.executemany(
                "UPDATE project_links SET project = ?, score = ?, reason = ?, stale = stale AND NOT ? "
                "WHERE notice_id = ?",
                rows,
            )
            self._db.execute(RESTATE, [members])
            self._db.conn.executemany("INSERT OR IGNORE INTO link_keys VALUES (?, ?, ?)", shared)
            self._db.conn.executemany(
                "DELETE FROM perhaps_links WHERE notice_id = ?1 OR other_id = ?1", ((notice,) for notice in keys)
            )
            pairs = [(pair.notice_id, pair.other_id, pair.score, pair.reason) for pair in perhaps]
            self._db.conn.executemany("INSERT OR REPLACE INTO perhaps_links VALUES (?, ?, ?, ?)", pairs)
            projects.tell(self._db, before | {one.project for one in placed})

    def _linkable(self, numbers: str, values: Sequence[object]) -> list[Linkable]:
        yuan = ", ".join(f"iif({name}_currency = 'CNY', {name}_value, NULL) AS {name}" for name in ("budget", "award"))
        question = f"SELECT id, {', '.join(_LINKED[:5])}, {yuan} FROM notices WHERE id IN ({numbers}) ORDER BY id"
        return [_linkable(row) for row in self._db.query(question, values)]


def _linkable(row: Mapping[str, Any]) -> Linkable:
    day = row["published_on"]
    amounts = frozenset(float(row[name]) for name in ("budget", "award") if row[name])
    return Linkable(
        row["id"], row["title"], row["buyer"], row["project_no"], row["kind"],
        date.fromisoformat(day) if day else None, amounts,
    )  # fmt: skip
