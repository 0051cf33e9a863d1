"""Commands about sources: which there are, and how each stands."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import typer

from tender_tracker.commands import recipes, save
from tender_tracker.commands.call import Call, Json, clock, of

if TYPE_CHECKING:
    from tender_tracker.storage.past import FailedPage
    from tender_tracker.storage.rows import Coverage

_ASKED = {True: "asked.always", False: "asked.named"}
app = typer.Typer(help="The sites that can be read.", no_args_is_help=True, rich_markup_mode=None)


@app.callback()
def _sources() -> None:
    """Keeps `list` a word of its own: typer would swallow the only command."""


def register(root: typer.Typer) -> None:
    app.command("list", epilog="Example:  tenders sources list")(list_)
    app.command(epilog="Example:  tenders sources status")(status)
    recipes.register(app)
    save.register(app)
    root.add_typer(app, name="sources")


def list_(context: typer.Context, json: Json = False) -> None:
    """The known sources with their sites and delays."""
    from tender_tracker import sources as known
    from tender_tracker.reporting.table import Column, Table

    call = of(context)
    known.use(call.settings.recipes)
    default = {*known.names(), *call.settings.sources}
    rows = tuple(_row(name, name in default) for name in known.known())
    columns = (
        Column("name", call.say("head.name"), lambda row: row["name"]),
        Column("title", call.say("head.title"), lambda row: row["title"]),
        Column("home", call.say("head.home"), lambda row: row["home"], spare=True),
        Column("country", call.say("head.country"), lambda row: row["country"]),
        Column("delay", call.say("head.delay"), lambda row: f"{row['delay']:g}", right=True),
        Column("asked", call.say("head.asked"), lambda row: call.say(_ASKED[row["asked"]])),
    )
    call.put_table(Table(columns, rows), json)


def _row(name: str, asked: bool) -> dict[str, Any]:
    from tender_tracker import sources as known

    site = known.load(name).SITE
    return {
        "name": name,
        "title": site.title,
        "home": site.home,
        "country": site.country,
        "delay": site.delay,
        "asked": asked,
        "hosts": site.hosts,
        "sparse": site.sparse,
    }


def status(context: typer.Context, json: Json = False) -> None:
    """How each source stands: state, last good run, what is missing (exit 4: an alarm stands, 3: pages are missing)."""
    from tender_tracker import health
    from tender_tracker.messages import moment, name
    from tender_tracker.reporting.table import Column, Table
    from tender_tracker.storage.query import Reader

    call, now = of(context), clock()
    call.settings  # noqa: B018 (makes the user's recipes known)
    with Reader.open(call.settings.db) as reader:
        pages = reader.failed_pages()
        rows = tuple(_standing(call, reader.coverage(now), pages))

    def state(row: dict[str, Any]) -> str:
        return name(call.lang, "state", row["state"] or "never")

    columns = (
        Column("source", call.say("head.source"), lambda row: row["source"]),
        Column("state", call.say("head.state"), state, style=lambda row: _style(row["state"])),
        Column("last_good", call.say("head.last_good"), lambda row: _good(call, row)),
        Column("watermark", call.say("head.watermark"), lambda row: moment(row["watermark"]), spare=True),
        Column("notices", call.say("head.notices"), lambda row: str(row["notices"]), right=True),
        Column("new", call.say("head.new"), lambda row: str(row["new"]), right=True),
        Column("waiting", call.say("head.waiting"), lambda row: str(row["waiting"] or ""), right=True),
        Column("given_up", call.say("head.given_up"), lambda row: str(row["given_up"] or ""), right=True),
        Column("error", call.say("head.why"), lambda row: row["error"] and call.told(row["error"])),
    )
    call.put_table(Table(columns, rows), json)
    if not json:
        for page in pages:
            call.put(_page(call, page) + "\n")
    asked = [row["state"] for row in rows if row["last_run"] is not None]
    raise typer.Exit(max((health.severity(state) for state in asked), default=0))


def _standing(call: Call, covered: "Sequence[Coverage]", pages: "Sequence[FailedPage]") -> Iterator[dict[str, Any]]:
    """Sources ever asked or stored, then those that would be asked, then those abroad that wait to be configured."""
    from tender_tracker import sources as known
    from tender_tracker.reporting.table import jsonable
    from tender_tracker.storage.rows import Coverage

    entries = {entry.source: entry for entry in covered if entry.source is not None}
    wanted = [*known.names(), *call.settings.sources]
    for source in (name for name in (*wanted, *known.abroad()) if name not in entries):
        state = None if source in wanted else "not_configured"
        entries[source] = Coverage(source, 0, None, state=state)  # type: ignore[arg-type]
    for source, entry in entries.items():
        row = {field: getattr(entry, field) for field in entry.__dataclass_fields__}
        yield {**row, "failed_pages": [jsonable(page) for page in pages if page.source == source]}


def _good(call: Call, row: dict[str, Any]) -> str | None:
    from tender_tracker.messages import moment
    from tender_tracker.reporting.covered import ago

    if row["last_good"] is None:
        return None
    age: timedelta = row["age"]
    return f"{moment(row['last_good'])}{ago(age, call.lang)}"


def _page(call: Call, page: "FailedPage") -> str:
    from tender_tracker.messages import moment
    from tender_tracker.reporting.clean import terminal

    key = "status.given_up" if page.next_try is None else "status.again"
    when = moment(page.next_try)
    return terminal(call.say(key, source=page.source, n=page.tries, when=when, message=call.told(page.message)))


def _style(state: str | None) -> str:
    return {"ok": "green", "partial": "yellow", "not_configured": "dim", None: "dim"}.get(state, "bold red")
