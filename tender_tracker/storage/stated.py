"""The state of each project that was corrected or ended, and what its corrections said: made when notices are linked.

Projects whose notices came, changed or moved wait in `stale_states`; triggers and the linker put them there.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from tender_tracker.amending.change import Amended, Value
from tender_tracker.amending.life import Life
from tender_tracker.amending.state import CALLS, Published, State
from tender_tracker.model import Amount, DocumentPage, LotVerdict, Verdict
from tender_tracker.storage import columns, packing, projects
from tender_tracker.storage.documents import Documents
from tender_tracker.storage.papers import named

TABLES = (
    """
CREATE TABLE project_states (
    project INTEGER PRIMARY KEY,
    notice_id INTEGER NOT NULL REFERENCES notices(id),
    level TEXT NOT NULL,
    printed TEXT NOT NULL,
    deadline TEXT,
    opening TEXT,
    budget_value NUMERIC,
    budget_currency TEXT,
    budget_basis TEXT,
    budget_raw TEXT,
    lots TEXT NOT NULL,
    ended_by INTEGER REFERENCES notices(id)
)""",
    """
CREATE TABLE corrections (
    notice_id INTEGER NOT NULL REFERENCES notices(id),
    position INTEGER NOT NULL,
    project INTEGER NOT NULL,
    field TEXT NOT NULL,
    lot TEXT,
    before TEXT,
    after TEXT,
    quote_before TEXT,
    quote_after TEXT,
    status TEXT NOT NULL,
    passage TEXT NOT NULL,
    PRIMARY KEY (notice_id, position)
) WITHOUT ROWID""",
    "CREATE INDEX corrections_project ON corrections (project)",
    "CREATE TABLE stale_states (project INTEGER PRIMARY KEY)",
    """
CREATE TRIGGER notice_restated AFTER UPDATE OF content_hash, level, pack ON notices
WHEN OLD.content_hash IS NOT NEW.content_hash OR OLD.level IS NOT NEW.level OR OLD.pack IS NOT NEW.pack BEGIN
    INSERT OR IGNORE INTO stale_states SELECT project FROM project_links WHERE notice_id = NEW.id;
END""",
    "INSERT INTO stale_states SELECT DISTINCT project FROM project_links",
)
_CORRECTED = (
    "EXISTS (SELECT 1 FROM project_links l JOIN notices n ON n.id = l.notice_id "
    "WHERE l.project = stale_states.project AND n.kind IN ('amendment', 'cancel'))"
)

_REWORDED = (
    "SELECT DISTINCT project FROM corrections WHERE field IN ('text', 'demand') AND status <> 'alone' "
    "AND (before IS NOT NULL OR after IS NOT NULL) ORDER BY 1"
)
_SAID = (
    "SELECT l.project, n.title, t.text, (SELECT group_concat(p.text, char(10)) FROM documents d "
    "JOIN passages p ON p.sha256 = d.sha256 WHERE d.notice_id = n.id) "
    "FROM project_links l JOIN notices n ON n.id = l.notice_id JOIN texts t ON t.notice_id = n.id "
    "WHERE l.project IN (SELECT value FROM json_each(?))"
)
_BUDGETS = (
    "SELECT s.project, s.budget_value, s.lots FROM project_states s JOIN notices n ON n.id = s.notice_id WHERE {which} "
    "AND (s.budget_value IS NOT n.budget_value OR EXISTS (SELECT 1 FROM json_each(s.lots) one JOIN lots l "
    "ON l.notice_id = n.id AND l.name = one.value ->> 0 WHERE (one.value ->> 2) ->> 0 IS NOT l.budget_value))"
)
"""States whose budget is not that of their call."""
_MEMBERS = "SELECT project, notice_id FROM project_links WHERE project IN (SELECT value FROM json_each(?))"
_MARK = "INSERT OR IGNORE INTO stale_states SELECT value FROM json_each(?)"
_READ = 500
"""Projects whose texts are looked through at a time."""


class States:
    """The writing side, handed out by the Store."""

    def __init__(self, db: Database, transaction: Callable[[], AbstractContextManager[None]]) -> None:
        self._db = db
        self._transaction = transaction

    def skip(self) -> None:
        """Lets go of waiting projects that nothing corrects or ends: their notices say all."""
        with self._transaction():
            of = f"WHERE project IN (SELECT project FROM stale_states WHERE NOT {_CORRECTED})"
            gone = [row[0] for row in self._db.execute(f"DELETE FROM project_states {of} RETURNING project").fetchall()]
            projects.tell(self._db, gone)
            self._db.execute(f"DELETE FROM corrections {of}")
            self._db.execute(f"DELETE FROM stale_states WHERE NOT {_CORRECTED}")

    def reword(self, may: Callable[[str], bool] | None = None, near: Callable[[int], bool] | None = None) -> None:
        """Has projects stated anew whose words a correction changed, or may have: the rules decide those, too.

        `may` is asked with all that the notices of a project say, one behind the other, where `near` tells of one of
        them, by its number, that it is to be looked at; without them all of the projects are stated anew.
        """
        reworded = [project for (project,) in self._db.execute(_REWORDED)]
        for begin in range(0, len(reworded), _READ):
            chosen = reworded[begin : begin + _READ]
            if near is not None:
                members = self._db.execute(_MEMBERS, [json.dumps(chosen)])
                chosen = sorted({project for project, number in members if near(number)})
            if may is not None:
                chosen = [project for project, said in self._said(chosen) if may(said)]
            with self._transaction():
                self._db.execute(_MARK, [json.dumps(chosen)])

    def _said(self, projects: Sequence[int]) -> Iterator[tuple[int, str]]:
        said: dict[int, list[str]] = {}
        unpacked = packing.unpacker(self._db.conn)  # by SQL's own door every text would be encoded once more
        for project, title, text, pages in self._db.execute(_SAID, [json.dumps(projects)]):
            said.setdefault(project, []).extend((title, unpacked(text), pages or ""))
        return ((project, "\n".join(words)) for project, words in said.items())

    def waiting(self, most: int) -> Iterator[tuple[int, list[Published]]]:
        """Projects that are to be stated anew, at most so many, one after the other with its notices."""
        rows = self._db.execute("SELECT project FROM stale_states ORDER BY project LIMIT ?", [most]).fetchall()
        yield from ((project, list(self._published(project))) for (project,) in rows)

    def save(self, lives: Iterable[tuple[int, Life]]) -> None:
        """Replaces what is stored of these projects; where that moves a budget, the market is told it, too."""
        moved: set[int] = set()
        with self._transaction():
            for project, life in lives:
                before = self._budgets(project)
                for table in ("project_states", "corrections", "stale_states"):
                    self._db.execute(f"DELETE FROM {table} WHERE project = ?", [project])
                if life.state is not None:
                    _insert(self._db, "project_states", _state_row(project, life.state))
                moved.update([project] if self._budgets(project) != before else [])
                told = {amended.notice_id for amended in life.amended}  # of a project that is stated later, till now
                self._db.conn.executemany("DELETE FROM corrections WHERE notice_id = ?", [(one,) for one in told])
                for position, amended in enumerate(life.amended):
                    _insert(self._db, "corrections", _correction_row(project, position, amended))
            projects.tell(self._db, moved)

    def _budgets(self, project: int) -> object:
        """What is stored of a project's budget after corrections; None where it is as the call printed it."""
        return self._db.execute(_BUDGETS.format(which="s.project = ?"), [project]).fetchone()

    def _published(self, project: int) -> Iterator[Published]:
        own = "SELECT notice_id FROM project_links WHERE project = ?"
        notices = self._db.query(
            f"SELECT n.*, unpacked(text) AS text FROM notices n JOIN texts ON notice_id = n.id WHERE n.id IN ({own})",
            [project],
        )
        lots, evidence = (self._side(table, own, project) for table in ("lots", "evidence"))
        for row in list(notices):
            documents = self._pages(row) if row["kind"] in CALLS else ()
            yield _published(row, lots.get(row["id"], []), evidence.get(row["id"], []), documents)

    def _pages(self, row: Mapping[str, Any]) -> tuple[tuple[DocumentPage, ...], ...]:
        """The pages of the documents of a call for bids."""
        names = [file.name for file in named(columns.attachments(row))]
        if not names:
            return ()
        return tuple(Documents(self._db, self._transaction, "").pages([row["id"]], names).get(row["id"], ()))

    def _side(self, table: str, own: str, project: int) -> dict[int, list[Mapping[str, Any]]]:
        found: dict[int, list[Mapping[str, Any]]] = {}
        for row in self._db.query(f"SELECT * FROM {table} WHERE notice_id IN ({own}) ORDER BY position", [project]):
            found.setdefault(row["notice_id"], []).append(row)
        return found


def tell_budgets(db: Database) -> None:
    """Has the market told of every budget that a correction moved."""
    projects.tell(db, [row[0] for row in db.execute(_BUDGETS.format(which="1")).fetchall()])


def _published(
    row: Mapping[str, Any],
    lots: Sequence[Mapping[str, Any]],
    evidence: Sequence[Mapping[str, Any]],
    documents: tuple[tuple[DocumentPage, ...], ...],
) -> Published:
    verdict = Verdict(
        row["level"], bool(row["compute"]), row["import_policy"], columns.strings(row["families"]),
        tuple(LotVerdict(lot["name"], lot["level"]) for lot in lots if lot["level"]),
        tuple(map(columns.evidence, evidence)), row["pack"],
    )  # fmt: skip
    return Published(
        row["id"], row["source"], row["kind"], row["title"], row["text"], columns.day(row["published_on"]),
        columns.moment(row["deadline"]), columns.amount(row, "budget"), tuple(map(columns.lot, lots)), verdict,
        row["country"], row["language"], documents,
    )  # fmt: skip


def _state_row(project: int, state: State) -> dict[str, object]:
    lots = [[lot.name, state.level_of(lot.name), value(lot.budget)] for lot in state.lots]
    return {
        "project": project,
        "notice_id": state.call.id,
        "level": state.level,
        "printed": state.call.verdict.level,
        "deadline": columns.utc(state.deadline),
        "opening": columns.utc(state.opened),
        **columns.money("budget", state.budget),
        "lots": json.dumps(lots, ensure_ascii=False),
        "ended_by": state.ended_by,
    }


def _correction_row(project: int, position: int, amended: Amended) -> dict[str, object]:
    change = amended.change
    return {
        "notice_id": amended.notice_id,
        "position": position,
        "project": project,
        "field": change.field,
        "lot": change.lot,
        "before": value(change.before),
        "after": value(change.after),
        "quote_before": change.quote_before,
        "quote_after": change.quote_after,
        "status": amended.status,
        "passage": amended.passage,
    }


def value(of: Value) -> str | None:
    """A value of a change as text: a moment in UTC, an amount as JSON of its value, currency, basis and passage."""
    if isinstance(of, datetime):
        return columns.utc(of)
    if isinstance(of, Amount):
        return json.dumps([columns.number(of.value), of.currency, of.basis, of.raw], ensure_ascii=False)
    return of


def _insert(db: Database, table: str, row: dict[str, object]) -> None:
    marks = ", ".join(f":{name}" for name in row)
    db.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks})", row)
