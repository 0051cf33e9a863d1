"""By which rules and which programs stored notices were decided → which of them other rules must read again.

The column `pack` of a notice names the rules that wrote its verdict. Rules that came later and decide it as they did
are not written into a million rows: the table `packs` tells under which rules all verdicts of a pack stand today.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from tender_tracker.storage import packing, program

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
_TEXTS = (
    "SELECT id, pack, title, iif(pack IN (SELECT value FROM json_each(?)), NULL, text) FROM notices "
    "JOIN texts ON notice_id = id WHERE id > ? ORDER BY id LIMIT ?"
)
_SAMPLE = (
    "SELECT unpacked(text) FROM texts WHERE notice_id IN (WITH RECURSIVE n(id) AS (SELECT 1 UNION ALL SELECT "
    "id + ?1 FROM n WHERE id + ?1 <= ?2) SELECT id FROM n)"
)
_PASSAGES = "SELECT p.text FROM documents d JOIN passages p ON p.sha256 = d.sha256 WHERE d.notice_id = ?"
_UNSETTLED = (
    "SELECT d.notice_id FROM documents d JOIN readings r ON r.sha256 = d.sha256 "
    "WHERE d.asked_at < r.read_at OR d.state NOT IN ('read', 'partly_read', 'unread')"
)
"""What a file says was read for another notice since; this one was not decided with it yet."""
_DOCUMENTED = "SELECT notice_id FROM documents"
_PAGE, _TOGETHER, _SAMPLED = 2_000, 16, 300


_Row = tuple[int, str, str, packing.Stored]
"""Id, pack, title and text of a notice."""
_Unpacked = Callable[[packing.Stored], str]


class Touches(Protocol):
    """What rules that differ can touch."""

    @property
    def near(self) -> Callable[[str], bool]:
        """Whether some of many texts, one behind the other, may be: a first look."""

    @property
    def sounds(self) -> Callable[[str], bool]:
        """Whether the notice with this title, text and documents may be."""

    @property
    def acts(self) -> Callable[[str], bool]:
        """Whether the notice with this title and text, which has no documents, may be."""


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

    def again(self, stands: Callable[[str], bool | None], touches: Touches | None) -> Iterator[int]:
        """Ids of the notices to be decided again, ascending; may be relabelled meanwhile.

        `stands`: whether all verdicts of a pack stand; None where `touches` tells which of them do not.
        """
        unsettled, documented = (self._numbers(asked) for asked in (_UNSETTLED, _DOCUMENTED))
        unpacked = packing.unpacker(self._db.conn)
        told: dict[str, bool | None] = {}
        last = 0
        while rows := self._db.execute(_TEXTS, [_standing(told), last, _PAGE]).fetchall():
            told |= {pack: stands(pack) for pack in {row[1] for row in rows} - told.keys()}
            chosen = {number for number, pack, *_ in rows if told[pack] is False or number in unsettled}
            if touches is not None:
                asked = [row for row in rows if told[row[1]] is None and row[0] not in chosen]
                chosen.update(_touched([row for row in asked if row[0] not in documented], unpacked, touches))
                chosen.update(self._with_documents([row for row in asked if row[0] in documented], unpacked, touches))
            yield from sorted(chosen)
            last = rows[-1][0]

    def _numbers(self, asked: str) -> set[int]:
        return {number for (number,) in self._db.execute(asked)}

    def _with_documents(self, rows: Sequence[_Row], unpacked: _Unpacked, touches: Touches) -> Iterator[int]:
        for row in rows:
            pages = [page for (page,) in self._db.execute(_PASSAGES, [row[0]])]
            printed = "\n".join((_printed(row, unpacked), *pages))
            if touches.near(printed) and touches.sounds(printed):
                yield row[0]

    def taken(self, before: Collection[str], fingerprint: str) -> None:
        """Whatever these packs decided stands under the one with `fingerprint`, as this program sees it."""
        with self._transaction():
            self._db.conn.executemany(
                "INSERT INTO packs VALUES (?, '', ?) ON CONFLICT DO UPDATE SET stands_under = excluded.stands_under",
                [(pack, fingerprint) for pack in before],
            )
            self._db.execute("UPDATE packs SET rules = '' WHERE fingerprint <> ?", [fingerprint])
            self._db.execute("DELETE FROM programs WHERE program <> ?", [program.word()])


def _touched(rows: Sequence[_Row], unpacked: _Unpacked, touches: Touches) -> Iterator[int]:
    """Looks at some texts together first: most rules are about words that few of them hold."""
    for begin in range(0, len(rows), _TOGETHER):
        some = [_printed(row, unpacked) for row in rows[begin : begin + _TOGETHER]]
        if touches.near("\n".join(some)):
            for row, printed in zip(rows[begin:], some, strict=False):
                if touches.near(printed) and touches.acts(printed):
                    yield row[0]


def _printed(row: _Row, unpacked: _Unpacked) -> str:
    """Title and text as the rules are given them."""
    return row[2].replace("\n", " ") + "\n" + unpacked(row[3])


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


def _standing(told: Mapping[str, bool | None]) -> str:
    return json.dumps([pack for pack, answer in told.items() if answer])
