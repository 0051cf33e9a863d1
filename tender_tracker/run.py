"""One run so far: pages and notices in, whole batches to the store, and what became of each source."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from tender_tracker import drift, outcome, parse
from tender_tracker.errors import TenderError
from tender_tracker.flagging.difference import described
from tender_tracker.flagging.rulepack import RulePack
from tender_tracker.harvest import Harvest
from tender_tracker.model import LEVELS, Level, Link, Notice, Site, Window
from tender_tracker.record import recorded
from tender_tracker.refusals import Refusals
from tender_tracker.relink import relink
from tender_tracker.restate import restate
from tender_tracker.storage import standing
from tender_tracker.storage.past import Past
from tender_tracker.storage.store import Record, Refused, SourceRun, Store

BATCH = 500
"""Notices per transaction when importing saved pages; live ones are stored one by one."""
_COUNTS = ("read", "new", "changed", "unchanged", "refused", "lists", "seen", "failed", "not_modified", "waiting")


@dataclass(frozen=True, slots=True)
class RunSummary:
    """What a run did. `exit_code`: 0 complete, 3 something refused or failed, 4 an alarm (a changed template, or pages
    but no notice), 1 nothing could be read at all."""

    sources: tuple[SourceRun, ...]
    refusals: tuple[Refused, ...]
    """The first of each source and reason; `SourceRun.reasons` counts them all."""
    exit_code: int
    levels: dict[Level, int]
    """Notices read in this run, by level."""
    reread: int = 0
    """Notices whose page is the one we know and says the same, but which our parsers read otherwise now."""


@dataclass(frozen=True, slots=True)
class _Failure:
    """A notice page to be asked again; not its error, which holds on to the page through the calls it came by."""

    link: Link
    reason: str
    message: str
    asked: bool


@dataclass(slots=True)
class Run:
    """What waits to be stored, and what to report of each source."""

    store: Store
    pack: RulePack
    command: str
    live: bool
    dry_run: bool = False
    window: Window = field(default_factory=Window)
    """Of publication. A live run has an open one: its lists were asked for a window, and what they led to is stored,
    for a list may date a notice by its last change, or not at all."""
    left: int | None = None
    """Notices that may still be taken; None is no limit."""
    pages: int = 0
    counts: dict[str | None, Counter[str]] = field(default_factory=dict)
    refusals: Refusals = field(default_factory=Refusals)
    cut: set[str | None] = field(default_factory=set)
    """Sources left at the limit, so perhaps before their end."""
    torn: set[str | None] = field(default_factory=set)
    """Sources with a list that could not be read to its end."""
    ended: list[SourceRun] = field(default_factory=list)
    failures: list[_Failure] = field(default_factory=list)
    """Notice pages of the source at hand that could not be read."""
    waiting: list[Record] = field(default_factory=list)
    levels: Counter[Level] = field(default_factory=Counter)
    reread: int = 0
    documented: bool = field(init=False)
    """Whether documents of notices may have been read; while saved pages are read, none are added."""

    def __post_init__(self) -> None:
        self.documented = self.live or not self.store.documents().are_none
        if not self.dry_run:
            self.store.begin_run(self.command, self.pack.fingerprint, described(self.pack))

    def begin(self, source: str | None) -> Counter[str]:
        return self.counts.setdefault(source, Counter())

    def count(self, source: str | None, **numbers: int) -> None:
        counts = self.begin(source)
        for name, number in numbers.items():  # Counter.update() takes several times as long for so few
            counts[name] += number
        self.pages += numbers.get("read", 0)

    def page(self, held: Harvest, link: Link | None = None) -> bool:
        """Takes what a page held → whether it could be read."""
        if held.reason is not None or held.source is None:
            self._refuse(Refused(held.place, held.source, held.reason or "error", held.message), link)
            return False
        try:
            records = [self._with_documents(record) for record in held.records]
        except Exception as error:
            self.refuse(held.source, held.place, parse.unforeseen(held.place, error), link)
            return False
        self.count(held.source, read=1, lists=int(held.links is not None), seen=held.links or 0)
        self.take(held.source, records, seen=link is None)
        return True

    def notice(self, source: str, notice: Notice) -> None:
        """Takes a notice whose body came with a list."""
        place = notice.url or notice.source_id
        try:
            record = self._with_documents(recorded(notice, self.pack))
        except Exception as error:
            self.refuse(source, place, parse.unforeseen(place, error))
        else:
            self.take(source, (record,), seen=False)

    def take(self, source: str, records: Sequence[Record], seen: bool) -> None:
        """Lets records wait, and stores them when a batch is full; `seen`: no list has counted them yet."""
        self.count(source, seen=len(records) if seen else 0)
        for record in records:
            if not _within(record.notice.published, self.window) or self.left == 0:
                continue
            self.left = None if self.left is None else self.left - 1
            self.count(source, taken=1, **drift.filled((record.notice,)))
            self.levels[record.verdict.level] += 1
            self.waiting.append(record)
        if len(self.waiting) >= (1 if self.live else BATCH):
            self.flush()

    def _with_documents(self, record: Record) -> Record:
        """The record of a notice just read, decided anew where its documents were read earlier."""
        pages = self.store.documents().pages_of(record.notice) if self.documented else ()
        return recorded(record.notice, self.pack, pages, record.page_checksum) if pages else record

    def refuse(self, source: str | None, place: str, error: TenderError, link: Link | None = None) -> None:
        """Names a page that could not be read; `link` says that a notice is behind it, to be asked again."""
        self._refuse(Refused(place, source, outcome.reason(error), str(error)), link, error.asked)

    def _refuse(self, page: Refused, link: Link | None, asked: bool = True) -> None:
        self.count(page.source, read=1, refused=1, failed=int(link is not None))
        self.refusals.add(page)
        if link is not None:
            self.failures.append(_Failure(link, page.reason, page.message, asked))

    def flush(self) -> None:
        """Stores what waits; a dry run only counts it."""
        for source, saved in self.store.save(self.waiting, old_copies=not self.live, keep=not self.dry_run).items():
            self.count(source, new=saved.new, changed=saved.changed, unchanged=saved.unchanged + saved.reread)
            self.reread += saved.reread
        self.waiting = []
        if not self.dry_run and (fresh := self.refusals.unstored()):
            self.store.refuse(fresh)

    def end_source(self, site: Site, past: Past, window: Window, scope: str, by_hand: bool, now: datetime) -> SourceRun:
        """Closes a live source: what failed is remembered, and how far it is covered.

        `by_hand`: the user chose the begin of the window.
        """
        self.flush()
        source = site.name
        counts, refused = self.begin(source), self.refusals.of(source)
        up = counts["read"] > counts["refused"]
        for failure in self.failures:
            past.failed(failure.link, failure.reason, failure.message, up and failure.asked)
        self.failures = []
        counts["waiting"] = past.waiting()
        covered, usual = Window(window.since, window.until or now), past.usual()
        whole = up and source not in self.cut | self.torn
        empty = drift.empty(counts["seen"], covered, usual) if whole else None
        thin = drift.thin(counts, counts["taken"], site.sparse)
        strange = drift.changed(thin, past.rates(tuple(thin))) if thin else empty
        state, said = outcome.state(counts, refused, live=True, cut=source in self.cut, suspicion=strange)
        read = covered if whole and not empty else None
        return self._ended(
            self._record(
                source,
                state,
                drift.few(counts["seen"], covered, usual) if state == "ok" else said,
                window,
                covered=read,
                watermark=standing.watermark(past.watermark(scope), read, now, None if by_hand else window.since),
                scope=scope,
                alarm=standing.alarm(past.last_alarm(), state),
            )
        )

    def not_configured(self, source: str, past: Past, error: TenderError) -> SourceRun:
        """Closes a live source whose settings do not allow to ask it."""
        self.flush()
        self.failures = []
        alarm = standing.alarm(past.last_alarm(), "not_configured")
        return self._ended(self._record(source, "not_configured", str(error), Window(), alarm=alarm))

    def _ended(self, run: SourceRun) -> SourceRun:
        self.store.end_source(run)
        self.ended.append(run)
        return run

    def end(self, now: datetime) -> RunSummary:
        self.flush()
        done = {run.source for run in self.ended}
        left = [source for source in self.counts if source not in done]
        rest = [self._of_saved(source) for source in sorted(left, key=lambda name: (name is None, name or ""))]
        runs = (*self.ended, *rest)
        code = outcome.exit_code(runs, self.live)
        if not self.dry_run:
            relink(self.store)
            restate(self.store, self.pack)
            self.store.end_run(rest, code, now)
        levels = {level: self.levels[level] for level in LEVELS}
        return RunSummary(runs, tuple(self.refusals.kept), code, levels, self.reread)

    def _of_saved(self, source: str | None) -> SourceRun:
        counts, refused = self.counts[source], self.refusals.of(source)
        state, error = outcome.state(counts, refused, live=False, cut=source in self.cut, suspicion=None)
        return self._record(source, state, error, self.window)

    def _record(
        self,
        source: str | None,
        state: standing.State,
        error: str | None,
        window: Window,
        covered: Window | None = None,
        watermark: datetime | None = None,
        scope: str | None = None,
        alarm: standing.Alarm | None = None,
    ) -> SourceRun:
        counts = self.begin(source)
        return SourceRun(
            source,
            **{name: counts[name] for name in _COUNTS},
            state=state,
            error=error,
            window=window,
            covered=covered,
            watermark=watermark,
            scope=scope,
            alarm=alarm,
            reasons=self.refusals.reasons(source),
        )


def _within(published: datetime | None, window: Window) -> bool:
    if published is None:
        return True
    after = window.since is None or published >= window.since
    return after and (window.until is None or published < window.until)
