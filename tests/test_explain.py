"""`tenders explain` tells why a notice has its level: clause, rule, basis, what lowered what, lots, imports, or nothing."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from conftest import Result
from samples import ask

from tender_tracker.flagging.flag import flag
from tender_tracker.flagging.rule import BASES as KNOWN_BASES
from tender_tracker.flagging.rulepack import load
from tender_tracker.messages import WORDS
from tender_tracker.model import Evidence, Verdict
from tender_tracker.reasons import BASES, REASONS, WHYS
from tender_tracker.reporting.story import Sentence, story
from tender_tracker.reporting.whys import Whys

Tenders = Callable[..., Result]
PACK = load()
FAMILIES = {key.removeprefix("family.") for key in WORDS if key.startswith("family.")}
BLIND = sorted((Path(__file__).parent / "blind").glob("set*-notices.jsonl"))


def told(title: str, text: str, lang: str = "en") -> dict[str, str]:
    """Sentences by what they are about, joined."""
    found: dict[str, str] = {}
    for sentence in story(flag(title, text, PACK), PACK, lang, title, text):
        found[sentence.about] = found.get(sentence.about, "") + sentence.text + "\n"
    return found


def test_a_demand_is_told_with_clause_rule_and_basis() -> None:
    title, text = "甬江大学AI服务器采购项目公开招标公告", "采购AI服务器4台。\n★加速卡须采用昇腾910B。"
    english, chinese = told(title, text), told(title, text, "zh")
    assert "Required: the text says 「★加速卡须采用昇腾910B」" in english["level"]
    assert english["rule"].startswith(
        "Rule product.ascend: Ascend is Huawei's AI chip line. It rests on a domestic chip by name."
    )
    assert chinese["level"].startswith("必须国产（required）：正文写着「★加速卡须采用昇腾910B」")
    assert "昇腾是国产芯片系列" in chinese["rule"] and "点名国产芯片" in chinese["rule"]


@pytest.mark.parametrize(
    ("clause", "level", "english", "chinese"),
    [
        ("加速卡：昇腾910B或同等性能产品", "Preferred", "or equivalent", "或同等"),
        ("CPU不要求国产处理器", "Mentioned", "need not be domestic", "不必是国产"),
        ("加速卡：昇腾910B或NVIDIA H20", "Mentioned", "a foreign chip may be offered", "国外芯片"),
    ],
)
def test_what_lowers_a_level_is_told(clause: str, level: str, english: str, chinese: str) -> None:
    title, text = "AI服务器采购项目公开招标公告", f"采购AI服务器4台。\n{clause}。"
    assert told(title, text)["level"].startswith(level)
    assert english in told(title, text)["rule"]
    assert chinese in told(title, text, "zh")["rule"]


def test_every_rule_of_the_home_pack_says_in_chinese_why_it_is_there() -> None:
    whys = Whys(PACK, "zh")
    for rule in PACK.rules:
        named = (rule.family,) if rule.family in FAMILIES else ()
        passage = Evidence("x", 0, 1, "text", rule.id, "required", families=named)
        told = (whys.of_cue(rule.id) if rule.id in REASONS else None) or whys.of_passage(passage)
        assert re.search("[\u4e00-\u9fff]{2}", told), rule.id
        assert not re.search("[a-z]{3,} [a-z]{2,} ", told), rule.id


def test_a_sheet_speaks_one_language(tenders: Tenders, tmp_path: Path) -> None:
    """Only quotes, ids of rules and proper names are not of the reader's language."""
    (tmp_path / "notice.txt").write_text(
        "AI服务器采购项目公开招标公告\n采购AI服务器4台。\n加速卡：昇腾910B或NVIDIA H20，不接受进口产品。", "utf-8"
    )
    chinese, english = (tenders("--lang", lang, "flag", tmp_path / "notice.txt").lines for lang in ("zh", "en"))
    assert "    product.ascend: 昇腾是国产芯片系列" in chinese
    assert "    foreign-alternative: 同一处也可以提供国外芯片" in chinese
    assert any(
        line.startswith("  「加速卡：昇腾910B或NVIDIA H20，不接受进口产品」 仅提及 · 芯片 · 正文 ") for line in chinese
    )
    assert any(" 进口产品 不接受 · 正文 " in line for line in chinese)
    assert "    foreign-alternative: a foreign chip may be offered in its place" in english


def test_each_lot_is_told_with_its_own_clause() -> None:
    text = "第一包：训练服务器4台，加速卡须为昇腾910B。\n第二包：推理服务器8台，加速卡为NVIDIA L40S。"
    lots = told("AI服务器采购项目招标公告", text)["lot"].splitlines()
    assert lots[0].startswith("第一包: required, by 「") and "昇腾910B" in lots[0]
    assert lots[1].startswith("第二包: none")


def test_import_rules_are_told_apart_from_the_level() -> None:
    found = told("服务器采购项目招标公告", "采购服务器4台。\n本项目不接受进口产品投标。")
    assert found["level"].startswith("None")
    assert "Imports are barred: 「本项目不接受进口产品投标」" in found["imports"]


def test_none_tells_what_was_looked_for_and_which_words_mean_something_else() -> None:
    found = told("电动车采购项目", "采购国产电动车4台，服务于全国产业园。")
    assert "No purchase of servers" in found["compute"]
    assert "chip families" in found["looked_for"]
    assert "「国产」 occurs" in found["ignored"]
    assert "only looks alike" in found["ignored"]


def test_an_ordinary_notice_tells_a_short_story() -> None:
    assert [one.about for one in story(flag("窗帘采购", "窗帘一批", PACK), PACK, "zh", "窗帘采购", "窗帘一批")] == [
        "level", "compute", "looked_for", "pack",
    ]  # fmt: skip


def test_a_verdict_of_other_rules_says_so() -> None:
    old = Verdict(
        "required", True, "unstated", (), (), (Evidence("国产", 0, 2, "text", "word.gone", "required"),), "cn-old"
    )
    sentences = story(old, PACK, "en")
    assert "cn-old" in sentences[-1].text and "relabel" in sentences[-1].text
    assert any("not in the present rule pack" in sentence.text for sentence in sentences)


def stories() -> Iterator[tuple[str, Verdict, tuple[Sentence, ...]]]:
    for path in BLIND[:2]:
        for row in map(json.loads, path.read_text("utf-8").splitlines()):
            title, text = row.get("title") or "", row.get("text") or ""
            verdict = flag(title, text, PACK, row.get("kind"))
            for lang in ("zh", "en"):
                yield lang, verdict, story(verdict, PACK, lang, title, text)


def test_every_story_of_the_blind_sets_is_whole_and_short() -> None:
    for lang, verdict, sentences in stories():
        assert sentences[0].about == "level" and sentences[-1].about == "pack"
        assert verdict.level in sentences[0].text.lower()
        assert all(sentence.text.strip() and "\n" not in sentence.text for sentence in sentences)
        assert len(sentences) <= 26
        if lang == "zh":
            assert all(sentence.text.endswith(("。", "」", "…")) for sentence in sentences), sentences


def test_every_reason_that_lowers_a_passage_has_words() -> None:
    used = {cue for _, verdict, _ in stories() for item in verdict.evidence for cue in item.cues}
    assert len(used) > 8
    assert used - set(REASONS) == set()


def test_every_cue_basis_and_word_of_the_shipped_rules_has_words() -> None:
    assert {rule.id for rule in PACK.rules if rule.kind == "cue"} - set(REASONS) == set()
    assert set(BASES) == set(KNOWN_BASES)
    known = {rule.id for rule in PACK.rules}
    assert {rule.id for rule in PACK.rules if rule.kind in ("word", "import", "lookalike")} <= set(WHYS) <= known


def test_explain_reads_the_store_a_file_and_standard_input(tenders: Tenders, demo: Path, tmp_path: Path) -> None:
    number = ask(demo, "SELECT id FROM notices WHERE level = 'required' ORDER BY id")[0][0]
    assert "Required: " in tenders("--db", demo, "explain", number).out
    assert "必须国产" in tenders("--db", demo, "--lang", "zh", "explain", number).out
    text = "AI服务器采购公告\n采购AI服务器4台，加速卡须为昇腾910B。\n"
    (tmp_path / "notice.txt").write_text(text, "utf-8")
    from_file = tenders("explain", tmp_path / "notice.txt").out
    assert from_file == tenders("explain", "-", stdin=text.encode()).out
    assert from_file.startswith("AI服务器采购公告\nRequired: ")


def test_explain_as_json_carries_the_evidence_of_each_sentence(tenders: Tenders, demo: Path) -> None:
    number = ask(demo, "SELECT id FROM notices WHERE level = 'required' ORDER BY id")[0][0]
    found = json.loads(tenders("--db", demo, "explain", number, "--json").out)
    assert (found["level"], found["sentences"][0]["about"]) == ("required", "level")
    assert found["sentences"][0]["evidence"]["quote"] in found["sentences"][0]["text"].replace("\n", " ")


def test_explain_of_nothing_is_a_usage_error(tenders: Tenders, demo: Path) -> None:
    assert tenders("--db", demo, "explain", "999999").code == 2
    assert tenders("explain", "no-such-file.txt").code == 2
    assert tenders("explain", "-", stdin=b" ").code == 3
