"""Answers about all that is stored, which every report asks: kept, so that none of them counts a million notices anew.

The writer asks them when it lets go of the store. He throws them away when a notice they tell of comes, triggers do so
as soon as one changes, whoever changes it; then they are asked as if there were no such table.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from typing import Any

_TOLD = (
    "kind", "level", "compute", "project_no", "linked_project", "buyer", "attachments",
    "budget_value", "budget_currency", "award_value", "award_currency",
)  # fmt: skip
"""Columns of a notice that an answer rests on; when one of them is not listed here, an answer may be too old."""
_FORGET = "BEGIN DELETE FROM kept_answers; END"
_OF = {name: f"({name}.level <> 'none' OR {name}.compute)" for name in ("old", "new")}
TABLES = (
    "CREATE TABLE kept_answers (question TEXT PRIMARY KEY, answer TEXT NOT NULL) WITHOUT ROWID",
    f"CREATE TRIGGER kept_insert AFTER INSERT ON notices WHEN {_OF['new']} {_FORGET}",
    f"CREATE TRIGGER kept_delete AFTER DELETE ON notices WHEN {_OF['old']} {_FORGET}",
    f"CREATE TRIGGER kept_update AFTER UPDATE OF {', '.join(_TOLD)} ON notices "
    f"WHEN {_OF['old']} OR {_OF['new']} {_FORGET}",
    *(
        f"CREATE TRIGGER kept_project_{what} AFTER {what} ON projects {_FORGET}"
        for what in ("insert", "update", "delete")
    ),
)
_MOST = 100
"""Rows of an answer that is kept; a longer one is added up by Python, and read as fast from its table."""
_ALL = "SELECT question, answer FROM kept_answers"


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


def renew(connection: sqlite3.Connection) -> None:
    """Asks all questions anew where the answers were thrown away; the caller holds a transaction."""
    from tender_tracker.storage import market, totals, unread  # a reader needs none of them
    from tender_tracker.storage.filter import Filter, condition
    from tender_tracker.storage.market_rows import Scope

    if connection.execute(f"{_ALL} LIMIT 1").fetchone():
        return
    asker = _Asker(connection)
    for by in ((), ("level",)):
        asker.ask(*totals.question(Filter(), by))
    asker.ask(*unread.named(condition(Filter(levels=()))))
    market.whole(asker, Scope())
    connection.executemany("INSERT INTO kept_answers VALUES (?, ?)", asker.answers.items())


Kept = Mapping[str, Mapping[str, str]]
"""SQL → the same with its parameters → the answer."""


def forget(connection: sqlite3.Connection) -> None:
    """Throws the answers away: notices have come that they do not count."""
    connection.execute("DELETE FROM kept_answers")


def answers(connection: sqlite3.Connection) -> Kept:
    """All that are kept, for `known`."""
    found: dict[str, dict[str, str]] = {}
    for question, answer in connection.execute(_ALL).fetchall():
        found.setdefault(json.loads(question)[0], {})[question] = answer
    return found


def known(connection: sqlite3.Connection, kept: Kept, sql: str, values: Sequence[object]) -> list[Any] | None:
    """The rows of a question as SQLite would give them; None where it has to be asked."""
    answer = kept[sql].get(_question(sql, values)) if sql in kept else None
    if answer is None:
        return None
    names, *rows = json.loads(answer)
    columns = ", ".join(f'value ->> {place} AS "{name}"' for place, name in enumerate(names))
    return connection.execute(f"SELECT {columns} FROM json_each(?)", [json.dumps(rows)]).fetchall()


def _question(sql: str, values: Sequence[object]) -> str:
    return json.dumps([sql, *values], ensure_ascii=False, default=str)
