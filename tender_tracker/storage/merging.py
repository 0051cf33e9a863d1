"""A notice as another store knows it, with its past → this store, inside the transaction of the caller.

What both saw is one history in which each keeps its own order; the content seen last is the notice, all before it
are its versions. The same again changes nothing, and which store takes in the other does not decide what it says.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from itertools import pairwise

from sqlite_utils import Database

from tender_tracker.model import DocumentPage, Notice, Verdict
from tender_tracker.storage import batch, columns, whole
from tender_tracker.storage.batch import Change, Record, Visit
from tender_tracker.storage.columns import Row
from tender_tracker.storage.documents import Documents
from tender_tracker.storage.packing import Packer
from tender_tracker.storage.papers import Paper, Read

_UNDECIDED = Verdict("none", False, "unstated")
Decide = Callable[[Notice, Sequence[Sequence[DocumentPage]]], Record | None]
"""Labels a notice that is to be stored, and the pages of its documents; None: it cannot be, which the caller has noted.
"""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A notice of another store. Times are as the store writes them; None: no store has seen it yet."""

    notice: Notice
    level: str
    first_seen: str | None = None
    last_seen: str | None = None
    versions: Sequence[Row] = ()
    """Its rows of `versions`, oldest first."""
    documents: Sequence[Row] = ()
    """The pages of its attachments that were read there, with what is known of each file."""


@dataclass(frozen=True, slots=True)
class _Content:
    """What a notice said, since when, what the rules made of it, and why and by which run of here it was replaced."""

    since: str
    hash: str
    level: str
    said: Row
    verdict: str | None = None
    cause: str = "notice"
    run_id: int | None = None


def merge(db: Database, arrivals: Iterable[Arrival], decide: Decide, visit: Visit, told: str) -> Counter[Change]:
    """Counts per change. `told`: end of the last span a digest told; what is new here is not put before it, so that
    the next digest tells it."""
    counts: Counter[Change] = Counter()
    for arrival in arrivals:
        change = _merged(db, arrival, decide, visit, told)
        if change and arrival.documents and _papers(db, arrival, decide, visit) and change == "unchanged":
            change = "changed"
        counts.update([change] if change else [])
    return counts


def _merged(db: Database, arrival: Arrival, decide: Decide, visit: Visit, told: str) -> Change | None:
    notice = arrival.notice
    key = [notice.source, notice.source_id]
    rows = list(db.query("SELECT * FROM notices WHERE source = ? AND source_id = ?", key))
    first, last = max(arrival.first_seen or visit.now, told), arrival.last_seen or visit.now
    if not rows:
        record = decide(notice, whole.pages(arrival.documents))
        if record is None:
            return None
        batch.save(db, [record], visit)
        (number,) = db.execute("SELECT id FROM notices WHERE source = ? AND source_id = ?", key).fetchone()
        past = _past(arrival, visit)
        _write_versions(db, number, past, visit)
        db.execute(
            "UPDATE notices SET first_seen = ?, last_seen = ?, changed_at = ? WHERE id = ?",
            [first, max(first, last), past[-1].since if past[1:] else None, number],
        )
        return "new"
    (row,) = rows
    change = _changed(db, row, arrival, decide, visit, told)
    if change:
        db.execute(
            "UPDATE notices SET first_seen = min(first_seen, ?), last_seen = max(last_seen, ?), "
            "url = coalesce(url, ?) WHERE id = ?",
            [first, arrival.last_seen or "", notice.url, row["id"]],
        )
    return change


def _changed(db: Database, row: Row, arrival: Arrival, decide: Decide, visit: Visit, told: str) -> Change | None:
    """Brings the history of a stored notice up to date; None where it cannot be labelled."""
    number = row["id"]
    theirs = _past(arrival, visit)
    if len(theirs) == 1 and theirs[-1].hash == row["content_hash"]:
        return "unchanged"
    ours = _own_past(db, row)
    both = _united(ours, theirs, told)
    if [content.hash for content in both] == [content.hash for content in ours]:
        return "unchanged"
    if both[-1].hash != row["content_hash"]:
        own = Documents(db, nullcontext, visit.now).pages_of(arrival.notice)
        record = decide(arrival.notice, own or whole.pages(arrival.documents))  # _papers adds theirs to our own
        if record is None:
            return None
        batch.save(db, [record], visit)
    db.execute("DELETE FROM versions WHERE notice_id = ?", [number])
    _write_versions(db, number, both, visit)
    db.execute("UPDATE notices SET changed_at = ? WHERE id = ?", [both[-1].since, number])
    return "changed"


def _papers(db: Database, arrival: Arrival, decide: Decide, visit: Visit) -> bool:
    """Takes in what the other store read of the notice's attachments and this one did not; whether there was any.

    Only of what the notice says now: another version has other attachments.
    """
    notice = arrival.notice
    (row,) = db.query("SELECT * FROM notices WHERE source = ? AND source_id = ?", [notice.source, notice.source_id])
    if row["content_hash"] != _past(arrival, visit)[-1].hash:
        return False
    had = "SELECT name FROM documents WHERE notice_id = ? AND sha256 IN (SELECT sha256 FROM readings)"
    known = {name for (name,) in db.execute(had, [row["id"]])}
    papers = Documents(db, nullcontext, visit.now)
    groups: dict[str, list[Row]] = {}
    for page in arrival.documents:
        groups.setdefault(page["name"], []).append(page)
    fresh = [group for name, group in groups.items() if name not in known]
    for group in fresh:
        papers.settle(*_read(row, group))
    if fresh and (record := decide(notice, papers.pages_of(notice))) is not None:
        batch.relabel(db, [(row["id"], record.verdict)], visit.now, why="documents")
    return bool(fresh)


def _read(row: Row, group: Sequence[Row]) -> tuple[Paper, Read]:
    """Pages of one file → the attachment they come from, read, and what it says."""
    first = next(iter(group))
    pages = tuple(DocumentPage(page["file"], page["page"], page["text"], bool(page["ocr"])) for page in group)
    unread = tuple((file, page, reason) for file, page, reason in json.loads(first["unread"]))
    paper = Paper(row["id"], row["source"], row["url"], row["read_from"], first["name"], first["url"])
    read = Read(first["sha256"], first["bytes"], first["format"], pages, unread)
    return paper.kept(first["sha256"]).was_read(read), read


def _past(arrival: Arrival, visit: Visit) -> list[_Content]:
    """All that the other store knows it said, oldest first."""
    notice = arrival.notice
    row = columns.notice_row(notice)
    lots = columns.lot_rows(notice.lots, _UNDECIDED)
    now = _Content("", columns.fingerprint(row, notice, lots), arrival.level, columns.content(row, notice.text, lots))
    return _timed(arrival.versions, now, arrival.first_seen or visit.now, row["read_at"])


def _own_past(db: Database, row: Row) -> list[_Content]:
    (text,) = db.execute("SELECT unpacked(text) FROM texts WHERE notice_id = ?", [row["id"]]).fetchone()
    lots = list(db.query("SELECT * FROM lots WHERE notice_id = ? ORDER BY position", [row["id"]]))
    older = f"SELECT {columns.VERSION} FROM versions WHERE notice_id = ? ORDER BY number"
    versions = list(db.query(older, [row["id"]]))
    verdict = json.dumps(batch.decided(db, row), ensure_ascii=False)
    now = _Content("", row["content_hash"], row["level"], columns.content(row, text, lots), verdict)
    return _timed(versions, now, row["first_seen"], row["read_at"])


def _timed(versions: Sequence[Row], now: _Content, first_seen: str, read_at: str | None) -> list[_Content]:
    """Each content since the one before it was replaced; one that was never replaced may have been read before it was
    stored, as pages of a web archive are."""
    past, since = [], first_seen
    for version in versions:
        said, own = json.loads(version["notice"]), (version["verdict"], version["cause"], version.get("run_id"))
        past.append(_Content(since, version["content_hash"], version["level"], said, *own))
        since = version["seen_at"]
    return [*past, replace(now, since=since if versions else min(since, read_at or since))]


def _united(ours: Sequence[_Content], theirs: Sequence[_Content], told: str) -> list[_Content]:
    """One history of both. What is new at its end is dated after what was told; times never run backwards."""
    own, other = _counted(ours), _counted(theirs)
    order = _order(own, other)
    newest = max(order.index(key) for key in own)
    whole: list[_Content] = []
    for place, key in enumerate(order):
        content = own.get(key) or other[key]
        since = content.since if place <= newest else max(content.since, told)
        if not whole or whole[-1].hash != content.hash:
            whole.append(replace(content, since=max(since, whole[-1].since) if whole else since))
    return whole


_Key = tuple[str, int]
"""Hash of a content, and how often the notice had said it before: a notice may go back to what it said."""


def _counted(past: Sequence[_Content]) -> dict[_Key, _Content]:
    met: Counter[str] = Counter()
    counted: dict[_Key, _Content] = {}
    for content in past:
        counted[content.hash, met[content.hash]] = content
        met[content.hash] += 1
    return counted


def _order(own: dict[_Key, _Content], other: dict[_Key, _Content]) -> list[_Key]:
    """All contents, each history in its own order, else the earlier first; by time alone where they contradict."""
    times = {key: [past[key].since for past in (own, other) if key in past] for key in {**own, **other}}
    queues, order = [list(own), list(other)], list[_Key]()
    while left := [queue for queue in queues if queue]:
        behind = {key for queue in left for key in queue[1:]}
        free = [queue[0] for queue in left if queue[0] not in behind]
        if not free:
            return sorted(times, key=lambda key: (max(times[key]), key))
        chosen = min(free, key=lambda key: (min(times[key]), key))
        order.append(chosen)
        queues = [[key for key in queue if key != chosen] for queue in queues]
    return order


def _write_versions(db: Database, number: int, past: Sequence[_Content], visit: Visit) -> None:
    packer = Packer(db.conn)
    rows = [
        (
            number,
            place,
            new.since,
            old.hash,
            old.level,
            json.dumps(columns.difference(old.said, new.said), ensure_ascii=False),
            packer.pack(json.dumps(old.said, ensure_ascii=False)),
            old.run_id or visit.run_id,
            old.cause,
            old.verdict,
        )
        for place, (old, new) in enumerate(pairwise(past), 1)
    ]
    db.conn.executemany(
        "INSERT INTO versions (notice_id, number, seen_at, content_hash, level, changed, notice, run_id, cause, "
        "verdict) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        rows,
    )
