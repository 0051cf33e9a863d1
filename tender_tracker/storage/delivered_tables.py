"""The table of delivered goods, and how what is stored already comes into it."""

from __future__ import annotations

from sqlite_utils import Database

from tender_tracker.facts.facts import facts
from tender_tracker.model import Verdict
from tender_tracker.storage import figures

TABLE = """
CREATE TABLE deliveries (
    notice_id INTEGER NOT NULL REFERENCES notices(id),
    position INTEGER NOT NULL,
    lot TEXT,
    name TEXT,
    brand TEXT,
    model TEXT,
    quantity NUMERIC,
    unit TEXT,
    unit_price NUMERIC,
    starts INTEGER NOT NULL,
    ends INTEGER NOT NULL,
    quote TEXT NOT NULL,
    total NUMERIC,
    currency TEXT NOT NULL,
    supplier TEXT,
    families TEXT NOT NULL,
    is_foreign INTEGER NOT NULL,
    cards INTEGER,
    PRIMARY KEY (notice_id, position)
) WITHOUT ROWID"""
_AWARDS = (
    "SELECT id, title, text, kind, level, compute FROM notices JOIN texts ON notice_id = id "
    "WHERE (compute OR level <> 'none') AND kind IN ('award', 'contract')"
)


def renew(db: Database) -> None:
    """Makes the table anew and reads the goods of all stored awards and contracts into it."""
    db.execute("DROP TABLE deliveries")
    db.execute(TABLE)
    for number, title, text, kind, level, compute in db.execute(_AWARDS).fetchall():
        found = facts(title, text, kind, Verdict(level, bool(compute), "unstated")).delivered
        for position, row in enumerate(figures.delivered_rows(found)):
            marks = ", ".join("?" * (len(row) + 2))
            db.execute(f"INSERT INTO deliveries VALUES ({marks})", (number, position, *row.values()))
