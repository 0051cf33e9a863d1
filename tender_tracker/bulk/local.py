"""Slices → parts, by processes of this machine."""

from __future__ import annotations

import signal
from collections.abc import Generator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import active_children, get_context
from pathlib import Path

from tender_tracker.bulk.job import Job
from tender_tracker.bulk.part import Part, make
from tender_tracker.bulk.slices import Slice
from tender_tracker.errors import TenderError


def run(pieces: Sequence[Slice], job: Job, folder: Path, workers: int) -> Generator[Part]:
    """Parts as they are finished; Ctrl-C and a caller that has enough end the workers at once.

    Raises TenderError where a worker dies or cannot write.
    """
    if workers == 1 or len(pieces) < 2:
        yield from (make(piece, job, folder) for piece in pieces)
        return
    pool = ProcessPoolExecutor(min(workers, len(pieces)), get_context("spawn"), initializer=_deaf)
    try:
        for done in as_completed([pool.submit(make, piece, job, folder) for piece in pieces]):
            yield done.result()
    except BrokenProcessPool as error:
        raise TenderError(
            "bulk: a worker process was ended from outside, perhaps for want of memory; run again, with fewer "
            "--workers: what is finished stays"
        ) from error
    except (KeyboardInterrupt, SystemExit, GeneratorExit):
        for worker in active_children():
            worker.terminate()  # what they have in hand is made again by the next run
        raise
    finally:
        pool.shutdown(cancel_futures=True)


def _deaf() -> None:
    """Ctrl-C reaches every process of a terminal; the one that was asked ends the others."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
