"""`tenders rules check` proves examples, finds rules that can never speak, and tells what each rule costs."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest
from conftest import FIXTURES, Result

from tender_tracker.flagging.audit import audit
from tender_tracker.flagging.rulepack import RulePack, compile_pack, load

Tenders = Callable[..., Result]
RULE = """
[[rule]]
id = "{id}"
kind = "{kind}"
{more}
pattern = '{pattern}'
why = "a test"
hits = ["{hit}"]
misses = ["无关"]
"""


def rule(id: str, kind: str, pattern: str, hit: str, more: str = "basis = 'chip'") -> str:
    return RULE.format(id=id, kind=kind, pattern=pattern, hit=hit, more=more)


def pack(*rules: str) -> RulePack:
    return compile_pack("cn", [("mine.toml", "".join(rules))])


def clock() -> Callable[[], float]:
    """A clock that is a second further at every look."""
    ticks = count()
    return lambda: float(next(ticks))


def test_no_shipped_rule_is_broken_or_dead() -> None:
    found = audit(load(), [], clock())
    assert (found.broken, found.dead, found.good) == ((), (), True)
    assert found.hits > found.rules and found.misses > found.rules


def test_a_rule_whose_examples_a_look_alike_covers_is_dead() -> None:
    found = audit(
        pack(
            rule("product.x", "product", "新芯", "创新芯片"),
            rule("lookalike.x", "lookalike", "创新芯片", "创新芯片", ""),
        ),
        [],
        clock(),
    )
    assert [line.split(":")[1].strip() for line in found.dead] == ["product.x"]
    assert not found.good


def test_a_cue_that_nothing_asks_for_is_dead() -> None:
    found = audit(pack(rule("cue.mine", "cue", "若有", "若有", "")), [], clock())
    assert len(found.dead) == 1 and "cue.negation" in found.dead[0]


def test_silent_rules_and_costs_are_those_of_the_notices() -> None:
    rules = pack(rule("product.a", "product", "甲芯", "甲芯"), rule("product.b", "product", "乙芯", "乙芯"))
    found = audit(rules, [("采购", "甲芯4台，甲芯2台"), ("采购", "甲芯")], clock())
    assert (found.notices, found.silent) == (2, ("product.b",))
    assert [(cost.rule, cost.matches, cost.ms, cost.share) for cost in found.costs] == [("product.a", 3, 2000.0, 1.0)]
    assert audit(rules, [], clock()).silent == ()


def test_check_tries_the_rules_on_pages_and_on_lines(tenders: Tenders, tmp_path: Path) -> None:
    line = {"id": 1, "title": "AI服务器采购", "text": "加速卡须为昇腾910B"}
    (tmp_path / "notices.jsonl").write_text(json.dumps(line) + "\n", "utf-8")
    pages = json.loads(tenders("rules", "check", "--on", FIXTURES / "ningbo", "--json").out)
    lines = json.loads(tenders("rules", "check", "--on", tmp_path / "notices.jsonl", "--json").out)
    assert pages["notices"] > 5 and lines["notices"] == 1
    assert "product.ascend" not in lines["silent"] and "product.sunway" in lines["silent"]
    assert sum(cost["share"] for cost in pages["costs"]) == pytest.approx(1)
    assert lines["load_ms"] >= 0


def test_check_prints_proof_time_and_silence(tenders: Tenders, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert "not tried on notices" in tenders("rules", "check").out
    (tmp_path / "fixtures").symlink_to(FIXTURES)
    printed = tenders("rules", "check").out
    assert "0 broken, 0 dead" in printed and "loaded in " in printed
    assert " matches  " in printed and "found nothing in them: " in printed


def test_check_fails_on_a_dead_rule_of_the_user_and_names_it(tenders: Tenders, tmp_path: Path) -> None:
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "mine.toml").write_text(rule("cue.mine", "cue", "若有", "若有", ""), "utf-8")
    (tmp_path / "config.toml").write_text("", "utf-8")
    result = tenders("--config", tmp_path / "config.toml", "rules", "check")
    assert result.code == 2
    assert "mine.toml: cue.mine: no cue of this id is asked for" in result.err


def test_check_on_what_is_not_there_is_a_usage_error(tenders: Tenders) -> None:
    result = tenders("rules", "check", "--on", "gone")
    assert result.code == 2 and "gone" in result.err
