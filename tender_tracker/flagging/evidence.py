"""Notice text + rule pack → a Reading: which rule stands where, and what covers, heads or surrounds it."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from tender_tracker.flagging.gate import Starts, apart
from tender_tracker.flagging.lazy import lazy
from tender_tracker.flagging.rule import Rule
from tender_tracker.flagging.rulepack import RulePack, Seen
from tender_tracker.flagging.structure import Structure
from tender_tracker.flagging.text import Normal, normalise

_ORGANISATION_TAIL = re.compile(
    r"(?!路|区|市)[\u4e00-\u9fff()（）A-Z]{0,14}?(?:有限(?:责任)?公司|股份(?:有限)?公司|集团|公司(?!生产|的|自主)|事务所|合作社|商行|经营部)"
)
_NOT_IN_A_NAME = re.compile(
    r"的|为|由|是|须|应|采用|使用|服务器|处理器|加速卡|芯片的|平台的|生态(?![\u4e00-\u9fff]{0,6}(?:有限|中心))|合作伙伴|授权|及其|或|等|CPU|GPU|(?:产品|设备)(?!有限|股份|公司|集团)|代理"
)
_PHRASE_END = re.compile(
    r"[，,。；;|\n（(：:？?！!“”\"、/+《》【】_）)]|采购(?!人|单位|包|编号)|(?:标包|标项|标段)[一二三四五六七八九十\d]|以及|及其|组成|互为|(?<!普)及(?!时)|和(?!平)|与(?!会)|并|或|[须应](?=已)|\d+(?:\.\d+)?\s?(?:余)?(?:台|套|张|块|颗|个|卡(?!时)|项|片|节点|路|核|人|期|册|批|部|万|年|\*|X)|[一二两三四五六七八九十]\s?(?:台|套|批|项)"
)
_QUOTED_ON = re.compile(r"[”\"](?:[、，]?[“\"][^”\"\n]{0,24}[”\"])*(?:等)?(?:[一二三四五六七八九十\d]*[门个项种类])?")
_COUNTED = re.compile(r"\d\s?(?:台|套|张|块|颗|片|节点)")
_PLATFORM = re.compile(r"(?:AI|智能)?(?:平台|架构|系列|生态|体系|路线|版本?|技术路线)")


_LOOK_AHEAD = 8
"""What a noun's look-ahead may read beyond the phrase it stands in."""
_FEW_LINES = 24
"""Lines that are looked at one by one; where more are asked about, one look at the whole text costs less."""
_LOOK_ON = 48
"""What a cue may read beyond the span in which it begins."""


class Hit(NamedTuple):
    """One match of a rule, at offsets of the normalised text."""

    rule: Rule
    start: int
    end: int
    families: tuple[str, ...] = ()


class Near(NamedTuple):
    """The cues (by id) and nouns that may begin in start..end of a text."""

    start: int
    end: int
    cues: dict[str, tuple[Rule, Starts]]
    nouns: Seen


_NOWHERE = Near(0, -1, {}, [])


class Reading:
    """A notice as rules see it. The text is the title, a line break, and the body."""

    def __init__(self, title: str, body: str, pack: RulePack) -> None:
        self.normal: Normal = normalise(f"{title}\n{body}")
        self.text = self.normal.text
        self.title_end = self.text.find("\n")
        self._pack = pack
        self._told: dict[str, Seen] = {}
        for rule, starts in pack.told(self.text):
            self._told.setdefault(rule.kind, []).append((rule, starts))
        lookalikes = self._told.get("lookalike", ())
        masks = (match.span() for rule, starts in lookalikes for match in rule.find(self.text, starts))
        self._masks = apart(sorted(masks))
        self._mask_starts = [low for low, _ in self._masks]
        self._nears: dict[tuple[int, int], Near] = {}
        self._last = _NOWHERE
        self._hits: dict[str, list[Hit]] = {}
        self._starts: dict[str, list[int]] = {}

    @lazy
    def structure(self) -> Structure:
        return Structure(self.text)

    def _near(self, start: int, end: int) -> Near:
        """What may stand in start..end. Looked for line by line where asked: most of a notice is never asked about."""
        near = self._last
        if near.start <= start and end <= near.end:
            return near
        low, high = self.structure.extent(start)[0], max(end, self.structure.extent(max(start, end - 1))[1])
        if len(self._nears) >= _FEW_LINES:
            low, high = 0, len(self.text)
        if (low, high) not in self._nears:
            near = Near(low, high, {}, [])
            for rule, starts in self._pack.around(self.text, low, high):
                if rule.kind == "cue":
                    near.cues[rule.id] = rule, starts
                else:
                    near.nouns.append((rule, starts))
            self._nears[low, high] = near
        self._last = self._nears[low, high]
        return self._last

    @property
    def is_empty(self) -> bool:
        """Whether nothing that could decide a label is visible."""
        return not any(self.hits(kind) for kind in ("product", "word", "import")) and not self.compute_nouns

    def hits(self, kind: str) -> list[Hit]:
        """Visible matches of all rules of a kind in the whole text, in order of place."""
        if kind not in self._hits:
            self._hits[kind] = sorted(self._found(kind), key=lambda hit: (hit.start, -hit.end))
        return self._hits[kind]

    def _found(self, kind: str) -> list[Hit]:
        found: list[Hit] = []
        for rule, starts in self._told.get(kind, ()):
            if rule.needs_compute and "noun" not in self._told:
                continue  # no anchor of a compute noun stands in the text
            if matches := rule.find(self.text, starts):
                found += self._visible(rule, matches)
        return found

    def between(self, kind: str, start: int, end: int) -> Iterator[Hit]:
        """Matches of a kind that lie wholly in start..end."""
        hits = self.hits(kind)
        if kind not in self._starts:
            self._starts[kind] = [hit.start for hit in hits]
        starts = self._starts[kind]
        return (hit for hit in hits[bisect_left(starts, start) : bisect_left(starts, end)] if hit.end <= end)

    def nouns(self, start: int, end: int) -> list[Hit]:
        """Nouns that lie wholly in start..end. Looked up where asked: most of a notice's nouns never matter."""
        found: list[Hit] = []
        for rule, starts in self._near(start, end).nouns:
            spans = starts.between(start, end)
            if spans and (matches := rule.matches(self.text, spans, start, end + _LOOK_AHEAD)):
                found += [hit for hit in self._visible(rule, matches) if hit.end <= end]
        return found

    @lazy
    def compute_nouns(self) -> list[Hit]:
        """All compute nouns of the text in order of place."""
        return sorted(self._found("noun"), key=lambda hit: hit.start)

    def may_name_compute(self, low: int, high: int) -> bool:
        """Whether an anchor of a compute noun lets one begin in low..high: `nouns` finds none where this is false."""
        return any(starts.between(low, high) for _, starts in self._told.get("noun", ()))

    def cue(self, rule_id: str, low: int, high: int) -> Hit | None:
        """First match of a cue rule that begins in low..high."""
        near = self._last
        if low < near.start or near.end < high:
            near = self._near(low, high)
        if (told := near.cues.get(rule_id)) and (spans := told[1].between(low, high)):
            rule = told[0]
            if matches := rule.matches(self.text, spans, low, high + _LOOK_ON):
                hit = next(iter(self._visible(rule, matches)), None)
                return hit if hit and hit.start < high else None
        return None

    def _visible(self, rule: Rule, matches: Iterable[re.Match[str]]) -> list[Hit]:
        """Those that no look-alike covers."""
        hits: list[Hit] = []
        for match in matches:
            start, end = match.span()
            if start == end or (self._masks and self._is_masked(start)):
                continue
            named = tuple([name for name in match.re.groupindex if match[name]]) if match.re.groupindex else ()
            hits.append(Hit(rule, start, end, named or rule.families))
        return hits

    def _is_masked(self, at: int) -> bool:
        """Whether a look-alike covers a place."""
        mask = bisect_right(self._mask_starts, at) - 1
        return mask >= 0 and at < self._masks[mask][1]

    def in_title(self, hit: Hit) -> bool:
        return hit.start < self.title_end

    def in_organisation(self, hit: Hit) -> bool:
        """Whether the hit is part of a company's name."""
        tail = _ORGANISATION_TAIL.match(self.text, hit.end)
        return bool(tail) and not _NOT_IN_A_NAME.search(tail.group()) if tail else False

    def in_book_title(self, hit: Hit) -> bool:
        """Whether the hit stands between 《 and 》."""
        opened = self.text.rfind("《", self.structure.extent(hit.start)[0], hit.start)
        return opened >= 0 and self.text.find("》", opened, hit.start) < 0

    def phrase(self, at: int) -> tuple[int, int]:
        """Span of the noun phrase that begins at `at`, up to punctuation, a conjunction or a count."""
        stop = _PHRASE_END.search(self.text, at, at + 30)
        return at, stop.start() if stop else min(at + 30, self.structure.extent(min(at, len(self.text) - 1))[1])

    def head(self, start: int, end: int) -> str | None:
        """Class of the last noun in a span: Chinese phrases end in their head."""
        nouns = self.nouns(start, end)
        if not nouns:
            return None
        last = max(nouns, key=lambda hit: (hit.end, hit.end - hit.start))
        if last.rule.noun_class == "software" and self.text.startswith(("设备", "硬件", "器材"), last.end):
            return None  # 平台设备: equipment of a kind the phrase does not tell
        return last.rule.noun_class

    def class_after(self, hit: Hit) -> str | None:
        """Class of the phrase a word or chip name opens: 国产|服务器 → compute, 昇腾|服务器维保 → service."""
        start, end = self.phrase(hit.end)
        if named := next((noun for noun in self.nouns(hit.start, end) if noun.start < hit.end < noun.end), None):
            end = max(end, named.end)
            start = named.start  # 信创|一体机, where the noun itself begins with the word
        elif platform := _PLATFORM.match(self.text, start, end):
            start = platform.end()
        return self._with_bracket(self.head(start, end), end)

    def class_of(self, hit: Hit) -> str | None:
        """Class of the phrase that begins with a noun: 服务器|机柜 → other, 服务器（8卡）维保 → service."""
        end = max(self.phrase(hit.start)[1], hit.end)
        return self._with_bracket(self.head(hit.start, end), end)

    def _with_bracket(self, found: str | None, at: int) -> str | None:
        """What a bracket or quotation mark at the end of a phrase changes about its class.

        昇腾服务器（Atlas 800I A2）维保服务 is a service, 信创机房（学生机120台） buys computers, “昇腾入门”等课程 is
        neither.
        """
        mark = self.text[at : at + 1]
        if mark in ("”", '"'):
            more = _QUOTED_ON.match(self.text, at)
            return "service" if more and self.head(*self.phrase(more.end())) == "service" else found
        if mark not in ("（", "(", "）", ")"):
            return found
        closing = at if mark in "）)" else max(self.text.find("）", at, at + 40), self.text.find(")", at, at + 40))
        if closing < 0:
            return found
        if closing > at and found in ("service", "software") and _COUNTED.search(self.text, at, closing):
            inside = [hit.rule.noun_class for hit in self.nouns(at, closing)]
            if "compute" in inside:
                return "compute"
        beyond = self.head(*self.phrase(closing + 1))
        return "service" if beyond == "service" else found or beyond

    def outer(self, at: int) -> tuple[int, int] | None:
        """Span of the part before the bracket that `at` stands in: 无人机8架（飞控国产化，…）."""
        low, _ = self.structure.clause(at, at)
        opened = max(self.text.rfind("（", low, at), self.text.rfind("(", low, at))
        if opened < 0 or re.search(r"[）)]", self.text[opened:at]):
            return None
        return self.structure.part(max(opened - 1, low), max(opened - 1, low))

    def classes_before(self, start: int, at: int) -> list[str]:
        """Classes of the phrases of a list that stands before `at`: 服务器、交换机均须 → [compute, other]."""
        found = []
        low = start
        for stop in [*_PHRASE_END.finditer(self.text, start, at), None]:
            high = stop.start() if stop else at
            if kind := self.head(low, high):
                found.append(kind)
            low = stop.end() if stop else at
        return found
