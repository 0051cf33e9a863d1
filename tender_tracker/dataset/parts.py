"""Entries → Parquet files by table and month, each whole or not there; and files → rows again."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast
from uuid import uuid4

from tender_tracker.dataset import schema
from tender_tracker.dataset.rows import Entry, Row
from tender_tracker.dataset.schema import MONTH, TABLES, Table
from tender_tracker.errors import PageBroken, TenderError

CHARACTERS = 32 * 2**20
"""Of text held before files are written: what bounds the memory of a writer."""
_GROUP = 500
"""Rows read at a time."""


@dataclass(slots=True)
class Writer:
    """Writes the files of one part of a dataset: `TABLE/month=MONTH/NAME.parquet`, with `-2`, `-3` … where a part is
    too large to be held at once. The same entries under the same name give the same bytes."""

    folder: Path
    name: str
    work: Path
    """A folder on the same disk where files lie until they are whole."""
    files: list[str] = field(default_factory=list)
    """Written so far, relative to `folder`."""
    rows: dict[str, int] = field(default_factory=lambda: dict.fromkeys(TABLES, 0))
    _waiting: list[Entry] = field(default_factory=list)
    _size: int = 0
    _flushed: int = 0

    def add(self, entry: Entry) -> None:
        self._waiting.append(entry)
        self._size += entry.size
        if self._size > CHARACTERS:
            self.flush()

    def flush(self) -> None:
        """Writes what waits. To be called at the end."""
        self._flushed += 1
        groups: dict[tuple[Table, str], list[Row]] = {}
        for entry in self._waiting:
            for table, rows in entry.tables.items():
                if rows:
                    groups.setdefault((table, entry.month), []).extend(rows)
        name = self.name if self._flushed == 1 else f"{self.name}-{self._flushed}"
        for (table, month), rows in sorted(groups.items(), key=lambda group: group[0]):
            path = f"{table}/{MONTH}={month}/{name}.parquet"
            with whole_file(self.folder / path, self.work) as made:
                _write(made, table, rows)
            self.files.append(path)
            self.rows[table] += len(rows)
        self._waiting, self._size = [], 0


@contextmanager
def whole_file(path: Path, work: Path) -> Iterator[Path]:
    """A path in `work` to write to; when the block ends well, the file is on the disk and stands at `path`."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        work.mkdir(parents=True, exist_ok=True)
        made = work / f"{uuid4().hex}-{path.name}"
        yield made
        with made.open("rb+") as file:
            os.fsync(file.fileno())
        made.replace(path)
    except OSError as error:
        raise TenderError(
            f"{path}: not written: {error.strerror or error}. Free some space or check the rights, and run again: "
            "what is finished stays."
        ) from error


def _write(path: Path, table: Table, rows: list[Row]) -> None:
    arrow = schema.pyarrow()
    from pyarrow import parquet

    shape = schema.arrow(table)
    held = {name: [row[name] for row in rows] for name in TABLES[table]}
    parquet.write_table(arrow.Table.from_pydict(held, schema=shape), path, compression="zstd")


def read(path: Path, table: Table) -> Iterator[list[Row]]:
    """Rows of one file, some hundreds at a time. Raises PageBroken for a file that is damaged or of other columns."""
    arrow = schema.pyarrow()
    from pyarrow import parquet

    try:
        with parquet.ParquetFile(path) as file:
            _check(path, table, file.schema_arrow)
            for batch in file.iter_batches(batch_size=_GROUP, columns=list(TABLES[table])):
                yield batch.to_pylist()
    except (arrow.ArrowException, OSError, ValueError) as error:
        raise PageBroken(f"{path}: not readable as Parquet ({_first(error)}); get the file again") from error


def _check(path: Path, table: Table, found: Any) -> None:
    types = {column.name: column.type for column in found}
    for column in schema.arrow(table):
        if types.get(column.name) != column.type:
            raise PageBroken(
                f"{path}: column {column.name!r} is {types.get(column.name, 'missing')}, not {column.type}; "
                f"this is no table {table!r} of {schema.NAME}"
            )


def _first(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:200]


def months(folder: Path, table: Table) -> Iterable[Path]:
    """All files of a table, month by month."""
    return cast(Iterable[Path], sorted((folder / table).glob(f"{MONTH}=*/*.parquet")))
