"""Stored notices → one Parquet file, a row a notice with its lots nested; for DuckDB, polars, pandas and Spark."""

from __future__ import annotations

import io
from collections.abc import Iterable
from itertools import islice
from typing import Any

from tender_tracker.errors import UsageError
from tender_tracker.reporting.table import jsonable
from tender_tracker.storage.rows import Flagged

_TEXTS = ("source", "source_id", "url", "title", "kind", "level", "import_policy", "project_no", "project_name")
_WHERE = ("buyer", "buyer_kind", "buyer_tier", "buyer_institution", "province", "region", "agency", "country", "pack")
_TIMES = ("published", "deadline", "first_seen", "changed_at")

_GROUP = 10_000
"""Rows held at once, a row group of the file."""


def parquet(rows: Iterable[Flagged]) -> bytes:
    """The file's bytes: times as UTC microseconds, money as decimal128(20, 2) in whole currency units.

    Raises UsageError where the extra is not installed.
    """
    try:
        import pyarrow
        from pyarrow import parquet as files
    except ImportError:
        raise UsageError("export: Parquet needs the extra: pip install 'tenders[parquet]'") from None
    out, schema, records = io.BytesIO(), _schema(pyarrow), map(_record, rows)
    with files.ParquetWriter(out, schema, compression="zstd") as writer:
        while group := list(islice(records, _GROUP)):
            writer.write_table(pyarrow.Table.from_pylist(group, schema=schema))
    return out.getvalue()


def _schema(arrow: Any) -> Any:
    text, texts = arrow.string(), arrow.list_(arrow.string())
    money, moment = arrow.decimal128(20, 2), arrow.timestamp("us", tz="UTC")
    lot = arrow.struct([("name", text), ("title", text), ("level", text), ("budget", money), ("award", money)])
    fields = [("id", arrow.int64()), *((name, text) for name in (*_TEXTS, *_WHERE))]
    fields += [("compute", arrow.bool_()), *((name, moment) for name in _TIMES)]
    fields += [(name, money) for name in ("budget", "award")] + [("currency", text)]
    fields += [(name, texts) for name in ("families", "suppliers")]
    fields += [(name, text) for name in ("quote", "rule", "basis")] + [("lots", arrow.list_(lot))]
    return arrow.schema(fields)


def _record(row: Flagged) -> dict[str, Any]:
    notice, evidence = row.notice, row.evidence
    record: dict[str, Any] = {name: getattr(notice, name) for name in ("id", "compute", *_TEXTS, *_WHERE, *_TIMES)}
    record |= {name: jsonable(getattr(notice, name)) for name in ("families", "suppliers")}
    record |= {name: _money(getattr(notice, name)) for name in ("budget", "award")}
    amount = notice.budget or notice.award
    record["currency"] = amount.currency if amount else None
    record |= {name: getattr(evidence, name) if evidence else None for name in ("quote", "rule", "basis")}
    record["lots"] = [
        {
            "name": lot.name,
            "title": lot.title,
            "level": lot.level,
            "budget": _money(lot.budget),
            "award": _money(lot.award),
        }
        for lot in row.lots
    ]
    return record


def _money(amount: Any) -> Any:
    return None if amount is None else round(amount.value, 2)
