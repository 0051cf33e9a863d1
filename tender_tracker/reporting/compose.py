"""A store, a span and a profile → the Digest, by a dozen small questions; knows neither clock nor channel."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property
from itertools import groupby
from typing import TYPE_CHECKING, TypeVar

from tender_tracker.model import LEVELS, SHANGHAI, Level
from tender_tracker.reporting import followed, shares
from tender_tracker.reporting.digest import (
    Award,
    Cancellation,
    Changed,
    Count,
    Digest,
    Erratum,
    Headline,
    Health,
    Item,
    Listing,
    Sum,
)
from tender_tracker.reporting.dress import dress
from tender_tracker.reporting.moves import moves
from tender_tracker.reporting.period import iso_week
from tender_tracker.reporting.projects import Span, by_budget, grouped, item, once, project_of, total
from tender_tracker.reporting.readings import readings
from tender_tracker.reporting.selection import left_out
from tender_tracker.reporting.shelf import Shelf
from tender_tracker.storage import news
from tender_tracker.storage.news import Project
from tender_tracker.storage.query import Filter, Reader
from tender_tracker.storage.rows import Flagged
from tender_tracker.storage.unread import first_seen, unread

if TYPE_CHECKING:
    from tender_tracker.profile import Profile

LIMIT = 50
REVIEWED = 10
"""Tenders to review that are printed."""
AHEAD = timedelta(days=14)
"""How far deadlines are told."""
T = TypeVar("T")


def digest(reader: Reader, span: Span, profile: Profile | None = None, limit: int = LIMIT, command: str = "") -> Digest:
    """The digest of a span. `limit` cuts each list, never a count; `command` is what prints it again."""
    reads = profile is not None and bool(profile.keywords or profile.exclude)
    gathered = _Gathered(Shelf(reader, whole=reads), span, profile, limit)
    return dress(gathered.digest(command), gathered.shelf)


@dataclass
class _Gathered:
    """The answers of the store, each asked once."""

    shelf: Shelf
    span: Span
    profile: Profile | None
    limit: int

    def digest(self, command: str) -> Digest:
        required, preferred = self._new("required"), self._new("preferred")
        told = [*required, *preferred]
        changes, cancelled, awards = self._changes(), self._cancellations(), self._awards()
        voided = {_project(entry.item) for entry in cancelled} - {None}
        since, until = self.span.since, self.span.until
        found = readings(self.reader, since, until)
        return Digest(
            since=since,
            until=until,
            week=_week(self.span),
            profile=self.profile.name if self.profile else None,
            as_of=news.as_of(self.reader, until),
            store_begins=news.begins(self.reader),
            packs=tuple(sorted({row.notice.pack for row in self.flagged})),
            health=Health(
                found,
                sum(entry.read for entry in found),
                sum(entry.new + entry.changed for entry in found),
                sum(entry.refused for entry in found),
                sum(entry.attachments for entry in told),
                self._unread(told),
            ),
            headline=Headline(
                required=self._count(len(required)),
                late=sum(entry.late for entry in required),
                budget=total(entry.budget for entry in required),
                universities=len({e.institution or e.buyer for e in required if e.buyer_kind == "university"}),
                awards=len(awards),
                award=total(award.amount for award in awards if _project(award.item) not in voided),
                changes=len(changes),
                cancellations=len(cancelled),
            ),
            required=self._cut(required),
            preferred=self._cut(preferred),
            deadlines=self._cut(followed.deadlines(self.shelf, self.span, AHEAD, self.profile)),
            changes=self._worded(self._cut(changes)),
            cancellations=followed.cancelled(self.shelf, self._cut(cancelled), self.span),
            awards=followed.awarded(self.shelf, self._cut(awards), self.span),
            intentions=self._cut(self._of_kinds("intention")),
            breakdowns=shares.breakdowns(told),
            compute=self._compute(),
            year=self._year(),
            review=self._cut(self._review(), REVIEWED),
            left_out=self._left_out(),
            stored_later=news.stored_later(self.reader, _day(since), _day(until), until),
            errata=self._cut(self._errata()),
            command=command,
        )

    @property
    def reader(self) -> Reader:
        return self.shelf.reader

    @cached_property
    def flagged(self) -> list[Flagged]:
        """All flagged notices first stored in the span, whatever the profile says."""
        return self.shelf.take(sighting.id for sighting in self._sightings if self._inside(sighting.seen))

    @cached_property
    def kept(self) -> list[Flagged]:
        return [row for row in self.flagged if left_out(self.profile, row) is None]

    @cached_property
    def follow_ups(self) -> list[Flagged]:
        """What follows flagged tenders without repeating their demand."""
        return self.shelf.take(news.follow_ups(self.reader, self.span.since, self.span.until))

    @cached_property
    def _sightings(self) -> list[news.Sighting]:
        """Of the span and of the four before it."""
        return news.sightings(self.reader, self.span.since - 4 * self._length, self.span.until)

    @property
    def _length(self) -> timedelta:
        return self.span.until - self.span.since

    def _inside(self, moment: datetime) -> bool:
        return self.span.since <= moment < self.span.until

    @cached_property
    def _first(self) -> dict[tuple[Project, Level], datetime]:
        """Project and level → when it was first told at that level."""
        return {(s.project, s.level): s.first for s in self._sightings if s.first is not None and s.kind in news.NEWS}

    def _new(self, level: Level) -> list[Item]:
        """Projects that no notice before the span had given this level, largest budget first."""
        rows = [row for row in self.kept if row.notice.kind in news.NEWS]
        items = [item(group, self.span) for group in grouped(rows) if self._is_new(group[0])]
        return sorted((entry for entry in items if entry.level == level), key=by_budget)

    def _is_new(self, lead: Flagged) -> bool:
        notice = lead.notice
        first = self._first.get((project_of(notice), notice.level))
        return first is not None and first >= self.span.since

    def _count(self, now: int) -> Count:
        """New required of the span before and the mean of the four before it, where the store is old enough."""
        begins = news.begins(self.reader)
        counts = self._counts()
        old = [begins is not None and begins <= self.span.since - back * self._length for back in range(1, 5)]
        mean = Decimal(sum(counts.values())) / 4
        return Count(
            now, counts[1] if old[0] else None, mean.quantize(Decimal("0.01"), ROUND_HALF_UP) if all(old) else None
        )

    def _counts(self) -> Counter[int]:
        """Spans back (1 to 4) → projects that became required in it."""
        past = [
            s for s in self._sightings if s.level == "required" and s.kind in news.NEWS and s.seen < self.span.since
        ]
        if self.profile:
            kept = {r.notice.id for r in self.shelf.take(s.id for s in past) if left_out(self.profile, r) is None}
            past = [sighting for sighting in past if sighting.id in kept]
        began = {s.project: s.first for s in past if s.first is not None}
        backs = ((self.span.since - first - timedelta(seconds=1)) // self._length + 1 for first in began.values())
        return Counter(back for back in backs if back <= 4)

    def _of_kinds(self, *kinds: str) -> list[Item]:
        rows = [row for row in self.kept if row.notice.kind in kinds and row.notice.level != "mentioned"]
        return sorted((item(group, self.span) for group in grouped(rows)), key=by_budget)

    def _changes(self) -> list[Changed]:
        """Known notices whose page changed; then amendments published for known tenders."""
        versions = {number: moves(group) for number, group in groupby(self._versions, key=lambda change: change.id)}
        rows = self.shelf.take(number for number, moved in versions.items() if moved)
        changed = [Changed(item([row], self.span), versions[row.notice.id], False) for row in self._passing(rows)]
        known = [row for row in self.kept if row.notice.kind in news.NEWS and not self._is_told(row)]
        known += self._passing(row for row in self.flagged if _takes_back(row))
        followers = [row for row in self.follow_ups if row.notice.kind == "amendment"]
        groups = once((*known, *self._following(followers)))
        amended = [Changed(item(group, self.span), (), True) for group in groups]
        return [*changed, *sorted(amended, key=lambda change: by_budget(change.item))]

    @cached_property
    def _versions(self) -> list[news.Changed]:
        return news.changes(self.reader, self.span.since, self.span.until)

    def _worded(self, listing: Listing[Changed]) -> Listing[Changed]:
        """The printed changes with the demands that came, went or were put otherwise where a text changed."""
        worded = {change.id for change in self._versions if "text_length" in change.fields}
        if not worded:
            return listing
        from tender_tracker.reporting.told_changes import demands  # it knows how texts differ, and takes long to import

        def came(entry: Changed) -> Changed:
            if entry.amendment or entry.item.id not in worded:
                return entry
            told = demands(self.reader, entry.item.id, self.span.since, self.span.until)
            return replace(entry, demands=told)

        return replace(listing, items=tuple(map(came, listing.items)))

    def _is_told(self, row: Flagged) -> bool:
        """Whether the notice stands among the new tenders or those to review."""
        return row.notice.level == "mentioned" or self._is_new(row) or row.notice.level == "supplied"

    def _passing(self, rows: Iterable[Flagged]) -> list[Flagged]:
        """Rows the profile lets pass; a level lost by a change is no reason to be silent about it."""
        profile = replace(self.profile, levels=()) if self.profile else None
        return [row for row in rows if left_out(profile, row) is None]

    def _following(self, rows: Sequence[Flagged]) -> list[Flagged]:
        """Follow-ups of tenders the profile lets pass."""
        return followed.of_kept(self.shelf, rows, self.span, self.profile)

    def _cancellations(self) -> list[Cancellation]:
        own = [row for row in self.kept if row.notice.kind == "cancel" and row.notice.level != "mentioned"]
        return followed.cancellations([*own, *self._following(self._follows("cancel"))], self.span)

    def _awards(self) -> list[Award]:
        """Awards and contracts, and whatever else tells of a delivery."""
        own = [row for row in self.kept if row.notice.level != "mentioned" and _delivers(row)]
        rows = [*own, *self._following(self._follows("award", "contract"))]
        return followed.awards(rows, self.span)

    def _follows(self, *kinds: str) -> list[Flagged]:
        return [row for row in self.follow_ups if row.notice.kind in kinds]

    def _review(self) -> list[Item]:
        """Notices that only mention domestic compute: a person may see more in them."""
        rows = [row for row in self.kept if row.notice.level == "mentioned" and not _takes_back(row)]
        return sorted((item(group, self.span) for group in grouped(rows)), key=by_budget)

    def _compute(self) -> dict[str, int]:
        if self.profile:
            return {}
        counts = news.compute(self.reader, self.span.since, self.span.until)
        by_level: Counter[str] = Counter()
        for (level, _), count in counts.items():
            by_level[level] += count
        return {**{level: by_level[level] for level in LEVELS}, "barred": counts.get(("none", "barred"), 0)}

    def _year(self) -> tuple[tuple[Level, int, Sum], ...]:
        """Of all readers: a profile would have to look at every notice of the year."""
        if self.profile:
            return ()
        last = (self.span.until - timedelta(seconds=1)).astimezone(SHANGHAI)
        levels: tuple[Level, ...] = ("required", "preferred")
        days = date(last.year, 1, 1), last.date() + timedelta(days=1)
        where = Filter(*days, levels=levels, stored_before=self.span.until)
        found = news.budgets(self.reader, where)
        return tuple((level, found[level][0], Sum(*found[level][1:])) for level in levels if level in found)

    def _left_out(self) -> dict[str, int]:
        reasons = Counter(left_out(self.profile, group[0]) for group in grouped(self.flagged))
        return {reason: count for reason, count in reasons.most_common() if reason is not None}

    def _errata(self) -> list[Erratum]:
        levels = news.relabelled(self.reader, self.span.since, self.span.until)
        told = {number for number, pair in levels.items() if set(pair[:2]) & {"required", "preferred", "supplied"}}
        rows = self._passing(self.shelf.take(told))
        return [Erratum(item([row], self.span), *levels[row.notice.id]) for row in rows]

    def _unread(self, told: Iterable[Item]) -> Mapping[str, int]:
        """Of all notices new in the span that may demand something; a profile's reader is told of his own."""
        if self.profile is None:
            return unread(self.reader.ask, first_seen(self.span.since, self.span.until))
        return dict(sum((Counter(entry.unread) for entry in told), Counter[str]()))

    def _cut(self, items: Sequence[T], limit: int | None = None) -> Listing[T]:
        return Listing(tuple(items[: self.limit if limit is None else limit]), len(items))


def _project(item: Item) -> str | int | None:
    return item.linked_project or item.project_no


def _takes_back(row: Flagged) -> bool:
    """A correction that only mentions the demand of a known project: what it says of it stands among the changes."""
    notice = row.notice
    return notice.kind == "amendment" and notice.level == "mentioned" and notice.linked_project is not None


def _delivers(row: Flagged) -> bool:
    notice = row.notice
    return notice.kind in ("award", "contract") or (notice.level == "supplied" and notice.kind in news.NEWS)


def _week(span: Span) -> str | None:
    """2026-W47 where the span is that week."""
    monday = span.since.astimezone(SHANGHAI)
    is_monday = monday.weekday() == 0 and (monday.hour, monday.minute, monday.second) == (0, 0, 0)
    return iso_week(span.since) if is_monday and span.until - span.since == timedelta(days=7) else None


def _day(moment: datetime) -> date:
    return moment.astimezone(SHANGHAI).date()
