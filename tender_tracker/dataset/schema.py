"""The tables of a dataset, column by column: those of the store, with the notice's own number in place of a row id.

docs/sharing.md explains the form; docs/store.md every column.
"""

from __future__ import annotations

from typing import Any, Literal

from tender_tracker.errors import UsageError

NAME = "tenders-dataset/1"
"""Name of this form. Columns added later are read as unknown by older programs; anything else is another number."""
INSTALL = "Parquet needs an extra: pip install 'tenders[parquet]'"

Form = Literal["text", "texts", "files", "number", "count", "flag", "day", "moment"]
Table = Literal["notices", "lots", "evidence", "documents", "versions"]

_KEY: dict[str, Form] = {"source": "text", "source_id": "text", "content_hash": "text"}
"""What tells a notice, and what it said, from all others."""


def _money(name: str) -> dict[str, Form]:
    return {f"{name}_value": "number", f"{name}_currency": "text", f"{name}_basis": "text", f"{name}_raw": "text"}


TABLES: dict[Table, dict[str, Form]] = {
    "notices": {
        **_KEY,
        "url": "text",
        "title": "text",
        "kind": "text",
        "level": "text",
        "compute": "flag",
        "import_policy": "text",
        "families": "texts",
        "published": "moment",
        "published_has_time": "flag",
        "published_on": "day",
        "deadline": "moment",
        "project_no": "text",
        "project_name": "text",
        "buyer": "text",
        "buyer_kind": "text",
        "buyer_tier": "text",
        "buyer_institution": "text",
        "province": "text",
        "region": "text",
        "agency": "text",
        **_money("budget"),
        **_money("award"),
        "suppliers": "texts",
        "attachments": "files",
        "language": "text",
        "country": "text",
        "text": "text",
        "text_length": "count",
        "pack": "text",
        "read_at": "moment",
        "read_from": "text",
        "first_seen": "moment",
        "last_seen": "moment",
        "changed_at": "moment",
    },
    "lots": {
        **_KEY,
        "position": "count",
        "name": "text",
        "title": "text",
        "level": "text",
        **_money("budget"),
        **_money("award"),
        "suppliers": "texts",
        "pack": "text",
    },
    "evidence": {
        **_KEY,
        "position": "count",
        "lot": "text",
        "rule": "text",
        "effect": "text",
        "basis": "text",
        "families": "texts",
        "found_in": "text",
        "starts": "count",
        "ends": "count",
        "quote": "text",
        "cues": "texts",
        "file": "text",
        "page": "count",
        "pack": "text",
    },
    "documents": {
        **_KEY,
        "name": "text",
        "url": "text",
        "sha256": "text",
        "bytes": "count",
        "format": "text",
        "unread": "text",
        "position": "count",
        "file": "text",
        "page": "count",
        "text": "text",
        "ocr": "flag",
    },
    "versions": {
        **_KEY,
        "number": "count",
        "seen_at": "moment",
        "level": "text",
        "changed": "text",
        "notice": "text",
        "cause": "text",
        "verdict": "text",
    },
}
"""Table → column → what it holds. Moments are UTC, `count` is a whole number, and `changed`, `notice`, `verdict` and
`unread` are JSON."""
MONTH = "month"
"""The column by which the files lie in folders: `2026-11` in Asia/Shanghai, or UNDATED."""
UNDATED = "undated"


def arrow(table: Table) -> Any:
    """The Arrow schema of a table. Raises UsageError without the extra."""
    types = pyarrow()
    forms = {
        "text": types.string(),
        "texts": types.list_(types.string()),
        "files": types.list_(types.struct([("name", types.string()), ("url", types.string())])),
        "number": types.float64(),
        "count": types.int64(),
        "flag": types.bool_(),
        "day": types.date32(),
        "moment": types.timestamp("us", tz="UTC"),
    }
    return types.schema([(name, forms[form]) for name, form in TABLES[table].items()])


def pyarrow() -> Any:
    """The package `pyarrow`. Raises UsageError where the extra is not installed."""
    try:
        import pyarrow as package
    except ImportError:
        raise UsageError(INSTALL) from None
    return package
