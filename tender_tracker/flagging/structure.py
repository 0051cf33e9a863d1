"""Normalised notice text → its lines, clauses, table cells, sections and lots: the things a demand can belong to."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from functools import cached_property
from typing import NamedTuple

from tender_tracker.flagging import lots
from tender_tracker.flagging.lots import LotLabel, key_of
from tender_tracker.flagging.sections import role_of

_LEAD = re.compile(
    r"[\s（(【\[★▲*#·•●■◆－—\-]*(?:\d{1,2}[.、)）]|[（(]?[一二三四五六七八九十\d]{1,2}[)）]|[一二三四五六七八九十]{1,2}、)?[（(【\[]?"
)
_HEADING = re.compile(
    r"(?:[一二三四五六七八九十]{1,3}[、.．]|第[一二三四五六七八九十]{1,3}[章部节]分?|[（(][一二三四五六七八九十]{1,3}[)）]|\d{1,2}(?:\.\d{1,2}){0,2}[、.．]?(?=[一-龥]))"
)
_TOP_HEADING = re.compile(r"(?:[一二三四五六七八九十]{1,3}、|第[一二三四五六七八九十]{1,3}[章部节])")
_RANKED = re.compile(
    r"[\s\d.、（()）一二三四五六七八九十]{0,6}(?:第([一二三四五1-5])\s?(?:名|位)?(?:中标|成交|中选)?候选|排[序名]第?([一二三四五1-5])(?=[:：\s]))"
)
_RANK_COLUMN = re.compile(r"(?:推荐|候选)?(?:排名|名次|排序|顺序|顺位)")
_FIRST_RANK = re.compile(r"\s?(?:第?[一1]|首选)")
_AFTER_RANKING = re.compile(r"公示|异议|公告|监督|联系|质疑|其他")
_LOT_COLUMN = re.compile(r"(?:包|标包|分包|采购包|合同包|标项|标段|品目|分标|LOT|PACKAGE)(?:号|编号|序号|\s?NO\.?)?")
_LOT_CELL = re.compile(r"\s?(?:[一二三四五六七八九十]{1,2}|\d{1,2}|[A-H])\s?")
_COLON = re.compile("[:：]")
_HEADER_CELL = re.compile(
    r"(?:序号|编号|代码|品名|国产.{0,8}|包号|标包|标项|分包|品目(?:号|名称)?|.{0,6}名称|采购内容|货物|.{0,4}(?:标的|品牌|规格|型号|参数|单价|总价|因素)|.{0,4}数量.{0,6}|"
    r"单位|计量单位|所属行业|金额|预算.{0,6}|.{0,10}[（(](?:万?元|台|套)[)）]|指标|.{0,6}要求|是否.{1,10}|产地.{0,4}|备注|配置|处理器|CPU|"
    r"评分.{0,4}|分值|标准|更正[前后].{0,4}|原.{0,4}内容|.{0,4}说明|内容|供应商.{0,4}|中标.{0,6}|项目|排名|名次|排序|单位|报价.{0,6}|所投.{0,4}|"
    r"NO\.?|ITEM|QTY|.{0,3}(?:QUANTITY|BRAND|MODEL|ORIGIN|DESCRIPTION).{0,8})$"
)
_CLAUSE_END = re.compile(r"[。；;！!？?\n|]|\.\s(?=[A-Z])")
_ASIDE_END = re.compile(r"[）)\n]")
_PART_END = re.compile(r"[，,（）()]")
_LONGEST = 1_000
"""Characters after which a line is read as several: what belongs together stands closer, and time stays linear."""
_NO_CELLS: tuple[str, ...] = ()
_STOPS = ("。", "；", ";", "，", ",", " ")


class Line(NamedTuple):
    start: int
    end: int
    lot: str | None
    """Key of the lot the line stands in, by its own label or by a heading above it."""
    section: str
    """background, scoring, runner-up or plain."""
    header: tuple[str, ...]
    """Cells of the header row above, when this line is a row of its table."""


class Structure:
    """What belongs together in one text. All offsets are into the normalised text."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._extents, self._goes_on = _spans(text)
        self._starts = [low for low, _ in self._extents]

    @cached_property
    def _named(self) -> list[LotLabel]:
        return lots.labels(self.text)

    @cached_property
    def _laid_out(self) -> tuple[list[Line], list[LotLabel]]:
        """Told apart when asked for: many notices are settled by a clause of theirs."""
        labels = list(self._named)
        lines = _lines(self.text, labels, self._extents, self._goes_on)
        return lines, sorted(labels, key=lambda label: label.start)

    @property
    def lines(self) -> list[Line]:
        return self._laid_out[0]

    @property
    def labels(self) -> list[LotLabel]:
        """All mentions of lots; only tables name some that the text alone does not."""
        return self._laid_out[1] if "|" in self.text else self._named

    @cached_property
    def rows(self) -> list[Line]:
        """Lines below the head of a table."""
        return [line for line in self.lines if line.header] if "|" in self.text else []

    @cached_property
    def _labelled(self) -> list[int]:
        return [label.start for label in self.labels]

    @cached_property
    def lots(self) -> dict[str, LotLabel]:
        """Lots by key, each with its first mention, in order of appearance."""
        first: dict[str, LotLabel] = {}
        for label in self.labels:
            first.setdefault(label.key, label)
        return first

    def line(self, at: int) -> Line:
        return self.lines[bisect_right(self._starts, at) - 1]

    def extent(self, at: int) -> tuple[int, int]:
        """Where the line of a place begins and ends."""
        return self._extents[bisect_right(self._starts, at) - 1]

    def clause(self, start: int, end: int) -> tuple[int, int]:
        """Span between 。；| and line ends around start..end."""
        return self._span(start, end, _CLAUSE_END)

    def part(self, start: int, end: int) -> tuple[int, int]:
        """Span between commas and brackets around start..end."""
        low, high = self.clause(start, end)
        return self._span(start, end, _PART_END, low, high)

    def aside(self, at: int) -> tuple[int, int]:
        """Span of the bracket that opens at `at`, else an empty one: 服务器128台（另行采购）."""
        if self.text[at : at + 1] not in ("（", "("):
            return at, at
        closing = _ASIDE_END.search(self.text, at)
        return at, closing.start() if closing else at

    def lot(self, at: int) -> str | None:
        """Key of the lot that the character at `at` speaks of."""
        line = self.line(at)
        before = bisect_right(self._labelled, at) - 1
        return self.labels[before].key if before >= 0 and self._labelled[before] >= line.start else line.lot

    def cells(self, line: Line) -> list[tuple[int, int]]:
        """Spans of the cells of a table row (or of the whole line)."""
        spans, low = [], line.start
        while (bar := self.text.find("|", low, line.end)) >= 0:
            spans.append((low, bar))
            low = bar + 1
        spans.append((low, line.end))
        return spans

    def in_row(self, at: int) -> bool:
        """Whether the line of a place is cut into cells."""
        return self.text.find("|", *self.extent(at)) >= 0

    def _span(
        self, start: int, end: int, stop: re.Pattern[str], low: int | None = None, high: int | None = None
    ) -> tuple[int, int]:
        begin, stop_at = self.extent(start)
        low = begin if low is None else low
        high = stop_at if high is None else high
        for match in stop.finditer(self.text, low, start):
            low = match.end()
        after = stop.search(self.text, min(end, high), high)
        return low, after.start() if after else high


def _lines(text: str, labels: list[LotLabel], spans: list[tuple[int, int]], goes_on: set[int]) -> list[Line]:
    """Lines of these spans, of which some go on from the one before; adds the lots that tables name to `labels`."""
    at = [label.start for label in labels]
    opening = [None if low in goes_on or not at else _opening_label(text, low, high, labels, at) for low, high in spans]
    is_ranking = any(word in text for word in ("候选", "排序", "排名"))
    lines: list[Line] = []
    lot: str | None = None
    section, section_top = "plain", False
    header: tuple[str, ...] = ()
    for index, (low, high) in enumerate(spans):
        if low in goes_on:
            before = lines[-1]
            last = bisect_left(at, low) - 1
            inside = labels[last].key if last >= 0 and at[last] >= before.start else before.lot
            lines.append(Line(low, high, inside, before.section, ()))
            continue
        head = _HEADING.match(text, low, high)
        if head:
            top = bool(_TOP_HEADING.match(text, low, high))
            role = role_of(text, low, min(high, low + 30))
            if role != "plain" or top or not section_top:
                section, section_top = role, top
            if top and not opening[index]:
                lot = None
        role = section if head or high == low else role_of(text, low, min(high, low + 16), _COLON)
        label = opening[index]
        if label:
            lot = None
        if is_ranking and (ranked := _RANKED.match(text, low, high)):
            section, role = ("plain", "plain") if (ranked[1] or ranked[2]) in "一1" else ("runner-up", "runner-up")
        elif section == "runner-up" and _AFTER_RANKING.match(text, low, high):
            section, role = "plain", "plain"
        is_header, in_table, column_lot = False, _NO_CELLS, None
        if text.find("|", low, high) < 0:
            header = ()
        else:
            cells = text[low:high].split("|")
            is_header = _is_header(cells)
            header = tuple(cells) if is_header else header
            in_table = header if not is_header and len(cells) == len(header) else ()
            if in_table and _RANK_COLUMN.fullmatch(in_table[0]):
                role = "plain" if _FIRST_RANK.match(cells[0]) else "runner-up"
            column_lot = _column_lot(in_table, cells)
            if column_lot:
                first = low + len(cells[0]) - len(cells[0].lstrip())
                labels.append(LotLabel(first, first + len(cells[0].strip()), column_lot))
        lines.append(
            Line(low, high, label.key if label else column_lot or lot, role if role != "plain" else section, in_table)
        )
        if label and _persists(text, index, spans, opening, is_header, bool(in_table)):
            lot = label.key
    return lines


def _spans(text: str) -> tuple[list[tuple[int, int]], set[int]]:
    """Spans of the lines, those that are too long cut at a stop, and the beginnings of the pieces cut off."""
    spans: list[tuple[int, int]] = []
    goes_on: set[int] = set()
    low = 0
    while low <= len(text):
        end = text.find("\n", low)
        end = len(text) if end < 0 else end
        while end - low > _LONGEST:
            stops = (text.rfind(mark, low + _LONGEST // 2, low + _LONGEST) for mark in _STOPS)
            cut = next((stop + 1 for stop in stops if stop >= 0), low + _LONGEST)
            spans.append((low, cut))
            goes_on.add(cut)
            low = cut
        spans.append((low, end))
        low = end + 1
    return spans, goes_on


def _is_header(cells: list[str]) -> bool:
    """A row that names columns: at least two cells, and most of them, are words that head columns."""
    named = sum(bool(_HEADER_CELL.match(cell)) for cell in cells)
    return named >= 2 and (named * 3 >= len(cells) * 2 or bool(_RANK_COLUMN.fullmatch(cells[0].strip())))


def _column_lot(header: tuple[str, ...], cells: list[str]) -> str | None:
    """Key of the lot that a row's first cell names under a head such as 包号 or 品目: 一, 01, A."""
    if header and _LOT_COLUMN.fullmatch(header[0]) and _LOT_CELL.fullmatch(cells[0]):
        return key_of(cells[0])
    return None


def _opening_label(text: str, low: int, high: int, labels: list[LotLabel], starts: list[int]) -> LotLabel | None:
    first = bisect_left(starts, low)
    if first == len(starts) or starts[first] >= high:
        return None
    lead = _LEAD.match(text, low, high)
    return labels[first] if starts[first] <= (lead.end() if lead else low) else None


def _persists(
    text: str,
    index: int,
    spans: list[tuple[int, int]],
    opening: list[LotLabel | None],
    is_header: bool,
    in_table: bool,
) -> bool:
    """Whether the lines below a lot label belong to it: yes below a heading or in block style, no in a list of lots."""
    low, high = spans[index]
    if is_header:
        return True
    if in_table:
        return False
    line = text[low:high]
    heading_like = (len(line) < 24 and not re.search(r"\d+[台套个张块]", line)) or line.endswith((":", "："))
    next_labelled = index + 1 < len(opening) and opening[index + 1] is not None
    previous_labelled = index > 0 and opening[index - 1] is not None
    if previous_labelled and line.endswith(("。", "；", ";")):
        return False  # the last of a list of lots, each told in one sentence
    return not next_labelled and (heading_like or not previous_labelled)
