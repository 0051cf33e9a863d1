"""`tenders fetch` of sites: which sources, what would be asked of them, and the run itself as it is told and logged."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import TYPE_CHECKING

from tender_tracker.commands.call import Call, clock
from tender_tracker.errors import UsageError

if TYPE_CHECKING:
    from datetime import datetime

    from tender_tracker.model import Source, Window
    from tender_tracker.pipeline import RunSummary
    from tender_tracker.storage.keeper import Keeper
    from tender_tracker.storage.store import Store

URLS_SHOWN = 3
Progress = Callable[[str, int], None]


def chosen(call: Call, names: list[str]) -> list[Source]:
    """The sources named, else those asked by default and those configured.

    Raises UsageError for a source, or a [sources.NAME] of the configuration, that does not exist.
    """
    from tender_tracker import sources

    settings = call.settings  # first, for it makes the user's recipes known
    known = sources.known()
    unknown = next((name for name in (*names, *settings.sources) if name not in known), None)
    if unknown:
        raise UsageError(f"no source is called {unknown!r}; there are: {', '.join(known)}")
    wanted = names or [*sources.names(), *settings.sources]
    return [sources.load(name) for name in dict.fromkeys(wanted)]


def fetch(
    call: Call,
    store: Store,
    wanted: list[Source],
    span: Window,
    limit: int | None,
    now: datetime,
    keep: Keeper | None,
    progress: Callable[[], AbstractContextManager[Progress]],
) -> RunSummary:
    """One run through the sources."""
    from tender_tracker import pipeline
    from tender_tracker.web.fetch import Fetcher, FetchSettings

    settings, pack = call.settings, call.pack
    manners = FetchSettings(settings.contact, settings.delay, settings.allow_private)
    with Fetcher(manners, clock, spend=store.spend) as fetcher, progress() as on_page:
        return pipeline.fetch_live(
            store,
            wanted,
            fetcher,
            pack,
            now,
            settings.sources,
            span,
            timedelta(days=settings.overlap),
            limit,
            keep,
            on_page,
        )


def put_plan(call: Call, store: Store, wanted: list[Source], span: Window, now: datetime) -> int:
    """What would be asked of each source, on stdout → the exit code; nothing is asked."""
    from tender_tracker import pipeline
    from tender_tracker.messages import moment

    problems = 0
    for plan in pipeline.plan(store, wanted, now, call.settings.sources, span, timedelta(days=call.settings.overlap)):
        since, until = (moment(end) or "…" for end in (plan.window.since, plan.window.until))
        call.put(call.say("plan.source", source=plan.source, since=since, until=until, n=len(plan.urls)) + "\n")
        if plan.problem:
            problems += 1
            call.put(f"  {plan.problem}\n")
        if plan.due:
            call.put("  " + call.say("plan.due", n=plan.due) + "\n")
        for url in plan.urls[:URLS_SHOWN]:
            call.put(f"  {url}\n")
        if len(plan.urls) > URLS_SHOWN:
            call.put(f"  … {len(plan.urls) - URLS_SHOWN}\n")
    call.tell(call.say("plan.nothing"))
    return 0 if not problems else 2 if problems == len(wanted) else 3
