"""A count → a store of so many notices, copied by SQL from two thousand that went through the program.

For questions on stores that would take an hour to fill by the front door: two years of weeks, twenty sources, tenders
with their amendments, awards and cancellations, one notice in a hundred changed once. The search index knows only the
first two thousand. `python bench/rows.py 1000000 large.db`
"""

from __future__ import annotations

import sqlite3
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import process_time

import generate
from sqlite_utils import Database

from tender_tracker import parse
from tender_tracker.flagging import rulepack
from tender_tracker.flagging.difference import described
from tender_tracker.model import Page
from tender_tracker.pages.decode import decode
from tender_tracker.record import recorded
from tender_tracker.storage import kept, packing, projects
from tender_tracker.storage.store import SourceRun, Store

MODELS = 2_000
BATCH = 500
"""Notices saved at a time, as by an import: after the first thousand a dictionary is trained."""
BEGIN = datetime(2024, 11, 24, tzinfo=UTC)
DAYS = 730
SOURCES = tuple(f"site{n:02}" for n in range(20))
FOLLOWS = ("amendment", "award", "contract", "cancel")


def fill(path: Path, count: int) -> int:
    """Makes the store; → how many of its notices are flagged (`mentioned` not counted)."""
    _models(path)
    connection = sqlite3.connect(path)
    packing.attach(connection)
    connection.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF; PRAGMA cache_size=-500000")
    dropped = connection.execute(
        "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
    ).fetchall()
    for name, _ in dropped:
        connection.execute(f"DROP INDEX {name}")
    _pairs(connection)
    for block in range(1, count // MODELS):
        _block(connection, block, BEGIN + timedelta(days=DAYS * block * MODELS / count))
    connection.executescript(
        "DELETE FROM stored_counts;"
        "INSERT INTO stored_counts SELECT source, level, count(*) FROM notices GROUP BY source, level"
    )
    _links(connection)
    _spread(connection)
    _runs(connection)
    for _, statement in dropped:
        connection.execute(statement)
    _link(connection)
    kept.renew(connection)
    connection.commit()
    flagged: int = connection.execute(
        "SELECT count(*) FROM notices WHERE level IN ('required', 'preferred', 'supplied')"
    ).fetchone()[0]
    connection.close()
    return flagged


def _models(path: Path) -> None:
    """Two thousand notices by the front door."""
    pack = rulepack.load()
    read = [parse.notices(Page(decode(data), "html", BEGIN, file=name))[0] for name, data in generate.pages(MODELS)]
    records = [recorded(notice, pack) for notice in read]
    with Store.open(path, BEGIN) as store:
        store.begin_run("fetch", pack.fingerprint, described(pack))
        for begin in range(0, MODELS, BATCH):
            store.save(records[begin : begin + BATCH])
        store.end_run([SourceRun(SOURCES[0], read=MODELS, new=MODELS)], 0)


def _pairs(connection: sqlite3.Connection) -> None:
    """Which tender each follow-up belongs to: the same in every block."""
    connection.execute("CREATE TEMP TABLE pairs (model INTEGER PRIMARY KEY, tender INTEGER)")
    kinds = connection.execute("SELECT id, kind FROM notices ORDER BY id").fetchall()
    tenders = [number for number, kind in kinds if kind not in FOLLOWS]
    rows = [(number, tenders[number % len(tenders)] if kind in FOLLOWS else number) for number, kind in kinds]
    connection.executemany("INSERT INTO pairs VALUES (?, ?)", rows)


def _block(connection: sqlite3.Connection, block: int, seen: datetime) -> None:
    """All models once more, stored at `seen`; follow-ups are of the tenders four blocks before."""
    columns = [row[1] for row in connection.execute("SELECT * FROM pragma_table_info('notices')")]
    moved = {
        "id": f"n.id + {block * MODELS}",
        "source": f"'site' || substr('0' || ((n.id + {block}) % {len(SOURCES)}), -2)",
        "source_id": f"'b{block}-' || n.source_id",
        "url": f"'http://www.example.gov.cn/{block}/' || n.id",
        "project_no": f"'P' || CASE WHEN p.tender = n.id THEN {block} ELSE {max(0, block - 4)} END || '-' || p.tender",
        "buyer": "t.buyer",
        "published": f"'{seen - timedelta(hours=20):%Y-%m-%dT%H:%M:%SZ}'",
        "published_on": f"'{seen - timedelta(hours=20):%Y-%m-%d}'",
        "deadline": f"CASE WHEN n.deadline IS NOT NULL THEN '{seen + timedelta(days=18):%Y-%m-%dT%H:%M:%SZ}' END",
        "first_seen": f"'{seen:%Y-%m-%dT%H:%M:%SZ}'",
        "last_seen": f"'{seen:%Y-%m-%dT%H:%M:%SZ}'",
    }
    chosen = ", ".join(moved.get(name, f"n.{name}") for name in columns)
    connection.execute(
        f"INSERT INTO notices SELECT {chosen} FROM notices n JOIN pairs p ON p.model = n.id "
        f"JOIN notices t ON t.id = p.tender WHERE n.id <= {MODELS}"
    )
    connection.execute(
        f"INSERT INTO project_links SELECT id, id, NULL, NULL, 1 FROM notices WHERE id > {block * MODELS}"
    )
    for table in ("texts", "lots", "evidence", "quantities", "deliveries"):
        rest = [row[1] for row in connection.execute(f"SELECT * FROM pragma_table_info('{table}')")][1:]
        connection.execute(
            f"INSERT INTO {table} SELECT notice_id + {block * MODELS}, {', '.join(rest)} "
            f"FROM {table} WHERE notice_id <= {MODELS}"
        )


def _links(connection: sqlite3.Connection) -> None:
    """Notices of one number and buyer are one project, as a linker would find; every amendment corrected its tender."""
    triggers = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
    for name, _ in triggers:
        connection.execute(f"DROP TRIGGER {name}")
    connection.executescript(
        """
        CREATE TEMP TABLE groups AS SELECT project_no, buyer, min(id) AS project FROM notices
            WHERE project_no IS NOT NULL GROUP BY 1, 2 HAVING count(*) > 1;
        CREATE INDEX temp.grouped ON groups (project_no, buyer);
        UPDATE notices SET linked_project = (SELECT project FROM groups g
            WHERE g.project_no = notices.project_no AND g.buyer IS notices.buyer);
        DELETE FROM project_links;
        INSERT INTO project_links SELECT id, coalesce(linked_project, id),
            iif(linked_project IS NULL, NULL, 0.99), iif(linked_project IS NULL, NULL, 'same number'), 0 FROM notices;
        DELETE FROM stale_states;
        INSERT OR IGNORE INTO project_states SELECT l.linked_project, l.linked_project, t.level, t.level,
            coalesce(n.deadline, t.deadline), NULL, t.budget_value, t.budget_currency, t.budget_basis, t.budget_raw,
            '[]', NULL FROM notices n JOIN notices l ON l.id = n.id JOIN notices t ON t.id = n.linked_project
            WHERE n.kind = 'amendment';
        INSERT INTO corrections SELECT id, 0, linked_project, 'text', NULL, 'x', 'y', 'x', 'y', 'applied', 'x → y'
            FROM notices WHERE kind = 'amendment' AND linked_project IS NOT NULL;
        """
    )
    for _, statement in triggers:
        connection.execute(statement)


def _spread(connection: sqlite3.Connection) -> None:
    """Every hundredth notice changed three days after it was stored."""
    connection.execute(
        "INSERT INTO versions (notice_id, number, seen_at, content_hash, level, changed, notice) "
        "SELECT id, 1, strftime('%Y-%m-%dT%H:%M:%SZ', first_seen, '+3 days'), 'x', level, "
        "json_object('deadline', json_array(first_seen, deadline)), json_object('text', unpacked(text)) "
        "FROM notices JOIN texts ON notice_id = id WHERE id % 100 = 7"
    )


def _link(connection: sqlite3.Connection) -> None:
    """Projects by their number, and what each came to."""
    connection.execute(
        "UPDATE project_links SET stale = 0, project = first FROM (SELECT id, min(id) OVER (PARTITION BY project_no) "
        "AS first FROM notices) WHERE id = notice_id"
    )
    projects.renew(Database(connection))


def _runs(connection: sqlite3.Connection) -> None:
    """One run a day of all sources."""
    for day in range(DAYS):
        started = f"{BEGIN + timedelta(days=day, minutes=5):%Y-%m-%dT%H:%M:%SZ}"
        run = connection.execute(
            "INSERT INTO runs (command, started, ended, exit_code) VALUES ('fetch', ?, ?, 0)", (started, started)
        ).lastrowid
        connection.executemany(
            "INSERT INTO run_sources (run_id, source, read, new, changed, unchanged, refused, lists, state, last_good) "
            "VALUES (?, ?, 80, 70, 1, 5, 0, 4, 'ok', ?)",
            [(run, source, started) for source in SOURCES],
        )


if __name__ == "__main__":
    start = process_time()
    found = fill(Path(sys.argv[2]), int(sys.argv[1]))
    print(f"{sys.argv[1]} notices, {found} flagged, {process_time() - start:.0f} s CPU")
