"""Help in Chinese: every word of it, on pages that fit."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from importlib import resources

import pytest
from conftest import Result
from rich.cells import cell_len

from tender_tracker.commands import commands, manual

Tenders = Callable[..., Result]
COMMANDS = ["", "fetch", "report", "digest", "rules check", "documents list", "profile", "bulk label"]


def test_every_text_of_the_help_is_in_the_catalogue_and_nothing_else() -> None:
    entries = tomllib.loads((resources.files("tender_tracker") / "data" / "help.zh.toml").read_text("utf-8"))["help"]
    listed = [entry["en"] for entry in entries]
    assert len(listed) == len(set(listed))
    asked = {*manual.texts(commands()), "Show this message and exit."}
    assert asked - set(listed) == set()
    assert set(listed) - asked == set()


@pytest.mark.parametrize("command", COMMANDS)
def test_a_page_of_help_is_chinese_and_fits_its_terminal(
    tenders: Tenders, command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    page = tenders("--lang", "zh", *command.split(), "--help")
    assert page.code == 0 and page.lines[0].startswith(f"用法：tenders {command}".rstrip())
    assert max(map(cell_len, page.lines)) <= 80
    assert "Options" not in page.out and "default" not in page.out and "显示本帮助后退出。" in page.out
    assert page.lines[-1].startswith("  示例：tenders") or command == "profile"


def test_help_is_told_in_the_language_of_the_settings_and_else_in_english(
    tenders: Tenders, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert tenders("fetch", "--help").lines[0].startswith("Usage: tenders fetch")
    monkeypatch.setenv("TENDERS_LANG", "zh")
    assert tenders("rules").err.startswith("用法：tenders rules [OPTIONS] COMMAND [ARGS]...")
    assert tenders("--lang", "en", "fetch", "-h").lines[0].startswith("Usage: tenders fetch")
