"""Page → Notices: judge it, find its source, let the source read it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from tender_tracker import sources
from tender_tracker.errors import PageBroken, PageChanged, PageRefused, TenderError
from tender_tracker.model import Amount, Listing, Notice, Page, Request, SourceSettings
from tender_tracker.pages import judge

_BLOCKED = frozenset(("blocked", "challenge", "login"))


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a page held: notices, or the listing when it is a saved list page."""

    source: str
    notices: tuple[Notice, ...] = ()
    listing: Listing | None = None


def read(page: Page) -> Parsed:
    """A page → its notices or its listing. Raises PageRefused, PageBroken or PageChanged."""
    judge.check(page)
    source = sources.recognise(page)
    is_list = getattr(source, "is_list", None)
    if is_list is not None and is_list(page):
        listing = source.listing(page, Request(page.url or source.SITE.home), SourceSettings())
        return Parsed(source.SITE.name, listing=listing)
    found = tuple(source.notices(page))
    for notice in found:
        judge.check_length(notice.text, judge.place(page))
    return Parsed(source.SITE.name, found)


def notices(page: Page) -> list[Notice]:
    """A page → its notices; [] for a list page. Raises as read()."""
    return list(read(page).notices)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a page: one record per notice, or one record that says why there is none."""

    records: tuple[dict[str, Any], ...]
    reason: str | None = None
    message: str | None = None


def outcome(page: Page) -> Outcome:
    """A page → its outcome; never raises for what a page holds, not even by a mistake of ours."""
    file = page.file or page.url
    try:
        return _held(page, read(page))
    except PageRefused as error:
        return _refused(file, "blocked" if error.reason in _BLOCKED else "not_a_notice", error.reason, str(error))
    except PageBroken as error:
        return _refused(file, "not_a_notice", "broken", str(error))
    except PageChanged as error:
        return _refused(file, "not_a_notice", "changed", str(error))
    except Exception as error:
        return _refused(file, "not_a_notice", "error", str(unforeseen(judge.place(page), error)))


def unforeseen(place: str, error: Exception) -> TenderError:
    """A mistake of ours met in reading one page → the refusal of that page."""
    if isinstance(error, TenderError):
        return error
    return TenderError(f"{place}: could not be read ({type(error).__name__}: {error}). Please report it with the page.")


def _held(page: Page, parsed: Parsed) -> Outcome:
    file = page.file or page.url
    if parsed.listing is not None:
        count = len(parsed.listing.links) + len(parsed.listing.notices)
        return _refused(file, "not_a_notice", "list", f"{judge.place(page)}: a list of {count} notices", parsed.source)
    return Outcome(tuple(record(notice, file) for notice in parsed.notices))


def _refused(file: str | None, name: str, reason: str, message: str, source: str | None = None) -> Outcome:
    line = {"file": file, "outcome": name, "source": source, "reason": reason, "message": message}
    return Outcome((line,), reason, message)


def record(notice: Notice, file: str | None = None) -> dict[str, Any]:
    """A notice → plain JSON values: local ISO dates; amounts with their currency, those in 元 also as numbers."""
    return {
        "file": file or notice.read_from,
        "outcome": "notice",
        "source": notice.source,
        "source_id": notice.source_id,
        "url": notice.url,
        "title": notice.title,
        "kind": notice.kind,
        "project_no": notice.project_no,
        "project_name": notice.project_name,
        "buyer": notice.buyer,
        "agency": notice.agency,
        "region": notice.region,
        "published": _local(notice.published, notice.published_has_time),
        "deadline": _local(notice.deadline),
        "budget_yuan": _yuan(notice.budget),
        "budget_basis": notice.budget.basis if notice.budget else None,
        "award_yuan": _yuan(notice.award),
        "budget": _money(notice.budget),
        "award": _money(notice.award),
        "suppliers": list(notice.suppliers),
        "attachments": [{"name": file.name, "url": file.url} for file in notice.attachments],
        "lots": [
            {
                "name": lot.name,
                "title": lot.title,
                "budget_yuan": _yuan(lot.budget),
                "award_yuan": _yuan(lot.award),
                "budget": _money(lot.budget),
                "award": _money(lot.award),
            }
            for lot in notice.lots
        ],
    }


def _local(moment: datetime | None, has_time: bool = True) -> str | None:
    if moment is None:
        return None
    bare = moment.replace(tzinfo=None)
    return bare.isoformat() if has_time else bare.date().isoformat()


def _money(amount: Amount | None) -> dict[str, Any] | None:
    return {"amount": _number(amount.value), "currency": amount.currency} if amount else None


def _yuan(amount: Amount | None) -> int | float | None:
    return _number(amount.value) if amount and amount.currency == "CNY" else None


def _number(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)
