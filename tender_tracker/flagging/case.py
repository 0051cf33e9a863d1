"""One notice under judgement: what was read, what it buys, what kind of notice it is, and where each hit stands."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tender_tracker.flagging.evidence import Hit, Reading
from tender_tracker.flagging.lazy import lazy
from tender_tracker.flagging.lines import Line
from tender_tracker.flagging.purchase import Purchase, purchase
from tender_tracker.model import Level

_AWARD_TITLE = re.compile(r"中标|成交|中选|判[给給]|结果(?!测评|公告测)|候选人|验收|AWARD|合同(?!包)|CONTRACT")
_AWARD_CERTAIN = re.compile(
    r"中标(?:结果|公告|公示|候选)|成交(?:结果|公告|公示|候选|确认)|中选|候选人|(?:采购|评审|成交|询价|磋商|谈判)结果|结果公[告示]|决标|判[给給]|验收(?:公[告示]|单|报告|意见)|合同公[告示]|AWARD|ACCEPTANCE\s(?:REPORT|CERTIFICATE|NOTICE)"
)
_RESULT = re.compile(r"(?:中标|成交|中选|采购|评审|询价|磋商|谈判)结果(?!通知书领取)")
"""A title that tells a result although its source files it under calls, as 询价 portals do."""
_AWARD_TEXT = re.compile(
    r"(?:中标|成交|中选|得标|判[给給])(?:供应商|对象|對象|候选人|人|单位|金额|价|厂商)|供应商名称|主要(?:中标|成交)?标的|中标（成交）|AWARDED\sTO|"
    r"合同(?:总?价|金额|编号)|标的物|甲方|乙方|供方|验收(?:结论|日期|内容|合格)|通过验收|供货商|订单(?:状态|编号)"
)
_AMENDMENT = re.compile(
    r"更正|变更|澄清|答疑|补遗|修改|补充(?:通知|公告|文件|说明)|CORRIGENDUM|AMENDMENT|CLARIFICATION"
)

OLD_TO_NEW = re.compile(
    r"(?<=[”\"])应为(?=[“\"])|，即[:：]|恢复(?:原文|原要求|原条款|原表述)[^。；;\n]{0,6}即[:：]?|(?:恢复|细化|明确|放宽|限定)(?:并[\u4e00-\u9fff]{2})?为|(?:现|统一|均)?(?:更正|修改|变更|调整|更改|修正|替换|改|更新)(?:为|成|如下)|现为|改成|(?:应|现)(?:改|更正)为|→|-->|=>|"
    r"(?:IS\s)?(?:REPLACED\s(?:BY|WITH)|CHANGED\sTO|AMENDED\sTO|NOW\sREADS)"
)

# Marks before or behind a clause (★ ▲ # …): what each means is the notice's to say; ▲ and # score by custom.
_MARKS = "★▲#△◆●*☆※◎○■□◇▼▽√"
_MARK_NAMED = re.compile(
    rf"([{_MARKS}])[”\"'’）)】]?\s?(?:号|标记|标识)?(?:的)?(?:条款|项|者|指标|参数|为|表示|代表|标注|系|是)"
)
_MARK_AHEAD = re.compile(rf"[\s\d.、（()）A-Z\-]*([{_MARKS}])")
_MARK_BEHIND = re.compile(rf"[（(|]\s?([{_MARKS}])\s?(?:[）)|\n]|$)")
_MARK_MEANING_END = re.compile(r"[；;。\n]")
_BINDING = re.compile(r"实质性|必须满足|无效|废标|否决|不允许(?:负)?偏离|不[得可](?:负)?偏离|逐条响应|MANDATORY")
_SCORING = re.compile(
    r"供参考|加分|扣分|得分|评分|计分|评审(?:项|时|因素|重点)|不作为|允许偏离|不影响|重点(?:考察|评审)|一般(?:参数|条款)|\d+分"
)

_LOT_NAME = re.compile(r"[:：]?\s?[^，。；;：:|（(\n\d]{0,8}")
_LOT_WINNER = re.compile(
    r"[^，。；;：:|\n\d—]{0,16}(?:[：:]|——?)\s?"
    r"(?:(?:中标|成交|中选|得标)(?:人|供应商|单位|商)|[\u4e00-\u9fff（）()]{2,24}公司(?=[，,；;。\n]|$))"
)
"""A包 鲲鹏云实训平台：中标人…: the name of a lot, then who won it."""
_ANOTHER_VERB = re.compile(
    r"(?:并且?|且|同时)(?:须|应|需)?(?:采用|使用|选用|配|搭载|具备)|采购(?!人|方|单位|包)|购置|采买|租用"
)

_PROJECT_NAME = re.compile(
    r"[\d\s一二三四五六七八九十、.．（()）]{0,8}(?:采购|招标)?(?:(?:项目|标项|工程)名称|项目)[:：|]"
)
_FIELD_END = re.compile(r"[；;。|]")
_BUYER = re.compile(
    r"(?:采购人|采购单位|采购方|订购单位|购买单位)(?:名称|全称|信息)?[:：|]\s?(?:名称[:：])?([^\n，。；|]{2,30})"
)
_PUBLIC_BODY = re.compile(
    r"(?:人民政府|财政[所局厅]|(?<!邮政)(?<!电)(?<!供电)局|委员会|厅|办公室|办事处|法院|检察院|(?<!医)委|政府|党校|税务所|司法所)$"
)

Found = tuple[Level | None, tuple[str, ...]]
"""A level (None: nothing to say) and the ids of what led to it."""


@dataclass(frozen=True)
class Case:
    reading: Reading
    purchase: Purchase
    award: bool
    """The notice announces who won or what was contracted."""
    amendment: bool

    @classmethod
    def of(cls, reading: Reading, kind: str | None) -> Case:
        """`kind` as told by the source, None to be told from the words."""
        title = reading.text[: reading.title_end]
        award = kind in ("award", "contract") or (
            kind in (None, "other", "single_source") and _is_award(title, reading.text)
        )
        award = award or (kind == "tender" and bool(_RESULT.search(title)))
        return cls(reading, purchase(reading), award, kind == "amendment" or bool(_AMENDMENT.search(title)))

    @lazy
    def scored_marks(self) -> frozenset[str]:
        """Marks that only earn points in this notice."""
        scored = set("▲#△◆")
        text = self.reading.text
        namings = list(_MARK_NAMED.finditer(text))
        for named, following in zip(namings, [*(naming.start() for naming in namings[1:]), len(text)], strict=False):
            stop = _MARK_MEANING_END.search(text, named.end(), following)
            meaning = text[named.end() : stop.start() if stop else min(named.end() + 60, following)]
            if _SCORING.search(meaning):
                scored.add(named[1])
            elif _BINDING.search(meaning):
                scored.discard(named[1])
        return frozenset(scored)

    @lazy
    def public_body(self) -> bool:
        """Whether the buyer that the notice names is a party or government body."""
        named = _BUYER.search(self.reading.text)
        return bool(named and _PUBLIC_BODY.search(named[1]))

    @lazy
    def pure(self) -> bool:
        """Whether nothing but compute and its software is bought, so that a word without a noun can only mean it."""
        if self.purchase.title == "compute":
            return True
        nouns = self.reading.nouns(0, len(self.reading.text))
        return not any(noun.rule.noun_class == "other" for noun in nouns)


class Spot:
    """Where one hit stands: its line, clause (between 。；|), part (between commas and brackets) and lot."""

    def __init__(self, case: Case, hit: Hit) -> None:
        self.case, self.hit, self.reading = case, hit, case.reading
        self.text, self.start, self.end = case.reading.text, hit.start, hit.end

    @lazy
    def line(self) -> Line:
        return self.reading.structure.line(self.start)

    @lazy
    def clause(self) -> tuple[int, int]:
        """Of a correction only the new wording counts: 原…，现更正为|…"""
        low, high = self.reading.structure.clause(self.start, self.end)
        if self.case.amendment:
            for turn in OLD_TO_NEW.finditer(self.text, low, self.start):
                low = turn.end()
        return low, high

    @lazy
    def part(self) -> tuple[int, int]:
        low, high = self.reading.structure.part(self.start, self.end)
        return max(low, self.clause[0]), high

    @lazy
    def row(self) -> tuple[int, int]:
        """The whole row for a table cell, else the clause."""
        return (self.line.start, self.line.end) if len(self.cells) > 1 else self.clause

    @lazy
    def cells(self) -> list[tuple[int, int]]:
        return self.reading.structure.cells(self.line)

    @lazy
    def cell(self) -> int:
        """Index of the hit's cell in its row."""
        return next((i for i, (low, high) in enumerate(self.cells) if low <= self.start <= high), 0)

    @property
    def head(self) -> str:
        """What heads the hit's column, "" without a table head."""
        return self.line.header[self.cell] if self.cell < len(self.line.header) else ""

    @lazy
    def lot(self) -> str | None:
        return None if self.reading.in_title(self.hit) else self.reading.structure.lot(self.start)

    @lazy
    def outer(self) -> tuple[int, int] | None:
        """The part before the bracket that the hit stands in."""
        return self.reading.outer(self.start)

    @lazy
    def names_lot(self) -> bool:
        """Whether a lot is named by the hit: 第一包（龙芯）"""
        labels = self.reading.structure.labels
        label = next((one for one in labels if one.start < self.start <= one.end + 8), None)
        named = label and _LOT_NAME.fullmatch(self.text, label.end, self.start)
        if named and _LOT_WINNER.match(self.text, self.end, self.line.end):
            return True
        if not label or not re.fullmatch(r"[（(:：][^）)，。；|\n]{0,12}", self.text[label.end : self.start]):
            return False
        if self.text[label.end : self.start] in ("：", ":"):
            return bool(re.match(r"[^，。；|\n\d]{0,8}(?:\||\n|$)", self.text[self.end : self.end + 12]))
        return bool(re.match(r"[^，。；|\n]{0,8}[）)]", self.text[self.end : self.end + 12]))

    @lazy
    def names_project(self) -> bool:
        """Whether the hit stands in the field that repeats the title: 项目名称：国产AI算力租赁服务采购"""
        named = _PROJECT_NAME.match(self.text, self.line.start, self.start)
        return named is not None and not _FIELD_END.search(self.text, named.end(), self.start)

    @lazy
    def mark(self) -> str | None:
        """The mark that stands before or behind the hit's clause."""
        found = _MARK_AHEAD.match(self.text, self.line.start, self.start) or _MARK_BEHIND.search(
            self.text, self.end, self.line.end + 1
        )
        return found[1] if found else None

    @lazy
    def obliged(self) -> Hit | None:
        return self.reading.cue("cue.oblige", *self.part)

    @lazy
    def supported(self) -> Hit | None:
        """The 'must support' whose object the hit is, also through the bracket it stands in."""
        low = self.outer[0] if self.outer else self.part[0]
        cue = self.reading.cue("cue.support", low, self.start)
        if cue and _ANOTHER_VERB.search(self.text, cue.end, self.start):
            return None  # 须支持国密并采用国产处理器
        return cue if cue and self.start - cue.end <= 28 else None

    @lazy
    def bought(self) -> bool:
        """Whether compute is bought where the hit stands."""
        lots = self.case.purchase.lots
        if self.lot is None:
            return self.case.purchase.compute
        if lots.get(self.lot):
            return True
        # A lot without goods of its own inherits a compute purchase that no lot claims.
        return bool(lots.get(None)) and not any(value for key, value in lots.items() if key)


def _is_award(title: str, text: str) -> bool:
    """Whether the words of a notice without a known kind announce who won or what was contracted."""
    if _AMENDMENT.search(title) and not ("合同" in title and _AWARD_TEXT.search(text)):
        return False
    return bool(_AWARD_CERTAIN.search(title)) or bool(_AWARD_TITLE.search(title) and _AWARD_TEXT.search(text))
