"""Speed on generated notices, printed as medians and as ratios to yardsticks of the same run.

Candidates take turns, round by round, in one process; times are CPU time, but whole processes are timed by what they
cost their parent to wait for (user + system time of the child, and the wall clock beside it).
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter, process_time

import generate
import rows
from bs4 import BeautifulSoup

from tender_tracker import parse, pipeline, run
from tender_tracker.flagging import rulepack
from tender_tracker.flagging.flag import flag
from tender_tracker.flagging.packs import PACKS
from tender_tracker.model import Page
from tender_tracker.pages import saved
from tender_tracker.pages.decode import decode
from tender_tracker.patterns.kept import Measures
from tender_tracker.record import recorded
from tender_tracker.storage.store import Record, Store

NOW = datetime(2026, 11, 23, tzinfo=UTC)
MONTH = ("--month", "2026-05", "--by", "family,tier")
SOUP = 60
"""Pages a round of the yardstick reads: it is slow and steady."""


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--pages", type=int, default=1000, help="pages in a round")
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument(
        "--only", choices=("notices", "workers", "processes", "length", "packs"), help="one part of it"
    )
    given = options.parse_args()
    with TemporaryDirectory() as folder:
        work = Path(folder)
        if given.only in (None, "notices"):
            notices(work, given.pages, given.rounds)
        if given.only in (None, "workers"):
            workers(work, 3 * given.pages, given.rounds)
        if given.only in (None, "length"):
            length(given.rounds)
        if given.only in (None, "packs"):
            packs(work, given.rounds)
        if given.only in (None, "processes"):
            processes(work, 3 * given.rounds)


def notices(work: Path, count: int, rounds: int) -> None:
    """Notices a second: import and its parts, against BeautifulSoup."""
    made = list(generate.pages(count))
    folder = _written(work / "pages", made)
    sizes = sorted(len(data) for _, data in made)
    print(f"{count} pages, {sizes[0] / 1e3:.1f}–{sizes[-1] / 1e3:.1f} kB, median {median(sizes) / 1e3:.1f} kB")
    bodies = [data for _, data in made]
    pages = [_page(data) for data in bodies]
    pack = rulepack.load()
    records = [recorded(notice, pack) for page in pages for notice in parse.notices(page)]
    ordinary = list(generate.texts(count, 0.05))
    dense = list(generate.texts(count // 5, 1.0))
    number = iter(range(10**6))

    def imported() -> None:
        with Store.open(work / f"import{next(number)}.db", NOW) as store:
            pipeline.import_saved(store, saved.pages([folder], NOW), pack, NOW)

    def stored() -> None:
        with Store.open(work / f"store{next(number)}.db", NOW) as store:
            _save(store, records)

    rates = _rates(
        {
            "BeautifulSoup html.parser (parse, title, text)": (SOUP, lambda: _soup(bodies[:SOUP])),
            "import of saved pages (read, parse, flag, store)": (count, imported),
            "decode": (count, lambda: [decode(data) for data in bodies]),
            "parse decoded pages (judge, text, fields)": (count, lambda: [parse.read(page) for page in pages]),
            "flag and buyer of the same pages": (count, lambda: [recorded(r.notice, pack) for r in records]),
            "store of the same notices": (count, stored),
            "flag, ordinary texts of 2,000 characters": (count, lambda: [flag(*told, pack) for told in ordinary]),
            "flag, texts about compute": (count // 5, lambda: [flag(*told, pack) for told in dense]),
        },
        rounds,
    )
    yardstick, imports = list(rates.values())[:2]
    for name, rate in rates.items():
        print(f"  {name:<50} {rate:>9,.0f} /s {1e6 / rate:>8,.0f} µs  × {rate / yardstick:.1f}")
    print(f"  import: {imports:,.0f} notices/s (goal 3,000), {imports / yardstick:.1f} × BeautifulSoup (goal 30)")


def workers(work: Path, count: int, rounds: int) -> None:
    """Whole imports by one process and with two workers beside it: the wall clock tells something only on an idle
    machine, the CPU always: more than one process costs their start and the way of the notices to the one that stores.
    """
    folder = _written(work / "more", generate.pages(count))
    tenders = [sys.executable, "-m", "tender_tracker", "--quiet"]
    taken: dict[int, list[tuple[float, float]]] = {1: [], 2: []}
    for number in range(rounds):
        for crew, times in taken.items():
            words = ["fetch", "--saved", str(folder), "--workers", str(crew)]
            times.append(_child([*tenders, "--db", str(work / f"crew{number}-{crew}.db"), *words]))
    print(f"whole imports of {count:,} pages")
    for crew, times in taken.items():
        cpu, wall = (median(column) for column in zip(*times, strict=True))
        print(
            f"  {crew} worker{'s' * (crew > 1)} {cpu:>8.2f} s CPU {wall:>8.2f} s wall {count / wall:>9,.0f} notices/s"
        )


def length(rounds: int) -> None:
    """Cost of one notice by its length: the ratio of a character's price stays near 1."""
    pack = rulepack.load()
    sizes = (31_250, 62_500, 125_000, 250_000, 500_000, 1_000_000)
    told = {size: generate.long_text(size) for size in sizes}
    cost = _times({str(size): lambda text=text: flag("采购公告", text, pack) for size, text in told.items()}, rounds)
    print("flagging one long notice")
    for size in sizes:
        ratio = cost[str(size)] / size / (cost[str(sizes[0])] / sizes[0])
        print(f"  {size:>9,} characters {cost[str(size)] * 1e3:>8.1f} ms  per character × {ratio:.2f}")


def packs(work: Path, rounds: int) -> None:
    """Milliseconds until a rule pack stands: its patterns measured anew, or as an earlier run kept them (goal 60)."""

    def compiled(pack: rulepack.PackFiles, measures: Measures) -> None:
        rulepack.compile_pack(pack.name, pack.files, set(pack.shipped), measures)
        measures.keep()

    tasks: dict[str, Callable[[], object]] = {}
    for pack in map(rulepack.read, PACKS):
        kept = work / f"{pack.name}.json"
        tasks[f"{pack.name}, measured"] = lambda pack=pack: compiled(pack, Measures(None))
        tasks[f"{pack.name}, kept"] = lambda pack=pack, kept=kept: compiled(pack, Measures(kept))
    print("loading a rule pack")
    for name, taken in _times(tasks, rounds).items():
        print(f"  {name:<14} {taken * 1e3:>8.1f} ms")


def processes(work: Path, rounds: int) -> None:
    """Whole processes: start-up, and reports on a large store."""
    db = work / "large.db"
    flagged = rows.fill(db, 100_000)
    tenders = [sys.executable, "-m", "tender_tracker"]
    calls = {
        "python -c pass": [sys.executable, "-c", "pass"],
        "tenders --help": [*tenders, "--help"],
        "tenders report --help": [*tenders, "report", "--help"],
        "report of a week": [*tenders, "--db", str(db), "report", "--week", "2026-W20"],
        "report of a month, JSON": [*tenders, "--db", str(db), "report", *MONTH[:2], "--json"],
        "report of everything": [*tenders, "--db", str(db), "report"],
        "report of a month, compared": [*tenders, "--db", str(db), "report", *MONTH, "--compare", "previous"],
        "report of a month, HTML": [*tenders, "--db", str(db), "report", *MONTH, "--format", "html"],
        "report of all, HTML": [*tenders, "--db", str(db), "report", "--format", "html"],
        "awards": [*tenders, "--db", str(db), "awards"],
        "market": [*tenders, "--db", str(db), "market"],
        "digest of a week": [*tenders, "--db", str(db), "digest", "--week", "2026-W20"],
    }
    costs = {name: list[tuple[float, float]]() for name in calls}
    for _ in range(rounds):
        for name, words in calls.items():
            costs[name].append(_child(words))
    print(f"whole processes; the store holds 100,000 notices, {flagged:,} of them flagged")
    bare = median(cpu for cpu, _ in costs["python -c pass"])
    for name, taken in costs.items():
        cpu, wall = (median(column) * 1e3 for column in zip(*taken, strict=True))
        print(f"  {name:<28} {cpu:>8.0f} ms CPU {wall:>8.0f} ms wall  × {cpu / 1e3 / bare:.1f}")


def _page(data: bytes) -> Page:
    return Page(decode(data), "html", NOW, file="page.htm")


def _soup(pages: Iterable[bytes]) -> None:
    for data in pages:
        soup = BeautifulSoup(data, "html.parser")
        assert soup.title is not None and soup.get_text(" ", strip=True)


def _written(folder: Path, made: Iterable[tuple[str, bytes]]) -> Path:
    folder.mkdir()
    for name, data in made:
        (folder / name).write_bytes(data)
    return folder


def _save(store: Store, records: Iterable[Record]) -> None:
    for batch in _batches(records, run.BATCH):
        store.save(batch)


def _batches(records: Iterable[Record], size: int) -> Iterator[list[Record]]:
    batch: list[Record] = []
    for record in records:
        batch.append(record)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch


def _rates(tasks: dict[str, tuple[int, Callable[[], object]]], rounds: int) -> dict[str, float]:
    """Name → things a second, by the median time of each task."""
    times = _times({name: task for name, (_, task) in tasks.items()}, rounds)
    return {name: tasks[name][0] / taken for name, taken in times.items()}


def _times(tasks: dict[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """Name → median seconds of CPU; every task once a round, after one round to warm up."""
    taken = {name: list[float]() for name in tasks}
    for _ in range(rounds + 1):
        for name, task in tasks.items():
            start = process_time()
            task()
            taken[name].append(process_time() - start)
    return {name: median(times[1:]) for name, times in taken.items()}


def _child(words: Sequence[str]) -> tuple[float, float]:
    """CPU and wall seconds of one process."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), perf_counter()
    subprocess.run(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
    wall, after = perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime, wall


if __name__ == "__main__":
    main()
