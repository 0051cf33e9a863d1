"""Six invented weeks of a store, run by run, for tests of the digest: a blocked source, changes, awards, errata.

W41 begins the store, W42 to W45 give the mean; W46 and W47 (2026-11-09 to 2026-11-23) are told in the golden digests.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from tender_tracker.model import SHANGHAI, Amount, Attachment, Evidence, Kind, Level, Lot, LotVerdict, Notice, Verdict
from tender_tracker.relink import relink
from tender_tracker.storage.store import Record, Refused, SourceRun, Store

CLAUSE = "★服务器处理器须采用国产芯片，不接受其他产品"
WEEK_46, WEEK_47 = datetime(2026, 11, 9, tzinfo=SHANGHAI), datetime(2026, 11, 16, tzinfo=SHANGHAI)
GOODS = "货物名称 | 品牌 | 规格型号 | 数量 | 单价(元)\nAI服务器 | 华鲲振宇 | AT900 A2（昇腾910B） | 4台 | 960000.00"


def at(day: int, hour: int = 9, minute: int = 0, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=SHANGHAI)


def yuan(value: int | None) -> Amount | None:
    return None if value is None else Amount(Decimal(value), f"{value}元")


def record(
    number: str,
    published: datetime,
    level: Level = "required",
    kind: Kind = "tender",
    budget: int | None = None,
    award: int | None = None,
    families: tuple[str, ...] = ("ascend",),
    quote: str = CLAUSE,
    lots: tuple[tuple[str, str, Level, int | None], ...] = (),
    buyer: tuple[str, str, str | None, str | None] = ("青川大学", "university", "211", "浙江"),
    cues: tuple[str, ...] = (),
    text: str = "",
    **fields: Any,
) -> Record:
    """A notice of project `number` with one clause; `lots` are name, title, level and budget."""
    body = f"项目概况\n{quote}。\n{text}"
    start = body.index(quote)
    found = Evidence(quote, start, start + len(quote), "text", "demand.chip", level, None, families, "chip", cues)
    given = Notice(
        source="ccgp", source_id=f"{number}-{kind}", title=f"{number}号智能计算平台采购项目公告", kind=kind, text=body,
        url=f"http://www.ccgp.gov.cn/{number}/{kind}.htm", project_no=f"QC2026-{number}",
        project_name=f"{number}号智能计算平台采购项目", buyer=buyer[0], published=published,
        budget=yuan(budget), award=yuan(award), read_at=published,
        lots=tuple(Lot(name, title, yuan(money)) for name, title, _, money in lots),
    )  # fmt: skip
    verdicts = tuple(LotVerdict(name, part) for name, _, part, _ in lots)
    evidence = () if level == "none" else (found,)
    verdict = Verdict(level, level != "none", "unstated", families if evidence else (), verdicts, evidence, "cn-test")
    return Record(replace(given, **fields), verdict, buyer[1], buyer[2], buyer[3], buyer[0] if buyer[1] == "university" else None)  # fmt: skip


def run(
    path: Path,
    when: datetime,
    records: Iterable[Record] = (),
    states: dict[str, str] | None = None,
    refused: int = 0,
) -> None:
    """One fetch at `when`; `states` of the sources that were asked, `ccgp` ok if nothing else is said."""
    records = list(records)
    with Store.open(path, when) as store:
        store.begin_run("fetch", "cn-test")
        saved = store.save(records)
        store.refuse([Refused(f"http://x/{n}", "ningbo", "blocked", "访问过于频繁") for n in range(refused)])
        runs = []
        for source, state in (states or {"ccgp": "ok"}).items():
            counts = saved.get(source)
            bad = state != "ok"
            told = {"read": refused, "refused": refused} if bad else {"read": 20, "lists": 2}
            saves = {"new": counts.new, "changed": counts.changed} if counts else {}
            error = "访问过于频繁，请稍后再试" if bad else None
            runs.append(SourceRun(source, **told, **saves, state=state, error=error))  # type: ignore[arg-type]
        relink(store)
        store.end_run(runs, 3 if refused else 0, when + timedelta(minutes=5))


COMPANY = ("甬江智算有限公司", "company", None, "浙江")
SCHOOL = ("白石职业技术学院", "university", "高职", "江苏")
TOP = ("云台理工大学", "university", "985", "陕西")


def store(path: Path) -> Path:
    """All six weeks."""
    run(path, at(5, month=10), [record("399", at(4, month=10), "none", families=())])
    for week, count in enumerate((2, 1, 4, 1)):
        monday = at(12, month=10) + timedelta(weeks=week)
        run(path, monday, [record(f"4{week}{n}", monday - timedelta(hours=5), budget=1_000_000) for n in range(count)])
    both = {"ccgp": "ok", "ningbo": "ok"}
    first = record(
        "600", at(9, 15), budget=4_860_000, deadline=at(26, 9, 30), attachments=(Attachment("招标文件.pdf"),)
    )
    run(
        path, at(10, 8),
        [
            first,
            record("601", at(9, 16), "preferred", families=("hygon",), buyer=SCHOOL, deadline=at(30, 14), quote="海光处理器或同等性能产品", cues=("cue.equivalent",)),
            record("602", at(9, 10), "required", "intention", budget=12_000_000, project_no=None, buyer=TOP),
        ],
        both,
    )  # fmt: skip
    run(
        path, at(12, 8),
        [
            record("603", at(11, 10), "supplied", "award", award=3_840_000, budget=4_000_000, suppliers=("启源科技有限公司",), text=f"{GOODS}\n每台8卡，服务器单价96万元/台。", quote="昇腾910B"),
            record("604", at(11, 11), "mentioned", budget=900_000, quote="芯片不限国产", cues=("cue.negation",), families=()),
            record("605", at(11, 12), budget=128_000_000, buyer=COMPANY, families=("ascend", "kunpeng"), deadline=at(3, 9, 30, month=12),
                   lots=(("标段一", "训练服务器", "required", 96_000_000), ("标段二", "推理服务器", "required", 32_000_000), ("标段三", "布线", "none", None))),
        ],
        {"ccgp": "ok", "ningbo": "blocked"}, refused=3,
    )  # fmt: skip
    run(path, at(15, 8), [], {"ccgp": "ok", "ningbo": "blocked"}, refused=3)
    moved = replace(first, notice=replace(first.notice, deadline=at(30, 9, 30), budget=yuan(5_200_000)))
    run(path, at(17, 8), [moved], {"ccgp": "ok", "ningbo": "blocked"}, refused=3)
    again = replace(moved, notice=replace(moved.notice, deadline=at(2, 9, 30, month=12)))
    run(
        path, at(18, 8),
        [
            again,
            record("606", at(12, 17), budget=2_860_000, source="ningbo", url="https://ygcg.nbcqjy.org/detail?id=606", families=("hygon",), buyer=COMPANY, deadline=at(1, 9, month=12)),
            record("607", at(17, 9), budget=980_000, buyer=TOP, deadline=at(22, 9)),
            record("607", at(17, 11), budget=980_000, buyer=TOP, source="ningbo", url="https://ygcg.nbcqjy.org/detail?id=607"),
            record("608", at(17, 10), buyer=SCHOOL, deadline=at(10, 9, month=12), families=()),
            record("601", at(17, 12), "none", "cancel", buyer=SCHOOL, title="601号智能计算平台采购项目废标公告"),
            record("605", at(17, 13), "none", "amendment", buyer=COMPANY, title="605号智能计算平台采购项目更正公告", deadline=at(8, 9, 30, month=12)),
            record("400", at(17, 14), "none", "award", award=950_000, suppliers=("华岳科技有限公司",), attachments=(Attachment("中标明细.pdf"),)),
            record("603", at(17, 15), "none", "cancel"),
        ],
        both,
    )  # fmt: skip
    with Store.open(path, at(19)) as opened:
        opened.begin_run("relabel", "cn-test")
        number = next(stored.id for stored in opened.stored() if stored.title.startswith("430"))
        opened.relabel([(number, Verdict("mentioned", True, "unstated", (), (), (), "cn-test"))])
        opened.end_run([], 0)
    run(path, at(22, 8), [record("609", at(21, 9), "none", families=())], both)
    run(path, at(23, 8), [record("610", at(22, 20), budget=660_000, families=("loongson",))], both)
    return path
