"""Commands that label more than one machine's store should hold: bulk label."""

from collections.abc import Generator, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tender_tracker.commands.call import Call, Json, Pack, choice, of
from tender_tracker.errors import UsageError

if TYPE_CHECKING:
    from tender_tracker.bulk.job import Job
    from tender_tracker.bulk.part import Part
    from tender_tracker.bulk.slices import Slice

ENGINES = ("local", "spark")
bulk = typer.Typer(no_args_is_help=True, rich_markup_mode=None)


def register(app: typer.Typer) -> None:
    bulk.command(epilog="Example:  tenders bulk label notices.parquet pages.warc.gz -o labels")(label)
    app.add_typer(bulk, name="bulk")
    bulk.callback()(_group)


def _group() -> None:
    """Label files without a store, on one machine or many."""


def label(
    context: typer.Context,
    inputs: Annotated[
        list[Path],
        typer.Argument(metavar="INPUT…", help="Parquet, JSON Lines (.gz), WARC (.gz), saved pages, folders, stores."),
    ],
    output: Annotated[Path, typer.Option("--output", "-o", metavar="DIR", help="Folder of the dataset.")],
    engine: Annotated[str, typer.Option(metavar="|".join(ENGINES), help="Processes here, or Apache Spark.")] = "local",
    workers: Annotated[
        int | None, typer.Option(metavar="N", min=1, help="Processes; default one a core. Spark: local[N].")
    ] = None,
    master: Annotated[
        str | None, typer.Option(metavar="URL", help="Spark's master; default that of spark-submit.")
    ] = None,
    json: Json = False,
    pack: Pack = None,
) -> None:
    """Label notices into Parquet by month; a run that was stopped goes on where it was."""
    from tender_tracker.bulk import folder
    from tender_tracker.bulk.slices import slices
    from tender_tracker.commands.fetch import progress
    from tender_tracker.reporting.table import document

    call, chosen = of(context), choice("--engine", engine, ENGINES)
    if master and chosen != "spark":
        raise UsageError("bulk label: --master is Spark's; add --engine spark")
    for path in inputs:
        if output.resolve().is_relative_to(path.resolve()):
            raise UsageError(
                f"bulk label: {output} lies in the input {path} and would be read by the next run; move it"
            )
    if chosen == "spark":
        _check_spark()
    job = _job(call, pack)
    pieces = slices(inputs)
    with folder.held(output):
        plan = folder.prepare(output, pieces, job)
        call.tell(call.say("bulk.plan", todo=len(plan.todo), done=plan.done))
        if plan.besides:
            call.tell(call.say("bulk.besides", folder=output, n=plan.besides), always=True)
        made = _parts(chosen, plan.todo, job, output, workers, master)
        with closing(made), progress(call) as tick:
            for number, _ in enumerate(made, 1):
                tick(number)
        told = folder.account(output)
    if json:
        call.put(document(told))
    _tell(call, output, told)
    if not told["notices"]:
        raise typer.Exit(1)
    if told["refused"]:
        raise typer.Exit(3)


def _job(call: Call, pack: str | None) -> "Job":
    """The rules and recipes of this call as texts. Raises UsageError for a bad one, before anything is read."""
    from tender_tracker import sources
    from tender_tracker.bulk.job import Job
    from tender_tracker.flagging import rulepack

    rules, settings = call.pack_named(pack), call.settings
    sources.names()
    recipes = tuple((str(path), path.read_text("utf-8-sig")) for path in settings.recipes)
    return Job(rulepack.read(extra=settings.rules), rules.name, recipes)


def _check_spark() -> None:
    """Before a folder is made that would stay empty."""
    from tender_tracker.bulk import spark

    spark.check()


def _parts(
    engine: str, pieces: "Sequence[Slice]", job: "Job", folder: Path, workers: int | None, master: str | None
) -> "Generator[Part]":
    if engine == "spark":
        from tender_tracker.bulk import spark

        return spark.run(pieces, job, folder, master or (f"local[{workers}]" if workers else None))
    import os

    from tender_tracker.bulk import local

    return local.run(pieces, job, folder, workers or os.cpu_count() or 1)


def _tell(call: Call, folder: Path, told: dict[str, Any]) -> None:
    counts = {name: told[name] for name in ("read", "notices", "refused")}
    levels = {level: told["levels"][level] for level in ("required", "preferred", "supplied")}
    call.tell(call.say("bulk.line", folder=folder, **counts, **levels), always=True)
    for word, count in told["unknown_kinds"].items():
        call.tell(call.say("bulk.kinds", word=repr(word), n=count))
    if told["refused"]:
        reasons = ", ".join(f"{reason} {count}" for reason, count in told["reasons"].items())
        call.tell(call.say("bulk.refused", reasons=call.told(reasons), folder=folder), always=True)
