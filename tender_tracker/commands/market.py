"""market: who buys, who wins, how demand moves, how procurements go."""

from typing import Annotated

import typer

from tender_tracker.commands.call import chip_families, chosen_form, clock, columns, of

SHOWN = 10
FORMATS = ("table", "json", "md")


def register(app: typer.Typer) -> None:
    app.command(epilog="Example:  tenders market --since 2026-01-01 --family ascend")(market)


def market(
    context: typer.Context,
    family: Annotated[str | None, typer.Option(metavar="NAME,…", help="Only procurements of these chips.")] = None,
    since: Annotated[str | None, typer.Option(metavar="DATE|90d", help="First day, or that long ago.")] = None,
    until: Annotated[str | None, typer.Option(metavar="DATE", help="Last day, included.")] = None,
    week: Annotated[str | None, typer.Option(metavar="2026-W47", help="One ISO week, Shanghai time.")] = None,
    month: Annotated[str | None, typer.Option(metavar="2026-11", help="One month.")] = None,
    top: Annotated[
        int | None, typer.Option(metavar="N", min=1, help=f"Buyers and suppliers; {SHOWN}, in JSON all.")
    ] = None,
    format: Annotated[str, typer.Option(metavar="|".join(FORMATS), help="Form of the answer.")] = "table",
    json: Annotated[bool, typer.Option("--json", help="The same as --format json.")] = False,
) -> None:
    """Who buys, who wins, how demand moves by month, how procurements went: each figure with what it is of."""
    from tender_tracker.reporting import screen
    from tender_tracker.reporting.market_tables import sections
    from tender_tracker.reporting.period import window
    from tender_tracker.reporting.report import days
    from tender_tracker.reporting.table import document
    from tender_tracker.storage.market import market as asked
    from tender_tracker.storage.market_rows import Scope
    from tender_tracker.storage.query import Reader

    call = of(context)
    form = chosen_form(context, format, json, FORMATS)
    families = chip_families(call, family)
    scope = Scope(*days(window(clock(), since, until, week, month)), families)
    with Reader.open(call.settings.db) as reader:
        found = asked(reader, scope, top or (None if form == "json" else SHOWN))
    if form == "json":
        call.put(document(found))
        return
    for section in sections(found, call.lang):
        if form == "md":
            call.put(f"## {section.title}\n\n{section.table.markdown()}\n{section.note}\n\n")
        else:
            call.put_lines(screen.titled(section.title, section.table, section.note, columns()))
    if not found.buyers.projects and not found.suppliers:
        call.tell(call.say("market.none"))
