"""What kind of notice a breadcrumb, a title or, failing both, a body announces."""

from __future__ import annotations

import re
from functools import lru_cache

from tender_tracker.model import Kind

# First match wins: a correction of an award is an amendment, an award by single source is an award.
_BY_NAME: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    ("intention", re.compile(r"采购意向|意向公[开示告]|采购计划公[示告]|招标计划")),
    ("amendment", re.compile(r"更正|变更|澄清|补遗|补充公告|答疑|修改公告|延期|延长|顺延|调整公告|修正")),
    ("cancel", re.compile(
        r"废标|流标|终止|失败|中止|取消|撤销|作废|异常公告|(?:项目|采购|招标)暂停|流废标|未成交|无效公告")),
    ("contract", re.compile(r"合同(?:公[告示开]|签[订定]|备案|结果|变更)|合同$|履约验收|验收(?:公[告示]|结果)")),
    ("award", re.compile(
        r"中标|成交|中选|结果公[告示]|(?:采购|招标|评标|磋商|谈判|询价|比选|评审)结果|入围(?:结果|公[告示]|供应商)|候选人|定标|结果$")),
    ("single_source", re.compile(r"单一(?:来源)?(?:采购)?|单源")),
    ("other", re.compile(
        r"论证意见|征求意见|意见征集|征集意见|需求(?:公示|调查|调研|论证|征集)|市场调研|投诉处理|处罚|处理决定|监督检查")),
    ("tender", re.compile(
        r"招标|磋商|谈判|询价|询比|比选|竞价|竞争性|资格预审|采购公告|邀请|遴选|征集|竞谈|交易公告|公开采购|竞采|项目公告|采购项目")),
)  # fmt: skip
_BY_BODY: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    ("amendment", re.compile(r"更正(?:事项|内容|信息|前|日期)|原公告的采购项目")),
    ("cancel", re.compile(r"(?:终止|废标|流标)(?:的)?原因|废标理由")),
    ("single_source", re.compile(
        r"(?:拟|采用|采取|以|通过)[^。]{0,8}单一来源|单一来源采购方式的原因|单源采购的(?:依据|原因)|唯一供应商")),
    ("award", re.compile(
        r"(?:中标|成交|中选)[^。\n]{0,8}(?:金额|供应商|信息|结果|人)(?:名称)?\s*[：:|]|中标通知书已|中标候选人\s*[：:|]")),
    ("contract", re.compile(r"合同金额\s*[：:]|合同签订日期")),
    ("tender", re.compile(
        r"(?:投标|响应|申请|报价|应答)[^。]{0,12}截止|获取(?:招标|采购|磋商|谈判|询价)?文件|开标时间|公开招标|"
        r"竞争性(?:磋商|谈判)")),
    ("intention", re.compile(r"预计采购(?:时间|月份)|采购意向")),
)  # fmt: skip
_ASIDE = re.compile(r"[（(][^（）()]*[）)]\s*$")
_SHARP = re.compile(r"更正|变更|终止|废标|流标|意向")


def kind_of(title: str, column: str = "", text: str = "") -> Kind:
    """Title, name of the site's column and text → kind; `other` when none of them says.

    The column decides, in a mixed one (其他公告) the end of the title, where Chinese puts the noun; without a column
    the end of the title, then the body, then the whole title.
    """
    tail = _ASIDE.sub("", title.strip())[-14:]
    if "其他" in column or "其它" in column:
        return _named(tail) or "other"
    by_column = _named(column)
    if by_column is not None:
        return _sharper(by_column, title)
    return _named(tail) or _told(text) or _named(title) or "other"


@lru_cache(maxsize=1024)
def _named(words: str) -> Kind | None:
    return next((kind for kind, pattern in _BY_NAME if pattern.search(words)), None)


def _told(text: str) -> Kind | None:
    return next((kind for kind, pattern in _BY_BODY if pattern.search(text)), None)


def _sharper(kind: Kind, title: str) -> Kind:
    """A column of awards holds their corrections and failures too; the end of the title knows."""
    tail = title.strip()[-8:]
    ends = _named(tail) if _SHARP.search(tail) else None
    return ends or kind
