"""The command that shows the store in a browser: browse. It starts Datasette, which is no part of this program."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from tender_tracker.commands.call import of

HOST = "127.0.0.1"
"""Nobody but this machine's users may look."""
_PLUGINS = "plugins"
_SETTINGS = {"sql_time_limit_ms": 5000, "facet_time_limit_ms": 2000, "suggest_facets": "off"}
"""On large stores a facet takes longer than Datasette grants, and looking for more of them takes seconds a page."""


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

    from tender_tracker.errors import UsageError
    from tender_tracker.exporting.datasette import PLUGIN, STATIC, STYLE, metadata, style
    from tender_tracker.reporting.table import document
    from tender_tracker.storage.query import Reader
    from tender_tracker.storage.storefile import copy, may_lock

    call = of(context)
    if find_spec("datasette") is None:
        raise UsageError("browse needs Datasette: pip install 'tenders[browse]'")
    store = call.settings.db
    Reader.open(store).close()
    _free(port)
    with TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "metadata.json").write_text(document(metadata(store.stem, call.lang)), "utf-8")
        (folder / STATIC).mkdir()
        (folder / STATIC / STYLE).write_text(style(), "utf-8")
        (folder / _PLUGINS).mkdir()
        (folder / _PLUGINS / "packing.py").write_text(PLUGIN, "utf-8")
        shown = store if may_lock(store) else copy(store, folder / store.name)
        call.tell(call.say("browse.serving", store=store, url=f"http://{HOST}:{port}/"))
        _serve(folder, [str(shown), "--port", str(port), *(["--open"] if open else [])])


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


def _serve(folder: Path, words: list[str]) -> None:
    """Runs Datasette, which opens a store with mode=ro, until it or this program is ended.

    It talks of every page looked at, and calls it an error that it cannot count the index of words: what it says is
    only told when it fails. Raises TenderError then.
    """
    import subprocess

    from tender_tracker.errors import TenderError
    from tender_tracker.exporting.datasette import STATIC

    settings = [word for name, value in _SETTINGS.items() for word in ("--setting", name, str(value))]
    files = ["--metadata", str(folder / "metadata.json"), "--static", f"{STATIC}:{folder / STATIC}"]
    files += ["--plugins-dir", str(folder / _PLUGINS)]
    command = [sys.executable, "-P", "-m", "datasette", "serve", "--host", HOST, *files, *settings, *words]
    log = folder / "datasette.log"
    with log.open("wb") as said, subprocess.Popen(command, stdout=said, stderr=said) as process:
        try:
            code = process.wait()
        finally:
            process.terminate()
    if code:
        last = " ".join(log.read_text("utf-8", "replace").splitlines()[-2:])
        raise TenderError(f"browse: Datasette ended with code {code}: {last}")
