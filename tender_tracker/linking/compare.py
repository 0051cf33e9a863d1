"""Two notices → how surely they speak of one procurement, and why; or what keeps them apart.

Scores order the reasons, they are no probabilities: from `SURE` on two notices are linked, below it they are perhaps
related.
"""

from __future__ import annotations

from dataclasses import dataclass

from tender_tracker.linking.buyers import Relation, relation
from tender_tracker.linking.item import Item
from tender_tracker.linking.marks import apart
from tender_tracker.linking.numbers import differ
from tender_tracker.model import Kind

SURE = 0.8
LIFE = 550
"""Days from the first notice of a procurement to its contract, at most; a number printed in both holds longer."""
LONG = 1500
NEAR = 270
"""Days between notices that are linked by less than their whole title."""
ROUND = 120
"""Days between two calls, or two awards, under one title without a mark of re-issue; later it is the next purchase."""
AFTER = 7
"""Days that a call may stand after a result or contract of the same procurement: sites publish late."""
PLAIN = 6
"""A core of fewer characters (医疗设备) names many purchases of one buyer."""
TELLING = 10
"""A core of so many characters may stand without a buyer."""
_CALLS: tuple[Kind, ...] = ("tender", "single_source")
_BEGINS: tuple[Kind, ...] = (*_CALLS, "intention")
_ENDS: tuple[Kind, ...] = ("award", "contract")
_ONCE: dict[Kind, int] = {"tender": ROUND, "single_source": ROUND, "award": ROUND, "contract": NEAR}
"""Days between two notices of one stage."""


@dataclass(frozen=True, slots=True)
class Link:
    score: float
    reason: str


@dataclass(frozen=True, slots=True)
class _Pair:
    """Two notices, the earlier one first, and what both rules and conflicts ask of them."""

    early: Item
    late: Item
    days: int | None
    buyers: Relation
    same_number: bool
    same_amount: bool
    reissue: bool

    @property
    def both_call(self) -> bool:
        return self.early.kind in _CALLS and self.late.kind in _CALLS

    @property
    def stages(self) -> bool:
        return self.early.kind != self.late.kind


def _pair(one: Item, other: Item) -> _Pair:
    early, late = (other, one) if one.day and other.day and other.day < one.day else (one, other)
    return _Pair(
        early=early,
        late=late,
        days=(late.day - early.day).days if early.day and late.day else None,
        buyers=relation(early.buyers, late.buyers),
        same_number=bool(early.numbers & late.numbers),
        same_amount=any(alike(a, b) for a in early.amounts for b in late.amounts),
        reissue=early.subject.reissue or late.subject.reissue,
    )


def alike(one: float, other: float) -> bool:
    """Within one per cent."""
    return abs(one - other) <= 0.01 * max(one, other)


def conflict(one: Item, other: Item) -> str | None:
    """What keeps two notices apart even where others would join them: None, or marks, works, lots, numbers or time."""
    pair = _pair(one, other)
    mine, theirs = one.subject, other.subject
    mark = apart(mine.marks, theirs.marks)
    if mark:
        return mark
    if mine.works and theirs.works and not mine.works & theirs.works:
        return "works"
    if pair.both_call and not pair.reissue and _lots_apart(pair):
        return "lots"
    return None if pair.same_number and (pair.days or 0) <= LONG else _untimely(pair) or _other_round(pair)


def _untimely(pair: _Pair) -> str | None:
    """Too long for one life, or a new call after the end of the old."""
    days = pair.days or 0
    if days > LIFE:
        return "time"
    if pair.reissue:
        return None
    if pair.early.kind in _ENDS and pair.late.kind in _BEGINS and days > AFTER:
        return "time"
    once = _ONCE.get(pair.late.kind, LIFE) if not pair.stages else LIFE
    return "time" if days > (max(once, NEAR) if pair.same_amount else once) else None


def _other_round(pair: _Pair) -> str | None:
    """Another number where nothing says that the call was repeated: the same goods, bought again or beside."""
    if pair.reissue or not differ(pair.early.numbers, pair.late.numbers):
        return None
    early, late, days = pair.early, pair.late, pair.days or 0
    if pair.buyers not in ("same", "part") or days > ROUND or days <= 3 or len(early.subject.core) < PLAIN:
        return "numbers"
    part = bool(early.subject.marks.lots) != bool(late.subject.marks.lots)
    return "numbers" if early.amounts and late.amounts and not (pair.same_amount or part) else None


def compare(one: Item, other: Item) -> Link | None:
    """How surely two notices belong together; None where nothing speaks for it or something against it."""
    if not _touch(one, other):
        return None
    pair = _pair(one, other)
    link = _by_number(pair) or _by_title(pair) or _by_near_title(pair) or _by_amount(pair)
    return None if link is None or conflict(one, other) or _lots_apart(pair) else link


def _touch(one: Item, other: Item) -> bool:
    """Whether two notices have anything in common: most neighbours have not, and this is quickly seen."""
    mine, theirs = one.subject, other.subject
    return (
        mine.core == theirs.core
        or mine.whole == theirs.whole
        or mine.skeleton == theirs.skeleton
        or not one.numbers.isdisjoint(other.numbers)
        or not one.amounts.isdisjoint(other.amounts)
        or mine.bare == theirs.core
        or theirs.bare == mine.core
        or inserted(mine.core, theirs.core)
    )


def _lots_apart(pair: _Pair) -> bool:
    """Notices of two lots belong together only by way of the tender of both."""
    ours, theirs = pair.early.subject.marks.lots, pair.late.subject.marks.lots
    return bool(ours and theirs and not ours & theirs)


def _by_number(pair: _Pair) -> Link | None:
    if not pair.same_number:
        return None
    if pair.buyers == "other" and likeness(pair.early.subject.whole, pair.late.subject.whole) < 0.5:
        return Link(0.6, "same number, other buyer and title")
    return Link(0.99, f"same number {min(pair.early.numbers & pair.late.numbers)}")


def _by_title(pair: _Pair) -> Link | None:
    """One core. A plain one needs buyer and time; a buyer of another name must be named in the title of both."""
    early, late = pair.early.subject, pair.late.subject
    if (early.core != late.core and early.whole != late.whole) or min(len(early.core), len(late.core)) < 2:
        return None
    size = min(len(early.core), len(late.core))
    if pair.buyers in ("same", "part"):
        if size < (PLAIN if pair.buyers == "same" else 8) and not _soon(pair):
            return Link(0.6, "same plain title and buyer")
        return Link(0.97 if pair.buyers == "same" else 0.95, "same title and buyer")
    if early.whole != late.whole:
        return None
    if pair.buyers == "untold":
        told = bool(pair.early.buyers or pair.late.buyers) or pair.same_amount
        return Link(0.9 if len(early.whole) >= TELLING - 2 * told else 0.6, "same title, buyer not told")
    named = any(name in early.whole for name in pair.early.buyers | pair.late.buyers)
    return Link(0.85 if named and len(early.whole) >= TELLING else 0.5, "same title, other buyer")


def _soon(pair: _Pair) -> bool:
    """Whether time and stage bear out a plain title: another stage or a re-issue soon, or one notice on two sites."""
    days = pair.days or 0
    same_day = days <= 3 and pair.early.title == pair.late.title
    return pair.same_amount or same_day or (days <= ROUND and (pair.stages or pair.reissue))


def _by_near_title(pair: _Pair) -> Link | None:
    """Nearly one core: words that stages add and drop, one insertion, or a place before it; the same buyer, soon."""
    early, late = pair.early.subject, pair.late.subject
    if pair.buyers not in ("same", "part") or (pair.days or 0) > NEAR or early.works != late.works:
        return None
    bracket = early.bare == late.core or late.bare == early.core
    if early.skeleton != late.skeleton and not inserted(early.core, late.core) and not bracket:
        return None
    if pair.same_amount:
        return Link(0.93, "near title, same buyer and amount")
    if _far_amounts(pair):
        return Link(0.5, "near title and same buyer, other amount")
    if bracket:
        return Link(0.6, "same title but for a bracket, same buyer")
    if pair.stages or (late.reissue and not early.reissue):
        return Link(0.86, "near title and same buyer")
    return Link(0.6, "near title and same buyer, same stage")


def _by_amount(pair: _Pair) -> Link | None:
    """Award and contract of one buyer with one odd amount: 1,583,260 元 is no chance."""
    if pair.buyers != "same" or {pair.early.kind, pair.late.kind} != {"award", "contract"} or (pair.days or 0) > NEAR:
        return None
    odd = {amount for amount in pair.early.amounts & pair.late.amounts if is_odd(amount)}
    return Link(0.85, "same buyer and odd amount") if odd else None


def is_odd(amount: float) -> bool:
    """Whether an amount has five figures that tell: 1583260 has six, 1200000 two."""
    return len(f"{amount:.0f}".rstrip("0")) >= 5


def _far_amounts(pair: _Pair) -> bool:
    """Whether two calls name amounts of another size; what is awarded may be a part of what was called."""
    ours, theirs = pair.early.amounts, pair.late.amounts
    return bool(ours and theirs and max(ours | theirs) > 3 * min(max(ours), max(theirs))) and pair.both_call


def inserted(one: str, other: str) -> bool:
    """Whether the longer core is the shorter with one to four letters put in, or with a place before it.

    Figures and points of the compass are no such letters: 2号楼, 东区.
    """
    short, long = (one, other) if len(one) < len(other) else (other, one)
    extra = len(long) - len(short)
    if not extra or len(short) < 8 or not (short[-1] == long[-1] or long.startswith(short)):
        return False
    if short[0] != long[0] and not long.endswith(short):
        return False
    head = next((i for i, (a, b) in enumerate(zip(short, long, strict=False)) if a != b), len(short))
    if short[head:] != long[head + extra :]:
        return False
    added = long[head : head + extra]
    if any(char.isascii() or char in "东西南北中上下新旧大小一二三四五六七八九十" for char in added):
        return not head and len(short) >= TELLING and added.endswith(_PLACES)
    return (extra <= 4 and 0 < head < len(short)) or (not head and added.endswith(_PLACES))


_PLACES = ("医院", "学校", "大学", "学院", "公司", "局", "中心", "省", "市", "区", "县", "州")


def likeness(one: str, other: str) -> float:
    """Shared pairs of letters of the shorter text, 0 to 1."""
    ours, theirs = ({text[i : i + 2] for i in range(len(text) - 1)} for text in (one, other))
    return len(ours & theirs) / min(len(ours), len(theirs)) if ours and theirs else 0.0
