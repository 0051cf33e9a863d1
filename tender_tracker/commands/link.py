"""link: records of notices from any site → the procurements they speak of; nothing is stored."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from tender_tracker.commands.call import Call, of
from tender_tracker.commands.flag import raw_lines

if TYPE_CHECKING:
    from tender_tracker.linking.cluster import Linked
    from tender_tracker.linking.item import Item


def register(app: typer.Typer) -> None:
    app.command(epilog="Example:  tenders link items.jsonl --jsonl > projects.jsonl")(link)


def link(
    context: typer.Context,
    files: Annotated[
        list[str] | None,
        typer.Argument(metavar="[FILE…|-]", help="JSON Lines of notices; none or - is standard input."),
    ] = None,
    jsonl: Annotated[bool, typer.Option("--jsonl", help="All notices: one JSON a line for each project.")] = False,
    perhaps: Annotated[bool, typer.Option("--perhaps", help="Also pairs that may be related but stay apart.")] = False,
) -> None:
    """Link notices of one procurement: records {id, title, buyer, date, project_no, amount, text}."""
    from tender_tracker.linking.cluster import link as linked

    call = of(context)
    items, bad = _read(call, raw_lines(files or ["-"]))
    found = linked(items)
    if jsonl:
        _put_lines(call, found, perhaps)
    else:
        _put_table(call, found, perhaps)
    several = sum(len(project.members) > 1 for project in found.projects)
    call.tell(
        call.say("link.line", n=len(items), projects=len(found.projects), several=several, perhaps=len(found.perhaps))
    )
    if bad:
        raise typer.Exit(3)


def _read(call: Call, lines: Iterable[tuple[str, bytes]]) -> "tuple[list[Item], int]":
    """The good lines, and the number of bad ones, each named on stderr."""
    from tender_tracker.errors import PageBroken
    from tender_tracker.linking.item import read

    items: dict[str | int, Item] = {}
    bad = 0
    for where, line in lines:
        try:
            item = read(line, where)
            if item.id in items:
                raise PageBroken(f"{where}: id {item.id!r} comes twice; the second line is left out")
            items[item.id] = item
        except PageBroken as error:
            bad += 1
            call.tell(call.told(f"tenders: {error}"), always=True)
    return list(items.values()), bad


def _put_lines(call: Call, found: "Linked", perhaps: bool) -> None:
    from tender_tracker.reporting.table import line

    for project in found.projects:
        members = [item.id for item in project.members]
        call.put(line({"members": members, "score": project.score, "reason": project.reason}))
    if perhaps:
        for one, other, between in found.perhaps:
            call.put(line({"perhaps": [one.id, other.id], "score": between.score, "reason": between.reason}))


def _put_table(call: Call, found: "Linked", perhaps: bool) -> None:
    from tender_tracker.messages import linked
    from tender_tracker.reporting.table import Column, Table

    rows = [(project.members, project.score, project.reason) for project in found.projects if len(project.members) > 1]
    rows += [((one, other), link.score, link.reason) for one, other, link in found.perhaps if perhaps]
    columns = (
        Column("score", call.say("head.score"), lambda row: f"{row[1]:.2f}", right=True),
        Column("notices", call.say("head.notices"), lambda row: str(len(row[0])), right=True),
        Column("first", call.say("head.first"), lambda row: next(_days(row[0]), None)),
        Column("latest", call.say("head.latest"), lambda row: max(_days(row[0]), default=None)),
        Column("title", call.say("head.title"), lambda row: row[0][0].title),
        Column("why", call.say("head.why"), lambda row: linked(call.lang, row[2]), spare=True),
    )
    call.put_table(Table(columns, tuple(rows)))


def _days(members: "Iterable[Item]") -> Iterator[str]:
    return (item.day.isoformat() for item in members if item.day)
