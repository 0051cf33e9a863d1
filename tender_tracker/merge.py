"""Datasets → a store: notices other machines know, each once, with all that any of them saw it say."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from tender_tracker import outcome, parse
from tender_tracker.dataset import about, parts, rows
from tender_tracker.dataset.rows import Row
from tender_tracker.dataset.schema import Table
from tender_tracker.errors import PageBroken, TenderError
from tender_tracker.flagging.difference import described
from tender_tracker.flagging.rulepack import RulePack
from tender_tracker.model import KINDS, LEVELS, DocumentPage, Notice
from tender_tracker.record import recorded
from tender_tracker.refusals import Refusals
from tender_tracker.relink import relink
from tender_tracker.restate import restate
from tender_tracker.storage.merging import Arrival
from tender_tracker.storage.store import Record, Refused, SourceRun, Store

_SIDES: tuple[Table, ...] = ("lots", "documents", "versions")
_Beside = dict[tuple[str, ...], list[Row]]
"""Rows of another table of one file, by notice; where it matters, by what the notice said."""


@dataclass(frozen=True, slots=True)
class MergeSummary:
    """What one dataset brought. `exit_code`: 0 all of it, 3 something refused, 1 nothing could be read."""

    folder: str
    read: int
    new: int
    changed: int
    unchanged: int
    refused: int
    refusals: tuple[Refused, ...]
    """The first of each source and reason."""
    exit_code: int


def merge(
    store: Store,
    folder: Path,
    pack: RulePack,
    now: datetime,
    on_progress: Callable[[int], None] = lambda read: None,
) -> MergeSummary:
    """Takes a dataset into the store; what is written is labelled by the rules of here.

    Raises UsageError for a folder that is no dataset this program knows; what of it cannot be read is named.
    """
    about.read(folder)
    store.begin_run("import", pack.fingerprint, described(pack))
    work = _Work(store, pack)
    for path in parts.months(folder, "notices"):
        for arrivals in work.arrivals(folder, path):
            work.take(arrivals)
            on_progress(work.read)
    relink(store)
    restate(store, pack)
    return work.end(str(folder), now)


@dataclass(slots=True)
class _Work:
    store: Store
    pack: RulePack
    read: int = 0
    counts: dict[str | None, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    refusals: Refusals = field(default_factory=Refusals)

    def arrivals(self, folder: Path, path: Path) -> Iterator[list[Arrival]]:
        """The notices of one file with what the files beside it hold of them; a damaged file costs what is in it."""
        try:
            beside = {table: self._beside(folder, path, table) for table in _SIDES}
            for found in parts.read(path, "notices"):
                yield [arrival for row in found if (arrival := self._arrival(path, row, beside))]
        except PageBroken as error:
            self.refuse(None, str(path), error)

    def _beside(self, folder: Path, path: Path, table: Table) -> _Beside:
        """Rows of the part's own file of another table by notice, in their order."""
        found: dict[tuple[str, ...], list[Row]] = defaultdict(list)
        other = folder / table / path.relative_to(folder / "notices")
        if other.is_file():
            for group in parts.read(other, table):
                for row in group:
                    own = () if table == "versions" else (row["content_hash"],)
                    found[(row["source"], row["source_id"], *own)].append(rows.to_store(table, row))
        return found

    def _arrival(self, path: Path, row: Row, beside: Mapping[Table, _Beside]) -> Arrival | None:
        self.read += 1
        key, place = (row["source"], row["source_id"]), f"{path}: {row['source']}/{row['source_id']}"
        try:
            stored = rows.to_store("notices", row)
            if not all(key) or stored["kind"] not in KINDS or stored["level"] not in LEVELS or row["text"] is None:
                raise PageBroken(f"{place}: no notice: it needs a source, a number, a kind, a level and a text")
            own = (*key, row["content_hash"])
            notice = rows.notice(stored, beside["lots"].get(own, ()))
        except Exception as error:  # whatever a row holds, it costs that row only
            self.refuse(row["source"], place, parse.unforeseen(place, error))
            return None
        past = sorted(beside["versions"].get(key, ()), key=lambda version: int(version["number"]))
        papers = beside["documents"].get(own, ())
        return Arrival(notice, stored["level"], stored["first_seen"], stored["last_seen"], past, papers)

    def take(self, arrivals: Sequence[Arrival]) -> None:
        for source, saved in self.store.merge(arrivals, self._decide).items():
            self.counts[source].update(new=saved.new, changed=saved.changed, unchanged=saved.unchanged)
            self.counts[source]["read"] += saved.new + saved.changed + saved.unchanged

    def _decide(self, notice: Notice, documents: Sequence[Sequence[DocumentPage]]) -> Record | None:
        try:
            return recorded(notice, self.pack, documents)
        except Exception as error:  # a mistake of ours costs this notice only
            place = f"{notice.source}/{notice.source_id}"
            self.refuse(notice.source, place, parse.unforeseen(place, error))
            return None

    def refuse(self, source: str | None, place: str, error: TenderError) -> None:
        self.counts[source].update(read=1, refused=1)
        self.refusals.add(Refused(place, source, outcome.reason(error), str(error)))

    def end(self, folder: str, now: datetime) -> MergeSummary:
        self.store.refuse(self.refusals.unstored())
        runs = [self._run(source) for source in sorted(self.counts, key=lambda name: (name is None, name or ""))]
        whole = Counter[str]()
        for counts in self.counts.values():
            whole.update(counts)
        good = whole["read"] - whole["refused"]
        code = 0 if not whole["refused"] else 3 if good else 1
        self.store.end_run(runs, code, now)
        numbers = {name: whole[name] for name in ("read", "new", "changed", "unchanged", "refused")}
        return MergeSummary(folder, **numbers, refusals=tuple(self.refusals.kept), exit_code=code)

    def _run(self, source: str | None) -> SourceRun:
        counts, refused = self.counts[source], self.refusals.of(source)
        state, error = outcome.state(counts, refused, live=False, cut=False, suspicion=None)
        return SourceRun(
            source,
            read=counts["read"],
            new=counts["new"],
            changed=counts["changed"],
            unchanged=counts["unchanged"],
            refused=counts["refused"],
            state=state,
            error=error,
            reasons=self.refusals.reasons(source),
        )
