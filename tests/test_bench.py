"""The bench still runs: what it measures moves, and nobody runs it every day. Only its memory is looked at here."""

import subprocess
import sys
from pathlib import Path

BENCH = Path(__file__).parents[1] / "bench"


def test_the_bench_prints_every_stage() -> None:
    words = [sys.executable, str(BENCH / "run.py"), "--pages", "10", "--rounds", "1", "--only", "notices"]
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    for stage in ("BeautifulSoup", "import of saved pages", "decode", "parse", "flag", "store"):
        assert stage in done.stdout


def test_a_page_and_an_answer_made_to_hurt_keep_within_the_memory_promised() -> None:
    words = [sys.executable, str(BENCH / "memory.py"), "page of 15 MB, one comment", "live JSON, 15 MB"]
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) == 3 and "above the promise" not in done.stdout, done.stdout
