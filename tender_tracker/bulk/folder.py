"""The output folder: which parts of it are finished, what a new run takes away, and the account at its end."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tender_tracker.bulk.job import Job
from tender_tracker.bulk.part import FINISHED, REFUSED, WORK, Part
from tender_tracker.bulk.slices import Slice
from tender_tracker.dataset import about
from tender_tracker.dataset.schema import MONTH, TABLES
from tender_tracker.errors import StoreLocked, TenderError, UsageError
from tender_tracker.model import LEVELS
from tender_tracker.storage import lock


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be labelled, and how many parts are finished already: of these inputs, and of others kept there."""

    todo: Sequence[Slice]
    done: int
    besides: int


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """The folder, made where needed, for one run at a time.

    Raises UsageError for a folder that holds something else, TenderError where another run has it.
    """
    try:
        if folder.exists() and any(folder.iterdir()) and not (folder / FINISHED).is_dir():
            raise UsageError(f"{folder}: not empty, and no output of `tenders bulk label`; name a new folder")
        (folder / FINISHED).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"{folder}: cannot be made or read ({error.strerror}); name another folder") from error
    try:
        taken = lock.take(folder / WORK)
    except StoreLocked as error:
        raise TenderError(f"{folder}: another run writes into this folder; wait for it to end") from error
    with closing(taken):
        yield


def prepare(folder: Path, pieces: Sequence[Slice], job: Job) -> Plan:
    """Takes away what is unfinished or out of date → what is left to do. To be called under `held`."""
    wanted = {piece.name: piece for piece in pieces}
    inputs = {piece.given for piece in pieces}
    kept: dict[str, Part] = {}
    for part in finished(folder):
        piece = wanted.get(part.name)
        if piece is None:
            current = part.given not in inputs  # of an input not named now; else the input is cut otherwise by now
        else:
            current = (part.inputs, part.job) == (piece.fingerprint, job.fingerprint)
        if current and all((folder / file).is_file() for file in part.files):
            kept[part.name] = part
    todo = [piece for piece in pieces if piece.name not in kept]
    _sweep(folder, kept, bool(todo))
    return Plan(todo, len(pieces) - len(todo), len(kept) - len(pieces) + len(todo))


def finished(folder: Path) -> list[Part]:
    """Parts whose note is there, by name; a note that cannot be read counts for nothing."""
    parts = []
    for path in sorted((folder / FINISHED).glob("part-*.json")):
        try:
            said = json.loads(path.read_text("utf-8"))
            parts.append(Part(**{**said, "files": tuple(said["files"])}))
        except (OSError, ValueError, TypeError, KeyError):
            continue
    return parts


def _sweep(folder: Path, kept: Mapping[str, Part], more: bool) -> None:
    """First the account, then the notes, then the files: a reader never takes a rest for the whole."""
    files = {file for part in kept.values() for file in part.files}
    stale = [path for path in (folder / FINISHED).glob("*.json") if path.stem not in kept]
    stale += [path for table in TABLES for path in (folder / table).glob(f"{MONTH}=*/*.parquet")]
    stale += list((folder / REFUSED).glob("*.jsonl"))
    stale = [path for path in stale if str(path.relative_to(folder)) not in files]
    if more or stale:
        (folder / about.FILE).unlink(missing_ok=True)
    for path in (*stale, *(folder / WORK).glob("*")):
        path.unlink()


def account(folder: Path) -> dict[str, Any]:
    """Counts of all finished parts, written as `dataset.json`."""
    parts = finished(folder)
    counts = _sum(part.counts for part in parts)
    levels = _sum(part.levels for part in parts)
    told = {
        "read": counts["read"],
        "notices": counts["notices"],
        "lots": counts["lots"],
        "evidence": counts["evidence"],
        "lists": counts["lists"],
        "refused": counts["refused"],
        "levels": {level: levels[level] for level in LEVELS},
        "reasons": _ordered(_sum(part.reasons for part in parts)),
        "unknown_kinds": _ordered(_sum(part.kinds for part in parts)),
        "packs": _ordered(_sum(part.packs for part in parts)),
        "inputs": sorted({part.given for part in parts}),
        "parts": len(parts),
    }
    for path in sorted(folder.glob(f"*/{MONTH}=*")):
        if path.is_dir() and not any(path.iterdir()):
            path.rmdir()
    if (folder / WORK).is_dir():
        (folder / WORK).rmdir()
    about.write(folder, told)
    return told


def _sum(counts: Iterable[Mapping[str, int]]) -> Counter[str]:
    whole: Counter[str] = Counter()
    for one in counts:
        whole.update(one)
    return whole


def _ordered(counts: Counter[str]) -> dict[str, int]:
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))
