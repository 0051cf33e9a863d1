"""Commands about this installation: doctor, config show."""

from typing import Any

import typer

from tender_tracker.commands.call import Json, clock, of
from tender_tracker.errors import TenderError

config = typer.Typer(help="The settings in force.", no_args_is_help=True, rich_markup_mode=None)


def register(app: typer.Typer) -> None:
    config.command("show", epilog="Example:  tenders config show")(config_show)
    app.command(epilog="Example:  tenders doctor")(doctor)
    app.add_typer(config, name="config")


@config.callback()
def _config() -> None:
    """Keeps `show` a word of its own."""


def doctor(context: typer.Context, json: Json = False) -> None:
    """Check settings, clock, rules, store and sources."""
    from tender_tracker import health
    from tender_tracker.reporting.table import Column, Table

    call = of(context)
    try:
        pack: str | TenderError = call.pack.fingerprint
    except TenderError as error:
        pack = error
    found = health.findings(call.settings, pack, clock())
    columns = (
        Column("state", call.say("head.state"), lambda row: "ok" if not row.code else "!!", style=_style),
        Column("check", call.say("head.check"), lambda row: call.told(row.check)),
        Column("detail", call.say("head.detail"), lambda row: call.told(row.detail)),
    )
    call.put_table(Table(columns, tuple(found)), json)
    raise typer.Exit(health.worst(found))


def _style(row: Any) -> str:
    return "bold red" if row.code else "green"


def config_show(context: typer.Context, json: Json = False) -> None:
    """Every setting, its value and where it comes from; secrets are masked."""
    from tender_tracker.config import shown
    from tender_tracker.reporting.table import Column, Table

    call = of(context)
    columns = (
        Column("setting", call.say("head.setting"), lambda row: row["setting"]),
        Column("value", call.say("head.value"), lambda row: row["value"]),
        Column("from", call.say("head.from"), lambda row: call.say(f"origin.{row['from']}")),
    )
    call.put_table(Table(columns, tuple(shown(call.settings))), json)
