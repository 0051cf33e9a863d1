"""Answers about all that is stored, which every report asks: kept, so that none of them counts a million notices anew.

The writer asks them when it lets go of the store. He throws them away when a notice they tell of comes, triggers do so
as soon as one changes, whoever changes it; then they are asked as if there were no such table.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tender_tracker.storage.filter import Filter
    from tender_tracker.storage.rows import Total
    from tender_tracker.storage.totals import By, Keys

_TOLD = (
    "kind", "level", "compute", "project_no", "linked_project", "buyer", "attachments",
    "budget_value", "budget_currency", "award_value", "award_currency",
)  # fmt: skip
_TOLD_AT_A_GLANCE = (*_TOLD, "families", "buyer_tier", "province", "region", "import_policy", "published_on")
"""Columns of a notice that an answer rests on; when one of them is not listed here, an answer may be too old."""
_FORGET = "BEGIN DELETE FROM kept_answers; END"
_OF = {name: f"({name}.level <> 'none' OR {name}.compute)" for name in ("old", "new")}


def _forgetting(told: Sequence[str]) -> str:
    return (
        f"CREATE TRIGGER kept_update AFTER UPDATE OF {', '.join(told)} ON notices "
        f"WHEN {_OF['old']} OR {_OF['new']} {_FORGET}"
    )


TABLES = (
    "CREATE TABLE kept_answers (question TEXT PRIMARY KEY, answer TEXT NOT NULL) WITHOUT ROWID",
    f"CREATE TRIGGER kept_insert AFTER INSERT ON notices WHEN {_OF['new']} {_FORGET}",
    f"CREATE TRIGGER kept_delete AFTER DELETE ON notices WHEN {_OF['old']} {_FORGET}",
    _forgetting(_TOLD),
    *(
        f"CREATE TRIGGER kept_project_{what} AFTER {what} ON projects {_FORGET}"
        for what in ("insert", "update", "delete")
    ),
)
AT_A_GLANCE = ("DROP TRIGGER kept_update", _forgetting(_TOLD_AT_A_GLANCE), "DELETE FROM kept_answers")
"""The divisions of an HTML report are kept, too."""
_MOST = 1000
"""Rows of an answer that is kept; a longer one is added up by Python, and read as fast from its table."""
_ALL = "SELECT question FROM kept_answers"


class _Asker:
    """Answers as a Reader does, and remembers what it said."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self.answers: dict[str, str] = {}

    def ask(self, sql: str, values: Sequence[object] = ()) -> list[Any]:
        cursor = self._connection.cursor()
        cursor.row_factory = sqlite3.Row
        rows = cursor.execute(sql, values).fetchall()
        if len(rows) <= _MOST:
            names = [column[0] for column in cursor.description]
            self.answers[_question(sql, values)] = json.dumps([names, *map(list, rows)], ensure_ascii=False)
        return rows

    def totals(self, where: Filter, *by: By, besides: Sequence[Keys] = ()) -> list[Total]:
        from tender_tracker.storage import answers, totals

        rows = self.ask(*totals.question(where, by, besides))
        return [answers.total(row, 0 if besides else len(by)) for row in rows if row["projects"]]


def renew(connection: sqlite3.Connection) -> None:
    """Asks all questions anew where the answers were thrown away; the caller holds a transaction."""
    from tender_tracker.storage import market, unread  # a reader needs none of them
    from tender_tracker.storage.division import divide
    from tender_tracker.storage.filter import Filter, condition
    from tender_tracker.storage.market_rows import Scope
    from tender_tracker.storage.sights import NAMED, sights

    if connection.execute(f"{_ALL} LIMIT 1").fetchone():
        return
    asker = _Asker(connection)
    levels = divide(asker, Filter(), ("level",))
    sights(asker, Filter(), levels.whole)
    asker.ask(*unread.named(condition(Filter(levels=()))))
    market.whole(asker, Scope())
    market.market(asker, Scope(), NAMED)
    connection.executemany("INSERT INTO kept_answers VALUES (?, ?)", asker.answers.items())


Kept = Mapping[str, Collection[str]]
"""SQL → the same with the parameters that its answer is kept for."""


def forget(connection: sqlite3.Connection) -> None:
    """Throws the answers away: notices have come that they do not count."""
    connection.execute("DELETE FROM kept_answers")


def questions(connection: sqlite3.Connection) -> Kept:
    """All whose answer is kept, for `known`."""
    found: dict[str, list[str]] = {}
    for (question,) in connection.execute(_ALL).fetchall():
        found.setdefault(json.loads(question)[0], []).append(question)
    return found


def known(connection: sqlite3.Connection, kept: Kept, sql: str, values: Sequence[object]) -> list[Any] | None:
    """The rows of a question as SQLite would give them; None where it has to be asked."""
    if sql not in kept or (question := _question(sql, values)) not in kept[sql]:
        return None
    ((answer,),) = connection.execute("SELECT answer FROM kept_answers WHERE question = ?", [question])
    names, *rows = json.loads(answer)
    columns = ", ".join(f'value ->> {place} AS "{name}"' for place, name in enumerate(names))
    return connection.execute(f"SELECT {columns} FROM json_each(?)", [json.dumps(rows)]).fetchall()


def _question(sql: str, values: Sequence[object]) -> str:
    return json.dumps([sql, *values], ensure_ascii=False, default=str)
