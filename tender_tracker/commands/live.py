"""`tenders fetch` of sites: which sources, what would be asked of them, and the run itself as it is told and logged."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from tender_tracker.commands.call import Call, clock
from tender_tracker.commands.watch import Ended
from tender_tracker.errors import TenderError, UsageError

if TYPE_CHECKING:
    from datetime import datetime

    from tender_tracker.model import Source, SourceSettings, Window
    from tender_tracker.pipeline import RunSummary
    from tender_tracker.storage.keeper import Keeper
    from tender_tracker.storage.store import SourceRun, Store
    from tender_tracker.web.fetch import Fetcher

URLS_SHOWN = 3
Progress = Callable[[str, int], None]


def chosen(call: Call, names: list[str]) -> "list[Source]":
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


def settings_of(call: Call, wanted: "list[Source]", search: bool) -> "dict[str, SourceSettings]":
    """The settings of each source; with `search` its own search is asked for the words of its country's rule pack,
    unless the configuration names others."""
    from tender_tracker.flagging import packs, rulepack
    from tender_tracker.model import SourceSettings

    found = dict(call.settings.sources)
    for source in wanted if search else ():
        own = found.get(source.SITE.name, SourceSettings())
        name = packs.name_of(source.SITE.country, None)
        pack = call.pack if name in (None, rulepack.HOME) else rulepack.load(name)
        found[source.SITE.name] = own if own.keywords else replace(own, keywords=pack.keywords)
    return found


def fetch(
    call: Call,
    store: "Store",
    wanted: "list[Source]",
    settings_by: "dict[str, SourceSettings]",
    span: "Window",
    limit: int | None,
    now: "datetime",
    keep: "Keeper | None",
    on_page: Progress,
    after: "Callable[[Fetcher], None]",
) -> "RunSummary":
    """One run through the sources; each leaves a line in the log when it is done. What comes `after` them asks with
    the same manners, and no host that has refused."""
    from tender_tracker import pipeline

    settings, pack = call.settings, call.pack
    overlap = timedelta(days=settings.overlap)
    with fetcher_of(call, store) as fetcher:
        summary = pipeline.fetch_live(
            store, wanted, fetcher, pack, now, settings_by, span, overlap, limit, keep, on_page, _logged(call, now)
        )
        after(fetcher)
        return summary


@contextmanager
def fetcher_of(call: Call, store: "Store") -> "Iterator[Fetcher]":
    """Asks sites as this call is configured."""
    from tender_tracker.web.fetch import Fetcher, FetchSettings

    settings = call.settings
    manners = FetchSettings(settings.contact, settings.delay, settings.allow_private)
    with Fetcher(manners, clock, spend=store.spend) as fetcher:
        yield fetcher


def _logged(call: Call, now: "datetime") -> "Callable[[SourceRun], None]":
    """Writes a line for each source; that it cannot is said once and fails nothing."""
    from tender_tracker import runlog

    path, troubles = call.settings.log or runlog.beside(call.settings.db), list[TenderError]()

    def log(run: "SourceRun") -> None:
        try:
            runlog.append(path, runlog.line(run, now))
        except TenderError as error:
            if not troubles:
                call.tell(call.told(error), always=True)
            troubles.append(error)

    return log


def put_alarms(call: Call, runs: "Iterable[SourceRun]") -> None:
    """What an outage says in the run it begins with, and in the one it ends with."""
    from tender_tracker.messages import name

    for run in runs:
        if run.alarm in ("raised", "recovered"):
            state = name(call.lang, "state", run.state)
            why = call.told(run.error)
            call.tell(call.say(f"alarm.{run.alarm}", source=run.source, state=state, error=why), always=True)


def ended(summary: "RunSummary") -> "Ended":
    """What a dead-man service is told of a run. All is well where nobody need get up: a page was missing at most, which
    the next run asks for again. A source in an outage is a failure until it ends, or the service would take the next
    run for its end. No address and no message of a site goes to the service."""
    outage = any(run.alarm in ("raised", "standing") for run in summary.sources)
    states = ", ".join(f"{run.source} {run.state}" for run in summary.sources)
    said = f"exit {summary.exit_code}: {states}" if summary.exit_code else ""
    return Ended(summary.exit_code in (0, 3) and not outage, said)


def put_plan(
    call: Call,
    store: "Store",
    wanted: "list[Source]",
    settings_by: "dict[str, SourceSettings]",
    span: "Window",
    now: "datetime",
) -> int:
    """What would be asked of each source, on stdout → the exit code; nothing is asked."""
    from tender_tracker import pipeline
    from tender_tracker.messages import moment

    problems = 0
    for plan in pipeline.plan(store, wanted, now, settings_by, span, timedelta(days=call.settings.overlap)):
        since, until = (moment(end) or "…" for end in (plan.window.since, plan.window.until))
        call.put(call.say("plan.source", source=plan.source, since=since, until=until, n=len(plan.urls)) + "\n")
        if plan.problem:
            problems += 1
            call.put(f"  {call.told(plan.problem)}\n")
        if plan.due:
            call.put("  " + call.say("plan.due", n=plan.due) + "\n")
        addresses = list(dict.fromkeys(plan.urls))  # many a POST goes to the same one
        for url in addresses[:URLS_SHOWN]:
            call.put(f"  {url}\n")
        if len(addresses) > URLS_SHOWN:
            call.put(f"  … {len(addresses) - URLS_SHOWN}\n")
    call.tell(call.say("plan.nothing"))
    return 0 if not problems else 2 if problems == len(wanted) else 3
