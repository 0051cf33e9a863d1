"""Values of the world's JSON answers → moments, money, places, languages and lines of text of our model.

Numbers stay exact (Decimal). What cannot be read is None; an unknown country is ZZ, an unknown language und.
"""

from __future__ import annotations

import csv
import json
import re
import unicodedata
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from functools import cache
from importlib import resources
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from tender_tracker.errors import PageBroken
from tender_tracker.model import Amount, Page
from tender_tracker.pages.html import block_text
from tender_tracker.pages.judge import place

NOWHERE, UNTOLD = "ZZ", "und"
"""ISO 3166 and BCP 47 for a country or language that is not known."""
UTC = ZoneInfo("UTC")
_LARGEST = Decimal(10) ** 15
"""Above this a number is damage (1e9999 has been seen), not money."""
_MARKUP = re.compile(r"</?(?:p|br|div|li|ul|ol|td|tr|table|span|strong|b|h\d)\b[^>]*>|&(?:[a-z]{2,8}|#\d{1,5});", re.I)
_DAY_ONLY = re.compile(r"(\d{4}-\d\d-\d\d)([+-]\d\d:\d\d|Z)?$")
_DAY_NAMED = re.compile(r"(\d{1,2})-(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*-(\d{4})$", re.I)
_BLANKS = re.compile(r"\s*")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


class Moment(NamedTuple):
    """An aware time; `has_time` is False when only a day is given (then it is the day's midnight)."""

    at: datetime
    has_time: bool

    @property
    def closing(self) -> datetime:
        """The moment as a deadline: a day without a clock lasts until its end."""
        return self.at if self.has_time else self.at + timedelta(days=1, seconds=-1)


def documents(page: Page) -> list[Any]:
    """The JSON documents of a page: one, or several written one after another. Raises PageBroken."""
    found, decoder = [], json.JSONDecoder(parse_float=Decimal, parse_constant=lambda _: None)
    text, at = page.text.lstrip("\ufeff").strip(), 0
    try:
        while at < len(text):
            document, end = decoder.raw_decode(text, at)
            found.append(document)
            at = _BLANKS.match(text, end).end()  # type: ignore[union-attr]  # matches nothing, too
    except (ValueError, RecursionError) as error:
        raise PageBroken(f"{place(page)}: not JSON ({error}); save the answer again") from error
    return found


def answer(page: Page) -> dict[str, Any]:
    """The one JSON object of a page. Raises PageBroken when it is not one object."""
    found = documents(page)
    if len(found) != 1 or not isinstance(found[0], dict):
        raise PageBroken(f"{place(page)}: JSON, but not one object; save the answer as it came")
    return found[0]


def part(value: Any, *path: str) -> Any:
    """What lies at a path of keys inside objects; None where any of them is missing."""
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def parts(value: Any, *path: str) -> list[dict[str, Any]]:
    """The objects of the list at a path; [] where there is none."""
    found = part(value, *path) if path else value
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []


def word(value: Any) -> str | None:
    """A text or number on one line; None for anything else and for nothing."""
    if isinstance(value, bool) or not isinstance(value, (str, int, Decimal)):
        return None
    return " ".join(str(value).split()) or None


def prose(value: Any) -> list[str]:
    """A text, plain or HTML → its lines, blanks folded and empty ones left out."""
    if not isinstance(value, str):
        return []
    text = block_text(value) if _MARKUP.search(value) else value
    return [line for line in (" ".join(line.split()) for line in text.splitlines()) if line]


def text_of(lines: Iterable[str | None]) -> str:
    """Lines in order, each once: publishers repeat a title as description, lot and item."""
    return "\n".join(dict.fromkeys(line for line in lines if line))


def row(*cells: str | None) -> str | None:
    """Cells of one row that are there, as block text joins them."""
    return " | ".join(dict.fromkeys(cell for cell in cells if cell)) or None


def moment(value: Any, zone: ZoneInfo = UTC) -> Moment | None:
    """An ISO time or day, with or without offset, or a day such as 10-Sep-2026; `zone` is for those without offset."""
    text = value.strip() if isinstance(value, str) else ""
    day, named = _DAY_ONLY.match(text), _DAY_NAMED.match(text)
    if day:
        text = f"{day[1]}T00:00:00{day[2] or ''}"
    elif named:
        text = f"{named[3]}-{_MONTHS.index(named[2].lower()) + 1:02}-{int(named[1]):02}"
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return Moment(at if at.tzinfo else at.replace(tzinfo=zone), not (day or named))


def amount(value: Any, currency: Any) -> Amount | None:
    """A number, also one written as text, and its currency → money; None without both, and for 0 and damage."""
    name, number = word(currency), word(value)
    if name is None or number is None:
        return None
    try:
        exact = Decimal(number.replace(",", ""))
    except InvalidOperation:
        return None
    if not exact.is_finite() or not 0 < exact < _LARGEST:
        return None
    return Amount(exact, f"{number} {name}", name.upper())


def money(value: Any) -> Amount | None:
    """An object of `amount` and `currency` → money."""
    return amount(part(value, "amount"), part(value, "currency"))


def total(amounts: Iterable[Amount | None]) -> Amount | None:
    """The sum of amounts of one currency; None for none or for several currencies."""
    found = [item for item in amounts if item is not None]
    if not found or len({item.currency for item in found}) > 1:
        return None
    if len(found) == 1:
        return found[0]
    raw = " + ".join(item.raw for item in found)
    return Amount(sum((item.value for item in found), Decimal()), raw, found[0].currency, "sum_of_lots")


def country(value: Any) -> str | None:
    """A country's code of two or three letters, or its name in English or one of its own languages → its code."""
    name = _folded(value)
    return _codes("countries").get(name) or _codes("countries").get(name.partition(",")[0]) if name else None


def language(value: Any) -> str | None:
    """A language's code of two or three letters, perhaps with a region, or its English name → its code (ISO 639-1)."""
    name = _folded(value)
    return _codes("languages").get(name) or _codes("languages").get(re.split("[-_ ]", name)[0]) if name else None


def unique(values: Iterable[str | None]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in values if value))


@cache
def _codes(table: str) -> dict[str, str]:
    """Every folded code and name of a table of the package → code of two letters."""
    with resources.files("tender_tracker").joinpath(f"data/{table}.csv").open(encoding="utf-8") as file:
        return {name: line["code"] for line in csv.DictReader(file) for name in _names(line)}


def _names(line: dict[str, str]) -> Iterator[str]:
    yield from map(_folded, (line["code"], line["code3"], *line["names"].split("/")))


def _folded(value: Any) -> str:
    """Lower case without accents, for comparing names."""
    if not isinstance(value, str):
        return ""
    plain = unicodedata.normalize("NFKD", value).replace(";", ",").casefold()
    return " ".join("".join(char for char in plain if not unicodedata.combining(char)).split())
