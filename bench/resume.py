"""Kills a fetch of all sites' stand-ins at random moments, resumes it, and prints what was lost or doubled.

python bench/resume.py [KILLS] [SEED]: stores of ten kills each, then a run to the end, then one that must ask little.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from sites import EVERYWHERE, NOW, WINDOW, Sites, everywhere, stored  # noqa: E402

PER_DAY, KILLS_PER_STORE, SLACK = 20, 10, 0.02
"""Notices a day and site; kills of one store; longest seconds between a question and the kill it brings."""


def fetch(sites: Sites, folder: Path) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "SOURCE_DATE_EPOCH": NOW, "XDG_CACHE_HOME": str(folder)}
    command = [sys.executable, "-m", "tender_tracker", "--config", str(sites.config), "fetch"]
    return subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def killed(sites: Sites, folder: Path, question: int, slack: float) -> bool:
    """Whether the run was still there to be killed, `slack` seconds after that question."""
    left, moment = [question], threading.Event()

    def heard() -> None:
        left[0] -= 1
        if left[0] == 0:
            moment.set()

    for server in sites.servers.values():
        server.heard = heard
    child = fetch(sites, folder)
    while child.poll() is None and not moment.wait(0.05):
        pass
    moment.clear()
    threading.Event().wait(slack)
    child.send_signal(signal.SIGKILL)
    child.communicate()
    return child.returncode == -signal.SIGKILL


def trial(folder: Path, kills: int, chance: random.Random) -> tuple[int, int, int, int, int]:
    """Kills that hit, notices lost, doubled, questions of the last run, of an undisturbed first one."""
    db, hits, rows = folder / "s.db", 0, 0
    with everywhere(folder, PER_DAY) as sites:
        for _ in range(kills):
            hits += killed(sites, folder, chance.randrange(1, 2200 // kills), chance.random() * SLACK)
            if db.exists():
                count = len(stored(db))
                assert count >= rows, f"rows fell from {rows} to {count}"
                rows = count
        child = fetch(sites, folder)
        _, said = child.communicate()
        assert child.returncode == 0, said.decode()
        whole = sites.asked()
        child = fetch(sites, folder)
        child.communicate()
        found, again = stored(db), sites.asked()
    lost = PER_DAY * WINDOW * len(EVERYWHERE) - len(set(found))
    return hits, lost, len(found) - len(set(found)), again, whole


def main() -> None:
    kills = int(sys.argv[1]) if len(sys.argv) > 1 else 50
    chance = random.Random(int(sys.argv[2]) if len(sys.argv) > 2 else 1)
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "calm").mkdir()
        _, lost, doubled, again, whole = trial(Path(folder) / "calm", 0, chance)
        print(
            f"undisturbed: {whole} questions, lost {lost}, doubled {doubled}; second run {again} ({again / whole:.1%})"
        )
        done = hits = lost_all = doubled_all = 0
        while done < kills:
            place = Path(folder) / str(done)
            place.mkdir()
            number = min(KILLS_PER_STORE, kills - done)
            hit, lost, doubled, again, total = trial(place, number, chance)
            done, hits, lost_all, doubled_all = done + number, hits + hit, lost_all + lost, doubled_all + doubled
            print(f"{done} kills ({hits} in the run): lost {lost_all}, doubled {doubled_all}, {total} questions in all")
    sys.exit(bool(lost_all or doubled_all))


if __name__ == "__main__":
    main()
