"""The notices of one procurement → its course: when it was called, awarded, contracted or ended, and how far below
budget it went. Figures are held against each other only where they speak of the same scope."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Literal

from tender_tracker.model import Amount, Kind
from tender_tracker.pages import lots

Outcome = Literal["open", "awarded", "failed"]
CALLS: tuple[Kind, ...] = ("tender", "single_source")
SETTLED: tuple[Kind, ...] = ("award", "contract")
_ROLE = re.compile(r"[（(](?:联合体)?(?:牵头|成员|主体|联合体)[^（）()]*[）)]")


@dataclass(frozen=True, slots=True)
class Part:
    """One lot of a notice; `key` is its number however it is written."""

    key: str
    budget: Amount | None = None
    award: Amount | None = None
    suppliers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Stage:
    """What one notice of a procurement says of its course."""

    kind: Kind
    day: date | None
    budget: Amount | None = None
    award: Amount | None = None
    parts: tuple[Part, ...] = ()
    suppliers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Discount:
    """By what share a price lies below the budget of the same lot, or of the whole where `lot` is None."""

    share: Decimal
    budget: Amount
    award: Amount
    lot: str | None = None


@dataclass(frozen=True, slots=True)
class Course:
    """Days of publication; what is not known is None."""

    outcome: Outcome
    called_on: date | None
    awarded_on: date | None
    contracted_on: date | None
    ended_on: date | None
    """Of the last notice that ended or cancelled it."""
    discount: Discount | None
    """Of the whole."""
    lead_days: int | None
    """From the call to the award."""
    contract_days: int | None
    """From the award to the contract."""


def lot_key(name: str) -> str:
    """第一包, 合同包1, 标项01 and 1 are one lot: its number, else the name itself."""
    found = next(iter(lots.marks(name)), None)
    return (
        found.key
        if found
        else lots.number_of(name)
        if re.fullmatch(r"\d{1,2}|[一二三四五六七八九十]{1,2}", name)
        else name
    )


def company(name: str) -> str:
    """A supplier without its part in a consortium."""
    return _ROLE.sub("", name).strip()


def corrected(
    stages: Mapping[int, Stage], call: int, budget: Amount | None, lots: Mapping[str, Amount | None]
) -> list[Stage]:
    """Stages by notice, with the budgets that corrections have made of those of the call: `budget` of the whole, `lots`
    by their names. Where they moved none, the stages are as they were."""
    called = stages.get(call)
    own = {lot_key(name): amount for name, amount in lots.items()}
    if called is None or (
        budget == called.budget and all(own.get(part.key, part.budget) == part.budget for part in called.parts)
    ):
        return list(stages.values())
    parts = tuple(replace(part, budget=own.get(part.key, part.budget)) for part in called.parts)
    after = replace(called, budget=budget, parts=parts)
    return [after if number == call else _without_budgets(one) for number, one in stages.items()]


def _without_budgets(stage: Stage) -> Stage:
    """A correction whose budgets were applied may print the old one beside the new."""
    if stage.kind != "amendment":
        return stage
    return replace(stage, budget=None, parts=tuple(replace(part, budget=None) for part in stage.parts))


def course(stages: Iterable[Stage]) -> Course:
    """Stages in any order; those without a day tell amounts, not times."""
    found = sorted(stages, key=_when)
    awarded = _first(found, ("award",))
    contracted = _first(
        [one for one in found if awarded is None or one.day is None or one.day >= awarded], ("contract",)
    )
    ended = max((one.day for one in found if one.kind == "cancel" and one.day), default=None)
    called = _called(found, awarded or contracted)
    return Course(
        outcome=_outcome(found),
        called_on=called,
        awarded_on=awarded,
        contracted_on=contracted,
        ended_on=ended,
        discount=whole_discount(found),
        lead_days=_days(called, awarded),
        contract_days=_days(awarded, contracted),
    )


def whole_discount(stages: Sequence[Stage]) -> Discount | None:
    """Of the last award that prints one price for all that was called; `stages` in order of their days."""
    for place, settled in reversed(list(enumerate(stages))):
        if settled.kind not in SETTLED or settled.award is None:
            continue
        calls = [one for one in stages[:place] if one.kind in (*CALLS, "amendment")]
        called = next((one for one in reversed(calls) if one.budget), settled)
        keys = {part.key for one in calls if one.kind in CALLS for part in one.parts}
        own = {part.key for part in settled.parts}
        if own == keys or (len(own) < 2 and not keys) or (called is settled and not keys):
            return _discount(called.budget, settled.award, None)
        return None
    return None


def lot_discount(stages: Sequence[Stage], key: str, award: Amount | None) -> Discount | None:
    """Of one lot: against its newest budget in what was called, else in the award itself."""
    told = sorted(stages, key=lambda one: one.kind not in SETTLED)
    budgets = [part.budget for one in told for part in one.parts if part.key == key and part.budget]
    return _discount(budgets[-1] if budgets else None, award, key)


def _discount(budget: Amount | None, award: Amount | None, lot: str | None) -> Discount | None:
    """None where a price is above the budget, too: the two cannot be of one scope."""
    if (
        budget is None
        or award is None
        or budget.currency != award.currency
        or "per_year" in (budget.basis, award.basis)
    ):
        return None
    if not 0 < award.value <= budget.value:
        return None
    return Discount((1 - award.value / budget.value).quantize(Decimal("0.0001")), budget, award, lot)


def _outcome(stages: Sequence[Stage]) -> Outcome:
    """Failed where nothing was awarded, or all of it was ended after that; a lot that ended is not the whole."""
    settled = [one.day for one in stages if one.kind in SETTLED]
    ended = [one for one in stages if one.kind == "cancel"]
    if not settled:
        return "failed" if ended and not _called_again(stages) else "open"
    last = max((day for day in settled if day is not None), default=None)
    return "failed" if last and any(one.day and one.day > last and not one.parts for one in ended) else "awarded"


def _called_again(stages: Sequence[Stage]) -> bool:
    """Whether the newest that is known is another call."""
    last = [one for one in stages if one.kind in (*CALLS, "cancel")]
    return bool(last) and last[-1].kind in CALLS


def _called(stages: Sequence[Stage], until: date | None) -> date | None:
    """The call that led to the award: the first one after the last that failed."""
    known = [one for one in stages if one.day and (until is None or one.day <= until)]
    failed = max((one.day for one in known if one.kind == "cancel" and one.day and one.day != until), default=None)
    calls = [one.day for one in known if one.kind in CALLS and one.day]
    return next((day for day in calls if failed is None or day >= failed), next(iter(calls), None))


def _first(stages: Sequence[Stage], kinds: tuple[Kind, ...]) -> date | None:
    return min((one.day for one in stages if one.kind in kinds and one.day), default=None)


def _days(first: date | None, then: date | None) -> int | None:
    return (then - first).days if first and then and then >= first else None


def _when(stage: Stage) -> tuple[bool, date]:
    return stage.day is None, stage.day or date.min
