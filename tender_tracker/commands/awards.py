"""awards: what was awarded and delivered, for how much, beside what was demanded."""

from itertools import islice
from typing import TYPE_CHECKING, Annotated

import typer

from tender_tracker.commands.call import Call, chip_families, chosen_form, clock, of

if TYPE_CHECKING:
    from tender_tracker.reporting.awards import Awarded

SHOWN = 100
FORMATS = ("table", "json", "csv", "md")


def register(app: typer.Typer) -> None:
    app.command(epilog="Example:  tenders awards --family ascend --since 90d")(awards)


def awards(
    context: typer.Context,
    family: Annotated[str | None, typer.Option(metavar="NAME,…", help="Chips demanded or delivered.")] = None,
    supplier: Annotated[str | None, typer.Option(metavar="TEXT", help="Part of a supplier's name.")] = None,
    buyer: Annotated[str | None, typer.Option(metavar="TEXT", help="Part of the buyer's name.")] = None,
    since: Annotated[str | None, typer.Option(metavar="DATE|7d", help="First day, or that long ago.")] = None,
    until: Annotated[str | None, typer.Option(metavar="DATE", help="Last day, included.")] = None,
    week: Annotated[str | None, typer.Option(metavar="2026-W47", help="One ISO week, Shanghai time.")] = None,
    month: Annotated[str | None, typer.Option(metavar="2026-11", help="One month.")] = None,
    format: Annotated[str, typer.Option(metavar="|".join(FORMATS), help="Form of the list.")] = "table",
    limit: Annotated[
        int | None, typer.Option(metavar="N", min=1, help=f"At most so many; a table has {SHOWN}, others all.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="The same as --format json.")] = False,
) -> None:
    """Awards and contracts of flagged procurements, newest first: goods, prices, discount, demanded → delivered."""
    from tender_tracker.reporting import awards_table
    from tender_tracker.reporting.table import document

    call = of(context)
    form = chosen_form(context, format, json, FORMATS)
    most = limit or (SHOWN if form == "table" else None)
    found = _found(call, (family, supplier, buyer), (since, until, week, month), most)
    shown = found[:most]
    if form == "json":
        call.put(document({"awards": shown}))
    elif form == "csv":
        call.put(awards_table.csv(shown))
    elif form == "md":
        call.put(awards_table.table(shown, call.lang).markdown())
    else:
        call.put_table(awards_table.table(shown, call.lang))
    call.tell(awards_table.summary(shown, call.lang) if shown else call.say("awards.none"))
    if len(shown) < len(found):
        call.tell(call.say("awards.shown", n=len(shown)))


def _found(
    call: Call, words: tuple[str | None, ...], period: tuple[str | None, ...], most: int | None
) -> "list[Awarded]":
    """One more than `most`, where there are more."""
    from tender_tracker.reporting.awards import entries
    from tender_tracker.reporting.period import window
    from tender_tracker.reporting.report import days
    from tender_tracker.storage.awarded import awarded
    from tender_tracker.storage.query import Reader

    family, supplier, buyer = words
    wanted = set(chip_families(call, family))
    since, until = days(window(clock(), *period))

    def fits(entry: "Awarded") -> bool:
        asked = entry.demand.families if entry.demand else ()
        return (
            (since is None or (entry.day is not None and entry.day >= since))
            and (until is None or (entry.day is not None and entry.day < until))
            and (not wanted or bool(wanted & {*entry.delivered, *asked}))
            and (supplier is None or any(supplier.casefold() in name.casefold() for name in entry.suppliers))
            and (buyer is None or buyer.casefold() in (entry.notice.buyer or "").casefold())
        )

    with Reader.open(call.settings.db) as reader:
        kept = filter(fits, entries(awarded(reader, since, until, supplier)))
        found = list(islice(kept, None if most is None else most + 1))
    return sorted(found, key=lambda entry: (entry.day is not None, entry.day, -entry.project), reverse=True)
