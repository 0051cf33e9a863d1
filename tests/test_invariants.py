"""Whatever is done to a store in whatever order, what it keeps beside its notices is what its notices say."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import Any

import pytest
from samples import NOW, notice
from sqlite_utils import Database
from test_relabel import CUE, EXCEPTION, NEW_CHIP, PACK, contents, with_rules

from tender_tracker.flagging.difference import described
from tender_tracker.flagging.rulepack import RulePack
from tender_tracker.model import Attachment, DocumentPage, Notice
from tender_tracker.record import recorded
from tender_tracker.relabel import decided, relabel
from tender_tracker.relink import relink
from tender_tracker.restate import restate
from tender_tracker.storage import bigrams, packing, projects
from tender_tracker.storage.papers import Read
from tender_tracker.storage.store import Store

PACKS: tuple[Callable[[], RulePack], ...] = (
    lambda: PACK,
    *(lambda t=t: with_rules(t) for t in (NEW_CHIP, EXCEPTION, CUE)),
)  # type: ignore[misc]
SAID = (
    "采购训练服务器4台，★加速卡须采用国产芯片。", "加速卡：新芯X200，或相当于英伟达A100。", "采购办公家具一批，供货期30天。",
    "★服务器处理器须采用飞腾或鲲鹏，不接受进口产品。", "将“须采用国产芯片”修改为“不限国产”。", "预算金额：120万元。",
    "系统集成服务，须兼容昇腾。", "食堂蒸箱一批。", "道路照明改造。", "校服采购。", "提交投标文件截止时间：2026年12月20日9时30分",
)  # fmt: skip
FILES = ("招标文件.pdf", "清单.xlsx")


class Work:
    """Random doings on one store, each as a command does it: runs, documents, other rules."""

    def __init__(self, path: Path, seed: int) -> None:
        self.path, self.dice, self.pack, self.now = path, Random(seed), PACK, NOW

    def do(self) -> str:
        self.now += timedelta(hours=1)
        what = self.dice.choice((self.fetch, self.fetch, self.reparse, self.documents, self.documents, self.relabel))
        with Store.open(self.path, self.now) as store:
            what(store)
        return what.__name__

    def notice(self) -> Notice:
        number = self.dice.randrange(1, 25)
        kind = self.dice.choice(("tender", "tender", "amendment", "award"))
        text = "\n".join(self.dice.sample(SAID, 2))
        files = [Attachment(name, f"http://x.cn/{self.dice.randrange(2)}/{name}") for name in FILES]
        about: dict[str, Any] = {"kind": kind, "text": text, "project_no": f"QC-{number % 9}", "lots": ()}
        title = f"第{number % 9}期计算节点采购项目{'更正公告' if kind == 'amendment' else '公告'}"
        return notice(number, title=title, attachments=tuple(self.dice.sample(files, self.dice.randrange(3))), **about)

    def fetch(self, store: Store) -> None:
        store.begin_run("fetch", self.pack.fingerprint, described(self.pack))
        found = [self.notice() for _ in range(6)]
        store.save([recorded(one, self.pack, store.documents().pages_of(one)) for one in found])
        relink(store)
        restate(store, self.pack)
        store.end_run((), 0)

    def reparse(self, store: Store) -> None:
        store.begin_run("reparse", self.pack.fingerprint, described(self.pack))
        one = self.notice()
        store.reread([recorded(one, self.pack, store.documents().pages_of(one))])
        relink(store)
        restate(store, self.pack)
        store.end_run((), 0)

    def documents(self, store: Store) -> None:
        papers = list(store.documents().of(range(1, 25)))
        for paper in self.dice.sample(papers, min(4, len(papers))):
            says = self.dice.choice(SAID)
            pages = (DocumentPage("", 1, self.dice.choice(("第一页\n", "")) + says),)
            read = Read(sha256(says.encode()).hexdigest(), 9, "pdf", pages, ())
            store.documents().settle(paper.kept(read.sha256, self.now).was_read(read), read)
            stored = store.one(paper.notice_id)
            assert stored is not None
            store.relabel([(stored.id, decided(stored, self.pack))])
        relink(store)
        restate(store, self.pack)

    def relabel(self, store: Store) -> None:
        self.pack = self.dice.choice(PACKS)()
        relabel(store, self.pack, self.now)


def kept_apart(path: Path) -> dict[str, tuple[object, object]]:
    """What a store keeps beside its notices, and the same made anew of them."""
    with closing(sqlite3.connect(path)) as connection:
        packing.attach(connection)
        ask: Callable[..., list[Any]] = lambda sql, *values: connection.execute(sql, values).fetchall()  # noqa: E731
        found: dict[str, tuple[object, object]] = {
            "counts": (
                ask("SELECT * FROM stored_counts WHERE notices ORDER BY 1, 2"),
                ask("SELECT source, level, count(*) FROM notices GROUP BY 1, 2 ORDER BY 1, 2"),
            ),
            "links": (
                ask("SELECT id, linked_project FROM notices"),
                ask("SELECT notice_id, iif(score IS NULL, NULL, project) FROM project_links"),
            ),
        }
        for question, answer in ask("SELECT question, answer FROM kept_answers"):
            sql, *values = json.loads(question)
            found[question] = json.loads(answer)[1:], [list(row) for row in ask(sql, *values)]
        said = "SELECT id, title, unpacked(text), (SELECT json_group_array(quote) FROM evidence WHERE notice_id = id), "
        for table, texts in (
            ("search", [(number, bigrams.of_notice(title, text, json.loads(quotes), whole)) for number, title, text, quotes, whole
                        in ask(f"{said} compute OR level <> 'none' FROM notices JOIN texts ON notice_id = id")]),
            ("passage_search", [(number, bigrams.tokens([text])) for number, text
                                in ask("SELECT id, text FROM passages JOIN readings USING (sha256) WHERE indexed")]),
        ):  # fmt: skip
            made = "fts5(tokens, content='', columnsize=0, detail=none, tokenize='ascii')"
            connection.execute(f"CREATE VIRTUAL TABLE temp.anew_{table} USING {made}")
            connection.executemany(f"INSERT INTO anew_{table}(rowid, tokens) VALUES (?, ?)", texts)
            connection.execute(f"CREATE VIRTUAL TABLE temp.old_words_{table} USING fts5vocab('main', '{table}', 'row')")
            connection.execute(
                f"CREATE VIRTUAL TABLE temp.new_words_{table} USING fts5vocab('temp', 'anew_{table}', 'row')"
            )
            found[table] = ask(f"SELECT * FROM old_words_{table}"), ask(f"SELECT * FROM new_words_{table}")
        unindexed = "SELECT n.id FROM notices n JOIN documents d ON d.notice_id = n.id JOIN readings USING (sha256) "
        found["found in files"] = ask(f"{unindexed} WHERE (n.compute OR n.level <> 'none') AND NOT indexed"), []
        before = ask("SELECT * FROM projects ORDER BY 1")
        projects.renew(Database(connection))
        found["projects"] = before, ask("SELECT * FROM projects ORDER BY 1")
        connection.rollback()
    return found


@pytest.mark.parametrize("seed", range(2))
def test_what_is_kept_is_what_would_be_made_anew(tmp_path: Path, seed: int) -> None:
    work, done = Work(tmp_path / "t.db", seed), []
    for _ in range(14):
        done.append(work.do())
        for what, (is_kept, anew) in kept_apart(work.path).items():
            assert is_kept == anew, (what, done)
    relabelled = [shutil.copy(work.path, tmp_path / name) for name in ("few.db", "full.db")]
    for path, every in zip(relabelled, (False, True), strict=True):
        with Store.open(path, work.now) as store:
            relabel(store, work.pack, work.now, every=every)
    few, full = map(contents, relabelled)
    assert {name: rows for name, rows in few.items() if rows != full[name]} == {}
