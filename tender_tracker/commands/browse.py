"""The command that shows the store in a browser: browse. It starts Datasette, which is no part of this program."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from tender_tracker.commands.call import of

HOST = "127.0.0.1"
"""Nobody but this machine's users may look."""
_LIMITS = {"sql_time_limit_ms": 5000, "facet_time_limit_ms": 2000}
"""Facets of a million notices take longer than Datasette grants."""


def register(app: typer.Typer) -> None:
    app.command(epilog="Example:  tenders browse --port 8002 --no-open")(browse)


def browse(
    context: typer.Context,
    port: Annotated[int, typer.Option(metavar="N", min=1, max=65535, help="Port on this machine.")] = 8001,
    open: Annotated[bool, typer.Option("--open/--no-open", help="Open a browser.")] = True,
) -> None:
    """Look through the store in a browser, read-only: tables, facets, ready questions (extra browse: Datasette)."""
    from importlib.util import find_spec
    from tempfile import TemporaryDirectory

    from tender_tracker.errors import TenderError, UsageError
    from tender_tracker.exporting.datasette import metadata
    from tender_tracker.reporting.table import document
    from tender_tracker.storage.query import Reader
    from tender_tracker.storage.storefile import copy, may_lock

    call = of(context)
    if find_spec("datasette") is None:
        raise UsageError("browse needs Datasette: pip install 'tenders[browse]'")
    store = call.settings.db
    Reader.open(store).close()
    _free(port)
    with TemporaryDirectory() as folder:
        about = Path(folder, "metadata.json")
        about.write_text(document(metadata(store.stem, call.lang)), "utf-8")
        shown = store if may_lock(store) else copy(store, Path(folder, store.name))
        call.tell(call.say("browse.serving", store=store, url=f"http://{HOST}:{port}/"))
        code = _serve([str(shown), "--metadata", str(about), "--port", str(port), *(["--open"] if open else [])])
    if code:
        raise TenderError(f"browse: Datasette ended with code {code}; what it says stands above")


def _free(port: int) -> None:
    import socket

    from tender_tracker.errors import UsageError

    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise UsageError(
                f"browse: port {port} cannot be used ({error.strerror}); name another with --port"
            ) from None


def _serve(words: list[str]) -> int:
    """Runs Datasette until it or this program is ended; → its exit code. It opens a store with mode=ro."""
    import subprocess

    limits = [word for name, value in _LIMITS.items() for word in ("--setting", name, str(value))]
    command = [sys.executable, "-P", "-m", "datasette", "serve", "--host", HOST, *limits, *words]
    with subprocess.Popen(command) as process:
        try:
            return process.wait()
        finally:
            process.terminate()
