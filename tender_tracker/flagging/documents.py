"""The verdict on a notice and the pages of its documents → the verdict on both: a demand counts wherever it stands.

A tender document is judged by the rules for notices, under the notice's title. What differs: the chapters that hold a
contract template or forms for bids speak of no purchase in particular, so a demand there is mentioned only.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from tender_tracker.flagging.flag import flag
from tender_tracker.flagging.lots import key_of, labels
from tender_tracker.flagging.rulepack import RulePack
from tender_tracker.model import FLAGGED, LEVELS, OCR, DocumentPage, Evidence, Level, LotVerdict, Verdict

TEMPLATE = "document.template"
"""What lowers a demand in a contract template or a form: it stands among the cues of the passage."""
_PIECE = 200_000
"""Characters judged as one text; a tender document of a hundred pages has about as many."""
_QUOTED = 200
"""Passages kept of one lot and effect, as of a notice."""
_CHAPTER = re.compile(
    r"^[ \t]*第[一二三四五六七八九十\d]{1,3}[章部卷篇册](?:分)?[ \t、:：]*([^\n|]{0,40})$", re.MULTILINE
)
_FORMS = re.compile(r"合同(?!包)|协议|格式|范本|模板|样本|样式")
_IN_CONTENTS = re.compile(r"(?:[.．…·]{2,}|\s)\s*\d{1,4}\s*$")
"""A line of a table of contents ends with the number of a page."""

Span = tuple[int, int]


def with_documents(
    own: Verdict, title: str, kind: str | None, documents: Iterable[Sequence[DocumentPage]], pack: RulePack
) -> Verdict:
    """`own` is the verdict on title and text; each document gives its pages in order, archives those of all files."""
    found: list[Verdict] = []
    for document in documents:
        for _, pages in groupby(document, key=lambda page: page.file):
            found += _judged(title, kind, list(pages), pack)
    return _joined(own, found) if found else own


def _judged(title: str, kind: str | None, pages: list[DocumentPage], pack: RulePack) -> Iterator[Verdict]:
    """Verdicts on the pieces of one file: what is asked for, then what its templates repeat."""
    whole = _File(pages)
    templates = [] if kind in ("award", "contract") else list(_templates(whole.text))
    for spans, is_template in ((_rest(templates, len(whole.text)), False), (templates, True)):
        for piece in _pieces(whole.text, spans):
            cut = _Cut(whole, piece)
            verdict = flag(title, cut.text, pack, kind)
            evidence = tuple(placed for item in verdict.evidence if (placed := cut.placed(item)))
            verdict = replace(verdict, evidence=evidence)
            yield _lowered(verdict) if is_template else verdict


class _File:
    """The pages of a file as one text, and the way back to them."""

    def __init__(self, pages: list[DocumentPage]) -> None:
        self.pages = pages
        self.text = "\n".join(page.text for page in pages)
        self._starts = [0]
        for page in pages[:-1]:
            self._starts.append(self._starts[-1] + len(page.text) + 1)

    def page(self, at: int) -> tuple[DocumentPage, int]:
        """The page a character stands on, and where on it."""
        number = bisect_right(self._starts, at) - 1
        return self.pages[number], at - self._starts[number]


class _Cut:
    """Spans of a file put together: what is judged as one text."""

    def __init__(self, whole: _File, spans: Sequence[Span]) -> None:
        self._whole, self._spans = whole, spans
        self.text = "\n".join(whole.text[low:high] for low, high in spans)
        self._starts = [0]
        for low, high in spans[:-1]:
            self._starts.append(self._starts[-1] + high - low + 1)

    def placed(self, item: Evidence) -> Evidence | None:
        """Evidence in the text of the cut → on its page; in the title it stays, and ends with its page."""
        if item.where != "text":
            return item
        number = bisect_right(self._starts, item.start) - 1
        page, start = self._whole.page(self._spans[number][0] + item.start - self._starts[number])
        quote = page.text[start : start + item.end - item.start]
        if not quote:
            return None
        end = start + len(quote)
        cues = (*item.cues, OCR) if page.ocr else item.cues
        placed = replace(item, quote=quote, start=start, end=end, where="document", file=page.file, page=page.page)
        return replace(placed, cues=cues)


def _templates(text: str) -> Iterator[Span]:
    """Chapters that hold a contract or forms: 第五章 合同条款及格式, 第七章 投标文件格式."""
    chapters = [found for found in _CHAPTER.finditer(text) if not _IN_CONTENTS.search(found[0])]
    ends = [*(chapter.start() for chapter in chapters[1:]), len(text)]
    for chapter, end in zip(chapters, ends, strict=False):
        if _FORMS.search(chapter[1]):
            yield chapter.start(), end


def _rest(spans: Sequence[Span], length: int) -> list[Span]:
    """What lies between ascending spans."""
    edges = [0, *(edge for span in spans for edge in span), length]
    return [(low, high) for low, high in zip(edges[::2], edges[1::2], strict=True) if low < high]


def _pieces(text: str, spans: Iterable[Span]) -> Iterator[list[Span]]:
    """Spans → groups of at most so many characters; what is longer is cut between two lines where it has some."""
    piece: list[Span] = []
    room = _PIECE
    for low, high in spans:
        while high - low > room:
            end = max(text.rfind("\n", low, low + room), low) or low + room
            end = low + room if end == low and not piece else end
            yield [*piece, (low, end)]
            low, piece, room = end, [], _PIECE
        piece.append((low, high))
        room -= high - low
    if piece:
        yield piece


def _lowered(verdict: Verdict) -> Verdict:
    """What a template says: mentioned at most, and nothing of what is bought or who may import."""
    evidence = tuple(
        replace(item, effect="mentioned", cues=(*item.cues, TEMPLATE), lot=None)
        for item in verdict.evidence
        if item.where == "document" and item.effect in LEVELS
    )
    return Verdict("mentioned" if evidence else "none", False, "unstated", evidence=evidence, pack=verdict.pack)


def _joined(own: Verdict, found: list[Verdict]) -> Verdict:
    """One verdict of all: the strongest level, every family; the notice's own words on imports go before others'."""
    names = {key_of(lot.name): lot.name for lot in own.lots}
    told = [_renamed(verdict, names) for verdict in found]
    every = (own, *told)
    lots = _lots(own, told)
    evidence = sorted(_evidence(every), key=lambda item: (_rank(item.effect), item.where == "document"))
    return Verdict(
        level=_strongest(verdict.level for verdict in every),
        compute=any(verdict.compute for verdict in every),
        import_policy=next((v.import_policy for v in every if v.import_policy != "unstated"), "unstated"),
        families=tuple(sorted({family for verdict in every for family in verdict.families})),
        lots=lots,
        evidence=tuple(evidence),
        pack=own.pack,
    )


def _renamed(verdict: Verdict, names: dict[str, str]) -> Verdict:
    """The lots by the names that the notice gives them; a demand in 第一包技术要求.docx speaks of the first lot."""
    lots = tuple(replace(lot, name=names.get(key_of(lot.name), lot.name)) for lot in verdict.lots)
    evidence = tuple(replace(item, lot=_lot_of(item, names)) for item in verdict.evidence)
    levels = {lot.name: lot.level for lot in lots}
    for item in evidence:
        if item.lot is not None and item.effect in LEVELS:
            level = item.effect
            levels[item.lot] = _strongest((level, levels.get(item.lot, "none")))
    return replace(verdict, lots=tuple(LotVerdict(*lot) for lot in levels.items()), evidence=evidence)


def _lot_of(item: Evidence, names: dict[str, str]) -> str | None:
    if item.lot is not None:
        return names.get(key_of(item.lot), item.lot)
    named = labels((item.file or "").upper())
    return names.get(named[-1].key) if named else None


def _lots(own: Verdict, found: list[Verdict]) -> tuple[LotVerdict, ...]:
    """The notice's lots with what the documents say of them; others only where a document flags one."""
    levels = {lot.name: lot.level for lot in own.lots}
    for verdict in found:
        adds = not own.lots and any(lot.level in FLAGGED for lot in verdict.lots)
        for lot in verdict.lots:
            if adds or lot.name in levels or lot.level in FLAGGED:
                levels[lot.name] = _strongest((lot.level, levels.get(lot.name, "none")))
    return tuple(LotVerdict(name, level) for name, level in levels.items())


def _evidence(verdicts: Iterable[Verdict]) -> Iterator[Evidence]:
    """Each passage once, at most so many of a lot and effect."""
    told: set[tuple[object, ...]] = set()
    counts = Counter[tuple[str | None, str]]()
    for verdict in verdicts:
        for item in verdict.evidence:
            place = (item.file, item.page, item.where, item.start, item.end, item.effect)
            counts[item.lot, item.effect] += 1
            if place not in told and counts[item.lot, item.effect] <= _QUOTED:
                told.add(place)
                yield item


def _strongest(levels: Iterable[Level]) -> Level:
    return min(levels, key=LEVELS.index, default="none")


def _rank(effect: str) -> int:
    return LEVELS.index(effect) if effect in LEVELS else len(LEVELS)
