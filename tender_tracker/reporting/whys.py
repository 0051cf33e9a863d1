"""A rule or a cue → why it is there, in the reader's language; a user's own rules speak in his words."""

from __future__ import annotations

from dataclasses import dataclass

from tender_tracker.flagging.rule import Rule
from tender_tracker.flagging.rulepack import RulePack
from tender_tracker.messages import name, say
from tender_tracker.model import Evidence
from tender_tracker.reasons import REASONS, WHYS


@dataclass(frozen=True, slots=True)
class Whys:
    """`pack` is the one that decided; the shipped rules of packs of other countries have English reasons only."""

    pack: RulePack
    lang: str

    def of_passage(self, item: Evidence) -> str:
        """Why the rule that found a passage is there: in Chinese a shipped product by the chips it names."""
        rule = self._rule(item.rule)
        if rule is None:
            return say(self.lang, "sheet.no_rule")
        if self.lang == "zh" and rule.kind == "product" and item.families and self._is_shipped(rule):
            chips = "、".join(name(self.lang, "family", family) for family in item.families)
            return say(self.lang, "story.chips", chips=chips)
        return self.of_rule(rule)

    def of_rule(self, rule: Rule) -> str:
        return WHYS.get(rule.id, rule.why) if self.lang == "zh" and self._is_shipped(rule) else rule.why

    def of_cue(self, cue: str) -> str | None:
        """What made a passage less; a cue of another jurisdiction (cue.score.de) has the words of its family, else its
        rule's own; None for one that nothing is known of."""
        rule = self._rule(cue)
        if rule is not None and not self._is_shipped(rule):
            return rule.why
        found = REASONS.get(cue) or REASONS.get(cue.rpartition(".")[0])
        if found:
            return found[self.lang != "zh"]
        return rule.why if rule else None

    def _rule(self, number: str) -> Rule | None:
        return next((rule for rule in self.pack.rules if rule.id == number), None)

    def _is_shipped(self, rule: Rule) -> bool:
        """A user's rule of the same id has reasons of its own."""
        return rule.file.startswith(f"{self.pack.name}/")
