"""One request at a time per host and a gap between two, across processes too: a locked file per host keeps the time."""

from __future__ import annotations

import contextlib
import re
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from tender_tracker.errors import SourceFailed, UsageError

TURN_SECONDS = 120.0
"""How long to wait for another process: more than its longest request and gap together."""
_POLL = 0.05


class Pace:
    """Turns at hosts. `folder` is shared by all runs of one user; it holds one small file per host."""

    def __init__(
        self, folder: Path, *, clock: Callable[[], float] = time.time, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._folder = folder
        self._clock = clock
        self._sleep = sleep

    @contextlib.contextmanager
    def turn(self, place: str, gap: float) -> Iterator[None]:
        """Waits until `place` (host, or host:port) may be asked, `gap` seconds after the last answer; holds the turn.

        Raises UsageError when the folder cannot be written, SourceFailed when another process never lets go.
        """
        with self._open(place) as file:
            self._take(file, place)
            # A clock that was set back must not make us wait longer than the gap.
            since = max(0.0, self._clock() - _read(file))
            if since < gap:
                self._sleep(gap - since)
            _write(file, self._clock())  # a process killed in its request has asked, too
            try:
                yield
            finally:
                _write(file, self._clock())

    def _open(self, place: str) -> BinaryIO:
        path = self._folder / re.sub(r"[^a-z0-9.-]", "_", place)
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            return path.open("a+b")
        except OSError as error:
            raise UsageError(
                f"{path}: cannot be written ({error.strerror}), but the gap between two requests is kept there; "
                "make it writable, or set XDG_CACHE_HOME to a folder that is"
            ) from error

    def _take(self, file: BinaryIO, place: str) -> None:
        """Waits for the lock. Closing the file lets go, and so does the end of a killed process."""
        end = self._clock() + TURN_SECONDS
        while True:
            try:
                _hold(file)
            except OSError as error:
                if self._clock() > end:
                    message = f"{place}: another run keeps asking it since {TURN_SECONDS:g} s; try later"
                    raise SourceFailed(message) from error
                self._sleep(_POLL)
            else:
                return


def _read(file: BinaryIO) -> float:
    """Time of the last request, 0 for never (or for a file that says nothing readable)."""
    file.seek(0)
    try:
        return float(file.read(64))
    except ValueError:
        return 0.0


def _write(file: BinaryIO, moment: float) -> None:
    file.seek(0)
    file.truncate()
    file.write(f"{moment:.6f}\n".encode("ascii"))
    file.flush()


if sys.platform == "win32":
    import msvcrt

    def _hold(file: BinaryIO) -> None:
        file.seek(1024)  # past the time, so that it stays readable
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _hold(file: BinaryIO) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
