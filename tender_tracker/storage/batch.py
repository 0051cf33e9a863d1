"""A batch of records → rows of the store, inside the transaction of the caller."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal, NamedTuple

from sqlite_utils import Database

from tender_tracker.model import FLAGGED, Notice, Verdict
from tender_tracker.storage import columns, counts, kept, linked, parts, passages, ruled
from tender_tracker.storage.columns import Row
from tender_tracker.storage.moved import moved, readdress
from tender_tracker.storage.packing import Packer
from tender_tracker.storage.papers import Why
from tender_tracker.storage.parts import Parts

Change = Literal["new", "changed", "unchanged", "reread"]
"""`reread`: the notice stands as before, our parsers read its page otherwise."""
Cause = Literal["notice", "reading"]
"""Why a version was replaced: its notice said something else, or our parsers read the same page otherwise."""
QUOTES = 20
"""Deciding passages kept of a version that is replaced."""

_KNOWN = (
    f"SELECT n.source, n.source_id, n.id, n.content_hash, n.page_checksum, {ruled.STANDS} "
    "FROM json_each(?) k CROSS JOIN notices n "
    "ON n.source = json_extract(k.value, '$[0]') AND n.source_id = json_extract(k.value, '$[1]')"
)
_BESIDE = ("url", "attachments", "level", "buyer_kind", "buyer_tier", "province", "buyer_institution")
"""What a new reading may change beside the content of a notice: addresses, and what is concluded from it."""
_SEEN = (
    "UPDATE notices SET last_seen = ?, url = coalesce(url, ?), page_checksum = coalesce(?, page_checksum) WHERE id = ?"
)


@dataclass(frozen=True, slots=True)
class Record:
    """One notice, its verdict and what its buyer's name tells; `page_checksum` is that of the page it was read from."""

    notice: Notice
    verdict: Verdict
    buyer_kind: str | None = None
    buyer_tier: str | None = None
    province: str | None = None
    buyer_institution: str | None = None
    page_checksum: int | None = None


@dataclass(frozen=True, slots=True)
class Visit:
    """When, in which run, and whether an older version read again counts as known."""

    now: str
    run_id: int | None
    old_copies: bool


@dataclass(frozen=True, slots=True)
class Reread:
    """A notice read again from the same page: field → [old, new] for what that changed."""

    id: int
    title: str
    new: bool
    changed: Row


class _Entry(NamedTuple):
    """A record and what its notice says as rows. `id` is the stored notice's or the next free one."""

    id: int
    record: Record
    row: Row
    lots: list[Row]
    content_hash: str


def save(db: Database, records: Iterable[Record], visit: Visit) -> Counter[tuple[str, Change]]:
    """Counts per source and change. A notice twice in a batch is seen twice, in order."""
    counts: Counter[tuple[str, Change]] = Counter()
    for wave in _waves(records):
        counts += _save_wave(db, wave, visit)
    return counts


def reread(db: Database, record: Record, visit: Visit) -> Reread:
    """Replaces what a stored notice says by a new reading of the same page; an unknown one is saved.

    The reading before stays as a version. `last_seen` and `changed_at` stay, too, for the notice itself did not change.
    """
    key = [record.notice.source, record.notice.source_id]
    known = db.execute("SELECT id FROM notices WHERE source = ? AND source_id = ?", key).fetchone()
    if known is None:
        _save_wave(db, [record], visit)
        (number,) = db.execute("SELECT id FROM notices WHERE source = ? AND source_id = ?", key).fetchone()
        return Reread(number, record.notice.title, True, {})
    return _read_otherwise(db, _entry(known[0], record), visit)


def _read_otherwise(db: Database, entry: _Entry, visit: Visit) -> Reread:
    row, text, lots = _stored(db, entry.id)
    notice, verdict = entry.record.notice, entry.record.verdict
    entry.row["url"] = entry.row["url"] or row["url"]
    said = columns.content(row, text, lots)
    anew = columns.content(entry.row, notice.text, entry.lots)
    beside = [{name: of[name] for name in _BESIDE} for of in (row, _row(entry))]
    changed = columns.difference({**said, **beside[0]}, {**anew, **beside[1]})
    if said != anew:
        parts.insert_rows(db, "versions", [_version(db, entry, row, said, visit, "reading")])
    (pack,) = db.execute(f"SELECT {ruled.STANDS} FROM notices n WHERE id = ?", [entry.id]).fetchone()
    if changed or pack != verdict.pack:
        _note_level(db, row, verdict, visit.now)
        parts.remove(db, entry.id, row["title"], text)
        _update(db, entry.id, {**_row(entry), "run_id": visit.run_id})
        db.execute(linked.RESTATE, [json.dumps([entry.id])])
        parts.insert(db, [_parts(entry)])
        moved(db, entry.id, visit.now)
        passages.index(db, [entry.id])
    return Reread(entry.id, notice.title, False, changed)


def relabel(db: Database, verdicts: Iterable[tuple[int, Verdict]], now: str, why: Why = "rules") -> None:
    """Replaces verdict, evidence and levels of lots of stored notices; a level that changes is noted with `now`."""
    for notice_id, verdict in verdicts:
        row, text, lots = _stored(db, notice_id)
        _note_level(db, row, verdict, now, why)
        told = [columns.lot(lot) for lot in lots]  # a name alone may be printed: no row tells who named it
        before = parts.indexed(db, notice_id, row["title"], text)
        _update(db, notice_id, columns.verdict_row(verdict))
        db.execute(linked.RESTATE, [json.dumps([notice_id])])
        lot_rows = columns.lot_rows(told, verdict)
        parts.decide(db, Parts(notice_id, row["title"], row["kind"], text, lot_rows, verdict), before)
        passages.index(db, [notice_id])


def _note_level(db: Database, row: Row, verdict: Verdict, now: str, why: Why = "rules") -> None:
    """Keeps that our rules or parsers, or a document read since, not the notice, changed a level: digests print it."""
    if row["level"] != verdict.level:
        noted = (row["id"], now, row["level"], verdict.level, verdict.pack, why)
        db.execute("INSERT INTO relabelings VALUES (?, ?, ?, ?, ?, ?)", noted)


def _waves(records: Iterable[Record]) -> Iterator[list[Record]]:
    """Cuts the batch where a notice comes again."""
    wave: dict[tuple[str, str], Record] = {}
    for record in records:
        key = (record.notice.source, record.notice.source_id)
        if key in wave:
            yield list(wave.values())
            wave = {}
        wave[key] = record
    if wave:
        yield list(wave.values())


def _save_wave(db: Database, records: list[Record], visit: Visit) -> Counter[tuple[str, Change]]:
    keys = [(record.notice.source, record.notice.source_id) for record in records]
    known = {(source, number): rest for source, number, *rest in db.execute(_KNOWN, [json.dumps(keys)])}
    (last,) = db.execute("SELECT coalesce(max(id), 0) FROM notices").fetchone()
    groups: dict[Change, list[_Entry]] = {"new": [], "changed": [], "unchanged": [], "reread": []}
    decided_anew: list[tuple[int, Verdict]] = []
    for key, record in zip(keys, records, strict=True):
        if key not in known:
            last += 1
            groups["new"].append(_entry(last, record))
            continue
        number, content_hash, page, pack = known[key]
        entry = _entry(number, record)
        same = entry.content_hash == content_hash
        if same and pack != record.verdict.pack:
            decided_anew.append((number, record.verdict))
        old_copy = not same and visit.old_copies and _was(db, entry)
        otherwise = not same and not old_copy and page is not None and page == record.page_checksum
        groups["unchanged" if same or old_copy else "reread" if otherwise else "changed"].append(entry)
        if old_copy:
            entry.row["page_checksum"] = None  # it is of another page than the one that stands
    _insert_new(db, groups["new"], visit)
    _replace_changed(db, groups["changed"], visit)
    for entry in groups["reread"]:
        _read_otherwise(db, entry, visit)
    stood = [*groups["unchanged"], *groups["reread"]]
    db.conn.executemany(_SEEN, [(visit.now, entry.row["url"], entry.row["page_checksum"], entry.id) for entry in stood])
    if not visit.old_copies:
        here = (entry for entry in groups["unchanged"] if entry.record.notice.attachments)
        readdress(db, {entry.id: entry.row["attachments"] for entry in here}, visit.now)
    relabel(db, decided_anew, visit.now)
    return Counter((entry.record.notice.source, change) for change in groups for entry in groups[change])


def _entry(number: int, record: Record) -> _Entry:
    row = {**columns.notice_row(record.notice), "page_checksum": record.page_checksum}
    lots = columns.lot_rows(record.notice.lots, record.verdict)
    return _Entry(number, record, row, lots, columns.fingerprint(row, record.notice, lots))


def _row(entry: _Entry) -> Row:
    """What is written of a notice whenever its content is new; times and run aside."""
    record = entry.record
    return {
        **columns.written(entry.row),
        **columns.verdict_row(record.verdict),
        "buyer_kind": record.buyer_kind,
        "buyer_tier": record.buyer_tier,
        "province": record.province,
        "buyer_institution": record.buyer_institution,
        "content_hash": entry.content_hash,
    }


def _was(db: Database, entry: _Entry) -> bool:
    """Whether an older version of the notice said the same."""
    question = "SELECT 1 FROM versions WHERE notice_id = ? AND content_hash = ?"
    return db.execute(question, [entry.id, entry.content_hash]).fetchone() is not None


def _insert_new(db: Database, entries: list[_Entry], visit: Visit) -> None:
    seen = {"first_seen": visit.now, "last_seen": visit.now, "run_id": visit.run_id}
    parts.insert_rows(db, "notices", [{"id": entry.id, **_row(entry), **seen} for entry in entries])
    db.conn.executemany(linked.ALONE, [(entry.id, entry.id) for entry in entries])
    counts.add(db, Counter((entry.record.notice.source, entry.record.verdict.level) for entry in entries))
    if any(entry.record.verdict.compute or entry.record.verdict.level != "none" for entry in entries):
        kept.forget(db.conn)
    parts.insert(db, map(_parts, entries))
    ruled.written(db, {entry.record.verdict.pack for entry in entries})


def _replace_changed(db: Database, entries: list[_Entry], visit: Visit) -> None:
    for entry in entries:
        row, text, lots = _stored(db, entry.id)
        parts.insert_rows(db, "versions", [_version(db, entry, row, columns.content(row, text, lots), visit, "notice")])
        parts.remove(db, entry.id, row["title"], text)
        times = {"last_seen": visit.now, "changed_at": visit.now, "run_id": visit.run_id}
        _update(db, entry.id, {**_row(entry), **times})
        parts.insert(db, [_parts(entry)])
        moved(db, entry.id, visit.now)
        passages.index(db, [entry.id])


def _version(db: Database, entry: _Entry, row: Row, said: Row, visit: Visit, cause: Cause) -> Row:
    (number,) = db.execute("SELECT count(*) + 1 FROM versions WHERE notice_id = ?", [entry.id]).fetchone()
    now = columns.content(entry.row, entry.record.notice.text, entry.lots)
    return {
        "notice_id": entry.id,
        "number": number,
        "seen_at": visit.now,
        "content_hash": row["content_hash"],
        "level": row["level"],
        "changed": json.dumps(columns.difference(said, now), ensure_ascii=False),
        "notice": Packer(db.conn).pack(json.dumps(said, ensure_ascii=False)),
        "run_id": visit.run_id,
        "cause": cause,
        "verdict": json.dumps(decided(db, row), ensure_ascii=False),
    }


def decided(db: Database, row: Row) -> Row:
    """What the rules made of a notice that is about to be replaced: its pack, levels of lots, and quotes that count."""
    marks = ", ".join("?" * len(FLAGGED))
    quotes = f"SELECT effect, quote, lot FROM evidence WHERE notice_id = ? AND effect IN ({marks}) ORDER BY position"
    lots = "SELECT name, level FROM lots WHERE notice_id = ? AND level IS NOT NULL ORDER BY position"
    return {
        "pack": row["pack"],
        "lots": [list(lot) for lot in db.execute(lots, [row["id"]])],
        "quotes": [list(quote) for quote in db.execute(f"{quotes} LIMIT {QUOTES}", [row["id"], *FLAGGED])],
    }


def _parts(entry: _Entry) -> Parts:
    notice = entry.record.notice
    return Parts(entry.id, notice.title, notice.kind, notice.text, entry.lots, entry.record.verdict)


def _stored(db: Database, number: int) -> tuple[Row, str, list[Row]]:
    """The notice's columns, text and lots as they stand."""
    (row,) = db.query("SELECT * FROM notices WHERE id = ?", [number])
    (text,) = db.execute("SELECT unpacked(text) FROM texts WHERE notice_id = ?", [number]).fetchone()
    return row, text, list(db.query("SELECT * FROM lots WHERE notice_id = ? ORDER BY position", [number]))


def _update(db: Database, number: int, row: Row) -> None:
    names = ", ".join(f"{name} = :{name}" for name in row)
    db.execute(f"UPDATE notices SET {names} WHERE id = :id", {**row, "id": number})
