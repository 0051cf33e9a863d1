"""The notices of awarded procurements → who delivers what for how much, lot by lot, beside what was demanded.

An award and its contract, or one award on several sites, are one entry. Nothing is filled in: what neither prints is
None, and what is worked out of printed figures says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Literal

from tender_tracker.facts.course import (
    CALLS,
    SETTLED,
    Course,
    Discount,
    Part,
    Stage,
    company,
    corrected,
    course,
    lot_discount,
    lot_key,
)
from tender_tracker.facts.price import Price, card_price, power_price
from tender_tracker.facts.quantity import quantities
from tender_tracker.model import FLAGGED, Amount, Delivered, Evidence, Level
from tender_tracker.storage.amended import ProjectState
from tender_tracker.storage.awarded import Procurement
from tender_tracker.storage.rows import Flagged, LotRow, NoticeRow

Match = Literal["as_demanded", "other_domestic", "foreign", "not_printed"]
"""What was delivered, held against what was demanded."""


@dataclass(frozen=True, slots=True)
class Goods:
    """A row of goods, the notice that prints it, and what its prices come to."""

    notice: int
    row: Delivered
    per_card: Price | None
    per_power: Price | None


@dataclass(frozen=True, slots=True)
class Demand:
    """What the call asked for: `families` is empty where any domestic chip will do."""

    notice: int
    level: Level
    families: tuple[str, ...]
    evidence: Evidence | None


@dataclass(frozen=True, slots=True)
class Awarded:
    """One lot (or the whole, `lot` None) of one procurement, as it was awarded or contracted."""

    project: int
    notice: NoticeRow
    """The award, else the contract."""
    contract: NoticeRow | None
    lot: str | None
    lot_title: str | None
    suppliers: tuple[str, ...]
    amount: Amount | None
    goods: tuple[Goods, ...]
    price_per_card: Decimal | None
    """元; None where the goods of the lot have several, too."""
    discount: Discount | None
    demand: Demand | None
    delivered: tuple[str, ...]
    """Domestic chips in the goods."""
    match: Match | None
    """None where nothing was demanded."""
    unread: int
    """Attachments of the award and its contract that were not read, or not in full."""
    course: Course

    @property
    def day(self) -> date | None:
        return self.notice.published_on


def entries(found: Iterable[Procurement]) -> Iterator[Awarded]:
    """Procurements → their awards; lots of which neither demand nor goods speak of chips are left out."""
    for one in found:
        yield from _of(one)


def _of(one: Procurement) -> Iterator[Awarded]:
    stages = _stages(one)
    run = course(stages)
    drafts: list[Awarded] = []
    for row in sorted(one.notices, key=lambda row: row.notice.kind == "contract"):
        if row.notice.kind in SETTLED:
            for part in _parts(one, row, stages, run):
                same = [at for at, known in enumerate(drafts) if _is_same(known, part)]
                for at in same:
                    drafts[at] = _merged(drafts[at], part, whole=len(same) == 1)
                if not same:
                    drafts.append(part)
    demands = [_demand(one, draft.lot) for draft in drafts]
    for draft, demand in zip(drafts, demands, strict=True):
        if demand or draft.delivered or any(goods.row.foreign for goods in draft.goods):
            yield replace(draft, demand=demand, match=_match(draft, demand))


def _parts(one: Procurement, row: Flagged, stages: Sequence[Stage], run: Course) -> Iterator[Awarded]:
    """A lot each where the notice tells of its lots who won or for how much, else the whole."""
    told = [lot for lot in row.lots if lot.award or lot.suppliers]
    lots: Sequence[LotRow | None] = told if len(told) > 1 or (_calls_for_lots(stages) and told) else [None]
    for lot in lots:
        goods = tuple(_goods(row, lot if len(lots) > 1 else None))
        cards = {each.per_card.value for each in goods if each.per_card}
        amount = lot.award if lot else row.notice.award
        yield Awarded(
            project=one.project,
            notice=row.notice,
            contract=row.notice if row.notice.kind == "contract" else None,
            lot=lot.name if lot else None,
            lot_title=lot.title if lot else None,
            suppliers=tuple(dict.fromkeys(lot.suppliers if lot and lot.suppliers else row.notice.suppliers)),
            amount=amount,
            goods=goods,
            price_per_card=_one(cards) or (row.price_per_card if len(lots) == 1 else None),
            discount=lot_discount(stages, lot_key(lot.name), amount) if lot else run.discount,
            demand=None,
            delivered=_chips(goods, row, lot),
            match=None,
            unread=one.unread.get(row.notice.id, 0),
            course=run,
        )


def _calls_for_lots(stages: Sequence[Stage]) -> bool:
    return any(len(stage.parts) > 1 for stage in stages if stage.kind in CALLS)


def _goods(row: Flagged, lot: LotRow | None) -> Iterator[Goods]:
    """The goods of a lot: by the lot the row stands in, else by the supplier that it names."""
    for goods in _printed(row):
        own = lot is None or (
            lot_key(goods.row.lot) == lot_key(lot.name)
            if goods.row.lot
            else goods.row.supplier is not None and goods.row.supplier in lot.suppliers
        )
        if own:
            yield goods


def _printed(row: Flagged) -> Iterator[Goods]:
    """The goods of the notice's own text; where it prints none, those of its attachments."""
    for goods in row.delivered:
        yield Goods(row.notice.id, goods, card_price(goods), _power_price(goods, row))


def _power_price(goods: Delivered, row: Flagged) -> Price | None:
    """Figures are stored of the notice's own text; a row of an attachment has its own in it."""
    if goods.file is None:
        return power_price(goods, row.quantities)
    return power_price(replace(goods, start=0, end=len(goods.quote)), quantities(goods.quote))


def _chips(goods: Iterable[Goods], row: Flagged, lot: LotRow | None) -> tuple[str, ...]:
    """Those that the goods name, else those of the clause for which the notice is `supplied`."""
    named = tuple(dict.fromkeys(family for each in goods for family in each.row.families))
    found = lot.evidence if lot else row.evidence
    return named or (found.families if found and found.effect == "supplied" else ())


def _is_same(known: Awarded, part: Awarded) -> bool:
    """One award on two sites, or an award and its contract: the same lot, and suppliers that do not differ."""
    if known.lot and part.lot and lot_key(known.lot) != lot_key(part.lot):
        return False
    one, other = ({company(name) for name in entry.suppliers} for entry in (known, part))
    if not known.lot or not part.lot:
        return bool(one & other) or (not known.lot and not part.lot and not (one and other))
    return not (one and other) or bool(one & other)


def _merged(known: Awarded, part: Awarded, whole: bool) -> Awarded:
    """What the first does not print, the second may; of a contract over several lots only that there is one."""
    if not whole:
        return replace(known, contract=known.contract or part.contract, unread=known.unread + part.unread)
    return replace(
        known,
        contract=known.contract or part.contract,
        suppliers=known.suppliers or part.suppliers,
        amount=known.amount or part.amount,
        goods=known.goods or part.goods,
        price_per_card=known.price_per_card or part.price_per_card,
        discount=known.discount or part.discount,
        delivered=known.delivered or part.delivered,
        unread=known.unread + part.unread,
    )


def _demand(one: Procurement, lot: str | None) -> Demand | None:
    """Of the newest call, or whatever brought the demand, that asks for domestic chips in this lot; None where a
    correction took the demand back."""
    if one.state and _after_corrections(one.state, lot) not in ("required", "preferred"):
        return None
    asking = [
        row for row in one.notices if row.notice.level in ("required", "preferred") and row.notice.kind not in SETTLED
    ]
    for row in reversed(asking):
        own = next((each for each in row.lots if lot and lot_key(each.name) == lot_key(lot)), None)
        if own is None or own.level is None:
            return Demand(row.notice.id, row.notice.level, row.notice.families, row.evidence)
        if own.level in FLAGGED:
            families = own.evidence.families if own.evidence else row.notice.families
            return Demand(row.notice.id, own.level, families, own.evidence or row.evidence)
    return None


def _after_corrections(state: ProjectState, lot: str | None) -> Level:
    own = next((each.level for each in state.lots if lot and lot_key(each.name) == lot_key(lot)), None)
    return own or state.level


def _match(draft: Awarded, demand: Demand | None) -> Match | None:
    if demand is None:
        return None
    if draft.delivered:
        return "as_demanded" if not demand.families or set(demand.families) & set(draft.delivered) else "other_domestic"
    return "foreign" if any(goods.row.foreign for goods in draft.goods) else "not_printed"


def _one(values: set[Decimal]) -> Decimal | None:
    return next(iter(values)) if len(values) == 1 else None


def _stages(one: Procurement) -> list[Stage]:
    """What the notices say of its course, with the budgets that corrections made of those called."""
    stages = {row.notice.id: _stage(row) for row in one.notices}
    if one.state is None:
        return list(stages.values())
    lots = {lot.name: lot.budget for lot in one.state.lots}
    return corrected(stages, one.state.notice_id, one.state.budget, lots)


def _stage(row: Flagged) -> Stage:
    notice = row.notice
    parts = tuple(Part(lot_key(lot.name), lot.budget, lot.award, lot.suppliers) for lot in row.lots)
    return Stage(notice.kind, notice.published_on, notice.budget, notice.award, parts, notice.suppliers)
