"""By which rules and which programs stored notices were decided → which of them other rules must read again.

The column `pack` of a notice names the rules that wrote its verdict. Rules that came later and decide it as they did
are not written into a million rows: the table `packs` tells under which rules all verdicts of a pack stand today.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tender_tracker.storage import program
from tender_tracker.storage.looked import Look, Looked, Touches

if TYPE_CHECKING:
    from sqlite_utils import Database

TABLES = (
    "CREATE TABLE packs (fingerprint TEXT PRIMARY KEY, rules TEXT NOT NULL, stands_under TEXT NOT NULL) WITHOUT ROWID",
    "CREATE TABLE programs (program TEXT PRIMARY KEY) WITHOUT ROWID",
    # Rules that decide a notice as those before them did change no project: who decides anew marks it himself.
    "DROP TRIGGER notice_restated",
    """
CREATE TRIGGER notice_restated AFTER UPDATE OF content_hash, level ON notices
WHEN OLD.content_hash IS NOT NEW.content_hash OR OLD.level IS NOT NEW.level BEGIN
    INSERT OR IGNORE INTO stale_states SELECT project FROM project_links WHERE notice_id = NEW.id;
END""",
    """
CREATE TRIGGER pack_updated AFTER UPDATE OF pack ON notices
WHEN EXISTS (SELECT 1 FROM packs WHERE fingerprint = NEW.pack AND stands_under <> fingerprint) BEGIN
    UPDATE packs SET stands_under = fingerprint WHERE fingerprint = NEW.pack;
END""",
    "INSERT INTO programs SELECT '' WHERE EXISTS (SELECT 1 FROM notices)",
)
"""What a pack decides once others came after it stands under none of them: see `written`, and the trigger."""
STANDS = "coalesce((SELECT stands_under FROM packs WHERE fingerprint = n.pack), n.pack)"
"""The rules under which the verdict of a notice `n` stands."""
COUNTED = (
    f"SELECT {STANDS}, sum(written) FROM (SELECT pack, count(*) AS written FROM notices GROUP BY 1) n "
    "GROUP BY 1 ORDER BY 2 DESC"
)
"""Notices by the rules under which they stand."""
_USED = (
    "INSERT INTO packs VALUES (:pack, :rules, :pack) "
    "ON CONFLICT DO UPDATE SET rules = excluded.rules, stands_under = excluded.stands_under"
)
_WRITTEN = (
    "UPDATE packs SET stands_under = fingerprint "
    "WHERE fingerprint IN (SELECT value FROM json_each(?)) AND stands_under <> fingerprint"
)
_PACKS = "SELECT DISTINCT pack FROM notices"
_ASKED = (
    "SELECT id, title, iif(pack IN (SELECT value FROM json_each(:asked)) AND id NOT IN (SELECT value FROM "
    "json_each(:unsettled)), text, NULL) FROM notices JOIN texts ON notice_id = id WHERE id > :last AND (pack NOT IN "
    "(SELECT value FROM json_each(:standing)) OR id IN (SELECT value FROM json_each(:unsettled))) "
    "ORDER BY id LIMIT :page"
)
"""Without the text of those that are decided again whatever they say."""
_SAMPLE = (
    "SELECT unpacked(text) FROM texts WHERE notice_id IN (WITH RECURSIVE n(id) AS (SELECT 1 UNION ALL SELECT "
    "id + ?1 FROM n WHERE id + ?1 <= ?2) SELECT id FROM n)"
)
_UNSETTLED = (
    "SELECT d.notice_id FROM documents d JOIN readings r ON r.sha256 = d.sha256 "
    "WHERE d.asked_at < r.read_at OR d.state NOT IN ('read', 'partly_read', 'unread')"
)
"""What a file says was read for another notice since; this one was not decided with it yet."""
_DOCUMENTED = "SELECT notice_id FROM documents"
_PAGE, _SAMPLED = 2_000, 300


@dataclass(frozen=True, slots=True)
class Known:
    """Packs by which this program decided."""

    stands_under: Mapping[str, str]
    """As the table `packs`."""
    rules: Mapping[str, str]
    """Of those that decided anything since the last relabel, what `Store.begin_run` was told of them."""


class Ruled:
    """Handed out by the Store."""

    def __init__(self, db: Database, transaction: Callable[[], AbstractContextManager[None]]) -> None:
        self._db = db
        self._transaction = transaction

    def known(self) -> Known | None:
        """None where another program may have decided some of the notices."""
        others = "SELECT 1 FROM programs WHERE program <> ? LIMIT 1"
        if self._db.execute(others, [program.word()]).fetchone():
            return None
        rows = self._db.execute("SELECT fingerprint, stands_under, rules FROM packs").fetchall()
        return Known({pack: under for pack, under, _ in rows}, {pack: rules for pack, _, rules in rows if rules})

    def sample(self) -> list[str]:
        """A few hundred texts from all over the store."""
        (last,) = self._db.execute("SELECT coalesce(max(id), 0) FROM notices").fetchone()
        return [text for (text,) in self._db.execute(_SAMPLE, [max(1, last // _SAMPLED), last])]

    def again(self, stands: Callable[[str], bool | None], touches: Touches | None, looked: Looked) -> Iterator[int]:
        """Ids of the notices to be decided again, ascending; may be relabelled meanwhile.

        `stands`: whether all verdicts of a pack stand; None where `touches` tells which of them do not. `looked` is
        told the notices that `touches` lets go at its first look.
        """
        told = {pack: stands(pack) for (pack,) in self._db.execute(_PACKS).fetchall()}
        unsettled, documented = (self._numbers(asked) for asked in (_UNSETTLED, _DOCUMENTED))
        if not unsettled and all(told.values()):
            return
        named = {
            "standing": json.dumps([pack for pack, answer in told.items() if answer]),
            "asked": json.dumps([pack for pack, answer in told.items() if answer is None]),
            "unsettled": json.dumps(sorted(unsettled)),
        }
        look = None if touches is None else Look(self._db, touches, looked)
        last = 0
        while rows := self._db.execute(_ASKED, {**named, "last": last, "page": _PAGE}).fetchall():
            chosen = [number for number, _, text in rows if text is None]
            if look is not None:
                bare = [row for row in rows if row[2] is not None and row[0] not in documented]
                chosen += look.bare(bare)
                chosen += look.documented([row for row in rows if row[2] is not None and row[0] in documented])
            yield from sorted(chosen)
            last = rows[-1][0]

    def _numbers(self, asked: str) -> set[int]:
        return {number for (number,) in self._db.execute(asked)}

    def taken(self, before: Collection[str], fingerprint: str) -> None:
        """Whatever these packs decided stands under the one with `fingerprint`, as this program sees it."""
        with self._transaction():
            self._db.conn.executemany(
                "INSERT INTO packs VALUES (?, '', ?) ON CONFLICT DO UPDATE SET stands_under = excluded.stands_under",
                [(pack, fingerprint) for pack in before],
            )
            self._db.execute("UPDATE packs SET rules = '' WHERE fingerprint <> ?", [fingerprint])
            self._db.execute("DELETE FROM programs WHERE program <> ?", [program.word()])


def used(db: Database, fingerprint: str, rules: str) -> None:
    """Notes that a run decides by this pack, and by this program; in the caller's transaction."""
    db.execute(_USED, {"pack": fingerprint, "rules": rules})


def written(db: Database, fingerprints: Collection[str]) -> None:
    """Notes that notices were stored as these packs decide them now; in the caller's transaction.

    A trigger on INSERT would do it, and cost as much as the rest of the row: SQLite keeps copies of pages for it.
    """
    db.execute(_WRITTEN, [json.dumps(sorted(fingerprints))])


def sign(db: Database) -> None:
    """Notes that this program writes to the store; in the caller's transaction."""
    db.execute("INSERT OR IGNORE INTO programs VALUES (?)", [program.word()])
