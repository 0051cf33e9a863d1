"""The table of delivered goods, and how what is stored already comes into it."""

from __future__ import annotations

from sqlite_utils import Database

from tender_tracker.facts.facts import facts
from tender_tracker.model import Verdict
from tender_tracker.storage import attached_goods, figures

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
    file TEXT,
    page INTEGER,
    PRIMARY KEY (notice_id, position)
) WITHOUT ROWID"""
_AWARDS = (
    "SELECT id, title, unpacked(text), kind, level, compute FROM notices JOIN texts ON notice_id = id "
    "WHERE kind IN ('award', 'contract') AND {which}"
)


def renew(db: Database) -> None:
    """Makes the table anew and reads the goods of all stored awards and contracts, and of what they attach, into it."""
    db.execute("DROP TABLE deliveries")
    db.execute(TABLE)
    _fill(db, "(compute OR level <> 'none')", ())


def tell(db: Database, notice: int) -> None:
    """Reads the goods of one notice anew: what its attachments say has changed."""
    db.execute("DELETE FROM deliveries WHERE notice_id = ?", [notice])
    _fill(db, "id = ?", (notice,))


def _fill(db: Database, which: str, values: tuple[int, ...]) -> None:
    for number, title, text, kind, level, compute in db.execute(_AWARDS.format(which=which), values).fetchall():
        pages = attached_goods.pages(db, number, kind)
        found = facts(title, text, kind, Verdict(level, bool(compute), "unstated"), pages).delivered
        for position, row in enumerate(figures.delivered_rows(found)):
            marks = ", ".join("?" * (len(row) + 2))
            db.execute(f"INSERT INTO deliveries VALUES ({marks})", (number, position, *row.values()))
