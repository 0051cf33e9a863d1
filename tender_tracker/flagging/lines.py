"""Normalised text + the lots it names → its lines, each with the lot, the section and the table head it stands under.

Most lines change none of these, so only the others are looked at one by one; a plain line is made when asked for.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from typing import NamedTuple

from tender_tracker.flagging.lots import LotLabel, key_of
from tender_tracker.flagging.sections import ROLE, role_of

_LEAD = re.compile(
    r"[\s（(【\[★▲*#·•●■◆－—\-]*(?:\d{1,2}[.、)）]|[（(]?[一二三四五六七八九十\d]{1,2}[)）]|[一二三四五六七八九十]{1,2}、)?[（(【\[]?"
)
_HEADING = re.compile(
    r"(?:[一二三四五六七八九十]{1,3}[、.．]|第[一二三四五六七八九十]{1,3}[章部节]分?|[（(][一二三四五六七八九十]{1,3}[)）]|\d{1,2}(?:\.\d{1,2}){0,2}[、.．]?(?=[一-龥]))"
)
_LINE_HEADED = re.compile(rf"\n(?={_HEADING.pattern})")
_TOP_HEADING = re.compile(r"(?:[一二三四五六七八九十]{1,3}、|第[一二三四五六七八九十]{1,3}[章部节])")
_RANKED = re.compile(
    r"[\s\d.、（()）一二三四五六七八九十]{0,6}(?:第([一二三四五1-5])\s?(?:名|位)?(?:中标|成交|中选)?候选|排[序名]第?([一二三四五1-5])(?=[:：\s]))"
)
_RANKING_BELOW = re.compile(r"[^|，。；;\n]{0,12}(?:排名|名次|排序|顺位)[^|，。；;\n]{0,4}[:：]?$")
"""推荐排序如下：, above rows that are numbered by rank."""
_NUMBERED = re.compile(r"\s?(?:([1一])|[2-9二三四五])\s?[|、.．]")
_RANK_COLUMN = re.compile(r"(?:推荐|候选)?(?:排名|名次|排序|顺序|顺位)")
_FIRST_RANK = re.compile(r"\s?(?:第?[一1]|首选)")
_AFTER_RANKING = re.compile(r"公示|异议|公告|监督|联系|质疑|其他")
_LOT_COLUMN = re.compile(r"(?:包|标包|分包|采购包|合同包|标项|标段|品目|分标|LOT|PACKAGE)(?:号|编号|序号|\s?NO\.?)?")
_LOT_TABLE = re.compile(rf"\n(?:{_LOT_COLUMN.pattern})\|")
_LOT_CELL = re.compile(r"\s?(?:[一二三四五六七八九十]{1,2}|\d{1,2}|[A-H])\s?")
_COUNT = re.compile(r"\d+[台套张个块]")
_COLON = re.compile("[:：]")
_HEADER_CELL = re.compile(
    r"(?:序号|编号|代码|品名|国产.{0,8}|包号|标包|标项|分包|品目(?:号|名称)?|.{0,6}名称|采购内容|货物|.{0,4}(?:标的|品牌|规格|型号|参数|单价|总价|因素)|.{0,4}数量.{0,6}|"
    r"单位|计量单位|所属行业|金额|预算.{0,6}|.{0,10}[（(](?:万?元|台|套)[)）]|指标|.{0,6}要求|是否.{1,10}|产地.{0,4}|备注|配置|处理器|CPU|"
    r"评分.{0,4}|分值|标准|更正[前后].{0,4}|原.{0,4}内容|.{0,4}说明|内容|供应商.{0,4}|中标.{0,6}|项目|排名|名次|排序|单位|报价.{0,6}|所投.{0,4}|"
    r"NO\.?|ITEM|QTY|.{0,3}(?:QUANTITY|BRAND|MODEL|ORIGIN|DESCRIPTION).{0,8})$"
)
LONGEST = 1_000
"""Characters after which a line is read as several: what belongs together stands closer, and time stays linear."""
_LABEL = 16
"""Characters at the head of a line in which a word labels it."""
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


class Extents:
    """Where the lines of a text stand; one that is too long is cut at a stop."""

    def __init__(self, text: str) -> None:
        self.spans: list[tuple[int, int]] = []
        self.goes_on: set[int] = set()
        """Numbers of the pieces that were cut off."""
        low = 0
        for line in text.split("\n"):
            end = low + len(line)
            if end - low > LONGEST:
                for cut in _cuts(text, low, end):
                    self.spans.append((low, cut))
                    self.goes_on.add(len(self.spans))
                    low = cut
            self.spans.append((low, end))
            low = end + 1
        self._starts = [low for low, _ in self.spans]

    def index(self, at: int) -> int:
        """Number of the line of a place."""
        return bisect_right(self._starts, at) - 1


def _cuts(text: str, low: int, end: int) -> Iterator[int]:
    """Where a line is cut into pieces."""
    while end - low > LONGEST:
        stops = (text.rfind(mark, low + LONGEST // 2, low + LONGEST) for mark in _STOPS)
        low = next((stop + 1 for stop in stops if stop >= 0), low + LONGEST)
        yield low


class _State(NamedTuple):
    """What a line leaves to the lines below it."""

    lot: str | None = None
    section: str = "plain"
    is_top: bool = False
    """Whether a heading of the first order opened the section."""
    header: tuple[str, ...] = ()
    """Cells of the head of the table that the line belongs to."""


class Lines:
    """The lines of a text. `labels`: the lots that it names, in order of place; at the end those of its tables too."""

    def __init__(self, text: str, extents: Extents, labels: list[LotLabel]) -> None:
        self.labels = list(labels)
        self._text, self._extents = text, extents
        self._named = [label.start for label in labels]
        self._opening = _opening_labels(text, extents, labels)
        self._is_ranking = any(word in text for word in ("候选", "排序", "排名", "名次", "顺位"))
        self._numbers = self._telling()
        self._told: list[Line] = []
        self._left: list[_State] = []
        last = -1
        for number in self._numbers:
            state = self._left[-1] if self._left else _State()
            state = state if last == number - 1 else state._replace(header=())
            line, left = (self._cut_off if number in extents.goes_on else self._looked_at)(number, state)
            self._told.append(line)
            self._left.append(left)
            last = number
        self.labels.sort(key=lambda label: label.start)

    def __iter__(self) -> Iterator[Line]:
        return (self[number] for number in range(len(self._extents.spans)))

    def __getitem__(self, number: int) -> Line:
        last = bisect_right(self._numbers, number) - 1
        if self._numbers[last] == number:
            return self._told[last]
        return Line(*self._extents.spans[number], self._left[last].lot, self._left[last].section, ())

    def _telling(self) -> list[int]:
        """Numbers of the lines that may head a section, name a role or be cut into cells; the others change nothing."""
        if self._is_ranking or self._extents.goes_on:
            return list(range(len(self._extents.spans)))
        index, spans = self._extents.index, self._extents.spans
        numbers = {0, *self._opening}
        numbers.update([index(match.end()) for match in _LINE_HEADED.finditer(self._text)])
        numbers.update([index(place) for place in _row_starts(self._text)])
        for match in ROLE.finditer(self._text):
            number = index(match.start())
            if match.start() < spans[number][0] + _LABEL:
                numbers.add(number)
        return sorted(numbers)

    def _cut_off(self, number: int, state: _State) -> tuple[Line, _State]:
        """A piece of a long line, which goes on from the one before."""
        before, (low, high) = self._told[-1], self._extents.spans[number]
        last = bisect_left(self._named, low) - 1
        inside = self.labels[last].key if last >= 0 and self._named[last] >= before.start else before.lot
        return Line(low, high, inside, before.section, ()), state

    def _looked_at(self, number: int, state: _State) -> tuple[Line, _State]:
        """A line and what it leaves, by what the line before it left."""
        text, (low, high) = self._text, self._extents.spans[number]
        label = self._opening.get(number)
        (lot, section, is_top, header), role = self._headed(number, state)
        cells = text[low:high].split("|") if text.find("|", low, high) >= 0 else []
        is_header = bool(cells) and _is_header(cells)
        header = tuple(cells) if is_header or not cells else header
        in_table = header if not is_header and cells and len(cells) == len(header) else ()
        if in_table and _RANK_COLUMN.fullmatch(in_table[0]):
            role = "plain" if _FIRST_RANK.match(cells[0]) else "runner-up"
        column_lot = _column_lot(in_table, cells)
        if column_lot:
            first = low + len(cells[0]) - len(cells[0].lstrip())
            self.labels.append(LotLabel(first, first + len(cells[0].strip()), column_lot))
        own = label.key if label else column_lot or lot
        line = Line(low, high, own, role if role != "plain" else section, in_table)
        if label and self._persists(number, is_header, bool(in_table)):
            lot = label.key
        return line, _State(lot, section, is_top, header)

    def _headed(self, number: int, state: _State) -> tuple[_State, str]:
        """The state with what the line heads, and the role of the line itself."""
        text, (low, high) = self._text, self._extents.spans[number]
        lot, section, is_top, header = state
        head = _HEADING.match(text, low, high)
        if head:
            top = bool(_TOP_HEADING.match(text, low, high))
            role = role_of(text, low, min(high, low + 30))
            if role != "plain" or top or not is_top:
                section, is_top = role, top
            lot = None if top else lot
        role = section if head or high == low else role_of(text, low, min(high, low + _LABEL), _COLON)
        if self._is_ranking and (ranked := _RANKED.match(text, low, high)):
            section, role = ("plain", "plain") if (ranked[1] or ranked[2]) in "一1" else ("runner-up", "runner-up")
        elif self._is_ranking and _RANKING_BELOW.match(text, low, high):
            section, role = "ranking", "plain"
        elif section == "ranking":
            row = _NUMBERED.match(text, low, high)
            section, role = ("ranking", "plain" if row[1] else "runner-up") if row else ("plain", "plain")
        elif section == "runner-up" and _AFTER_RANKING.match(text, low, high):
            section, role = "plain", "plain"
        return _State(None if number in self._opening else lot, section, is_top, header), role

    def _persists(self, number: int, is_header: bool, in_table: bool) -> bool:
        """Whether the lines below a label belong to its lot: below a heading or in block style, not in a list."""
        if is_header or in_table:
            return is_header
        line = self._text[slice(*self._extents.spans[number])]
        heading_like = (len(line) < 24 and not _COUNT.search(line)) or line.endswith((":", "："))
        next_labelled, previous_labelled = number + 1 in self._opening, number - 1 in self._opening
        if previous_labelled and line.endswith(("。", "；", ";")):
            return False  # the last of a list of lots, each told in one sentence
        return not next_labelled and (heading_like or not previous_labelled)


def has_lot_table(text: str) -> bool:
    """Whether a table may name lots in its first column; no other words of a table do."""
    for head in _LOT_TABLE.finditer(f"\n{text}") if "|" in text else ():
        start, end = head.start(), text.find("\n", head.start())
        row = text[start : end if end >= 0 else len(text)]
        if len(row) > LONGEST or _is_header(row.split("|")):
            return True
    return False


def _row_starts(text: str) -> Iterator[int]:
    """A place in each line that is cut into cells."""
    bar = text.find("|")
    while bar >= 0:
        yield bar
        end = text.find("\n", bar)
        bar = text.find("|", end) if end >= 0 else -1


def _is_header(cells: list[str]) -> bool:
    """A row that names columns: at least two cells, and most of them, are words that head columns."""
    named = sum(bool(_HEADER_CELL.match(cell)) for cell in cells)
    return named >= 2 and (named * 3 >= len(cells) * 2 or bool(_RANK_COLUMN.fullmatch(cells[0].strip())))


def _column_lot(header: tuple[str, ...], cells: list[str]) -> str | None:
    """Key of the lot that a row's first cell names under a head such as 包号 or 品目: 一, 01, A."""
    if header and _LOT_COLUMN.fullmatch(header[0]) and _LOT_CELL.fullmatch(cells[0]):
        return key_of(cells[0])
    return None


def _opening_labels(text: str, extents: Extents, labels: list[LotLabel]) -> dict[int, LotLabel]:
    """Number of a line → the lot that it opens with."""
    first: dict[int, LotLabel] = {}
    for label in labels:
        first.setdefault(extents.index(label.start), label)
    opening: dict[int, LotLabel] = {}
    for number, label in first.items():
        low, high = extents.spans[number]
        lead = _LEAD.match(text, low, high)
        if number not in extents.goes_on and label.start <= (lead.end() if lead else low):
            opening[number] = label
    return opening
