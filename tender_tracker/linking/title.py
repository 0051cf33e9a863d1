"""A notice's title → what it buys: equal for all notices of a procurement.

Stage (公开招标公告, 中标结果公告), re-issue (（重发）, （二次）), number, agency and buyer are left out; batches, years
and kinds of work (设计, 监理, 施工) stay in, and lots are told apart.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from tender_tracker.linking import numbers
from tender_tracker.linking.buyers import names
from tender_tracker.linking.marks import Marks, arabic, marks, plain

_COUNT = r"第?[一二两三四五六七八九十\d]{1,2}[次轮]"
_AGAIN = r"(?:重新|再次)(?:发布|招标|采购|公告|磋商|谈判|询价|挂网|比选)|重发(?![展电动])|重招(?!标)"
"""起重招标公告 is no re-issue."""
_REISSUE = re.compile(
    rf"[(\[](?:{_COUNT}(?:采购|招标|公告|挂网|发布|磋商|谈判|询价|比选|竞价)?|[^()\[\]]{{0,12}}?(?:{_AGAIN})[^()\[\]]{{0,4}}|重)[)\]]"
    rf"|-?(?:{_COUNT})?(?:{_AGAIN})|{_COUNT}(?=(?:公开)?(?:采购|招标|公告|征求|竞争|磋商|谈判|询价|更正|变更))"
)
_AMENDED = re.compile(
    rf"{_COUNT}(?=更正|变更|澄清|延期|答疑|补遗)|(?<=更正公告|变更公告|澄清公告|延期公告|答疑公告)\({_COUNT}\)"
)
"""The second amendment is no second call."""
_INTENT = re.compile(r"^.{0,40}?20\d\d年\d{1,2}(?:[-至到]\d{1,2})?月份?.{0,6}?采购意向(?:公[开告示])?[-:(\[]*(?=.{4})")
"""某大学2026年5月政府采购意向-服务器: the month is when it may be called."""
_FIRST = re.compile(r"[(\[]?第?[一1][次轮](?:采购|招标|公告|挂网|发布|磋商|谈判|询价|比选|竞价)?[)\]]?")
_BRACKET = r"(?:\[[^\[\]]*(?:\[[^\[\]]*\][^\[\]]*)?\])"
_LABELS = re.compile(rf"^{_BRACKET}+|{_BRACKET}+$")
_ORGANISATION = (
    r"(?:公司|中心|事务所|医院|学校|大学|学院|局|委员会|集团|政府|办公室|分院|院区|研究院|研究所|银行|支队|总队|机关)"
)
_NOTICE = r"(?:公告\d?|公示|通知书?|通告|邀请函|邀请书|询价函|采购函|合同书?|意向书?|文本|结果|征集函|公开)"
_STEP = (
    r"(?:中标|成交|中选|入围结果|采购|招标|招租|评审|评标|定标|比选|遴选|磋商|竞争性?|谈判|询价|询比|竞价|竞谈|议标|邀标|流标|废标|终止|取消|"
    r"暂停|变更|更正|修改|延期|顺延|澄清|补遗|补充|答疑|修正|资格预审|预审|单一来源|单源|预|标前|标|邀请|国内|国际|政府|非政府|文件|意见|"
    r"征求|征询|征集|论证会?|需求|调研|(?:市场|价格)(?=调研|调查|询价)|调查|候选人|供应商|推荐日|推介|失败|异常|初始|履约(?:验收)?|"
    r"验收(?=公告|公示|结果)|信息(?=公告|公示)|网上超市|定点|项目|院内|的|及|或|、|/|-|"
    r"\((?:成交|中标|中选|采购|招标|货物|服务|工程|流标|废标|更正|变更|\d{1,2})\)|(?<=公[告示])\([^()]{0,6}\))"
)
_STAGE = re.compile(rf"(?:(?>{_NOTICE}|{_STEP}))+$")
"""The end of a title, token by token; each token is read one way only, so that no title takes long."""
_TOLD = re.compile(rf"{_NOTICE}|中标成交|答疑|澄清|调研|流标|废标|终止|更正|变更|征询|招标|采购项目")
"""What the end of a title must hold to be a stage: 文件 or 供应商 alone may be what is bought."""
_ABOUT = re.compile(rf"^(?:.{{2,60}}?{_ORGANISATION}(?:\(.{{2,40}}?\))?|(?>{_STEP})*{_NOTICE})?:?关于(?=.{{4}})")
_EMPTY = re.compile(
    r"非?政府采购|公开招标|邀请招标|竞争性(?:磋商|谈判)|单一来源|询价|询比|比选|遴选|议标|谈判|磋商|竞价|采购|招标|购置|购买|项目|定点|"
    r"(?:施工)?工程(?=$)|公开|院内|[的及与和]|[,。、;:·\-_~“”\"'‘’《》<>()\[\]/.]"
)
_ORDINAL = re.compile(r"(第?)([一二三四五六七八九]?十[一二三四五六七八九]?|[一二三四五六七八九])(?=[期批])")
_PLACE = re.compile(r".{2,6}?(?:省|自治区|市|州|县|区)")
"""What may stand before the name of a buyer: 四川省德阳市人民医院."""
WEAK = re.compile(
    r"服务|单位|相关|设备|设施|系统|安装|工程|建设|年度|供应商|入围|等|医用|医疗(?!设备|器械|机构)|管理|类"
)
"""Words that one stage prints and another leaves out."""
WORKS = (
    "设计", "监理", "施工", "勘察", "勘测", "检测", "监测", "测绘", "造价", "代理",
    "审计", "评估", "评价", "保险", "咨询", "软件", "硬件", "维保", "维护", "运维",
    "保洁", "物业", "租赁", "培训", "法律", "劳务", "验收", "拆除", "养护", "网络安全",
)  # fmt: skip
"""Kinds of work that are bought on their own for one and the same undertaking."""


_LONGEST = 400
"""Characters of a title that are looked at."""


@dataclass(frozen=True, slots=True)
class Subject:
    """`core` is what is bought, `whole` the same with the buyer's name, `bare` the core without its brackets,
    `skeleton` without words that stages add and drop, where enough remains; `numbers` are those of the title."""

    core: str
    whole: str
    bare: str
    skeleton: str
    numbers: frozenset[str]
    marks: Marks
    reissue: bool
    works: frozenset[str]


@lru_cache(8192)
def subject(title: str, buyer: str | None = None) -> Subject:
    """What a title says is bought. The buyer's name is left out where enough remains."""
    text = _once(plain(title[:_LONGEST]))
    printed = numbers.in_title(text)
    for number in printed:
        text = re.sub(rf"[(\[]?(?:(?:项目|招标|采购)?编号:?)?{re.escape(number)}[)\]]?", "", text)
    found, text = marks(_AMENDED.sub("", _INTENT.sub("", text)))
    text = _LABELS.sub("", _ABOUT.sub("", _LABELS.sub("", text)))
    again = _REISSUE.search(text)
    text = _staged(_LABELS.sub("", _REISSUE.sub("", text)))
    text = _ORDINAL.sub(lambda match: match[1] + arabic(match[2]), text)
    whole = _once(_EMPTY.sub("", text))
    core = _once(_without(whole, buyer))
    weak = WEAK.sub("", core)
    return Subject(
        core=core,
        whole=whole,
        skeleton=weak if len(weak) >= 4 else core,
        bare=_once(_without(_once(_EMPTY.sub("", re.sub(r"\([^()]*\)", "", text))), buyer)),
        numbers=frozenset(kept for number in printed if (kept := numbers.normal(number))),
        marks=found,
        reissue=again is not None and not _FIRST.fullmatch(again.group()),
        works=frozenset(work for work in WORKS if work in core),
    )


def _staged(text: str) -> str:
    """A title without the stage at its end."""
    end = _STAGE.search(text)
    return text[: end.start()] if end and _TOLD.search(end.group()) else text


def _without(whole: str, buyer: str | None) -> str:
    """A title without the names of its buyer, or without the end of a name that it begins with."""
    core = whole
    for name in sorted(names(buyer), key=len, reverse=True):
        bare = _EMPTY.sub("", name)
        while bare and bare in core and len(core) - len(bare) >= 3:
            before, _, after = core.partition(bare)
            core = after if _PLACE.fullmatch(before) and len(after) >= 3 else before + after
        for cut in range(1, len(bare) - 3):
            if core.startswith(bare[cut:]) and len(core) - len(bare) + cut >= 3:
                core = core[len(bare) - cut :]
                break
    return core


def _once(text: str) -> str:
    """甲甲 → 甲: sites print a title twice in a row."""
    half, odd = divmod(len(text), 2)
    return text[:half] if half >= 3 and not odd and text[:half] == text[half:] else text
