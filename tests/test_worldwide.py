"""Notices of the EU, the USA, India and Russia are labelled by the pack of their jurisdiction."""

from __future__ import annotations

import json
import time
import tomllib
from pathlib import Path
from typing import Any

import pytest

from tender_tracker import evaluate, rulepack
from tender_tracker.contract import answer, as_kind
from tender_tracker.flag import flag

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
    assert rulepack.check(rules) == []
    assert all(rule.hits and rule.misses for rule in rules.rules)


@pytest.mark.parametrize("pack", PACKS)
def test_a_long_notice_full_of_demands_is_read_in_bounded_time(pack: str) -> None:
    notices, _ = _files(pack, "own")
    text = "\n".join(row["text"] for row in notices.values())
    long = (text * (200_000 // len(text) + 1))[:200_000]
    begun = time.perf_counter()
    flag("Servers", long, rulepack.load(pack))
    assert time.perf_counter() - begun < 20


def test_a_chinese_demand_says_nothing_to_another_pack() -> None:
    assert flag("服务器采购", "CPU须为国产", rulepack.load("eu")).level == "none"
    assert flag("服务器采购", "CPU须为国产", rulepack.load("cn")).level == "required"
