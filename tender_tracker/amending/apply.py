"""A state and a correction → the state after it, and what became of each thing it says.

The tender's text is corrected where it prints the old wording, and decided again by the rules. A level is raised by
what the correction itself demands, and lowered only by wording that was found and taken out. The rest is for a person.
"""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal

from tender_tracker.amending.change import Amended, Change, Status
from tender_tracker.amending.correction import Correction, correction
from tender_tracker.amending.grammar import Edit
from tender_tracker.amending.moments import is_about_time, moved
from tender_tracker.amending.passage import dated, folded, holding, places
from tender_tracker.amending.restated import is_edition, restated
from tender_tracker.amending.state import Decide, Place, Published, State, Words
from tender_tracker.amending.sums import sum_of
from tender_tracker.amending.telling import levels, recorded, unread
from tender_tracker.flagging.lots import key_of, labels
from tender_tracker.model import FLAGGED, LEVELS, Amount, Lot
from tender_tracker.pages import amounts

_BUDGET = re.compile(
    r"预算|\bbudget|\bestimated (?:\w+ )?(?:value|cost|amount)|\b(?:contract|procurement) value|НМЦК|бюджет", re.I
)
_NO_BUDGET = re.compile(r"限价|控制价")
_MAY_TOUCH = re.compile(
    r"CPU|GPU|处理器|芯片|服务器|加速卡|国产|信创|自主|品牌|参数|技术|需求|清单|第.{1,6}[条款项章]|★"
    r"|processor|\bchip|server|accelerator|domestic|indigenous|local content|origin|made in|make in|brand|specification"
    r"|requirement|clause|section|item|процессор|сервер|отечествен|российск|реестр|prozessor|processeur|procesador",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"[“「『\"]([^“”「」『』\"\n]{4,600})[”」』\"]")
EXCERPT = 200
"""Characters shown of a correction that prints no change we can read."""


def corrected(state: State | None, notice: Published, decide: Decide) -> tuple[State | None, list[Amended]]:
    """`state` None: the tender is not stored, so nothing can be applied."""
    found = correction(notice.text, notice.language)
    if state is None:
        alone = [recorded(notice, _text(edit), "alone", edit.passage) for edit in found.edits]
        return None, alone + [unread(notice, passage) for passage in found.rest]
    found = _fresh(found, state, notice)
    edits = list(found.edits)
    state, times = moved(state, notice, edits)
    amended = [recorded(notice, change, "applied", change.quote_after or "") for change in times]
    for edit in edits:
        if is_about_time(edit) and (times or dated(edit.passage, state.deadline)):
            continue
        state, after = _edited(state, notice, edit, decide)
        amended += after
    if is_edition(state, notice):
        state, after = restated(state, notice, decide, [*(edit.passage for edit in edits), *found.rest])
    else:
        state, after = _raised(state, notice, edits)
    amended += after
    amended += [unread(notice, passage) for passage in found.rest if not dated(passage, state.deadline)]
    if not amended and not found.edits:
        amended = [unread(notice, notice.text[-EXCERPT:].strip())]
    return state, amended


def _fresh(found: Correction, state: State, notice: Published) -> Correction:
    """Without what the call says itself: interfaces of many countries print all of it again, and a description may well
    speak of what is to be replaced."""
    if notice.language == "zh":
        return found
    known = state.words.text
    edits = tuple(edit for edit in found.edits if edit.passage not in known)
    return Correction(edits, tuple(passage for passage in found.rest if passage not in known))


def _edited(state: State, notice: Published, edit: Edit, decide: Decide) -> tuple[State, list[Amended]]:
    if is_about_time(edit):
        return state, [unread(notice, edit.passage)]
    if budget := _budget(state, edit):
        return _with_budget(state, notice, edit, *budget)
    words, status = _corrected_words(state, edit, decide)
    after = state.decided(words, decide) if words != state.words else state
    if edit.before:
        after = replace(after, raised=tuple(one for one in state.raised if not _overlaps(one[2], edit.before)))
        status = "applied" if after.raised != state.raised else status
    if status != "unread" and _still_demanded(after, edit):
        status = "unread"
    change = replace(_text(edit), lot=_lot_name(state, edit))
    if _is_demand(state, edit.before) or _is_demand(after, edit.after) or _demands(notice, edit.after):
        change = replace(change, field="demand")
    return after, [
        recorded(notice, change, status, edit.passage),
        *levels(state, after, notice, edit.before, edit.passage),
    ]


def _corrected_words(state: State, edit: Edit, decide: Decide) -> tuple[Words, Status]:
    """The words with new ones in the place of the old, as far as there is no doubt what is meant."""
    if edit.before is None:
        return _with_added(state, edit, decide)
    spots = _spots(state, edit)
    if spots is None:
        return state.words, "unread"
    if spots:
        words = state.words
        for place, text, found in spots:
            for start, end in reversed(found):
                text = text[:start] + (edit.after or "") + text[end:]
            words = words.changed(place, text)
        return words, "applied"
    if state.level in FLAGGED and decide(state.call, Words(edit.before)).level in FLAGGED:
        return state.words, "unread"
    return _appended(state, edit), "elsewhere"


def _with_added(state: State, edit: Edit, decide: Decide) -> tuple[Words, Status]:
    if not edit.sets:
        return _appended(state, edit), "applied"
    replaces = state.level in FLAGGED and _MAY_TOUCH.search(f"{edit.item} {edit.after}")
    if replaces and decide(state.call, Words(edit.after or "")).level not in FLAGGED:
        return state.words, "unread"  # it may stand in the place of the demand
    return _appended(state, edit), "elsewhere"


def _appended(state: State, edit: Edit) -> Words:
    """New wording whose place the tender does not print; it is in force all the same."""
    words = state.words
    if not edit.after or edit.after in words.text or not _MAY_TOUCH.search(f"{edit.item} {edit.after}"):
        return words
    return words.changed(None, f"{words.text}\n{edit.after}")


_Spots = tuple[Place, str, list[tuple[int, int]]]
"""A place, its text, and where the wording stands in it."""


def _spots(state: State, edit: Edit) -> list[_Spots] | None:
    """Where the old wording is printed; None where that is in several lots and the correction names none."""
    found: list[_Spots] = []
    for place, text in state.words.each():
        if spots := places(folded(text), edit.before or ""):
            found.append((place, text, spots))
    if sum(len(spots) for _, _, spots in found) < 2 or len(state.lots) < 2:
        return found
    if edit.lot is None:
        return None
    own = [
        (place, text, [spot for spot in spots if _lot_at(text, spot[0]) == edit.lot]) for place, text, spots in found
    ]
    return [entry for entry in own if entry[2]] or None


def _lot_at(text: str, start: int) -> str | None:
    """The lot named last before a place."""
    normal = folded(text[:start])
    found = labels(normal.text)
    return found[-1].key if found else None


def _still_demanded(state: State, edit: Edit) -> bool:
    """Whether the correction speaks of a demand that stands as before: “…”由实质性条款调整为评分项."""
    for quoted in _QUOTED.findall(edit.passage):
        if quoted in (edit.before, edit.after) or quoted in (edit.after or ""):
            continue
        if _is_demand(state, quoted) and any(places(folded(text), quoted) for _, text in state.words.each()):
            return True
    return False


def _is_demand(state: State, words: str | None) -> bool:
    quotes = [found.quote for found in state.verdict.evidence if found.effect in FLAGGED]
    return words is not None and any(_overlaps(quote, words) for quote in (*quotes, *(one[2] for one in state.raised)))


def _demands(notice: Published, words: str | None) -> bool:
    quotes = (found.quote for found in notice.verdict.evidence if found.effect in FLAGGED)
    return words is not None and any(_overlaps(quote, words) for quote in quotes)


def _overlaps(quote: str, words: str) -> bool:
    one, other = folded(quote).text.strip("★▲*。；; "), folded(words).text.strip("★▲*。；; ")
    return min(len(one), len(other)) > 3 and (one in other or other in one)


def _raised(state: State, notice: Published, edits: list[Edit]) -> tuple[State, list[Amended]]:
    """A demand that the correction itself makes counts, wherever it is to be put; one quoted to be changed does not."""
    level = notice.verdict.level
    if level not in FLAGGED or LEVELS.index(level) >= LEVELS.index(state.level):
        return state, []
    old = [edit.before for edit in edits if edit.before and notice.language != "zh"]  # the Chinese rules know of it
    own = (one for one in notice.verdict.evidence if one.effect == level)
    found = next((one for one in own if not any(_overlaps(one.quote, words) for words in old)), None)
    if found is None:
        return state, []
    after = replace(state, raised=(*state.raised, (level, found.lot, found.quote)))
    change = Change("level", state.level, after.level, state.clause(None), found.quote)
    return after, [recorded(notice, change, "applied", found.quote)]


def _budget(state: State, edit: Edit) -> tuple[Amount | None, Amount] | None:
    """Old and new amount where the edit is about a budget."""
    said = f"{edit.item} {edit.before or ''}"
    if not _BUDGET.search(said) or _NO_BUDGET.search(said):
        return None
    unit = amounts.unit_of(edit.item)
    before, after = (amounts.parse(words or "", unit) or sum_of(words or "") for words in (edit.before, edit.after))
    return None if after is None else (before, after)


def _with_budget(
    state: State, notice: Published, edit: Edit, printed: Amount | None, after: Amount
) -> tuple[State, list[Amended]]:
    """The budget of the project, or of the lot that is named or alone has the old amount; else a person must look."""
    lot = next((lot for lot in state.lots if edit.lot is not None and key_of(lot.name) == edit.lot), None)
    whole = state.budget
    if lot is None and printed and whole and printed.value != whole.value:
        same = [lot for lot in state.lots if lot.budget and lot.budget.value == printed.value]
        lot = same[0] if len(same) == 1 else None
        if lot is None:
            return state, [unread(notice, edit.passage)]
    if lot is None:
        quotes = holding(state.words.text, whole.raw) if whole else None, edit.passage
        change = Change("budget", whole or printed, after, *quotes)
        return replace(state, budget=after), [recorded(notice, change, "applied", edit.passage)]
    old = lot.budget or printed
    change = Change(
        "budget", old, after, holding(state.words.text, old.raw) if old else None, edit.passage, lot=lot.name
    )
    lots = tuple(replace(one, budget=after) if one is lot else one for one in state.lots)
    return replace(state, lots=lots, budget=_summed(state, lots)), [recorded(notice, change, "applied", edit.passage)]


def _summed(state: State, lots: tuple[Lot, ...]) -> Amount | None:
    """The whole budget after one of a lot moved: summed anew where it was the sum of the lots, else not known."""
    before, now = ([lot.budget.value for lot in group if lot.budget] for group in (state.lots, lots))
    if state.budget is None or len(before) != len(lots) or sum(before, Decimal(0)) != state.budget.value:
        return state.budget if state.budget is None else None
    return replace(state.budget, value=sum(now, Decimal(0)), basis="sum_of_lots")


def _text(edit: Edit) -> Change:
    return Change("text", edit.before, edit.after, edit.before, edit.after, lot=edit.lot)


def _lot_name(state: State, edit: Edit) -> str | None:
    """The lot as the call names it."""
    return next((lot.name for lot in state.lots if edit.lot is not None and key_of(lot.name) == edit.lot), edit.lot)
