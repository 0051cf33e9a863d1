"""A hit in a correction or a clause that takes something back → what is left of its demand."""

from __future__ import annotations

import re

from tender_tracker.flagging.case import OLD_TO_NEW, Found, Spot
from tender_tracker.flagging.evidence import Hit

_OLD_MARK = re.compile(r"原|由|将|ORIGINAL|THE\sWORDS|“|\"")
_KEPT = re.compile(
    r"[^。；;\n]{0,16}(?:予以保留|保留不变|保持不变|维持不变|继续有效|仍然有效|不作修改|[”\"](?:一词|二字|两字|条款|要求|内容)?不变)"
)
_OLD_LINE = re.compile(
    r"[\d\s.、（()）]{0,6}(?:原(?:条款|文|内容|要求|表述|参数|采购文件|招标文件)?|更正前|修改前|变更前)[:：]"
)
_NEW_LINE = re.compile(
    r"[\n；;。，,][\d\s.、（()）]{0,6}(?:现(?:条款|文|内容|要求|表述|参数)?|新条款|更正后|修改后|变更后|改为|更正为|修改为)[:：]"
)
_OLD_COLUMN = re.compile(r"更正前|原|修改前|变更前|调整前")
_GIVEN_UP = re.compile(r"(?:原拟|原计划|原定|原先拟)[^。；;\n]{0,40}$")
_TAKEN_BACK = re.compile(r"(?:删除|取消|去掉|删去|不再执行)(?:该|此|上述|前述)(?:条|项|要求|限制|内容|规定)")
_TAKEN_BACK_WITHIN = 60
"""Characters behind a demand in which the words that take it back begin."""
_UNBOUND = re.compile(
    r"[^，。；;\n]{0,6}(?:[★▲*#](?=号|标|符|[”\"]|要求|$)|星号|实质性|否决|强制|必须满足|资格(?:条件|要求)|废标|无效|门槛)"
)
_TO_POINTS = re.compile(r"[“\"]?(?:评审|评分|加分|得分|计分)(?:项|因素|指标|点)")
"""“CPU须为国产”由实质性要求改为加分项: the wording stays, its weight changes."""
_STILL = re.compile(r"(?<!原)仍(?:旧|然)?(?:必须|须|应|需|按|为|要求)")
"""仍须采用昇腾910，仅将数量由10台改为12台: what is changed is another thing."""
_STRUCK = re.compile(r"(?:删除|删去|删掉|去掉|取消)[^，。；;“\"]{0,4}[“\"]([^”\"\n]{2,30})[”\"]")


def amended(spot: Spot) -> Found | None:
    """The level that a correction leaves to the wording a hit stands in; None where it leaves that as it is."""
    text = spot.text
    if _narrowed(spot):
        return "required", ("narrowed",)
    if not _KEPT.match(text, spot.end) and (_replaced(spot) or _superseded(spot)):
        return "mentioned", ("cue.superseded",)
    taken_back = _TAKEN_BACK.search(text, spot.end, spot.line.end)
    if taken_back and taken_back.start() - spot.end <= _TAKEN_BACK_WITHIN:
        return "mentioned", ("cue.superseded",)
    if _GIVEN_UP.search(text, spot.line.start, spot.start) and OLD_TO_NEW.search(text, spot.end, spot.line.end):
        return "mentioned", ("cue.superseded",)
    return None


def _narrowed(spot: Spot) -> bool:
    """Whether all that is struck out is the way round the hit: “CPU：Intel或海光”中删去“Intel或”."""
    struck = _STRUCK.search(spot.text, spot.end, spot.clause[1])
    if not struck or not spot.bought or spot.text[spot.start : spot.end] in struck[1]:
        return False
    if struck[1] not in spot.text[spot.clause[0] : struck.start()]:
        return False
    foreign = any(spot.reading.between("foreign", *struck.span(1)))
    return foreign or spot.reading.cue("cue.equivalent", *struck.span(1)) is not None


def _superseded(spot: Spot) -> bool:
    """Whether the clause takes its demand back.

    不再限定品牌 beside an equivalent only opens the choice; 去掉★号 and 不再作为否决项 beside points or
    precedence leave those.
    """
    low, high = spot.clause
    while cue := spot.reading.cue("cue.superseded", low, high):
        opens = spot.text.startswith("不再限", cue.start) and spot.reading.cue("cue.equivalent", *spot.clause)
        unbound = _UNBOUND.match(spot.text, cue.end) and _earns_points(spot)
        if not (opens or unbound or _strikes_another(spot, cue)):
            return True
        low = cue.end
    return False


def _strikes_another(spot: Spot, cue: Hit) -> bool:
    """Whether a part of its own strikes out the way round the demand: CPU须为海光，取消原Intel参数."""
    low, high = spot.reading.structure.part(cue.start, cue.end)
    if low <= spot.start < high:
        return False
    domestic = (any(spot.reading.between(kind, low, high)) for kind in ("product", "word"))
    around = any(spot.reading.between("foreign", low, high)) or spot.reading.cue("cue.equivalent", cue.end, high)
    return bool(around) and not any(domestic)


def _earns_points(spot: Spot) -> bool:
    """Whether the clause speaks of points or of precedence."""
    return any(spot.reading.cue(name, *spot.clause) for name in ("cue.score", "cue.precedence"))


def _replaced(spot: Spot) -> bool:
    """Whether the hit stands in the old wording of a correction: 原…，现更正为…, the 更正前 column, a line 原条款：…"""
    if _STILL.search(spot.text, spot.part[0], spot.start):
        return False
    if spot.case.amendment and _OLD_LINE.match(spot.text, spot.line.start, spot.start):
        turn = OLD_TO_NEW.search(spot.text, spot.line.start, spot.start)
        behind = turn or _NEW_LINE.search(spot.text, spot.line.start, spot.start)
        return behind is None and bool(_NEW_LINE.search(spot.text, spot.end))
    if _OLD_COLUMN.search(spot.head) and not OLD_TO_NEW.search(spot.text, spot.cells[spot.cell][0], spot.start):
        return True
    turn = OLD_TO_NEW.search(spot.text, spot.end, spot.line.end) if spot.case.amendment else None
    if not turn or _is_new_wording(spot) or _TO_POINTS.match(spot.text, turn.end()):
        return False
    between = spot.text[spot.end : turn.start()]
    return (
        "。" not in between
        and len(between) < 120
        and bool(_OLD_MARK.search(spot.text, spot.line.start, spot.start + 1))
    )


def _is_new_wording(spot: Spot) -> bool:
    """Whether the hit stands behind a turn of its own: 原为…，现改为“海光7490”，数量由24台调整为36台."""
    turns = list(OLD_TO_NEW.finditer(spot.text, spot.line.start, spot.start))
    return bool(turns) and not re.search(r"原|由|将", spot.text[turns[-1].end() : spot.start])
