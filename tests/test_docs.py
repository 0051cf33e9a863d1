"""The README cannot lie: its commands run, its excerpt is printed, its links lead somewhere; docs/cli.md is the help.

`APPROVE=1 pytest tests/test_docs.py` writes docs/cli.md anew, and from docs/store.md what Datasette is told of the store.
"""

from __future__ import annotations

import csv
import io
import json
import os
import re
import shlex
import shutil
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import FIXTURES, Result, call

from tender_tracker import errors
from tender_tracker.config import load
from tender_tracker.flagging.audit import check
from tender_tracker.flagging.rulepack import compile_pack

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")
CHINESE = (ROOT / "docs" / "README.zh.md").read_text("utf-8")


def blocks(page: str) -> list[tuple[str, str]]:
    """Kind and body of each block of code."""
    return re.findall(r"^```(\w+)\n(.*?)^```", page, re.M | re.S)


BLOCKS = blocks(README)
COMMANDS = [line for kind, body in BLOCKS if kind == "sh" for line in body.splitlines() if line.startswith("tenders ")]
GROUPS = ("bulk", "profile", "outbox", "rules", "raw", "sources", "config")
Tenders = Callable[..., Result]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_of_the_readme_runs(
    demo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    shutil.copy(demo, tmp_path / "s.db")
    (tmp_path / "fixtures").symlink_to(FIXTURES)
    notice = {"id": "1", "title": "窗帘采购", "text": "窗帘一批"}
    label = {"id": "1", "level": "none", "compute": False, "import_policy": "unstated", "families": []}
    (tmp_path / "notices.jsonl").write_text(json.dumps(notice), "utf-8")
    (tmp_path / "labels.jsonl").write_text(json.dumps(label), "utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TENDERS_DB", "s.db")
    words = shlex.split(command.split(" > ")[0], comments=True)[1:]
    live = words[0] == "fetch" and "--saved" not in words
    result = call(*words, *(["--help"] if live else []))
    assert result.code == 0, result.err
    assert result.out or "-o" in words


def test_the_readme_has_commands_and_names_every_one_of_them(tenders: Tenders) -> None:
    assert len(COMMANDS) >= 10
    listed = tenders("--help").out.split("Commands:")[1]
    for name in re.findall(r"^  (\w+)  ", listed, re.M):
        assert f"| `tenders {name}" in README, name


@pytest.mark.parametrize(("page", "lang"), [(README, "en"), (CHINESE, "zh")])
def test_every_line_of_the_excerpt_is_in_the_demos_report(tenders: Tenders, demo: Path, page: str, lang: str) -> None:
    excerpt = next(body for kind, body in blocks(page) if kind == "text").splitlines()
    printed = tenders("--db", demo, "--lang", lang, "report").lines
    assert [line for line in excerpt if line not in printed] == []
    assert any("「" in line for line in excerpt)


def bones(page: str) -> dict[str, list[Any]]:
    """What a translation leaves alone, in its order; of words in code what is named, whatever its place in a sentence."""
    prose = re.sub(r"^```.*?^```", "", page, flags=re.M | re.S)
    code = [
        (kind, re.sub(r" +# .*", "", body) if kind != "text" else len(body.splitlines())) for kind, body in blocks(page)
    ]
    links = [link.removeprefix("../").removeprefix("docs/") for link in re.findall(r"\]\(([^)#]+)\)", prose)]
    return {
        "headings": [len(marks) for marks in re.findall(r"^(#+) ", prose, re.M)],
        "code blocks": code,
        "first cells of tables": [
            re.findall(r"`[^`]+`|\d+", cell) for cell in re.findall(r"^\| (.*?) \| ", prose, re.M)
        ],
        "words in code": sorted(set(re.findall(r"`([^`\n]+)`", prose))),
        "links": sorted(set(links) - {"README.md", "README.zh.md"}),
    }


@pytest.mark.parametrize("part", list(bones("")))
def test_the_chinese_readme_has_the_same_bones_as_the_english_one(part: str) -> None:
    """Whoever changes README.md says the same in docs/README.zh.md: code word for word, the rest in Chinese."""
    assert bones(CHINESE)[part] == bones(README)[part], f"{part} of docs/README.zh.md and README.md differ"


def test_the_readmes_lead_to_each_other() -> None:
    assert "[中文](docs/README.zh.md)" in README and "[English](../README.md)" in CHINESE


def test_every_extra_is_in_the_readme() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    table = README.split("| extra |")[1].split("\n\n")[0]
    assert sorted([*re.findall(r"^\| `(\w+)`", table, re.M), "test"]) == sorted(project["optional-dependencies"])


def test_every_link_leads_to_a_file() -> None:
    for page in (ROOT / "README.md", *(ROOT / "docs").glob("*.md"), ROOT / "CHANGELOG.md"):
        for link in re.findall(r"\]\((?!http)([^)#]+)\)", page.read_text("utf-8")):
            assert (page.parent / link).exists(), f"{page.name}: {link}"


def test_every_test_that_shows_a_promise_exists() -> None:
    named = set(re.findall(r"`(test_\w+)`", (ROOT / "docs" / "reliability.md").read_text("utf-8")))
    written = {
        name
        for path in (ROOT / "tests").glob("test_*.py")
        for name in re.findall(r"^def (test_\w+)", path.read_text("utf-8"), re.M)
    }
    assert named and named <= written, sorted(named - written)


def test_the_settings_of_the_readme_are_read(tmp_path: Path) -> None:
    body = next(body for kind, body in BLOCKS if kind == "toml" and "[sources" in body)
    (tmp_path / "config.toml").write_text(body, "utf-8")
    settings = load({"config": str(tmp_path / "config.toml")}, {})
    assert (settings.lang, settings.delay, settings.sources["ccgp"].delay) == ("zh", 5.0, 8.0)


def test_the_rule_of_the_readme_is_a_good_one() -> None:
    body = next(body for kind, body in BLOCKS if kind == "toml" and "[[rule]]" in body)
    assert tomllib.loads(body)["rule"][0]["id"]
    assert check(compile_pack("cn", [("readme.toml", body)])) == []


def test_the_exit_codes_of_the_readme_are_those_of_the_errors() -> None:
    documented = {int(code) for row in re.findall(r"^\| ([\d, ]+) \|", README, re.M) for code in row.split(",")}
    raised = {kind.exit_code for kind in vars(errors).values() if isinstance(kind, type)}
    assert raised | {0, 130, 143} == documented


def test_the_make_targets_of_the_readme_exist() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    for target in re.findall(r"^make (\w+)", README, re.M):
        assert re.search(rf"^{target}:", makefile, re.M), target


def reference() -> Iterator[str]:
    """docs/cli.md: the help of every command."""
    yield "# Commands\n\nWritten by `APPROVE=1 pytest tests/test_docs.py` from the program's own help; do not edit.\n"
    yield section("tenders")
    for name in re.findall(r"^  (\w+)  ", call("--help").out.split("Commands:")[1], re.M):
        yield section(f"tenders {name}")
        if name in GROUPS:
            for under in re.findall(r"^  (\w+)  ", call(name, "--help").out.split("Commands:")[1], re.M):
                yield section(f"tenders {name} {under}")


def section(words: str) -> str:
    body = call(*words.split()[1:], "--help").out.rstrip()
    return f"## {words}\n\n```text\n{body}\n```\n"


def test_the_reference_is_the_help_of_the_program(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    page, written = ROOT / "docs" / "cli.md", "\n".join(reference())
    if os.environ.get("APPROVE"):
        page.write_text(written, "utf-8")
    assert page.read_text("utf-8") == written, "the help has changed: APPROVE=1 pytest tests/test_docs.py"


def documented() -> Iterator[tuple[str, str, str]]:
    """Table, column ("" for the table itself) and meaning, as docs/store.md has them."""
    about, table = "", ""
    for line in (ROOT / "docs" / "store.md").read_text("utf-8").replace("`", "").splitlines():
        if heading := re.match(r"## (.*?): (.*)", line):
            table, about = heading[1].split(",")[0], heading[2]
            if table == "search":
                yield table, "", about
        elif head := re.match(r"\| column(?: of (\w+))? \| meaning \|", line):
            table = head[1] or table
            yield table, "", about
        elif (cells := line.split(" | ", 1)) and line.startswith("| ") and len(cells) == 2:
            yield table, cells[0][2:], cells[1].removesuffix(" |").replace("\\|", "|")


def test_datasette_is_told_of_tables_and_columns_what_the_docs_say() -> None:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([("table", "column", "meaning"), *documented()])
    file = ROOT / "tender_tracker" / "data" / "store.csv"
    if os.environ.get("APPROVE"):
        file.write_text(out.getvalue(), "utf-8")
    assert file.read_text("utf-8") == out.getvalue(), "docs/store.md has changed: APPROVE=1 pytest tests/test_docs.py"
