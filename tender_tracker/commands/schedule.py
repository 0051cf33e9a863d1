"""`tenders schedule`: this installation and its settings → crontab lines or systemd units."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tender_tracker.commands.call import Call, of
from tender_tracker.errors import TenderError, UsageError
from tender_tracker.outfile import write

if TYPE_CHECKING:
    from tender_tracker.schedule import Plan


def register(app: typer.Typer) -> None:
    app.command(epilog="Example:  tenders schedule --cron    (or: tenders schedule --systemd -o units)")(schedule)


def schedule(
    context: typer.Context,
    cron: Annotated[bool, typer.Option("--cron", help="Crontab lines; the default.")] = False,
    systemd: Annotated[bool, typer.Option("--systemd", help="Services and timers of systemd.")] = False,
    send: Annotated[
        list[str] | None,
        typer.Option(metavar="TARGET", help="Receivers of the digest; default all of the configuration."),
    ] = None,
    name: Annotated[
        str | None, typer.Option("--profile", metavar="NAME", help="A saved search of the configuration.")
    ] = None,
    ping_url: Annotated[
        str | None, typer.Option(metavar="URL", help="A dead-man service for `fetch`; default the setting.")
    ] = None,
    digest_ping_url: Annotated[
        str | None, typer.Option(metavar="URL", help="A dead-man service for `digest`: another one than for `fetch`.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="DIR", help="Write the units into this folder.")
    ] = None,
) -> None:
    """Lines for cron, or units for systemd, that fetch every day and tell the week every Monday, Shanghai time."""
    import tender_tracker.schedule as planning

    if cron and systemd:
        raise UsageError("--cron or --systemd, not both")
    if output is not None and not systemd:
        raise UsageError("-o writes the units of --systemd; the lines of cron go into `crontab -e`")
    call = of(context)
    plan = _plan(call, send, name, ping_url, digest_ping_url)
    if not systemd:
        call.put(planning.crontab(plan))
        return
    found = planning.units(plan)
    if output is None:
        call.put(planning.unit_comments(plan) + "".join(f"\n# ==> {file}\n{text}" for file, text in found.items()))
        return
    try:
        output.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise TenderError(f"{output}: cannot be made ({error.strerror})") from error
    for file, text in found.items():
        write(output / file, text)
        call.put(f"{output / file}\n")
    call.tell(planning.unit_comments(plan).rstrip())


def _plan(
    call: Call, send: list[str] | None, name: str | None, ping_url: str | None, digest_ping_url: str | None
) -> Plan:
    """The plan of this installation. Raises UsageError for a target or profile the configuration does not have."""
    from tender_tracker.config import web_address
    from tender_tracker.schedule import Plan

    settings = call.settings
    for kind, known, asked in (("target", settings.targets, send or ()), ("profile", settings.profiles, (name,))):
        for word in asked:
            if word is not None and word not in known:
                raise UsageError(f"no {kind} is called {word!r}; there are: {', '.join(known) or 'none'}")
    targets = tuple(dict.fromkeys(send or settings.targets))
    needed = (secret.variable for target in targets for secret in settings.targets[target].secrets)
    db, file = settings.db.absolute(), settings.file.absolute() if settings.file else None
    own = web_address("ping_url", ping_url, "--ping-url") if ping_url else None
    url = own or (settings.ping_url if settings.origin["ping_url"] == "environment" else None)
    return Plan(
        program=_program(),
        db=db,
        config=file,
        lang=call.lang,
        targets=targets,
        profile=name,
        output=db.with_name(f"{db.stem}-digest.html"),
        log=db.with_name(f"{db.stem}-cron.log"),
        ping_url=url,  # the file's own is read by the run itself
        digest_ping_url=web_address("ping_url", digest_ping_url, "--digest-ping-url") if digest_ping_url else None,
        variables=tuple(dict.fromkeys(variable for variable in needed if variable)),
        secrets=(file or db).with_name("tenders.env"),
    )


def _program() -> tuple[str, ...]:
    """This installation: its own command, else its interpreter."""
    python = Path(sys.executable).absolute()
    script = python.with_name("tenders")
    return (str(script),) if script.is_file() else (str(python), "-m", "tender_tracker")
