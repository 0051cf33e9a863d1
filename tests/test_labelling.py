"""Commands about what notices mean: the JSON Lines contract of `flag`, `eval`, the rules, `relabel`."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import FIXTURES, SHARED, Result

Tenders = Callable[..., Result]
NOTICE = {
    "id": "A1",
    "title": "某大学服务器采购公告",
    "text": "采购内容：AI训练服务器4台。\n★服务器CPU须采用国产处理器。",
}


def lines_of(*rows: object) -> bytes:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()


def test_flag_answers_line_by_line_in_order_with_the_ids_it_got(tenders: Tenders) -> None:
    html = {
        "id": 7,
        "title": "",
        "html": "<p>采购内容：服务器</p><table><tr><td>CPU</td><td>须采用国产处理器</td></tr></table>",
    }
    plain = {"id": "无关", "title": "窗帘采购", "text": "窗帘一批"}
    result = tenders("flag", "--jsonl", stdin=lines_of(NOTICE, html, plain))
    rows = [json.loads(line) for line in result.lines]
    assert (result.code, [row["id"] for row in rows]) == (0, ["A1", 7, "无关"])
    assert [row["level"] for row in rows] == ["required", "required", "none"]
    assert set(rows[0]) == {
        "id",
        "level",
        "compute",
        "import_policy",
        "families",
        "lots",
        "evidence",
        "quantities",
        "delivered",
        "price_per_card",
    }
    first = rows[0]["evidence"][0]
    assert {"quote", "start", "end", "where", "rule", "effect", "lot"} <= set(first)
    assert NOTICE["text"][first["start"] : first["end"]] == first["quote"]


def test_a_malformed_line_is_named_and_the_rest_goes_on(tenders: Tenders, tmp_path: Path) -> None:
    bad = [b"{not json\n", b"[1]\n", b'{"title": "no id"}\n', b'{"id": 1, "text": 3}\n', b'{"id": 2}\n', b"\xff\xfe\n"]
    path = tmp_path / "notices.jsonl"
    path.write_bytes(lines_of(NOTICE) + b"".join(bad) + b"\n" + lines_of(NOTICE | {"id": "A2"}))
    result = tenders("flag", "--jsonl", path)
    assert result.code == 3
    assert [json.loads(line)["id"] for line in result.lines] == ["A1", "A2"]
    assert [line.split(": ")[1] for line in result.err.splitlines()] == [f"{path}:{number}" for number in range(2, 8)]


def test_half_a_character_passes_through_the_contract(tenders: Tenders) -> None:
    result = tenders("flag", "--jsonl", stdin=b'{"id": "\\ud800", "title": "", "text": "x \\ud83d \\u6607\\u817e"}\n')
    assert json.loads(result.out)["id"] == "\ud800"


def test_kinds_are_understood_in_chinese_and_an_unknown_one_is_said(tenders: Tenders) -> None:
    kinds = ("招标", "候选人公示", "tender", "其他", "胡说八道")
    result = tenders("flag", "--jsonl", stdin=lines_of(*(NOTICE | {"id": kind, "kind": kind} for kind in kinds)))
    assert len(result.lines) == len(kinds)
    assert "胡说八道" in result.err and "招标" not in result.err


def test_flag_reads_a_text_and_a_saved_page_for_people(tenders: Tenders) -> None:
    text = f"{NOTICE['title']}\n{NOTICE['text']}".encode()
    result = tenders("flag", stdin=text)
    assert result.lines[1].startswith("required · buys compute: yes")
    assert "【" in result.out
    page = next(iter(sorted((FIXTURES / "ccgp").glob("seu-ascend*.html"))))
    assert "Ascend" in tenders("flag", page).out
    assert tenders("flag", "-", stdin=b" \n").code == 3


LABELS = [
    {"id": "A1", "level": "required", "compute": True, "import_policy": "unstated", "families": [], "quote": "国产处理器",
     "lots": [{"name": "第一包", "level": "required"}]},
    {"id": "A2", "level": "none", "compute": False, "import_policy": "unstated", "families": [], "quote": "", "lots": None},
    {"id": "A3", "level": "preferred", "compute": True, "import_policy": "barred", "families": ["ascend"], "quote": "昇腾910B或同等"},
]  # fmt: skip
NOTICES = [
    NOTICE,
    {"id": "A2", "title": "窗帘采购", "text": "窗帘一批，须为国产"},
    {"id": "A3", "title": "服务器采购", "text": "不接受进口产品。\n加速卡：昇腾910B或同等性能的产品"},
]


@pytest.mark.parametrize("own", [True, False])
def test_eval_prints_the_figures_of_the_common_scorer(tenders: Tenders, tmp_path: Path, own: bool) -> None:
    scorer = SHARED / "tools" / "score.py"
    if not scorer.exists():
        pytest.skip("the common scorer lies outside of the project")
    notices, labels = tmp_path / "notices.jsonl", tmp_path / "labels.jsonl"
    if own:
        notices.write_bytes(lines_of(*NOTICES))
        labels.write_bytes(lines_of(*LABELS))
    else:
        notices, labels = (SHARED / "data" / "labels" / f"challenge-{what}.jsonl" for what in ("notices", "labels"))
    predicted = tmp_path / "predicted.jsonl"
    predicted.write_text(tenders("flag", "--jsonl", notices).out, "utf-8")
    done = subprocess.run([sys.executable, scorer, labels, predicted], capture_output=True, text=True, check=True)
    assert tenders("eval", notices, labels).out == done.stdout


def test_eval_scores_a_set_worked_out_by_hand(tenders: Tenders, tmp_path: Path) -> None:
    from tender_tracker.reporting.evaluate import score

    found = {
        "A1": LABELS[0]
        | {"evidence": [{"quote": "须采用国产 处理器"}], "lots": [{"name": "包1", "level": "required"}]},
        "A2": {"level": "required", "compute": True, "families": ["ascend"], "import_policy": "unstated"},
    }
    figures = score({row["id"]: row for row in LABELS}, found).figures()  # type: ignore[misc,arg-type]
    assert (figures["precision"], figures["recall"]) == (0.5, 1.0)
    assert (figures["evidence"], figures["lots_right"], figures["lots"]) == (0.5, 1.0, 1)
    assert figures["compute_accuracy"] == pytest.approx(1 / 3)
    assert figures["families_f1"] == 0.0
    labels = tmp_path / "labels.jsonl"
    labels.write_bytes(lines_of(*LABELS))
    (tmp_path / "notices.jsonl").write_bytes(lines_of(NOTICE))
    result = tenders("eval", tmp_path / "notices.jsonl", labels, "--show", "1")
    assert result.code == 3 and "2 labels have no notice" in result.err
    assert "- A3: label preferred, predicted none" in result.out


def test_labels_that_cannot_be_scored_are_refused(tenders: Tenders, tmp_path: Path) -> None:
    path = tmp_path / "labels.jsonl"
    path.write_bytes(lines_of(LABELS[0], LABELS[0]))
    result = tenders("eval", path, path)
    assert result.code == 2 and "comes twice" in result.err


def test_rules_hold_their_own_examples(tenders: Tenders) -> None:
    result = tenders("rules", "check")
    assert result.code == 0 and "0 broken, 0 dead" in result.lines[0]
    rule = tenders("rules", "list").lines[1].split("\t")[0]
    assert f"id: {rule}" in tenders("rules", "show", rule).out
    assert json.loads(tenders("rules", "show", rule, "--json").out)["id"] == rule


def test_relabel_says_what_a_rule_change_gains_and_loses(tenders: Tenders, demo: Path, tmp_path: Path) -> None:
    path = tmp_path / "s.db"
    with sqlite3.connect(demo) as store, sqlite3.connect(path) as copy:
        store.backup(copy)
    with sqlite3.connect(path) as changed:
        changed.execute("UPDATE notices SET level = 'none', pack = 'cn-older' WHERE level = 'required'")
    wanted = len(json.loads(tenders("--db", demo, "list", "--level", "required", "--limit", "999", "--json").out))
    assert "were decided by other rules" in tenders("--db", path, "doctor").out
    dry = tenders("--db", path, "relabel", "--dry-run")
    assert dry.code == 0 and f"{wanted} gained, 0 lost, 0 changed" in dry.lines[-1]
    assert len(dry.lines) == wanted + 2
    assert tenders("--db", path, "relabel").lines == dry.lines
    assert "0 gained, 0 lost, 0 changed" in tenders("--db", path, "relabel").out
    assert tenders("--db", path, "doctor").code == 0
