"""A Slice → what is in it, one by one: rows of a table, pages, stored notices; and what could not be read, by place."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, cast

from tender_tracker.bulk.slices import Slice, unreadable
from tender_tracker.dataset import rows, schema
from tender_tracker.errors import PageBroken, TenderError, UsageError
from tender_tracker.model import Notice, Page
from tender_tracker.pages import opened, saved
from tender_tracker.pages.readable import Unreadable

COLUMNS = ("id", "title", "text", "kind", "published", "html", "jurisdiction")
_BATCH = 200
"""Rows of Parquet held at once."""


@dataclass(frozen=True, slots=True)
class Row:
    """A notice as columns; `place` is file#number."""

    values: Mapping[str, Any]
    file: str
    place: str


@dataclass(frozen=True, slots=True)
class Kept:
    """A stored notice and the pages of its documents, as rows."""

    notice: Notice
    documents: Sequence[rows.Row]


@dataclass(frozen=True, slots=True)
class Bad:
    """What could not be read, where, and why."""

    place: str
    error: TenderError


Given = Row | Page | Kept | Bad


def given(piece: Slice) -> Iterator[Given]:
    """Everything in a slice, in order; damage ends its file, not the slice."""
    readers = {"lines": _lines, "parquet": _parquet, "pages": _pages, "store": _store}
    try:
        yield from readers[piece.form](piece)
    except TenderError as error:
        yield Bad(piece.files[0], error)


def _pages(piece: Slice) -> Iterator[Given]:
    told: set[str] = set()
    for name in piece.files:
        path = Path(name)
        if not path.exists():
            yield Bad(name, UsageError(f"{path}: gone since the run began; run again"))
            continue
        for page in saved.pages([path], _written(path)):
            if not isinstance(page, Unreadable):
                yield page
            elif page.file not in told:  # a bad pages.toml is met with every file of its folder
                told.add(page.file)
                yield Bad(page.file, page.error)


def _lines(piece: Slice) -> Iterator[Given]:
    """A line with `id` and `text` or `html` is a row; any other is a page, as in a folder of saved pages."""
    (name,) = piece.files
    path = Path(name)
    at = _written(path)
    try:
        with gzip.open(path) if name.lower().endswith(".gz") else path.open("rb") as stream:
            for number, line in _numbered(cast(IO[bytes], stream), piece):
                place = f"{name}#{number}"
                try:
                    yield _row(line, name, place) or opened.line_page(line, place, at)
                except PageBroken as error:
                    yield Bad(place, error)
    except (OSError, EOFError, zlib.error) as error:
        yield Bad(name, unreadable(name, error))


def _numbered(stream: IO[bytes], piece: Slice) -> Iterator[tuple[int, bytes]]:
    """Lines that are not blank, with their numbers in the file. Raises PageBroken for an endless one."""
    if piece.start:
        stream.seek(piece.start)
    at, number = piece.start, piece.first - 1
    while piece.end is None or at < piece.end:
        line = stream.readline(opened.MAX_PAGE + 1)
        if not line:
            return
        at, number = at + len(line), number + 1
        if len(line) > opened.MAX_PAGE:
            raise PageBroken(
                f"{piece.files[0]}#{number}: a line of more than {opened.MAX_PAGE // 2**20} MB; the rest is left out"
            )
        if line.strip():
            yield number, line


def _row(line: bytes, name: str, place: str) -> Row | None:
    try:
        values = json.loads(line.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return None  # as a page it is read more patiently, or refused with the reason
    if not isinstance(values, dict) or "id" not in values:
        return None
    return Row(values, name, place) if any(isinstance(values.get(key), str) for key in ("text", "html")) else None


def _parquet(piece: Slice) -> Iterator[Given]:
    arrow = schema.pyarrow()
    from pyarrow import parquet

    (name,), number = piece.files, piece.first - 1
    try:
        with parquet.ParquetFile(name) as file:
            wanted = [column for column in COLUMNS if column in file.schema_arrow.names]
            if "id" not in wanted or not {"text", "html"} & set(wanted):
                raise PageBroken(
                    f"{name}: no table of notices: it needs the columns id and text or html, and has "
                    f"{', '.join(file.schema_arrow.names[:20])}"
                )
            groups = list(range(piece.start, file.num_row_groups if piece.end is None else piece.end))
            for batch in file.iter_batches(_BATCH, row_groups=groups, columns=wanted):
                for values in batch.to_pylist():
                    number += 1
                    yield Row(values, name, f"{name}#{number}")
    except (arrow.ArrowException, OSError, UnicodeDecodeError) as error:
        raise unreadable(name, error) from error


def _store(piece: Slice) -> Iterator[Given]:
    from tender_tracker.storage import whole
    from tender_tracker.storage.filter import Filter
    from tender_tracker.storage.query import Reader

    with Reader.open(Path(piece.files[0])) as reader:
        for found in whole.each(reader, Filter(levels=()), piece.start, piece.end):
            yield Kept(rows.notice(found.row, found.lots), found.documents)


def _written(path: Path) -> datetime:
    """When a file was last written: the best that is known of when its pages were read."""
    return datetime.fromtimestamp(int(path.stat().st_mtime) if path.exists() else 0, UTC)
