"""Kept raw pages → the notices of today's parsers in place of those stored, and which fields that changes.

The newest page of an address decides. One that can no longer be read leaves its notice as it is and is named.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tender_tracker import parse
from tender_tracker.errors import StoreUnusable
from tender_tracker.flagging.difference import described
from tender_tracker.flagging.rulepack import RulePack
from tender_tracker.model import Page
from tender_tracker.pages.decode import decode
from tender_tracker.pages.json_numbers import mended
from tender_tracker.record import recorded
from tender_tracker.relink import relink
from tender_tracker.restate import restate
from tender_tracker.storage.raw import Kept, RawFile
from tender_tracker.storage.store import Record, Reread, Store

BATCH = 200
"""Notices per transaction."""
EXAMPLES = 3
"""Notices shown for each changed field."""


@dataclass(frozen=True, slots=True)
class Example:
    """A notice whose field reads otherwise now."""

    id: int
    title: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field, how many notices it changes in, and the first of them."""

    field: str
    notices: int
    examples: tuple[Example, ...]


@dataclass(frozen=True, slots=True)
class ReparseSummary:
    """What rebuilding did. `unread` are the messages of pages that gave no notice; theirs are as before."""

    pages: int
    new: int
    changed: int
    unchanged: int
    fields: tuple[FieldChange, ...]
    unread: tuple[str, ...]


def reparse(
    store: Store,
    raw: RawFile,
    pack: RulePack,
    now: datetime,
    sources: Sequence[str] = (),
    since: datetime | None = None,
    dry_run: bool = False,
    on_progress: Callable[[int], None] | None = None,
) -> ReparseSummary:
    """Rebuilds the notices of all kept pages, or those of some sources, or read since a time; `dry_run` writes nothing.

    Raises StoreUnusable when the raw file or the store fails.
    """
    if not dry_run:
        store.begin_run("reparse", pack.fingerprint, described(pack))
    work = _Work(store, pack, dry_run)
    for kept in raw.pages(sources, since, "notices"):
        work.take(kept)
        if on_progress:
            on_progress(work.pages)
    work.flush()
    if not dry_run:
        relink(store)
        restate(store, pack)
        store.end_run((), 3 if work.unread else 0, now)
    return work.summary()


def page_of(kept: Kept) -> Page:
    """A kept page, decoded as a fetch would decode it today."""
    text = decode(kept.raw.data, kept.raw.encoding)
    text = mended(text) if kept.media == "json" else text
    return Page(text, kept.media, kept.read_at, kept.url, kept.file, kept.source, kept.raw)


@dataclass(slots=True)
class _Work:
    store: Store
    pack: RulePack
    dry_run: bool
    pages: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    fields: dict[str, list[Example]] = field(default_factory=dict)
    waiting: list[Record] = field(default_factory=list)
    failed: set[str] = field(default_factory=set)
    """Addresses whose newest page could not be read: an older one must not take its place."""
    unread: list[str] = field(default_factory=list)

    def take(self, kept: Kept | StoreUnusable) -> None:
        self.pages += 1
        if isinstance(kept, StoreUnusable):
            self.unread.append(str(kept))
            return
        place = kept.url or kept.file or "page"
        if place in self.failed:
            return
        try:
            self.waiting += _records(kept, self.store, self.pack)
        except Exception as error:  # whatever a page does, it costs that page only
            self.failed.add(place)
            self.unread.append(str(parse.unforeseen(place, error)))
        if len(self.waiting) >= BATCH:
            self.flush()

    def flush(self) -> None:
        for done in self.store.reread(self.waiting, keep=not self.dry_run):
            self._count(done)
        self.waiting = []

    def _count(self, done: Reread) -> None:
        self.counts["new" if done.new else "changed" if done.changed else "unchanged"] += 1
        for name, (before, after) in done.changed.items():
            self.counts[f"field {name}"] += 1
            examples = self.fields.setdefault(name, [])
            if len(examples) < EXAMPLES:
                examples.append(Example(done.id, done.title, before, after))

    def summary(self) -> ReparseSummary:
        changes = (
            FieldChange(name, self.counts[f"field {name}"], tuple(examples)) for name, examples in self.fields.items()
        )
        new, changed, unchanged = (self.counts[name] for name in ("new", "changed", "unchanged"))
        ordered = tuple(sorted(changes, key=lambda change: (-change.notices, change.field)))
        return ReparseSummary(self.pages, new, changed, unchanged, ordered, tuple(self.unread))


def _records(kept: Kept, store: Store, pack: RulePack) -> list[Record]:
    """Raises TenderError for a page that gives no notice, and whatever a mistake of ours raises."""
    page = page_of(kept)
    parsed = parse.read(page)
    found = parsed.listing.notices if parsed.listing else parsed.notices
    documents = store.documents()
    return [recorded(notice, pack, documents.pages_of(notice), page.checksum) for notice in found]
