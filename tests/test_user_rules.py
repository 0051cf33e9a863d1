"""A user's own rules extend and replace the shipped ones everywhere; a bad one is refused by file, rule and reason."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import FIXTURES, Result

from tender_tracker.errors import UsageError
from tender_tracker.flagging.flag import flag
from tender_tracker.flagging.rulepack import RulePack, compile_pack, load
from tender_tracker.patterns.backtrack import LIMIT, steps

Tenders = Callable[..., Result]
NEW = """
[[rule]]
id = "product.newchip"
kind = "product"
family = "newchip"
basis = "chip"
pattern = '新芯X\\d{3}'
why = "新芯 is a domestic accelerator"
hits = ["加速卡：新芯X200"]
misses = ["创新芯片"]
"""
NOTICE = json.dumps({"id": 1, "title": "服务器采购项目", "text": "采购AI服务器4台，加速卡须为新芯X200。"})


def configured(folder: Path, rules: str, extra: str = "") -> Path:
    """A configuration file with one rule file in the rules folder beside it."""
    (folder / "rules").mkdir()
    (folder / "rules" / "mine.toml").write_text(rules, "utf-8")
    config = folder / "config.toml"
    config.write_text(f'db = "s.db"\n{extra}', "utf-8")
    return config


def user_pack(rules: str) -> RulePack:
    return compile_pack(
        "cn", [("shipped.toml", NEW.replace("newchip", "other")), ("mine.toml", rules)], {"shipped.toml"}
    )


def test_a_rule_beside_the_configuration_flags(tenders: Tenders, tmp_path: Path) -> None:
    config = configured(tmp_path, NEW)
    before = json.loads(tenders("flag", "--jsonl", stdin=NOTICE.encode()).out)
    after = json.loads(tenders("--config", config, "flag", "--jsonl", stdin=NOTICE.encode()).out)
    assert (before["level"], after["level"], after["families"]) == ("none", "required", ["newchip"])


def test_a_rule_of_the_user_is_listed_shown_and_checked(tenders: Tenders, tmp_path: Path) -> None:
    config = configured(tmp_path, NEW)
    assert "product.newchip" in tenders("--config", config, "rules", "list").out
    assert "mine.toml" in tenders("--config", config, "rules", "show", "product.newchip").out
    assert tenders("--config", config, "rules", "check").code == 0
    assert "mine.toml" in tenders("--config", config, "config", "show").out


def test_a_rule_of_the_user_replaces_the_shipped_one_of_its_id(tenders: Tenders, tmp_path: Path) -> None:
    config = configured(tmp_path, NEW.replace("product.newchip", "product.loongson"))
    shown = json.loads(tenders("--config", config, "rules", "show", "product.loongson", "--json").out)
    assert shown["why"] == "新芯 is a domestic accelerator"


def test_extra_names_files_and_folders_from_the_configuration(tenders: Tenders, tmp_path: Path) -> None:
    config = configured(tmp_path, NEW, '[rules]\nextra = ["more", "one.toml"]\n')
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "a.toml").write_text(NEW.replace("newchip", "second"), "utf-8")
    (tmp_path / "one.toml").write_text(NEW.replace("newchip", "third"), "utf-8")
    listed = tenders("--config", config, "rules", "list").out
    assert all(f"product.{name}\t" in listed for name in ("newchip", "second", "third"))


def test_extra_that_does_not_exist_is_refused_by_name(tenders: Tenders, tmp_path: Path) -> None:
    result = tenders("--config", configured(tmp_path, NEW, '[rules]\nextra = ["gone.toml"]\n'), "rules", "list")
    assert result.code == 2 and "gone.toml" in result.err


def test_fetch_and_relabel_decide_by_the_rules_of_the_user(tenders: Tenders, tmp_path: Path) -> None:
    config = configured(tmp_path, NEW)
    page = tmp_path / "notice.txt"
    page.write_text(
        "服务器采购项目公开招标公告\n项目编号：YJ-1\n采购人：甬江大学\n预算金额：120万元\n采购AI服务器4台，加速卡须为新芯X200。\n",
        "utf-8",
    )
    tenders("--db", tmp_path / "s.db", "fetch", "--saved", page)
    would = json.loads(tenders("--config", config, "relabel", "--dry-run", "--json").out)
    assert [row["after"] for row in would["gained"]] == ["required"]
    tenders("--config", config, "relabel")
    assert "product.newchip: 新芯 is a domestic accelerator" in tenders("--config", config, "show", "1").out


@pytest.mark.parametrize("command", [("flag",), ("rules", "check"), ("rules", "list"), ("relabel",), ("doctor",)])
def test_a_bad_file_is_refused_by_file_rule_and_reason(
    tenders: Tenders, demo: Path, tmp_path: Path, command: tuple[str, ...]
) -> None:
    config = configured(tmp_path, NEW.replace('basis = "chip"', 'basis = "rumour"'))
    result = tenders("--config", config, "--db", demo, *command)
    said = result.err + result.out
    assert result.code == 2
    assert all(word in said for word in ("mine.toml", "product.newchip", "rumour")), said


def test_a_bad_file_leaves_no_store_behind(tenders: Tenders, tmp_path: Path) -> None:
    config = configured(tmp_path, "[[rule]]\n")
    assert tenders("--config", config, "fetch", "--saved", FIXTURES).code == 2
    assert not (tmp_path / "s.db").exists()


@pytest.mark.parametrize(
    ("line", "said"),
    [('hits = "新芯X200"', "hits"), ("why = 3", "why"), ('complete = "yes"', "complete")],
)
def test_a_value_of_the_wrong_type_is_refused(line: str, said: str) -> None:
    key = line.split(" ")[0]
    rules = "\n".join(old for old in NEW.splitlines() if not old.startswith(f"{key} ")) + f"\n{line}\n"
    with pytest.raises(UsageError, match=rf"mine\.toml: rule product\.newchip: {said}"):
        user_pack(rules)


def test_two_files_of_the_user_cannot_hold_the_same_rule() -> None:
    with pytest.raises(UsageError, match="already used in one"):
        compile_pack("cn", [("one", NEW), ("two", NEW)], {"shipped.toml"})


@pytest.mark.parametrize(
    "pattern",
    [
        "国产(?:a{1,9}){1,30}b",
        "国产(?:a|a){0,40}b",
        r"国产(?:\w{1,20}\s?){1,18}b",
        "国产(?:a|ab|b){0,90}c",
        "国产(?:a?){30}a{30}",
        "国产" + "a?" * 25 + "a" * 25,
        "国产(?=(?:a{1,9}){1,30}b)",
        "国产(?:[^。]{0,40}){4}片",
        "国产(?:(?:a|b){1,9}){1,30}c",
        "国产(?:a?){14}" + "(?:b?){14}c",
    ],
)
def test_a_pattern_that_could_take_for_ever_is_refused(pattern: str) -> None:
    with pytest.raises(UsageError, match=r"mine\.toml: rule product\.newchip: pattern can take more than"):
        user_pack(NEW.replace(r"新芯X\d{3}", pattern))


def test_a_deeply_nested_pattern_is_judged_at_once() -> None:
    started = time.process_time()
    assert steps("国产" + "(?:" * 40 + "a" + "){0,2}" * 40) > LIMIT
    assert time.process_time() - started < 3


@pytest.mark.parametrize("pattern", ["国产(a+)+", "国产(a|a)*b", r"国产(?:\w+\s?)+甲", "国产(?:a|ab|b)*c"])
def test_a_repeated_repetition_is_refused(pattern: str) -> None:
    with pytest.raises(UsageError, match=r"mine\.toml: rule product\.newchip: pattern"):
        user_pack(NEW.replace(r"新芯X\d{3}", pattern))


@pytest.mark.parametrize(
    "pattern",
    ["国产芯片", r"甲\d{1,9}元", r"甲(?:\w{1,9}\s){1,4}乙", "国[^。]{0,30}产", "甲(?:乙|乙丙)?丁", "(?:采用|使用){0,9}进口",
     "(?:不得|禁止)[^。；]{0,24}(?:国外|境外)[^。；]{0,24}(?:芯片|处理器)"],
)  # fmt: skip
def test_ordinary_patterns_take_few_steps(pattern: str) -> None:
    assert steps(pattern) < LIMIT / 10


def test_nearly_every_shipped_rule_may_be_copied_and_changed_by_a_user() -> None:
    crowded = [rule.id for rule in load().rules if steps(rule.source) > LIMIT]
    assert len(crowded) <= 3, crowded


@pytest.mark.parametrize(
    "pattern",
    ["国产[^。]{0,27}[^。]{0,27}[^。]{0,27}[a-z]", "国产(?:[^。]?){12}[a-z]", "国产[^。]{0,150}[^。]{0,150}[a-z]"],
)
def test_the_worst_accepted_patterns_end_soon(pattern: str) -> None:
    assert LIMIT / 5 < steps(pattern) <= LIMIT
    pack = user_pack(NEW.replace(r"新芯X\d{3}", pattern))
    started = time.process_time()
    flag("国产", "国产" * 1500, pack)
    assert time.process_time() - started < 3  # of the processor; a pattern that hangs takes minutes
