"""Which stored notices are one project: what the linker asks of the store, and what it leaves there.

Every new or changed notice is marked as not linked yet; it stands alone until it is.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
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
KEYED_ANEW = ("DELETE FROM link_keys", "UPDATE project_links SET stale = 1")
RESTATE = (
    "INSERT OR IGNORE INTO stale_states SELECT project FROM project_links "
    "WHERE notice_id IN (SELECT value FROM json_each(?))"
)
"""A project whose notices come or go has another state, the one that they leave too."""
ALONE = "INSERT INTO project_links VALUES (?, ?, NULL, NULL, 1)"
"""What is noted of a new notice, given its number twice; of a change a trigger sees to it."""
KeyOf = tuple[int, int, int]
"""A key as a number, the notice's day (0 where it is not known), and how many neighbours on either side it meets."""
_QUEUED = """
INSERT INTO to_link (notice_id) SELECT id FROM project_links JOIN notices ON id = notice_id WHERE stale
ORDER BY substr(buyer, -5), buyer, published_on, title, id"""
"""Buyers whose names end alike come together: their notices share neighbours. What was stored first tells nothing."""
_YUAN = ", ".join(f"iif({name}_currency = 'CNY', {name}_value, NULL) AS {name}" for name in ("budget", "award"))
_LINKABLE = (
    f"SELECT project, score, reason, id, {', '.join(_LINKED[:5])}, {_YUAN} "
    "FROM project_links JOIN notices ON id = notice_id"
)
_AMONG = "WHERE notice_id IN (SELECT value FROM json_each(?))"
_JOINED = """
DELETE FROM perhaps_links WHERE
(notice_id IN (SELECT value FROM json_each(?1)) OR other_id IN (SELECT value FROM json_each(?1)))
AND EXISTS (SELECT 1 FROM project_links a JOIN project_links b USING (project)
    WHERE a.notice_id = perhaps_links.notice_id AND b.notice_id = other_id)"""
"""Doubtful pairs that have come into one project in another way."""
_CHUNK = 1000
_OF_KEY = "SELECT notice_id FROM link_keys WHERE key = ?1 AND"
_NEAREST = (
    f"SELECT * FROM ({_OF_KEY} day BETWEEN 1 AND ?2 ORDER BY day DESC LIMIT ?3) UNION ALL "
    f"SELECT * FROM ({_OF_KEY} day > ?2 ORDER BY day LIMIT ?3) UNION ALL SELECT * FROM ({_OF_KEY} day = 0 LIMIT ?3)"
)
"""Found by the index alone, so that it takes no longer where thousands share a key."""


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
class Course:
    """A project as it was linked; score and reason are of its weakest link, one notice alone has none."""

    project: int
    score: float | None
    reason: str | None
    members: tuple[Linkable, ...]


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

    def stale(self) -> Iterator[int]:
        """Notices that are not linked yet, in an order that what was stored first has no part in."""
        with self._transaction():
            self._db.execute("DROP TABLE IF EXISTS temp.to_link")
            self._db.execute("CREATE TEMP TABLE to_link (place INTEGER PRIMARY KEY, notice_id INTEGER NOT NULL)")
            self._db.execute(_QUEUED)
        chunk, place = "SELECT place, notice_id FROM to_link WHERE place > ? ORDER BY place LIMIT ?", 0
        while rows := self._db.execute(chunk, [place, _CHUNK]).fetchall():
            place = rows[-1][0]
            yield from (notice for _, notice in rows)

    def course(self, notice: int) -> Course:
        """The project of a notice as it was linked; a new notice is alone."""
        (course,) = self._courses("project = (SELECT project FROM project_links WHERE notice_id = ?)", notice)
        return course

    def near(self, keys: Iterable[KeyOf]) -> set[int]:
        """The linked notices nearest in time under each key."""
        return {notice for key in keys for (notice,) in self._db.execute(_NEAREST, key)}

    def notices(self, numbers: Iterable[int]) -> list[Linkable]:
        """These notices."""
        wanted = json.dumps(list(numbers))
        return [_linkable(row) for row in self._db.execute(f"{_LINKABLE} {_AMONG}", [wanted])]

    def courses(self, notices: Iterable[int]) -> list[Course]:
        """The projects of these notices, as they were linked."""
        return self._courses(f"project IN (SELECT project FROM project_links {_AMONG})", json.dumps(list(notices)))

    def save(
        self,
        placed: Sequence[Placed],
        perhaps: Iterable[Perhaps],
        keys: Mapping[int, Iterable[KeyOf]],
    ) -> None:
        """Writes what has changed of projects, with their course, and doubtful pairs.

        Notices with `keys` are linked from now on, older pairs of them go.
        """
        rows = [(one.project, one.score, one.reason, one.notice_id in keys, one.notice_id) for one in placed]
        shared = [(key, day, notice) for notice, own in keys.items() for key, day, _ in own]
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
            self._db.execute(_JOINED, [members])
            pairs = [(pair.notice_id, pair.other_id, pair.score, pair.reason) for pair in perhaps]
            self._db.conn.executemany("INSERT OR REPLACE INTO perhaps_links VALUES (?, ?, ?, ?)", pairs)
            projects.tell(self._db, before | {one.project for one in placed})

    def _courses(self, which: str, value: object) -> list[Course]:
        found: dict[int, list[tuple[Any, ...]]] = {}
        for row in self._db.execute(f"{_LINKABLE} WHERE {which} ORDER BY project, id", [value]):
            found.setdefault(row[0], []).append(row)
        return [
            Course(project, rows[-1][1], rows[-1][2], tuple(map(_linkable, rows))) for project, rows in found.items()
        ]


def _linkable(row: tuple[Any, ...]) -> Linkable:
    _, _, _, number, title, buyer, project_no, kind, day, *amounts = row
    return Linkable(
        number, title, buyer, project_no, kind, date.fromisoformat(day) if day else None,
        frozenset(map(float, filter(None, amounts))),
    )  # fmt: skip
