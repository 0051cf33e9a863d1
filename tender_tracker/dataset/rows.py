"""Rows of the store ↔ rows of a dataset, and a row with its lots → the Notice it was."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timezone
from functools import lru_cache
from typing import Any, cast

from tender_tracker.dataset.schema import TABLES, UNDATED, Form, Table
from tender_tracker.model import Notice
from tender_tracker.storage import columns
from tender_tracker.storage.store import Record
from tender_tracker.storage.whole import Whole

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Entry:
    """One notice as rows of each table, in the dataset's own types."""

    month: str
    tables: Mapping[Table, Sequence[Row]] = field(repr=False)
    size: int = 0
    """Characters of its text and documents."""


def of_record(record: Record, documents: Sequence[Row] = ()) -> Entry:
    """A notice just labelled, and the pages of its documents; it has neither times nor versions of a store."""
    row = columns.notice_row(record.notice)
    lots = columns.lot_rows(record.notice.lots, record.verdict)
    row |= columns.verdict_row(record.verdict)
    row |= {"content_hash": columns.fingerprint(row, record.notice, lots), "text": record.notice.text}
    row |= {name: getattr(record, name) for name in ("buyer_kind", "buyer_tier", "buyer_institution", "province")}
    return of_store(Whole(row, lots, columns.evidence_rows(record.verdict.evidence), (), documents))


def of_store(whole: Whole) -> Entry:
    """A notice with the rows of its side tables."""
    row = whole.row
    own = {name: row[name] for name in ("source", "source_id", "content_hash", "pack")}
    parts = {
        table: [_typed(cast(Table, table), {"position": number, **part, **own}) for number, part in enumerate(found)]
        for table, found in (("lots", whole.lots), ("evidence", whole.evidence), ("documents", whole.documents))
    }
    key = {"source": row["source"], "source_id": row["source_id"]}
    tables = {
        "notices": [_typed("notices", row)],
        **parts,
        "versions": [_typed("versions", {**version, **key}) for version in whole.versions],
    }
    month = row["published_on"][:7] if row["published_on"] else UNDATED
    size = len(row["text"]) + sum(len(page["text"]) for page in whole.documents)
    return Entry(month, cast(Mapping[Table, Sequence[Row]], tables), size)


def to_store(table: Table, row: Row) -> Row:
    """A row of a dataset as SQLite has it. Columns nobody here knows are left out."""
    return {name: _BACK[form](row.get(name)) for name, form in TABLES[table].items()}


def notice(row: Row, lots: Sequence[Row]) -> Notice:
    """The notice of a row of `notices` and of its lots, both as `to_store` gives them."""
    copied = ("source", "source_id", "title", "kind", "text", "url", "project_no", "project_name", "buyer", "agency")
    return Notice(
        **{name: row[name] for name in copied},
        region=row["region"],
        published=_published(row),
        published_has_time=bool(row["published_has_time"]),
        deadline=columns.moment(row["deadline"]),
        budget=columns.amount(row, "budget"),
        award=columns.amount(row, "award"),
        lots=tuple(map(columns.lot, lots)),
        suppliers=columns.strings(row["suppliers"]),
        attachments=columns.attachments(row),
        language=row["language"],
        country=row["country"],
        read_at=columns.moment(row["read_at"]),
        read_from=row["read_from"],
    )


def _published(row: Row) -> datetime | None:
    """Where only a day is printed, its midnight in the zone it was printed in, which the store keeps as that day."""
    moment, day = columns.moment(row["published"]), columns.day(row["published_on"])
    if moment is None or day is None or row["published_has_time"]:
        return moment
    midnight = datetime.combine(day, time(), UTC)
    return moment.astimezone(timezone(midnight - moment))


def _typed(table: Table, row: Row) -> Row:
    """A row of the store as a dataset has it: `to_store` the other way."""
    value = row.get
    typed = {name: value(name) for name in _AS_IS[table]}
    for name, made in _MADE[table]:
        typed[name] = made(value(name))
    return typed


def _same(value: Any) -> Any:
    return value


@lru_cache(4096)
def _utc(value: str | None) -> datetime | None:
    return None if value is None else columns.seen(value).astimezone(UTC)


def _number(value: float | None) -> float | None:
    return None if value is None else float(value)


def _texts(value: str | None) -> list[str]:
    return list(columns.strings(value)) if value else []


def _files(value: str | None) -> list[dict[str, str]]:
    if value is None or value == "[]":
        return []
    return [{"name": name, "url": url} for name, url in json.loads(value)]


def _pairs(value: Iterable[Mapping[str, str]] | None) -> str:
    return columns.to_json([(file["name"], file["url"]) for file in value or ()])


def _whole(value: float | None) -> int | float | None:
    """As the store has it: sums of whole 元 are whole."""
    return int(value) if value is not None and value.is_integer() and abs(value) < 2**63 else value


def _day(value: date | None) -> str | None:
    return None if value is None else value.isoformat()


_FORTH: dict[Form, Callable[[Any], Any]] = {
    "text": _same,
    "texts": _texts,
    "files": _files,
    "number": _number,
    "count": _same,
    "flag": lambda value: None if value is None else bool(value),
    "day": columns.day,
    "moment": _utc,
}
_BACK: dict[Form, Callable[[Any], Any]] = {
    "text": _same,
    "texts": lambda value: columns.to_json(value or ()),
    "files": _pairs,
    "number": _whole,
    "count": _same,
    "flag": lambda value: None if value is None else int(value),
    "day": _day,
    "moment": columns.utc,
}
_PLAIN = ("text", "count")
_AS_IS = {table: tuple(name for name, form in forms.items() if form in _PLAIN) for table, forms in TABLES.items()}
_MADE = {
    table: tuple((name, _FORTH[form]) for name, form in forms.items() if form not in _PLAIN)
    for table, forms in TABLES.items()
}
