"""What changed from version to version of a notice and by its corrections, and what became of its project."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from conftest import Result
from samples import NOW, ask, record

from tender_tracker.amending.correction import MOST
from tender_tracker.amending.life import life
from tender_tracker.amending.state import Published, Words
from tender_tracker.flagging import rulepack
from tender_tracker.judged import judged
from tender_tracker.model import SHANGHAI, Amount, DocumentPage, Lot, Notice, Verdict
from tender_tracker.record import recorded
from tender_tracker.relink import relink
from tender_tracker.restate import restate
from tender_tracker.storage.store import Record, SourceRun, Store

Tenders = Callable[..., Result]
DAY = timedelta(days=1)
PAGE = (
    '<!doctype html><html><head><meta charset="utf-8"><link rel="canonical" href="http://www.example.org/n/1.html">'
    "<title>云溪学院智能计算服务器采购项目公开招标公告</title></head><body>"
    "<h1>云溪学院智能计算服务器采购项目公开招标公告</h1><p>项目编号：YX-2026-001</p><p>采购人：云溪学院</p>"
    "<p>★服务器CPU须采用国产处理器。</p><p>投标截止时间：2026年12月8日09时30分</p><p>发布时间：2026年11月20日</p></body></html>"
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "s.db"


def fetched(path: Path, records: list[Record], when: timedelta = timedelta(0)) -> None:
    with Store.open(path, NOW + when) as store:
        store.begin_run("fetch", "p1")
        store.save(records)
        store.end_run([], 0)


def reparsed(path: Path, records: list[Record], when: timedelta = timedelta(0)) -> None:
    with Store.open(path, NOW + when) as store:
        store.begin_run("reparse", "p1")
        store.reread(records)
        store.end_run([], 0)


def test_a_reparse_in_the_second_of_a_fetch_hides_no_change(tenders: Tenders, path: Path) -> None:
    fetched(path, [record(1), record(2)])
    fetched(path, [record(1, deadline=NOW + 30 * DAY)], 8 * DAY)
    reparsed(path, [record(2, agency="石桥代理有限公司")], 8 * DAY)
    words = ("--since", "2026-11-30", "--until", "2026-12-06", "--json")
    found = json.loads(tenders("--db", path, "digest", *words).out)
    assert [entry["item"]["id"] for entry in found["changes"]["items"]] == [1]
    assert ask(path, "SELECT notice_id, run_id, cause FROM versions") == [(1, 2, "notice"), (2, 3, "reading")]


def test_a_page_that_a_newer_parser_reads_otherwise_is_no_change_of_its_notice(
    tenders: Tenders, path: Path, tmp_path: Path
) -> None:
    page = tmp_path / "saved" / "n.html"
    page.parent.mkdir()
    page.write_text(PAGE, "utf-8")
    here = ("--db", path, "--lang", "en")
    assert tenders(*here, "fetch", "--saved", page).code == 0
    with closing(sqlite3.connect(path)) as db, db:  # as an older parser may have read it
        db.execute(
            "UPDATE notices SET agency = '石桥代理有限公司', content_hash = 'older', first_seen = '2026-01-01T00:00:00Z'"
        )
    again = tenders(*here, "fetch", "--saved", page)
    assert "new 0, changed 0, unchanged 1" in again.out and "1 of the unchanged read otherwise" in again.err
    assert ask(path, "SELECT cause, changed_at FROM versions JOIN notices ON id = notice_id") == [("reading", None)]
    assert ask(path, "SELECT agency FROM notices") == [(None,)]
    assert json.loads(tenders(*here, "digest", "--since", "1d", "--json").out)["changes"]["items"] == []
    page.write_text(PAGE.replace("12月8日", "12月18日"), "utf-8")
    changed = tenders(*here, "fetch", "--saved", page)
    assert "changed 1" in changed.out and "read otherwise" not in changed.err
    assert ask(path, "SELECT cause FROM versions ORDER BY number") == [("reading",), ("notice",)]


def test_a_version_keeps_what_the_rules_made_of_it(path: Path) -> None:
    fetched(path, [record(1)])
    fetched(path, [replace(record(1, "none", text="项目概况\n改了。"))], DAY)
    ((kept,),) = ask(path, "SELECT verdict FROM versions")
    assert json.loads(kept) == {
        "pack": "p1",
        "lots": [["第一包", "required"], ["第二包", "none"]],
        "quotes": [["required", "★服务器CPU须采用国产处理器", "第一包"]],
    }


PACK = rulepack.load()
TITLE = "青川大学计算集群采购项目"
CALL = """项目概况
预算金额：120万元
采购需求：计算节点服务器12台。
★计算节点CPU须为国产处理器；
内存不低于384GB。
提交投标文件截止时间：2026年11月20日9时30分
开标时间：2026年11月20日9时30分"""
DUE = datetime(2026, 11, 20, 9, 30, tzinfo=SHANGHAI)


def call(text: str = CALL, days: int = 30, **fields: Any) -> Notice:
    first = Notice(
        "ccgp", "call", f"{TITLE}公开招标公告", "tender", text, "http://www.ccgp.gov.cn/c.htm", "QC2026-9", TITLE, "青川大学",
        published=NOW - days * DAY, deadline=DUE, budget=Amount(Decimal(1200000), "120万元"),
    )  # fmt: skip
    return replace(first, **fields)


def amendment(body: str, days: int = 20, number: str = "一", **fields: Any) -> Notice:
    text = f"二、更正信息\n更正内容：\n{body}\n更正日期：2026年11月9日\n三、其他补充事宜\n无"
    first = Notice(
        "ccgp", f"a{number}{days}", f"{TITLE}更正公告（第{number}次）", "amendment", text, None, "QC2026-9", TITLE, "青川大学",
        published=NOW - days * DAY,
    )  # fmt: skip
    return replace(first, **fields)


def lived(path: Path, *notices: Notice) -> Path:
    """A store of these notices, taken by one run, linked and stated."""
    with Store.open(path, NOW) as store:
        store.begin_run("fetch", PACK.fingerprint)
        store.save([recorded(notice, PACK) for notice in notices])
        relink(store)
        restate(store, PACK)
        store.end_run([], 0)
    return path


def told(tenders: Tenders, path: Path, number: int = 1) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(tenders("--db", path, "project", str(number), "--json").out)
    return found


def test_a_demand_deleted_by_a_correction_is_no_longer_required(tenders: Tenders, path: Path) -> None:
    lived(path, call(), amendment("1.第三章，删除“★计算节点CPU须为国产处理器”，不再作为实质性要求；"))
    found = told(tenders, path)
    assert (found["state"]["level"], found["state"]["printed"]) == ("mentioned", "required")
    level = next(entry for entry in found["corrections"] if entry["change"]["field"] == "level")
    assert level["status"] == "applied"
    assert level["change"]["quote_before"] == "★计算节点CPU须为国产处理器"
    assert "删除“★计算节点CPU须为国产处理器”" in level["change"]["quote_after"]
    out = tenders("--db", path, "--lang", "en", "project", "2").out
    assert "mentioned; the call itself says required" in out
    assert "demand deleted by correction #2 of 2026-11-03" in out
    assert ask(path, "SELECT level FROM notices WHERE id = 1") == [("required",)], "its own label is that of its text"


def test_a_demand_added_by_a_correction_makes_the_project_required(tenders: Tenders, path: Path) -> None:
    free = CALL.replace("★计算节点CPU须为国产处理器；", "CPU核数不少于32；")
    lived(path, call(free), amendment("1.第三章增加一条：“★服务器处理器须为国产芯片”。"))
    found = told(tenders, path)
    assert (found["state"]["printed"], found["state"]["level"]) == ("none", "required")
    assert "demand added by correction #2" in tenders("--db", path, "project", "1").out


def test_what_a_correction_added_a_later_one_takes_back(tenders: Tenders, path: Path) -> None:
    free = CALL.replace("★计算节点CPU须为国产处理器；", "CPU核数不少于32；")
    first = amendment("1.第三章增加一条：“★服务器处理器须为国产芯片”。")
    second = amendment("1.删除第一次更正公告中的“★服务器处理器须为国产芯片”。", 10, "二")
    lived(path, second, call(free), first)
    found = told(tenders, path)
    assert found["state"]["level"] == "mentioned"
    levels = [entry["change"] for entry in found["corrections"] if entry["change"]["field"] == "level"]
    assert [(change["before"], change["after"]) for change in levels] == [
        ("none", "required"),
        ("required", "mentioned"),
    ]


def test_the_table_of_a_correction_moves_deadline_budget_and_wording(tenders: Tenders, path: Path) -> None:
    body = """序号 | 更正项 | 更正前内容 | 更正后内容
1 | 第三章 第2条 | 内存不低于384GB | 内存不低于512GB
2 | 预算金额 | 120万元 | 135.5万元
3 | 投标文件提交截止时间及开标时间 | 2026年11月20日 9:30 | 2026年11月27日 9:30"""
    later = datetime(2026, 11, 27, 9, 30, tzinfo=SHANGHAI)
    lived(path, call(), amendment(body, deadline=later))
    found = told(tenders, path)
    state, changes = found["state"], {entry["change"]["field"]: entry["change"] for entry in found["corrections"]}
    assert (state["deadline"], state["opening"]) == ("2026-11-27T09:30:00+08:00", "2026-11-27T09:30:00+08:00")
    assert (state["budget"]["value"], state["level"]) == ("1355000", "required")
    assert changes["deadline"]["quote_before"] == "提交投标文件截止时间：2026年11月20日9时30分"
    assert changes["budget"]["quote_before"] == "预算金额：120万元"
    assert (changes["text"]["quote_before"], changes["text"]["quote_after"]) == ("内存不低于384GB", "内存不低于512GB")


def test_a_day_without_its_year_moves_the_deadline_that_it_names(tenders: Tenders, path: Path) -> None:
    lived(path, call(), amendment("开标时间由11月20日改为11月29日，地点不变。"))
    assert told(tenders, path)["state"]["deadline"] == "2026-11-29T09:30:00+08:00"
    lived(path.with_name("other.db"), call(), amendment("开标时间由11月13日改为11月29日。"))
    found = told(tenders, path.with_name("other.db"))
    assert found["state"]["deadline"] == "2026-11-20T09:30:00+08:00"
    assert [entry["status"] for entry in found["corrections"]] == ["unread"]


@pytest.mark.parametrize(
    "body",
    [
        "1.删除第三章第3条。",
        "1.第三章第2条修改为“CPU核数不少于64”。",
        "1.“★计算节点CPU须为国产处理器”由实质性条款调整为评分项：处理器核数多的得4分。",
        "1.原“服务器CPU须采用国产芯片”，现更正为“服务器CPU品牌不限”。",
        "1.开标时间顺延七日。",
        "详见附件。",
    ],
)
def test_what_cannot_be_applied_is_shown_with_its_words_and_changes_nothing(
    tenders: Tenders, path: Path, body: str
) -> None:
    lived(path, call(), amendment(body))
    found = told(tenders, path)
    assert (found["state"]["level"], found["state"]["deadline"]) == ("required", "2026-11-20T09:30:00+08:00")
    assert [entry["status"] for entry in found["corrections"]] == ["unread"]
    assert body.removeprefix("1.")[:12] in found["corrections"][0]["passage"]
    assert "correction not applied: read it" in tenders("--db", path, "project", "1").out


def test_wording_in_two_lots_is_corrected_only_in_the_lot_that_is_named(tenders: Tenders, path: Path) -> None:
    text = "采购需求\n第一包：计算服务器4台，★服务器CPU须采用国产处理器；\n第二包：存储服务器2台，★服务器CPU须采用国产处理器；\n"
    lots = (Lot("第一包", "计算服务器"), Lot("第二包", "存储服务器"))
    lived(path, call(text, lots=lots), amendment("第一包：删除“★服务器CPU须采用国产处理器”。"))
    state = told(tenders, path)["state"]
    assert [(lot["name"], lot["level"]) for lot in state["lots"]] == [("第一包", "mentioned"), ("第二包", "required")]
    other = path.with_name("other.db")
    lived(other, call(text, lots=lots), amendment("删除“★服务器CPU须采用国产处理器”。"))
    found = told(tenders, other)
    assert found["state"]["level"] == "required" and [e["status"] for e in found["corrections"]] == ["unread"]


def test_a_correction_on_two_sites_is_applied_once_and_a_new_call_begins_anew(tenders: Tenders, path: Path) -> None:
    body = "1.删除“★计算节点CPU须为国产处理器”。"
    twin = amendment(body, 19, source="zcy", source_id="z1")
    lived(path, call(), amendment(body), twin)
    assert len(told(tenders, path)["corrections"]) == 2, "one passage and the level it changes"
    again = call(days=2, source_id="again", title=f"{TITLE}（二次）公开招标公告", deadline=DUE + 20 * DAY)
    lived(path, again)
    assert told(tenders, path)["state"]["level"] == "required"


def test_a_new_reading_of_the_call_states_the_project_anew(tenders: Tenders, path: Path) -> None:
    lived(path, call(CALL.replace("★计算节点", "★")), amendment("1.删除“★计算节点CPU须为国产处理器”。"))
    assert told(tenders, path)["state"]["level"] == "required"
    lived(path, call())
    assert told(tenders, path)["state"]["level"] == "mentioned"


def test_a_correction_that_turns_out_to_be_of_another_project_moves_there(path: Path) -> None:
    title = "石桥医院影像存储平台采购项目"
    other = {"title": f"{title}公开招标公告", "project_no": "SQ2026-4", "project_name": title, "buyer": "石桥医院"}
    body = "1.“内存不低于384GB”更正为“内存不低于512GB”；\n2.“计算节点服务器12台”更正为“计算节点服务器10台”。"
    first = amendment(body.partition("\n")[0], 20, **{**other, "title": f"{title}更正公告"})
    second = amendment(body, 10, "二", **{**other, "title": f"{title}第二次更正公告"})
    lived(path, call(), call(source_id="other", **other), first, second)
    asked = "SELECT DISTINCT notice_id, project FROM corrections ORDER BY 1"
    assert ask(path, asked) == [(3, 2), (4, 2)]
    lived(path, amendment(body, 10, "二"))
    assert ask(path, asked) == [(3, 2), (4, 1)]


def test_a_project_that_was_ended_says_by_which_notice(tenders: Tenders, path: Path) -> None:
    lived(path, call(), amendment("", kind="cancel", title=f"{TITLE}终止公告"))
    assert told(tenders, path)["state"]["ended_by"] == 2
    assert "ended by #2" in tenders("--db", path, "project", "1").out


def test_a_demand_in_a_document_is_deleted_by_the_words_of_the_document() -> None:
    page = DocumentPage("招标文件.pdf", 7, "三、技术要求\n★计算节点CPU须为国产处理器。\n内存不低于384GB。")
    free = CALL.replace("★计算节点CPU须为国产处理器；\n", "")

    def decide(notice: Published, words: Words) -> Verdict:
        return judged(notice.title, words.text, notice.kind, "CN", "zh", PACK, words.documents)

    first, later = call(free), amendment("1.删除“★计算节点CPU须为国产处理器”。")
    published = [
        Published(
            number, "ccgp", notice.kind, notice.title, notice.text, (NOW - (30 - number) * DAY).date(), notice.deadline,
            notice.budget, (), judged(notice.title, notice.text, notice.kind, "CN", "zh", PACK, pages), "CN", "zh", pages,
        )
        for number, notice, pages in ((1, first, ((page,),)), (2, later, ()))
    ]  # fmt: skip
    found = life(published, decide)
    assert published[0].verdict.level == "required"
    assert found.state is not None and found.state.level == "mentioned"


def listed(tenders: Tenders, path: Path, *words: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(tenders("--db", path, "changes", *words, "--json").out)
    return found


def test_a_version_is_told_field_by_field_with_the_words_of_both(tenders: Tenders, path: Path) -> None:
    lived(path, call())
    text = (
        CALL.replace("120万元", "150万元").replace("11月20日", "11月25日").replace("★计算节点CPU须为国产处理器；\n", "")
    )
    later = DUE + 5 * DAY
    lived(path, call(text, deadline=later, budget=Amount(Decimal(1500000), "150万元")))
    found = {entry["change"]["field"]: entry["change"] for entry in listed(tenders, path, "1")}
    assert set(found) == {"deadline", "opening", "budget", "level", "demand", "text"}
    assert (found["budget"]["quote_before"], found["budget"]["quote_after"]) == (
        "预算金额：120万元",
        "预算金额：150万元",
    )
    assert found["deadline"]["quote_after"] == "提交投标文件截止时间：2026年11月25日9时30分"
    assert (found["demand"]["before"], found["demand"]["after"]) == ("★计算节点CPU须为国产处理器；", None)
    assert (found["level"]["before"], found["level"]["quote_before"]) == ("required", "★计算节点CPU须为国产处理器")
    assert {change["cause"] for change in found.values()} == {"notice"}


def test_a_level_that_our_rules_move_is_not_laid_to_the_notice(tenders: Tenders, path: Path) -> None:
    lived(path, call())
    with Store.open(path, NOW + DAY) as store:
        store.begin_run("relabel", "p2")
        store.relabel([(1, Verdict("preferred", True, "unstated", (), (), (), "p2"))])
        store.end_run([], 0)
    (told_once,) = listed(tenders, path, "1")
    assert (told_once["cause"], told_once["change"]["before"], told_once["change"]["after"]) == (
        "rules", "required", "preferred",
    )  # fmt: skip


def test_a_changed_page_decided_by_other_rules_tells_which_of_both_moved_the_level(
    tenders: Tenders, path: Path
) -> None:
    old = recorded(call(), PACK)
    fetched(path, [replace(old, verdict=replace(old.verdict, pack="older"))])
    moved = recorded(call(f"{CALL}\n联系人：采购办"), PACK)
    fetched(path, [replace(moved, verdict=replace(moved.verdict, level="preferred"))], DAY)
    causes = {entry["change"]["field"]: entry["cause"] for entry in listed(tenders, path, "1")}
    assert causes == {"level": "rules", "text": "notice"}


def test_a_page_read_otherwise_says_so(tenders: Tenders, path: Path) -> None:
    fetched(path, [record(1)])
    reparsed(path, [record(1, agency="石桥代理有限公司", buyer="青川学院")], DAY)
    assert [(entry["change"]["field"], entry["cause"]) for entry in listed(tenders, path, "1")] == [
        ("buyer", "reading")
    ]


def test_changes_since_a_day_are_those_of_versions_and_corrections(tenders: Tenders, path: Path) -> None:
    lived(path, call(), amendment("1.删除“★计算节点CPU须为国产处理器”。"))
    fetched(path, [recorded(call(CALL.replace("12台", "14台")), PACK)], DAY)
    found = listed(tenders, path, "--since", "2026-11-23")
    assert [(entry["cause"], entry["change"]["field"]) for entry in found] == [
        ("correction", "demand"), ("correction", "level"), ("notice", "text"),
    ]  # fmt: skip
    rows = tenders("--db", path, "--lang", "en", "changes", "--since", "2026-11-23").lines
    assert len(rows) == 4 and "a correction #2" in rows[1]


def test_lots_that_come_and_go_are_changes_of_their_own(tenders: Tenders, path: Path) -> None:
    lots = (Lot("第一包", "服务器", Amount(Decimal(500000), "50万元")), Lot("第二包", "存储"))
    fetched(path, [record(1, lots=lots)])
    fetched(
        path, [record(1, lots=(replace(lots[0], budget=Amount(Decimal(600000), "60万元")), Lot("第三包", "网络")))], DAY
    )
    found = [entry["change"] for entry in listed(tenders, path, "1")]
    assert [(one["field"], one["lot"], one["before"] and one["after"] and True) for one in found if one["field"] != "text"] == [
        ("budget", "第一包", True), ("lot", None, None), ("lot", None, None),
    ]  # fmt: skip


def test_show_names_the_project_its_corrections_and_the_other_sites(tenders: Tenders, path: Path) -> None:
    twin = call(days=29, source="zcy", source_id="z9", url="https://www.zcygov.cn/z9")
    lived(path, call(), amendment("1.删除“★计算节点CPU须为国产处理器”。"), twin)
    out = tenders("--db", path, "--lang", "en", "show", "1").out
    assert "project: #1, 3 notices" in out and "also on: zcy #3" in out
    assert "demand deleted by correction #2 of 2026-11-03" in out
    about = json.loads(tenders("--db", path, "show", "1", "--json").out)["project"]
    assert (about["state"]["level"], [other["id"] for other in about["also_on"]]) == ("mentioned", [3])


def test_the_calendar_has_the_corrected_deadline_once_and_marks_what_was_ended(tenders: Tenders, path: Path) -> None:
    later = datetime(2026, 11, 27, 9, 30, tzinfo=SHANGHAI)
    moved = amendment("投标截止时间延期至2026年11月27日9时30分，★服务器CPU须采用国产处理器的要求不变。", deadline=later)
    lived(path, call(), moved)
    text = tenders("--db", path, "export", "--format", "ics").out.replace("\r\n ", "")
    assert text.count("BEGIN:VEVENT") == 1 + text.count("-opening@tenders")
    assert "DTSTART:20261127T013000Z" in text and "STATUS:CANCELLED" not in text
    lived(path, amendment("", 1, kind="cancel", title=f"{TITLE}终止公告"))
    text = tenders("--db", path, "export", "--format", "ics").out
    assert text.count("STATUS:CANCELLED") == text.count("BEGIN:VEVENT") > 0


def at_day(path: Path, days: int, *notices: Notice) -> Path:
    """One run so many days before NOW."""
    with Store.open(path, NOW - days * DAY) as store:
        store.begin_run("fetch", PACK.fingerprint)
        store.save([recorded(notice, PACK) for notice in notices])
        relink(store)
        restate(store, PACK)
        store.end_run([SourceRun("ccgp", read=1)], 0)
    return path


def week(tenders: Tenders, path: Path, number: int) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(tenders("--db", path, "digest", "--week", f"2026-W{number}", "--json").out)
    return found


def test_nothing_is_called_new_twice_over_sites_and_issues(tenders: Tenders, path: Path) -> None:
    """The second site gives no number, the re-issue another one: only the links know that they are one project."""
    twin = call(days=17, source="zcy", source_id="z9", project_no=None, url="https://www.zcygov.cn/z9")
    again = call(
        days=9,
        source_id="again",
        title=f"{TITLE}（二次）公开招标公告",
        project_no="QC2026-9-2",
        deadline=DUE + 20 * DAY,
    )
    at_day(path, 17, call(days=17), twin)
    at_day(path, 9, again)
    assert {row[0] for row in ask(path, "SELECT linked_project FROM notices")} == {1}
    (first,) = week(tenders, path, 45)["required"]["items"]
    assert [source for source, _ in first["also_on"]] == ["zcy"]
    later = week(tenders, path, 46)
    assert (later["required"]["total"], later["headline"]["required"]["now"]) == (0, 0)


def test_the_digest_says_that_a_correction_deleted_the_demand_and_stops_counting_its_days(
    tenders: Tenders, path: Path
) -> None:
    due = NOW + 6 * DAY
    at_day(path, 17, call(days=17, deadline=due))
    assert [item["id"] for item in week(tenders, path, 47)["deadlines"]["items"]] == [1]
    at_day(path, 9, amendment("1.第三章，删除“★计算节点CPU须为国产处理器”。", 9))
    found = week(tenders, path, 46)
    (changed,) = found["changes"]["items"]
    assert [entry["change"]["field"] for entry in changed["corrections"]] == ["demand", "level"]
    words = ("--db", path, "--lang", "en", "digest", "--week", "2026-W46", "--format", "txt")
    assert "demand deleted: 「★计算节点CPU须为国产处理器」 → 「(nothing)」" in " ".join(tenders(*words).out.split())
    assert week(tenders, path, 47)["deadlines"]["items"] == []
    assert week(tenders, path, 45)["required"]["total"] == 1, "in its own week nothing was deleted yet"


def test_a_new_tender_that_was_corrected_in_its_own_week_says_so(tenders: Tenders, path: Path) -> None:
    at_day(path, 10, call(days=11), amendment("1.第三章，删除“★计算节点CPU须为国产处理器”。", 10))
    (item,) = week(tenders, path, 46)["required"]["items"]
    assert item["now"] == "mentioned" and "删除" in item["corrected_by"]
    assert "经更正，现为" in tenders("--db", path, "--lang", "zh", "digest", "--week", "2026-W46").out


def test_deadlines_are_those_after_corrections_and_drop_what_was_ended(tenders: Tenders, path: Path) -> None:
    late = NOW + 7 * DAY
    moved = amendment("投标截止时间延期。", 9, deadline=late, project_no=None)
    at_day(path, 9, call(days=17, deadline=NOW - 2 * DAY), moved)
    (item,) = week(tenders, path, 47)["deadlines"]["items"]
    assert (item["id"], item["deadline"][:10]) == (1, "2026-11-30")
    at_day(path, 3, amendment("", 3, kind="cancel", title=f"{TITLE}终止公告", project_no=None))
    found = week(tenders, path, 47)
    assert found["deadlines"]["items"] == [] and found["cancellations"]["total"] == 1


def test_a_correction_on_two_sites_is_one_change_of_the_digest(tenders: Tenders, path: Path) -> None:
    at_day(path, 17, call(days=17))
    body = "1.内存由384GB调整为512GB。"
    at_day(
        path, 9, amendment(body, 9), amendment(body, 9, source="zcy", source_id="z2", url="https://www.zcygov.cn/z2")
    )
    (changed,) = week(tenders, path, 46)["changes"]["items"]
    assert [source for source, _ in changed["item"]["also_on"]] == ["zcy"]


def test_a_report_counts_a_linked_project_once(tenders: Tenders, path: Path) -> None:
    twin = call(days=17, source="zcy", source_id="z9", project_no=None)
    at_day(path, 17, call(days=17), twin)
    totals = json.loads(tenders("--db", path, "report", "--by", "family", "--format", "json").out)
    assert {entry["projects"] for entry in totals["totals"]} == {1}


def test_the_saved_pages_hold_a_call_and_the_correction_that_takes_its_demand_back(
    tenders: Tenders, demo: Path
) -> None:
    ((number,),) = ask(demo, "SELECT id FROM notices WHERE title LIKE '白山黑水职业学院%公开招标公告'")
    found = told(tenders, demo, number)
    assert (found["state"]["level"], found["state"]["printed"]) == ("mentioned", "required")
    said = [(entry["change"]["field"], entry["change"]["lot"], entry["status"]) for entry in found["corrections"]]
    assert said == [
        ("demand", "合同包1", "applied"), ("level", None, "applied"),
        ("text", "合同包1", "applied"), ("text", "合同包1", "elsewhere"),
    ]  # fmt: skip


def test_a_digest_says_that_some_notices_are_not_linked_yet(tenders: Tenders, path: Path) -> None:
    fetched(path, [record(1)])
    assert "not linked yet" in tenders("--db", path, "--lang", "en", "digest", "--since", "7d").err
    lived(path)
    assert "not linked yet" not in tenders("--db", path, "--lang", "en", "digest", "--since", "7d").err


def test_a_correction_of_ten_thousand_pairs_costs_little_and_is_to_be_read(tenders: Tenders, path: Path) -> None:
    lived(path, call(), amendment("将“甲乙丙丁”修改为“戊己庚辛”，" * 10_000))
    statuses = [entry["status"] for entry in told(tenders, path)["corrections"]]
    assert (len(statuses), statuses[-1]) == (MOST + 1, "unread")


@pytest.mark.parametrize("words", [("--since", "7d"), ("--until", "2026-11-01"), ("--all",)])
def test_changes_of_one_notice_take_no_period(tenders: Tenders, path: Path, words: tuple[str, ...]) -> None:
    lived(path, call())
    done = tenders("--db", path, "changes", "1", *words)
    assert done.code == 2 and "not both" in done.err


def test_a_last_day_alone_takes_all_changes_before_it(tenders: Tenders, path: Path) -> None:
    lived(path, call())
    done = tenders("--db", path, "changes", "--until", "2020-01-01")
    assert (done.code, done.out) == (0, ""), done.err
