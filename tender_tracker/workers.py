"""Pages → their harvests in the same order, read and flagged by processes beside this one, which is left to store."""

from __future__ import annotations

import signal
from collections import deque
from collections.abc import Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from pathlib import Path
from queue import SimpleQueue

from tender_tracker import harvest, sources
from tender_tracker.errors import TenderError
from tender_tracker.flagging import rulepack
from tender_tracker.harvest import Handful, Harvest
from tender_tracker.model import Page
from tender_tracker.pages.readable import Unreadable

_AHEAD = 3
"""Handfuls given out for each worker: enough that none waits while a batch is stored, few enough for memory."""


@dataclass(frozen=True, slots=True)
class Workers:
    """How many processes, and what they read by: rule files and recipes of the user."""

    count: int
    rules: tuple[Path, ...] = ()
    recipes: tuple[Path, ...] = ()


def each(pages: Iterable[Page | Unreadable], workers: Workers) -> Generator[Harvest, None, None]:
    """The harvests of pages in their order, lazily: few pages are held at a time, however many come.

    Raises TenderError when a worker is killed; what it was to read is not handed out.
    """
    crew = [_Worker(workers) for _ in range(workers.count)]
    idle: SimpleQueue[_Worker] = SimpleQueue()
    for worker in crew:
        idle.put(worker)

    def ask(handful: Handful) -> list[Harvest]:
        worker = idle.get()
        try:
            return worker.read(handful)
        finally:
            idle.put(worker)

    # A thread for each worker waits for it; a ProcessPoolExecutor may hang for ever when a worker is killed
    # (https://github.com/python/cpython/issues/94777).
    threads = ThreadPoolExecutor(workers.count)
    given: deque[Future[list[Harvest]]] = deque()
    try:
        for handful in harvest.handfuls(pages):
            given.append(threads.submit(ask, list(map(_light, handful))))
            if len(given) > _AHEAD * workers.count:
                yield from given.popleft().result()
        while given:
            yield from given.popleft().result()
    finally:
        for worker in crew:
            worker.process.terminate()
        threads.shutdown(cancel_futures=True)
        for worker in crew:
            worker.process.join()
            worker.line.close()


class _Worker:
    """A process and the line to it. It is spawned: a forked one would share the open store and keep its lock."""

    def __init__(self, workers: Workers) -> None:
        context = get_context("spawn")
        self.line, theirs = context.Pipe()
        self.process: SpawnProcess = context.Process(target=_serve, args=(theirs, workers), daemon=True)
        self.process.start()
        theirs.close()

    def read(self, handful: Handful) -> list[Harvest]:
        try:
            self.line.send(handful)
            found: list[Harvest] = self.line.recv()
        except (EOFError, OSError) as error:
            raise TenderError(
                "a worker process was ended from outside, perhaps for want of memory; what was stored before is "
                "whole. Run again with fewer --workers."
            ) from error
        return found


def _light(given: Page | Harvest) -> Page | Harvest:
    """Bytes that are kept stay on this side."""
    return replace(given, raw=None) if isinstance(given, Page) and given.raw is not None else given


def _serve(line: Connection, workers: Workers) -> None:
    """A worker's life: it leaves Ctrl-C to its parent, and ends when that has gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    sources.use(workers.recipes)
    pack = rulepack.load(extra=workers.rules)
    while True:
        try:
            handful = line.recv()
            line.send(harvest.of(handful, pack))
        except (EOFError, OSError):
            return
