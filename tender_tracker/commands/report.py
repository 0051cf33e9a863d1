"""The command that reports a period: coverage, the flagged notices with their clauses, totals."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tender_tracker.commands.call import Call, choices, chosen_form, clock, columns, of
from tender_tracker.errors import UsageError
from tender_tracker.outfile import write

if TYPE_CHECKING:
    from tender_tracker.model import Level, Window
    from tender_tracker.reporting.report import Report
    from tender_tracker.storage.query import Reader

SHOWN = 100
"""Notices of a table or a page unless told: more than anybody reads."""
GROUPS = 40
"""Groups of an HTML report unless told; the rest is one line."""
FORMATS = ("table", "json", "csv", "md", "html", "xlsx")
BY = ("level", "family", "tier", "buyer", "buyer_kind", "region", "month", "week", "kind", "source", "basis", "size",
      "import_policy", "share", "supplier")  # fmt: skip


def register(app: typer.Typer) -> None:
    app.command(epilog="Example:  tenders report --month 2026-10 --by family,tier --compare previous")(report)


def report(
    context: typer.Context,
    since: Annotated[str | None, typer.Option(metavar="DATE|7d", help="First day, or that long ago.")] = None,
    until: Annotated[str | None, typer.Option(metavar="DATE", help="Last day, included.")] = None,
    week: Annotated[str | None, typer.Option(metavar="2026-W47", help="One ISO week, Shanghai time.")] = None,
    month: Annotated[str | None, typer.Option(metavar="2026-11", help="One month.")] = None,
    level: Annotated[
        str | None, typer.Option(metavar="LEVEL,…", help="required, preferred, supplied, mentioned, none.")
    ] = None,
    by: Annotated[
        str | None,
        typer.Option(metavar="DIM[,DIM]", help=f"Divide the totals by one or two of {', '.join(BY)} [default: level]."),
    ] = None,
    top: Annotated[
        int | None, typer.Option(metavar="N", min=1, help="The N largest groups, all others in one line.")
    ] = None,
    compare: Annotated[
        str | None,
        typer.Option(metavar="PERIOD", help="Show changes against 'previous', a week (2026-W46) or a month (2026-10)."),
    ] = None,
    format: Annotated[str, typer.Option(metavar="|".join(FORMATS), help="Form of the report.")] = "table",
    limit: Annotated[
        int | None,
        typer.Option(metavar="N", min=1, help=f"At most so many notices; table and html have {SHOWN}, others all."),
    ] = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write to FILE.")] = None,
    json: Annotated[bool, typer.Option("--json", help="The same as --format json.")] = False,
) -> None:
    """What was read, the flagged notices with their clauses, totals.

    CSV has the notices; with --by, --top or --compare it has the totals.
    """
    from tender_tracker.reporting import screen
    from tender_tracker.reporting.period import window
    from tender_tracker.reporting.report import build
    from tender_tracker.storage.query import Reader

    call, now = of(context), clock()
    chosen = chosen_form(context, format, json, FORMATS)
    if chosen == "xlsx" and not output:
        raise UsageError("report --format xlsx writes bytes; name the file with -o FILE")
    span, groups = window(now, since, until, week, month), _dimensions(by, level)
    most = limit or (SHOWN if chosen in ("table", "html") else None)
    with Reader.open(call.settings.db) as reader:
        then, largest = _compared(span, compare, now), top or (GROUPS if chosen == "html" else None)
        found = build(reader, span, now, _levels(level), groups, most, largest, then)
        if chosen == "table" and not output:
            call.put_lines(screen.lines(found, call.lang, columns()))
        else:
            form = "totals" if chosen == "csv" and (by or top or compare) else chosen
            _put(call, found, _document(call, reader, found, form), output)
    if not found.flagged:
        levels = ", ".join(f"{key} {count}" for key, count in found.stats.levels.items())
        call.tell(call.say("report.none", n=found.stats.notices, levels=levels))


def _dimensions(by: str | None, level: str | None) -> tuple[Any, ...]:
    """One or two different dimensions. Raises UsageError for others, and for a demand within chosen levels."""
    found = choices("--by", by, BY) or ("level",)
    if len(found) > 2 or len(set(found)) < len(found):
        raise UsageError(f"--by {by}: give one dimension or two different ones")
    if "share" in found and level:
        raise UsageError("--by share divides all purchases of compute, whatever their level: leave --level out")
    return found


def _levels(given: str | None) -> "tuple[Level, ...]":
    from tender_tracker.model import FLAGGED, LEVELS

    return choices("--level", given, LEVELS) or FLAGGED


def _compared(span: "Window", word: str | None, now: Any) -> "Window | None":
    from tender_tracker.reporting.compared import compared

    return compared(span, word, now) if word else None


def _document(call: Call, reader: "Reader", found: "Report", form: str) -> str | bytes:
    """Each form knows its own file; only the asked one is imported."""
    if form in ("html", "xlsx"):
        return _overall(call, reader, found, form)
    from tender_tracker.reporting import render, screen, styled, tally

    documents = {
        "table": lambda: styled.plain(screen.lines(found, call.lang, columns())),
        "json": lambda: render.json(found),
        "csv": lambda: render.csv(found),
        "totals": lambda: tally.csv(found.totals),
        "md": lambda: render.markdown(found, call.lang),
    }
    return documents[form]()


def _overall(call: Call, reader: "Reader", found: "Report", form: str) -> str | bytes:
    """The forms that also show the period at a glance."""
    from tender_tracker.reporting.overview import overview

    seen = overview(reader, found)
    if form == "html":
        from tender_tracker.reporting.report_html import html

        return html(found, seen, call.lang)
    from tender_tracker.exporting.report_book import report_book

    return report_book(found, seen, call.lang)


def _put(call: Call, found: "Report", document: str | bytes, output: Path | None) -> None:
    if output:
        write(output, document)
        call.tell(call.say("report.written", file=output, n=len(found.flagged)))
    else:
        call.put(str(document))
