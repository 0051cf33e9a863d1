"""Questions to the store → plain rows. Opens it read-only with plain sqlite3: a report starts fast and cannot write."""

from __future__ import annotations

import json
import sqlite3
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Any, Literal

from tender_tracker.errors import StoreUnusable, UsageError
from tender_tracker.model import LEVELS, DocumentPage
from tender_tracker.storage import answers, bigrams, columns, counts, kept, packing, ruled, storefile, totals
from tender_tracker.storage import words as looked_for
from tender_tracker.storage.coverage import coverage, failed_pages
from tender_tracker.storage.filter import WHOLE, Clock, Condition, Filter, condition, conjunction
from tender_tracker.storage.past import PRESENT, FailedPage
from tender_tracker.storage.rows import (
    Coverage,
    FillRates,
    Flagged,
    Found,
    Hit,
    NoticeFile,
    NoticeRow,
    Refusal,
    RunRow,
    Stats,
    Total,
)
from tender_tracker.storage.totals import BYS, By, Keys

__all__ = ["BYS", "By", "Clock", "Filter", "Keys", "Order", "Reader"]

Order = Literal["newest", "oldest", "budget", "deadline", "level", "id", "latest"]

_CHUNK = 500
"""Notices read at once where all are asked for."""
_STRENGTH = f"instr('{' '.join(LEVELS)}', n.level)"
_NEWEST = "n.published_on DESC, n.published DESC, n.id DESC"
_ORDERS: dict[str, str] = {
    "newest": _NEWEST,
    "oldest": "n.published_on IS NULL, n.published_on, n.published, n.id",
    "budget": f"n.budget_value DESC, {_NEWEST}",
    "deadline": "n.deadline IS NULL, n.deadline, n.id",
    "level": f"{_STRENGTH}, {_NEWEST}",
    "id": "n.id",
    "latest": "n.id DESC",
}
_PAPERS = """
SELECT d.*, r.bytes, r.format, r.unread FROM documents d LEFT JOIN readings r ON r.sha256 = d.sha256
WHERE d.notice_id IN (SELECT value FROM json_each(?))"""
_PAGES = """
SELECT d.name || p.file, p.page, p.text, p.ocr FROM documents d JOIN passages p ON p.sha256 = d.sha256
WHERE d.notice_id = ? ORDER BY d.name, p.position"""
_RATES = {
    **PRESENT,
    **{name: f"{name} IS NOT NULL" for name in ("url", "agency", "region", "project_no", "project_name", "deadline")},
    "budget": "budget_value IS NOT NULL",
    "award": "award_value IS NOT NULL",
}


_ROWS = f"SELECT n.*, {ruled.STANDS} AS stands_under"
_TEXTS = "SELECT notice_id, unpacked(text) AS text FROM texts WHERE notice_id"


class Reader:
    """A store opened for reading; sees it as it was when opened. Use as a context manager."""

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        connection.row_factory = sqlite3.Row
        packing.attach(connection)
        self._connection = connection
        self._path = path

    @classmethod
    def open(cls, path: Path) -> Reader:
        """Raises StoreUnusable: no such store, not one of ours, damaged, or of another schema."""
        connection = storefile.read_only(path)
        connection.create_function("casefold", 1, lambda text: text and text.casefold(), deterministic=True)
        try:
            with storefile.in_words(path):
                connection.execute("BEGIN")  # one state for all questions
                age = storefile.age(connection, path)
            if age != "current":
                what = "is still empty" if age == "new" else "was written by an older tenders"
                raise StoreUnusable(f"{path}: this store {what}. `tenders fetch` fills it and brings it up to date.")
        except BaseException:
            connection.close()
            raise
        return cls(connection, path)

    def close(self) -> None:
        self._connection.close()

    def __enter__(self) -> Reader:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def flagged(self, where: Filter | None = None, limit: int | None = None) -> list[Flagged]:
        """Notices of the filter but those of level `none`, strongest first, then newest, with lots and evidence."""
        where = where or Filter()
        if limit is None:
            parts, values = condition(where)
            return self._whole(self._notices(([*parts, "n.level <> 'none'"], values), "level", None))
        rows: list[NoticeRow] = []
        for level in LEVELS:  # one level at a time, an index gives the newest without sorting all
            if level != "none" and level in (where.levels or LEVELS) and len(rows) < limit:
                rows += self._notices(condition(replace(where, levels=(level,))), "newest", limit - len(rows))
        return self._whole(rows)

    def numbered(self, numbers: Iterable[int], whole: bool = True) -> list[Flagged]:
        """The notices with these ids, of any level, in order of id; without `whole` no lots, evidence and figures."""
        wanted = json.dumps(sorted(numbers))
        rows = self._notices((["n.id IN (SELECT value FROM json_each(?))"], [wanted]), "id", None)
        return self._whole(rows) if whole else [Flagged(row, (), None) for row in rows]

    def whole(self, rows: Iterable[NoticeRow]) -> list[Flagged]:
        """Notices that were read before, with lots, evidence and figures."""
        return self._whole(list(rows))

    def each(self, where: Filter, newest: bool = False) -> Iterator[Flagged]:
        """Notices of the filter, of any level it names, by id, with lots and evidence; memory stays flat.

        With `newest` those stored last come first.
        """
        parts, values = condition(where)
        order: Order = "latest" if newest else "id"
        beyond, last = ("n.id < ?", sys.maxsize) if newest else ("n.id > ?", 0)
        while rows := self._notices(([*parts, beyond], [*values, last]), order, _CHUNK):
            yield from self._whole(rows)
            last = rows[-1].id

    def touched(self, where: Filter) -> datetime | None:
        """When the newest notice of the filter came or changed; None where there is none."""
        parts, values = condition(where)
        newest = f"SELECT max(coalesce(n.changed_at, n.first_seen)) FROM notices n WHERE {conjunction(parts)}"
        return columns.moment(self._ask(newest, values)[0][0])

    def pages(self, notice_id: int) -> list[DocumentPage]:
        """What was read in the attachments of a notice, by the name of each."""
        return [DocumentPage(file, page, text, bool(ocr)) for file, page, text, ocr in self._ask(_PAGES, [notice_id])]

    def text(self, notice_id: int) -> str:
        """The stored text of a notice, "" when there is none with this id."""
        return next((row["text"] for row in self._ask(f"{_TEXTS} = ?", [notice_id])), "")

    def totals(self, where: Filter, *by: By, besides: Sequence[Keys] = ()) -> list[Total]:
        """Sums per family, buyer, …, or of all notices; most notices first. A notice with two families or bases counts
        in both. With `besides` one sum of everything that is in none of these groups, each project once."""
        sql, values = totals.question(where, by, besides)
        keys = 0 if besides else len(by)
        return [answers.total(row, keys) for row in self._ask(sql, values) if row["projects"]]

    def coverage(self, now: datetime) -> list[Coverage]:
        """Every source that ever gave a notice or was asked, by name; last, unrecognised pages of the last run."""
        return coverage(self._ask, now)

    def failed_pages(self) -> list[FailedPage]:
        """Notice pages that could not be read, by source; those given up last."""
        return failed_pages(self._ask)

    def listing(self, where: Filter, limit: int | None = 50, order: Order = "newest") -> list[NoticeRow]:
        return self._notices(condition(where), order, limit)

    def count(self, where: Filter) -> int:
        """How many notices the filter takes, whatever a listing's limit."""
        parts, values = condition(where)
        return int(self._ask(f"SELECT count(*) FROM notices n WHERE {conjunction(parts)}", values)[0][0])

    def notice(self, notice_id: int) -> NoticeFile:
        """Everything about one notice. Raises UsageError when there is none with this id."""
        asked = f"{_ROWS}, unpacked(text) AS text FROM notices n JOIN texts ON notice_id = n.id WHERE n.id = ?"
        rows = self._ask(asked, [notice_id]) if notice_id.bit_length() < 64 else []  # SQLite takes no longer number
        if not rows:
            raise UsageError(f"{self._path}: no notice {notice_id}. `tenders list` shows the numbers.")
        parts = {table: found.get(notice_id, []) for table, found in self._sides([notice_id]).items()}
        versions = self._ask(f"SELECT {columns.VERSION} FROM versions WHERE notice_id = ? ORDER BY number", [notice_id])
        row = answers.flagged(self._rows(rows)[0], parts)
        return NoticeFile(
            notice=row.notice,
            text=rows[0]["text"],
            lots=row.lots,
            evidence=tuple(map(columns.evidence, parts["evidence"])),
            versions=tuple(map(answers.version, versions)),
            quantities=row.quantities,
            delivered=row.delivered,
            price_per_card=row.price_per_card,
        )

    def search(self, words: str, all: bool = False, where: Filter | None = None, limit: int | None = 50) -> Found:
        """Notices that contain all words (parted by blanks), newest first; `where` None takes any level.

        Looks in titles and evidence of all notices, and in bodies and attachments of those about compute; `all` scans
        every stored text.
        Raises UsageError for words with nothing to look for.
        """
        parts, values = condition(where or Filter(levels=()))
        test, asked = looked_for.condition(words, WHOLE, everywhere=all)
        parts, values = [*parts, test], [*values, *asked]
        (total,) = self._ask(f"SELECT count(*) FROM notices n WHERE {conjunction(parts)}", values)[0]
        rows = self._notices((parts, values), "newest", limit)
        wanted = json.dumps([row.id for row in rows])
        texts = {row[0]: row[1] for row in self._ask(f"{_TEXTS} IN (SELECT value FROM json_each(?))", [wanted])}
        whole, notices = (self._ask(sql)[0][0] for sql in (f"SELECT count(*) FROM notices n WHERE {WHOLE}", counts.ALL))
        hits = tuple(self._hit(row, texts[row.id], bigrams.lower(words).split()) for row in rows)
        return Found(hits, total, notices if all else whole, notices)

    def _hit(self, row: NoticeRow, text: str, words: Sequence[str]) -> Hit:
        """Where a notice has the words: what only an attachment says is shown from there."""
        own = bigrams.lower(f"{row.title}\n{text}")
        for word in words:
            if word not in own:
                question, values = looked_for.place(word)
                for file, page, said, ocr in self._ask(question, [row.id, *values]):
                    return Hit(row, "document", answers.around(said, word), file, page, bool(ocr))
        return answers.hit(row, text, words[0])

    def fill_rates(self) -> list[FillRates]:
        """Per source, how often each field has a value; the kind `other` counts as none."""
        sums = ", ".join(f"avg({test}) AS {name}" for name, test in _RATES.items())
        rows = self._ask(f"SELECT source, count(*) AS notices, {sums} FROM notices GROUP BY source ORDER BY source")
        return [FillRates(row["source"], row["notices"], {name: row[name] for name in _RATES}) for row in rows]

    def runs(self, limit: int = 10) -> list[RunRow]:
        """Newest first."""
        return [answers.run(row) for row in self._ask("SELECT * FROM runs ORDER BY id DESC LIMIT ?", [limit])]

    def refusals(self, run_id: int) -> list[Refusal]:
        """In the order they were met."""
        return [Refusal(*row) for row in self._ask("SELECT * FROM refusals WHERE run_id = ? ORDER BY rowid", [run_id])]

    def stats(self) -> Stats:
        levels = dict(tuple(row) for row in self._ask(counts.BY_LEVEL))
        # One question each: SQLite then answers all but the first from the ends of an index.
        undated, oldest, newest = (
            self._ask(f"SELECT {what} FROM notices {which}")[0][0]
            for what, which in (
                ("count(*)", "WHERE published_on IS NULL"),
                ("min(published_on)", ""),
                ("max(published_on)", ""),
            )
        )
        return Stats(
            notices=sum(levels.values()),
            levels={level: levels.get(level, 0) for level in LEVELS},
            undated=undated,
            oldest=columns.day(oldest),
            newest=columns.day(newest),
            last_run=next(iter(self.runs(1)), None),
            size=self._path.stat().st_size,
        )

    def packs(self) -> dict[str, int]:
        """Fingerprint of a rule pack → notices whose verdicts stand under it, most first; reads the whole table."""
        return dict(tuple(row) for row in self._ask(ruled.COUNTED))

    def ask(self, sql: str, values: Sequence[object] = ()) -> list[Any]:
        """Rows of a question that lives in a module of its own (news.py)."""
        return self._ask(sql, values)

    def _whole(self, rows: Sequence[NoticeRow]) -> list[Flagged]:
        sides = self._sides([row.id for row in rows])
        return [answers.flagged(row, {table: found.get(row.id, []) for table, found in sides.items()}) for row in rows]

    def _ask(self, sql: str, values: Sequence[object] = ()) -> list[Any]:
        with storefile.in_words(self._path):
            known = kept.known(self._connection, self._kept, sql, values)
            return self._connection.execute(sql, values).fetchall() if known is None else known

    @cached_property
    def _kept(self) -> kept.Kept:
        return kept.questions(self._connection)

    def _notices(self, where: Condition, order: Order, limit: int | None) -> list[NoticeRow]:
        if order not in _ORDERS:
            raise UsageError(f"list: cannot order by '{order}'; known: {', '.join(_ORDERS)}")
        parts, values = where
        sql = f"{_ROWS} FROM notices n WHERE {conjunction(parts)} ORDER BY {_ORDERS[order]} LIMIT ?"
        most = -1 if limit is None else min(limit, sys.maxsize)  # SQLite takes no longer number
        return self._rows(self._ask(sql, [*values, most]))

    def _rows(self, rows: Sequence[Any]) -> list[NoticeRow]:
        """Notices with what became of their attachments."""
        wanted = [row["id"] for row in rows if row["attachments"] != "[]"]
        papers: dict[int, list[Any]] = {}
        for paper in self._ask(_PAPERS, [json.dumps(wanted)]) if wanted else ():
            papers.setdefault(paper["notice_id"], []).append(paper)
        names = rows[0].keys() if rows else ()  # SQLite's own rows look through all names for each
        return [answers.notice(dict(zip(names, row, strict=True)), papers.get(row["id"], ())) for row in rows]

    def _sides(self, numbers: Sequence[int]) -> dict[str, dict[int, list[Any]]]:
        """Side tables of the notices with these ids."""
        wanted = json.dumps(numbers)
        return {table: self._grouped(table, wanted) for table in ("lots", "evidence", "quantities", "deliveries")}

    def _grouped(self, table: str, numbers: str) -> dict[int, list[Any]]:
        """Rows of a side table by notice, in their order; `numbers` is a JSON array of ids."""
        groups: dict[int, list[Any]] = {}
        sql = f"SELECT * FROM {table} WHERE notice_id IN (SELECT value FROM json_each(?)) ORDER BY notice_id, position"
        for row in self._ask(sql, [numbers]):
            groups.setdefault(row["notice_id"], []).append(row)
        return groups
