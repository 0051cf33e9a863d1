"""A correction that prints the whole tender again, as the interfaces of many countries do → the state it leaves.

What such an edition says stands in the place of what the tender said; what differs is told passage by passage.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from tender_tracker.amending.change import Amended
from tender_tracker.amending.diff import Edition, changes
from tender_tracker.amending.passage import passages
from tender_tracker.amending.state import Decide, Published, State
from tender_tracker.amending.telling import levels, recorded
from tender_tracker.model import Notice, Verdict

_SHARE = 0.5
"""So much of the tender's text, its title aside, stands in an edition of it again."""
_LEAST = 12
"""Characters of a passage that tell it from another."""


def is_edition(state: State, notice: Published) -> bool:
    """Whether a correction prints the tender again. Chinese ones print what changes; to repeat it means nothing."""
    if notice.language == "zh":
        return False
    own = [part for part in _parts(state.words.text) if len(part) >= _LEAST and part != state.call.title.strip()]
    again = set(_parts(notice.text))
    return bool(own) and sum(len(part) for part in own if part in again) >= _SHARE * sum(map(len, own))


def restated(state: State, notice: Published, decide: Decide, said: Iterable[str]) -> tuple[State, list[Amended]]:
    """The state with the edition's words, budget and lots. `said` are passages that only tell what was corrected: they
    quote what no longer holds."""
    text = notice.text
    for passage in said:
        text = text.replace(passage, "")
    words = replace(state.words, text=text)
    after = replace(
        state.decided(words, decide) if text != state.words.text else state,
        budget=notice.budget or state.budget,
        lots=notice.lots or state.lots,
        raised=(),
    )
    found = [
        recorded(notice, change, "applied", change.quote_after or change.quote_before or "")
        for change in changes(_edition(state), _edition(after))
        if change.field in ("budget", "lot", "demand", "text")
    ]
    demand = next((one.change for one in found if one.change.field == "demand"), None)
    passage = demand.quote_after if demand and demand.quote_after else notice.title
    return after, [*found, *levels(state, after, notice, demand.quote_before if demand else None, passage)]


def _edition(state: State) -> Edition:
    call = state.call
    notice = Notice(
        call.source, "", call.title, call.kind, state.words.text, budget=state.budget, lots=state.lots,
        language=call.language, country=call.country,
    )  # fmt: skip
    return Edition(notice, _without_documents(state.verdict))


def _without_documents(verdict: Verdict) -> Verdict:
    """Wording is compared of the notice itself."""
    return replace(verdict, evidence=tuple(one for one in verdict.evidence if one.where == "text"))


def _parts(text: str) -> list[str]:
    return [part.strip() for line in text.split("\n") for part in passages(line) if part.strip()]
