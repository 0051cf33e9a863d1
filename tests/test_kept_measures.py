"""What is kept of a pack's patterns between runs saves work and never changes a rule."""

from __future__ import annotations

import re
from pathlib import Path

import platformdirs
import pytest

from tender_tracker.flagging import rulepack
from tender_tracker.patterns import kept
from tender_tracker.patterns.anchors import measure
from tender_tracker.patterns.kept import Measures

PATTERNS = ["国产(?:化)?", "(?:采用|使用)[^，]{0,8}国产", "(?:不得|AMD)[^，]{0,8}(?:境外|国外)", "国产.*"]


def _kept_in(file: Path, patterns: list[str] = PATTERNS) -> None:
    measures = Measures(file)
    for pattern in patterns:
        assert measures.of(pattern) == measure(pattern)
    measures.keep()


def _no_work(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(pattern: str) -> None:
        raise AssertionError(f"measured anew: {pattern}")

    monkeypatch.setattr(kept, "measure", refused)


def test_what_was_measured_once_is_read_back_the_same(tmp_path, monkeypatch):
    _kept_in(tmp_path / "cn.json")
    _no_work(monkeypatch)
    measures = Measures(tmp_path / "cn.json")
    assert [measures.of(pattern) for pattern in PATTERNS] == [measure(pattern) for pattern in PATTERNS]


def test_a_new_pattern_is_measured_and_one_that_is_gone_is_dropped(tmp_path, monkeypatch):
    _kept_in(tmp_path / "cn.json")
    _kept_in(tmp_path / "cn.json", [PATTERNS[0], "信创"])
    _no_work(monkeypatch)
    measures = Measures(tmp_path / "cn.json")
    assert measures.of("信创") == measure("信创")
    with pytest.raises(AssertionError, match="measured anew"):
        measures.of(PATTERNS[1])


@pytest.mark.parametrize(
    "damage", [lambda data: data[:-9], lambda data: data.replace("国产".encode(), "国货".encode())]
)
def test_a_damaged_file_is_not_believed_and_is_replaced(tmp_path, damage):
    file = tmp_path / "cn.json"
    _kept_in(file)
    whole = file.read_bytes()
    file.write_bytes(damage(whole))
    _kept_in(file)
    assert file.read_bytes() == whole
    assert [entry.name for entry in tmp_path.iterdir()] == ["cn.json"]


def test_what_other_code_measured_is_not_believed(tmp_path, monkeypatch):
    file = tmp_path / "cn.json"
    _kept_in(file)
    (tmp_path / "anchors.py").write_text("# another way to measure")
    monkeypatch.setattr(kept.anchors, "__file__", str(tmp_path / "anchors.py"))
    _no_work(monkeypatch)
    with pytest.raises(AssertionError, match="measured anew"):
        Measures(file).of(PATTERNS[0])


def test_a_pack_loads_where_nothing_can_be_kept(tmp_path):
    (tmp_path / "cache").write_text("a file where a folder is wanted")
    _kept_in(tmp_path / "cache" / "rules" / "cn.json")
    assert [entry.name for entry in tmp_path.iterdir()] == ["cache"]


def test_a_pattern_that_does_not_compile_is_refused_each_time(tmp_path):
    for _ in range(2):
        with pytest.raises(re.error):
            Measures(tmp_path / "cn.json").of("(国产")


@pytest.mark.parametrize("name", ["cn", "eu"])
def test_a_pack_is_the_same_whether_measured_or_remembered(name, monkeypatch):
    made = rulepack.read(name).compiled()
    assert (platformdirs.user_cache_path("tenders") / "rules" / f"{name}.json").exists()
    _no_work(monkeypatch)
    remembered = rulepack.read(name).compiled()
    assert remembered.rules == made.rules
    assert remembered.fingerprint == made.fingerprint == rulepack.fingerprint(name)


def test_rules_of_a_users_own_leave_what_is_kept_of_the_shipped_pack(tmp_path, monkeypatch):
    own = tmp_path / "own.toml"
    own.write_text(
        '[[rule]]\nid = "word.own"\nkind = "word"\nbasis = "chip"\npattern = "某芯"\nwhy = "w"\nhits = ["某芯"]\nmisses = ["x"]\n',
        "utf-8",
    )
    rulepack.read().compiled()
    rulepack.read(extra=(own,)).compiled()
    _no_work(monkeypatch)
    assert rulepack.read().compiled().rules
    assert rulepack.read(extra=(own,)).compiled().rule("word.own").source == "某芯"
