"""A rule pack and some notices → which rules fail their examples, which can never speak, and what each one costs."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from tender_tracker.flagging.rule import Rule
from tender_tracker.flagging.rulepack import RulePack, load

Timer = Callable[[], float]
"""Seconds of a clock that only goes forward."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What one rule found in the notices and took for it."""

    rule: str
    matches: int
    ms: float
    share: float
    """Of the time of all rules, 0 to 1."""


@dataclass(frozen=True, slots=True)
class Audit:
    pack: str
    rules: int
    hits: int
    misses: int
    broken: tuple[str, ...]
    """One line for every example that does not hold."""
    dead: tuple[str, ...]
    """One line for every rule that can never speak."""
    notices: int
    characters: int
    silent: tuple[str, ...]
    """Rules that found nothing in the notices; empty without notices."""
    costs: tuple[Cost, ...]
    """Dearest first."""

    @property
    def good(self) -> bool:
        return not self.broken and not self.dead


def audit(pack: RulePack, notices: Iterable[tuple[str, str]], timer: Timer) -> Audit:
    """`notices` as (title, text). Reads each as the engine does: anchors first, then the rules they wake."""
    matches = dict.fromkeys((rule.id for rule in pack.rules), 0)
    seconds = dict.fromkeys(matches, 0.0)
    count = characters = 0
    for title, text in notices:
        whole = pack.read(f"{title}\n{text}").text
        count, characters = count + 1, characters + len(title) + len(text)
        for rule, starts in pack.seen(whole):
            _ = rule.pattern, rule.needs  # compiled once, whatever the notice
            started = timer()
            matches[rule.id] += sum(1 for _ in rule.find(whole, starts))
            seconds[rule.id] += timer() - started
    total = sum(seconds.values()) or 1.0
    costs = (Cost(rule, matches[rule], 1000 * spent, spent / total) for rule, spent in seconds.items() if spent)
    return Audit(
        pack=pack.fingerprint,
        rules=len(pack.rules),
        hits=sum(len(rule.hits) for rule in pack.rules),
        misses=sum(len(rule.misses) for rule in pack.rules),
        broken=tuple(check(pack)),
        dead=tuple(_dead(pack)),
        notices=count,
        characters=characters,
        silent=tuple(rule for rule, found in matches.items() if not found) if count else (),
        costs=tuple(sorted(costs, key=lambda cost: -cost.ms)),
    )


def _dead(pack: RulePack) -> Iterable[str]:
    """Rules that no example wakes through the anchors and past the look-alikes, and cues that nothing asks for."""
    asked = {rule.id for rule in load(pack.name).rules if rule.kind == "cue"}
    families = {cue.rpartition(".")[0] for cue in asked if cue.count(".") > 1}
    for rule in pack.rules:
        if rule.kind == "cue" and rule.id not in asked and rule.id.rpartition(".")[0] not in families:
            yield f"{rule.file}: {rule.id}: no cue of this id is asked for; replace one of {', '.join(sorted(asked))}"
        elif not any(_speaks(pack, rule, pack.read(hit).text) for hit in rule.hits):
            yield f"{rule.file}: {rule.id}: silent on all its examples, for a look-alike covers them"


def _speaks(pack: RulePack, rule: Rule, text: str) -> bool:
    seen = pack.seen(text)
    masks = [
        match.span()
        for other, starts in seen
        if other.kind == "lookalike" and rule.kind != "lookalike"
        for match in other.find(text, starts)
    ]
    own = next((starts for other, starts in seen if other is rule), None)
    return own is not None and any(
        not any(low <= match.start() < high for low, high in masks) for match in rule.find(text, own)
    )


def check(pack: RulePack) -> list[str]:
    """Every rule against its own examples → one line per example that does not hold; empty when all do."""
    broken: list[str] = []
    for rule in pack.rules:
        where = f"{rule.file}: {rule.id}"
        broken += [f"{where}: misses its hit {hit!r}" for hit in rule.hits if not any(rule.find(pack.read(hit).text))]
        broken += [
            f"{where}: finds its miss {miss!r}"
            for miss in rule.misses
            if any(not covered(pack, rule, miss, match) for match in rule.find(pack.read(miss).text))
        ]
    return broken


def covered(pack: RulePack, rule: Rule, text: str, match: re.Match[str]) -> bool:
    """Whether a look-alike rule covers the match, which makes it invisible."""
    if rule.kind == "lookalike":
        return False
    return any(
        mask.start() <= match.start() < mask.end()
        for other in pack.rules
        if other.kind == "lookalike"
        for mask in other.find(pack.read(text).text)
    )
