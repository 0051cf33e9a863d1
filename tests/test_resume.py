"""`tenders fetch` of all sites at once: whole, killed at any moment and resumed, and with one site down or lying."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Result
from samples import ask
from server import Reply
from sites import DAYS, EVERYWHERE, NOW, WINDOW, Sites, everywhere, stored
from test_stand_in import BLOCK, COLUMN

Tenders = Callable[..., Result]


@pytest.fixture(autouse=True)
def _autumn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", NOW)


def test_all_sites_are_fetched_whole_and_one_that_is_down_or_lies_hides_no_other(
    tenders: Tenders, tmp_path: Path
) -> None:
    with everywhere(tmp_path, per_day=2) as sites:
        healthy = dict(sites.servers["shandong"].routes)
        sites.servers["ccgp"].routes[f"{COLUMN}/"] = Reply(BLOCK)
        sites.servers["shandong"].routes = {"/robots.txt": Reply("gone", 404)}
        sites.servers["epoint"].routes["/robots.txt"] = Reply("User-agent: *\nDisallow: /\n", kind="text/plain")
        first = tenders("--config", sites.config, "fetch")
        assert first.code == 3, first.err
        sick = {"ccgp", "shandong", "epoint"}
        found = Counter(source for source, _ in stored(tmp_path / "s.db"))
        assert found == {name: 2 * WINDOW for name in EVERYWHERE if name not in sick}
        assert [line.split(":")[0].removeprefix("alarm ") for line in first.err.splitlines() if "alarm" in line] == [
            "ccgp", "shandong", "epoint",
        ]  # fmt: skip
        states = dict(ask(tmp_path / "s.db", "SELECT source, state FROM run_sources"))
        assert {name: state for name, state in states.items() if state != "ok"} == {
            "ccgp": "blocked", "shandong": "failed", "epoint": "failed",
        }  # fmt: skip
        sites.servers["shandong"].routes = healthy
        second = tenders("--config", sites.config, "fetch", "shandong")
        assert second.code == 0 and "shandong: recovered" in second.err
        assert Counter(source for source, _ in stored(tmp_path / "s.db"))["shandong"] == 2 * DAYS, "and the overlap"


def test_a_second_run_asks_a_tenth_of_the_first(tenders: Tenders, tmp_path: Path) -> None:
    with everywhere(tmp_path, 20, ("ccgp",)) as sites:
        assert tenders("--config", sites.config, "fetch", "ccgp").code == 0
        first = sites.asked()
        result = tenders("--config", sites.config, "fetch", "ccgp")
        assert result.code == 0 and "new 0, changed 0, unchanged 0" in result.out
        assert 0 < sites.asked() <= first / 10
    assert len(stored(tmp_path / "s.db")) == 20 * WINDOW


def killed(sites: Sites, moment: int) -> int:
    """Runs a fetch and kills it with its `moment`-th question → how it ended."""
    child: list[subprocess.Popen[bytes]] = []
    left = [moment]

    def heard() -> None:
        left[0] -= 1
        if not left[0]:
            child[0].send_signal(signal.SIGKILL)

    for server in sites.servers.values():
        server.heard = heard
    command = [sys.executable, "-m", "tender_tracker", "--config", str(sites.config), "fetch", *sites.servers]
    child.append(subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=dict(os.environ)))
    code = child[0].wait()
    for server in sites.servers.values():
        server.heard = lambda: None
    return code


def test_a_fetch_killed_at_any_moment_is_resumed_and_loses_and_doubles_nothing(
    tenders: Tenders, tmp_path: Path
) -> None:
    chance, names = random.Random(9), ("ccgp", "ningbo", "prozorro")
    with everywhere(tmp_path, 2, names) as sites:
        before = 0
        for moment in (1, *(chance.randrange(2, 14) for _ in range(2))):
            assert killed(sites, moment) == -signal.SIGKILL
            count = len(stored(tmp_path / "s.db"))
            assert count >= before, "what was stored stays"
            before = count
        sites.asked()
        result = tenders("--config", sites.config, "fetch", *names)
        assert result.code == 0, result.err
        details = [path for server in sites.servers.values() for path in server.paths() if "/t2026" in path]
        assert len(details) == len(set(details))
    found = stored(tmp_path / "s.db")
    assert Counter(source for source, _ in found) == dict.fromkeys(names, 2 * WINDOW)
    assert len(set(found)) == len(found)
    assert ask(tmp_path / "s.db", "SELECT count(*) FROM versions") == [(0,)]


def test_a_tender_that_changed_in_the_window_is_stored_though_it_was_published_before(
    tenders: Tenders, tmp_path: Path
) -> None:
    with everywhere(tmp_path, 2, ("prozorro",)) as sites:
        assert tenders("--config", sites.config, "fetch", "prozorro", "--since", "2026-09-28").code == 0
    assert ask(tmp_path / "s.db", "SELECT count(*), max(published_on) FROM notices") == [(4, "2026-09-25")]


@pytest.mark.parametrize(("name", "place"), [("operators", "/queryDetail"), ("shandong", "/getDetail")])
def test_a_failed_page_is_asked_again_in_the_way_its_list_said(
    tenders: Tenders, tmp_path: Path, name: str, place: str
) -> None:
    with everywhere(tmp_path, 1, (name,)) as sites:
        routes = sites.servers[name].routes
        detail = next(route for route in routes if route.endswith(place))
        whole = routes[detail]
        routes[detail] = [Reply("gone", 404), whole]  # type: ignore[list-item]
        assert tenders("--config", sites.config, "fetch", name).code == 3
        assert len(stored(tmp_path / "s.db")) == WINDOW - 1
        sites.asked()
        assert tenders("--config", sites.config, "fetch", name).code == 0
        assert [path.partition("?")[0] for path in sites.servers[name].paths()].count(detail) == 1
    assert len(stored(tmp_path / "s.db")) == WINDOW
