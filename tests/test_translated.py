"""Every error is told in Chinese to a Chinese reader: the catalogue has all that the source can say, and nothing else."""

from __future__ import annotations

import fcntl
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from string import Formatter
from typing import get_args

import pytest
from conftest import FIXTURES, Result
from templates import Collector

from tender_tracker.drift import FLOORS
from tender_tracker.model import LEVELS
from tender_tracker.pages.judge import NEXT
from tender_tracker.storage.standing import State
from tender_tracker.storage.storefile import Age
from tender_tracker.translated import Entry, chosen, entries, translated

Tenders = Callable[..., Result]
HAN = r"[\u4e00-\u9fff]"
_WORDS = re.compile(r"[A-Za-z]{2,}")


def shape(text: str) -> str:
    """A sentence with `{}` for what is filled in; two beside each other are one, and those at the ends are none."""
    holes = re.sub(r"(?<!\{)\{\w*\}(?!\})|(?<=\{\{)\{\w*\}(?=\}\})", "{}", text)
    return re.sub(r"^(?:\{\}| )+(?=[^{])|(?<=[^}])(?:\{\}| )+$", "", re.sub(r"\{\}(?: \{\})+", "{}", holes)).strip()


@pytest.fixture(scope="module")
def ours() -> list[Entry]:
    return list(entries("message"))


@pytest.fixture(scope="module")
def source() -> Collector:
    """What the package can say."""
    return Collector().collect()


def test_every_message_of_the_source_has_one_entry(ours: list[Entry], source: Collector) -> None:
    known = {shape(entry.en) for entry in entries("message", "word", "foreign")}
    missing = {
        text: places for text, places in source.found.items() if shape(text) not in known and _WORDS.search(shape(text))
    }
    assert not missing, "these messages have no Chinese yet: add them to tender_tracker/data/errors.zh.toml"
    twice = [en for en, count in Counter(re.sub(r"\{\w*\}", "{}", entry.en) for entry in ours).items() if count > 1]
    assert not twice


def test_no_entry_is_left_over(ours: list[Entry], source: Collector) -> None:
    said = {shape(text) for text in source.parts}
    assert not [entry.en for entry in ours if shape(entry.en) not in said]


def test_both_sides_fill_in_the_same_and_chinese_is_chinese() -> None:
    for entry in entries("message", "word", "foreign"):
        holes = [name for _, name, _, _ in Formatter().parse(entry.zh) if name is not None]
        assert sorted(holes) == sorted(entry.names), entry.en
        words = re.sub(r"\{\w*\}|Errno|tenders|Python|SQLite", "", entry.en)
        assert re.search(HAN, entry.zh) or not _WORDS.search(words), entry.en
        assert not re.search(f"{HAN} ?[,;:?!()]|[,;:?!()] ?{HAN}", entry.zh), entry.zh


def sample(entry: Entry) -> tuple[str, dict[str, str]]:
    """A message of an entry, and what was filled in."""
    values = {
        name: f"{number}0" if re.fullmatch(r"n\d?", name) else f"‹{name}›" for number, name in enumerate(entry.names, 1)
    }
    return entry.en.format(**values), values


def test_each_message_finds_its_own_entry() -> None:
    for entry in entries("message", "word", "foreign"):
        if not entry.is_frame:
            message, values = sample(entry)
            found = chosen(message)
            assert found == (entry, values), entry.en


def test_a_part_that_is_a_message_is_told_in_chinese_too() -> None:
    refused = "a.html: blocked: its title is '访问过于频繁'; the page is gone: check its address"
    assert translated("zh", refused) == "a.html：被拦截：标题为 '访问过于频繁'；页面已不存在：请检查地址"
    nested = (
        "x: 5 pages in a row failed, the last with: http://x/1: HTTP 500; it is asked again in the next run "
        "(asked 3 times); the source is left alone this run"
    )
    assert translated("zh", nested) == (
        "x：连续 5 页失败，最后一次：http://x/1：HTTP 500；下次运行会再读（已试 3 次）；本次运行不再访问这个来源"
    )


def test_brackets_are_not_torn_apart() -> None:
    refused = "http://x/robots.txt: no connection ([Errno 111] Connection refused); try later or check the address"
    assert translated("zh", f"{refused} (asked 4 times)") == (
        "http://x/robots.txt：无法连接（连接被拒绝（错误号 111））；请稍后再试，或检查地址（已试 4 次）"
    )
    assert translated("zh", "a(.html: no such file or folder; check the path").startswith("a(.html：没有这个文件")


@pytest.mark.parametrize("message", ["", "no such words: anywhere", "华为; 海光", "required", "a, b; c: d"])
def test_what_no_entry_fits_stays_as_it_is(message: str) -> None:
    assert translated("zh", message) == message


def test_english_is_never_touched() -> None:
    message = "a.html: no such file or folder; check the path"
    assert translated("en", message) == message


def test_the_words_of_tables_are_those_of_the_program() -> None:
    words = {entry.en for entry in entries("word")}
    assert {f"{level} {{n}}" for level in LEVELS} <= words
    assert {f"{state}; {{rest}}" for state in get_args(State)} <= words
    assert {f"{{place}}: {reason.replace('_', ' ')}: {{why}}; {{next}}" for reason in NEXT} <= words
    assert {f"{field} {{n}}%" for field in FLOORS} <= words
    stores = {f"{{path}}: {{n}} MiB, schema {{n2}} ({age}), {{mode}}, quick_check ok" for age in get_args(Age)}
    assert stores <= words


# through the command line


def both(tenders: Tenders, *words: object) -> tuple[Result, Result]:
    """The same call in English and in Chinese."""
    english, chinese = tenders("--lang", "en", *words), tenders("--lang", "zh", *words)
    assert english.code == chinese.code
    return english, chinese


def test_a_missing_file_is_told_in_the_language_of_the_reader(
    tenders: Tenders, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ("fetch", "--saved", tmp_path / "gone.html")
    english, chinese = both(tenders, *words)
    assert english.err == f"tenders: {tmp_path}/gone.html: no such file or folder; check the path\n"
    assert chinese.err == f"tenders: {tmp_path}/gone.html：没有这个文件或文件夹；请检查路径\n"
    monkeypatch.setenv("TENDERS_LANG", "zh")
    assert tenders(*words).err == chinese.err
    monkeypatch.delenv("TENDERS_LANG")
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    assert tenders(*words).err == chinese.err


def test_a_bad_configuration_is_told_in_the_language_asked_for(tenders: Tenders, tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text('lang = "zh"\nfoo = 1\n')
    english, chinese = both(tenders, "--config", file, "list")
    assert "unknown key 'foo'; known: " in english.err
    assert f"配置 {file}：不认识的键 'foo'；可用：" in chinese.err
    file.write_text("lang = \n")
    assert "Invalid value (at line 1, column 8)" in tenders("--config", file, "list").err
    assert f"配置 {file}：不是 TOML：值有误（第 1 行第 8 列）" in tenders("--lang=zh", "--config", file, "list").err
    file.write_text('lang = "zh"\n')
    assert "没有这个文件" in tenders("--config", file, "parse", tmp_path / "gone").err


def test_an_unknown_source_a_wrong_option_and_a_missing_store_are_told_in_chinese(
    tenders: Tenders, tmp_path: Path
) -> None:
    english, chinese = both(tenders, "fetch", "nowhere")
    assert "no source is called 'nowhere'; there are: ccgp" in english.err
    assert "tenders：" not in chinese.err
    assert "没有名为 'nowhere' 的来源；现有：ccgp" in chinese.err
    english, chinese = both(tenders, "list", "--qqq")
    assert english.err == "tenders: no such option: --qqq. `tenders list --help` shows what it takes.\n"
    assert chinese.err == "tenders: 没有选项 --qqq。用 tenders list --help 查看用法。\n"
    english, chinese = both(tenders, "--db", tmp_path / "none.db", "list")
    assert "there is no store here. Make one" in english.err
    assert f"{tmp_path}/none.db：这里没有数据库。请用 tenders fetch 建立一个" in chinese.err


@pytest.mark.parametrize(
    ("words", "english", "chinese", "command"),
    [
        (["list", "--limt", "3"], "no such option: --limt (Possible options: --limit).", "没有选项 --limt（可能是：--limit）。", "list"),
        (["report", "--week"], "option '--week' requires an argument.", "选项 '--week' 须有一个值。", "report"),
        (["rules", "list", "--kind"], "option '--kind' requires an argument.", "选项 '--kind' 须有一个值。", "rules list"),
        (["report", "--lang"], "option '--lang' requires an argument.", "选项 '--lang' 须有一个值。", ""),
        (["fetch", "--dry-run=yes"], "option '--dry-run' does not take a value.", "选项 '--dry-run' 不带值。", "fetch"),
        (["show"], "missing argument 'ID'.", "缺少参数 'ID'。", "show"),
        (["report", "a", "b"], "got unexpected extra argument(s) (a b).", "多出的参数（a b）。", "report"),
        (["list", "--limit", "x"], "invalid value for '--limit': 'x' is not a whole number.", "'--limit' 的值有误：'x' 不是整数。", "list"),
        (["list", "--limit", "0"], "invalid value for '--limit': 0 is not in the range x>=1.", "'--limit' 的值有误：0 不在 x>=1 的范围之内。", "list"),
        (["rules", "nope"], "no such command 'nope'.", "没有命令 'nope'。", "rules"),
        (["shw"], "no such command 'shw'. Did you mean 'show'?", "没有命令 'shw'，是否要用 'show'？", ""),
        (["rules", "a\x1b[31mb\nc"], r"no such command 'a\x1b[31mb\nc'.", r"没有命令 'a\x1b[31mb\nc'。", "rules"),
    ],
)  # fmt: skip
def test_a_misused_command_line_is_told_in_one_line_with_the_page_to_read(
    tenders: Tenders, words: list[str], english: str, chinese: str, command: str
) -> None:
    page = f"tenders {command}".rstrip() + " --help"
    told = both(tenders, *words)
    assert told[0].err == f"tenders: {english} `{page}` shows what it takes.\n"
    assert told[1].err == f"tenders: {chinese}用 {page} 查看用法。\n"
    assert {(one.code, one.out) for one in told} == {(2, "")}


def test_a_locked_store_is_told_in_chinese(tenders: Tenders, tmp_path: Path) -> None:
    store = tmp_path / "s.db"
    tenders("--db", store, "fetch", "--saved", FIXTURES / "ccgp")
    with open(f"{store}.lock", "rb+") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        english, chinese = both(tenders, "--db", store, "relabel")
    assert "another run holds this store" in english.err
    assert f"{store}：另一次运行正占用这个数据库。请等它结束再试。" in chinese.err


def test_a_blocked_page_is_chinese_for_a_reader_and_english_for_a_program(tenders: Tenders, tmp_path: Path) -> None:
    page = tmp_path / "blocked.html"
    page.write_text("<html><title>访问过于频繁</title><body>访问过于频繁，请稍后再试</body></html>", "utf-8")
    store = tmp_path / "s.db"
    chinese = tenders("--lang", "zh", "--db", store, "fetch", "--saved", page)
    assert f"拒收 {page}：被拦截：标题为 '访问过于频繁'；网站暂时拒绝访问：请等一小时以上" in chinese.err
    assert "被拦截：标题为" in tenders("--lang", "zh", "parse", page).out
    assert "blocked: its title is" in tenders("--lang", "zh", "parse", "--jsonl", page).out
    doctor = tenders("--lang", "zh", "--db", store, "doctor").out
    assert f"!!\t拒收（blocked）\t{page}：被拦截：标题为" in doctor
    assert "blocked: its title is" in tenders("--lang", "zh", "--db", store, "doctor", "--json").out


def test_doctor_leaves_no_english_sentence_to_a_chinese_reader(tenders: Tenders, demo: Path) -> None:
    told = tenders("--lang", "zh", "--db", demo, "doctor").out
    for line in told.splitlines()[1:]:
        _, check, detail = line.split("\t")
        assert re.search(HAN, check), line
        assert not re.search(r"[a-z]{2,} [a-z]{2,} [a-z]{2,}", detail) or check == "依赖包", line
