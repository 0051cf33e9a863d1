"""One hit in its surroundings → what it claims, by the table of the labels in docs/labels.md."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tender_tracker.flagging.passage import Span
from tender_tracker.flagging.seen import Hit, Seen
from tender_tracker.model import Level

_OPENING = 50
"""Characters in which a sentence looks back at the one before."""
_NO = re.compile(
    r"(?![^:|\n]{0,80}\b(?:ANSWER|ANTWORT|RÉPONSE|RISPOSTA|RESPUESTA|ODPOWIEDŹ|ОТВЕТ)\b)(?![^:|\n]{0,80}\?\s[A-ZА-Я])"
    r"(?:[\w\s()'/,%№?-]|\.(?!\s)){0,80}?[:|]\s*(?:(?:NO|NONE|NIL|N/A|N\.A\.|NOT (?:SET|APPLICABLE|REQUIRED|APPLIED)|"
    r"NEIN|KEINE?|NON|AUCUNE?|NESSUN[OA]|NINGUN[OA]|NIE|BRAK|НЕТ|"
    r"НЕ (?:УСТАНОВЛЕН\w*|ПРИМЕНЯ\w+|ТРЕБУЕТСЯ|ПРЕДУСМОТРЕН\w*)|-+|_+|0)?\s*(?:[.;|,(\n\"]|$))"
)
_IF = re.compile(
    r"\s*(?:[\w .-]{0,24}: )?"
    r"(?:IF|WHERE|WHEN|WHENEVER|WHEREVER|SHOULD|ONCE|UNLESS|IN CASE|IN THE EVENT|"
    r"FALLS|SOFERN|WENN|SOLLTEN?|SI|S'|"
    r"LORSQU\w{1,2}|AU CAS|QUALORA|SE|OVE|NEL CASO|EN CASO|CUANDO|JEŻELI|JEŚLI|GDYBY|GDY|W PRZYPADKU|ЕСЛИ|В СЛУЧАЕ)\b"
)
"""How a sentence opens that says under which condition a rule holds."""
_MADE = ("made", "place", "origin", "design", "content")
"""Roles of claims that say something only of what their sentence names: firmware, too, is made somewhere."""
_LOWERING = ("withdrawn", "negation", "question", "reserve", "friendly")


@dataclass(frozen=True, slots=True)
class Claim:
    """What one hit means for some lots; () is all of them. `strength` is what it would mean for the goods at large."""

    hit: Hit
    effect: Level
    strength: Level
    lots: tuple[str, ...]
    cues: tuple[str, ...]


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
        if self.answered_no():
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
        if strength == "required" and self.hit.role in _MADE and not self.seen.goods.named(self.span):
            return Claim(self.hit, "none", "none", lots, cues)
        if self.hit.role == "adjective" and not self.seen.goods.described(self.span):
            return Claim(self.hit, "none", "none", lots, cues)
        return Claim(self.hit, strength, strength, lots, cues)

    def cue(self, *names: str, wide: bool = False) -> str | None:
        """The first cue of these roles in the sentence; `wide` also in the heading that it stands under."""
        found = self.seen.cues.first(names, self.sentence)
        if found or not wide:
            return found
        above = (self.seen.passages.lead(self.hit.start), self.seen.passages.heading(self.hit.start))
        return next((cue for span in above if span and (cue := self.seen.cues.first(names, span))), None)

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
        fitted = self.cue("support") and self.cue("oblige")
        if not fitted and (cue := self._existing()) and (product or not self.cue("oblige")):
            return "mentioned", (cue,)
        if rule.effect == "preferred":
            return "preferred", ()
        if not self.cue("knockout") and (cue := self._favoured()):
            return "preferred", (cue,)
        if cue := self.cue("unforced") or self._under_condition():
            return "mentioned", (cue,)
        if rule.basis == "standard" and (cue := self.seen.cues.anywhere.get("tempered")):
            return "preferred", (cue,)
        if self.cue("proof") and "prefer" in self.seen.cues.anywhere:
            return "preferred", ()
        open_choice = None if self.cue("closed") else self.cue("support", "equivalent")
        if (product or rule.basis in ("chip", "brand")) and (cue := open_choice):
            return "preferred", (cue,)
        if self.award and not self.cue("oblige") and not self._in_title:
            return "supplied", ()
        return "required", ()

    def _lowered(self) -> str | None:
        """A cue that leaves no more than a mention: here, in the heading, or in a sentence that looks back."""
        if cue := self._reworded() or self._background():
            return cue
        if cue := self.seen.cues.first(("question",), (self.seen.passages.period(self.hit.start)[0], self.hit.start)):
            return cue
        if (cue := self.cue("unmade")) and not self.cue("reject"):
            return cue
        return self._taken_back()

    def _reworded(self) -> str | None:
        """A lowering cue of the wording that the hit stands in: what a new one replaces lowers the old one alone."""
        passages, cues, at = self.seen.passages, self.seen.cues, self.hit.start
        before = passages.line(at)[0], at
        old, new = cues.all("old", before), cues.all("new", before)
        if new and (not old or old[-1] < new[-1]):
            return cues.first(_LOWERING, (max(self.sentence[0], new[-1][1]), self.sentence[1])) or self.cue("condition")
        heading = passages.heading(at)
        if old or (heading and not cues.all("new", (heading[0], at)) and cues.all("old", heading)):
            return cues.first(("old",), before if old else heading or before)
        return self.cue(*_LOWERING) or self.cue("withdrawn", "condition", wide=True)

    def _taken_back(self) -> str | None:
        """A cue in the sentence behind that looks back, or goes on from a quotation: `“… in the EU.” is deleted`."""
        text, end = self.seen.normal.text, self.sentence[1]
        following = self.seen.passages.sentence(min(end + 1, len(text)))
        if following[0] < end:
            return None
        opening = following[0], min(following[0] + _OPENING, following[1])
        if self.seen.cues.first(("recall",), opening):
            return self.seen.cues.first(("withdrawn", "negation"), following)
        quoted = text[:end].endswith('."') and following[0] < self.seen.passages.line(self.hit.start)[1]
        return self.seen.cues.first(("withdrawn",), opening) if quoted else None

    def _background(self) -> str | None:
        """A cue of background: here, or above a sentence that neither obliges nor buys; no history beside a duty."""
        cue, obliged = self.cue("background"), self.cue("oblige")
        if cue and not (obliged and ".history" in cue):
            return cue
        return None if obliged or self.cue("buy") else self.cue("background", wide=True)

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

    def _favoured(self) -> str | None:
        """A cue of points or precedence for the goods of the claim."""
        return self.cue("points", "prefer", wide=True) or self._weighed() or self._then()

    def _then(self) -> str | None:
        """A cue of precedence in the sentence before, where this one goes on from it: `In that case …`."""
        low, high = self.sentence
        before = self.seen.passages.before(self.hit.start)
        if before is None or not self.seen.cues.first(("then",), (low, min(high, low + _OPENING))):
            return None
        return self.seen.cues.first(("prefer",), before)

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

    def answered_no(self) -> bool:
        end = self.seen.passages.line(self.hit.start)[1]
        return any(_NO.match(self.seen.normal.text, at, end) for at in self.span)
