"""A notice with its documents is judged as one: a demand counts wherever it stands, a template demands nothing."""

from __future__ import annotations

from tender_tracker.flagging.rulepack import load
from tender_tracker.judged import judged
from tender_tracker.model import DocumentPage, Verdict
from tender_tracker.reporting.story import story

TITLE = "某大学人工智能训练平台采购项目公开招标公告"
TEXT = "采购内容：AI服务器 8 台，详见招标文件。\n预算金额：300万元"


def verdict(*documents: list[DocumentPage], title: str = TITLE, text: str = TEXT, kind: str = "tender") -> Verdict:
    return judged(title, text, kind, "CN", "zh", load(), documents)


def pages(*texts: str, file: str = "招标文件.pdf") -> list[DocumentPage]:
    return [DocumentPage(file, number, text) for number, text in enumerate(texts, 1)]


def test_a_demand_that_stands_only_in_a_document_gives_the_notice_its_level() -> None:
    assert verdict().level == "none"
    asked = pages("第一章 招标公告\n详见后文", "第三章 采购需求\nAI服务器 8 台，须采用昇腾910B芯片。")
    found = verdict(asked)
    assert (found.level, found.families) == ("required", ("ascend",))
    first = found.evidence[0]
    assert (first.where, first.file, first.page) == ("document", "招标文件.pdf", 2)
    assert asked[1].text[first.start : first.end] == first.quote
    assert "昇腾910B" in first.quote


def test_a_contract_template_and_forms_for_bids_only_mention() -> None:
    found = verdict(
        pages(
            "第三章 采购需求\nAI服务器 8 台，性能不低于同类产品。",
            "第四章 合同条款及格式\n甲方采购的服务器须采用国产CPU，型号：昇腾910B。",
            "第五章 投标文件格式\n货物名称 | 数量 | 品牌\n服务器 | 8 台 | 须采用昇腾910B芯片",
        )
    )
    assert found.level == "mentioned"
    assert {item.page for item in found.evidence} == {2, 3}
    assert all("document.template" in item.cues for item in found.evidence)
    told = " ".join(sentence.text for sentence in story(found, load(), "zh", TITLE, TEXT))
    assert "合同范本" in told


def test_the_chapters_of_a_signed_contract_count_in_full() -> None:
    signed = pages("第一章 合同标的\n服务器 | 8 台 | 昇腾910B", file="采购合同.pdf")
    found = verdict(signed, title="某大学AI服务器采购项目合同公告", text="合同金额：280万元", kind="contract")
    assert found.level == "supplied"
    assert found.evidence[0].file == "采购合同.pdf"


def test_a_table_of_contents_opens_no_chapter() -> None:
    contents = "目录\n第三章 采购需求 ........ 20\n第四章 合同条款及格式 ........ 45"
    assert verdict(pages(f"{contents}\nAI服务器 8 台，须采用昇腾910B芯片。")).level == "required"


def test_a_document_named_for_a_lot_speaks_of_that_lot() -> None:
    text = "第一包：AI服务器 8 台\n第二包：交换机 2 台"
    found = verdict(pages("AI服务器 8 台，须采用昇腾910B芯片。", file="第一包技术要求.docx"), text=text)
    assert {lot.name: lot.level for lot in found.lots} == {"第一包": "required", "第二包": "none"}
    assert found.evidence[0].lot == "第一包"


def test_lots_in_a_document_bear_the_names_that_the_notice_gives_them() -> None:
    text = "第一包：AI服务器 8 台\n第二包：交换机 2 台"
    asked = pages("包1：AI服务器 8 台\n技术要求：须采用昇腾910B芯片。\n包2：交换机 2 台")
    assert {lot.name: lot.level for lot in verdict(asked, text=text).lots} == {"第一包": "required", "第二包": "none"}


def test_a_document_of_hundreds_of_pages_is_read_to_its_end() -> None:
    many = ["投标人应当按照招标文件的要求编制投标文件，并对其真实性负责。\n" * 30] * 400
    found = verdict(pages(*many, "AI服务器 8 台，须采用昇腾910B芯片。"))
    assert (found.level, found.evidence[0].page) == ("required", 401)


def test_a_catering_tender_is_not_flagged_for_the_policies_its_document_repeats() -> None:
    policy = (
        "第二章 投标人须知\n采购人应当优先采购节能产品、环境标志产品。政府采购应当采购本国货物、工程和服务。\n"
        "涉及台式计算机、服务器的，应当符合政府采购需求标准关于安全可靠测评的要求。\n投标人应自备电脑解密投标文件。"
    )
    found = verdict(pages(policy), title="某大学食堂食材配送服务招标公告", text="采购内容：食材配送服务 1 项")
    assert found.level in ("none", "mentioned")
    assert not found.compute
