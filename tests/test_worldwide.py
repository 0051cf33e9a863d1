"""Notices of the EU, the USA, India and Russia are labelled by the pack of their jurisdiction."""

from __future__ import annotations

import json
import time
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from conftest import Result, call

from tender_tracker.contract import answer, as_kind
from tender_tracker.flagging import packs, rulepack
from tender_tracker.flagging.audit import check
from tender_tracker.flagging.flag import flag
from tender_tracker.model import Notice
from tender_tracker.record import recorded
from tender_tracker.reporting import evaluate

HERE = Path(__file__).parent / "worldwide"
FLOORS = tomllib.loads((HERE / "floors.toml").read_text("utf-8"))
PACKS = ("eu", "us", "in", "ru")
SETS = [(pack, name) for pack in PACKS for name in FLOORS[pack]]


def _lines(name: str) -> dict[str, Any]:
    return {row["id"]: row for row in map(json.loads, (HERE / name).read_text("utf-8").splitlines())}


def _files(pack: str, name: str) -> tuple[dict[str, Any], dict[str, Any]]:
    stem = pack if name == "own" else f"{name}-{pack}"
    return _lines(f"{stem}-notices.jsonl"), _lines(f"{stem}-labels.jsonl")


@pytest.mark.parametrize(("pack", "name"), SETS)
def test_labelled_sets_score_no_less_than_their_floors(pack: str, name: str) -> None:
    notices, labels = _files(pack, name)
    rules, found = rulepack.load(pack), {}
    for notice_id, row in notices.items():
        verdict = flag(row["title"], row["text"], rules, as_kind(row.get("kind")))
        for evidence in verdict.evidence:
            origin = row["title"] if evidence.where == "title" else row["text"]
            assert origin[evidence.start : evidence.end] == evidence.quote, notice_id
        found[notice_id] = answer(notice_id, verdict)
    assert found.keys() == labels.keys()
    scores = evaluate.score(labels, found)
    floor = FLOORS[pack][name]
    assert scores.precision >= floor["precision"] - 1e-4
    assert scores.recall >= floor["recall"] - 1e-4
    assert scores.level_accuracy >= floor["levels"] - 1e-4


@pytest.mark.parametrize("pack", PACKS)
def test_every_rule_of_a_pack_proves_its_examples(pack: str) -> None:
    rules = rulepack.load(pack)
    assert check(rules) == []
    assert all(rule.hits and rule.misses for rule in rules.rules)


@pytest.mark.parametrize("pack", PACKS)
def test_a_long_notice_full_of_demands_is_read_in_bounded_time(pack: str) -> None:
    notices, _ = _files(pack, "own")
    text = "\n".join(row["text"] for row in notices.values())
    long = (text * (200_000 // len(text) + 1))[:200_000]
    begun = time.process_time()
    flag("Servers", long, rulepack.load(pack))
    assert time.process_time() - begun < 20


def test_a_chinese_demand_says_nothing_to_another_pack() -> None:
    assert flag("服务器采购", "CPU须为国产", rulepack.load("eu")).level == "none"
    assert flag("服务器采购", "CPU须为国产", rulepack.load("cn")).level == "required"


def _flag_lines(*rows: dict[str, Any], pack: str | None = None) -> Result:
    lines = "".join(json.dumps({"id": n, **row}) + "\n" for n, row in enumerate(rows, 1))
    options = ["--pack", pack] if pack else []
    return call("flag", "--jsonl", *options, stdin=lines.encode())


ORIGIN = {"title": "Supply of servers", "text": "8 servers. The servers must be made in India."}


def test_a_line_is_labelled_by_the_jurisdiction_it_names() -> None:
    outcome = _flag_lines(ORIGIN | {"jurisdiction": "in"}, ORIGIN | {"jurisdiction": "us"}, ORIGIN)
    assert [json.loads(line)["level"] for line in outcome.lines] == ["required", "none", "none"]


def test_the_option_names_the_pack_of_lines_that_name_none() -> None:
    outcome = _flag_lines(ORIGIN, ORIGIN | {"jurisdiction": "us"}, pack="in")
    assert [json.loads(line)["level"] for line in outcome.lines] == ["required", "none"]


def test_an_unknown_jurisdiction_costs_its_line_and_is_named_once() -> None:
    outcome = _flag_lines(ORIGIN | {"jurisdiction": "mars"}, ORIGIN)
    assert outcome.code == 3
    assert len(outcome.lines) == 1
    assert outcome.err.count("'mars'") == 1


def test_an_unknown_pack_is_refused_with_the_known_ones() -> None:
    outcome = _flag_lines(ORIGIN, pack="mars")
    assert outcome.code == 2
    assert "known packs: cn, eu, in, ru, us" in outcome.err


@pytest.mark.parametrize(
    ("country", "language", "name"),
    [
        ("CN", "zh", "cn"),
        ("CN", "en", "cn"),
        ("US", "en", "us"),
        ("IN", "en", "in"),
        ("RU", "ru", "ru"),
        ("DE", "de", "eu"),
        ("NO", "no", "eu"),
        ("GB", "en", "eu"),
        ("ZZ", "zh-Hans", "cn"),
        ("ZZ", "en", None),
        ("KR", "ko", None),
        ("TW", "zh", None),
    ],
)
def test_the_country_of_a_notice_names_its_pack(country: str, language: str, name: str | None) -> None:
    assert packs.name_of(country, language) == name


def test_a_stored_notice_goes_by_its_country_and_says_when_nobody_looked() -> None:
    home = rulepack.load()
    notice = Notice("ocds", "1", ORIGIN["title"], "tender", ORIGIN["text"], language="en", country="IN")
    assert recorded(notice, home).verdict.level == "required"
    elsewhere = recorded(replace(notice, country="KR"), home).verdict
    assert (elsewhere.level, elsewhere.pack) == ("none", "unflagged-KR")


def _sketches(name: str = "sketches.txt") -> list[list[str]]:
    lines = (HERE / name).read_text("utf-8").splitlines()
    return [line.split(" | ", 3) for line in lines if line and not line.startswith("#")]


@pytest.mark.parametrize(("pack", "level", "title", "text"), _sketches())
def test_a_sketch_of_a_notice(pack: str, level: str, title: str, text: str) -> None:
    assert flag(title, text.replace("⏎", "\n"), rulepack.load(pack)).level == level


@pytest.mark.parametrize("pack", ["eu", "ru"])
def test_demands_near_misses_and_traps_of_many_buyers_are_told_apart(pack: str) -> None:
    rules = rulepack.load(pack)
    probes = [probe for probe in _sketches("probes.txt") if probe[0] == pack]
    wrong = [probe for probe in probes if flag(probe[2], probe[3].replace("⏎", "\n"), rules).level != probe[1]]
    assert len(probes) > 200
    assert wrong == []
