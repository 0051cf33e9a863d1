"""Money as Western notices print it, with its currency → Amount: EUR 1,200,000 · 1.200.000,50 € · Rs. 2.5 crore."""

from __future__ import annotations

import re
from decimal import Decimal

from tender_tracker.model import Amount

_CURRENCIES = {
    "€": "EUR", "£": "GBP", "US$": "USD", "USD": "USD", "$": "USD", "₹": "INR", "RS": "INR", "RS.": "INR", "INR": "INR",
    "EUR": "EUR", "EURO": "EUR", "EUROS": "EUR", "GBP": "GBP", "CHF": "CHF", "PLN": "PLN", "SEK": "SEK", "NOK": "NOK",
    "DKK": "DKK", "CZK": "CZK", "UAH": "UAH", "RUB": "RUB", "РУБ": "RUB", "РУБ.": "RUB", "РУБЛЕЙ": "RUB", "₽": "RUB",
}  # fmt: skip
_SCALES = {
    "THOUSAND": 10**3, "K": 10**3, "LAKH": 10**5, "LAKHS": 10**5, "CRORE": 10**7, "CRORES": 10**7, "MILLION": 10**6,
    "M": 10**6, "MN": 10**6, "MIO": 10**6, "BILLION": 10**9, "BN": 10**9, "ТЫС": 10**3, "МЛН": 10**6, "МЛРД": 10**9,
}  # fmt: skip
_NAMES = "|".join(re.escape(name) for name in sorted(_CURRENCIES, key=len, reverse=True))
_SUM = re.compile(
    rf"(?:(?P<before>{_NAMES})\s?)?(?P<number>\d[\d.,'\u00a0\u202f ]*\d|\d)"
    rf"(?:\s?(?P<scale>{'|'.join(sorted(_SCALES, key=len, reverse=True))})\b\.?)?(?:\s?(?P<after>{_NAMES}))?(?!\w)",
    re.IGNORECASE,
)
_DECIMALS = re.compile(r"[.,](\d{1,2})$")
_GROUPED = re.compile(r"\d{1,3}(?:\D\d{2,3})*\D\d{3}|\d+")


def sum_of(words: str) -> Amount | None:
    """The first sum with a currency; None where none is printed, or its figures may be read in two ways."""
    for match in _SUM.finditer(words):
        currency = match["before"] or match["after"]
        value = _number(match["number"], scaled=bool(match["scale"])) if currency else None
        if currency and value:
            scale = _SCALES[match["scale"].upper()] if match["scale"] else 1
            return Amount(value * scale, match.group().strip(), _CURRENCIES[currency.upper()])
    return None


def _number(text: str, scaled: bool) -> Decimal | None:
    """1,200,000.50 and 1.200.000,50 alike; the last sign parts decimals where one or two figures follow it."""
    if scaled and re.fullmatch(r"\d+[.,]\d+", text):
        return Decimal(text.replace(",", "."))
    cents = _DECIMALS.search(text)
    whole = text[: cents.start()] if cents else text
    if not _GROUPED.fullmatch(whole):
        return None
    return Decimal(re.sub(r"\D", "", whole) + (f".{cents[1]}" if cents else ""))
