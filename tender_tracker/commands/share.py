"""The command that takes in what other machines know: import."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tender_tracker.commands.call import Call, Json, clock, of

if TYPE_CHECKING:
    from tender_tracker.merge import MergeSummary


def register(app: typer.Typer) -> None:
    app.command("import", epilog="Example:  tenders --db all.db import from-beijing from-ningbo")(take_in)


def take_in(
    context: typer.Context,
    folders: Annotated[list[Path], typer.Argument(metavar="DIR…", help="Datasets by month.")],
    json: Json = False,
) -> None:
    """Merge datasets into the store: each notice once, the newest version, all older ones kept."""
    from tender_tracker.commands.fetch import progress
    from tender_tracker.dataset import about, schema
    from tender_tracker.merge import merge
    from tender_tracker.reporting.table import document
    from tender_tracker.storage.store import Store

    call, now = of(context), clock()
    schema.pyarrow()
    for folder in folders:
        about.read(folder)  # all are known to be datasets before the first is taken in
    pack, path = call.pack, call.settings.db
    if call.settings.origin["db"] == "default":
        path.parent.mkdir(parents=True, exist_ok=True)
    with Store.open(path, now) as store, progress(call) as tick:
        done = [merge(store, folder, pack, now, tick) for folder in folders]
    if json:
        call.put(document([asdict(summary) for summary in done]))
    for summary in done:
        _tell(call, summary, json)
    worst = max(summary.exit_code for summary in done)
    raise typer.Exit(3 if worst == 1 and any(summary.exit_code != 1 for summary in done) else worst)


def _tell(call: Call, summary: "MergeSummary", json: bool) -> None:
    counts = {name: getattr(summary, name) for name in ("folder", "read", "new", "changed", "unchanged", "refused")}
    if not json:
        call.put(call.say("merge.line", **counts) + "\n")
    for refused in summary.refusals:
        call.tell(call.say("fetch.refused", message=call.told(refused.message)), always=True)
