"""What flags say, clause by clause. Each case stands for a kind of wording, not for one notice."""

import pytest

from tender_tracker.flagging import rulepack
from tender_tracker.flagging.flag import flag

PACK = rulepack.load()
SERVERS = "某大学服务器采购公开招标公告"


def level(text: str, title: str = SERVERS, kind: str | None = None) -> str:
    return flag(title, text, PACK, kind).level


@pytest.mark.parametrize(
    "clause",
    [
        "GPU须选用国产型号",
        "CPU：海光7390，2颗",
        "处理器 | 鲲鹏920，48核",
        "加速卡从昇腾910B、寒武纪MLU370中任选一种",
        "CPU须符合安全可靠测评要求",
        "CPU不得采用境外品牌",
        "上述设备均须为国产",
        "服务器须为国产品牌",
        "整机国产化率不低于100%",
        "问：能否投NVIDIA产品？答：不接受，GPU须为国产。",
        "鲲鹏、飞腾、海光均可",
        "投标人须为昇腾整机硬件伙伴",
    ],
)
def test_an_obligation_on_the_compute_bought_is_required(clause):
    assert level(f"采购内容：服务器10台\n{clause}") == "required"


@pytest.mark.parametrize(
    "clause",
    [
        "加速卡：昇腾910B或同等性能产品",
        "同等条件下优先选用国产处理器",
        "采用国产AI芯片的得5分",
        "服务器须支持国产CPU节点混合部署",
        "▲CPU采用国产处理器",
        "建议选用国产GPU",
        "以鲲鹏920为参考配置",
    ],
)
def test_points_precedence_reference_and_compatibility_are_preferred(clause):
    assert level(f"采购内容：服务器10台\n{clause}") == "preferred"


@pytest.mark.parametrize(
    "clause",
    [
        "GPU：NVIDIA A800或昇腾910B",
        "CPU不限国产品牌",
        "为贯彻国产化替代战略，建设本项目",
        "与现有昇腾集群组网",
        "采购人为乡镇以上党政机关的，CPU须符合安全可靠测评要求",
        "满足《通用服务器政府采购需求标准（2023年版）》",
        "具有昇腾集群运维经验者优先",
        "“国产品牌”“海光CPU”均不能单独证明满足要求",
    ],
)
def test_alternatives_negations_background_and_others_things_are_mentioned(clause):
    assert level(f"采购内容：服务器10台，至强处理器\n{clause}") == "mentioned"


@pytest.mark.parametrize(
    "clause",
    [
        "本项目不接受进口产品",
        "中国产业互联网发展",
        "配套国产UPS一台",
        "送货地点：曙光路55号",
        "配国产数据库软件一套",
        "设备运行安全可靠",
        "所投产品均须为国产产品，进口产品无效",
    ],
)
def test_boilerplate_look_alikes_and_other_goods_are_nothing(clause):
    assert level(f"采购内容：服务器10台，至强处理器\n{clause}") == "none"


@pytest.mark.parametrize(
    ("title", "text", "compute"),
    [
        ("鲲鹏生态产业园窗帘采购公告", "窗帘300米", False),
        ("智算中心物业服务采购公告", "保洁、安保", False),
        ("昇腾服务器三年维保服务采购", "服务器48台维保", False),
        ("信创云主机租赁服务", "租用云主机200台", True),
        ("办公设备采购", "台式计算机20台，打印机3台", True),
        ("国产数据库采购", "数据库软件2套", False),
    ],
)
def test_compute_is_what_the_notice_buys_not_what_it_names(title, text, compute):
    assert flag(title, text, PACK).compute is compute


@pytest.mark.parametrize(
    ("clause", "policy"),
    [
        ("本项目不接受进口产品投标", "barred"),
        ("是否接受进口产品：否", "barred"),
        ("经论证，允许采购进口产品", "allowed"),
        ("落实限制采购进口产品等相关政策", "unstated"),
        ("进口商品市场管理服务", "unstated"),
    ],
)
def test_import_policy_is_told_apart_from_the_level(clause, policy):
    verdict = flag("打印机采购", f"打印机3台\n{clause}", PACK)
    assert (verdict.import_policy, verdict.level) == (policy, "none")


def test_lots_are_judged_apart_and_the_notice_has_the_strongest():
    text = "第一包（龙芯）：台式计算机60台\n第二包：台式计算机40台，酷睿i5处理器\n第三包：激光打印机10台，国产"
    verdict = flag("台式计算机采购", text, PACK)
    assert {lot.name: lot.level for lot in verdict.lots} == {"第一包": "required", "第二包": "none", "第三包": "none"}
    assert (verdict.level, verdict.families) == ("required", ("loongson",))


def test_a_block_below_a_lot_heading_belongs_to_it():
    text = "包1：存储阵列\n容量100TB\n国产控制器\n包2：AI服务器\n数量：4台\n加速卡：寒武纪MLU370"
    assert {lot.name: lot.level for lot in flag("设备采购", text, PACK).lots} == {"包1": "none", "包2": "required"}


def test_a_lot_column_names_lots_too():
    text = "包号 | 名称 | 规格 | 数量\n一 | 服务器 | 鲲鹏920双路 | 6台\n二 | 服务器 | 至强金牌 | 4台"
    assert [(lot.name, lot.level) for lot in flag("服务器采购", text, PACK).lots] == [
        ("一", "required"),
        ("二", "none"),
    ]


@pytest.mark.parametrize(
    ("row", "expected"),
    [("是", "required"), ("否", "none")],
)
def test_a_column_such_as_是否国产_decides_for_its_row(row, expected):
    text = f"名称 | 数量 | 是否国产\nGPU服务器 | 4台 | {row}\n打印机 | 2台 | 否"
    assert level(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("增加条款“★计算节点CPU须为国产处理器”", "required"),
        ("删除条款“★计算节点CPU须为国产处理器”", "mentioned"),
        ("原“CPU：Intel Xeon，2颗”，现更正为“CPU：海光7490，2颗”", "required"),
        ("原“CPU：海光7490，2颗”，现更正为“CPU：Intel Xeon，2颗”", "mentioned"),
    ],
)
def test_a_correction_adds_deletes_and_replaces(text, expected):
    assert level(f"更正内容：{text}", "计算节点采购更正公告") == expected


def test_an_award_row_is_supplied_and_a_runner_up_only_mentioned():
    row = "名称 | 品牌 | 规格型号 | 数量\nAI服务器 | 华为 | Atlas 800T A2 | 4台"
    assert level(f"中标供应商：某公司\n{row}", "服务器中标公告", "award") == "supplied"
    candidates = f"第一中标候选人：甲公司\n浪潮NF5468M7，4台\n第二中标候选人：乙公司\n{row}"
    assert level(candidates, "服务器中标候选人公示", "award") == "mentioned"


def test_a_demand_in_the_title_of_an_award_stays_a_demand():
    assert level("中标供应商：某公司", "某大学海光服务器采购中标公告", "award") == "required"


def test_a_company_name_proves_nothing():
    text = "成交供应商：某地鲲鹏信息科技有限公司\n服务器 | 戴尔 | R760 | 6台"
    assert level(text, "服务器成交公告", "award") == "mentioned"


@pytest.mark.parametrize("text", ["", " ", "\n\n", "。；|", "（（（（", "国产" * 2000, "第一包" * 500, "|" * 3000])
def test_odd_text_is_answered_not_crashed_on(text):
    assert flag("", text, PACK).level in ("none", "mentioned", "required", "preferred")


def test_every_quote_is_the_verbatim_passage_at_its_offsets():
    title, text = "某大学昇 腾服务器采购", "  加 速 卡 ：昇 腾 910B ，8张\n本项目不接受进口产品"
    for evidence in flag(title, text, PACK).evidence:
        assert {"title": title, "text": text}[evidence.where][evidence.start : evidence.end] == evidence.quote


def test_the_same_words_always_get_the_same_verdict():
    assert flag(SERVERS, "CPU：海光7390", PACK) == flag(SERVERS, "CPU：海光7390", PACK)


def test_a_paragraph_too_long_for_one_line_keeps_its_lot_and_its_demand():
    filler = "交货时须提供装箱单，" * 150
    text = f"第一包：服务器10台，{filler}CPU须为国产处理器，{filler}\n第二包：打印机3台"
    verdict = flag("某大学设备采购招标公告", text, PACK)
    assert [(lot.name, lot.level) for lot in verdict.lots] == [("第一包", "required"), ("第二包", "none")]
    assert verdict.evidence[0].quote in text and len(verdict.evidence[0].quote) <= 80


def test_a_ranking_needs_no_word_for_candidates_to_set_the_second_apart():
    told = "成交结果\n排序1：甲科技有限公司\n主机：海光服务器10台\n排序2：乙科技有限公司\n主机：鲲鹏服务器10台"
    found = flag("服务器采购成交公告", told, PACK, "award")
    assert (found.level, found.families) == ("supplied", ("hygon",))


def test_of_a_demand_repeated_without_end_some_passages_are_quoted_and_all_decide() -> None:
    text = "包1：服务器\n" + "须采用国产CPU服务器。\n" * 3000 + "包2：服务器\n须采用鲲鹏服务器。"
    verdict = flag("服务器采购公开招标公告", text, PACK)
    assert [(lot.name, lot.level) for lot in verdict.lots] == [("包1", "required"), ("包2", "required")]
    assert {item.lot for item in verdict.evidence} == {"包1", "包2"} and len(verdict.evidence) <= 402
    assert "kunpeng" in verdict.families
