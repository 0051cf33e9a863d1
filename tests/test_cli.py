"""The command line: what goes to stdout and stderr, exit codes, and that no traceback reaches anybody."""

from __future__ import annotations

import json
import os
import pty
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import FIXTURES, Result

from tender_tracker import parse
from tender_tracker.model import Page

Tenders = Callable[..., Result]
COMMANDS = (
    "fetch", "parse", "report", "list", "show", "search", "flag", "eval", "relabel", "doctor",
    "rules list", "rules check", "rules show", "sources list", "sources status", "config show",
)  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_an_example(tenders: Tenders, command: str) -> None:
    result = tenders(*command.split(), "--help")
    assert result.code == 0
    assert f"Example:  tenders {command.split()[0]}" in result.out


def test_a_wrong_word_is_a_usage_error(tenders: Tenders) -> None:
    for words in (["nope"], ["show"], ["show", "twelve"], ["report", "--nope"], ["list", "--limit", "0"]):
        result = tenders(*words)
        assert (result.code, result.out) == (2, ""), words
        assert "Traceback" not in result.err


def test_rules_of_one_kind_are_counted_beside_all(tenders: Tenders) -> None:
    listed = tenders("rules", "list", "--kind", "cue")
    rows = len(listed.lines) - 1
    total = len(tenders("rules", "list").lines) - 1
    assert rows < total and listed.err.startswith(f"{rows} of {total} rules, cn-")
    assert tenders("rules", "list").err.startswith(f"{total} rules, cn-")


@pytest.mark.parametrize("command", ["report", "digest", "awards", "market"])
def test_two_forms_at_once_are_a_usage_error(tenders: Tenders, demo: Path, command: str) -> None:
    done = tenders("--db", demo, command, "--format", "md", "--json")
    assert (done.code, done.err) == (2, "tenders: --json and --format md ask for two forms; give one of them\n")
    assert tenders("--db", demo, command, "--format", "json", "--json").code == 0


@pytest.mark.parametrize(
    "words",
    [
        ["report", "--week", ""],
        ["report", "--by="],
        ["list", "--level", ""],
        ["changes", "--since", ""],
        ["raw", "prune", "--keep", ""],
        ["export", "-o", ""],
        ["schedule", "--systemd", "-o", ""],
        ["bulk", "label", "", "-o", "out"],
        ["fetch", "--saved", ""],
        ["--config", "", "report"],
        ["report", "--format", ""],
    ],
)
def test_an_empty_value_is_an_error_not_a_missing_one(
    tenders: Tenders, demo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str]
) -> None:
    """`--week "$WEEK"` with an unset WEEK would tell everything, and `--saved ""` read the folder one stands in."""
    monkeypatch.chdir(tmp_path)
    place = words[words.index("") - 1] if "" in words else words[-1].removesuffix("=")
    done = tenders("--db", demo, *words)
    assert (done.code, done.out) == (2, "")
    assert done.err == f"tenders: an empty value after {place}; give one, or leave it out\n"
    assert list(tmp_path.iterdir()) == []


def test_a_mistyped_command_is_told_in_chinese_with_the_likely_ones(tenders: Tenders) -> None:
    done = tenders("--lang", "zh", "reprot")
    likely = "没有命令 'reprot'，是否要用 'report', 'export', 'reparse'？"
    assert (done.code, done.err) == (2, f"tenders: {likely}用 tenders --help 查看用法。\n")


def test_the_module_is_the_program() -> None:
    done = subprocess.run([sys.executable, "-m", "tender_tracker", "--version"], capture_output=True, text=True, check=True)  # fmt: skip
    assert done.stdout.startswith("tenders 0.")


# fetch and parse


def test_fetching_the_same_pages_twice_adds_nothing(tenders: Tenders, tmp_path: Path) -> None:
    words = ("--db", tmp_path / "s.db", "fetch", "--saved", FIXTURES / "ccgp")
    first, second = tenders(*words), tenders(*words)
    assert (first.code, second.code) == (0, 0)
    assert "changed 0, unchanged 0, refused 0" in first.out
    assert "new 0, changed 0" in second.out


def test_a_refused_page_is_named_and_the_rest_is_stored(tenders: Tenders, tmp_path: Path) -> None:
    shutil.copytree(FIXTURES / "ningbo", tmp_path / "pages")
    (tmp_path / "pages" / "empty.html").write_bytes(b"")
    (tmp_path / "pages" / "cut.json.gz").write_bytes(b"\x1f\x8b\x08\x00\x00")
    result = tenders("--db", tmp_path / "s.db", "fetch", "--saved", tmp_path / "pages")
    assert result.code == 3
    assert "refused 2 (broken 2)" in result.out
    assert "empty.html: empty file" in result.err and "cut.json.gz" in result.err
    assert tenders("--db", tmp_path / "s.db", "list", "--json").code == 0
    doctor = tenders("--db", tmp_path / "s.db", "doctor")
    assert doctor.code == 3 and "empty.html" in doctor.out


def test_a_device_or_pipe_is_refused_before_anything_is_written(tenders: Tenders, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "p.html")
    for path in (tmp_path / "p.html", Path("/dev/null")):
        result = tenders("--db", tmp_path / "s.db", "fetch", "--saved", path)
        assert result.code == 2 and f"{path}: not a regular file" in result.err
    assert not (tmp_path / "s.db").exists()


def test_many_refusals_are_cut_short_and_lead_to_doctor(tenders: Tenders, tmp_path: Path) -> None:
    for number in range(25):
        (tmp_path / f"{number}.html").write_bytes(b"")
    result = tenders("--db", tmp_path / "s.db", "fetch", "--saved", tmp_path)
    assert result.err.count("empty file") == 20
    assert "… 5 more, see `tenders doctor`" in result.err
    talkative = tenders("--verbose", "--db", tmp_path / "s.db", "fetch", "--saved", tmp_path)
    assert talkative.err.count("empty file") == 25 and "more, see" not in talkative.err
    assert result.code == 4


def test_of_thousands_of_bad_lines_some_are_named_and_all_are_counted(tenders: Tenders, tmp_path: Path) -> None:
    (tmp_path / "bad.jsonl").write_text("{\n" * 2345, "utf-8")
    result = tenders("--verbose", "--db", tmp_path / "s.db", "fetch", "--saved", tmp_path)
    assert "refused 2345 (broken 2345)" in result.out
    assert result.err.count("not JSON") == 100 and "2245 more of the same kinds, only counted" in result.err
    doctor = tenders("--db", tmp_path / "s.db", "doctor")
    assert doctor.out.count("not JSON") == 100 and "refused 2345 (broken 2345)" in doctor.out


def test_quiet_leaves_the_summary_and_the_refusals(tenders: Tenders, tmp_path: Path) -> None:
    result = tenders("--quiet", "--db", tmp_path / "s.db", "fetch", "--saved", FIXTURES / "ningbo")
    assert (result.code, result.err, len(result.lines)) == (0, "", 1)


def test_a_dry_run_stores_nothing_not_even_a_file(tenders: Tenders, tmp_path: Path) -> None:
    result = tenders("--db", tmp_path / "s.db", "fetch", "--dry-run", "--saved", FIXTURES / "ningbo")
    assert result.code == 0 and "new 16" in result.out
    assert list(tmp_path.iterdir()) == []


def test_a_limit_and_a_window_bound_what_is_taken(tenders: Tenders, tmp_path: Path) -> None:
    words = ("--db", tmp_path / "s.db", "fetch", "--saved", FIXTURES / "ccgp")
    assert "new 3," in tenders(*words, "--limit", "3").out
    result = tenders("--db", tmp_path / "t.db", *words[2:], "--since", "2026-10-01", "--until", "2026-10-31")
    assert result.code == 0
    rows = json.loads(tenders("--db", tmp_path / "t.db", "list", "--json").out)
    assert rows and {row["published_on"][:7] for row in rows} == {"2026-10"}


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["fetch", "nowhere"], 2, "no source is called 'nowhere'; there are: ccgp, ningbo"),
        (["fetch", "--saved", "missing"], 2, "missing: no such file or folder"),
        (["fetch", "--saved", "folder", "--since", "soon"], 2, "--since 'soon' is no date"),
        (["fetch", "--saved", "folder"], 1, "nothing could be read"),
        (["fetch", "--saved", "n" * 300], 1, "File name too long"),
        (["--db", "n" * 300, "list"], 1, "File name too long"),
        (["report", "--until", "9999-12-31"], 2, "9999-12-31 is beyond every notice"),
        (["report", "--month", "9999-12"], 2, "9999-12-01 is beyond every notice"),
        (["report", "--month", "0001-01", "--compare", "previous"], 2, "0001-01-01 is beyond every notice"),
        (["report", "--since", "1400-01-01"], 2, "1400-01-01 is beyond every notice"),
        (["parse", "folder"], 2, "no page in it"),
        (["report"], 10, "there is no store here"),
        (["relabel"], 10, "there is no store here"),
        (["list", "--kind", "tender,bid"], 2, "'bid' is unknown"),
        (["rules", "show", "nope"], 2, "no rule 'nope'"),
        (["rules", "list", "--kind", "nope"], 2, "'nope' is unknown"),
        (["flag", "missing.txt"], 2, "missing.txt: cannot be read"),
        (["eval", "missing.jsonl", "missing.jsonl"], 2, "missing.jsonl: cannot be read"),
        (["--lang", "fr", "list"], 2, "known: zh, en"),
        (["--config", "missing.toml", "list"], 2, "missing.toml: no such file"),
    ],
)
def test_bad_input_is_one_clear_line_and_its_code(
    tenders: Tenders, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], code: int, said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TENDERS_DB", str(tmp_path / "s.db"))
    (tmp_path / "folder").mkdir()
    result = tenders(*words)
    assert (result.code, result.out) == (code, "")
    assert said in result.err
    assert len(result.err.splitlines()) == 1 and result.err.startswith("tenders: ")


def test_a_mistyped_source_in_the_configuration_is_not_passed_over(tenders: Tenders, tmp_path: Path) -> None:
    (tmp_path / "c.toml").write_text('[sources.ccpg]\nbase_url = "http://127.0.0.1/"\n')
    result = tenders("--config", tmp_path / "c.toml", "--db", tmp_path / "s.db", "fetch", "ccgp")
    assert result.code == 2 and "'ccpg'" in result.err
    assert not (tmp_path / "s.db").exists()


def test_parse_prints_one_line_a_page_and_stores_nothing(tenders: Tenders, tmp_path: Path) -> None:
    (tmp_path / "empty.html").write_bytes(b"")
    result = tenders("parse", "--jsonl", FIXTURES / "ccgp", tmp_path)
    rows = [json.loads(line) for line in result.lines]
    assert result.code == 3
    assert {row["outcome"] for row in rows} == {"notice", "not_a_notice"}
    assert rows[-1]["reason"] == "broken"
    notice = next(row for row in rows if row["outcome"] == "notice")
    assert {"file", "source", "title", "kind", "published", "budget_yuan", "award_yuan", "suppliers", "lots"} <= set(
        notice
    )
    assert len(tenders("parse", FIXTURES / "ccgp").lines) == len(rows) - 1


def test_parse_prints_money_with_its_currency(tenders: Tenders) -> None:
    rows = [json.loads(line) for line in tenders("parse", "--jsonl", FIXTURES / "ocds", FIXTURES / "ningbo").lines]
    told = {row["budget"]["currency"]: row for row in rows if row.get("budget")}
    assert "CNY" in told and len(told) > 1
    for currency, row in told.items():
        assert (row["budget_yuan"] == row["budget"]["amount"]) is (currency == "CNY")
        assert f"{row['budget']['amount']} {currency}" in tenders("parse", row["file"].partition("#")[0]).out


def test_parse_goes_on_after_a_page_that_a_mistake_of_ours_spoils(
    tenders: Tenders, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = parse.read

    def clumsy(page: Page) -> parse.Parsed:
        if page.file and page.file.endswith("b.html"):
            raise ZeroDivisionError("oops")
        return read(page)

    saved = next((FIXTURES / "ccgp").glob("*.html"))
    for name in "abc":
        shutil.copy(saved, tmp_path / f"{name}.html")
    monkeypatch.setattr(parse, "read", clumsy)
    result = tenders("parse", "--jsonl", tmp_path)
    rows = [json.loads(line) for line in result.lines]
    assert result.code == 3
    assert [row["outcome"] for row in rows] == ["notice", "not_a_notice", "notice"]
    assert rows[1]["reason"] == "error"
    assert "b.html: could not be read (ZeroDivisionError: oops)" in rows[1]["message"]
    assert "Traceback" not in result.err


# reading


def test_tables_are_tabs_in_a_pipe_and_json_on_demand(tenders: Tenders, demo: Path) -> None:
    lines = tenders("--db", demo, "list", "--limit", "5").lines
    assert lines[0].split("\t") == ["id", "date", "level", "kind", "buyer", "title", "budget", "unread"]
    assert [line.count("\t") for line in lines] == [7] * 6
    rows = json.loads(tenders("--db", demo, "list", "--limit", "5", "--json").out)
    assert [str(row["id"]) for row in rows] == [line.split("\t")[0] for line in lines[1:]]
    assert rows[0]["published"].endswith("+08:00")


def test_a_list_says_how_much_it_left_out(tenders: Tenders, demo: Path) -> None:
    assert "--limit shows more" in tenders("--db", demo, "list", "--limit", "2").err
    nothing = tenders("--db", demo, "list", "--buyer", "没有这个单位")
    assert (nothing.code, nothing.out) == (0, "") and "No notice fits" in nothing.err


def test_a_list_filters_by_level_family_and_kind(tenders: Tenders, demo: Path) -> None:
    rows = json.loads(tenders("--db", demo, "list", "--level", "required", "--family", "ascend", "--json").out)
    assert rows and all(row["level"] == "required" and "ascend" in row["families"] for row in rows)
    rows = json.loads(tenders("--db", demo, "list", "--kind", "award,contract", "--json").out)
    assert rows and {row["kind"] for row in rows} <= {"award", "contract"}


def test_search_finds_two_characters_in_running_chinese(tenders: Tenders, demo: Path) -> None:
    rows = json.loads(tenders("--db", demo, "search", "昇腾", "--json").out)
    assert rows and all("passage" in row for row in rows)
    assert tenders("--db", demo, "search", "昇腾").lines[0].split("\t")[-1] == "passage"
    nothing = tenders("--db", demo, "search", "没有这个词语")
    assert (nothing.code, nothing.out) == (0, "") and "--all" in nothing.err


def test_show_marks_the_evidence_and_names_the_rules(tenders: Tenders, demo: Path) -> None:
    found = json.loads(tenders("--db", demo, "report", "--json").out)["notices"]
    row = next(row for row in found if row["evidence"]["where"] == "text")
    out = tenders("--db", demo, "show", str(row["id"])).out
    quote = row["evidence"]["quote"]
    assert f"「{quote}」" in out and f"{row['evidence']['rule']}: " in out
    assert "【" in out and "rule pack: cn-" in out
    whole = json.loads(tenders("--db", demo, "show", str(row["id"]), "--json").out)
    first = whole["evidence"][0]
    assert whole["text"][first["start"] : first["end"]] == first["quote"]


@pytest.mark.parametrize("command", ["show", "explain"])
@pytest.mark.parametrize("number", ["999999", "9223372036854775808", "9" * 23, "9" * 300, "9" * 5000])
def test_an_unknown_id_is_a_usage_error(tenders: Tenders, demo: Path, command: str, number: str) -> None:
    result = tenders("--db", demo, command, number)
    assert (result.code, result.out) == (2, "")
    assert f"no notice {number[:20]}" in result.err and "`tenders list` shows the numbers." in result.err
    assert len(result.err.splitlines()) == 1 and len(result.err) < 300


@pytest.mark.parametrize("words", [["list"], ["search", "昇腾"], ["report"]])
def test_a_limit_beyond_every_number_is_no_limit(tenders: Tenders, demo: Path, words: list[str]) -> None:
    assert tenders("--db", demo, *words, "--limit", "9" * 23).out == tenders("--db", demo, *words, "--limit", "999").out


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="no endless file here")
@pytest.mark.parametrize("words", [["flag"], ["flag", "--jsonl"], ["explain"], ["eval", "/dev/zero"]])
def test_an_endless_file_is_refused_before_it_fills_the_memory(
    tenders: Tenders, monkeypatch: pytest.MonkeyPatch, words: list[str]
) -> None:
    monkeypatch.setattr("tender_tracker.contract.MAX_INPUT", 2**16)
    result = tenders(*words, "/dev/zero")
    assert (result.code, result.out) == (2, "")
    assert "/dev/zero" in result.err and "larger than" in result.err


@pytest.mark.parametrize(
    "after", [("--db", "DB", "--lang", "zh"), ("--lang=zh", "--db=DB"), ("-q", "--db", "DB", "--lang", "zh")]
)
def test_global_options_may_stand_after_the_command(tenders: Tenders, demo: Path, after: tuple[str, ...]) -> None:
    words = [word.replace("DB", str(demo)) for word in after]
    assert tenders("report", *words).out == tenders("--db", demo, "--lang", "zh", "report").out
    assert tenders("report", "--db").code == 2


def test_the_language_changes_words_not_data(tenders: Tenders, demo: Path) -> None:
    zh, en = (tenders("--db", demo, "--lang", lang, "report", "--week", "2026-W47") for lang in ("zh", "en"))
    assert "必须国产" in zh.out and "必须国产" not in en.out
    assert (
        tenders("--db", demo, "--lang", "zh", "report", "--json").out == tenders("--db", demo, "report", "--json").out
    )


# this installation


def test_doctor_is_well_on_a_healthy_store_and_names_what_is_not(tenders: Tenders, demo: Path, tmp_path: Path) -> None:
    well = tenders("--db", demo, "doctor")
    assert well.code == 0, well.out
    assert "quick_check ok" in well.out and "fill rates ccgp" in well.out
    missing = tenders("--db", tmp_path / "none.db", "doctor")
    assert missing.code == 10 and "there is no store here" in missing.out
    (tmp_path / "text.db").write_text("no database at all, whatever its name says")
    before = (tmp_path / "text.db").read_bytes()
    assert tenders("--db", tmp_path / "text.db", "doctor").code == 10
    assert tenders("--db", tmp_path / "text.db", "fetch", "--saved", FIXTURES).code == 10
    assert (tmp_path / "text.db").read_bytes() == before


def test_doctor_expects_no_buyer_of_a_source_whose_lists_name_none(tenders: Tenders, demo: Path) -> None:
    rows = {row["check"]: row for row in json.loads(tenders("--db", demo, "doctor", "--json").out)}
    assert "buyer 0.0%" in rows["fill rates cebpub"]["detail"]
    assert "too low" not in rows["fill rates cebpub"]["detail"]


def test_doctor_warns_of_a_secret_that_others_can_read(tenders: Tenders, demo: Path, tmp_path: Path) -> None:
    file = tmp_path / "c.toml"
    file.write_text('[sources.ccgp.options]\ncookie = "hush"\n')
    file.chmod(0o644)
    result = tenders("--config", file, "--db", demo, "doctor")
    assert result.code == 4 and "chmod 600" in result.out
    file.chmod(0o600)
    assert tenders("--config", file, "--db", demo, "doctor").code == 0
    shown = tenders("--config", file, "config", "show", "--json").out
    assert "hush" not in shown and "***" in shown


def test_sources_are_listed(tenders: Tenders) -> None:
    named = [line.split("\t")[0] for line in tenders("sources", "list").lines]
    assert named[:3] == ["name", "ccgp", "ningbo"]
    assert {"zcy", "ggzy", "shandong", "epoint", "operators", "cebpub"} <= set(named)
    assert [row["name"] for row in json.loads(tenders("sources", "list", "--json").out)] == named[1:]


def test_the_clock_can_be_fixed_and_a_wrong_one_is_refused(
    tenders: Tenders, demo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "2026-11-24 09:30 Asia/Shanghai, 2026-W48" in tenders("--db", demo, "doctor").out
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "today")
    assert tenders("--db", demo, "doctor").code == 2


def test_an_unexpected_error_is_one_line_and_its_traceback_comes_with_debug(
    tenders: Tenders, demo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*arguments: object, **named: object) -> None:
        raise RuntimeError("wire\x1b[31m loose")

    monkeypatch.setattr("tender_tracker.reporting.report.build", broken)
    result = tenders("--db", demo, "report")
    assert (result.code, len(result.err.splitlines())) == (1, 1)
    assert "unexpected RuntimeError: wire\ufffd[31m loose" in result.err
    assert "Traceback" in tenders("--debug", "--db", demo, "report").err


def program(*words: str | Path) -> list[str]:
    return [sys.executable, "-m", "tender_tracker", *map(str, words)]


def test_a_reader_that_leaves_early_makes_no_noise(demo: Path) -> None:
    pipe = f"{' '.join(program('--db', demo, 'report'))} | head -1"
    done = subprocess.run(["bash", "-c", f"set -o pipefail; {pipe}"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr, len(done.stdout.splitlines())) == (0, "", 1)


def test_a_foreign_locale_and_a_closed_terminal_change_nothing(demo: Path) -> None:
    bare = {"PATH": os.environ["PATH"], "LC_ALL": "POSIX", "PYTHONIOENCODING": "latin-1", "HOME": str(demo.parent)}
    done = subprocess.run(program("--db", demo, "report"), capture_output=True, env=bare, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    assert "「" in done.stdout.decode()


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_the_run_quietly_with_its_code(tmp_path: Path, number: signal.Signals, code: int) -> None:
    os.mkfifo(tmp_path / "slow.jsonl")
    running = subprocess.Popen(program("flag", "--jsonl", tmp_path / "slow.jsonl"), stderr=subprocess.PIPE, text=True)
    with (tmp_path / "slow.jsonl").open("wb") as slow:  # opens as soon as the program waits for a line
        time.sleep(0.2)
        running.send_signal(number)
        _, err = running.communicate(timeout=5)
        slow.flush()
    assert running.returncode == code
    assert "Traceback" not in err


def on_a_terminal(*words: str | Path, **extra: str) -> str:
    """What a call writes to a terminal of 100 columns."""
    here, there = pty.openpty()
    environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "100", **extra}
    running = subprocess.Popen(program(*words), stdout=there, stderr=subprocess.DEVNULL, env=environment)
    os.close(there)
    parts = []
    try:
        while part := os.read(here, 65536):
            parts.append(part)
    except OSError:  # Linux says so when the other end has closed
        pass
    os.close(here)
    assert running.wait(timeout=30) == 0
    return b"".join(parts).decode()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_project_on_a_narrow_terminal_has_whole_words_and_days(demo: Path, lang: str) -> None:
    words = ("合同", "必须国产") if lang == "zh" else ("contract", "required")
    printed = on_a_terminal("--lang", lang, "--db", demo, "project", "58", COLUMNS="80", NO_COLOR="1")
    assert all(word in printed for word in ("2026-04-29", "2026-04-08", "9,588.00 万元", *words))


@pytest.mark.parametrize("words", [["report"], ["list", "--limit", "5"], ["show", "1"]])
def test_a_terminal_gets_colours_and_no_color_takes_them_away(demo: Path, words: list[str]) -> None:
    coloured = on_a_terminal("--db", demo, *words)
    plain = on_a_terminal("--db", demo, *words, NO_COLOR="1")
    assert "\x1b[" in coloured
    assert not re.search(r"\x1b\[[\d;]*3[1-6]m", plain)
    assert re.sub(r"\x1b\[[\d;]*m", "", coloured) == re.sub(r"\x1b\[[\d;]*m", "", plain)


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("tenders ex", ["export", "explain"]), ("tenders export --form", ["--format"]),
        ("tenders rules ", ["list", "check", "show"]), ("tenders --db x.db repa", ["reparse"]),
    ],
)  # fmt: skip
def test_the_shell_completes_commands_and_options(
    tenders: Tenders, monkeypatch: pytest.MonkeyPatch, typed: str, offered: list[str]
) -> None:
    """What the lines of `tenders --show-completion` ask, the way bash asks it."""
    monkeypatch.setenv("_TENDERS_COMPLETE", "complete_bash")
    monkeypatch.setenv("COMP_WORDS", typed)
    monkeypatch.setenv("COMP_CWORD", str(typed.count(" ")))
    assert sorted(tenders().lines) == sorted(offered)
