"""Slices → parts, by Apache Spark (extra `spark`): each slice is a task; a worker that dies costs only its tasks.

The program travels as a zip of itself, rules and recipes as a broadcast; a worker needs the program's dependencies, and
inputs and output under the same path, as on a shared disk.
"""

from __future__ import annotations

import json
import os
import sys
import zipfile
from collections.abc import Generator, Iterator, Sequence
from dataclasses import asdict
from importlib import resources
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tender_tracker.bulk import batches, part
from tender_tracker.bulk.job import Job
from tender_tracker.bulk.part import Part
from tender_tracker.bulk.slices import Slice
from tender_tracker.dataset import schema
from tender_tracker.errors import TenderError, UsageError

INSTALL = "bulk label --engine spark needs an extra and Java 17 or newer: pip install 'tenders[spark]'"
_PACKAGE = "tender_tracker"


def run(pieces: Sequence[Slice], job: Job, folder: Path, master: str | None) -> Generator[Part]:
    """Parts as they are finished. `master` None: what spark-submit says, else all cores of this machine.

    Raises UsageError without the extra, TenderError where Spark does not start or gives up.
    """
    if not pieces:
        return
    session = _session(master)
    try:
        with TemporaryDirectory() as made:
            session.sparkContext.addPyFile(str(zipped(Path(made))))
            yield from _parts(session, pieces, job, folder.resolve())
    finally:
        session.stop()


def labels(frame: Any, job: Job) -> Any:
    """A DataFrame of notices (columns as `given.COLUMNS`) → a DataFrame of labels, wherever Spark reads from and
    writes to. The program must be on the workers: `addPyFile` of `zipped`."""
    travels = frame.sparkSession.sparkContext.broadcast(job)
    return frame.mapInArrow(lambda given: batches.labelled(given, travels.value), batches.SQL)


def zipped(folder: Path) -> Path:
    """This program with its rules and data as a zip file in `folder`, for Spark's workers."""
    path = folder / f"{_PACKAGE}.zip"
    with resources.as_file(resources.files(_PACKAGE)) as package, zipfile.ZipFile(path, "w") as out:
        for file in sorted(package.rglob("*")):
            if file.is_file() and "__pycache__" not in file.parts:
                out.write(file, f"{_PACKAGE}/{file.relative_to(package).as_posix()}")
    return path


def check() -> None:
    """Raises UsageError where the extra is missing."""
    if any(find_spec(name) is None for name in ("pyspark", "py4j")):
        raise UsageError(INSTALL)


def _session(master: str | None) -> Any:
    check()
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException
    from pyspark.sql import SparkSession

    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    builder = SparkSession.builder.appName("tenders bulk label").config("spark.ui.showConsoleProgress", "false")
    try:
        return (builder.master(master) if master else builder).getOrCreate()
    except (PySparkException, Py4JError, RuntimeError, OSError) as error:
        raise TenderError(f"bulk label: Spark does not start ({_first(error)}). {INSTALL}") from error


def _parts(session: Any, pieces: Sequence[Slice], job: Job, folder: Path) -> Iterator[Part]:
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException

    travels, target = session.sparkContext.broadcast(job), str(folder)
    tasks = session.sparkContext.parallelize([(json.dumps(asdict(piece)),) for piece in pieces], len(pieces))
    made = tasks.toDF("slice string").mapInArrow(lambda given: _make(given, travels.value, target), "part string")
    try:
        for row in made.collect():
            said = json.loads(row.part)
            yield Part(**{**said, "files": tuple(said["files"])})
    except (PySparkException, Py4JError) as error:
        raise TenderError(f"bulk label: Spark gave up ({_first(error)}); run again: what is finished stays") from error


def _make(given: Iterator[Any], job: Job, folder: str) -> Iterator[Any]:
    """Arrow batches of slices → Arrow batches of parts, on a worker."""
    arrow = schema.pyarrow()
    for batch in given:
        pieces = [json.loads(row["slice"]) for row in batch.to_pylist()]
        parts = [part.make(Slice(**{**piece, "files": tuple(piece["files"])}), job, Path(folder)) for piece in pieces]
        yield arrow.RecordBatch.from_pylist([{"part": json.dumps(asdict(made))} for made in parts])


def _first(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:300]
