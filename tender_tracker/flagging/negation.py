"""Negations around a hit → mentioned, when they speak of it and not of a detail, another item or others."""

from __future__ import annotations

import re

from tender_tracker.flagging.case import Found, Spot
from tender_tracker.flagging.evidence import Hit

_NOT_FORCED = re.compile(r"非强制|不(?:再)?强制|不作(?:为)?(?:强制|硬性)|不硬性")
_NOT_BINDING = re.compile(r"(?:不|非)(?:再)?作?为?(?:实质性|资格|强制|否决|硬性|必须|必要|前提|门槛|准入|入围)")
_HELD = re.compile(r"仍(?:旧|然)?(?:按|须|应|以|执行|要求)|维持|照旧")
_DETAIL = re.compile(
    r"(?:其|的|等|单颗|每颗|整机|CPU|处理器|品牌、)?(?:型号|规格|系列|颜色|外观|尺寸|形态|机箱|高度|重量|噪声|功耗|电源|\d{1,3}核|核心?数?量?|颗数|路数|主频|频率|缓存|制程|数量|"
    r"内存|硬盘|显存|接口|网口|端口|插槽|光驱|键鼠|屏幕)[\u4e00-\u9fffA-Z\d、≥]{0,8}$"
)
_ANY_MAKE = re.compile(r"^[\u4e00-\u9fffA-Z]{0,8}[（(](?:品牌|厂家|厂商)[^，。；;|\n]{0,4}不限[）)]")
SHUT_OUT = re.compile(
    r"不(?:予|被|得(?!分)|能|可|准|许|接受|接收|允许|考虑|受理|收货|验收|采纳|认可)|(?<!不作)(?<!不按)(?<!不视为)无效|拒|谢绝|禁止|严禁|否决|废标|淘汰|退[回货]|违约|索赔|未实质|视为[未不]"
)
_CLOSES_LIST = re.compile(r"其他|其它|进口|国外|境外|偏离|负偏离|联合体|分包|转包")
FREE_CHOICE = re.compile(r"均可|皆可|任一|任选|择一|都可|亦可|不限|不作限制|各(?:一|1|\d)")


def negated(spot: Spot) -> Found | None:
    cue = _negation(spot)
    if not cue:
        return None
    if spot.text[cue.start] == "非" and SHUT_OUT.search(spot.text, *spot.clause):
        return None  # 非国产芯片不予接受, 不接受采用非国产芯片的服务器
    if _NOT_BINDING.match(spot.text, cue.start) and spot.reading.cue("cue.score", *spot.clause):
        return None  # 采用国产芯片的得5分，不作为实质性要求
    if cue.end <= spot.part[0] and spot.reading.cue("cue.score", *spot.part):
        return None  # 品牌不作限定，投国产GPU者加3分
    if spot.text[cue.start] == "非" and spot.reading.cue("cue.score", *spot.clause):
        return None  # 国产芯片的8分，非国产芯片的4分
    if _HELD.search(spot.text, cue.end, spot.start):
        return None  # 答：不可，仍按海光要求
    soft = spot.reading.cue("cue.precedence", *spot.clause)
    own = spot.reading.structure.part(cue.start, cue.end)
    model = spot.reading.cue("cue.equivalent", *spot.part) or spot.reading.cue("cue.equivalent", own[0], cue.start)
    if model and not spot.part[0] <= cue.start < spot.part[1]:
        return "preferred", (model.rule.id,)  # 以昇腾910B为参考配置，其他产品均可参与
    aside = spot.reading.cue("cue.precedence", *spot.part) and not spot.part[0] <= cue.start < spot.part[1]
    if soft and (aside or _NOT_FORCED.match(spot.text, cue.start)):
        return "preferred", (soft.rule.id,)  # 建议优先选用国产，其他亦可
    alike = spot.text.startswith(("不分", "不论", "无论"), cue.start)  # 不分国产与进口
    if not alike and _CLOSES_LIST.search(spot.text, cue.end, min(cue.end + 8, spot.clause[1])):
        return None
    if not spot.text.startswith("不涉及", cue.start) and _only_domestic_choice(spot):
        return None
    return "mentioned", (cue.rule.id,)


def _negation(spot: Spot) -> Hit | None:
    """The negation that speaks of the hit: in its part, else, where nothing obliges, in its clause or row."""
    if cue := spot.reading.cue("cue.negation", *spot.part):
        return cue if _speaks_of(spot, cue) else None
    if spot.obliged:
        return None
    low, high = spot.clause
    while cue := spot.reading.cue("cue.negation", low, high):
        if _speaks_of(spot, cue):
            return cue
        low = max(cue.end, low + 1)
    if spot.row == spot.clause:
        return None
    further = spot.reading.cue("cue.negation", spot.clause[1], spot.row[1])
    return None if further and spot.text[further.start] == "非" else further


def _speaks_of(spot: Spot, cue: Hit) -> bool:
    """Not so a negation with a subject of its own (…显卡，CPU不限), of a detail, or of another item of the list."""
    if not spot.part[0] <= cue.start < spot.part[1]:
        low, _ = spot.reading.structure.part(cue.start, cue.end)
        if spot.outer and spot.outer[0] <= cue.start < spot.outer[1]:
            return True  # 架构、产地均不设限（含国产处理器）
        own = spot.text[low : cue.start]
        if spot.reading.classes_before(low, cue.start) and not own.startswith(("等", "任")):
            return False
    if of_detail(spot, cue):
        return False  # 信创服务器（型号不限）, 龙芯3A6000，8核不作要求
    if spot.hit.rule.kind == "word" and _ANY_MAKE.match(spot.text[spot.end : cue.end + 1]):
        return False  # 国产芯片（品牌不限）
    return not (cue.start > spot.end and _of_another_item(spot, cue))


def _of_another_item(spot: Spot, cue: Hit) -> bool:
    """4张天垓150加速卡、2颗32核CPU（品牌不限）: each item of the list has its own thing, the last one is free."""
    own, comma, rest = spot.text[spot.end : cue.start].partition("、")
    if not comma or any(spot.reading.between("product", spot.end, cue.start)):
        return False
    things = (spot.reading.head(spot.end, spot.end + len(own)), spot.reading.head(cue.start - len(rest), cue.start))
    return things == ("compute", "compute")


def _only_domestic_choice(spot: Spot) -> bool:
    """鲲鹏、飞腾均可: a free choice among domestic chips alone is still a domestic demand."""
    reading = spot.reading
    chips = {family for other in reading.between("product", *spot.clause) for family in other.families}
    words = list(reading.between("word", *spot.clause))
    if (len(chips) < 2 and len(words) < 2) or any(reading.between("foreign", *spot.clause)):
        return False
    return bool(FREE_CHOICE.search(spot.text, *spot.clause))


def of_detail(spot: Spot, cue: Hit) -> bool:
    """Whether a cue behind the hit speaks of a detail of its goods: …，主频不限; （型号不限）; （核数每多8核加1分）."""
    if cue.start < spot.end:
        return False
    low, _ = spot.reading.structure.part(cue.start, cue.end)
    own = max(low, spot.end)
    return bool(_DETAIL.match(spot.text, own, cue.start))
