"""Two versions of a notice → what changed from the one to the other, field by field, with the passages of both."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher

from tender_tracker.amending.change import Cause, Change, Value
from tender_tracker.amending.passage import dated, folded, holding, passages
from tender_tracker.facts.opening import opening
from tender_tracker.flagging.lots import key_of
from tender_tracker.model import FLAGGED, Amount, Level, Lot, Notice, Verdict


@dataclass(frozen=True, slots=True)
class Edition:
    """A notice as it stood, and what the rules made of it."""

    notice: Notice
    verdict: Verdict


def changes(before: Edition, after: Edition, cause: Cause = "notice") -> tuple[Change, ...]:
    """`cause` is why there are two of them: the page changed, or (`reading`) our parsers read it otherwise.

    A level that moves with another rule pack is laid to the rules where the clause that decided stands in both texts.
    """
    one, other = before.notice, after.notice
    found = [
        *_fields(one, other, cause),
        *_lots(one, other, cause),
        *_levels(before, after, cause),
        *_wording(before, after, cause),
    ]
    return tuple(found)


def _fields(one: Notice, other: Notice, cause: Cause) -> Iterator[Change]:
    for name in ("title", "kind", "project_no", "buyer"):
        old, new = getattr(one, name), getattr(other, name)
        if old != new:
            yield Change(name, old, new, _around(one, old), _around(other, new), cause)
    if one.deadline != other.deadline:
        quotes = dated(one.text, one.deadline), dated(other.text, other.deadline)
        yield Change("deadline", one.deadline, other.deadline, *quotes, cause=cause)
    opened, opens = opening(one.text), opening(other.text)
    if opened != opens:
        last = dated(one.text, opened, last=True), dated(other.text, opens, last=True)
        yield Change("opening", opened, opens, *last, cause=cause)
    for money, paid, pays in (("budget", one.budget, other.budget), ("award", one.award, other.award)):
        if _sum(paid) != _sum(pays):
            yield Change(money, paid, pays, _raw(one, paid), _raw(other, pays), cause)  # type: ignore[arg-type]
    if one.suppliers != other.suppliers:
        names = "；".join(one.suppliers) or None, "；".join(other.suppliers) or None
        first, second = (_around(side, next(iter(side.suppliers), None)) for side in (one, other))
        yield Change("suppliers", *names, first, second, cause)


def _lots(one: Notice, other: Notice, cause: Cause) -> Iterator[Change]:
    """Lots that came or went, and the amounts of those that stayed."""
    before, after = ({key_of(lot.name): lot for lot in side.lots} for side in (one, other))
    for key in dict.fromkeys((*before, *after)):
        old, new = before.get(key), after.get(key)
        if old is None or new is None:
            yield Change("lot", _named(old), _named(new), _around(one, _name(old)), _around(other, _name(new)), cause)
            continue
        for money, paid, pays in (("budget", old.budget, new.budget), ("award", old.award, new.award)):
            if _sum(paid) != _sum(pays):
                yield Change(money, paid, pays, _raw(one, paid), _raw(other, pays), cause, new.name)  # type: ignore[arg-type]


def _levels(before: Edition, after: Edition, cause: Cause) -> Iterator[Change]:
    old, new = before.verdict, after.verdict
    pairs: list[tuple[str | None, Level | None, Level | None]] = [(None, old.level, new.level)]
    then, now = ({key_of(lot.name): lot for lot in verdict.lots} for verdict in (old, new))
    if len(then.keys() | now.keys()) > 1:
        both = [(then[key], now[key]) for key in then if key in now]
        pairs += [(second.name, first.level, second.level) for first, second in both]
    for lot, was, is_now in pairs:
        if was != is_now:
            quotes = _clause(old, was, lot), _clause(new, is_now, lot)
            yield Change("level", was, is_now, *quotes, _of_level(before, after, quotes, cause), lot)


def _of_level(before: Edition, after: Edition, quotes: tuple[str | None, str | None], cause: Cause) -> Cause:
    if not before.verdict.pack or before.verdict.pack == after.verdict.pack:
        return cause
    lost, won = quotes
    texts = folded(before.notice.text).text, folded(after.notice.text).text
    same = texts[0] == texts[1]
    in_both = [quote for quote in (lost, won) if quote and all(folded(quote).text in text for text in texts)]
    return "rules" if same or (in_both and len(in_both) == sum(quote is not None for quote in (lost, won))) else cause


def _wording(before: Edition, after: Edition, cause: Cause) -> Iterator[Change]:
    """Passages that came, went or were put otherwise; what only moved is no change."""
    old, new = ([part.strip() for part in passages(side.notice.text)] for side in (before, after))
    kept = set(old) & set(new)
    for tag, low, high, start, end in SequenceMatcher(None, old, new, autojunk=len(old) > 2000).get_opcodes():
        if tag == "equal":
            continue
        gone = [part for part in old[low:high] if part and part not in kept]
        come = [part for part in new[start:end] if part and part not in kept]
        for at in range(max(len(gone), len(come))):
            first, second = (side[at] if at < len(side) else None for side in (gone, come))
            field = "demand" if _demands(before, first) or _demands(after, second) else "text"
            yield Change(field, first, second, first, second, cause)  # type: ignore[arg-type]


def _demands(of: Edition, words: str | None) -> bool:
    said = folded(words or "").text
    quotes = (folded(found.quote).text for found in of.verdict.evidence if found.effect in FLAGGED)
    return bool(said) and any(quote in said or said in quote for quote in quotes)


def _clause(verdict: Verdict, level: Level | None, lot: str | None) -> str | None:
    own = [found for found in verdict.evidence if found.effect == level and level in FLAGGED]
    key = None if lot is None else key_of(lot)
    first = (found.quote for found in own if key is None or (found.lot and key_of(found.lot) == key))
    return next(first, next((found.quote for found in own), None))


def _sum(amount: Amount | None) -> tuple[object, ...] | None:
    return None if amount is None else (amount.value, amount.currency, amount.basis)


def _raw(notice: Notice, amount: Amount | None) -> str | None:
    return None if amount is None else holding(notice.text, amount.raw) or amount.raw


def _around(notice: Notice, words: Value) -> str | None:
    return holding(notice.text, words) if isinstance(words, str) and not isinstance(words, datetime) else None


def _named(lot: Lot | None) -> str | None:
    return None if lot is None else " ".join(filter(None, (lot.name, lot.title)))


def _name(lot: Lot | None) -> str | None:
    return None if lot is None else lot.name
