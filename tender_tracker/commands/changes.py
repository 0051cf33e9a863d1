"""changes: what stored notices came to say, field by field, with the words before and after."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from tender_tracker.commands.call import Call, Json, clock, number, of
from tender_tracker.commands.read import Limit, Since, Until
from tender_tracker.errors import UsageError

if TYPE_CHECKING:
    from tender_tracker.reporting.table import Column
    from tender_tracker.reporting.told_changes import Told

_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
"""Before anything was read."""


def register(app: typer.Typer) -> None:
    app.command(epilog="Examples:  tenders changes 12 · tenders changes --since 7d")(changes)


def changes(
    context: typer.Context,
    notice_id: Annotated[str | None, typer.Argument(metavar="[ID]", help="Of one notice and its corrections.")] = None,
    since: Since = None,
    until: Until = None,
    everything: Annotated[bool, typer.Option("--all", help="Of notices without a level, too.")] = False,
    limit: Limit = 100,
    json: Json = False,
) -> None:
    """What changed from → to: of one notice, or of all that are flagged since a day (7 days, where none is given)."""
    from tender_tracker.reporting import told_changes
    from tender_tracker.reporting.period import window
    from tender_tracker.reporting.table import Table
    from tender_tracker.storage.query import Reader

    call = of(context)
    if notice_id is not None and (since or until or everything):
        raise UsageError("changes: give a notice, or --since, --until and --all, not both")
    with Reader.open(call.settings.db) as reader:
        if notice_id is not None:
            found = told_changes.of_notice(reader, number(notice_id))
        else:
            span = window(clock(), since or (None if until else "7d"), until)
            found = told_changes.of_span(reader, span.since or _BEGINNING, span.until or clock(), everything)
    if found or json:
        call.put_table(Table(_columns(call), found[-limit:]), json)
    if not found:
        call.tell(call.say("change.none"))
    elif len(found) > limit:
        call.tell(call.say("list.more", shown=limit, total=len(found)))


def _columns(call: Call) -> "tuple[Column, ...]":
    from tender_tracker.messages import day
    from tender_tracker.reporting.changed_lines import cause, cut, field, quoted, shown, status
    from tender_tracker.reporting.table import Column

    def before(told: "Told") -> str | None:
        return quoted(told.change.quote_before)

    def after(told: "Told") -> str | None:
        return quoted(told.change.quote_after or told.passage)

    lang = call.lang
    return (
        Column("id", call.say("head.id"), lambda told: str(told.notice_id), right=True),
        Column("at", call.say("head.date"), lambda told: day(told.at), whole=True),
        Column("field", call.say("head.field"), lambda told: field(told.change.field, lang)),
        Column("lot", call.say("head.lot"), lambda told: told.change.lot, spare=True),
        Column("before", call.say("head.moved_from"), lambda told: shown(told.change.field, told.change.before, lang)),
        Column("after", call.say("head.moved_to"), lambda told: shown(told.change.field, told.change.after, lang)),
        Column("cause", call.say("head.cause"), lambda told: cause(told, lang)),
        Column("status", call.say("head.status"), lambda told: status(told.status, lang)),
        Column("quote_before", call.say("head.quote_before"), before, spare=True),
        Column("quote_after", call.say("head.quote_after"), after),
        Column("title", call.say("head.title"), lambda told: cut(told.title), spare=True),
    )
