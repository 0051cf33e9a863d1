"""Commands about messages on their way: outbox, outbox retry, outbox drop."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from tender_tracker.commands.call import Json, clock, of
from tender_tracker.errors import UsageError

if TYPE_CHECKING:
    from tender_tracker.storage.outbox import Entry

Message = Annotated[str, typer.Argument(metavar="ID", help="Number of a message.")]

outbox = typer.Typer(
    help="Messages on their way: what was delivered, and what waits.",
    epilog="Example:  tenders outbox    (or: tenders outbox retry)",
    rich_markup_mode=None,
)


def register(app: typer.Typer) -> None:
    outbox.callback(invoke_without_command=True)(outbox_list)
    outbox.command("retry", epilog="Example:  tenders outbox retry 3")(outbox_retry)
    outbox.command("drop", epilog="Example:  tenders outbox drop 3")(outbox_drop)
    app.add_typer(outbox, name="outbox")


def outbox_list(context: typer.Context, json: Json = False) -> None:
    """Messages on their way: what was delivered, and what waits."""
    if context.invoked_subcommand:
        return
    from tender_tracker.messages import moment, name
    from tender_tracker.reporting.table import Column, Table
    from tender_tracker.storage.outbox import entries
    from tender_tracker.storage.query import Reader

    call = of(context)
    with Reader.open(call.settings.db) as reader:
        rows = tuple(entries(reader))
    columns = (
        Column("id", call.say("head.id"), lambda row: str(row.id), right=True),
        Column("target", call.say("head.target"), lambda row: row.target),
        Column("title", call.say("head.title"), lambda row: row.title),
        Column("state", call.say("head.state"), lambda row: name(call.lang, "out", row.state)),
        Column("tries", call.say("head.tries"), lambda row: str(row.tries), right=True),
        Column("next_try", call.say("head.due"), lambda row: moment(row.next_try) or "–"),
        Column("sent_at", call.say("head.sent"), lambda row: moment(row.sent_at) or "–"),
        Column("said", call.say("head.said"), lambda row: call.told(row.said) if row.said else "–"),
    )
    if rows or json:
        call.put_table(Table(columns, rows), json)
    else:
        call.tell(call.say("outbox.empty"))


def outbox_retry(
    context: typer.Context,
    id: Annotated[str | None, typer.Argument(metavar="[ID]", help="Send this one now; default all due.")] = None,
) -> None:
    """Send waiting messages again: all whose time has come, or one now, be it dropped or not yet due."""
    from tender_tracker.commands.send import UNDELIVERED, attempt
    from tender_tracker.storage.store import Store

    call, now = of(context), clock()
    with Store.open(call.settings.db, now, create=False) as store:
        box = store.outbox()
        chosen = box.due() if id is None else [_unsent(box.entry(_number(id)))]
        if not chosen:
            call.tell(call.say("outbox.nothing_due", n=box.waiting()))
        if attempt(call, box, chosen, now):
            raise typer.Exit(UNDELIVERED)


def outbox_drop(context: typer.Context, id: Message) -> None:
    """Give a waiting message up; nothing sends it again but `tenders outbox retry ID`."""
    from tender_tracker.storage.store import Store

    call = of(context)
    with Store.open(call.settings.db, clock(), create=False) as store:
        entry = store.outbox().drop(_number(id))
    call.tell(call.say("outbox.dropped", id=entry.id, target=entry.target, title=entry.title))


def _number(given: str) -> int:
    if given.isdecimal() and len(given) <= 18:
        return int(given)
    raise UsageError(f"no message {given[:40]} in the outbox; `tenders outbox` shows them")


def _unsent(entry: Entry) -> Entry:
    if entry.state == "sent":
        raise UsageError(f"message {entry.id} was delivered; nothing is sent twice")
    return entry
