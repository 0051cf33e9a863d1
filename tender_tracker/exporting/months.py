"""A store → a dataset of the notices of a filter, with their older versions, by month of publication."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from tempfile import mkdtemp

from tender_tracker.dataset import about, rows
from tender_tracker.dataset.parts import Writer
from tender_tracker.errors import TenderError, UsageError
from tender_tracker.storage import whole
from tender_tracker.storage.filter import Filter
from tender_tracker.storage.query import Reader

PART = "part-store"


def export(reader: Reader, where: Filter, folder: Path) -> dict[str, int]:
    """Writes the dataset → its rows by table, and months. An older dataset at `folder` is replaced as a whole.

    Raises UsageError where `folder` holds something else, TenderError where it cannot be written.
    """
    folder = folder.resolve()
    if folder.exists() and (not folder.is_dir() or (any(folder.iterdir()) and not (folder / about.FILE).is_file())):
        raise UsageError(f"export: {folder} is there and no dataset; name a new folder with -o DIR")
    try:
        made = Path(mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    except OSError as error:
        raise TenderError(f"{folder}: not written: {error.strerror}; check the folder it is to lie in") from error
    try:
        counts = _fill(reader, where, made)
        _swap(made, folder)
    except OSError as error:
        raise TenderError(f"{folder}: not written: {error.strerror}; the old one, if any, is untouched") from error
    finally:
        shutil.rmtree(made, ignore_errors=True)
    return counts


def _fill(reader: Reader, where: Filter, folder: Path) -> dict[str, int]:
    work = folder / "_work"
    writer, months = Writer(folder, PART, work), set[str]()
    for found in whole.each(reader, where):
        entry = rows.of_store(found)
        months.add(entry.month)
        writer.add(entry)
    writer.flush()
    if work.exists():
        work.rmdir()
    counts = {**writer.rows, "months": len(months)}
    about.write(folder, counts)
    return counts


def _swap(made: Path, folder: Path) -> None:
    """Puts the new folder in the place of the old one."""
    made.chmod(0o777 & ~_umask())
    if folder.exists():
        old = made.with_name(f"{made.name}-old")
        folder.rename(old)
        made.rename(folder)
        shutil.rmtree(old)
    else:
        made.rename(folder)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
