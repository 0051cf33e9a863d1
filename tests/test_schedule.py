"""Crontab lines and units run as they are printed, whatever stands in the paths."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Result
from weeks import store

Tenders = Callable[..., Result]
FOLDER = "周报 50%$HOME 'x'"
FIELD = re.compile(r"\*|(\d+)(?:-(\d+)(?:/\d+)?)?")
BOUNDS = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))


@pytest.fixture
def config(tmp_path: Path) -> Path:
    folder = tmp_path / FOLDER
    folder.mkdir()
    file = folder / "config.toml"
    file.write_text('db = "s.db"\n[targets.page]\nkind = "file"\npath = "{period}.txt"\nlang = "zh"\n', "utf-8")
    return file


def with_secret(config: Path) -> None:
    with config.open("a", encoding="utf-8") as file:
        file.write('[targets.group]\nkind = "slack"\nurl_env = "SLACK_URL"\nallow_private = true\n')


def cron_jobs(text: str) -> dict[str, tuple[str, str]]:
    """Command word of the program → times and shell command, read the way cron reads a crontab."""
    found = {}
    for line in text.splitlines():
        if line.startswith("#") or re.fullmatch(r"[A-Z_]+=\S+", line):
            continue
        *times, command = line.split(" ", 5)
        for time, (low, high) in zip(times, BOUNDS, strict=True):
            match = FIELD.fullmatch(time)
            assert match and all(low <= int(end) <= high for end in match.groups() if end)
        assert re.sub(r"\\%", "", command).count("%") == 0  # a bare one would end the line
        command = command.replace("\\%", "%")
        word = re.search(r"--quiet (\w+)", command)
        assert word
        found[word[1]] = (" ".join(times), command)
    return found


def test_every_crontab_line_is_one_cron_can_read(config: Path, tenders: Tenders) -> None:
    result = tenders(
        "--config",
        config,
        "schedule",
        "--ping-url",
        "https://ping.example/k3y?a=%20b",
        "--digest-ping-url",
        "https://ping.example/d1g",
    )
    jobs = cron_jobs(result.out)
    assert {name: times for name, (times, _) in jobs.items()} == {
        "fetch": "10 7 * * *",
        "digest": "0 8-11 * * 1",
        "outbox": "40 12-22/2 * * *",
    }
    assert "CRON_TZ=Asia/Shanghai" in result.lines
    assert "https://ping.example/k3y?a=%20b" in jobs["fetch"][1]
    assert "--ping-url https://ping.example/d1g" in jobs["digest"][1]


def test_a_crontab_line_runs_as_it_is_printed_and_only_once(config: Path, tenders: Tenders) -> None:
    store(config.with_name("s.db"))
    with_secret(config)
    config.with_name("tenders.env").write_text("SLACK_URL='http://127.0.0.1:9/k3y'\n", "utf-8")
    _, command = cron_jobs(tenders("--config", config, "--lang", "zh", "schedule").out)["digest"]
    first = subprocess.run(["/bin/sh", "-c", command], cwd="/", capture_output=True, text=True, check=False)
    assert (first.returncode, first.stdout, first.stderr) == (3, "", "")
    log = config.with_name("s-cron.log").read_text("utf-8")
    assert log.startswith("group：未送达：http://127.0.0.1:9/…：无法连接") and log.count("\n") == 1
    assert [file.name for file in config.parent.glob("*.txt")] == ["2026-W47.txt"]


def test_without_targets_the_digest_is_a_page_beside_the_store(tmp_path: Path, tenders: Tenders) -> None:
    jobs = cron_jobs(tenders("--db", tmp_path / "s.db", "schedule").out)
    assert list(jobs) == ["fetch", "digest"]
    assert jobs["digest"][1].endswith(
        f"digest --format html --output {tmp_path}/s-digest.html >/dev/null 2>>{tmp_path}/s-cron.log"
    )


def test_units_are_verified_by_systemd(config: Path, tmp_path: Path, tenders: Tenders) -> None:
    with_secret(config)
    folder = tmp_path / "units"
    written = tenders("--config", config, "schedule", "--systemd", "-o", folder)
    files = sorted(folder.iterdir())
    assert written.code == 0 and sorted(written.lines) == list(map(str, files)) and len(files) == 6
    service = (folder / "tenders-digest.service").read_text("utf-8")
    assert "50%%$$HOME 'x'/s.db" in service and 'digest" "--send" "page" "--send" "group"' in service
    for name in ("fetch", "digest", "outbox"):
        timer = (folder / f"tenders-{name}.timer").read_text("utf-8")
        assert re.search(r"^OnCalendar=.* Asia/Shanghai\nPersistent=true$", timer, re.M)
    printed = tenders("--config", config, "schedule", "--systemd").out
    assert all(file.read_text("utf-8") in printed for file in files)
    verify = shutil.which("systemd-analyze")
    if verify is None:
        pytest.skip("no systemd-analyze here")
    judged = subprocess.run([verify, "verify", *files], capture_output=True, text=True, check=False)
    assert (judged.returncode, judged.stderr) == (0, "")


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("--cron", "--systemd"), "not both"),
        (("-o", "x"), "crontab -e"),
        (("--send", "nobody"), "no target is called 'nobody'"),
        (("--profile", "nobody"), "no profile is called 'nobody'"),
        (("--ping-url", "https://x/" + "y" * 1000), "longer than 998 bytes; use --systemd"),
        (("--ping-url", "nonsense"), "--ping-url"),
        (("--digest-ping-url", "nonsense"), "--digest-ping-url"),
        (("--ping-url", "https://x/\n* * * * * id"), "control character"),
    ],
)
def test_what_cannot_be_scheduled_is_said(config: Path, tenders: Tenders, words: tuple[str, ...], why: str) -> None:
    result = tenders("--config", config, "schedule", *words)
    assert (result.code, result.out) == (2, "") and why in result.err
