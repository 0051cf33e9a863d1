"""Pages → what each held: the records of its notices, the length of a list, or why it was refused."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass

from tender_tracker import outcome, parse, sources
from tender_tracker.flagging.rulepack import RulePack
from tender_tracker.model import Page
from tender_tracker.pages.readable import Unreadable
from tender_tracker.parse import Parsed
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


Handful = list["Page | Harvest"]
"""Pages to be read, and harvests of what gave no page, in their order."""
_PAGES, _CHARACTERS = 24, 2**20
"""Most pages of a handful, and characters after which it takes no more."""


def handfuls(pages: Iterable[Page | Unreadable], most: int = _PAGES) -> Iterator[Handful]:
    """The pages in handfuls, lazily."""
    handful: Handful = []
    size = 0
    for page in pages:
        if isinstance(page, Unreadable):
            handful.append(Harvest(None, page.file, reason=outcome.reason(page.error), message=str(page.error)))
        else:
            handful.append(page)
            size += len(page.text)
        if len(handful) >= most or size >= _CHARACTERS:
            yield handful
            handful, size = [], 0
    if handful:
        yield handful


def of(handful: Handful, pack: RulePack) -> list[Harvest]:
    """Reads all pages, then flags all: one kind of work at a time keeps its code and data at hand for the processor,
    which saves a tenth. A page that fails, even by a mistake of ours, costs only itself."""
    read = [given if isinstance(given, Harvest) else _read(given) for given in handful]
    return [given if isinstance(given, Harvest) else _flagged(*given, pack) for given in read]


def each(pages: Iterable[Page | Unreadable], pack: RulePack, ahead: bool = True) -> Generator[Harvest, None, None]:
    """The harvests of pages in their order, lazily; without `ahead` no page is asked for before it is needed."""
    for handful in handfuls(pages) if ahead else handfuls(pages, 1):
        yield from of(handful, pack)


def _read(page: Page) -> tuple[Page, Parsed] | Harvest:
    try:
        return page, parse.read(page)
    except Exception as error:
        return _refused(page, error)


def _flagged(page: Page, parsed: Parsed, pack: RulePack) -> Harvest:
    notices = parsed.listing.notices if parsed.listing else parsed.notices
    try:
        checksum = page.checksum
        records = tuple([recorded(notice, pack, page_checksum=checksum) for notice in notices])
    except Exception as error:
        return _refused(page, error)
    return Harvest(parsed.source, _place(page), records, len(parsed.listing.links) if parsed.listing else None)


def _refused(page: Page, error: Exception) -> Harvest:
    told = parse.unforeseen(_place(page), error)
    return Harvest(_source_of(page), _place(page), reason=outcome.reason(told), message=str(told))


def _place(page: Page) -> str:
    return page.file or page.url or page.text[:40]


def _source_of(page: Page) -> str | None:
    """The site a refused page came from, as far as its template or address tells."""
    if page.source is not None:
        return page.source
    try:
        name = sources.recognise(page).SITE.name
    except Exception:  # asked while another mistake is being told, which matters more
        return None
    return None if name == "plain" else name
