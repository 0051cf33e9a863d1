"""Commands that look things up in the store: list, show, search."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from tender_tracker.commands.call import Call, Json, chip_families, choice, choices, clock, number, of, stored_sources

if TYPE_CHECKING:
    from tender_tracker.reporting.table import Column
    from tender_tracker.storage.rows import Hit

Since = Annotated[str | None, typer.Option(metavar="DATE|7d", help="First day, or that long ago.")]
Until = Annotated[str | None, typer.Option(metavar="DATE", help="Last day, included.")]
Levels = Annotated[str | None, typer.Option(metavar="LEVEL,…", help="required, preferred, supplied, mentioned, none.")]
Limit = Annotated[int, typer.Option(metavar="N", min=1, help="At most so many.")]
ORDERS = ("newest", "oldest", "budget", "deadline", "level", "id")


def register(app: typer.Typer) -> None:
    app.command("list", epilog="Example:  tenders list --level required --since 30d")(listing)
    app.command(epilog="Example:  tenders show 12")(show)
    app.command(epilog="Example:  tenders search 昇腾 训练")(search)


def listing(
    context: typer.Context,
    level: Levels = None,
    kind: Annotated[str | None, typer.Option(metavar="KIND,…", help="tender, award, amendment, …")] = None,
    source: Annotated[str | None, typer.Option(metavar="SOURCE,…", help="Only of these sources.")] = None,
    family: Annotated[str | None, typer.Option(metavar="FAMILY,…", help="Chip families, e.g. ascend,hygon.")] = None,
    buyer: Annotated[str | None, typer.Option(metavar="TEXT", help="Part of the buyer's name.")] = None,
    region: Annotated[str | None, typer.Option(metavar="TEXT", help="Part of the region or province.")] = None,
    since: Since = None,
    until: Until = None,
    sort: Annotated[str, typer.Option(metavar="|".join(ORDERS))] = "newest",
    limit: Limit = 50,
    json: Json = False,
) -> None:
    """Stored notices of any level, one a line."""
    from tender_tracker.model import KINDS, LEVELS
    from tender_tracker.reporting.report import days
    from tender_tracker.reporting.table import Table
    from tender_tracker.storage.query import Filter, Reader

    call, levels, kinds = of(context), choices("--level", level, LEVELS), choices("--kind", kind, KINDS)
    families, (first, last) = chip_families(call, family), days(_window(since, until))
    with Reader.open(call.settings.db) as reader:
        sources = stored_sources(reader, source)
        where = Filter(first, last, "published", levels, families, kinds, sources, buyer, region)
        found = tuple(reader.listing(where, limit, choice("--sort", sort, ORDERS)))
        total, stored = reader.count(where), reader.stats().notices
    if found or json:
        call.put_table(Table(_notice_columns(call), found), json)
    _tell_rest(call, len(found), total, stored)


def _window(since: str | None, until: str | None) -> Any:
    from tender_tracker.reporting.period import window

    return window(clock(), since, until)


def _tell_rest(call: Call, shown: int, total: int, stored: int) -> None:
    if not total:
        call.tell(call.say("list.none", n=stored))
    elif shown < total:
        call.tell(call.say("list.more", shown=shown, total=total))


def _notice_columns(call: Call) -> "tuple[Column, ...]":
    from tender_tracker.messages import day, money, name
    from tender_tracker.reporting.styled import STYLES
    from tender_tracker.reporting.table import Column

    lang = call.lang
    return (
        Column("id", call.say("head.id"), lambda row: str(row.id), right=True),
        Column("published", call.say("head.date"), lambda row: day(row.published_on), whole=True),
        Column(
            "level",
            call.say("head.level"),
            lambda row: name(lang, "level", row.level),
            style=lambda row: STYLES[row.level],
        ),
        Column("kind", call.say("head.kind"), lambda row: name(lang, "kind", row.kind), spare=True),
        Column("buyer", call.say("head.buyer"), lambda row: row.buyer, spare=True),
        Column("title", call.say("head.title"), lambda row: row.title),
        Column("budget", call.say("head.budget"), lambda row: money(row.budget, lang), right=True),
        Column("unread", call.say("head.unread"), lambda row: str(len(row.unread) or ""), right=True, spare=True),
    )


def show(
    context: typer.Context,
    notice_id: Annotated[str, typer.Argument(metavar="ID", help="As printed by list, report and search.")],
    json: Json = False,
) -> None:
    """Everything about one notice, its evidence marked in the text."""
    from tender_tracker.flagging.packs import decided_by
    from tender_tracker.reporting import sheet
    from tender_tracker.reporting.belonging import belonging
    from tender_tracker.reporting.belonging import lines as belonging_lines
    from tender_tracker.reporting.table import document, jsonable
    from tender_tracker.reporting.whys import Whys
    from tender_tracker.storage.query import Reader

    call, asked = of(context), number(notice_id)
    with Reader.open(call.settings.db) as reader:
        found = reader.notice(asked)
        project = belonging(reader, asked)
    if json:
        call.put(document({**jsonable(found), "project": project}))
    else:
        whys = Whys(call.pack_named(decided_by(found.notice.pack)), call.lang)
        call.put_lines(sheet.lines(found, whys, call.lang, belonging_lines(project, call.lang)))


def search(
    context: typer.Context,
    words: Annotated[list[str], typer.Argument(metavar="WORDS", help="All of them must occur.")],
    everything: Annotated[bool, typer.Option("--all", help="Scan every stored text.")] = False,
    level: Levels = None,
    limit: Limit = 50,
    json: Json = False,
) -> None:
    """Find words in titles, evidence, and in bodies and attachments about compute."""
    from tender_tracker.model import LEVELS
    from tender_tracker.reporting.table import Table
    from tender_tracker.storage.query import Filter, Reader

    call, levels = of(context), choices("--level", level, LEVELS)
    with Reader.open(call.settings.db) as reader:
        found = reader.search(" ".join(words), everything, Filter(levels=levels) if levels else None, limit)
    columns = (*map(_of_hit, _notice_columns(call)[:5]), _passage_column(call))
    if found.hits or json:
        call.put_table(Table(columns, found.hits), json)
    if not found.total:
        call.tell(call.say("search.none", n=found.notices, bodies=found.bodies))
    elif len(found.hits) < found.total:
        call.tell(call.say("list.more", shown=len(found.hits), total=found.total))


def _of_hit(column: "Column") -> "Column":
    """A column of notices as one of hits."""
    from dataclasses import replace

    return replace(column, text=lambda hit: column.text(hit.notice), style=lambda hit: column.style(hit.notice))


def _passage_column(call: Call) -> "Column":
    from tender_tracker.reporting.attached import at
    from tender_tracker.reporting.table import Column

    def passage(hit: "Hit") -> str:
        where = at(hit.file, hit.page, call.lang, hit.ocr)
        return " ".join(hit.passage.split()) + (f" — {where}" if where else "")

    return Column("passage", call.say("head.passage"), passage)
