"""Rules are data with their own examples; the loader refuses a bad one by file, rule and reason."""

import json
import re
from pathlib import Path

import pytest

from tender_tracker.errors import UsageError
from tender_tracker.flagging import gate, rulepack
from tender_tracker.flagging.audit import check
from tender_tracker.flagging.text import normalise
from tender_tracker.patterns.anchors import measure, merged

GOOD = """
[[rule]]
id = "word.test"
kind = "word"
basis = "origin"
pattern = '国产(?:化)?'
why = "a test"
hits = ["国产服务器"]
misses = ["进口服务器"]
"""


def test_every_rule_finds_its_hits_and_leaves_its_misses():
    assert check(rulepack.load()) == []


@pytest.mark.parametrize("rule", rulepack.load().rules, ids=lambda rule: rule.id)
def test_every_rule_says_why_and_has_examples(rule):
    assert rule.why and rule.hits and rule.misses


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("id", "colour"), "unknown key"),
        (('kind = "word"', 'kind = "wrod"'), "kind is 'wrod'"),
        (('basis = "origin"', 'basis = "rumour"'), "basis is 'rumour'"),
        (("misses = [", "misses = [] #"), "'misses' is missing or empty"),
        (("'国产(?:化)?'", "'国产(?:化'"), "does not compile"),
        (("'国产(?:化)?'", "'国产.*芯片'"), "no upper bound"),
        (("'国产(?:化)?'", "'国产(?:化+)+'"), "no upper bound"),
        (("'国产(?:化)?'", "'[一-龥]{2,4}'"), "without any fixed word"),
        (("[[rule]]", "[[rules]]"), "unknown table"),
        (('why = "a test"', "why = "), "not valid TOML"),
    ],
)
def test_a_bad_rule_is_refused_with_its_file_and_the_reason(change, said):
    with pytest.raises(UsageError) as refused:
        rulepack.compile_pack("test", [("mine.toml", GOOD.replace(*change))])
    assert "mine.toml" in str(refused.value)
    assert said in str(refused.value)


def test_an_id_cannot_be_used_twice_but_a_later_file_may_replace_a_rule():
    with pytest.raises(UsageError, match="already used"):
        rulepack.compile_pack("test", [("a.toml", GOOD), ("b.toml", GOOD)])
    pack = rulepack.compile_pack("test", [("a.toml", GOOD), ("b.toml", GOOD.replace("a test", "mine"))], {"a.toml"})
    assert [rule.why for rule in pack.rules] == ["mine"]


def test_an_unknown_pack_names_the_known_ones():
    with pytest.raises(UsageError, match=r"known packs: .*cn"):
        rulepack.load("atlantis")


def test_the_fingerprint_follows_the_rules():
    one = rulepack.compile_pack("test", [("a.toml", GOOD)])
    other = rulepack.compile_pack("test", [("a.toml", GOOD.replace("化", "率"))])
    assert one.fingerprint != other.fingerprint
    assert one.fingerprint == rulepack.compile_pack("test", [("a.toml", GOOD)]).fingerprint


@pytest.mark.parametrize(
    ("pattern", "held"),
    [
        ("国产(?:化)?", {"国产"}),
        ("昇腾|ATLAS", {"昇腾", "ATLAS"}),
        ("(?<!A)3[ABC]\\d000", {"3A", "3B", "3C"}),
        ("(?:采用|使用)[^，]{0,8}国产", {"国产"}),
        ("[一-龥]{2}", None),
        ("a?|b", None),
    ],
)
def test_anchors_are_words_that_every_match_must_hold(pattern, held):
    assert set(merged(way[0] for way in measure(pattern).ways)) == (held or set())


@pytest.mark.parametrize(
    ("pattern", "before"),
    [
        ("国产", (0, 0)),
        ("(?:采用|配置)[^，]{0,8}国产", (2, 10)),
        ("(?<=全)栈?国产", (0, 1)),
        ("[一-龥]{2}(?=国产)", (2, 2)),
        ("(?<=国产)[一-龥]卡", (-2, -2)),
        ("国产|[一-龥]国产", (0, 1)),
    ],
)
def test_an_anchor_knows_how_much_of_a_match_stands_before_it(pattern, before):
    assert measure(pattern).ways[0][0] == {"国产": before}


def test_a_match_of_several_words_holds_one_of_each():
    one, other = measure("国产|本[国土]产品|(?:不得|AMD)[^，]{0,8}(?:境外|国外)[^，]{0,4}的?").ways
    assert one == ({"国产": (0, 0), "本国产品": (0, 0), "本土产品": (0, 0)},)
    assert other == ({"境外": (2, 11), "国外": (2, 11)}, {"不得": (0, 0), "AMD": (0, 0)})


def test_a_rule_of_several_words_wakes_only_where_one_of_each_stands():
    ways = measure("(?:不得|AMD)[^，]{0,8}(?:境外|国外)").ways
    sought = gate.Gate([(7, ways)])
    assert sought.seen("不得转包，AMD") == sought.seen("境外") == []
    [(number, starts)] = sought.seen("不得采用境外产品，不得分包")
    assert (number, list(starts)) == (7, [(0, 0)])


def test_the_gate_finds_exactly_what_the_patterns_alone_find():
    pack = rulepack.load()
    for path in sorted((Path(__file__).parent / "blind").glob("set*-notices.jsonl")):
        for line in path.read_text("utf-8").splitlines()[::3]:
            text = normalise(json.loads(line)["text"]).text
            near = {rule.id: starts for rule, starts in pack.seen(text)}
            assert near.keys() >= {rule.id for rule, _ in [*pack.told(text), *pack.around(text, 0, len(text))]}
            for rule in pack.rules:
                alone = [match.span() for match in rule.find(text)]
                gated = [match.span() for match in rule.find(text, near.get(rule.id, []))]
                assert gated == alone, rule.id


def test_a_cue_of_one_line_is_found_without_a_look_at_the_others():
    pack, lines = rulepack.load(), ["数量不限。", "服务器须采用国产处理器，同等条件下优先。", "运维服务"]
    text = "\n".join(lines)
    start, end = len(lines[0]) + 1, len(text) - len(lines[2]) - 1
    near = {rule.id: starts.between(start, end) for rule, starts in pack.around(text, start, end)}
    assert {"cue.oblige", "cue.precedence", "noun.compute"} <= {rule for rule, places in near.items() if places}
    for rule, starts in pack.seen(text):
        if rule.kind in ("cue", "noun"):
            found = [
                [match.span() for match in rule.matches(text, spans, start, end)]
                for spans in (near.get(rule.id, ()), starts.between(start, end))
            ]
            assert found[0] == found[1], rule.id


def test_plain_search_finds_the_places_that_the_automaton_finds():
    words, text = ["昇腾", "国产", "国产化", "无"], "国产化昇腾国产"
    assert gate.Search(words).places(text) == gate.Automaton(words).places(text) == {0: [3], 1: [0, 5], 2: [0]}
    assert rulepack.load().seen("天气晴") == []


def test_places_where_a_match_can_begin_are_ascending_and_apart():
    starts = gate.Starts([([4, 9, 30], 0, 0), ([1, 12], 0, 6), ([3], 5, 5)])
    assert list(starts) == [(0, 1), (4, 4), (6, 12), (30, 30)]
    assert starts.between(4, 7) == [(4, 4), (6, 12)]
    assert starts.between(10, 30) == [(6, 12)]
    assert not starts.between(13, 30)


def test_patterns_hold_no_lower_case_letters():
    """Rules read upper-case text, so a lower-case letter in a pattern can never match."""
    for rule in rulepack.load().rules:
        bare = re.sub(r"\\u[0-9a-f]{4}|\\[a-zA-Z]|\(\?P<\w+>", "", rule.source)
        assert not re.search("[a-z]", bare), f"{rule.file}: {rule.id}"


@pytest.mark.parametrize("name", ["cn", "eu", "us", "in", "ru"])
def test_every_word_to_search_for_is_found_by_its_own_rule(name):
    pack = rulepack.load(name)
    assert pack.keywords
    for rule in pack.rules:
        for word in rule.search:
            assert rule.pattern.search(pack.read(word).text), f"{rule.id}: {word}"


def test_words_to_search_for_must_be_a_list():
    rule = '[[rule]]\nid = "x"\nkind = "word"\nbasis = "chip"\npattern = "昇腾"\nwhy = "w"\nhits = ["昇腾"]\nmisses = ["鲲鹏"]\n'
    with pytest.raises(UsageError, match="search"):
        rulepack.compile_pack("cn", [("mine.toml", rule + 'search = "昇腾"\n')])
