"""Text of a tender → the moment bids must be in. Questions, registration and deposits have deadlines of their own."""

from __future__ import annotations

import re
from datetime import datetime

from tender_tracker.pages import dates

_SUBMISSION = re.compile(
    r"(?:投标|响应|递交|提交|报价|应答|竞价|竞标|首次|申请文件|比选|上传|报送|谈判文件|磋商文件|参选|应征)[^。；;\n|]{0,30}(?:截止|截至)|截标|"
    r"(?:投标|响应|应答|报价|申请|竞标)(?:文件)?(?:的)?(?:递交|提交|上传)[^。；;\n|]{0,8}时间"
)
_BEFORE = re.compile(r"^[^。；;\n]{0,14}[前止][^。；;\n获报购]{0,30}(?:提交|递交|上传|送达|投递|送至|密封)")
_OPENING = re.compile(r"开标|开启|开封|唱标|开评标|(?:磋商|谈判|询价|竞价|比选|评审|评标)(?:开始)?(?:日期|时间)|将于")
_CLOSING = re.compile(r"截止(?:时间|日期|时点|至)?|截至")
_OTHER = re.compile(
    r"获取|报名|购买|发售|下载|领取|出售|疑问|质疑|澄清|异议|提问|答疑|保证金|保函|公示|踏勘|勘察|咨询|询问|注册|签到|到账|缴纳|交纳|"
    r"首次公告|公告(?:日期|时间)|发布|合同|交货|服务期|更正前|原公告|竣工|开工|有效期|查询|信用|入围期|期限"
)
_MOVED = re.compile(
    r"^[^。；;\n]{0,14}(?:\||→|(?:更正|变更|调整|修改|改|延期|推迟|顺延|延长|更改)(?:为|至|到))[^。；;\n]{0,30}$"
)
_MAY_LEAD = frozenset("截标启封唱审间将")
"""Signs without which no words before a date make it a deadline; cheaper to look for than the words."""
_CUT = re.compile(r"[。；;\n]")
_LEAD = re.compile(r"^[\s\d.、（）()一二三四五六七八九十|时间为：:]*$")


def find(text: str, amended: bool = False) -> datetime | None:
    """The printed deadline of submission, else of opening; `amended` takes the last of equals (what 更正后 says)."""
    best: tuple[int, datetime] | None = None
    done = rank = 0
    for when in dates.find_all(text):
        moved = amended and rank and _MOVED.match(text[done : when.start])
        rank = rank if moved else _rank(text, when, done)
        done = when.end
        if rank and (best is None or rank > best[0] or (amended and rank == best[0])):
            best = (rank, when.closing)
    return best[1] if best else None


def _rank(text: str, when: dates.When, done: int) -> int:
    """How surely a date is the deadline: 0 is not at all."""
    clause = _clause(text, when.start, done)
    if not _MAY_LEAD.isdisjoint(clause) and (rank := _led(clause)):
        return rank + when.has_time
    after = text[when.end : when.end + 60]
    if ("前" in after or "止" in after) and _BEFORE.match(after) and "保证金" not in clause:
        return 6 + when.has_time
    return 0


def _led(clause: str) -> int:
    """How surely the words before a date say that it is the deadline."""
    other: int | None = None
    for rank, pattern in ((6, _SUBMISSION), (4, _OPENING), (2, _CLOSING)):
        here = _last(pattern, clause, clean=True)
        if here < 0:
            continue
        other = _last(_OTHER, clause) if other is None else other
        if here > other and (pattern is not _CLOSING or other < 0):
            return rank
    return 0


def _clause(text: str, start: int, done: int) -> str:
    """What leads up to a date: its own sentence, and the line above when the date stands first on its line."""
    lead = text[max(done, start - 90) : start]
    cuts = [cut.end() for cut in _CUT.finditer(lead)]
    if not cuts:
        return lead
    own = lead[cuts[-1] :]
    if _LEAD.match(own) and lead[cuts[-1] - 1] == "\n":
        return lead[cuts[-2] :] if len(cuts) > 1 else lead
    return own


def _last(pattern: re.Pattern[str], words: str, clean: bool = False) -> int:
    """Where the last match ends; `clean` leaves out matches that speak of another deadline (投标保证金的到账截止)."""
    found = (match for match in pattern.finditer(words) if not (clean and _OTHER.search(match.group())))
    return max((match.end() for match in found), default=-1)
