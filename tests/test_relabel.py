"""Relabelling reads only what a changed rule can touch, and leaves the very store that reading everything leaves."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from conftest import Result
from samples import NOW, ask, notice

from tender_tracker import pipeline
from tender_tracker.flagging import rulepack
from tender_tracker.flagging.difference import described
from tender_tracker.flagging.rulepack import RulePack
from tender_tracker.model import Notice
from tender_tracker.record import recorded
from tender_tracker.relabel import RelabelSummary
from tender_tracker.relink import relink
from tender_tracker.restate import restate
from tender_tracker.storage import packing, whole
from tender_tracker.storage.filter import Filter
from tender_tracker.storage.query import Reader
from tender_tracker.storage.ruled import Ruled
from tender_tracker.storage.stated import States
from tender_tracker.storage.store import Store

PACK = rulepack.load()
BLIND = sorted((Path(__file__).parent / "blind").glob("set*-notices.jsonl"))
Tenders = Callable[..., Result]
EVERY = 120
"""Each so-manieth invented notice is stored: the rest would only take time."""
REMOVED = 31
"""Each so-manieth shipped rule is tried without."""
NEW_CHIP = """
[[rule]]
id = "product.newchip"
kind = "product"
family = "newchip"
basis = "chip"
pattern = '新芯[A-Z]\\d{3}|英伟达|NVIDIA'
why = "one more product"
hits = ["加速卡：新芯X200"]
misses = ["创新芯片"]
"""
WIDER = NEW_CHIP.replace("product.newchip", "product.phytium").replace("新芯[A-Z]\\d{3}|", "飞腾|兆芯|")
EXCEPTION = """
[[rule]]
id = "lookalike.state-goods"
kind = "lookalike"
pattern = '国产(?:处理器|芯片)'
why = "what is demanded most comes to be no demand"
hits = ["国产芯片"]
misses = ["芯片"]
"""
CUE = """
[[rule]]
id = "cue.negation"
kind = "cue"
reach = "clause"
pattern = '须采用|应采用|不强制'
why = "what obliges comes to negate"
hits = ["不强制"]
misses = ["强制"]
"""
LOUDER = """
[[rule]]
id = "word.domestic"
kind = "word"
basis = "origin"
pattern = '国产|自研'
why = "another effect, another strength"
complete = true
hits = ["国产服务器"]
misses = ["进口"]
"""
GOODS = """
[[rule]]
id = "noun.more"
kind = "noun"
class = "compute"
pattern = '系统|平台'
why = "more things are compute"
hits = ["系统"]
misses = ["节点"]
"""
IMPORTS = """
[[rule]]
id = "import.more"
kind = "import"
effect = "import_barred"
pattern = '国产|本国产品'
why = "another way to bar imports"
hits = ["本国产品"]
misses = ["外国货"]
"""
RULES = {
    "added": NEW_CHIP,
    "widened": WIDER,
    "exception": EXCEPTION,
    "cue": CUE,
    "effect": LOUDER,
    "noun": GOODS,
    "import": IMPORTS,
    "several": NEW_CHIP + EXCEPTION + IMPORTS,
}
SEAM = (
    ("tender", "采购计算服务器4台。\n★加速卡须为新旧芯X200。\n提交投标文件截止时间：2026年12月20日9时30分"),
    ("amendment", "二、更正信息\n更正内容：\n1.将“旧芯X200”修改为“芯X200”；\n更正日期：2026年11月9日"),
)
"""A call and its correction: neither has the name of the new chip, the corrected words have."""
DERIVED = (
    "notices", "lots", "evidence", "quantities", "deliveries", "relabelings", "project_links", "link_keys",
    "perhaps_links", "projects", "project_states", "corrections", "stale_states", "stored_counts", "packs", "versions",
)  # fmt: skip


@cache
def with_rules(text: str) -> RulePack:
    """The shipped pack with a user's rules."""
    files = rulepack.read()
    return replace(files, files=(*files.files, ("mine.toml", text))).compiled()


def without(rule_id: str) -> RulePack:
    """The shipped pack as if it never had a rule."""
    return replace(
        PACK, rules=tuple(rule for rule in PACK.rules if rule.id != rule_id), fingerprint=f"cn-without-{rule_id}"
    )


CHANGES = {
    **{name: lambda text=text: with_rules(text) for name, text in RULES.items()},
    **{f"without {rule.id}": lambda name=rule.id: without(name) for rule in PACK.rules[::REMOVED]},
}
"""Name of a change of rules → the pack after it."""


def notices() -> list[Notice]:
    numbers = count(1000)
    lines = [line for file in BLIND for line in file.read_text("utf-8").splitlines()][::EVERY]
    found: list[Notice] = []
    for one in map(json.loads, lines):
        about: dict[str, Any] = {"title": one["title"], "text": one["text"], "lots": (), "attachments": ()}
        found.append(notice(next(numbers), **about))
    for kind, text in SEAM:
        title = f"白石市计算节点采购项目{'更正公告' if kind == 'amendment' else '公开招标公告'}"
        same: dict[str, Any] = {"project_no": "BS-9", "buyer": "白石市计算中心", "lots": (), "attachments": ()}
        found.append(notice(next(numbers), title=title, kind=kind, text=text, **same))
    return found


@pytest.fixture(scope="module")
def stored(demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The fixtures and invented notices, decided by the shipped rules."""
    path = shutil.copy(demo, tmp_path_factory.mktemp("relabel") / "s.db")
    with Store.open(path, NOW) as store:
        store.begin_run("fetch", PACK.fingerprint, described(PACK))
        store.save([recorded(one, PACK) for one in notices()])
        relink(store, anew=True)
        restate(store, PACK)
        store.end_run([], 0)
    return path


def relabelled(path: Path, pack: RulePack, target: Path, **how: bool) -> RelabelSummary:
    """A copy of a store at `target`, relabelled."""
    shutil.copy(path, target)
    with Store.open(target, NOW) as store:
        return pipeline.relabel(store, pack, NOW, **how)


def contents(path: Path) -> dict[str, list[tuple[Any, ...]]]:
    """All that follows from notices and rules, the search index by its words."""
    with closing(sqlite3.connect(path)) as connection:
        packing.attach(connection)
        connection.execute("CREATE VIRTUAL TABLE temp.words USING fts5vocab('main', 'search', 'row')")
        found = {
            table: connection.execute(f"SELECT * FROM {table} ORDER BY 1, 2, 3").fetchall() for table in ("words",)
        }
        for table in DERIVED:
            found[table] = sorted(connection.execute(f"SELECT * FROM {table}").fetchall(), key=repr)
        found["texts"] = connection.execute("SELECT notice_id, unpacked(text) FROM texts ORDER BY 1").fetchall()
    return found


def signed_by_another_program(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("INSERT INTO programs VALUES ('another')")
        connection.commit()


@pytest.mark.parametrize("change", CHANGES)
def test_what_no_changed_rule_can_touch_is_not_read_and_nothing_else_differs(
    stored: Path, tmp_path: Path, change: str
) -> None:
    pack = CHANGES[change]()
    few = relabelled(stored, pack, tmp_path / "few.db")
    full = relabelled(stored, pack, tmp_path / "full.db", every=True)
    assert few.read < full.read == full.notices == few.notices and few.rules
    assert replace(few, read=0, why="asked", rules=()) == replace(full, read=0)
    before, after = contents(stored), contents(tmp_path / "few.db")
    assert after == contents(tmp_path / "full.db")
    assert change not in RULES or any(before[name] != after[name] for name in ("evidence", "lots", "project_states"))


def test_where_another_program_decided_every_notice_is_read_and_written(stored: Path, tmp_path: Path) -> None:
    path = shutil.copy(stored, tmp_path / "other.db")
    signed_by_another_program(path)
    pack = with_rules(NEW_CHIP)
    few, full = relabelled(stored, pack, tmp_path / "few.db"), relabelled(path, pack, tmp_path / "full.db")
    assert (full.why, full.read) == ("program", full.notices)
    one, other = contents(tmp_path / "few.db"), contents(tmp_path / "full.db")
    assert [table for table in one if one[table] != other[table]] == ["notices", "packs"]  # who signed it
    shown = "SELECT id, level, compute, import_policy, families FROM notices ORDER BY id"
    assert ask(tmp_path / "few.db", shown) == ask(tmp_path / "full.db", shown)
    assert ask(tmp_path / "full.db", "SELECT DISTINCT pack FROM notices WHERE pack LIKE 'cn-%'") == [
        (pack.fingerprint,)
    ]
    again = relabelled(tmp_path / "full.db", PACK, tmp_path / "back.db")
    assert (again.why, again.read, few.gained) == ("rules", few.read, full.gained)


def test_a_change_of_the_rules_of_another_country_has_its_notices_read(stored: Path, tmp_path: Path) -> None:
    path = shutil.copy(stored, tmp_path / "s.db")
    with closing(sqlite3.connect(path)) as connection:
        abroad = connection.execute("SELECT count(*) FROM notices WHERE pack LIKE 'eu-%'").fetchone()[0]
        connection.execute("UPDATE notices SET pack = 'eu-before', level = 'mentioned' WHERE pack LIKE 'eu-%'")
        connection.commit()
    few = relabelled(path, PACK, tmp_path / "few.db")
    assert (few.read, few.packs) == (abroad, ("eu-before",)) and abroad > 0
    assert contents(tmp_path / "few.db")["evidence"] == contents(stored)["evidence"]


def test_every_reader_is_told_the_rules_under_which_a_verdict_stands(stored: Path, tmp_path: Path) -> None:
    pack = with_rules(NEW_CHIP)
    relabelled(stored, pack, tmp_path / "s.db")
    written = ask(tmp_path / "s.db", "SELECT count(DISTINCT pack) FROM notices WHERE pack LIKE 'cn-%'")
    with Reader.open(tmp_path / "s.db") as reader:
        packs = {name for name in reader.packs() if name.startswith("cn-")}
        exported = {one.row["pack"] for one in whole.each(reader, Filter()) if one.row["pack"].startswith("cn-")}
        shown = {row.pack for row in reader.listing(Filter(), limit=None) if row.pack.startswith("cn-")}
    assert (written, packs, exported, shown) == ([(2,)], {pack.fingerprint}, {pack.fingerprint}, {pack.fingerprint})


def test_a_rule_that_is_taken_out_again_leaves_the_store_as_it_was(stored: Path, tmp_path: Path) -> None:
    there = relabelled(stored, with_rules(NEW_CHIP), tmp_path / "there.db")
    back = relabelled(tmp_path / "there.db", PACK, tmp_path / "back.db")
    assert 0 < back.read <= there.read
    before, after = contents(stored), contents(tmp_path / "back.db")
    assert [name for name in before if before[name] != after[name]] == ["relabelings", "packs"]


def test_rules_that_come_and_go_while_notices_are_stored_leave_no_verdict_behind(stored: Path, tmp_path: Path) -> None:
    """A notice may be decided by rules that all the others have left: its verdict stands under no later ones."""
    path, pack = tmp_path / "s.db", with_rules(NEW_CHIP)
    relabelled(stored, pack, path)
    late = notice(
        7000, title="加速卡采购公开招标公告", text="采购计算服务器4台。\n★加速卡须为新芯X200。", lots=(), attachments=()
    )
    with Store.open(path, NOW) as store:
        store.begin_run("fetch", PACK.fingerprint, described(PACK))
        store.save([recorded(late, PACK)])
        store.end_run([], 0)
    few, full = (relabelled(path, pack, tmp_path / name, every=name == "full.db") for name in ("few.db", "full.db"))
    assert few.read < full.read and [found.title for found in few.gained] == [late.title]
    assert without_links(tmp_path / "few.db") == without_links(tmp_path / "full.db")


def without_links(path: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Only a notice that came last is linked otherwise when all are linked anew."""
    return {name: rows for name, rows in contents(path).items() if "link" not in name}


def test_wording_that_only_a_correction_puts_together_is_decided_by_the_new_rule(stored: Path, tmp_path: Path) -> None:
    asked = "SELECT s.level FROM project_states s JOIN notices n ON n.id = s.notice_id WHERE n.buyer = '白石市计算中心'"
    relabelled(stored, with_rules(NEW_CHIP), tmp_path / "s.db")
    relabelled(tmp_path / "s.db", PACK, tmp_path / "back.db")
    assert [ask(path, asked) for path in (stored, tmp_path / "s.db", tmp_path / "back.db")] == [
        [("none",)], [("required",)], [("none",)],
    ]  # fmt: skip


def test_a_dry_run_reads_as_little_and_writes_nothing(stored: Path, tmp_path: Path) -> None:
    pack = with_rules(NEW_CHIP)
    would = relabelled(stored, pack, tmp_path / "dry.db", dry_run=True)
    assert would == relabelled(stored, pack, tmp_path / "wet.db")
    assert contents(tmp_path / "dry.db") == contents(stored)


def test_a_rule_that_is_only_explained_otherwise_has_nothing_read(stored: Path, tmp_path: Path) -> None:
    relabelled(stored, with_rules(NEW_CHIP), tmp_path / "one.db")
    pack = with_rules(NEW_CHIP.replace("one more", "another"))
    told = relabelled(tmp_path / "one.db", pack, tmp_path / "two.db")
    assert (told.read, told.rules, told.gained, told.lost) == (0, (), (), ())
    with Reader.open(tmp_path / "two.db") as reader:
        assert [name for name in reader.packs() if name.startswith("cn-")] == [pack.fingerprint]
    assert relabelled(tmp_path / "two.db", pack, tmp_path / "three.db").read == 0


def test_a_notice_is_read_for_the_sake_of_its_documents(stored: Path, tmp_path: Path) -> None:
    """Where a changed rule can touch what they say; and where another notice's reading of the same file came since."""
    path = shutil.copy(stored, tmp_path / "s.db")
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(
            """
            INSERT INTO readings (sha256, bytes, format, unread, read_at) VALUES ('aa', 1, 'pdf', '[]', '2026-11-02'), ('bb', 1, 'pdf', '[]', '2026-11-02');
            INSERT INTO passages (sha256, position, file, text) VALUES ('aa', 0, '', '加速卡须为新芯X200。'), ('bb', 0, '', '无');
            INSERT INTO documents (notice_id, name, state, reasons, tries, sha256, asked_at) VALUES
                (2, 'a.pdf', 'read', '[]', 1, 'aa', '2026-11-02'), (3, 'b.pdf', 'read', '[]', 1, 'bb', '2026-11-02');
            """
        )
        connection.commit()
    assert relabelled(path, PACK, tmp_path / "none.db").read == 0
    touched = relabelled(stored, with_rules(NEW_CHIP), tmp_path / "bare.db").read
    assert relabelled(path, with_rules(NEW_CHIP), tmp_path / "one.db").read == touched + 1
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE readings SET read_at = '2026-11-03' WHERE sha256 = 'bb'")
        connection.commit()
    assert relabelled(path, PACK, tmp_path / "since.db").read == 1


def test_rules_in_another_order_have_everything_read(stored: Path, tmp_path: Path) -> None:
    turned = replace(PACK, rules=PACK.rules[::-1], fingerprint="cn-turned")
    few = relabelled(stored, turned, tmp_path / "few.db")
    relabelled(stored, turned, tmp_path / "full.db", every=True)
    assert few.packs == (PACK.fingerprint,) and few.read == len(
        ask(stored, "SELECT 1 FROM notices WHERE pack LIKE 'cn-%'")
    )
    assert contents(tmp_path / "few.db") == contents(tmp_path / "full.db")


def test_an_interrupted_relabel_is_made_up_for(stored: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whichever step it dies at, the next one leaves what one that was not interrupted leaves."""
    pack = with_rules(NEW_CHIP)
    relabelled(stored, pack, tmp_path / "whole.db")
    for of, step in ((States, "reword"), (Ruled, "taken"), (States, "waiting")):
        with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
            patch.setattr(of, step, interrupt)
            relabelled(stored, pack, tmp_path / f"{step}.db")
        relabelled(tmp_path / f"{step}.db", pack, tmp_path / "again.db")
        assert contents(tmp_path / "again.db") == contents(tmp_path / "whole.db")


def interrupt(*given: object) -> None:
    raise KeyboardInterrupt


def test_the_line_tells_how_many_were_read_and_why(tenders: Tenders, stored: Path, tmp_path: Path) -> None:
    path = shutil.copy(stored, tmp_path / "s.db")
    of = len(ask(path, "SELECT 1 FROM notices"))
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "mine.toml").write_text(NEW_CHIP, "utf-8")
    (tmp_path / "config.toml").write_text("", "utf-8")
    mine = ("--config", tmp_path / "config.toml", "--db", path)
    dry, done = tenders(*mine, "relabel", "--dry-run").lines, tenders(*mine, "relabel").lines
    assert (
        dry == done and f"of {of} notices decided again (rules that came, went or changed: product.newchip)" in done[-1]
    )
    assert f"0 of {of} notices decided again (no rule changed)" in tenders(*mine, "relabel").out
    assert f"{of} of {of} notices decided again (--all asks for every one)" in tenders(*mine, "relabel", "--all").out
    signed_by_another_program(path)
    assert f"{of} of {of} notices decided again (another version of the program" in tenders(*mine, "relabel").out
    assert json.loads(tenders(*mine, "relabel", "--json").out)["read"] == 0
