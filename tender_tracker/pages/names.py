"""Values behind the labels of a notice → the names of its buyer, agency, suppliers, and its region."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from tender_tracker.model import Kind
from tender_tracker.pages.labels import Entry, Row, Told

_END = re.compile(
    r"[，。；;\n|、]|,(?!\s?(?:Ltd|Inc|LLC|Co\b))|\s{2,}|[（(](?:盖章|签章|公章|以下|下称|简称|单位|如有|联合体|牵头|主体|成员)|[一二三四五六七八九十]{1,2}、|\d[.、．](?!\d)|地址|联系"
)
_BODY = (
    r"[^，。；;\n|、：:（）()\s\d]{1,30}?"
    r"(?:大学|学院|学校|中学|小学|幼儿园|医院|公司|集团|银行|研究院|研究所|中心|局|厅|委员会|政府|法院|检察院)"
)
_JOINED = re.compile(rf"{_BODY}(?:、{_BODY})+(?=$|[，。；;\n|（(])")
"""Several parties behind one label: 甲大学、乙大学. A part of another kind (甲大学、联系人) is no party."""
_EMPTY = re.compile(
    r"^(?:详见|见|无|/|-|—|\\|同|按|根据|以|由|为|应|须|如|及|的|和|或|在|与|对|将|可|本|信息|不|已|所有|其他|另行|负责)"
)
_WORDY = re.compile(r"[，。；：？]|招标文件|采购文件|公告|联系方式|电话|要求|不得|应当|可以")
_ROLES = {
    "buyer": "采购人 招标人 采购单位 招标单位 采购机构 业主 比选人 询价人 征集人",
    "agency": "代理",
    "proposed": "拟定供应商 唯一供应商 单一来源供应商 拟采购供应商 拟成交供应商",
    "first_candidate": "第一中标候选人 第一成交候选人 第一候选人 第一名",
    "supplier": "中标供应商 成交供应商 中标人 成交人 中标单位 成交单位 中选人 中标信息 成交信息",
    "other": "监督 监管 财政 供应商 投标人 受理 开户 平台 附件 第二 第三 其他 候选人",
}
_SECTIONS = {word[::-1]: role for role, words in _ROLES.items() for word in words.split()}
_SECTION = re.compile("|".join(sorted(_SECTIONS, key=len, reverse=True)))
"""The words backwards, so that the last one in a text is the first one found."""
_COMMISSIONED = re.compile(r"受\s*([^，。；：\n|、]{3,40}?)\s*(?:[（(]以下[^）)]*[）)])?\s*的?委托")
_RECEIVES = re.compile(r"受\s*[^，。；：\n|]{3,40}?\s*的?委托")
_AGENT = re.compile(r"([\u4e00-\u9fff（）()]{4,30}(?:公司|中心|事务所|院))\s*(?:[（(][^）)]{0,30}[）)])?\s*$")
_IS_BUYER = re.compile(
    r"(?:招标人|采购人|采购单位|招标单位|采购方|项目业主|业主)(?:名称)?(?:\s*[（(][^）)]{0,12}[）)])?\s*为\s*[“\"]?\s*([^，。；：\n|、”\"]{3,40})"
)
_IS_AGENCY = re.compile(r"(?:代理机构|招标代理|代理单位|代理人|代理公司)(?:名称)?\s*为\s*([^，。；：\n|、]{3,40})")
_ENTRUSTS = re.compile(r"(?:委托|授权)\s*([\u4e00-\u9fff（）()]{4,30}?(?:公司|中心|事务所))")
WON = re.compile(
    r"由\s*(?P<who>[^，。；：\n|]{4,40}?)\s*(?:中标|成交|中选|中签)[，,]?\s*"
    r"(?:(?:中标|成交|中选)?(?:总?金额|总?价格?)?\s*(?:为|：|:|是)?\s*(?P<money>(?:人民币|￥|¥)?\s*\d[\d,，.．]*\s*(?:亿元|万元|元)))?"
)
"""第一包由某公司中标，中标金额为94.998万元: an award told in a sentence."""
_PLACE = re.compile(
    r"^(?:中国)?((?:[\u4e00-\u9fff]{2,6}?(?:省|自治区))?[\u4e00-\u9fff]{2,10}?(?:市|自治州|盟|自治县|县|旗|地区)|[\u4e00-\u9fff]{2,6}?(?:省|自治区))"
)


_LONG = 120
"""Characters of a value that are looked at: a name has at most half of them."""


def clean(value: str) -> str | None:
    """What stands behind a label of a party → its name, or None when that is no name."""
    return _cleaned(value.strip()[:_LONG])


@lru_cache(maxsize=4096)
def _cleaned(value: str) -> str | None:
    """A site's notices name the same few thousand parties again and again."""
    joined = _JOINED.match(value) if "、" in value else None
    name = joined.group() if joined else _END.split(value, maxsplit=1)[0].strip(" ：:·\"'“”《》*")
    name = name if name.endswith(("Ltd.", "Inc.", "Co.")) else name.strip(".")
    if not 2 <= len(name) <= 60 or _EMPTY.match(name) or _WORDY.search(name) or name.isdigit():
        return None
    return _closed(name)


def _closed(name: str) -> str:
    """A bracket that was cut open is taken off: 甲公司（乙 → 甲公司."""
    for opening, closing in ("（）", "()"):
        if name.count(opening) > name.count(closing):
            name = name[: name.rfind(opening)].strip()
    return name


def resolved(entries: Iterable[Entry], text: str) -> Told:
    """Entries by field, the bare 名称 and 地址 given to the party whose section they stand in."""
    found: dict[str, list[Entry]] = {}
    role = ""
    for entry in entries:
        if entry.field == "name":
            role = _section(text, entry)
            entry = Entry(role or "unnamed", *entry[1:])
            role = role or "buyer"
        elif entry.field == "address":
            if "采购" in entry.label or "招标人" in entry.label:
                role = "buyer"
            entry = Entry("buyer_address" if role == "buyer" else "other", *entry[1:])
        elif entry.field in ("buyer", "agency", "weak_buyer"):
            role = "agency" if entry.field == "agency" else "buyer"
        elif entry.field in ("supplier", "supplier_name", "proposed"):
            role = "supplier"
        found.setdefault(entry.field, []).append(entry)
    return found


def _section(text: str, entry: Entry) -> str:
    """The party named last before a bare 名称, or ""; of 拟定供应商 and 供应商 the longer."""
    before = text[max(0, entry.start - 80) : entry.start].rpartition("。")[2]
    last = _SECTION.search(before[::-1])
    return _SECTIONS[last.group()] if last else ""


def party(told: Told, field: str) -> str | None:
    """The first usable name behind a label."""
    for value in values(told, field):
        name = clean(value)
        if name is not None:
            return name
    return None


def buyer(told: Told, text: str) -> str | None:
    return (
        party(told, "buyer")
        or _told(text, _IS_BUYER, _COMMISSIONED)
        or party(told, "weak_buyer")
        or party(told, "unnamed")
    )


def agency(told: Told, text: str) -> str | None:
    return party(told, "agency") or _told(text, _IS_AGENCY) or _commissioned(text) or _told(text, _ENTRUSTS)


def _commissioned(text: str) -> str | None:
    """某咨询公司（以下简称…）受某局委托: the agent stands before the word."""
    for match in _RECEIVES.finditer(text):
        agent = _AGENT.search(text[max(0, match.start() - 80) : match.start()])
        name = clean(agent.group(1)) if agent else None
        if name is not None:
            return name
    return None


def _told(text: str, *patterns: re.Pattern[str]) -> str | None:
    for pattern in patterns:
        for match in pattern.finditer(text):
            name = clean(match.group(1))
            if name is not None:
                return name
    return None


def region(told: Told) -> str | None:
    """The region as labelled, else the province, city or county the buyer's address starts with."""
    for field in ("region", "buyer_address"):
        for value in values(told, field):
            place = value.split("|")[0].strip()
            match = _PLACE.match(place)
            if match:
                return match.group(1)
            if field == "region" and 1 < len(place) <= 20:
                return place
    return None


def suppliers(told: Told, table: Sequence[Row], kind: Kind, text: str) -> tuple[str, ...]:
    """Who won, or who is proposed as the single source; losing bidders of the review tables are left out."""
    if kind == "single_source":
        found = values(told, "proposed") or values(told, "supplier_name")[:1]
    elif kind in ("award", "contract"):
        found = (
            _winners(table, "supplier")
            or _winners(table, "supplier_name")
            or values(told, "supplier")
            or values(told, "first_candidate")[:1]
            or _candidates(table)[:1]
            or values(told, "supplier_name")
            or [match["who"] for match in WON.finditer(text)]
        )
    else:
        return ()
    return tuple(dict.fromkeys(name for value in found for name in (clean(value) or "").split("、") if name))


def values(told: Told, field: str) -> list[str]:
    """What stands behind the labels of a field."""
    return [entry.value for entry in told.get(field, ())]


def _candidates(table: Sequence[Row]) -> list[str]:
    """Proposed winners in the order of their table."""
    named = [row.cells["supplier_name"] for row in table if "supplier_name" in row.cells]
    return [name for head, name in named if "候选人" in head]


def _winners(table: Sequence[Row], column: str) -> list[str]:
    """Suppliers with an award beside them."""
    return [row.cells[column][1] for row in table if column in row.cells and "award" in row.cells]
