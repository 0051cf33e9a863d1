"""Labelled entries, table rows and headings → the lots of a notice (包, 标段, 标项, 分标, 合同包 …)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from tender_tracker.model import Amount, Lot
from tender_tracker.pages import amounts
from tender_tracker.pages.labels import Entry, Row
from tender_tracker.pages.names import WON

_WORD = r"合同包|采购包|标[包段项]|分[标包]|子包|包[件组]?|Lot"
_NUMERAL = r"\d{1,2}|[一二三四五六七八九十]{1,3}|[ⅠⅡⅢⅣⅤⅥⅦⅧⅨⅩ]|I{1,3}|IV"
_NUMERALS = frozenset("0123456789０１２３４５６７８９一二三四五六七八九十ⅠⅡⅢⅣⅤⅥⅦⅧⅨⅩIVABCDEFGH")
_SPOT = re.compile(_WORD)
_AFTER = re.compile(rf"\s?[:：]?\s?({_NUMERAL}|[A-H])(?![\d.年月日个%％A-Za-z])")
_BEFORE = re.compile(rf"(?:第\s?)?({_NUMERAL}|[A-H])\s?$")
_NOT_LOT = frozenset("括含装干")
_EDGE = frozenset(" \n\t。；;，,、|：:（()）")
"""What a place that names a lot follows; anything else and the words are part of a name."""
_GLUED = re.compile(r"([一二三四五六七八九十]{1,3})(?=标项|分标|标段|采购包|名称|[：:])")
_BARE = re.compile(rf"({_NUMERAL}|[A-H])$")
_NO_TITLE = re.compile(r"^\d|中标|成交|万元|金额|^由")
_WHOLE = re.compile(r"合计|总计|总(?!价)")
_TOLD = frozenset(("lot_title", "budget", "cap", "award"))
"""Fields that a lot has too."""
_CHINESE = "一二三四五六七八九十"
_ROMAN = (*"ⅠⅡⅢⅣⅤⅥⅦⅧⅨⅩ",)
_LATIN = ("I", "II", "III", "IV")
_PRICED = re.compile(
    rf"(?:(?:第\s?)?(?P<n>{_NUMERAL})\s?(?:{_WORD})|(?:{_WORD})\s?(?P<m>{_NUMERAL}))"
    r"\s*(?:[（(][^（）()]*[）)])?\s*(?:[：:为]|为人民币)?\s*"
    r"(?P<money>(?:人民币|￥|¥)?\s*\d[\d,，]*(?:[.．]\d+)?\s*(?:亿元|万元|元))"
)
_TITLE = re.compile(
    r" ?(?:[（(](?P<inside>[^（）()\n]{2,60}(?:[（(][^（）()\n]*[）)][^（）()\n]*)?)[）)]"
    r"|[：:] ?(?P<after>[^，。；;\n|：:]{2,60}))"
)
_SECTION = re.compile(r"\n[一二三四五六七八九十]{1,3}\s?[、.．]")


@dataclass(slots=True)
class _Draft:
    """A lot while the notice is being read."""

    name: str
    title: str | None = None
    budget: Amount | None = None
    cap: Amount | None = None
    award: Amount | None = None
    suppliers: list[str] = field(default_factory=list)

    def done(self) -> Lot:
        return Lot(self.name, self.title, self.budget or self.cap, self.award, tuple(dict.fromkeys(self.suppliers)))


@dataclass(frozen=True, slots=True)
class Mark:
    """A place where the text starts to speak of a lot; `key` is its number as text, `name` what the notice calls it."""

    key: str
    name: str
    at: int
    end: int


def number_of(numeral: str) -> str:
    """一 → 1, 十二 → 12, Ⅱ → 2, 03 → 3, A → A: one key for one lot however it is written."""
    if numeral.isdigit():
        return str(int(numeral))
    for roman in (_ROMAN, _LATIN):
        if numeral in roman:
            return str(roman.index(numeral) + 1)
    if numeral[0] not in _CHINESE:
        return numeral
    tens, ten, ones = numeral.partition("十")
    one = _CHINESE.index(ones) + 1 if ones else 0
    if not ten:
        return str(_CHINESE.index(tens) + 1)
    return str(10 * (_CHINESE.index(tens) + 1 if tens else 1) + one)


def marks(text: str) -> list[Mark]:
    """Every place that names a lot, in order; in text without line breaks also where 标项一 runs into a label."""
    found: list[Mark] = []
    glued: list[Mark] = []
    for spot in _SPOT.finditer(text):
        start, end = spot.span()
        if _NUMERALS.isdisjoint(text[max(0, start - 2) : start] + text[end : end + 4]):
            continue  # 包 stands in many a word
        mark = _mark(text, start, end)
        if mark is not None:
            found.append(mark)
        elif match := _GLUED.match(text, end):
            glued.append(_named(text, match.group(1), start, match.end()))
    return found if len(_keys(found)) >= len(_keys(glued)) else sorted(found + glued, key=lambda mark: mark.at)


def _mark(text: str, start: int, end: int) -> Mark | None:
    """The lot a word (包, 标段 …) names with the numeral behind or before it, when it stands free."""
    after = _AFTER.match(text, end)
    if after is not None and (start == 0 or text[start - 1] in _EDGE):
        return _named(text, after.group(1), start, after.end())
    before = _BEFORE.search(text[max(0, start - 6) : start])
    if before is None or text[end : end + 1] in _NOT_LOT:
        return None
    begin = start - len(before.group())
    free = begin == 0 or text[begin - 1] in _EDGE
    return _named(text, before.group(1), begin, end) if free else None


def _named(text: str, numeral: str, start: int, end: int) -> Mark:
    return Mark(number_of(numeral), " ".join(text[start:end].split()), start, end)


def _keys(found: Sequence[Mark]) -> set[str]:
    return {mark.key for mark in found}


def priced(value: str) -> dict[str, Amount]:
    """1分标1725127元；2分标404326元 → an amount per lot; empty when fewer than two lots are priced."""
    found: dict[str, Amount] = {}
    if "包" not in value and "标" not in value and "Lot" not in value:
        return found
    for match in _PRICED.finditer(value):
        amount = amounts.parse(match["money"])
        if amount is not None:
            found.setdefault(number_of(match["n"] or match["m"]), amount)
    return found if len(found) > 1 else {}


def lots_of(entries: Sequence[Entry], table: Sequence[Row], text: str) -> tuple[Lot, ...]:
    """The lots a notice lists, each with what it prints of it; () where it has none."""
    places = marks(text)
    drafts = _from_table(table) or _from_marks(places, text)
    for entry in entries:
        if entry.field in _TOLD and not _share(entry, drafts) and drafts and not _WHOLE.search(entry.label):
            _add(entry, _speaks_of(entry.start, places, drafts, text))
    if not drafts:
        return ()
    for row in table:
        own = _cell_mark(row)
        _add_row(row, drafts.get(own.key) if own else _speaks_of(row.at, places, drafts, text))
    for match in WON.finditer(text):
        _add_won(match, _speaks_of(match.start(), places, drafts, text))
    return tuple(drafts[key].done() for key in sorted(drafts, key=lambda key: (len(key), key)))


def _from_marks(places: Sequence[Mark], text: str) -> dict[str, _Draft]:
    """Lots by the places that name them; the words behind the first name that has some are the title."""
    drafts: dict[str, _Draft] = {}
    for place in places:
        draft = drafts.setdefault(place.key, _Draft(place.name))
        title = _TITLE.match(text, place.end) if draft.title is None else None
        words = (title["inside"] or title["after"]).strip() if title else ""
        if words and not _NO_TITLE.search(words):
            draft.title = words
    return drafts


def _share(entry: Entry, drafts: dict[str, _Draft]) -> bool:
    """最高限价：1分标…元；2分标…元: one entry that prices several lots."""
    shares = priced(entry.value) if entry.field in ("budget", "cap", "award") else {}
    for key, amount in shares.items():
        draft = drafts.setdefault(key, _Draft(key))
        if getattr(draft, entry.field) is None:
            setattr(draft, entry.field, amount)
    return bool(shares)


def _from_table(table: Sequence[Row]) -> dict[str, _Draft]:
    """Lots by the column that numbers them; a cell that says more (标段二（国产）) gives its number only."""
    drafts: dict[str, _Draft] = {}
    for row in table:
        mark = _cell_mark(row)
        if mark is not None:
            drafts.setdefault(mark.key, _Draft(mark.name))
    return drafts


def _cell_mark(row: Row) -> Mark | None:
    """The lot a row names in its own cell, by a numeral alone or with its word."""
    cell = row.cells["lot_no"][1] if "lot_no" in row.cells else ""
    bare = _BARE.match(cell)
    if bare is not None:
        return Mark(number_of(cell), cell, 0, len(cell))
    spot = _SPOT.search(cell[:8])
    mark = _mark(cell, spot.start(), spot.end()) if spot else None
    return mark if mark is not None and mark.at == 0 else None


def _speaks_of(at: int, places: Sequence[Mark], drafts: dict[str, _Draft], text: str) -> _Draft | None:
    """The lot named last before a place, unless a new section has begun since."""
    last = next((place for place in reversed(places) if place.at <= at), None)
    if last is None or _SECTION.search(text, last.end, at):
        return None
    return drafts.get(last.key)


def _add(entry: Entry, draft: _Draft | None) -> None:
    if draft is None:
        return
    if entry.field == "lot_title" and draft.title is None:
        draft.title = entry.value or None
    elif entry.field in ("budget", "cap", "award") and getattr(draft, entry.field) is None:
        unit = amounts.unit_of(entry.note) or amounts.unit_of(entry.label)
        setattr(draft, entry.field, amounts.parse(entry.value[:120], unit))


def _add_row(row: Row, draft: _Draft | None) -> None:
    if draft is None:
        return
    for column, (head, cell) in row.cells.items():
        if column == "lot_title" and draft.title is None:
            draft.title = cell or None
        elif column in ("budget", "cap", "award") and getattr(draft, column) is None and "单价" not in head:
            setattr(draft, column, amounts.parse(cell, amounts.unit_of(head)))
        elif column in ("supplier", "supplier_name") and "award" in row.cells and cell:
            draft.suppliers.append(cell)


def _add_won(match: re.Match[str], draft: _Draft | None) -> None:
    if draft is None:
        return
    draft.suppliers.append(match["who"].strip())
    if draft.award is None and match["money"]:
        draft.award = amounts.parse(match["money"])
