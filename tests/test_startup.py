"""`tenders --help` stays quick: nothing heavy is imported before a command runs, nor by a report more than it needs."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tender_tracker.commands import ROOMS, commands
from tender_tracker.health import PACKAGES

HEAVY = (
    "httpx",
    "httpcore",
    "bs4",
    "sqlite_utils",
    "selectolax",
    "pydantic",
    "rich.table",
    "rich.console",
    "ahocorasick_rs",
)
NOTICE = """某大学服务器采购项目公开招标公告
发布时间：2026年11月20日
项目编号：MD-2026-1
采购人：某大学
预算金额：50万元
采购需求：服务器2台，须采用国产处理器。
"""
PROBE = """
import json, sys
sys.argv = ["tenders", *sys.argv[1:]]
from tender_tracker.commands import main
try:
    main()
finally:
    print(json.dumps([name for name in {heavy!r} if name in sys.modules]), file=sys.stderr)
"""


def loaded(*words: str) -> tuple[int, list[str]]:
    """Exit code of a call in its own process, and which heavy modules it had imported."""
    probe = [sys.executable, "-c", PROBE.format(heavy=HEAVY), *words]
    done = subprocess.run(probe, capture_output=True, text=True, check=False)
    return done.returncode, json.loads(done.stderr.splitlines()[-1])


@pytest.mark.parametrize("words", [["--help"], ["report", "--help"], ["rules", "list", "--help"], ["--version"]])
def test_help_imports_nothing_heavy(words: list[str]) -> None:
    assert loaded(*words) == (0, [])


def test_a_report_in_a_pipe_imports_neither_http_nor_parsers_nor_sqlite_utils(demo: Path) -> None:
    code, modules = loaded("--db", str(demo), "report", "--json")
    assert (code, modules) == (0, [])


def test_saved_pages_are_read_without_an_http_client(tmp_path: Path) -> None:
    notice = tmp_path / "a.txt"
    notice.write_text(NOTICE, "utf-8")
    code, modules = loaded("--db", str(tmp_path / "s.db"), "fetch", "--saved", str(notice))
    assert code == 0
    assert not {"httpx", "httpcore"} & set(modules)


def test_doctor_names_every_package_the_project_needs() -> None:
    project = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text("utf-8"))["project"]
    assert list(PACKAGES) == [re.split(r"[^\w-]", line)[0] for line in project["dependencies"]]


def test_the_package_imports_without_any_extra() -> None:
    done = subprocess.run([sys.executable, "-I", "-c", "import tender_tracker; print(tender_tracker.__version__)"], capture_output=True, text=True, check=True)  # fmt: skip
    assert done.stdout.strip()


def test_each_command_is_registered_by_the_room_that_is_named_for_it() -> None:
    rooms = {room: set(commands(room).commands) for room in ROOMS}
    assert rooms == {room: set(names) for room, names in ROOMS.items()}
    assert set(commands().commands) == set().union(*rooms.values())


def test_commands_without_their_options_make_the_same_page_of_help() -> None:
    pages = [
        commands(titles=titles).make_context("tenders", ["--help"], resilient_parsing=True).get_help()
        for titles in (False, True)
    ]
    assert pages[0] == pages[1]
    assert not any(command.params for command in commands(titles=True).commands.values() if command.name != "outbox")


def test_a_command_imports_no_other_room() -> None:
    probe = "import sys\nfrom tender_tracker.commands import main\ntry: main()\nfinally: print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", probe, "report", "--help"], capture_output=True, text=True, check=True)
    loaded = {name for name in done.stdout.split() if name.startswith("tender_tracker.commands.")}
    assert loaded == {"tender_tracker.commands.call", "tender_tracker.commands.report"}
