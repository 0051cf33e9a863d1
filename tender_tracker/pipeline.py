"""The conductor: saved pages, or sites one after the other → a run that stores notices and counts all it refused.

Whatever a page does, it costs that page only and is named; the exit code says whether the run may be trusted.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from hashlib import blake2b
from typing import TYPE_CHECKING

from tender_tracker import harvest
from tender_tracker.errors import PageRefused, UsageError
from tender_tracker.flagging.rulepack import RulePack
from tender_tracker.model import SHANGHAI, Link, Page, Source, SourceSettings, Window
from tender_tracker.pages.readable import Unreadable
from tender_tracker.relabel import RelabelSummary as RelabelSummary
from tender_tracker.relabel import relabel as relabel
from tender_tracker.run import Run
from tender_tracker.run import RunSummary as RunSummary
from tender_tracker.storage.past import Past
from tender_tracker.storage.store import SourceRun, Store
from tender_tracker.web import crawl

if TYPE_CHECKING:
    from tender_tracker.web.fetch import Fetcher
    from tender_tracker.workers import Workers

FIRST = timedelta(days=7)
"""How far back a source is read that was never read before."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What would be asked of one source. `problem`: why it cannot be asked."""

    source: str
    window: Window
    urls: tuple[str, ...] = ()
    due: int = 0
    """Pages that failed before and are due again."""
    problem: str | None = None


def import_saved(
    store: Store,
    pages: Iterable[Page | Unreadable],
    pack: RulePack,
    now: datetime,
    on_progress: Callable[[int], None] | None = None,
    limit: int | None = None,
    dry_run: bool = False,
    window: Window | None = None,
    workers: Workers | None = None,
) -> RunSummary:
    """Saved pages → store, at most `limit` notices published within `window` (undated ones are within).

    `on_progress` gets the number of pages read so far; `dry_run` counts and writes nothing. With `workers`, other
    processes read and flag while this one stores; what is stored is the same.
    """
    run = Run(store, pack, "fetch --saved", live=False, dry_run=dry_run, window=window or Window(), left=limit)
    harvests = harvest.each(pages, pack, ahead=limit is None)
    if workers is not None and limit is None:  # behind a limit no page is to be read, nor kept
        from tender_tracker.workers import each

        harvests = each(pages, workers)
    with closing(harvests):
        for number, held in enumerate(harvests, 1):
            run.page(held)
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
    overlap: timedelta | None = None,
    limit: int | None = None,
    keep: crawl.Keep | None = None,
    on_page: Callable[[str, int], None] = lambda source, pages: None,
    on_end: Callable[[SourceRun], None] = lambda run: None,
) -> RunSummary:
    """Sites → store, one source after the other; a source that fails leaves the others alone.

    A window without `since` begins, where `overlap` is given, that long before what the source is covered to. At most
    `limit` notices per source; `keep` is handed every page, `on_page` the source and the pages so far, `on_end` each
    source's record once it is stored. Raises UsageError when the settings of no source allow to ask it.
    """
    run, problems = Run(store, pack, "fetch", live=True), list[UsageError]()
    for source in wanted:
        name, own = source.SITE.name, settings.get(source.SITE.name, SourceSettings())
        run.begin(name)
        span = _window(window, store.past(name, now), own, now, overlap, source.SITE.closed)
        past, asked = store.past(name, span.since), 0
        try:
            for step in crawl.crawl(source, fetcher, own, span, limit, past, keep):
                _take(run, name, step, past)
                asked += _is_of_one_notice(step)
                on_page(name, run.pages)
        except UsageError as error:
            problems.append(error)
            on_end(run.not_configured(name, past, error))
            continue
        if limit is not None and asked >= limit:
            run.cut.add(name)
        on_end(run.end_source(source.SITE, past, span, _scope(own), window.since is not None, now))
    summary = run.end(now)
    if problems and len(problems) == len(summary.sources):
        raise problems[0]
    return summary


def plan(
    store: Store,
    wanted: Iterable[Source],
    now: datetime,
    settings: Mapping[str, SourceSettings],
    window: Window,
    overlap: timedelta | None,
) -> Iterable[Plan]:
    """What `fetch_live` would ask of each source; nothing is asked."""
    for source in wanted:
        name, own = source.SITE.name, settings.get(source.SITE.name, SourceSettings())
        past = store.past(name, now)
        span = _window(window, past, own, now, overlap, source.SITE.closed)
        try:
            urls = tuple(request.url for request in crawl.plan(source, own, span))
        except UsageError as error:
            yield Plan(name, span, problem=str(error))
        else:
            yield Plan(name, span, urls, len(past.due()))


def _window(
    window: Window, past: Past, own: SourceSettings, now: datetime, overlap: timedelta | None, closed: bool
) -> Window:
    """The window asked of one source; it begins with a day, because many lists print no hours."""
    if closed and window.until is None:
        window = replace(window, until=now)
    if window.since is not None or overlap is None:
        return window
    covered = past.watermark(_scope(own))
    since = (now - FIRST if covered is None else covered - overlap).astimezone(SHANGHAI)
    return replace(window, since=datetime.combine(since.date(), time(), SHANGHAI))


def _scope(own: SourceSettings) -> str:
    """What of a source is asked for: with other columns or keywords, nothing of it is covered yet."""
    asked = (own.base_url, own.search_url, own.columns, own.keywords)
    return blake2b(json.dumps(asked).encode(), digest_size=6).hexdigest()


def _is_of_one_notice(step: crawl.Crawled) -> bool:
    """Whether it uses up one of the limit: also a page that failed or has not changed keeps another from being read."""
    match step:
        case crawl.ListRead() | crawl.Failed(link=None):
            return False
        case _:
            return True


def _take(run: Run, source: str, step: crawl.Crawled, past: Past) -> None:
    match step:
        case crawl.ListRead(items=items):
            run.count(source, read=1, lists=1, seen=items)
        case crawl.NoticePage(page, link, validators):
            (held,) = harvest.of([replace(page, source=source)], run.pack)
            if run.page(held, link):
                past.read(link, validators)
        case crawl.NotModified(link, validators):
            run.count(source, read=1, not_modified=1)
            past.read(link, validators)
        case crawl.ListedNotice(notice):
            run.notice(source, notice)
        case crawl.Failed(_, PageRefused(reason="not_found"), Link() as link) if past.gone(link):
            run.count(source, read=1)  # withdrawn: it was read when it stood there
        case crawl.Failed(url, error, link):
            run.refuse(source, url, error, link)
            run.torn.update([source] if link is None else [])
