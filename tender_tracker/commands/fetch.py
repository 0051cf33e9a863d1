"""Commands that read pages: fetch into the store, parse without storing."""

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tender_tracker.commands import documents as attachments
from tender_tracker.commands import live
from tender_tracker.commands.call import Call, clock, of
from tender_tracker.commands.read import Since, Until
from tender_tracker.commands.watch import PingUrl, watched
from tender_tracker.errors import UsageError

if TYPE_CHECKING:
    from datetime import datetime

    from tender_tracker.attachments import Settled
    from tender_tracker.model import Page, Window
    from tender_tracker.pages.readable import Unreadable
    from tender_tracker.pipeline import RunSummary
    from tender_tracker.storage.keeper import Keeper
    from tender_tracker.storage.store import SourceRun, Store
    from tender_tracker.workers import Workers

REFUSALS_SHOWN = 20
Tick = Callable[..., None]
"""Takes the pages read so far and, where there are several, the source at hand."""


def register(app: typer.Typer) -> None:
    app.command(epilog="Example:  tenders fetch --saved fixtures    (or: tenders fetch ccgp --since 7d)")(fetch)
    app.command(epilog="Example:  tenders parse --jsonl fixtures > parsed.jsonl")(parse)


def fetch(
    context: typer.Context,
    sources: Annotated[list[str] | None, typer.Argument(metavar="[SOURCE…]", help="Live sources; default all.")] = None,
    saved: Annotated[list[Path] | None, typer.Option(metavar="PATH", help="Saved pages; may be repeated.")] = None,
    since: Since = None,
    until: Until = None,
    limit: Annotated[int | None, typer.Option(metavar="N", min=1, help="At most so many notices.")] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say what would be asked; with --saved, read and count.")
    ] = False,
    keep_raw: Annotated[
        bool, typer.Option("--keep-raw", help="Keep saved pages in the raw file, as live ones always are.")
    ] = False,
    workers: Annotated[
        int,
        typer.Option(metavar="N", min=1, help="Processes that read saved pages; two pay from thousands."),
    ] = 1,
    search: Annotated[
        bool, typer.Option("--search", help="Ask each site's own search for the words of its rule pack.")
    ] = False,
    documents: Annotated[
        str | None,
        typer.Option(
            metavar="flagged|all|none", help="Attachments to gather; default none, those beside saved pages flagged."
        ),
    ] = None,
    ping_url: PingUrl = None,
) -> None:
    """Read notices from sites or saved pages, flag and store them."""
    from tender_tracker.config import web_address
    from tender_tracker.reporting.period import window

    _check_fits(bool(saved), workers, limit, search, ping_url)
    call, now, papers = of(context), clock(), list["Settled"]()
    span, mode = window(now, since, until), attachments.mode_of(call, documents)
    if saved:
        paths = [*saved, *map(Path, sources or ())]
        summary = _saved(call, paths, span, limit, now, dry_run, keep_raw, workers, mode, papers)
    else:
        wanted, _ = live.chosen(call, sources or []), call.pack  # a bad rule file is told before anything is asked
        own = live.settings_of(call, wanted, search)
        ping = web_address("ping_url", ping_url, "--ping-url") if ping_url else call.settings.ping_url
        if dry_run:
            with _store(call, now, dry_run) as store:
                raise typer.Exit(live.put_plan(call, store, wanted, own, span, now))
        with watched(call, ping) as ended:
            with _store(call, now, dry_run) as store, _keeper(call, True) as keep, progress(call) as tick:
                summary = live.fetch(
                    *(call, store, wanted, own, span, limit, now, keep, lambda name, done: tick(done, name)),
                    after=lambda fetcher: papers.extend(attachments.of_run(call, store, mode, now, fetcher)),
                )
            ended(live.ended(summary))
    _put_summary(call, summary, dry_run)
    late = attachments.put_gathered(call, papers)
    raise typer.Exit(summary.exit_code or late)


def _check_fits(saved: bool, workers: int, limit: int | None, search: bool, ping_url: str | None) -> None:
    """Raises UsageError for options that would do nothing beside the others."""
    if workers > 1 and not saved:
        raise UsageError("fetch: --workers read saved pages only; add --saved PATH, or leave --workers out")
    if workers > 1 and limit is not None:
        raise UsageError("fetch: behind a --limit one process reads; leave --workers or --limit out")
    for option, given in (("--search", search), ("--ping-url", ping_url)):
        if saved and given:
            raise UsageError(f"fetch: {option} is for sites, not for saved pages; leave it or --saved out")


def _saved(
    call: Call,
    paths: list[Path],
    span: "Window",
    limit: int | None,
    now: "datetime",
    dry_run: bool,
    keep_raw: bool,
    workers: int,
    mode: str | None,
    papers: "list[Settled]",
) -> "RunSummary":
    """Reads saved pages; words after `--saved PATH` are paths too, for a shell writes `--saved *` so.

    Raises UsageError for a path that does not exist or is a device or pipe, before anything is written.
    """
    for path in paths:
        if not path.exists():
            raise UsageError(f"{path}: no such file or folder; check the path")
        if not (path.is_file() or path.is_dir()):
            raise UsageError(f"{path}: not a regular file; give a saved page or a folder")
    from tender_tracker import pipeline, sources
    from tender_tracker.pages.saved import pages

    pack = call.pack  # a bad rule file or recipe is told before anything is written
    sources.names()
    with (
        _store(call, now, dry_run) as store,
        _keeper(call, keep_raw and not dry_run) as keep,
        progress(call) as tick,
    ):
        found = _kept(pages(paths, now, with_raw=True), keep) if keep else pages(paths, now)
        summary = pipeline.import_saved(store, found, pack, now, tick, limit, dry_run, span, _workers(call, workers))
        if not dry_run:
            papers += attachments.of_run(call, store, mode or "flagged", now, None)
        return summary


def _workers(call: Call, count: int) -> "Workers | None":
    """Other processes to read in, where more than one is asked for."""
    if count < 2:
        return None
    from tender_tracker.workers import Workers

    return Workers(count, call.settings.rules, call.settings.recipes)


def _kept(found: "Iterable[Page | Unreadable]", keep: "Keeper") -> "Iterator[Page | Unreadable]":
    """The same pages, each kept as it goes by."""
    from tender_tracker.model import Page

    for page in found:
        if isinstance(page, Page):
            keep(page, "notices")
        yield page


@contextmanager
def _store(call: Call, now: "datetime", dry_run: bool) -> "Iterator[Store]":
    """The store of this call; a dry run on a store that does not exist yet takes one that vanishes."""
    import tempfile

    from tender_tracker.storage.store import Store

    path = call.settings.db
    if call.settings.origin["db"] == "default":
        path.parent.mkdir(parents=True, exist_ok=True)  # the user named no folder, so the user cannot have made it
    with tempfile.TemporaryDirectory() as folder:
        if dry_run and not path.exists():
            path = Path(folder) / "dry-run.db"
        with Store.open(path, now) as store:
            yield store


@contextmanager
def _keeper(call: Call, keeps: bool) -> "Iterator[Keeper | None]":
    """What keeps the pages of this call beside its store; that it cannot is told at the end, and fails nothing."""
    if not keeps:
        yield None
        return
    from tender_tracker.storage.keeper import Keeper
    from tender_tracker.storage.raw import beside

    with Keeper(beside(call.settings.db)) as keep:
        yield keep
    if keep.trouble:
        call.tell(call.say("fetch.not_kept", error=call.told(keep.trouble)), always=True)


@contextmanager
def progress(call: Call) -> Iterator[Tick]:
    """A bar on stderr that counts pages; nothing where nobody watches."""
    if call.quiet or not sys.stderr.isatty():
        yield lambda done, what=None: None
        return
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    look = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed}"), TimeElapsedColumn())
    with Progress(*look, console=call.console(stderr=True), transient=True) as bar:
        task = bar.add_task(call.say("fetch.progress"), total=None)
        yield lambda done, what=None: bar.update(task, completed=done, **({"description": what} if what else {}))


def _put_summary(call: Call, summary: "RunSummary", dry_run: bool) -> None:
    """One line a source on stdout; refused pages by name on stderr."""
    for run in summary.sources:
        call.put(_line(call, run) + "\n")
    if any(summary.levels.values()):
        levels = ", ".join(f"{level} {count}" for level, count in summary.levels.items())
        call.tell(call.say("fetch.levels", levels=call.told(levels)))
    if summary.reread:
        call.tell(call.say("change.reread", n=summary.reread))
    shown = summary.refusals if call.verbose else summary.refusals[:REFUSALS_SHOWN]
    for refused in shown:
        call.tell(call.say("fetch.refused", message=call.told(refused.message)), always=True)
    if left := sum(run.refused for run in summary.sources) - len(shown):
        rest = "fetch.more" if len(shown) < len(summary.refusals) else "fetch.unnamed"
        call.tell(call.say(rest, n=left), always=True)
    live.put_alarms(call, summary.sources)
    told = any(run.alarm for run in summary.sources)  # an alarm is raised once per outage
    if summary.exit_code == 1 or (summary.exit_code == 4 and not told):
        call.tell(call.say(f"fetch.exit_{summary.exit_code}"), always=True)
    if dry_run:
        call.tell(call.say("fetch.dry"))


def _line(call: Call, run: "SourceRun") -> str:
    from tender_tracker.reporting.clean import terminal

    why = ", ".join(f"{reason} {count}" for reason, count in sorted(run.reasons.items()))
    why = (f"（{call.told(why)}）" if call.lang == "zh" else f" ({why})") if why else ""
    counts = {key: getattr(run, key) for key in ("read", "new", "changed", "unchanged", "refused")}
    text = call.say("fetch.line", source=run.source or call.say("report.unrecognised"), why=why, **counts)
    if run.lists:
        text += call.say("fetch.lists", n=run.lists)
    if run.not_modified:
        text += call.say("fetch.not_modified", n=run.not_modified)
    if run.error and run.state == "ok":
        text += call.say("fetch.warning", error=terminal(call.told(run.error)))
    if run.source and run.error and run.state in ("failed", "blocked", "suspect", "not_configured"):
        text += call.say("fetch.failed", error=terminal(call.told(run.error)))
    return text


def parse(
    context: typer.Context,
    paths: Annotated[list[Path], typer.Argument(metavar="PATH…", help="Saved pages: files, folders, archives.")],
    jsonl: Annotated[bool, typer.Option("--jsonl", help="All fields, one JSON object a line.")] = False,
) -> None:
    """What the parsers make of saved pages; nothing is stored."""
    from tender_tracker import sources
    from tender_tracker.pages.saved import pages
    from tender_tracker.reporting.table import line

    call, read, refused = of(context), 0, 0
    sources.use(call.settings.recipes)
    for page in pages(paths, clock()):
        read += 1
        for record in _records(page):
            refused += record.get("reason") not in (None, "list")
            call.put(line(record) if jsonl else _row(call, record))
    if not read:
        raise UsageError(f"{paths[0]}: no page in it; give .html, .txt, .json, .jsonl, any of these with .gz, or .zip")
    call.tell(call.say("parse.line", n=read, refused=refused))
    if refused:
        raise typer.Exit(3)


def _records(page: "Page | Unreadable") -> tuple[dict[str, Any], ...]:
    from tender_tracker.pages.readable import Unreadable
    from tender_tracker.parse import outcome

    if not isinstance(page, Unreadable):
        return outcome(page).records
    return ({"file": page.file, "outcome": "not_a_notice", "reason": "broken", "message": str(page.error)},)


def _row(call: Call, record: dict[str, Any]) -> str:
    """One page as tabs: file, outcome, then what matters most of a notice or why it is none."""
    from tender_tracker.reporting.clean import terminal

    found = ("file", "outcome", "source", "kind", "published", "buyer", "budget", "title")
    keys = found if record["outcome"] == "notice" else ("file", "outcome", "reason", "message")
    money = record.get("budget")
    cells = {**record, "budget": f"{money['amount']} {money['currency']}" if money else None}
    cells["message"] = call.told(record.get("message") or "")
    return "\t".join(terminal(str(cells.get(key) or "")) for key in keys) + "\n"
