"""Pages → their harvests in the same order, read and flagged by processes beside this one, which is left to store."""

from __future__ import annotations

import os
import signal
from collections import deque
from collections.abc import Generator, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from multiprocessing import get_context, parent_process
from pathlib import Path
from threading import Thread

from tender_tracker import harvest, sources
from tender_tracker.errors import TenderError
from tender_tracker.flagging import rulepack
from tender_tracker.harvest import Harvest
from tender_tracker.model import Page
from tender_tracker.pages.saved import Unreadable

_PAGES, _CHARACTERS = 24, 2**20
"""What a worker is handed at a time: pages, and characters after which no more are added."""
_AHEAD = 3
"""Handfuls given out for each worker: enough that none waits, few enough for memory."""


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
    # A forked process would share the open store and keep its lock; a spawned one begins with nothing.
    crew = ProcessPoolExecutor(workers.count, get_context("spawn"), _begin, (workers.rules, workers.recipes))
    given: deque[Future[list[Harvest]]] = deque()
    try:
        for handful in _handfuls(pages):
            given.append(crew.submit(_read, handful))
            if len(given) > _AHEAD * workers.count:
                yield from given.popleft().result()
        while given:
            yield from given.popleft().result()
    except BrokenProcessPool as error:
        raise TenderError(
            "a worker process was ended from outside, perhaps for want of memory; what was stored before is whole. "
            "Run again with fewer --workers."
        ) from error
    finally:
        crew.shutdown(cancel_futures=True)


def _handfuls(pages: Iterable[Page | Unreadable]) -> Iterator[list[Page | Harvest]]:
    """Pages without their bytes, which stay on this side; and harvests of what cannot be read at all."""
    handful: list[Page | Harvest] = []
    size = 0
    for page in pages:
        if isinstance(page, Unreadable):
            handful.append(harvest.refused(page))
        else:
            handful.append(page if page.raw is None else replace(page, raw=None))
            size += len(page.text)
        if len(handful) >= _PAGES or size >= _CHARACTERS:
            yield handful
            handful, size = [], 0
    if handful:
        yield handful


_rules: tuple[Path, ...] = ()
"""In a worker: the user's rule files."""


def _begin(rules: tuple[Path, ...], recipes: tuple[Path, ...]) -> None:
    """Makes a process a worker: it leaves Ctrl-C to its parent, and does not outlive it."""
    global _rules
    _rules = rules
    sources.use(recipes)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _read(handful: Iterable[Page | Harvest]) -> list[Harvest]:
    pack = rulepack.load(extra=_rules)
    return [given if isinstance(given, Harvest) else harvest.of(given, pack) for given in handful]
