"""The conductor: pages → notices → verdicts → store, one batch at a time, counting all that was read and refused."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tender_tracker.model import Evidence, Level, Window
from tender_tracker.store import Refused, SourceRun, Store


@dataclass(frozen=True, slots=True)
class RunSummary:
    """What a run did. `exit_code`: 0 complete, 3 something refused or failed, 4 pages but no notice, 1 nothing read."""

    sources: tuple[SourceRun, ...]
    refusals: tuple[Refused, ...]
    exit_code: int
    levels: dict[Level, int]
    """Notices new or changed in this run, by level."""


@dataclass(frozen=True, slots=True)
class Relabelled:
    """A stored notice whose level changes, with the passage that decided before and now."""

    id: int
    title: str
    before: Level
    after: Level
    quote_before: Evidence | None
    quote_after: Evidence | None


@dataclass(frozen=True, slots=True)
class RelabelSummary:
    """`gained`: became required, preferred or supplied; `lost`: is none of them now; `changed`: another of them."""

    notices: int
    gained: tuple[Relabelled, ...]
    lost: tuple[Relabelled, ...]
    changed: tuple[Relabelled, ...]


def import_saved(
    store: Store,
    pages: Iterable[Any],
    pack: Any,
    now: datetime,
    on_progress: Callable[[int], None] | None = None,
    limit: int | None = None,
    dry_run: bool = False,
    window: Window | None = None,
) -> RunSummary:
    """Saved pages (Page or Unreadable) → store. `on_progress` gets the number of pages read so far."""
    raise NotImplementedError


def relabel(store: Store, pack: Any, now: datetime, dry_run: bool = False) -> RelabelSummary:
    """Decides every stored notice again with another rule pack; `dry_run` writes nothing."""
    raise NotImplementedError
