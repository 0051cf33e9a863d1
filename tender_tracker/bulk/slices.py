"""Inputs → Slices: pieces small enough for one worker in one go, the same ones whenever they are asked."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Literal

from tender_tracker.dataset import schema
from tender_tracker.errors import PageBroken, UsageError
from tender_tracker.pages import manifest, saved

SIZE = 64 * 2**20
"""Bytes of one slice, where a file can be cut."""
FILES = 500
"""Saved pages of one slice."""
NOTICES = 20_000
"""Numbers of notices of one slice of a store."""
LINES = (".jsonl", ".ndjson")
PARQUET = (".parquet",)
_ALONE = (".warc", ".zip")
_SQLITE = b"SQLite format 3\x00"
_PIECE = 2**20

Form = Literal["lines", "parquet", "pages", "store"]


@dataclass(frozen=True, slots=True)
class Slice:
    """A piece of an input. For lines `start` and `end` are bytes, for Parquet row groups, for a store ids."""

    form: Form
    given: str
    """The input as the user named it."""
    files: tuple[str, ...]
    start: int = 0
    end: int | None = None
    """None: to the end."""
    first: int = 1
    """Number of its first line or row in the file."""
    fingerprint: str = ""
    """Of its files: names, sizes, and when they were last written."""

    @property
    def name(self) -> str:
        """The same for the same piece, whatever is in it: what its files are called."""
        said = {**asdict(self), "fingerprint": "", "given": ""}
        return f"part-{blake2b(repr(sorted(said.items())).encode(), digest_size=8).hexdigest()}"


def slices(inputs: Iterable[Path]) -> list[Slice]:
    """The slices of all inputs, in order; a file that is named twice counts once.

    Raises UsageError for a path that is not there, or is neither file nor folder.
    """
    found: dict[str, Slice] = {}
    inputs = [Path(os.path.normpath(path)) for path in inputs]
    for path in inputs:
        if not path.exists():
            raise UsageError(f"{path}: no such file or folder; check the path")
        if not (path.is_file() or path.is_dir()):
            raise UsageError(f"{path}: not a regular file; give Parquet, JSON Lines, WARC, saved pages or a store")
    for path in inputs:
        for piece in _of_folder(path) if path.is_dir() else _of_file(path, str(path)):
            found.setdefault(piece.name, piece)
    return list(found.values())


def _of_folder(folder: Path) -> Iterator[Slice]:
    """Single pages go together, files that hold many are slices of their own."""
    waiting: list[Path] = []
    for path in saved.files(folder, PARQUET):
        if _suffix(path) in (*LINES, *PARQUET, *_ALONE):
            yield from _of_file(path, str(folder))
            continue
        waiting.append(path)
        if len(waiting) == FILES:
            yield _pages(waiting, str(folder))
            waiting = []
    if waiting:
        yield _pages(waiting, str(folder))


def _of_file(path: Path, given: str) -> Iterator[Slice]:
    suffix, packed = _suffix(path), path.name.lower().endswith(".gz")
    if suffix in PARQUET:
        yield from _row_groups(path, given)
    elif suffix in LINES:
        cut = _lines(path) if not packed and path.is_file() and path.stat().st_size > SIZE else [(0, None, 1)]
        for start, end, first in cut:
            yield Slice("lines", given, (str(path),), start, end, first, fingerprint([path]))
    elif _is_store(path):
        yield from _ids(path, given)
    else:
        yield _pages([path], given)


def _pages(paths: list[Path], given: str) -> Slice:
    said = {path.parent / manifest.MANIFEST: None for path in paths}
    return Slice("pages", given, tuple(map(str, paths)), fingerprint=fingerprint([*paths, *said]))


def _lines(path: Path) -> Iterator[tuple[int, int | None, int]]:
    """Where to cut a large file, always behind a line: first byte, byte behind the last one, number of the line."""
    start, first, at, number = 0, 1, 0, 1
    with path.open("rb") as stream:
        while piece := stream.read(_PIECE):
            cut = piece.rfind(b"\n") + 1
            if cut and at + cut - start >= SIZE:
                behind = number + piece.count(b"\n")
                yield start, at + cut, first
                start, first = at + cut, behind
            number += piece.count(b"\n")
            at += len(piece)
    if start < at:
        yield start, None, first


def _row_groups(path: Path, given: str) -> Iterator[Slice]:
    """Row groups together up to the size; a file that cannot be read is one slice, which then says so."""
    sizes = _sizes(path)
    start, first, size, rows, mark = 0, 1, 0, 0, fingerprint([path])
    for number, (count, length) in enumerate(sizes):
        size, rows = size + length, rows + count
        if size >= SIZE or number == len(sizes) - 1:
            yield Slice("parquet", given, (str(path),), start, number + 1, first, mark)
            start, first, size, rows = number + 1, first + rows, 0, 0
    if not sizes:
        yield Slice("parquet", given, (str(path),), fingerprint=mark)


def _sizes(path: Path) -> list[tuple[int, int]]:
    """Rows and bytes of each row group; [] where there is none or the file cannot be read."""
    arrow = schema.pyarrow()
    from pyarrow import parquet

    try:
        about = parquet.read_metadata(path)
    except (arrow.ArrowException, OSError):
        return []
    groups = (about.row_group(number) for number in range(about.num_row_groups))
    return [(group.num_rows, group.total_byte_size) for group in groups]


def _ids(path: Path, given: str) -> Iterator[Slice]:
    from tender_tracker.storage import whole
    from tender_tracker.storage.query import Reader

    with Reader.open(path) as reader:
        last = whole.last(reader)
    mark = fingerprint([path, path.with_name(path.name + "-wal")])
    for start in range(0, max(last, 1), NOTICES):
        yield Slice("store", given, (str(path),), start, start + NOTICES, start + 1, mark)


def _is_store(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(len(_SQLITE)) == _SQLITE
    except OSError:
        return False


def _suffix(path: Path) -> str:
    return os.path.splitext(path.name.lower().removesuffix(".gz"))[1]


def fingerprint(paths: Iterable[Path]) -> str:
    """Names, sizes and times of files; one that is not there counts as such."""
    told = blake2b(digest_size=8)
    for path in paths:
        about = path.stat() if path.exists() else None
        told.update(repr((str(path), about and (about.st_size, about.st_mtime_ns))).encode())
    return told.hexdigest()


def unreadable(path: str, error: Exception) -> PageBroken:
    """What to say of a file that fails while it is read."""
    why = " ".join(str(error).split())[:200] or type(error).__name__
    return PageBroken(f"{path}: cannot be read on ({why}); what lies behind is left out, get the file again")
