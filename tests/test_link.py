"""Notices of one procurement come together, and those of its neighbours stay apart: every rule with a hit and a near miss."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from conftest import SHARED, Result

from tender_tracker.linking.buyers import names, relation
from tender_tracker.linking.cluster import MOST, Linked, link
from tender_tracker.linking.item import read
from tender_tracker.linking.title import subject

Tenders = Callable[..., Result]
BUYER = "云川市第三医院"


def notice(title: str, date: str | None = "2026-03-02", buyer: str | None = BUYER, **more: Any) -> dict[str, Any]:
    return {"title": title, "date": date, "buyer": buyer, **more}


def linked(*notices: dict[str, Any]) -> Linked:
    lines = (json.dumps({"id": str(number), **row}).encode() for number, row in enumerate(notices))
    return link(read(line, "here") for line in lines)


def groups(*notices: dict[str, Any]) -> list[list[str]]:
    """Ids, counted from 0, of the projects that have more than one notice."""
    projects = linked(*notices).projects
    assert sorted(item.id for project in projects for item in project.members) == sorted(map(str, range(len(notices))))
    return sorted(sorted(str(item.id) for item in project.members) for project in projects if len(project.members) > 1)


TOGETHER: dict[str, tuple[dict[str, Any], ...]] = {
    "the stages of one life": (
        notice("云川市第三医院门诊楼净化设备采购项目需求论证公示", "2026-01-10"),
        notice("云川市第三医院门诊楼净化设备采购项目公开招标公告", "2026-03-02"),
        notice("关于云川市第三医院门诊楼净化设备采购的更正公告（第一次）", "2026-03-09"),
        notice("某某咨询有限公司关于云川市第三医院门诊楼净化设备采购项目的中标（成交）结果公告", "2026-03-28"),
        notice("【合同公示】门诊楼净化设备采购项目政府采购合同公告", "2026-04-20"),
    ),
    "a call, its failure and its re-issue under new numbers": (
        notice("凌霄热电二号炉检修项目采购公告", project_no="XC2026-00101", amount=480000),
        notice("凌霄热电二号炉检修项目流标公告", "2026-03-12", project_no="XC2026-00101"),
        notice("凌霄热电二号炉检修项目（第二次重招）招标公告", "2026-03-20", project_no="XC2026-00233", amount=650000),
    ),
    "an intention of a month and its call": (
        notice("云川大学2026年1月政府采购意向-拉曼光谱仪升级", "2026-01-03", "云川大学"),
        notice("云川大学拉曼光谱仪升级项目竞争性磋商公告", "2026-03-02", "云川大学"),
    ),
    "one number under two names and buyers": (
        notice("东湖校区物流系统预公示", buyer="某代理有限公司", project_no="YC2026-G1-00248"),
        notice("东湖校区物流系统采购招标公告", "2026-03-12", "云川大学", project_no="YC2026-G1-00248"),
    ),
    "one number that only a text tells": (
        notice("放射科一批仪器招标公告", text="一、项目编号：YCZC-2026-0151\n二、内容"),
        notice("全数字化平板招标结果", "2026-03-30", text="项目编号:YCZC-2026-0151 结果如下"),
    ),
    "the tender of all lots and the award of one": (
        notice("云川市第三医院信息化升级项目第一包、第二包、第三包公开招标公告"),
        notice("云川市第三医院信息化升级项目（第2包）中标公告", "2026-03-30"),
    ),
    "awards of two lots by way of their tender": (
        notice("云川市第三医院信息化升级项目公开招标公告"),
        notice("云川市第三医院信息化升级项目（01包）中标公告", "2026-03-30"),
        notice("云川市第三医院信息化升级项目（02包）中标公告", "2026-04-02"),
    ),
    "a buyer with the name of its province": (
        notice("手术示教系统扩建采购公告"),
        notice("青原省云川市第三医院手术示教系统扩建成交公告", "2026-03-20", "青原省云川市第三医院"),
    ),
    "a long title whose buyer one site does not tell": (
        notice("云川市第三医院门诊楼净化设备采购项目公开招标公告", buyer=None),
        notice("云川市第三医院门诊楼净化设备采购项目中标公告", "2026-03-28"),
    ),
    "a plain title in two stages soon after one another": (
        notice("医疗设备采购项目公开招标公告"),
        notice("医疗设备采购项目中标公告", "2026-03-28"),
    ),
    "a word that a later stage leaves out": (
        notice("门诊楼运行维护采购项目公开招标公告"),
        notice("门诊楼运行维护服务中标公告", "2026-03-28"),
    ),
    "a word that a later stage puts in": (
        notice("住院楼智能更衣柜配套采购项目征求意见公示"),
        notice("住院楼智能更衣柜芯片配套采购项目竞争性磋商公告", "2026-03-28"),
    ),
    "an award and a contract of one odd amount": (
        notice("手术室整体搬迁采购项目中标公告", "2026-03-28", bid=1583260, sub="成交"),
        notice("云川市第三医院医疗设备采购合同", "2026-04-20", bid=1583260, sub="合同"),
    ),
    "one notice on two sites": (
        notice("医疗设备采购项目公开招标公告", amount=900000),
        notice("[公开]医疗设备采购项目公开招标公告", amount=900000),
    ),
    "a title printed twice in a row": (
        notice("被服洗涤项目招标公告被服洗涤项目招标公告"),
        notice("被服洗涤项目中标公告", "2026-03-28"),
    ),
}  # fmt: skip
APART: dict[str, tuple[dict[str, Any], ...]] = {
    "the generic title of two buyers": (
        notice("更衣柜采购项目招标公告"),
        notice("更衣柜采购项目成交公告", "2026-03-20", "平阳县人民医院"),
    ),
    "sister companies with one generic title": (
        notice("云川东城建设有限公司竞争性存放项目采购公告", buyer="云川东城建设有限公司"),
        notice("云川西城建设有限公司竞争性存放项目采购公告", buyer="云川西城建设有限公司"),
    ),
    "a university and its hospital": (
        notice("服务器采购公告", buyer="云川大学"),
        notice("服务器采购成交公告", "2026-03-20", "云川大学附属第一医院"),
    ),
    "calls for two lots on their own": (
        notice("园林养护服务采购项目（标段一）公开招标公告", project_no="XC2026-00101"),
        notice("园林养护服务采购项目（标段二）公开招标公告", project_no="XC2026-00102"),
    ),
    "batches": (
        notice("2026年公交车辆采购项目（第一批）采购公告"),
        notice("2026年公交车辆采购项目（第二批）中标公告", "2026-03-20"),
    ),
    "years": (
        notice("2025年不锈钢管件采购项目中标公告", "2026-01-12"),
        notice("2026年不锈钢管件采购项目采购公告"),
    ),
    "phases": (
        notice("滨江公园一期灯光采购公告"),
        notice("滨江公园二期灯光中标公告", "2026-03-20"),
    ),
    "design and supervision of one work": (
        notice("滨江公园停车场改造项目（设计）招标公告"),
        notice("滨江公园停车场改造项目（监理）中标公告", "2026-03-20"),
    ),
    "the work and its construction contract": (
        notice("云川实验学校屋顶光伏发电项目招标公告"),
        notice("云川实验学校屋顶光伏发电项目（施工）中标公告", "2026-03-20"),
    ),
    "other goods for one building": (
        notice("滨江会议中心瓷器采购项目采购公告"),
        notice("滨江会议中心布草采购项目中标公告", "2026-03-20"),
    ),
    "two buildings": (
        notice("云川市第三医院外科大楼1号楼空调采购公告"),
        notice("云川市第三医院外科大楼2号楼空调成交公告", "2026-03-20"),
    ),
    "one insertion in the same stage": (
        notice("滨江会议中心客房电气备件采购项目采购公告"),
        notice("滨江会议中心客房电气仪表备件采购项目采购公告", "2026-03-20"),
    ),
    "the same service bought again a year later": (
        notice("门诊保洁服务采购项目公开招标公告", "2025-03-02"),
        notice("门诊保洁服务采购项目公开招标公告", "2026-03-02"),
    ),
    "a call after the award of the same name": (
        notice("门诊保洁服务采购项目中标公告", "2026-01-02"),
        notice("门诊保洁服务采购项目公开招标公告", "2026-03-02"),
    ),
    "other numbers of one shape, years apart": (
        notice("手术麻醉系统项目（CZ2024-0711）中标结果公告", "2024-12-05"),
        notice("手术麻醉系统项目（CZ2026-0717）招标公告"),
    ),
    "other numbers and amounts, no mark of re-issue": (
        notice("手术麻醉系统升级项目招标公告", project_no="CZ2026-0711", amount=480000),
        notice("手术麻醉系统升级项目招标公告", "2026-03-20", project_no="CZ2026-0817", amount=950000),
    ),
    "a number of one agency in a series": (
        notice("导览设备部署平台采购公告", project_no="YCGODO2026038-6"),
        notice("水生展厅布展服务采购公告", project_no="YCGODO2026038-7"),
    ),
    "award and contract of one round amount": (
        notice("手术室整体搬迁采购项目中标公告", "2026-03-28", bid=1200000, sub="成交"),
        notice("云川市第三医院医疗设备采购合同", "2026-04-20", bid=1200000, sub="合同"),
    ),
    "short titles without a buyer": (
        notice("便携式彩超招标公告", buyer=None),
        notice("便携式彩超中标公告", "2026-03-20", buyer="某单位"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", TOGETHER)
def test_notices_of_one_procurement_are_linked(case: str) -> None:
    rows = TOGETHER[case]
    assert groups(*rows) == [[str(number) for number in range(len(rows))]]


@pytest.mark.parametrize("case", APART)
def test_notices_of_two_procurements_stay_apart(case: str) -> None:
    assert groups(*APART[case]) == []


def test_one_wrong_bridge_does_not_join_two_rounds() -> None:
    first, second = "2025-02-01", "2026-02-20"
    assert groups(
        notice("门诊保洁服务采购项目公开招标公告", first),
        notice("门诊保洁服务采购项目中标公告", "2025-03-01"),
        notice("门诊保洁服务采购项目公开招标公告", second),
        notice("门诊保洁服务采购项目合同公告", "2026-03-30"),
    ) == [["0", "1"], ["2", "3"]]


def test_two_lots_called_on_their_own_are_not_joined_by_a_notice_of_both() -> None:
    lots = [notice(f"园林养护服务采购项目（标段{lot}）公开招标公告", "2026-03-02") for lot in "一二"]
    found = groups(*lots, notice("园林养护服务采购项目更正公告", "2026-03-05"))
    assert all(len(group) == 2 for group in found)


def test_what_is_below_the_threshold_is_named_and_never_merged() -> None:
    found = linked(
        notice("滨江会议中心客房电气备件采购项目采购公告"),
        notice("滨江会议中心客房电气仪表备件采购项目采购公告", "2026-03-20"),
    )
    ((one, other, between),) = found.perhaps
    assert {one.id, other.id} == {"0", "1"} and between.score < 0.8 and between.reason
    assert len(found.projects) == 2


def test_a_project_has_the_score_and_the_reason_of_its_weakest_link() -> None:
    (project,) = linked(
        notice("门诊楼运行维护采购项目公开招标公告"),
        notice("门诊楼运行维护采购项目更正公告", "2026-03-05"),
        notice("门诊楼运行维护服务中标公告", "2026-03-28"),
    ).projects
    assert (project.score, project.reason) == (0.86, "near title and same buyer")
    assert [item.id for item in project.members] == ["0", "1", "2"]


def test_the_order_of_the_notices_does_not_matter() -> None:
    rows = [row for case in (*TOGETHER.values(), *APART.values()) for row in case]
    lines = [json.dumps({"id": str(number), **row}).encode() for number, row in enumerate(rows)]

    def clusters(order: list[bytes]) -> set[frozenset[str | int]]:
        return {frozenset(item.id for item in project.members) for project in link(read(x, "") for x in order).projects}

    assert clusters(lines) == clusters(lines[::-1]) == clusters(lines[1::2] + lines[::2])


def test_hundreds_of_equal_notices_do_not_become_one_project() -> None:
    found = linked(*(notice("门诊保洁服务采购项目公开招标公告") for _ in range(3 * MOST)))
    assert max(len(project.members) for project in found.projects) <= MOST


@pytest.mark.parametrize(
    ("title", "core"),
    [
        ("云川市第三医院药房改造项目公开招标公告", "药房改造"),
        ("药房修复招标公告", "药房修复"),
        ("起重采购公告", "起重"),
        ("贵重仪器采购（二次）竞争性谈判公告", "贵重仪器"),
        ("药房改造（四）中标结果公告（1）", "药房改造四"),
        ("药房改造施工招标公告", "药房改造施工"),
        ("药房改造全过程咨询采购公告", "药房改造全过程咨询"),
        ("二次供水泵房改造招标公告", "二次供水泵房改造"),
        ("泵房改造（第二次采购）公告", "泵房改造"),
        ("泵房改造（流标后重新招标）第二轮招标公告", "泵房改造"),
        ("招标公告", ""),
    ],
)
def test_a_title_keeps_what_is_bought(title: str, core: str) -> None:
    assert subject(title, BUYER).core == core


@pytest.mark.parametrize(
    ("title", "lots"),
    [
        ("绿化项目（标段二）招标公告", {"2"}),
        ("绿化项目第一包、第三包招标公告", {"1", "3"}),
        ("绿化项目1-3标段招标公告", {"1", "2", "3"}),
        ("绿化项目Ⅱ标段施工", {"2"}),
        ("绿化项目A包、B包中标公告", {"A", "B"}),
        ("绿化项目04包单一来源公示", {"4"}),
        ("食堂服务外包2026年度采购公告", set()),
        ("公开招标3号楼电梯", set()),
        ("第二标准化厂房电梯采购公告", set()),
        ("急救包2套采购公告", set()),
        ("绿化养护2标招标公告", {"2"}),
        ("绿化项目施工/标段评标结果公示", set()),
    ],
)
def test_the_lots_of_a_title_are_read(title: str, lots: set[str]) -> None:
    assert subject(title).marks.lots == lots


def test_the_second_amendment_is_no_second_call() -> None:
    assert not subject("药房改造项目第二次更正公告").reissue
    assert subject("药房改造项目第二次招标公告").reissue


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("云川市第三医院", "云川市第三医院", "same"),
        ("云川大学附属第四医院（云川市东湖医院）", "云川市东湖医院", "same"),
        ("甲城投资有限公司、乙城投资有限公司", "乙城投资有限公司", "same"),
        ("青原省云川市第三医院", "云川市第三医院", "part"),
        ("云川水务集团股份有限公司", "云川水务集团股份有限公司制水分公司", "part"),
        ("云川大学", "云川大学附属第一医院", "other"),
        ("云川水务集团", "云川水务集团工程有限公司", "other"),
        ("县医院", "平阳县医院", "other"),
        ("某单位", "云川市第三医院", "untold"),
        (None, "云川市第三医院", "untold"),
    ],
)
def test_names_of_buyers_are_compared_as_printed(one: str | None, other: str, expected: str) -> None:
    assert relation(names(one), names(other)) == relation(names(other), names(one)) == expected


def lines(path: Path, *rows: dict[str, Any] | str) -> Path:
    texts = (row if isinstance(row, str) else json.dumps(row) for row in rows)
    path.write_text("\n".join(texts) + "\n", "utf-8")
    return path


def test_the_command_prints_every_notice_once_with_score_and_reason(tenders: Tenders, tmp_path: Path) -> None:
    rows = [
        {"id": 7, **notice("门诊楼净化设备采购项目公开招标公告")},
        {"id": "b", **notice("门诊楼净化设备采购项目中标公告", "2026-03-28")},
        {"id": "c", "title": "窗帘"},
    ]
    result = tenders("link", lines(tmp_path / "items.jsonl", *rows), "--jsonl")
    assert result.code == 0
    assert [json.loads(line) for line in result.lines] == [
        {"members": [7, "b"], "score": 0.97, "reason": "same title and buyer"},
        {"members": ["c"], "score": None, "reason": None},
    ]
    assert "3 notices of 2 projects, 1 with more than one" in result.err


def test_the_command_names_bad_lines_and_goes_on(tenders: Tenders, tmp_path: Path) -> None:
    good = {"id": "a", "title": "窗帘采购公告"}
    bad = [
        "{", "[]", {"id": "x"}, {"title": "x"}, {**good, "id": "d", "date": "gestern"}, {**good, "id": "e", "amount": "5"},
        {**good, "id": "f", "buyer": 3}, good,
    ]  # fmt: skip
    result = tenders("link", lines(tmp_path / "items.jsonl", good, *bad), "--jsonl")
    assert result.code == 3 and len(result.lines) == 1
    for number in range(2, 2 + len(bad)):
        assert f"items.jsonl:{number}: " in result.err, number


def test_the_command_prints_a_table_of_projects_and_on_demand_what_is_perhaps_related(
    tenders: Tenders, tmp_path: Path
) -> None:
    rows = [{"id": number, **row} for number, row in enumerate(APART["one insertion in the same stage"])]
    rows += [{"id": f"b{number}", **row} for number, row in enumerate(TOGETHER["one notice on two sites"])]
    file = lines(tmp_path / "items.jsonl", *rows)
    assert [line.split("\t")[:2] for line in tenders("link", file).lines[1:]] == [["0.97", "2"]]
    assert [line.split("\t")[0] for line in tenders("link", file, "--perhaps").lines[1:]] == ["0.97", "0.60"]
    last = json.loads(tenders("link", file, "--perhaps", "--jsonl").lines[-1])
    assert sorted(last["perhaps"]) == [0, 1] and last["score"] == 0.6


def pairs(members: list[str]) -> set[tuple[str, ...]]:
    return {tuple(sorted(pair)) for pair in combinations(members, 2)}


def shelf(name: str) -> list[dict[str, Any]]:
    path = SHARED / "data" / "labels" / f"links-{name}.jsonl"
    if not path.exists():
        pytest.skip("the shelf of labelled notices is not beside this checkout")
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def test_the_shelf_of_stages_keeps_its_floor() -> None:
    gold = {pair for group in shelf("stages-groups") for pair in pairs(group["members"])}
    for keys, least in ((None, 0.985), (("id", "title", "buyer", "date"), 0.94)):
        rows = [row if keys is None else {key: row[key] for key in keys} for row in shelf("stages-items")]
        found = link(read(json.dumps(row).encode(), "here") for row in rows)
        ours = {pair for project in found.projects for pair in pairs([str(item.id) for item in project.members])}
        assert len(ours & gold) / len(ours) >= 0.995
        assert len(ours & gold) / len(gold) >= least
        assert not {tuple(sorted((row["a"], row["b"]))) for row in shelf("stages-negatives")} & ours


def test_the_shelf_of_bulletins_keeps_its_floor() -> None:
    """Titles, numbers and dates as the groups print them: groups, and negatives among them."""
    rows: dict[str, dict[str, Any]] = {}
    gold, negative = set(), set()
    for group in shelf("ningbo-groups"):
        gold |= pairs(group["members"])
        for key, title, number, day in zip(
            group["members"], group["titles"], group["prjNo"], group["dates"], strict=True
        ):
            rows[key] = {"id": key, "title": title, "project_no": number, "date": day, "buyer": group["group"]}
    for row in shelf("ningbo-negatives"):
        negative.add(tuple(sorted((row["a"], row["b"]))))
        for side in "ab":
            rows.setdefault(
                row[side], {"id": row[side], "title": row[f"title_{side}"], "date": row[f"date_{side}"], "buyer": "甲"}
            )
    found = link(read(json.dumps(row).encode(), "here") for row in rows.values())
    ours = {pair for project in found.projects for pair in pairs([str(item.id) for item in project.members])}
    assert len(ours & gold) / len(gold) >= 0.97
    assert not ours & negative
