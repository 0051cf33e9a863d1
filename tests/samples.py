"""Notices and records for tests of the store: small, invented, and told apart by a number."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from tender_tracker.model import (
    SHANGHAI,
    Amount,
    Attachment,
    Evidence,
    Level,
    Link,
    Lot,
    LotVerdict,
    Notice,
    Validators,
    Verdict,
)
from tender_tracker.storage import packing
from tender_tracker.storage.store import Record, Store

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=SHANGHAI)
CLAUSE = "★服务器CPU须采用国产处理器"


def notice(number: int = 1, **fields: Any) -> Notice:
    """A tender for servers, published `number` hours before NOW."""
    text = f"项目概况\n第{number}号项目采购服务器。\n第一包 | 计算服务器 | {CLAUSE}。\n第二包 | 存储 | 无特殊要求。"
    first = Notice(
        source="ccgp",
        source_id=f"t{number}",
        title=f"青川大学第{number}期服务器采购项目公开招标公告",
        kind="tender",
        text=text,
        url=f"http://www.ccgp.gov.cn/{number}.htm",
        project_no=f"QC2026-{number}",
        project_name=f"第{number}期服务器采购项目",
        buyer="青川大学",
        agency="白石招标代理有限公司",
        region="浙江省",
        published=NOW - timedelta(hours=number),
        deadline=NOW + timedelta(days=number),
        budget=Amount(Decimal("1200000.50"), "预算金额：120.00005万元"),
        lots=(Lot("第一包", "计算服务器", Amount(Decimal(1000000), "100万元")), Lot("第二包", "存储")),
        attachments=(Attachment("招标文件.pdf", "http://www.ccgp.gov.cn/f.pdf"),),
        read_at=NOW,
        read_from=f"pages/{number}.html",
    )
    return replace(first, **fields)


def verdict(
    of: Notice, level: Level = "required", families: tuple[str, ...] = ("kunpeng",), pack: str = "p1"
) -> Verdict:
    """`level` by the clause of the text, if there is one; level none knows no compute."""
    at = of.text.find(CLAUSE)
    if level == "none" or at < 0:
        return Verdict(level, False, "unstated", pack=pack)
    found = Evidence(
        CLAUSE, at, at + len(CLAUSE), "text", "demand.chip", level, "第一包", families, "chip", ("cue.star",)
    )
    lots = (LotVerdict("第一包", level), LotVerdict("第二包", "none"))
    return Verdict(level, True, "barred", families, lots, (found,), pack)


def record(
    number: int = 1, level: Level = "required", families: tuple[str, ...] = ("kunpeng",), **fields: Any
) -> Record:
    one = notice(number, **fields)
    return Record(one, verdict(one, level, families), "university", "211", "浙江")


def fill(path: Path, records: Iterable[Record], now: datetime = NOW) -> Path:
    """A store at `path` that holds the records."""
    with Store.open(path, now) as store:
        store.save(list(records))
    return path


def ask(path: Path, sql: str, *values: object) -> list[tuple[Any, ...]]:
    """What SQLite itself says of a store."""
    connection = sqlite3.connect(path)
    packing.attach(connection)
    try:
        return connection.execute(sql, values).fetchall()
    finally:
        connection.close()


def without_digests(path: Path) -> None:
    """Takes back what the step m004 and those after it did."""
    as_of_schema_22(path)
    connection = sqlite3.connect(path)
    try:
        packing.attach(connection)
        connection.execute("UPDATE texts SET text = unpacked(text)")
        connection.commit()
        made = connection.execute(
            "SELECT 'DROP INDEX ' || name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND "
            "(name LIKE 'flagged_%' OR name LIKE 'follows_%' OR name LIKE 'compute_%' OR name = 'versions_seen_at')"
        ).fetchall()
        connection.executescript(";".join(sql for (sql,) in made) + ";DROP TABLE relabelings; DROP TABLE digests;")
        connection.executescript(
            "DROP TABLE page_checks; DROP TABLE failed_pages; DROP TABLE calls; DROP TABLE outbox;"
        )
        connection.executescript("DROP TRIGGER count_delete; DROP TRIGGER count_update;")
        connection.executescript("DROP TABLE stored_counts; DROP TABLE text_dictionaries; DROP TABLE kept_answers;")
        connection.executescript("DROP TRIGGER kept_update; DROP TRIGGER kept_delete;")
        connection.executescript("DROP TABLE projects;")
        connection.executescript(
            "DROP TRIGGER notice_linked; DROP INDEX flagged; ALTER TABLE notices DROP COLUMN linked_project;"
        )
        connection.executescript("DROP TRIGGER notice_restated; DROP TABLE stale_states;")
        connection.executescript("DROP TABLE project_states; DROP TABLE corrections;")
        connection.executescript("DROP TRIGGER notice_changed; DROP TRIGGER notice_told;")
        connection.executescript("DROP TABLE project_links; DROP TABLE perhaps_links; DROP TABLE link_keys;")
        for name in ("seen", "failed", "not_modified", "waiting", "covered_since", "covered_until"):
            connection.execute(f"ALTER TABLE run_sources DROP COLUMN {name}")
        for name in ("run_id", "cause", "verdict"):
            connection.execute(f"ALTER TABLE versions DROP COLUMN {name}")
        connection.executescript("DROP TABLE documents; DROP TABLE passages; DROP TABLE readings;")
        for name in ("file", "page"):
            connection.execute(f"ALTER TABLE evidence DROP COLUMN {name}")
        for name in ("watermark", "scope", "alarm", "reasons"):
            connection.execute(f"ALTER TABLE run_sources DROP COLUMN {name}")
    finally:
        connection.close()


@dataclass(frozen=True)
class Knowing:
    """A past that knows some addresses and nothing else."""

    known: Callable[[str], bool] = lambda url: False

    def due(self) -> tuple[Link, ...]:
        return ()

    def knows(self, link: Link) -> bool:
        return self.known(link.url)

    def validators(self, link: Link) -> Validators | None:
        return None


def as_of_schema_22(path: Path) -> None:
    """Takes back the step m023 and those after it."""
    with closing(sqlite3.connect(path)) as connection, connection:
        packing.attach(connection)
        connection.execute("UPDATE versions SET notice = unpacked(notice)")
        connection.executescript(
            "DROP INDEX compute_attached; DROP INDEX quantities_price; DROP INDEX deliveries_price;"
            "DROP INDEX projects_won; DROP INDEX projects_measured;"
            "CREATE INDEX projects_settled_on ON projects (settled_on) WHERE settled_on IS NOT NULL;"
            "DROP TRIGGER pack_updated; DROP TABLE packs; DROP TABLE programs;"
            "ALTER TABLE notices DROP COLUMN page_checksum;"
            "UPDATE notices SET own_name = project_name; ALTER TABLE notices DROP COLUMN project_name;"
            "ALTER TABLE notices DROP COLUMN name_length; ALTER TABLE notices RENAME COLUMN own_name TO project_name;"
            "DELETE FROM _sqlite_migrations WHERE name > 'm022_z'; PRAGMA user_version = 22"
        )


def as_of_schema_21(path: Path) -> None:
    """Takes back the step m022 and those after it: half the texts in words, half packed without a dictionary."""
    as_of_schema_22(path)
    with closing(sqlite3.connect(path)) as connection, connection:
        packing.attach(connection)
        connection.execute("UPDATE texts SET text = unpacked(text) WHERE notice_id % 2")
        connection.executescript(
            "DROP TABLE text_dictionaries; CREATE TABLE text_dictionaries "
            "(id INTEGER PRIMARY KEY, notices INTEGER NOT NULL, dictionary BLOB NOT NULL);"
            "CREATE TRIGGER notice_unlinked AFTER INSERT ON notices BEGIN "
            "INSERT INTO project_links VALUES (NEW.id, NEW.id, NULL, NULL, 1); END;"
            "CREATE TRIGGER count_insert AFTER INSERT ON notices BEGIN INSERT INTO stored_counts "
            "VALUES (new.source, new.level, 1) ON CONFLICT DO UPDATE SET notices = notices + 1; END;"
            "CREATE TRIGGER kept_insert AFTER INSERT ON notices BEGIN DELETE FROM kept_answers; END;"
            "CREATE INDEX notices_deadline ON notices (deadline) WHERE deadline IS NOT NULL;"
            "DELETE FROM _sqlite_migrations WHERE name > 'm021_z'; PRAGMA user_version = 21"
        )
