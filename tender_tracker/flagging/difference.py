"""Rule packs as they were and one as it is → what tells of a notice whether the rules that differ can touch it.

A rule acts only where it matches, and every match holds one of its anchors; so a notice without an anchor of any rule
that came, went or changed is decided as before.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from tender_tracker.flagging.alarm import Alarm
from tender_tracker.flagging.letters import Letters
from tender_tracker.flagging.rule import Rule
from tender_tracker.flagging.rulepack import RulePack, can_decide

_EXACT = ("product", "foreign", "word", "import", "lookalike")
"""Kinds of rules that are tried on a text as a whole; the others on parts of it, whose ends their patterns may see."""


class _Was(NamedTuple):
    """What is kept of a rule."""

    digest: str
    """Of all that decides in it."""
    anchors: list[str]
    decides: bool
    """Whether it can without the help of others."""
    pattern: str | None
    """Where it acts only in texts in which this is found."""


@dataclass(frozen=True, slots=True)
class Difference:
    """`rules`: the ids of those that differ."""

    rules: tuple[str, ...]
    near: Callable[[str], bool] = field(repr=False)
    """Whether text as printed may be touched: a first look."""
    sieve: Callable[[str], Callable[[bytes], bool]] = field(repr=False)
    """The same for text in its bytes, given their encoding."""
    spell: Callable[[str], bool] = field(repr=False)
    """Whether what is put together from this text may be touched, as when a correction moves its words."""
    sounds: Callable[[str], bool] = field(repr=False)
    """Whether the notice with this title, text and documents, as printed, may be decided otherwise."""
    acts: Callable[[str], bool] = field(repr=False)
    """The same of a notice without documents, which is not cut into pieces: fewer are taken."""


def described(pack: RulePack) -> str:
    """What must be kept of a pack to tell later how another differs: a JSON list of its rules in their order."""
    rules = [[rule.id, *_was(rule)] for rule in pack.rules]
    return json.dumps(rules, ensure_ascii=False)


def difference(before: Iterable[str], pack: RulePack, sample: Sequence[str]) -> Difference | None:
    """`before`: earlier states of the home pack as `described`; `sample`: some of the texts to be looked through.

    None where rules stand in another order, which can change what is found first in any notice.
    """
    new = _state(described(pack))
    different: dict[str, list[_Was]] = {}
    for old in map(_state, before):
        if [name for name in old if name in new] != [name for name in new if name in old]:
            return None
        for name in (name for name in {**old, **new} if old.get(name) != new.get(name)):
            different.setdefault(name, []).extend(state[name] for state in (old, new) if name in state)
    every = [was for states in different.values() for was in states]
    words = {word for was in every for word in was.anchors}
    letters, alarm = Letters(words, sample), Alarm(words)

    def sounds(printed: str) -> bool:
        # Rules that only change what others tell are asked for nothing where no rule tells anything.
        return alarm.sounds(printed) and (any(was.decides for was in every) or pack.concerns(printed))

    patterns = [re.compile(pattern) for pattern in {was.pattern for was in every} if pattern]

    def acts(printed: str) -> bool:
        if not sounds(printed):
            return False
        text = pack.read(printed).text
        return any(pattern.search(text) for pattern in patterns)

    exact = all(was.pattern for was in every)
    return Difference(
        tuple(different), letters.near, letters.sieve, letters.spell, sounds, acts if exact else sounds
    )  # fmt: skip


def _state(told: str) -> dict[str, _Was]:
    return {name: _Was(*was) for name, *was in json.loads(told)}


def _was(rule: Rule) -> _Was:
    pattern = rule.source if rule.kind in _EXACT else None
    return _Was(_digest(rule), sorted(rule.anchors), can_decide(rule), pattern)


def _digest(rule: Rule) -> str:
    """Of all that decides; what only explains, shows or searches may change freely."""
    decides = (
        rule.kind, rule.source, rule.needs_source, rule.family, rule.basis, rule.noun_class, rule.reach, rule.side,
        rule.effect, rule.complete, rule.needs_compute,
    )  # fmt: skip
    return hashlib.sha256(repr(decides).encode()).hexdigest()[:16]
