"""The name of a store and a language → the metadata with which Datasette shows it: titles, facets, ready questions."""

from __future__ import annotations

import csv
import tomllib
from importlib.resources import files
from typing import Any

STATIC, STYLE = "static", "browse.css"
"""Where the pages look for the style, below the address of Datasette."""
PLUGIN = """from datasette import hookimpl

from tender_tracker.storage.packing import attach


@hookimpl
def prepare_connection(conn):
    attach(conn)
"""
"""What a file in its folder of plugins has to hold, so that its questions know `unpacked(text)`."""
_DATA = files("tender_tracker") / "data"


def metadata(database: str, lang: str) -> dict[str, Any]:
    """The document Datasette takes by --metadata; `database` is the store's name there, its file without suffix."""
    about = tomllib.loads((_DATA / "browse.toml").read_text("utf-8"))
    queries = {name: _told(query, lang) for name, query in about["queries"].items()}
    return {
        **_told(about["about"], lang),
        "extra_css_urls": [f"/{STATIC}/{STYLE}"],
        "databases": {database: {"queries": queries, "tables": _tables(about["tables"])}},
    }


def style() -> str:
    """What the file STYLE has to hold."""
    return (_DATA / STYLE).read_text("utf-8")


def _told(entry: dict[str, Any], lang: str) -> dict[str, Any]:
    """Its texts in one language."""
    return {key: value[lang] if isinstance(value, dict) else value for key, value in entry.items()}


def _tables(settings: dict[str, Any]) -> dict[str, Any]:
    """What docs/store.md says of tables and columns, and how to show them."""
    tables: dict[str, Any] = {}
    rows = csv.reader((_DATA / "store.csv").read_text("utf-8").splitlines())
    next(rows)  # the header
    for table, column, meaning in rows:
        told = tables.setdefault(table, {"columns": {}})
        if column:
            told["columns"][column] = meaning
        else:
            told["description"] = meaning
    return {name: {**tables.get(name, {}), **settings.get(name, {})} for name in (*tables, *(settings.keys() - tables))}
