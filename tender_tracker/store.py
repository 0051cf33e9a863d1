"""Notices and verdicts → the SQLite store. The only writer: whole notices, in one transaction a batch."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType

from tender_tracker.model import Kind, Level, Notice, Verdict, Window
from tender_tracker.rows import State


@dataclass(frozen=True, slots=True)
class Record:
    """One notice, its verdict and what its buyer's name tells."""

    notice: Notice
    verdict: Verdict
    buyer_kind: str | None = None
    buyer_tier: str | None = None
    province: str | None = None


@dataclass(frozen=True, slots=True)
class Saved:
    """What a batch did to one source's notices."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0


@dataclass(frozen=True, slots=True)
class SourceRun:
    """What a run did to one source; `source` None counts pages no source recognised."""

    source: str | None
    read: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: int = 0
    lists: int = 0
    state: State = "ok"
    error: str | None = None
    window: Window | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """A page that could not be read. `reason` is one word: blocked, challenge, login, broken, changed, …"""

    read_from: str
    source: str | None
    reason: str
    message: str


@dataclass(frozen=True, slots=True)
class Stored:
    """A stored notice as the rules need it to decide again."""

    id: int
    title: str
    text: str
    kind: Kind
    verdict: Verdict


class Store:
    """A store opened for writing; holds its lock until closed. Use as a context manager."""

    @classmethod
    def open(cls, path: Path, now: datetime, create: bool = True) -> Store:
        """Raises StoreLocked when another run holds it, StoreUnusable when it cannot be written; never repairs."""
        raise NotImplementedError

    def close(self) -> None:
        raise NotImplementedError

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def begin_run(self, command: str, pack: str | None) -> int:
        """Opens the run record; what is saved until `end_run` carries its id."""
        raise NotImplementedError

    def save(self, batch: Sequence[Record], old_copies: bool = False) -> Mapping[str, Saved]:
        """Stores a batch in one transaction → counts per source.

        With `old_copies` a version known from the past, read again, is no change.
        """
        raise NotImplementedError

    def refuse(self, refusals: Iterable[Refused]) -> None:
        raise NotImplementedError

    def end_run(self, sources: Sequence[SourceRun], exit_code: int) -> None:
        raise NotImplementedError

    def known(self, source: str) -> frozenset[str]:
        """`source_id`s stored for a source."""
        raise NotImplementedError

    def stored(self) -> Iterator[Stored]:
        """Every stored notice in order of id."""
        raise NotImplementedError

    def relabel(self, verdicts: Sequence[tuple[int, Verdict]]) -> None:
        """Replaces verdicts and evidence of stored notices, in one transaction."""
        raise NotImplementedError

    def levels(self) -> Mapping[Level, int]:
        raise NotImplementedError
