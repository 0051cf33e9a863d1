"""The bench still runs: what it measures moves, and nobody runs it every day. No figure of it is looked at here."""

import subprocess
import sys
from pathlib import Path

BENCH = Path(__file__).parents[1] / "bench" / "run.py"


def test_the_bench_prints_every_stage() -> None:
    words = [sys.executable, str(BENCH), "--pages", "10", "--rounds", "1", "--only", "notices"]
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    for stage in ("BeautifulSoup", "import of saved pages", "decode", "parse", "flag", "store"):
        assert stage in done.stdout
