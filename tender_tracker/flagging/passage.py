"""Normalised text of a notice in words → its sentences, rows, headings and lots: how far each word's say reaches."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from tender_tracker.flagging.lazy import lazy

Span = tuple[int, int]

_STOP = re.compile(r"[.!?;][\")]?(?=\s)")
_SHORT = re.compile(
    r"(?:^|[\s(/-])(?:\w|NO|NR|NOS|ART|ARTT|ABS|INCL|EXCL|MIN|MAX|CA|BZW|GGF|USW|INKL|ZZGL|MIND|PAR|SEC|REF|FIG|CZ|POZ|UST|PKT|"
    r"TEL|ETC|E\.G|I\.E|Z\.B|U\.S|U\.S\.A|S\.A|S\.P\.A|S\.R\.L|G\.M\.B\.H|RS|QTY|APPROX|ПП|СТ|ПОСТ|РУБ|ШТ|ТЫС|Г|ПУНКТ|Т\.Ч|Т\.Е|Т\.Д|ULB|NP|TJ|DZ|ПКТ|VOL|DR|LTD|INC|CORP|CO|EST|"
    r"SR|JR|ST|PROF|BEZ|LFD|STK|SOG|EVTL|VGL|NUM|ÚD|UDS|PÁG|CFR|COD|PROT)$"
)
_SECTION = 40
"""Lines that a heading speaks for."""
_MAY_END = re.compile(r"(?:^|[\s(/-])(?:ШТ|РУБ|ТЫС|Г|NO|NOS|LTD|INC|CO|CORP|ETC|EST|SZT|STK|ULB|ЕД)$")
_LIST_NUMBER = re.compile(r"\s*(?:\(?[\dIVXА-ЯA-Z]{1,3}(?:\.\d+)*)$")
_BULLET = re.compile(r"\s*(?:[-*•·–▪+]|\(?\w[.)]\s|\(?\d+(?:\.\d+)*[.)]?\s)")
_LEAD = re.compile(r"\s*(?:\d+[.)]?\s)?[^\W\d][^\d:|;,]{2,40}\.\s?")
_WORD = (
    r"(?:LOTS?|LOSE?|LOSEN|LOTTO|LOTTI|LOTES?|CZĘŚ(?:Ć|CI)|CZ\.|ЛОТ(?:А|Е|У|Ы|ОВ|АХ)?|"
    r"PACKAGES?|SCHEDULES?(?! [A-Z]\b)|PARTIE?S?(?=\sN?\d))"
)
_NUMERAL = r"(?:\d{1,2}|[A-H]|[IVX]{1,4})"
_LOT = re.compile(
    rf"\b{_WORD}[\s-]?(?:(?:N[°ºO]?|NR|NO|NUMBER|NUMÉRO|NÚMERO|NUMERO|№|#)?\s?[.:]{{0,2}}\s?)(?<![^\W\d])"
    rf"({_NUMERAL})\b(?![.,]\d|\s?%)"
    rf"((?:\s?(?:,|/|&|-|AND|UND|ET|ED|E|Y|I|ORAZ|И|TO|BIS|OR|ODER|OU|O|LUB|ИЛИ)\s?(?:{_WORD}\s?)?\d{{1,2}}\b(?![.,]\d|\s?%))*)"
)
_PART = re.compile(
    rf"^\s*(?:GROUP|PART|SCHEDULE|BLOCK|GRUPPE|TEIL|GROUPE|GRUPPO|PARTE|GRUPO|GRUPA|ГРУППА|ЧАСТЬ)\s({_NUMERAL})\b(?=\s?[-:(.,])",
    re.MULTILINE,
)
"""Words that name lots only where two or more of them open lines: `Group A - Servers`, `Part II: printers`."""
_ALL_LOTS = re.compile(
    r"\b(?:ALL|EVERY|EACH|ANY|BOTH) (?:THE )?LOTS?\b|\bALLEN? LOSEN?\b|\bJEDES LOS\b|\bTOUS LES LOTS\b|\bCHAQUE LOT\b"
    r"|\bTUTTI I LOTTI\b|\bTODOS LOS LOTES\b|\bWSZYSTKI\w+ CZĘŚCI\w*|\bКАЖД\w+ ЧАСТ\w+|\bВСЕ\w* ЛОТ\w+"
)
_COMMON = re.compile(
    r"^\s*(?:\d+[.)]|[IVX]+[.)])|\b(?:ALL LOTS|GENERAL|COMMON|SUBMISSION|AWARD CRITERIA|DEADLINE|CONDITIONS|ALLGEMEIN|"
    r"ZUSCHLAGSKRITERI|GÉNÉRAL|COMMUN|CRITÈRES|GENERALI|COMUNI|CRITERI|GENERALES|COMUNES|CRITERIOS|"
    r"OGÓLN|WSPÓLN|KRYTERI|ОБЩИЕ|УСЛОВИЯ|ТРЕБОВАНИЯ К УЧАСТНИК)"
)
_ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X")


@dataclass(frozen=True, slots=True)
class Mark:
    """A place that names one lot or, as `Lots 1 and 3`, several."""

    keys: tuple[str, ...]
    start: int
    end: int


@dataclass(frozen=True)
class Passages:
    """`text` is normalised, its first line the title; `cased` the same characters before they became upper-case."""

    text: str
    cased: str = ""

    @lazy
    def _lines(self) -> list[int]:
        return [0, *(match.end() for match in re.finditer("\n", self.text))]

    def line(self, at: int) -> Span:
        index = bisect_right(self._lines, at) - 1
        end = self._lines[index + 1] - 1 if index + 1 < len(self._lines) else len(self.text)
        return self._lines[index], end

    def lines(self) -> Iterator[Span]:
        for start in self._lines:
            yield self.line(start)

    @lazy
    def _stops(self) -> list[int]:
        """Where sentences begin."""
        found = set(self._lines)
        for stop in _STOP.finditer(self.text):
            head = self.text[self.line(stop.start())[0] : stop.start()]
            short = stop[0] == "." and (_SHORT.search(head) or _LIST_NUMBER.fullmatch(head))
            if not short or (_MAY_END.search(head) and self.cased[stop.end() : stop.end() + 3].strip()[:1].isupper()):
                found.add(stop.end())
        return sorted(found)

    def sentence(self, at: int) -> Span:
        """From stop to stop; a table row is one sentence unless its cells hold several."""
        index = bisect_right(self._stops, at) - 1
        end = self._stops[index + 1] if index + 1 < len(self._stops) else len(self.text)
        return self._stops[index], min(end, self.line(at)[1])

    def period(self, at: int) -> Span:
        """The sentence with those beside it that a semicolon ends: a list in one line."""
        low, high = self.sentence(at)
        first, last = self.line(at)
        while low > first and self.text[low - 1] == ";":
            low = self.sentence(low - 1)[0]
        while high < last and self.text[high - 1] == ";":
            high = self.sentence(high)[1]
        return low, high

    def lead(self, at: int) -> Span | None:
        """A heading that opens the line of a place as a sentence of its own: `Preamble. Europe …`."""
        low, high = self.sentence(self.line(at)[0])
        return (low, high) if high <= self.sentence(at)[0] and _LEAD.fullmatch(self.text, low, high) else None

    def before(self, at: int) -> Span | None:
        """The sentence before that of a place, in its line."""
        low, _ = self.sentence(at)
        return self.sentence(low - 1) if low > self.line(at)[0] else None

    def heading(self, at: int) -> Span | None:
        """The short line above that the place stands under: a heading, or the start of a list that ends in a colon."""
        low, _ = self.line(at)
        bulleted = _BULLET.match(self.text, low) is not None
        for _ in range(_SECTION):
            if low == 0:
                return None
            low, high = self.line(low - 1)
            if low == 0:
                return None
            if self._is_heading(low, high) or (bulleted and self.text[low:high].rstrip().endswith(":")):
                return low, high
        return None

    def _is_heading(self, low: int, high: int) -> bool:
        line = self.text[low:high].strip()
        plain = bool(line) and len(line) <= 90 and "|" not in line and line[0] not in "-*•·–▪"
        return plain and (line.endswith(":") or not re.search(r"[.;,!?]$|: \S|\d$", line))

    @lazy
    def marks(self) -> list[Mark]:
        spanish = "LOTE" in self.text
        found = []
        for match in _LOT.finditer(self.text):
            if spanish and match[0].startswith("LOS"):
                continue
            keys = [match[1], *re.findall(r"\d+", match[2])]
            if re.search(r"-|\bTO\b|BIS", match[2]) and all(key.isdigit() for key in keys) and len(keys) == 2:
                keys = [str(n) for n in range(int(keys[0]), min(int(keys[1]), int(keys[0]) + 30) + 1)]
            found.append(Mark(tuple(map(_key, keys)), match.start(), match.end()))
        return found or self._parts()

    def _parts(self) -> list[Mark]:
        found = [Mark((_key(m[1]),), m.end() - len(m[0].lstrip()), m.end()) for m in _PART.finditer(self.text)]
        return found if len({mark.keys for mark in found}) > 1 else []

    @lazy
    def lots(self) -> dict[str, Span]:
        """Key → where the notice first names the lot."""
        found: dict[str, Span] = {}
        for mark in sorted(self.marks, key=lambda mark: (len(mark.keys), mark.start)):
            for key in mark.keys:
                found.setdefault(key, (mark.start, mark.end))
        return dict(sorted(found.items(), key=lambda item: (len(item[0]), item[0])))

    @lazy
    def leading(self) -> list[Mark]:
        """Marks that open a line which is no row of a table, and so speak for the lines below."""
        return [m for m in self.marks if self._opens(m.start)]

    def _opens(self, at: int) -> bool:
        low, high = self.line(at)
        return "|" not in self.text[low:high] and re.fullmatch(r"[\s\d.)(*•-]*", self.text[low:at]) is not None

    def lots_at(self, at: int) -> tuple[str, ...]:
        """Keys of the lots that a place speaks of; () for all of them."""
        low, high = self.sentence(at)
        if not self.lots or _ALL_LOTS.search(self.text, low, high):
            return ()
        within = [mark for mark in self.marks if low <= mark.start < high]
        before = [mark for mark in within if mark.start <= at]
        if within:
            return before[-1].keys if before else within[0].keys
        line = self.line(at)[0]
        above = max((m for m in self.leading if m.start <= at), key=lambda m: m.start, default=None)
        if above is None or (above.start < line and self._left(above.start, line)):
            return ()
        return above.keys

    def _left(self, start: int, line: int) -> bool:
        """Whether a heading that speaks for all lots stands between a lot's mark and a line."""
        low = self.line(start)[1] + 1
        numbered = _COMMON.match(self.text, self.line(start)[0]) is not None
        while low <= line and low < len(self.text):
            first, last = self.line(low)
            words = self.text[first:last]
            if not numbered and self._is_heading(first, last) and _COMMON.search(words):
                return True
            if first == line and re.match(r"\s*\d+[.)]\s", words) and not numbered:
                return True
            low = last + 1
        return False


def _key(numeral: str) -> str:
    if numeral.isdigit():
        return str(int(numeral))
    return str(_ROMAN.index(numeral) + 1) if numeral in _ROMAN else numeral
