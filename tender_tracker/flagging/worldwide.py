"""A notice in words set apart by blanks + the rule pack of its jurisdiction → Verdict.

The labels are defined in docs/labels.md; spot.Spot is their table. A rule's role is the second part of its id:
`cue.points.de` is a cue of the role points, `word.outside.fr` a claim about goods from outside.
"""

from __future__ import annotations

from tender_tracker.flagging.rulepack import RulePack
from tender_tracker.flagging.seen import Hit, Seen
from tender_tracker.flagging.spaced import spaced
from tender_tracker.flagging.spot import Claim, Spot
from tender_tracker.model import FLAGGED, LEVELS, Evidence, ImportPolicy, Level, LotVerdict, Verdict

_LONG_QUOTE = 240
_POLICY_BASES = ("origin", "list", "standard")


def decide(title: str, text: str, pack: RulePack, kind: str | None = None) -> Verdict:
    """Label one notice; arguments as of flag.flag."""
    seen = Seen.of(spaced(" ".join(title.split("\n")) + "\n" + text), pack)
    award = _is_award(seen, kind)
    claims = [Spot(seen, hit, award).claim() for hit in seen.hits if hit.rule.kind in ("word", "product")]
    return _roll_up(seen, [claim for claim in claims if claim], pack.fingerprint)


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
            if hit.rule.effect == f"import_{policy}" and not lowered and not Spot(seen, hit, False).answered_no():
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
