"""A notice in words set apart by blanks + the rule pack of its jurisdiction → Verdict.

The labels are defined in docs/labels.md; Spot is their table. A rule's role is the second part of its id:
`cue.points.de` is a cue of the role points, `word.outside.fr` a claim about goods from outside.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, replace

from tender_tracker.flagging.goods import Cues, Goods
from tender_tracker.flagging.joined import joined
from tender_tracker.flagging.passage import Passages, Span
from tender_tracker.flagging.rule import Rule
from tender_tracker.flagging.rulepack import RulePack
from tender_tracker.flagging.spaced import spaced
from tender_tracker.flagging.text import Normal
from tender_tracker.model import FLAGGED, LEVELS, Evidence, ImportPolicy, Level, LotVerdict, Verdict

_LONG_QUOTE = 240
_OPENING = 50
"""Characters in which a sentence looks back at the one before."""
_NO = re.compile(
    r"(?:[\w\s()'/,%№?-]|\.(?!\s)){0,80}?[:|]\s*(?:(?:NO|NONE|NIL|N/A|N\.A\.|NOT (?:SET|APPLICABLE|REQUIRED|APPLIED)|"
    r"NEIN|KEINE?|NON|AUCUNE?|NESSUN[OA]|NINGUN[OA]|NIE|BRAK|НЕТ|"
    r"НЕ (?:УСТАНОВЛЕН\w*|ПРИМЕНЯ\w+|ТРЕБУЕТСЯ|ПРЕДУСМОТРЕН\w*)|-+|0)?\s*(?:[.;|,(\n]|$))"
)
_IF = re.compile(
    r"\s*(?:[\w .-]{0,24}: )?"
    r"(?:IF|WHERE|WHEN|WHENEVER|WHEREVER|SHOULD|ONCE|UNLESS|IN CASE|IN THE EVENT|"
    r"FALLS|SOFERN|WENN|SOLLTEN?|SI|S'|"
    r"LORSQU\w{1,2}|AU CAS|QUALORA|SE|OVE|NEL CASO|EN CASO|CUANDO|JEŻELI|JEŚLI|GDYBY|GDY|W PRZYPADKU|ЕСЛИ|В СЛУЧАЕ)\b"
)
"""How a sentence opens that says under which condition a rule holds."""
_POLICY_BASES = ("origin", "list", "standard")
_ORIGINS = ("made", "design", "content", "outside", "origin", "register", "ban", "european")
"""Roles of claims that hold their own place: it is no part of another one."""
_LOWERING = ("withdrawn", "negation", "question", "reserve", "friendly")


@dataclass(frozen=True, slots=True)
class Hit:
    rule: Rule
    start: int
    end: int

    @property
    def role(self) -> str:
        return self.rule.id.split(".")[1]


@dataclass(frozen=True, slots=True)
class Claim:
    """What one hit means for some lots; () is all of them. `strength` is what it would mean for the goods at large."""

    hit: Hit
    effect: Level
    strength: Level
    lots: tuple[str, ...]
    cues: tuple[str, ...]


def decide(title: str, text: str, pack: RulePack, kind: str | None = None) -> Verdict:
    """Label one notice; arguments as of flag.flag."""
    seen = Seen.of(spaced(" ".join(title.split("\n")) + "\n" + text), pack)
    award = _is_award(seen, kind)
    claims = [Spot(seen, hit, award).claim() for hit in seen.hits if hit.rule.kind in ("word", "product")]
    return _roll_up(seen, [claim for claim in claims if claim], pack.fingerprint)


@dataclass(frozen=True)
class Seen:
    """All rules of a pack that stand in a notice, without those that a look-alike covers."""

    normal: Normal
    passages: Passages
    hits: tuple[Hit, ...]
    cues: Cues
    goods: Goods

    @classmethod
    def of(cls, normal: Normal, pack: RulePack) -> Seen:
        found = [
            Hit(rule, match.start(), match.end())
            for rule, starts in pack.seen(normal.text)
            for match in rule.find(normal.text, starts)
        ]
        masks = sorted((hit.start, hit.end) for hit in found if hit.rule.kind == "lookalike")
        clear = [hit for hit in found if hit.rule.kind == "lookalike" or not _covered(masks, hit.start)]
        hits = tuple(sorted(clear, key=lambda hit: (hit.start, -hit.end)))
        passages = Passages(normal.text, "".join([normal.origin[i] for i in normal.at]))
        nouns = [(hit.start, hit.end, hit.rule.noun_class or "") for hit in hits if hit.rule.kind == "noun"]
        cues = Cues([(hit.start, hit.end, hit.role, hit.rule.id) for hit in hits if hit.rule.kind == "cue"])
        return cls(normal, passages, _with_joined(hits, passages, cues), cues, Goods(passages, nouns, cues))


def _with_joined(hits: tuple[Hit, ...], passages: Passages, cues: Cues) -> tuple[Hit, ...]:
    """Hits with every place as the claim that it is a part of; a place that says nothing, or nothing new, is left out.

    What is made outside is no claim that it be made here.
    """
    outside = [hit for hit in hits if hit.rule.kind == "word" and hit.role == "outside"]
    claims = [hit for hit in hits if hit.rule.kind == "word" and hit.role in _ORIGINS]
    kept: list[Hit] = []
    for hit in hits:
        unplaced = hit.rule.kind != "word" or hit.role not in ("made", "place")
        if unplaced or (hit.role == "made" and not _touches(hit, outside)):
            kept.append(hit)
        elif (
            hit.role == "place"
            and not _touches(hit, claims)
            and (found := joined((hit.start, hit.end), passages, cues))
        ):
            (start, end), role = found
            kept.append(Hit(replace(hit.rule, basis="chip") if role == "designing" else hit.rule, start, end))
            claims.append(kept[-1])
    return tuple(sorted(kept, key=lambda hit: (hit.start, -hit.end)))


def _touches(hit: Hit, others: list[Hit]) -> bool:
    return any(hit.start < other.end and other.start < hit.end for other in others)


def _covered(masks: list[Span], at: int) -> bool:
    """Whether one of these spans, in order, begins at most 200 characters before a place and holds it."""
    for low, high in reversed(masks[: bisect_right(masks, (at, len(masks) and masks[-1][1]))]):
        if low <= at < high:
            return True
        if at - low > 200:
            return False
    return False


@dataclass(frozen=True)
class Spot:
    """One hit in its surroundings."""

    seen: Seen
    hit: Hit
    award: bool

    @property
    def span(self) -> Span:
        return self.hit.start, self.hit.end

    @property
    def sentence(self) -> Span:
        return self.seen.passages.sentence(self.hit.start)

    def claim(self) -> Claim | None:
        """What the hit claims; None when it says nothing of domestic goods."""
        if self._answered_no():
            return None
        strength, cues = self._strength()
        if strength is None:
            return None
        lots = self.seen.passages.lots_at(self.hit.start)
        target = self.seen.goods.of(self.span)
        if target in ("software", "service", "other") or not self.seen.goods.buys(lots):
            told = (
                (self.hit.role == "value" and target != "other")
                or self.hit.rule.kind == "product"
                or (strength == "mentioned" and self.seen.goods.adjoining(self.span))
            )
            effect: Level = "mentioned" if told else "none"
            return Claim(self.hit, effect, "none" if target in ("software", "service") else strength, lots, cues)
        if self.hit.role == "adjective" and not self.seen.goods.adjoining(self.span):
            return Claim(self.hit, "none", "none", lots, cues)
        return Claim(self.hit, strength, strength, lots, cues)

    def cue(self, *names: str, wide: bool = False) -> str | None:
        """The first cue of these roles in the sentence; `wide` also in the heading that it stands under."""
        found = self.seen.cues.first(names, self.sentence)
        heading = self.seen.passages.heading(self.hit.start) if wide and not found else None
        return self.seen.cues.first(names, heading) if heading else found

    def _strength(self) -> tuple[Level | None, tuple[str, ...]]:
        """The table of the conventions, top down: the first line that holds decides."""
        rule, product = self.hit.rule, self.hit.rule.kind == "product"
        if not product and (cue := self.cue("inform") or (not self.cue("applied") and self.cue("cited")) or None):
            return None, (cue,)
        if not product and not rule.complete and self.cue("bidder") and not self._of_goods():
            return None, ()
        if cue := self._lowered():
            return "mentioned", (cue,)
        if self.hit.role == "outside" and not self.cue("reject"):
            period = self.seen.passages.period(self.hit.start)
            dearer = self.seen.cues.first(("factor", "points", "prefer"), period)
            return ("preferred" if dearer else None), (dearer,) if dearer else ()
        if self.hit.role == "value":
            named = {noun[2] for noun in self.seen.goods.within(*self.sentence)} & {"compute", "goods"}
            tied = named and self.cue("points", wide=True)
            return ("preferred" if tied else "mentioned"), ()
        if self.hit.role == "barred-land" and not self.cue("reject"):
            return None, ()
        if self.hit.role == "shown":
            return ("supplied" if self.award else "mentioned"), ()
        if self.hit.role == "local" and (cue := self.cue("points", "prefer")) and not self._friends_too():
            return "preferred", (cue,)
        if rule.effect == "mentioned" or (
            product and rule.effect != "preferred" and (cue := self.cue("company", "foreign"))
        ):
            return "mentioned", ()
        if (cue := self._existing()) and (product or not self.cue("oblige")):
            return "mentioned", (cue,)
        if rule.effect == "preferred":
            return "preferred", ()
        if cue := self.cue("points", "prefer", wide=True) or self._weighed():
            return "preferred", (cue,)
        if cue := self.cue("unforced") or self._under_condition():
            return "mentioned", (cue,)
        if rule.basis == "standard" and (cue := self.seen.cues.anywhere.get("tempered")):
            return "preferred", (cue,)
        if self.cue("proof") and "prefer" in self.seen.cues.anywhere:
            return "preferred", ()
        if (product or rule.basis in ("chip", "brand")) and (cue := self.cue("equivalent", "support")):
            return "preferred", (cue,)
        if self.award and not self.cue("oblige") and not self._in_title:
            return "supplied", ()
        return "required", ()

    def _lowered(self) -> str | None:
        """A cue that leaves no more than a mention: here, in the heading, or in a sentence that looks back."""
        if cue := self.cue(*_LOWERING) or self.cue("withdrawn", "background", "condition", wide=True):
            return cue
        if cue := self.seen.cues.first(("question",), (self.seen.passages.period(self.hit.start)[0], self.hit.start)):
            return cue
        if (cue := self.cue("unmade")) and not self.cue("reject"):
            return cue
        following = self.seen.passages.sentence(min(self.sentence[1] + 1, len(self.seen.normal.text)))
        opening = following[0], min(following[0] + _OPENING, following[1])
        if following[0] >= self.sentence[1] and self.seen.cues.first(("recall",), opening):
            return self.seen.cues.first(("withdrawn", "negation"), following)
        return None

    def _of_goods(self) -> bool:
        """Whether the sentence speaks of goods, and not of bidders alone."""
        named = {noun[2] for noun in self.seen.goods.within(*self.sentence)}
        return self.cue("goods") is not None or "compute" in named

    def _existing(self) -> str | None:
        """A cue of goods that are there already, but for such as the goods bought are put into."""
        low, high = self.sentence
        bought = self.seen.cues.first(("buy",), (low, self.hit.start))
        return self.seen.cues.first(("existing",), (low, self.hit.start if bought else high))

    def _weighed(self) -> str | None:
        """A price with its weight in the list, where what the claim says has a number of its own and is no duty."""
        low, high = self.sentence
        if self.cue("oblige", "reject") or not re.search(r"\b\d{1,3}\b", self.seen.normal.text[low:high]):
            return None
        return self.seen.cues.first(("weights",), self.seen.passages.period(self.hit.start))

    def _under_condition(self) -> str | None:
        """The rule id of the claim, where its sentence opens with a condition on something else than compute."""
        low, high = self.sentence
        opening = _IF.match(self.seen.normal.text, low, high)
        if opening is None or self.cue("reject"):
            return None
        comma = self.seen.normal.text.find(",", low, high)
        nouns = self.seen.goods.within(low, comma if comma > 0 else high)
        return None if any(noun[2] in ("compute", "goods") for noun in nouns) else self.hit.rule.id

    def _friends_too(self) -> bool:
        """Whether a word of the local content order is the title of the order, or speaks of preference to others."""
        return self.cue("bidder") is not None

    @property
    def _in_title(self) -> bool:
        return self.hit.start < self.seen.normal.text.find("\n")

    def _answered_no(self) -> bool:
        end = self.seen.passages.line(self.hit.start)[1]
        return any(_NO.match(self.seen.normal.text, at, end) for at in self.span)


def _is_award(seen: Seen, kind: str | None) -> bool:
    """Whether the notice tells who won: by its kind, its title, or a line that says so."""
    if kind in ("award", "contract"):
        return True
    if kind in ("tender", "intention", "amendment", "single_source"):
        return False
    text = seen.normal.text
    return seen.cues.first(("award",), (0, max(0, text.find("\n")))) is not None or "awarded" in seen.cues.anywhere


def _roll_up(seen: Seen, found: list[Claim], fingerprint: str) -> Verdict:
    """Claims → levels of lots and notice; a claim that names no lot speaks for every lot that buys compute."""
    claims = [claim for claim in found if claim.effect != "none" and not _said_better(seen, claim, found)]
    claims.sort(key=lambda claim: (LEVELS.index(claim.effect), claim.hit.start))
    lots = tuple(
        LotVerdict(
            seen.normal.quote(*span)[2].strip(" |:"),
            _strongest([c for c in claims if key in c.lots or (not c.lots and seen.goods.buys((key,)))]),
        )
        for key, span in seen.passages.lots.items()
    )
    policy, printed = _import_policy(seen, found)
    evidence = [_evidence(seen, claim.hit, claim.effect, claim) for claim in claims] + printed
    return Verdict(
        level=_strongest(claims),
        compute=seen.goods.buys(),
        import_policy=policy,
        families=tuple(sorted({c.hit.rule.family for c in claims if c.hit.rule.family and c.effect in FLAGGED})),
        lots=lots,
        evidence=tuple({(e.start, e.end, e.where, e.effect): e for e in reversed(evidence)}.values())[::-1],
        pack=fingerprint,
    )


def _said_better(seen: Seen, claim: Claim, found: list[Claim]) -> bool:
    """Whether a title names a chip of which the text says more: `or equivalent`, for instance."""
    title, family = seen.normal.text.find("\n"), claim.hit.rule.family
    return bool(family and claim.hit.start < title) and any(
        other.hit.rule.family == family and other.hit.start > title and other.effect in FLAGGED for other in found
    )


def _strongest(claims: list[Claim]) -> Level:
    return min((claim.effect for claim in claims), key=LEVELS.index, default="none")


def _import_policy(seen: Seen, found: list[Claim]) -> tuple[ImportPolicy, list[Evidence]]:
    """Barred by a demand about origin, content or register, else what the notice's own words on imports say."""
    buys = seen.goods.buys()
    for claim in found:
        level = claim.effect if buys else claim.strength
        if level == "required" and claim.hit.rule.basis in _POLICY_BASES:
            return "barred", []
    for hit in seen.hits:
        span = seen.passages.sentence(hit.start)
        if (
            hit.role == "outside"
            and hit.rule.kind == "word"
            and seen.cues.first(("admit",), span)
            and not seen.cues.first(("reject", "condition", "question"), span)
        ):
            return "allowed", [_evidence(seen, hit, "import_allowed")]
    if friendly := next((claim for claim in found if _admits_friends(seen, claim)), None):
        return "allowed", [_evidence(seen, friendly.hit, "import_allowed")]
    policies: tuple[ImportPolicy, ...] = ("barred", "allowed")
    for policy in policies:
        for hit in seen.hits:
            span = seen.passages.sentence(hit.start)
            doubts = ("condition", "question", *(("withdrawn",) if policy == "barred" else ()))
            lowered = seen.cues.first(doubts, span)
            if hit.rule.effect == f"import_{policy}" and not lowered and not Spot(seen, hit, False)._answered_no():
                return policy, [_evidence(seen, hit, f"import_{policy}")]
    return "unstated", []


def _admits_friends(seen: Seen, claim: Claim) -> bool:
    """Whether goods must be made here or in a friendly country, which admits foreign ones; points admit nobody."""
    if seen.cues.first(("points", "prefer"), seen.passages.sentence(claim.hit.start)):
        return False
    return claim.hit.role in ("made", "origin", "place") and any(cue.split(".")[1] == "friendly" for cue in claim.cues)


def _evidence(seen: Seen, hit: Hit, effect: str, claim: Claim | None = None) -> Evidence:
    low, high = seen.passages.sentence(hit.start)
    if max(high, hit.end) - low > _LONG_QUOTE:
        low, high = max(low, hit.start - 80), min(max(high, hit.end), hit.end + 80)
    start, _, passage = seen.normal.quote(low, max(high, hit.end))
    start += len(passage) - len(passage.lstrip())
    passage = passage.strip()
    title_length = seen.normal.origin.find("\n")
    offset = 0 if start < title_length else title_length + 1
    lots = claim.lots if claim else ()
    return Evidence(
        quote=passage,
        start=start - offset,
        end=start - offset + len(passage),
        where="text" if offset else "title",
        rule=hit.rule.id,
        effect=effect,
        lot=seen.normal.quote(*seen.passages.lots[lots[0]])[2].strip(" |:") if lots else None,
        families=(hit.rule.family,) if hit.rule.family else (),
        basis=hit.rule.basis,
        cues=claim.cues if claim else (),
    )
