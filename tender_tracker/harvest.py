"""Page → what it held: the records of its notices, the length of a list, or why it was refused."""

from __future__ import annotations

from collections.abc import Generator, Iterable
from dataclasses import dataclass

from tender_tracker import outcome, parse, sources
from tender_tracker.flagging.rulepack import RulePack
from tender_tracker.model import Page
from tender_tracker.pages.saved import Unreadable
from tender_tracker.record import recorded
from tender_tracker.storage.batch import Record


@dataclass(frozen=True, slots=True)
class Harvest:
    """What one page held. Everything in it can be sent from one process to another."""

    source: str | None
    """The site it came from; of a refused page as far as its template or address tells."""
    place: str
    """What messages call the page."""
    records: tuple[Record, ...] = ()
    links: int | None = None
    """Links to notices, where the page is a list."""
    reason: str | None = None
    """One word for why it was refused; None for a page that was read."""
    message: str = ""


def refused(page: Unreadable) -> Harvest:
    """A file, member or line that gave no page."""
    return Harvest(None, page.file, reason=outcome.reason(page.error), message=str(page.error))


def of(page: Page, pack: RulePack) -> Harvest:
    """Reads and flags one page; a page that fails, even by a mistake of ours, costs only itself."""
    place = page.file or page.url or page.text[:40]
    try:
        parsed = parse.read(page)
        notices = parsed.listing.notices if parsed.listing else parsed.notices
        records = tuple([recorded(notice, pack) for notice in notices])
    except Exception as error:
        told = parse.unforeseen(place, error)
        return Harvest(_source_of(page), place, reason=outcome.reason(told), message=str(told))
    return Harvest(parsed.source, place, records, len(parsed.listing.links) if parsed.listing else None)


def each(pages: Iterable[Page | Unreadable], pack: RulePack) -> Generator[Harvest, None, None]:
    """One after the other, lazily."""
    return (refused(page) if isinstance(page, Unreadable) else of(page, pack) for page in pages)


def _source_of(page: Page) -> str | None:
    """The site a refused page came from, as far as its template or address tells."""
    if page.source is not None:
        return page.source
    try:
        name = sources.recognise(page).SITE.name
    except Exception:  # asked while another mistake is being told, which matters more
        return None
    return None if name == "plain" else name
