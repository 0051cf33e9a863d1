"""Normalised text of a notice in words + a rule pack → what of the pack stands in it: the hits, cues and goods."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from dataclasses import dataclass, replace

from tender_tracker.flagging.cues import Cues
from tender_tracker.flagging.goods import Goods
from tender_tracker.flagging.joined import joined
from tender_tracker.flagging.passage import Passages, Span
from tender_tracker.flagging.rule import Rule
from tender_tracker.flagging.rulepack import RulePack
from tender_tracker.flagging.text import Normal
from tender_tracker.patterns.anchors import WIDEST

_ORIGINS = ("made", "design", "content", "outside", "origin", "register", "ban", "european")
"""Roles of claims that hold their own place: it is no part of another one."""


@dataclass(frozen=True, slots=True)
class Hit:
    rule: Rule
    start: int
    end: int

    @property
    def role(self) -> str:
        return self.rule.id.split(".")[1]


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
            insort(claims, kept[-1], key=lambda claim: claim.start)
    return tuple(sorted(kept, key=lambda hit: (hit.start, -hit.end)))


def _touches(hit: Hit, others: list[Hit]) -> bool:
    """Whether a hit shares characters with one of the others, which stand in the order of their beginnings."""
    low, high = (bisect_left(others, at, key=lambda other: other.start) for at in (hit.start - WIDEST, hit.end))
    return any(hit.start < other.end for other in others[low:high])


def _covered(masks: list[Span], at: int) -> bool:
    """Whether one of these spans, in order, begins at most 200 characters before a place and holds it."""
    for low, high in reversed(masks[: bisect_right(masks, (at, len(masks) and masks[-1][1]))]):
        if low <= at < high:
            return True
        if at - low > 200:
            return False
    return False
