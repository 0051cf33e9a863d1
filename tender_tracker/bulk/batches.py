"""Arrow batches of notices → Arrow batches of labels: the function that any engine of columns can map over its data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from tender_tracker import contract, outcome, parse
from tender_tracker.bulk.given import COLUMNS
from tender_tracker.bulk.job import Job, equip
from tender_tracker.bulk.label import verdict
from tender_tracker.dataset import schema

SQL = (
    "id string, level string, compute boolean, import_policy string, families array<string>, "
    "lots array<struct<name: string, level: string>>, "
    "evidence array<struct<quote: string, start: bigint, end: bigint, `where`: string, rule: string, effect: string, "
    "lot: string, families: array<string>, basis: string, cues: array<string>>>, pack string, refused string"
)
"""The columns that come out, as Spark names their types: those of `tenders flag --jsonl`, the rules that decided, and
why a row was refused, which then has no label."""


def arrow_schema() -> Any:
    """The same for Arrow. Raises UsageError without the extra."""
    types = schema.pyarrow()
    text, texts = types.string(), types.list_(types.string())
    lot = types.struct([("name", text), ("level", text)])
    passage = types.struct(
        [("quote", text), ("start", types.int64()), ("end", types.int64())]
        + [(name, text) for name in ("where", "rule", "effect", "lot")]
        + [("families", texts), ("basis", text), ("cues", texts)]
    )
    columns = [("id", text), ("level", text), ("compute", types.bool_()), ("import_policy", text)]
    columns += [("families", texts), ("lots", types.list_(lot)), ("evidence", types.list_(passage))]
    return types.schema([*columns, ("pack", text), ("refused", text)])


def labelled(batches: Iterable[Any], job: Job) -> Iterator[Any]:
    """Record batches with the columns of COLUMNS that there are → one batch of labels for each, row by row."""
    arrow, shape = schema.pyarrow(), arrow_schema()
    equip(job)
    for batch in batches:
        wanted = batch.select([name for name in batch.schema.names if name in COLUMNS])
        rows = [_answer(row, job) for row in wanted.to_pylist()]
        yield arrow.RecordBatch.from_pylist(rows, schema=shape)


def _answer(row: dict[str, Any], job: Job) -> dict[str, Any]:
    place = f"row {row.get('id')!r}"
    try:
        asked = contract.asked(row, place)
        decided = verdict(asked, job)
        answer = contract.answer(str(asked.id), decided)
        return {**answer, "pack": decided.pack, "refused": None}
    except Exception as mistake:  # whatever a row does, it costs that row only
        error = parse.unforeseen(place, mistake)
        number = row.get("id")
        return {"id": None if number is None else str(number), "refused": f"{outcome.reason(error)}: {error}"}
