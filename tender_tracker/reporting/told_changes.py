"""A notice, or a span of time → every change that is stored of it: of its versions, by corrections, by our rules."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Literal

from tender_tracker.amending.change import Change, Status
from tender_tracker.amending.diff import changes
from tender_tracker.storage import amended, columns
from tender_tracker.storage.editions import editions
from tender_tracker.storage.query import Reader
from tender_tracker.storage.rows import NoticeFile

_FLAGGED = (
    "(c.field IN ('level', 'demand') OR n.level <> 'none' OR EXISTS (SELECT 1 FROM project_states s "
    "WHERE s.project = c.project AND (s.level <> 'none' OR s.printed <> 'none')))"
)


@dataclass(frozen=True, slots=True)
class Told:
    """One change: `at` is when it was read, `by` the correction that made it, `passage` that correction's words.

    `cause` is that of the change, or `correction`, or `documents`: an attachment was read.
    """

    at: datetime
    notice_id: int
    title: str
    cause: Literal["notice", "rules", "reading", "correction", "documents"]
    change: Change
    by: int | None = None
    status: Status = "applied"
    passage: str | None = None


def of_notice(reader: Reader, notice_id: int) -> tuple[Told, ...]:
    """All changes of a notice, oldest first; of a call for bids those of its corrections, too.

    Raises UsageError when there is no notice with this id.
    """
    file = reader.notice(notice_id)
    found = [*_of_versions(file), *_of_rules(reader, "r.notice_id = ?", [notice_id])]
    found += _of_corrections(reader, "(s.notice_id = ?1 OR c.notice_id = ?1)", [notice_id])
    return _in_order(found)


def of_span(reader: Reader, since: datetime, until: datetime, everything: bool = False) -> tuple[Told, ...]:
    """All changes read in the half-open span; of flagged notices and projects only, but for `everything`."""
    span = [columns.utc(since), columns.utc(until)]
    flagged = "" if everything else " AND (v.level <> 'none' OR n.level <> 'none')"
    asked = "SELECT DISTINCT v.notice_id FROM versions v JOIN notices n ON n.id = v.notice_id "
    numbers = reader.ask(f"{asked} WHERE v.seen_at >= ? AND v.seen_at < ?{flagged}", span)
    found = [told for (number,) in numbers for told in _of_versions(reader.notice(number)) if since <= told.at < until]
    found += _of_rules(reader, "r.at >= ? AND r.at < ?", span)
    wanted = "n.first_seen >= ? AND n.first_seen < ?" + ("" if everything else f" AND {_FLAGGED}")
    return _in_order([*found, *_of_corrections(reader, wanted, span)])


def demands(reader: Reader, notice_id: int, since: datetime, until: datetime) -> tuple[Change, ...]:
    """Passages that require or prefer domestic compute which the page of a notice gained, lost or put otherwise in the
    half-open span, each with its words before and after."""
    told = _of_versions(reader.notice(notice_id))
    return tuple(
        one.change for one in told if one.change.field == "demand" and one.cause == "notice" and since <= one.at < until
    )


def _of_versions(file: NoticeFile) -> Iterator[Told]:
    notice = file.notice
    for version, (before, after) in zip(file.versions, pairwise(editions(file)), strict=True):
        for change in changes(before, after, version.cause):
            yield Told(version.seen_at, notice.id, notice.title, change.cause, change)


def _of_rules(reader: Reader, where: str, values: Sequence[object]) -> Iterator[Told]:
    """Levels that moved while the notice said the same."""
    asked = "SELECT r.*, n.title FROM relabelings r JOIN notices n ON n.id = r.notice_id"
    for row in reader.ask(f"{asked} WHERE {where} ORDER BY r.rowid", values):
        change = Change("level", row["before"], row["after"], cause="rules")
        yield Told(columns.seen(row["at"]), row["notice_id"], row["title"], row["why"], change)


def _of_corrections(reader: Reader, where: str, values: Sequence[object]) -> Iterator[Told]:
    rows = reader.ask(
        "SELECT c.*, n.first_seen, coalesce(s.notice_id, c.notice_id) AS about, t.title FROM corrections c "
        "JOIN notices n ON n.id = c.notice_id LEFT JOIN project_states s ON s.project = c.project "
        f"JOIN notices t ON t.id = about WHERE {where} "
        "ORDER BY n.published_on IS NULL, n.published_on, c.notice_id, c.position",
        values,
    )
    for row in rows:
        entry = amended.read(row)
        at = columns.seen(row["first_seen"])
        about = row["about"], row["title"]
        yield Told(at, *about, "correction", entry.change, entry.notice_id, entry.status, entry.passage)


def _in_order(found: Iterable[Told]) -> tuple[Told, ...]:
    return tuple(sorted(found, key=lambda told: (told.at, told.notice_id)))
