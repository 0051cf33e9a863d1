"""Each room knows only the rooms below it, and only the commands print, exit and read the clock."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import tender_tracker

PACKAGE = Path(tender_tracker.__file__).parent

BELOW: dict[str, set[str]] = {
    "errors": set(),
    "model": set(),
    "reasons": set(),
    "translated": set(),
    "patterns": set(),
    "address": {"errors"},
    "profile": {"facts", "errors", "model"},
    "target": {"errors"},
    "outfile": {"errors"},
    "config": {"profile", "target", "errors", "model"},
    "words": set(),
    "messages": {"words", "reasons", "model"},
    "pages": {"errors", "model"},
    "documents": {"pages", "errors", "model"},
    "web": {"pages", "address", "errors", "model"},
    "sources": {"documents", "pages", "patterns", "address", "errors", "model"},
    "linking": {"pages", "errors", "model"},
    "parse": {"sources", "pages", "errors", "model"},
    "recipe_trial": {"parse", "sources", "pages", "errors", "model"},
    "flagging": {"patterns", "errors", "model"},
    "judged": {"flagging", "model"},
    "facts": {"flagging", "pages", "model"},
    "contract": {"parse", "facts", "flagging", "pages", "errors", "model"},
    "amending": {"facts", "flagging", "pages", "model"},
    "storage": {"amending", "facts", "errors", "model"},
    "record": {"judged", "storage", "facts", "flagging", "model"},
    "relink": {"linking", "storage"},
    "restate": {"amending", "judged", "storage", "flagging", "model"},
    "relabel": {"relink", "restate", "judged", "storage", "flagging", "model"},
    "fixture": {"model"},
    "reparse": {"relink", "restate", "record", "parse", "storage", "flagging", "pages", "errors", "model"},
    "runlog": {"storage", "errors", "model"},
    "drift": {"model"},
    "outcome": {"storage", "errors", "model"},
    "refusals": {"storage"},
    "harvest": {"outcome", "record", "parse", "sources", "storage", "flagging", "pages", "model"},
    "workers": {"harvest", "sources", "flagging", "pages", "errors", "model"},
    "run": {
        "harvest",
        "relink",
        "restate",
        "outcome",
        "refusals",
        "drift",
        "record",
        "parse",
        "storage",
        "flagging",
        "sources",
        "pages",
        "errors",
        "model",
    },
    "attachments": {
        "relabel",
        "documents",
        "storage",
        "flagging",
        "sources",
        "web",
        "pages",
        "address",
        "errors",
        "model",
    },
    "pipeline": {"run", "harvest", "workers", "relabel", "storage", "flagging", "web", "pages", "errors", "model"},
    "reporting": {
        "amending",
        "profile",
        "translated",
        "messages",
        "reasons",
        "storage",
        "facts",
        "flagging",
        "errors",
        "model",
    },
    "health": {"drift", "reporting", "messages", "storage", "sources", "flagging", "config", "errors", "model"},
    "delivery": {"target", "outfile", "web", "address", "reporting", "messages", "storage", "errors", "model"},
    "schedule": {"messages", "errors"},
    "dataset": {"outfile", "storage", "errors", "model"},
    "bulk": {
        "dataset",
        "outcome",
        "contract",
        "record",
        "parse",
        "storage",
        "flagging",
        "sources",
        "pages",
        "errors",
        "model",
    },
    "merge": {
        "dataset",
        "outcome",
        "refusals",
        "record",
        "relink",
        "restate",
        "parse",
        "storage",
        "flagging",
        "errors",
        "model",
    },
    "exporting": {"amending", "dataset", "facts", "reporting", "messages", "storage", "errors", "model"},
}
"""Room → the rooms it may know. The commands stand above them all."""

PACKAGES: dict[str, set[str]] = {
    "typer": {"commands"},
    "rich": {"commands", "reporting"},
    "httpx": {"web"},
    "httpcore": {"web"},
    "protego": {"web"},
    "sqlite_utils": {"storage"},
    "sqlite3": {"storage", "health"},
    "bs4": {"pages", "sources"},
    "soupsieve": {"sources"},
    "smtplib": {"delivery"},
    "warcio": {"pages"},
    "pypdfium2": {"documents"},
    "olefile": {"documents"},
    "xlrd": {"documents"},
    "zstandard": {"storage"},
    "selectolax": {"pages", "sources"},
    "pyarrow": {"dataset", "bulk", "exporting"},
    "pyspark": {"bulk"},
    "py4j": {"bulk"},
    "ahocorasick_rs": {"flagging"},
}
"""A package that touches the world → the rooms that may use it: the rest stays ignorant of HTML, HTTP and SQL."""

CLOCKS = {"now", "utcnow", "today", "time", "localtime"}


@cache
def _modules() -> tuple[tuple[str, Path, ast.Module], ...]:
    """Every module but the doors, parsed once."""
    return tuple(_parsed())


def _parsed() -> Iterator[tuple[str, Path, ast.Module]]:
    for path in sorted(PACKAGE.rglob("*.py")):
        room = path.relative_to(PACKAGE).with_suffix("").parts[0]
        if room not in {"__init__", "__main__"}:
            yield room, path, ast.parse(path.read_text("utf-8"), str(path))


def _imported(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Dotted names a module imports, anywhere in it, with their lines."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"line {node.lineno}: a relative import hides which room it knows"
            yield from ((f"{node.module}.{alias.name}", node.lineno) for alias in node.names)


ROOMS = sorted({room for room, _, _ in _modules()})


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_knows_only_what_is_below_it(room: str) -> None:
    assert room == "commands" or room in BELOW, f"{room} has no place among the rooms: give it one in BELOW"
    upward = [
        f"{path.relative_to(PACKAGE)}:{line} knows {name}"
        for own, path, tree in _modules()
        if own == room and room != "commands"
        for name, line in _imported(tree)
        if name.startswith("tender_tracker.") and name != "tender_tracker.__version__"
        if name.split(".")[1] not in BELOW[room] | {room}
    ]
    assert not upward


def test_the_order_of_the_rooms_has_no_circle() -> None:
    def reach(room: str, seen: tuple[str, ...]) -> None:
        assert room not in seen, " → ".join((*seen, room))
        for below in BELOW.get(room, ()):
            reach(below, (*seen, room))

    for room in BELOW:
        reach(room, ())


def test_html_http_and_sql_stay_in_their_rooms() -> None:
    astray = [
        f"{path.relative_to(PACKAGE)}:{line} uses {name}"
        for room, path, tree in _modules()
        for name, line in _imported(tree)
        if room not in PACKAGES.get(name.split(".")[0], {room})
    ]
    assert not astray


def test_only_the_commands_print_exit_and_read_the_clock() -> None:
    astray = [
        f"{path.relative_to(PACKAGE)}:{node.lineno}"
        for room, path, tree in _modules()
        if room != "commands"
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and _is_for_the_commands(node.func)
    ]
    assert not astray


def _is_for_the_commands(called: ast.expr) -> bool:
    if isinstance(called, ast.Name):
        return called.id in {"print", "exit", "quit", "input"}
    if not (isinstance(called, ast.Attribute) and isinstance(called.value, ast.Name)):
        return False
    owner, name = called.value.id, called.attr
    return (owner in {"datetime", "date", "time"} and name in CLOCKS) or (owner == "sys" and name in {"exit", "stdout"})


def test_nothing_fetched_is_run_and_no_certificate_goes_unchecked() -> None:
    words = {"eval", "exec", "pickle", "marshal", "yaml", "xml", "shell", "verify"}
    astray = [
        f"{path.relative_to(PACKAGE)}:{node.lineno}"
        for _, path, tree in _modules()
        for node in ast.walk(tree)
        if (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in words)
        or (isinstance(node, ast.keyword) and node.arg in words)
        or (isinstance(node, ast.Import) and {alias.name.split(".")[0] for alias in node.names} & words)
        or (isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in words)
    ]
    assert not astray
