"""One writer at a time: a lock the operating system takes back when its holder dies, so a dead run blocks nobody.

The lock file stays behind and says how many notices the store held: an emptied store is then told from a new one.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import BinaryIO

from tender_tracker.errors import StoreLocked, StoreUnusable


def take(store: Path) -> BinaryIO:
    """The held lock of a store; closing it lets go.

    Raises StoreLocked at once when another process holds it, StoreUnusable where no lock file can be made.
    """
    path = store.with_name(store.name + ".lock")
    try:
        file = path.open("a+b", buffering=0)  # a buffer would fail once more when it is closed on a full disk
    except OSError as error:
        raise StoreUnusable(
            f"{store}: cannot be written, its lock file {path.name} cannot be made ({error.strerror}). "
            "Give write access to the folder, or name another store with --db."
        ) from error
    try:
        _hold(file)
    except OSError as error:
        file.close()
        raise StoreLocked(f"{store}: another run holds this store. Wait for it to end and try again.") from error
    return file


def notices_known(lock: BinaryIO) -> int:
    """How many notices the store held when it was last closed; 0 when nothing is written there."""
    lock.seek(0)
    word = lock.read(20).decode("ascii", "replace").strip()
    return int(word) if word.isdigit() else 0


def remember(lock: BinaryIO, notices: int) -> None:
    lock.seek(0)
    lock.truncate()
    lock.write(f"{notices}\n".encode("ascii"))
    lock.flush()


if sys.platform == "win32":
    import msvcrt

    def _hold(file: BinaryIO) -> None:
        file.seek(1024)  # past the figure, so that it stays readable
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _hold(file: BinaryIO) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
