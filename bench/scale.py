"""Whole commands on stores of growing size, as rows of a table: time, processor time, peak memory, size a notice.

`python bench/scale.py 10000 100000 1000000 --read 100000`: stores up to --read are imported from generated pages, with
one worker and with two; larger ones are copied by SQL (rows.py) from two thousand notices that went through the
program, for questions only. Each command is a process of its own, all on one folder (--folder, else a temporary one).
The yardstick of a size is a plain loop of Python, timed beside it: a busy machine shows there.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, process_time
from typing import NamedTuple

import generate
import rows
from memory import CHILD

RULE = """
[[rule]]
id = "product.newchip"
kind = "product"
family = "newchip"
basis = "chip"
pattern = '演出服装[A-Z]\\d{3}'
why = "one more product, as a new chip would be"
hits = ["加速卡：演出服装X200"]
misses = ["演出服装"]
"""
PART = 20_000
"""Pages in one archive."""


class Cost(NamedTuple):
    wall: float
    cpu: float
    peak: float
    """MB of resident memory; of the first process, where a command starts others."""
    code: int


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("sizes", nargs="+", type=int, metavar="NOTICES")
    options.add_argument("--read", type=int, default=100_000, help="largest store that is imported page by page")
    options.add_argument("--folder", type=Path, help="where the stores are made; they stay there")
    given = options.parse_args()
    print("| notices | what | wall s | CPU s | MB | notices/s of CPU |\n|---|---|---|---|---|---|")
    with TemporaryDirectory() as temporary:
        for size in given.sizes:
            measure(given.folder or Path(temporary), size, size <= given.read)


def measure(folder: Path, size: int, read: bool) -> None:
    """One size: how the store came to be, then what is asked of it."""
    print(f"| {size:,} | yardstick: ten million turns of a loop | | {_yardstick():.2f} | | |", flush=True)
    store = folder / f"{size}.db"
    if read:
        pages = folder / f"pages{size}"
        pages.mkdir()
        for number, part in enumerate(_parts(size)):
            _zipped(pages / f"{number:04}.zip", part)
        _row(size, "import, one worker", [*_tenders(store), "fetch", "--saved", pages, "--workers", "1"], size)
        _row(size, "import again, all unchanged", [*_tenders(store), "fetch", "--saved", pages], size)
        second = folder / f"{size}-two.db"
        _row(size, "import, two workers", [*_tenders(second), "fetch", "--saved", pages, "--workers", "2"], size)
    else:
        begun = process_time()
        rows.fill(store, size)
        print(f"| {size:,} | made by SQL | | {process_time() - begun:.1f} | | |", flush=True)
    print(f"| {size:,} | size of the store: {store.stat().st_size / size:,.0f} bytes a notice | | | | |", flush=True)
    for name, words in _questions(read).items():
        _row(size, name, [*_tenders(store), *words])
    rules = folder / f"rules{size}"
    (rules / "rules").mkdir(parents=True)
    (rules / "rules" / "mine.toml").write_text(RULE, "utf-8")
    (rules / "config.toml").write_text("", "utf-8")
    changed = [*_tenders(store), "--config", rules / "config.toml", "relabel"]
    _row(size, "relabel after one new rule", changed, size)
    _row(size, "relabel again, nothing changed", changed, size)
    if read:
        _row(size, "relabel --all: every notice read, all linked anew", [*changed, "--all"], size)


def _questions(read: bool) -> dict[str, list[str]]:
    """Of a week that both kinds of store have notices in."""
    week = "2026-W20"
    told = "2026-W48" if read else week  # a page imported now is news now
    return {
        "report of a week": ["report", "--week", week],
        "report of everything": ["report"],
        "report of everything, HTML": ["report", "--format", "html"],
        "digest of a week": ["digest", "--week", told],
        "awards": ["awards"],
        "search of a word": ["search", "国产"],
        "search of a rare word": ["search", "鲲鹏处理器 演出"],
    }


def _tenders(store: Path) -> list[str | Path]:
    return ["tenders", "--quiet", "--db", store]


def _row(size: int, name: str, words: Sequence[str | Path], notices: int = 0) -> None:
    cost = _run(words)
    rate = f"{notices / cost.cpu:,.0f}" if notices else ""
    failed = "" if cost.code == 0 else f" (exit {cost.code})"
    print(f"| {size:,} | {name}{failed} | {cost.wall:.2f} | {cost.cpu:.2f} | {cost.peak:.0f} | {rate} |", flush=True)


def _run(words: Sequence[str | Path]) -> Cost:
    """Runs a command to its end; the time of the processes it starts counts, too."""
    before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), perf_counter()
    done = subprocess.run([sys.executable, "-c", CHILD, *words], stdout=subprocess.PIPE, text=True, check=False)
    wall, after = perf_counter() - begun, resource.getrusage(resource.RUSAGE_CHILDREN)
    code, peak = done.stdout.splitlines()[-1].split()
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Cost(wall, cpu, int(peak) / 1024, int(code))


def _parts(size: int) -> Iterator[Iterator[tuple[str, bytes]]]:
    """Seeds differ, so that no two parts hold the same notice."""
    for number, begin in enumerate(range(0, size, PART)):
        count = min(PART, size - begin)
        yield ((f"{number:04}-{name}", data) for name, data in generate.pages(count, generate.SEED + number))


def _zipped(path: Path, made: Iterator[tuple[str, bytes]]) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, data in made:
            archive.writestr(name, data)


def _yardstick() -> float:
    begun, turns = process_time(), 0
    while turns < 10_000_000:
        turns += 1
    return process_time() - begun


if __name__ == "__main__":
    main()
