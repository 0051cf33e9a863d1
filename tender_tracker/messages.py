"""What a user reads → in Chinese or in English; data (quotes, titles, Chinese terms, ids) is never translated."""

from __future__ import annotations

from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

from tender_tracker.model import SHANGHAI, Amount
from tender_tracker.reasons import STORY
from tender_tracker.words.awards import AWARDS
from tender_tracker.words.bulk import BULK
from tender_tracker.words.changes import CHANGES
from tender_tracker.words.delivery import DELIVERY
from tender_tracker.words.digest import DIGEST
from tender_tracker.words.divisions import DIVISION
from tender_tracker.words.documents import DOCUMENTS
from tender_tracker.words.export import EXPORT
from tender_tracker.words.fetch import FETCH
from tender_tracker.words.heads import HEADS
from tender_tracker.words.pages import PAGES
from tender_tracker.words.project import PROJECT
from tender_tracker.words.relabel import RELABEL
from tender_tracker.words.report import REPORT
from tender_tracker.words.sheet import SHEET
from tender_tracker.words.terms import TERMS

WORDS: dict[str, tuple[str, str]] = {
    **REPORT,
    **DIVISION,
    **HEADS,
    **TERMS,
    **STORY,
    **SHEET,
    **DIGEST,
    **CHANGES,
    **AWARDS,
    **PROJECT,
    **DOCUMENTS,
    **FETCH,
    **PAGES,
    **RELABEL,
    **BULK,
    **DELIVERY,
    **EXPORT,
}


def say(lang: str, key: str, **values: object) -> str:
    """The text of a key in a language, its {places} filled. A key nobody wrote is a KeyError: a test reads them all."""
    return WORDS[key][lang != "zh"].format(**values)


def name(lang: str, kind: str, value: str | None) -> str:
    """A data word (`level`, `kind`, `family`, …) for a reader; an id without a translation stays as it is."""
    if value is None:
        return say(lang, "word.unknown")
    words = WORDS.get(f"{kind}.{value}")
    return words[lang != "zh"] if words else value


def linked(lang: str, reason: str | None) -> str | None:
    """Why notices are one project, for a reader; the data says it in English."""
    if reason is None:
        return None
    same, _, number = reason.partition("same number ")
    return say(lang, "linked.number", number=number) if number and not same else name(lang, "linked", reason)


def money(amount: Amount | None, lang: str) -> str | None:
    """486.00 万元, 1.23 亿元, 9,800.00 元; another currency by its code. None stays None."""
    if amount is None:
        return None
    ending = say(lang, "word.per_year") if amount.basis == "per_year" else ""
    if amount.currency != "CNY":
        return f"{amount.value:,.2f} {amount.currency}{ending}"
    return (yuan(amount.value) or "") + ending


def yuan(value: Decimal | None) -> str | None:
    """元 → the unit a reader counts in, two decimals, halves up."""
    if value is None:
        return None
    for limit, unit in ((Decimal(10**8), "亿元"), (Decimal(10**4), "万元")):
        if abs(value) >= limit:
            return f"{(value / limit).quantize(Decimal('0.01'), ROUND_HALF_UP):,} {unit}"
    return f"{value.quantize(Decimal('0.01'), ROUND_HALF_UP):,} 元"


def moment(value: datetime | None, has_time: bool = True) -> str | None:
    """A moment in Shanghai to the minute, or its day."""
    if value is None:
        return None
    return value.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M" if has_time else "%Y-%m-%d")


def day(value: date | None) -> str | None:
    """A day, of a moment its day in Shanghai."""
    if isinstance(value, datetime):
        value = value.astimezone(SHANGHAI).date()
    return value.isoformat() if value else None
