"""What hangs on a notice, put in and taken out: its text, lots, evidence, figures, and the words it is found by."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import NamedTuple

from sqlite_utils import Database

from tender_tracker.facts.facts import facts
from tender_tracker.model import Verdict
from tender_tracker.storage import attached_goods, bigrams, columns, figures
from tender_tracker.storage.columns import Row
from tender_tracker.storage.packing import Packer

TABLES = ("texts", "lots", "evidence", "quantities", "deliveries")
_DECIDED = TABLES[1:]
"""What other rules make otherwise of the same notice."""
_INDEX = "INSERT INTO search(rowid, tokens) VALUES (?, ?)"
_UNINDEX = "INSERT INTO search(search, rowid, tokens) VALUES ('delete', ?, ?)"
_INDEXED = (
    "SELECT compute OR level <> 'none', (SELECT json_group_array(quote) FROM evidence WHERE notice_id = id) "
    "FROM notices WHERE id = ?"
)


class Parts(NamedTuple):
    """Of the notice with this id; `lots` as rows."""

    id: int
    title: str
    kind: str
    text: str
    lots: list[Row]
    verdict: Verdict


def insert(db: Database, all_parts: Iterable[Parts]) -> None:
    """For notices that have none in the store. One kind of work for all of them, then the next: a dictionary that is
    used for one text at a time has left the processor's cache when the next one comes."""
    all_parts = list(all_parts)
    packer = Packer(db.conn)
    packed = [(parts.id, packer.pack(parts.text)) for parts in all_parts]
    db.conn.executemany("INSERT INTO texts VALUES (?, ?)", packed)
    _insert_decided(db, all_parts)
    db.conn.executemany(_INDEX, [(parts.id, _tokens(parts)) for parts in all_parts])


def remove(db: Database, number: int, title: str, text: str) -> None:
    """To be called before the notice changes: only the very words that were put in take it out of the index again."""
    db.execute(_UNINDEX, [number, indexed(db, number, title, text)])
    for table in TABLES:
        db.execute(f"DELETE FROM {table} WHERE notice_id = ?", [number])


def indexed(db: Database, number: int, title: str, text: str) -> str:
    """The tokens a stored notice is found by: the index itself keeps no text."""
    whole, quotes = db.execute(_INDEXED, [number]).fetchone()
    return bigrams.of_notice(title, text, json.loads(quotes), whole)


def decide(db: Database, parts: Parts, before: str) -> None:
    """Replaces what rules made of a notice that says the same; `before` are the tokens that it was found by."""
    for table in _DECIDED:
        db.execute(f"DELETE FROM {table} WHERE notice_id = ?", [parts.id])
    _insert_decided(db, [parts])
    tokens = _tokens(parts)
    if set(tokens.split()) != set(before.split()):
        db.execute(_UNINDEX, [parts.id, before])
        db.execute(_INDEX, [parts.id, tokens])


def insert_rows(db: Database, table: str, rows: list[Row]) -> None:
    """By `executemany`: `insert_all` of sqlite-utils looks at every value and takes three times as long."""
    if rows:
        marks = ", ".join("?" * len(rows[0]))
        statement = f"INSERT INTO {table} ({', '.join(rows[0])}) VALUES ({marks})"
        db.conn.executemany(statement, (tuple(row.values()) for row in rows))


def _insert_decided(db: Database, all_parts: Iterable[Parts]) -> None:
    rows: dict[str, list[Row]] = {table: [] for table in _DECIDED}
    for parts in all_parts:
        pages = attached_goods.pages(db, parts.id, parts.kind)
        printed = facts(parts.title, parts.text, parts.kind, parts.verdict, pages)
        for table, found in (
            ("lots", parts.lots),
            ("evidence", columns.evidence_rows(parts.verdict.evidence)),
            ("quantities", figures.quantity_rows(printed.quantities)),
            ("deliveries", figures.delivered_rows(printed.delivered)),
        ):
            if found:
                rows[table] += [{"notice_id": parts.id, "position": n, **part} for n, part in enumerate(found)]
    for table, found in rows.items():
        insert_rows(db, table, found)


def _tokens(parts: Parts) -> str:
    whole = parts.verdict.compute or parts.verdict.level != "none"
    return bigrams.of_notice(parts.title, parts.text, [found.quote for found in parts.verdict.evidence], whole)
