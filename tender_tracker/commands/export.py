"""The command that hands stored notices to other programs: export."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tender_tracker.commands.call import Call, chip_families, choice, choices, clock, of, stored_sources
from tender_tracker.outfile import write

if TYPE_CHECKING:
    from tender_tracker.exporting.calendar import Event
    from tender_tracker.storage.query import Filter, Reader
    from tender_tracker.storage.rows import Flagged

FORMATS = ("csv", "xlsx", "jsonl", "ics", "atom", "jsonfeed", "ocds", "parquet")
_BINARY = ("xlsx", "parquet")


def register(app: typer.Typer) -> None:
    app.command("export", epilog="Example:  tenders export --format ics --level required -o deadlines.ics")(export)


def export(
    context: typer.Context,
    format: Annotated[str, typer.Option(metavar="|".join(FORMATS), help="Form of the file.")] = "csv",
    output: Annotated[Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write to FILE.")] = None,
    partition: Annotated[
        str | None, typer.Option(metavar="month", help="With parquet: a dataset in the folder -o, of any level.")
    ] = None,
    level: Annotated[
        str | None, typer.Option(metavar="LEVEL,…", help="required, preferred, supplied (default), mentioned, none.")
    ] = None,
    kind: Annotated[str | None, typer.Option(metavar="KIND,…", help="tender, award, amendment, …")] = None,
    source: Annotated[str | None, typer.Option(metavar="SOURCE,…", help="Only of these sources.")] = None,
    family: Annotated[str | None, typer.Option(metavar="FAMILY,…", help="Chip families, e.g. ascend,hygon.")] = None,
    buyer: Annotated[str | None, typer.Option(metavar="TEXT", help="Part of the buyer's name.")] = None,
    region: Annotated[str | None, typer.Option(metavar="TEXT", help="Part of the region or province.")] = None,
    since: Annotated[str | None, typer.Option(metavar="DATE|7d", help="First day, or that long ago.")] = None,
    until: Annotated[str | None, typer.Option(metavar="DATE", help="Last day, included.")] = None,
) -> None:
    """Hand notices to a calendar, a feed reader, a spreadsheet or another program."""
    from tender_tracker.errors import UsageError
    from tender_tracker.model import FLAGGED, KINDS, LEVELS
    from tender_tracker.reporting.period import window
    from tender_tracker.reporting.report import days
    from tender_tracker.storage.query import Filter, Reader

    call, chosen = of(context), choice("--format", format, FORMATS)
    if chosen in _BINARY and not output:
        raise UsageError(f"export --format {chosen} writes bytes; name the file with -o FILE")
    levels, kinds = choices("--level", level, LEVELS) or FLAGGED, choices("--kind", kind, KINDS)
    parted = bool(choices("--partition", partition, ("month",)))
    if parted and (chosen != "parquet" or not output):
        raise UsageError("export --partition month writes a dataset: add --format parquet -o DIR")
    levels = choices("--level", level, LEVELS) if parted else levels
    families, (first, last) = chip_families(call, family), days(window(clock(), since, until))
    with Reader.open(call.settings.db) as reader:
        sources = stored_sources(reader, source)
        where = Filter(first, last, "published", levels, families, kinds, sources, buyer, region)
        count, stored = reader.count(where), reader.stats().notices
        if parted and output:
            _dataset(call, reader, where, output)
        elif output:
            write(output, (_table if chosen in _BINARY else _pieces)(call, reader, where, chosen))
            call.tell(call.say("export.written", file=output, n=count))
        else:
            call.put_pieces(_pieces(call, reader, where, chosen))
    if not count:
        call.tell(call.say("export.none", n=stored))


def _pieces(call: Call, reader: "Reader", where: "Filter", form: str) -> "Iterable[str]":
    """Each form knows its own file and makes it while it reads, so that memory stays flat; only its own is imported."""
    rows, updated = reader.each(where), reader.touched(where) or datetime.fromtimestamp(0, UTC)
    if form == "csv":
        from tender_tracker.reporting.render import csv_of

        return csv_of(rows)
    if form == "jsonl":
        from tender_tracker.reporting.render import record
        from tender_tracker.reporting.table import line

        return (line(record(row)) for row in rows)
    if form == "ics":
        from tender_tracker.exporting.calendar import calendar

        return calendar(_events(reader, rows, where), call.lang)
    if form == "ocds":
        from tender_tracker import __version__
        from tender_tracker.exporting.ocds import package

        return package(rows, updated, __version__)
    from tender_tracker.exporting.entries import entries, head
    from tender_tracker.reporting.feed import atom, json_feed

    faces = {"atom": atom, "jsonfeed": json_feed}
    return faces[form](head(where, updated, call.lang), entries(reader.each(where, newest=True), call.lang))


def _table(call: Call, reader: "Reader", where: "Filter", form: str) -> bytes:
    """The forms that are written as a whole."""
    rows = reader.each(where)
    if form == "xlsx":
        from tender_tracker.exporting.workbook import workbook

        return workbook(tuple(rows), reader.coverage(clock()), call.lang)
    from tender_tracker.exporting.parquet import parquet

    return parquet(rows)


def _dataset(call: Call, reader: "Reader", where: "Filter", folder: Path) -> None:
    from tender_tracker.exporting.months import export

    told = export(reader, where, folder)
    counts = {"notices": told["notices"], "versions": told["versions"], "months": told["months"]}
    call.tell(call.say("dataset.written", folder=folder, **counts))


def _events(reader: Any, rows: "Iterator[Flagged]", where: "Filter") -> "Iterator[Event]":
    """The deadline of each notice, and its opening where that is another moment.

    A project that was corrected has those of its state, told once; one that was ended is cancelled.
    """
    from tender_tracker.exporting.calendar import Event
    from tender_tracker.facts.opening import opening
    from tender_tracker.storage.dates_of import Fixed, fixed

    known = fixed(reader)
    for row in rows:
        notice = row.notice
        state: Fixed | None = known.get(notice.id)
        if state is None:
            deadline = notice.deadline
            opened = opening(reader.text(notice.id)) if notice.kind in ("tender", "amendment") else None
            ended, touched = False, None
        elif notice.id != state.call and notice.kind == "amendment" and state.level in where.levels:
            continue  # the call for bids tells them
        else:
            own = notice.kind in ("tender", "single_source", "amendment")
            deadline, opened = (state.deadline, state.opening) if own else (notice.deadline, None)
            ended, touched = state.ended, state.touched
        if deadline:
            yield Event(row, "deadline", deadline, ended, touched)
        if opened and opened != deadline:
            yield Event(row, "opening", opened, ended, touched)
