"""How many notices of each source and level are stored, kept by the database itself: what a report says first
must not be counted anew from a million rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlite_utils import Database

_ADD = (
    "INSERT INTO stored_counts VALUES (new.source, new.level, 1) "
    "ON CONFLICT (source, level) DO UPDATE SET notices = notices + 1;"
)
_TAKE = "UPDATE stored_counts SET notices = notices - 1 WHERE source = old.source AND level = old.level;"

TABLES = (
    "CREATE TABLE stored_counts (source TEXT NOT NULL, level TEXT NOT NULL, notices INTEGER NOT NULL, "
    "PRIMARY KEY (source, level)) WITHOUT ROWID",
    "INSERT INTO stored_counts SELECT source, level, count(*) FROM notices GROUP BY source, level",
    f"CREATE TRIGGER count_insert AFTER INSERT ON notices BEGIN {_ADD} END",
    f"CREATE TRIGGER count_delete AFTER DELETE ON notices BEGIN {_TAKE} END",
    "CREATE TRIGGER count_update AFTER UPDATE OF source, level ON notices "
    f"WHEN old.source <> new.source OR old.level <> new.level BEGIN {_TAKE} {_ADD} END",
)

ALL = "SELECT coalesce(sum(notices), 0) FROM stored_counts"
BY_LEVEL = "SELECT level, sum(notices) FROM stored_counts GROUP BY level"
BY_SOURCE = (
    "SELECT source, sum(notices) AS notices, (SELECT max(published_on) FROM notices n WHERE n.source = c.source) "
    "FROM stored_counts c GROUP BY source HAVING sum(notices) > 0"
)
"""Source, its notices and its newest day, which comes from the end of an index."""


def add(db: Database, stored: Mapping[tuple[str, str], int]) -> None:
    """Counts notices of these sources and levels that were stored: a trigger would do so for each, at twice the cost of
    storing it. Changes and deletions are counted by triggers."""
    added = "INSERT INTO stored_counts VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET notices = notices + excluded.notices"
    db.conn.executemany(added, [(*key, number) for key, number in stored.items()])
