"""A Slice → its files in the output folder, and last of all the note that they are finished."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from tender_tracker import outcome, parse
from tender_tracker.bulk.given import Bad, Given, Kept, Row, given
from tender_tracker.bulk.job import Job, equip
from tender_tracker.bulk.label import labelled
from tender_tracker.bulk.slices import Slice
from tender_tracker.contract import as_kind
from tender_tracker.dataset import rows
from tender_tracker.dataset.parts import Writer, whole_file
from tender_tracker.errors import TenderError
from tender_tracker.model import Page

FINISHED, WORK, REFUSED = "_finished", "_work", "refused"
"""Folders of the output: notes of finished parts, files that are not whole yet, and what could not be read."""
_COUNTED = ("notices", "lots", "evidence")


@dataclass(frozen=True, slots=True)
class Part:
    """What became of a slice. `job` is the fingerprint of the rules and program that made it."""

    name: str
    given: str
    inputs: str
    """Fingerprint of the input files."""
    job: str
    files: tuple[str, ...]
    """Its files, relative to the output folder."""
    counts: dict[str, int] = field(default_factory=dict)
    """read, notices, lots, evidence, lists, refused."""
    levels: dict[str, int] = field(default_factory=dict)
    packs: dict[str, int] = field(default_factory=dict)
    reasons: dict[str, int] = field(default_factory=dict)
    """Why something was refused → how often."""
    kinds: dict[str, int] = field(default_factory=dict)
    """Words for a kind that nobody here knows, taken as not given → how often."""


@dataclass(slots=True)
class _Counts:
    counts: Counter[str] = field(default_factory=Counter)
    levels: Counter[str] = field(default_factory=Counter)
    packs: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)


def make(piece: Slice, job: Job, folder: Path) -> Part:
    """Labels a slice and writes its files; made twice, at the same time or by another worker, they are the same.

    Raises TenderError where they cannot be written.
    """
    equip(job)
    writer, told = Writer(folder, piece.name, folder / WORK), _Counts()
    refused = f"{REFUSED}/{piece.name}.jsonl"
    with whole_file(folder / refused, folder / WORK) as file, file.open("w", encoding="utf-8") as out:
        for line in _lines(piece, job, writer, told):
            out.write(json.dumps(line, ensure_ascii=False) + "\n")
    writer.flush()
    files = (*writer.files, refused)
    counts = {**told.counts, **{table: count for table, count in writer.rows.items() if table in _COUNTED}}
    whole = {name: dict(sorted(getattr(told, name).items())) for name in ("levels", "packs", "reasons", "kinds")}
    made = Part(
        piece.name, piece.given, piece.fingerprint, job.fingerprint, files, dict(sorted(counts.items())), **whole
    )
    with whole_file(folder / FINISHED / f"{piece.name}.json", folder / WORK) as file:
        file.write_text(json.dumps(asdict(made), ensure_ascii=False), "utf-8")
    return made


def _lines(piece: Slice, job: Job, writer: Writer, told: _Counts) -> Iterator[dict[str, Any]]:
    """Labels what is in the slice; gives a line for all that is refused."""
    for found in given(piece):
        told.counts["read"] += 1
        place = _place(found)
        try:
            if isinstance(found, Bad):
                raise found.error
            records = labelled(found, job)
        except Exception as mistake:  # whatever a page does, it costs that page only
            error = parse.unforeseen(place, mistake)
            told.counts["refused"] += 1
            told.reasons[outcome.reason(error)] += 1
            yield _refusal(piece, place, error)
            continue
        told.counts["lists"] += not records
        if isinstance(found, Row) and (word := found.values.get("kind")) is not None and as_kind(word) is None:
            told.kinds[str(word)] += 1
        for record in records:
            told.levels[record.verdict.level] += 1
            told.packs[record.verdict.pack] += 1
            writer.add(rows.of_record(record, found.documents if isinstance(found, Kept) else ()))


def _place(found: Given) -> str:
    if isinstance(found, Kept):
        return f"{found.notice.source}/{found.notice.source_id}"
    return (found.file or found.url or "") if isinstance(found, Page) else found.place


def _refusal(piece: Slice, place: str, error: TenderError) -> dict[str, Any]:
    """Input file, position in it (number of the line, row or record, name of the member), reason and message."""
    file = next((name for name in piece.files if place == name or place.startswith((f"{name}#", f"{name}!"))), None)
    position = place[len(file) + 1 :] if file else place
    reason = outcome.reason(error)
    return {"input": file or piece.files[0], "position": position or None, "reason": reason, "message": str(error)}
