"""The conductor: pages → notices → verdicts → store, in whole batches, counting all that was read and refused.

Whatever a page does, it costs that page only and is named; the exit code says whether the run may be trusted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING

from tender_tracker import parse, sources
from tender_tracker.errors import PageBroken, PageChanged, PageRefused, SourceFailed, TenderError, UsageError
from tender_tracker.flagging.rulepack import RulePack
from tender_tracker.model import LEVELS, Level, Notice, Page, Source, SourceSettings, Window
from tender_tracker.pages.saved import Unreadable
from tender_tracker.record import recorded
from tender_tracker.relabel import RelabelSummary as RelabelSummary
from tender_tracker.relabel import relabel as relabel
from tender_tracker.storage.rows import State
from tender_tracker.storage.store import Record, Refused, SourceRun, Store
from tender_tracker.web import crawl

if TYPE_CHECKING:
    from tender_tracker.web.fetch import Fetcher

BATCH = 500
"""Notices per transaction when importing saved pages; live ones are stored one by one."""
_BLOCKED = ("blocked", "challenge", "login")
_REASONS: dict[type[TenderError], str] = {
    PageBroken: "broken",
    PageChanged: "changed",
    SourceFailed: "failed",
    UsageError: "usage",
}


@dataclass(frozen=True, slots=True)
class RunSummary:
    """What a run did. `exit_code`: 0 complete, 3 something refused or failed, 4 an alarm (a changed template, or pages
    but no notice), 1 nothing could be read at all."""

    sources: tuple[SourceRun, ...]
    refusals: tuple[Refused, ...]
    exit_code: int
    levels: dict[Level, int]
    """Notices read in this run, by level."""


def import_saved(
    store: Store,
    pages: Iterable[Page | Unreadable],
    pack: RulePack,
    now: datetime,
    on_progress: Callable[[int], None] | None = None,
    limit: int | None = None,
    dry_run: bool = False,
    window: Window | None = None,
) -> RunSummary:
    """Saved pages → store, at most `limit` notices published within `window` (undated ones are within).

    `on_progress` gets the number of pages read so far; `dry_run` counts and writes nothing.
    """
    run = _Run(store, pack, "fetch --saved", dry_run, window or Window(), limit, live=False)
    for number, page in enumerate(pages, 1):
        if isinstance(page, Unreadable):
            run.refuse(None, page.file, page.error)
        else:
            run.page(page)
        if on_progress:
            on_progress(number)
        if run.left == 0:
            run.cut.update(run.counts)
            break
    return run.end(now)


def fetch_live(
    store: Store,
    wanted: Iterable[Source],
    fetcher: Fetcher,
    pack: RulePack,
    now: datetime,
    settings: Mapping[str, SourceSettings],
    window: Window,
    on_progress: Callable[[int], None] | None = None,
    limit: int | None = None,
    dry_run: bool = False,
    keep: crawl.Keep | None = None,
) -> RunSummary:
    """Sites → store, one source after the other; a source that fails leaves the others alone.

    At most `limit` notices per source; `keep` is handed every page. Raises UsageError for settings a source does not
    know.
    """
    run = _Run(store, pack, "fetch", dry_run, window, None, live=True)
    for source in wanted:
        name = source.SITE.name
        run.begin(name)
        known = store.addresses(name)
        own = settings.get(name, SourceSettings())
        steps = crawl.crawl(source, fetcher, own, window, limit, known.__contains__, keep)
        for step in steps:
            _take(run, name, step)
            if on_progress:
                on_progress(run.pages)
        if limit is not None and run.counts[name]["taken"] >= limit:
            run.cut.add(name)
    return run.end(now)


def _take(run: _Run, source: str, step: crawl.Crawled) -> None:
    match step:
        case crawl.ListRead(items=items):
            run.count(source, read=1, lists=1, seen=items)
        case crawl.NoticePage(page):
            run.page(replace(page, source=source))
        case crawl.ListedNotice(notice):
            run.notice(source, notice)
        case crawl.Failed(url, error):
            run.refuse(source, url, error)


@dataclass(slots=True)
class _Run:
    """One run so far: what waits to be stored, and what to report of each source."""

    store: Store
    pack: RulePack
    command: str
    dry_run: bool
    window: Window
    left: int | None
    """Notices that may still be taken; None is no limit."""
    live: bool
    pages: int = 0
    changed_pages: bool = False
    counts: dict[str | None, Counter[str]] = field(default_factory=dict)
    refusals: list[Refused] = field(default_factory=list)
    cut: set[str | None] = field(default_factory=set)
    """Sources left at the limit, so perhaps before their end."""
    noted: int = 0
    """Refusals already in the store."""
    waiting: list[Record] = field(default_factory=list)
    levels: Counter[Level] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        if not self.dry_run:
            self.store.begin_run(self.command, self.pack.fingerprint)

    def begin(self, source: str | None) -> Counter[str]:
        return self.counts.setdefault(source, Counter())

    def count(self, source: str | None, **numbers: int) -> None:
        self.begin(source).update(numbers)
        self.pages += numbers.get("read", 0)

    def page(self, page: Page) -> None:
        """Reads one page and takes its notices; a page that fails, even by a mistake of ours, costs only itself."""
        place = page.file or page.url or page.text[:40]
        try:
            parsed = parse.read(page)
            records = self._records(parsed.listing.notices if parsed.listing else parsed.notices)
        except Exception as error:
            self.refuse(_source_of(page), place, parse.unforeseen(place, error))
        else:
            items = len(parsed.listing.links) if parsed.listing else 0
            self.count(parsed.source, read=1, lists=int(parsed.listing is not None), seen=items)
            self.take(parsed.source, records)

    def notice(self, source: str, notice: Notice) -> None:
        """Takes a notice whose body came with a list."""
        place = notice.url or notice.source_id
        try:
            records = self._records((notice,))
        except Exception as error:
            self.refuse(source, place, parse.unforeseen(place, error))
        else:
            self.take(source, records)

    def take(self, source: str, records: list[Record]) -> None:
        """Lets records wait, and stores them when a batch is full."""
        self.count(source, seen=len(records))
        for record in records:
            if not _within(record.notice.published, self.window) or self.left == 0:
                continue
            self.left = None if self.left is None else self.left - 1
            self.count(source, taken=1)
            self.levels[record.verdict.level] += 1
            self.waiting.append(record)
        if len(self.waiting) >= (1 if self.live else BATCH):
            self.flush()

    def _records(self, notices: Iterable[Notice]) -> list[Record]:
        return [recorded(notice, self.pack) for notice in notices]

    def refuse(self, source: str | None, place: str, error: TenderError) -> None:
        self.count(source, read=1, refused=1)
        self.changed_pages = self.changed_pages or isinstance(error, PageChanged)
        reason = error.reason if isinstance(error, PageRefused) else _REASONS.get(type(error), "error")
        self.refusals.append(Refused(place, source, reason, str(error)))

    def flush(self) -> None:
        """Stores what waits; a dry run only counts it."""
        for source, saved in self.store.save(self.waiting, old_copies=not self.live, keep=not self.dry_run).items():
            self.count(source, new=saved.new, changed=saved.changed, unchanged=saved.unchanged)
        self.waiting = []
        if not self.dry_run and self.noted < len(self.refusals):
            self.store.refuse(self.refusals[self.noted :])
            self.noted = len(self.refusals)

    def end(self, now: datetime) -> RunSummary:
        self.flush()
        runs = tuple(
            self._source_run(source) for source in sorted(self.counts, key=lambda name: (name is None, name or ""))
        )
        code = self._exit_code(runs)
        if not self.dry_run:
            self.store.end_run(runs, code, now)
        levels = {level: self.levels[level] for level in LEVELS}
        return RunSummary(runs, tuple(self.refusals), code, levels)

    def _source_run(self, source: str | None) -> SourceRun:
        counts = self.counts[source]
        first = next((refused for refused in self.refusals if refused.source == source), None)
        state: State = "partial" if source in self.cut else "ok"
        error = "left at the number of notices asked for" if source in self.cut else None
        if first is not None:
            good = counts["read"] > counts["refused"]
            state = "partial" if good else "blocked" if first.reason in _BLOCKED else "failed"
            error = first.message
        names = ("read", "new", "changed", "unchanged", "refused", "lists")
        return SourceRun(source, **{name: counts[name] for name in names}, state=state, error=error, window=self.window)

    def _exit_code(self, runs: tuple[SourceRun, ...]) -> int:
        """A source that answered and showed nothing at all is as alarming as one whose pages changed."""
        failed = [run for run in runs if run.read == run.refused]
        if not self.pages:
            return 1
        if self.changed_pages:
            return 4
        if len(failed) == len(runs):
            return 1 if self.live else 4
        if any(not self.counts[run.source]["seen"] for run in runs if run not in failed):
            return 4
        return 3 if self.refusals else 0


def _within(published: datetime | None, window: Window) -> bool:
    if published is None:
        return True
    after = window.since is None or published >= window.since
    return after and (window.until is None or published < window.until)


def _source_of(page: Page) -> str | None:
    """The site a refused page came from, as far as its template or address tells."""
    if page.source is not None:
        return page.source
    try:
        name = sources.recognise(page).SITE.name
    except Exception:  # asked while another mistake is being told, which matters more
        return None
    return None if name == "plain" else name
