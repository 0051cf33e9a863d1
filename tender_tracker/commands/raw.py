"""Commands about the raw file beside the store: raw status, prune, and reparse, which rebuilds notices from it."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tender_tracker.commands.call import Call, Json, clock, of
from tender_tracker.errors import StoreUnusable, TenderError, UsageError

if TYPE_CHECKING:
    from tender_tracker.reparse import ReparseSummary
    from tender_tracker.storage.raw import Kept

UNREAD_SHOWN = 20
UNITS = {"B": 1, "KB": 10**3, "MB": 10**6, "GB": 10**9, "KIB": 2**10, "MIB": 2**20, "GIB": 2**30}
raw = typer.Typer(
    help="Fetched pages as they came, kept beside the store.", no_args_is_help=True, rich_markup_mode=None
)


def register(app: typer.Typer) -> None:
    raw.command(epilog="Example:  tenders raw status")(status)
    raw.command(epilog="Example:  tenders raw prune --keep 90d --max-size 2GB")(prune)
    raw.command(epilog="Example:  tenders raw export --warc pages.warc.gz --source ccgp")(export)
    app.add_typer(raw, name="raw")
    app.command(epilog="Example:  tenders reparse --source ccgp --dry-run")(reparse)


def place(call: Call) -> "Path":
    """The raw file of this call's store."""
    from tender_tracker.storage.raw import beside

    return beside(call.settings.db)


def status(context: typer.Context, json: Json = False) -> None:
    """What is kept: pages, lists among them, age and size per source."""
    from tender_tracker.messages import day
    from tender_tracker.reporting.table import Column, Table
    from tender_tracker.storage.raw import RawFile

    call = of(context)
    with RawFile.open(place(call), write=False) as file:
        shelves, used = file.shelves(), file.used()
    columns = (
        Column("source", call.say("head.source"), lambda row: row.source or call.say("raw.any")),
        Column("pages", call.say("head.pages"), lambda row: str(row.pages), right=True),
        Column("lists", call.say("head.lists"), lambda row: str(row.lists), right=True, spare=True),
        Column("oldest", call.say("head.oldest"), lambda row: day(row.oldest)),
        Column("newest", call.say("head.newest"), lambda row: day(row.newest)),
        Column("size", call.say("head.size"), lambda row: _size(row.size), right=True),
        Column("packed", call.say("head.packed"), lambda row: _size(row.packed), right=True),
    )
    call.put_table(Table(columns, tuple(shelves)), json)
    call.tell(call.say("raw.line", file=place(call), size=_size(used)))


def prune(
    context: typer.Context,
    keep: Annotated[str | None, typer.Option(metavar="90d|DATE", help="Pages read before that go.")] = None,
    max_size: Annotated[
        str | None, typer.Option(metavar="2GB", help="Then lists, then the oldest pages, until the file is as small.")
    ] = None,
) -> None:
    """Take old pages out of the raw file and give the space back; the store stays as it is."""
    from tender_tracker.reporting.period import first_day
    from tender_tracker.storage import lock
    from tender_tracker.storage.raw import RawFile, absent

    call, now = of(context), clock()
    if keep is None and max_size is None:
        raise UsageError("raw prune: say what may stay, --keep 90d or --max-size 2GB")
    before, limit = first_day(keep, now, "--keep") if keep else None, bytes_of(max_size)
    path = place(call)
    if not path.is_file():
        raise absent(path)
    with lock.take(call.settings.db), RawFile.open(path) as file:
        size = file.used()
        taken = file.prune(before, limit)
        call.put(call.say("raw.pruned", n=taken, before=_size(size), after=_size(file.used())) + "\n")


def export(
    context: typer.Context,
    warc: Annotated[Path, typer.Option(metavar="FILE", help="Write pages with an address as WARC, compressed.")],
    source: Annotated[str | None, typer.Option(metavar="SOURCE,…", help="Only pages of these sources.")] = None,
    since: Annotated[str | None, typer.Option(metavar="DATE|7d", help="Only pages read since then.")] = None,
) -> None:
    """Write kept pages into a file that web archives and `fetch --saved` read; needs the extra warc."""
    from tender_tracker.pages.warc import write
    from tender_tracker.reparse import page_of
    from tender_tracker.reporting.period import window
    from tender_tracker.storage.raw import RawFile

    call, since_when = of(context), window(clock(), since).since
    part, damaged = warc.with_name(f"{warc.name}.part"), list[StoreUnusable]()
    with RawFile.open(place(call), write=False) as file:
        found = _whole(file.pages(_named(source), since_when), damaged)
        try:
            with part.open("wb") as out:
                count = write(map(page_of, found), out)
            part.replace(warc)
        except OSError as error:
            raise TenderError(f"{warc}: not written: {error.strerror}; the old file, if any, is untouched") from error
        finally:
            part.unlink(missing_ok=True)
    call.tell(call.say("raw.exported", file=warc, n=count))
    for trouble in damaged:
        call.tell(str(trouble), always=True)
    if damaged:
        raise typer.Exit(3)


def _whole(pages: "Iterable[Kept | StoreUnusable]", damaged: list[StoreUnusable]) -> "Iterator[Kept]":
    """The pages that can be read; the others go to `damaged`."""
    for page in pages:
        if isinstance(page, StoreUnusable):
            damaged.append(page)
        else:
            yield page


def _named(source: str | None) -> tuple[str, ...]:
    """The sources of an option. Raises UsageError for a slip in a name, which is no source without pages."""
    from tender_tracker import sources

    names = tuple(word.strip() for word in (source or "").split(",") if word.strip())
    for name in names:
        sources.load(name)
    return names


def reparse(
    context: typer.Context,
    source: Annotated[str | None, typer.Option(metavar="SOURCE,…", help="Only pages of these sources.")] = None,
    since: Annotated[str | None, typer.Option(metavar="DATE|7d", help="Only pages read since then.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would change.")] = False,
    json: Json = False,
) -> None:
    """Read all kept raw pages again after a parser fix, without asking any site."""
    from tender_tracker.commands.fetch import progress
    from tender_tracker.reparse import reparse as rebuild
    from tender_tracker.reporting.period import window
    from tender_tracker.reporting.table import document
    from tender_tracker.storage.raw import RawFile
    from tender_tracker.storage.store import Store

    call, now = of(context), clock()
    pack, span = call.pack, window(now, since)
    chosen = _named(source)
    with (
        RawFile.open(place(call), write=False) as file,
        Store.open(call.settings.db, now, create=False) as store,
        progress(call) as tick,
    ):
        summary = rebuild(store, file, pack, now, chosen, span.since, dry_run, tick)
    if not summary.pages:
        raise TenderError(f"{place(call)}: no kept page of that source and time; see `tenders raw status`")
    call.put(document(summary)) if json else _put_changes(call, summary)
    if dry_run:
        call.tell(call.say("fetch.dry"))
    if summary.unread:
        raise typer.Exit(3)


def _put_changes(call: Call, summary: "ReparseSummary") -> None:
    """One row a field with its first change; pages that gave no notice by name."""
    from tender_tracker.reporting.table import Column, Table

    columns = (
        Column("field", call.say("head.field"), lambda row: row.field),
        Column("notices", call.say("head.notices"), lambda row: str(row.notices), right=True),
        Column("id", call.say("head.id"), lambda row: str(row.examples[0].id), right=True),
        Column("before", call.say("head.was"), lambda row: _cell(row.examples[0].before)),
        Column("after", call.say("head.now"), lambda row: _cell(row.examples[0].after)),
    )
    if summary.fields:
        call.put_table(Table(columns, summary.fields))
    counts = {name: getattr(summary, name) for name in ("pages", "new", "changed", "unchanged")}
    call.tell(call.say("reparse.line", unread=len(summary.unread), **counts))
    shown = len(summary.unread) if call.verbose else UNREAD_SHOWN
    for message in summary.unread[:shown]:
        call.tell(call.say("reparse.unread", message=call.told(message)), always=True)
    if len(summary.unread) > shown:
        call.tell(call.say("reparse.more", n=len(summary.unread) - shown), always=True)


def _cell(value: Any) -> str:
    from json import dumps

    text = value if isinstance(value, str) else "–" if value is None else dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else f"{text[:60]}…"


def bytes_of(word: str | None) -> int | None:
    """2GB, 500 MB, 1.5GiB → bytes. Raises UsageError for anything else."""
    if word is None:
        return None
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([KMG]?i?B)", word.strip(), re.IGNORECASE)
    if found is None or found[2].upper() not in UNITS:
        raise UsageError(f"--max-size: {word!r} is no size; write it as 500MB or 2GB")
    return int(float(found[1]) * UNITS[found[2].upper()])


def _size(count: int) -> str:
    return f"{count / 10**6:,.1f} MB" if count >= 10**6 else f"{count / 10**3:,.1f} kB"
