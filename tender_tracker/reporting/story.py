"""A Verdict and the rules that reached it → its story in plain sentences, Chinese or English.

Which clause decided and by which rule, what it rests on, what cancelled or lowered what, lot by lot, the import policy;
for `none` what was looked for, and which words occur that speak of something else.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from tender_tracker.flagging.rule import Rule
from tender_tracker.flagging.rulepack import RulePack
from tender_tracker.messages import name, say
from tender_tracker.model import LEVELS, Evidence, LotVerdict, Verdict
from tender_tracker.reasons import BASES
from tender_tracker.reporting.attached import place
from tender_tracker.reporting.whys import Whys
from tender_tracker.storage.columns import same_lot

ALSO, LOTS, LOWERED, IGNORED = 2, 12, 5, 3
"""How many further passages, lots, lowered passages and ignored words are told one by one."""
_AROUND = 20
_CLAUSE_END = re.compile(r"[。；;，,|\n]")


@dataclass(frozen=True, slots=True)
class Sentence:
    """`about`: level, rule, also, lot, lowered, imports, compute, looked_for, ignored, pack."""

    about: str
    text: str
    lot: str | None = None
    evidence: Evidence | None = None


def story(verdict: Verdict, pack: RulePack, lang: str, title: str = "", text: str = "") -> tuple[Sentence, ...]:
    """`title` and `text` of the notice tell of words that occur and mean something else; `lang` is zh or en."""
    teller = _Teller(verdict, pack, lang)
    told = [*teller.level(), *teller.also(), *teller.lots(), *teller.lowered(), *teller.imports(), teller.compute()]
    if verdict.level == "none":
        told += [teller.looked_for(), *teller.ignored(title, text)]
    return (*told, teller.decided_by())


@dataclass(frozen=True, slots=True)
class _Teller:
    verdict: Verdict
    pack: RulePack
    lang: str

    def say(self, key: str, **values: object) -> str:
        return say(self.lang, f"story.{key}", **values)

    @property
    def whys(self) -> Whys:
        return Whys(self.pack, self.lang)

    @property
    def deciding(self) -> list[Evidence]:
        return [item for item in self.verdict.evidence if item.effect == self.verdict.level]

    def level(self) -> Iterator[Sentence]:
        """The level with the clause that decided, its rule, what it rests on, and what made it less than required."""
        level = self.verdict.level
        if level == "none":
            yield Sentence("level", self.say("none"))
            return
        first = next(iter(self.deciding), None)
        if first is None:
            yield Sentence("level", self.say("unquoted", level=name(self.lang, "level", level)))
            return
        yield Sentence("level", self.say(level, place=self._place(first), quote=_flat(first.quote)), first.lot, first)
        parts = [self.say("rule", rule=first.rule, why=self.whys.of_passage(first))]
        if first.basis in BASES:
            parts.append(self.say("basis", basis=BASES[first.basis][self.lang != "zh"]))
        if first.cues:
            parts.append(self.say("because", reasons=self._reasons(first.cues)))
        if self.verdict.families:
            parts.append(self.say("families", chips=self._chips(self.verdict.families)))
        yield Sentence("rule", self._joined(parts), first.lot, first)

    def also(self) -> Iterator[Sentence]:
        """Further passages of the same level."""
        rest = [item for item in self.deciding[1:] if item.quote != self.deciding[0].quote]
        if rest and len(self.verdict.lots) < 2 and self.verdict.level != "mentioned":
            quotes = dict.fromkeys(f"「{_flat(item.quote)}」" for item in rest)
            shown = "".join(islice(quotes, ALSO)) + ("…" if len(quotes) > ALSO else "")
            yield Sentence("also", self.say("also", n=len(quotes), quotes=shown))

    def lots(self) -> Iterator[Sentence]:
        """Each lot with the clause of its own; a single one has nothing to add to the notice."""
        if len(self.verdict.lots) == 1:
            return
        for lot in self.verdict.lots[:LOTS]:
            yield self._lot(lot)
        if len(self.verdict.lots) > LOTS:
            yield Sentence("lot", self.say("lots_more", n=len(self.verdict.lots) - LOTS))

    def _lot(self, lot: LotVerdict) -> Sentence:
        level = name(self.lang, "level", lot.level)
        passages = (item for item in self.verdict.evidence if item.effect == lot.level)
        own = next((item for item in passages if same_lot(lot.name, item.lot)), None)
        if own:
            text = self.say("lot", lot=lot.name, level=level, quote=_flat(own.quote), rule=own.rule)
            return Sentence("lot", text, lot.name, own)
        key = "lot_none" if lot.level == "none" else "lot_shared"
        return Sentence("lot", self.say(key, lot=lot.name, level=level), lot.name)

    def lowered(self) -> Iterator[Sentence]:
        """Passages that count for less than the level of the notice, each with what lowered it."""
        rest = [item for item in self.verdict.evidence if item.effect in LEVELS and item.effect != self.verdict.level]
        if self.verdict.level == "mentioned":
            rest = [item for item in self.deciding if item.quote != self.deciding[0].quote]
        told = {item.quote: self._lowered(item) for item in reversed(rest)}
        yield from islice(reversed(told.values()), LOWERED)
        if len(told) > LOWERED:
            yield Sentence("lowered", self.say("lowered_more", n=len(told) - LOWERED))

    def _lowered(self, item: Evidence) -> Sentence:
        values = {"quote": _flat(item.quote), "level": name(self.lang, "level", item.effect), "rule": item.rule}
        if item.cues:
            text = self.say("lowered", reasons=self._reasons(item.cues), **values)
        else:
            text = self.say("lowered_plain", **values)
        return Sentence("lowered", text, item.lot, item)

    def imports(self) -> Iterator[Sentence]:
        policy = self.verdict.import_policy
        if policy == "unstated":
            return
        found = next((item for item in self.verdict.evidence if item.effect == f"import_{policy}"), None)
        text = self.say(policy, quote=_flat(found.quote)) if found else self.say(f"{policy}_column")
        yield Sentence("imports", text, None, found)

    def compute(self) -> Sentence:
        return Sentence("compute", self.say("compute" if self.verdict.compute else "no_compute"))

    def looked_for(self) -> Sentence:
        products = [rule for rule in self.pack.rules if rule.kind == "product"]
        families = {rule.family for rule in products if rule.family and rule.family != "*"}
        words = sum(rule.kind == "word" for rule in self.pack.rules)
        text = self.say("looked_for", products=len(products), families=len(families), words=words)
        return Sentence("looked_for", text)

    def ignored(self, title: str, text: str) -> Iterator[Sentence]:
        """Words that occur and decide nothing, look-alikes among them."""
        told: dict[str, Sentence] = {}
        for rule, found, quote in _occurring(f"{title}\n{text}", self.pack):
            if rule.kind == "lookalike":
                told[found] = Sentence("ignored", self.say("lookalike", found=found, why=self.whys.of_rule(rule)))
            else:
                told.setdefault(found, Sentence("ignored", self.say("ignored", found=found, quote=quote)))
        yield from islice(told.values(), IGNORED)

    def decided_by(self) -> Sentence:
        if self.verdict.pack in ("", self.pack.fingerprint):
            return Sentence("pack", self.say("pack", pack=self.pack.fingerprint))
        return Sentence("pack", self.say("stale", pack=self.verdict.pack, now=self.pack.fingerprint))

    def _place(self, item: Evidence) -> str:
        if item.where == "title":
            return self.say("title")
        if item.file is not None:
            return place(item, self.lang)
        return item.lot or self.say("text")

    def _reasons(self, cues: Iterable[str]) -> str:
        return ("；" if self.lang == "zh" else "; ").join(map(self._reason, cues))

    def _reason(self, cue: str) -> str:
        return self.whys.of_cue(cue) or cue

    def _chips(self, families: Iterable[str]) -> str:
        return ("、" if self.lang == "zh" else ", ").join(name(self.lang, "family", family) for family in families)

    def _joined(self, parts: Iterable[str]) -> str:
        return ("" if self.lang == "zh" else " ").join(parts)


def _occurring(text: str, pack: RulePack) -> Iterator[tuple[Rule, str, str]]:
    """Product names, domestic words and look-alikes in a text: rule, the words, and the clause they stand in."""
    normal = pack.read(text)
    seen = pack.seen(normal.text)
    masks = [
        match.span() for rule, spots in seen if rule.kind == "lookalike" for match in rule.find(normal.text, spots)
    ]
    for rule, spots in seen:
        if rule.kind not in ("product", "word", "lookalike"):
            continue
        for match in rule.find(normal.text, spots):
            if rule.kind == "lookalike" or not any(low <= match.start() < high for low, high in masks):
                low, high = _clause(normal.text, *match.span())
                yield rule, _flat(normal.quote(*match.span())[2]), _flat(normal.quote(low, high)[2])


def _clause(text: str, start: int, end: int) -> tuple[int, int]:
    """Span of the clause around start..end, a few characters of it at most."""
    low, high = max(0, start - _AROUND), min(len(text), end + _AROUND)
    stop = _CLAUSE_END.search(text, end, high)
    return max(
        (mark.end() for mark in _CLAUSE_END.finditer(text, low, start)), default=low
    ), stop.start() if stop else high


def _flat(text: str) -> str:
    return " ".join(text.split())
