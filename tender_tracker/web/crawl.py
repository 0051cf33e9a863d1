"""A source → what its lists and notice pages hold, newest first. The known is not asked again; a failure costs itself.

Lists move while they are read: a withdrawn notice pulls another from the next page onto one already read. So a column
of several pages is looked at once more from its top, until a page brings nothing new. Pages that failed in earlier runs
come last: one that makes its site shut us out must not cost the lists.
"""

from __future__ import annotations

import json
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Literal

from tender_tracker.address import address
from tender_tracker.errors import PageBroken, SourceFailed, TenderError, UsageError
from tender_tracker.model import (
    SHANGHAI,
    Link,
    Listing,
    Page,
    Request,
    Site,
    Source,
    SourceSettings,
    Validators,
    Window,
)
from tender_tracker.web.steps import Crawled as Crawled
from tender_tracker.web.steps import Failed as Failed
from tender_tracker.web.steps import Keep as Keep
from tender_tracker.web.steps import ListedNotice as ListedNotice
from tender_tracker.web.steps import ListRead as ListRead
from tender_tracker.web.steps import NoticePage as NoticePage
from tender_tracker.web.steps import NotModified as NotModified
from tender_tracker.web.steps import Past as Past

if TYPE_CHECKING:
    from tender_tracker.web.fetch import Fetcher

MAX_LISTS = 400
"""List pages per source and run."""
MAX_TAGS = 60_000
"""Tags of a list page: selectors are asked of a tree, in which an element takes a kilobyte."""


def plan(source: Source, settings: SourceSettings, window: Window) -> list[Request]:
    """What would be asked first. Raises UsageError for settings the source does not know."""
    return list(source.starts(settings, window))


def crawl(
    source: Source,
    fetcher: Fetcher,
    settings: SourceSettings,
    window: Window,
    limit: int | None,
    past: Past,
    keep: Keep | None = None,
) -> Iterator[Crawled]:
    """Everything listed within `window`, at most `limit` notices, but what `past` knows.

    `keep` is handed every page as it came, also one that then cannot be read.

    A column ends with its last page, with a whole page older than the window, or with an error. Raises UsageError only.
    """
    walk = _Walk(source, fetcher, settings, window, past, limit, keep or _forgotten)
    for start in source.starts(settings, window):
        yield from walk.column(start)
        if walk.left == 0:
            return
    yield from walk.due()


def site_of(site: Site, settings: SourceSettings, delay: float | None = None) -> Site:
    """The site as configured: hosts of configured addresses may be asked, too; the source's own delay goes before
    `delay`, that of all sources, and this before the site's. Raises UsageError for an address that is none."""
    hosts = list(site.hosts)
    for url in (settings.base_url, settings.search_url):
        if url is not None:
            try:
                hosts.append(address(url).place)
            except SourceFailed as error:
                raise UsageError(f"configured address of {site.name}: {error}") from error
    wanted = next((seconds for seconds in (settings.delay, delay) if seconds is not None), site.delay)
    return replace(site, hosts=tuple(hosts), delay=wanted)


@dataclass(slots=True)
class _Walk:
    """One run through one source: what it has seen, and what it may still ask."""

    source: Source
    fetcher: Fetcher
    settings: SourceSettings
    window: Window
    past: Past
    left: int | None
    """Notices that may still be handed over; None is no limit."""
    keep: Keep
    lists: int = 0
    seen: set[str] = field(default_factory=set)
    asked: set[str] = field(default_factory=set)
    site: Site = field(init=False)

    def __post_init__(self) -> None:
        self.site = site_of(self.source.SITE, self.settings, self.fetcher.settings.delay)

    def due(self) -> Iterator[Crawled]:
        """Pages that failed before."""
        for link in self.past.due():
            if link.url not in self.asked and self._room():
                yield self._notice(link)

    def column(self, start: Request) -> Iterator[Crawled]:
        """All pages of one list, and those that moved."""
        asked: dict[str, Request] = {}
        items: set[str] = set()
        request: Request | None = start
        while request is not None and self.left != 0:
            if _key(request) in asked:
                yield _ended(request, "the pages of this list go in a circle")
                break
            asked[_key(request)] = request
            listing = yield from self._list(request)
            if listing is None:
                return
            for narrower in listing.instead:
                yield from self.column(narrower)
            if listing.instead:
                return
            names = {*(link.url for link in listing.links), *(notice.source_id for notice in listing.notices)}
            if listing.next is not None and names <= items:
                yield _ended(
                    request, "this list page only repeats earlier ones" if names else "this list page is empty"
                )
                break
            items |= names
            request = None if listing.newest_first and self._passed(listing) else listing.next
        if len(asked) > 1:
            yield from self._again(list(asked.values()))

    def _again(self, requests: list[Request]) -> Iterator[Crawled]:
        for request in requests:
            before = len(self.seen)
            listing = yield from self._list(request)
            if listing is None or len(self.seen) == before or self.left == 0:
                return

    def _list(self, request: Request) -> Generator[Crawled, None, Listing | None]:
        """One list page and its notices; the listing is returned, None when it could not be read."""
        if self.lists == MAX_LISTS:
            yield _ended(request, f"{MAX_LISTS} list pages of this source were read, the most for one run")
            return None
        self.lists += 1
        try:
            listing = self._listing(self.fetcher.get(request, self.site), request)
        except UsageError:
            raise
        except TenderError as error:
            yield _failed(request.url, error)
            return None
        notices = [notice for notice in listing.notices if self._wanted(notice.source_id, notice.published)]
        links = [link for link in listing.links if self._wanted(link.url, link.published)]
        links = [link for link in links if not self.past.knows(link)]
        count = len(listing.links) + len(listing.notices)
        yield ListRead(request.url, count, len(notices) + len(links), listing.total)
        for notice in notices:
            if self._room():
                yield ListedNotice(notice)
        for link in links:
            if self._room():
                yield self._notice(link)
        return listing

    def _listing(self, page: Page, request: Request) -> Listing:
        listing = None
        if page.media == "html" and page.text.count("<") > MAX_TAGS:
            raise PageBroken(f"{request.url}: more than {MAX_TAGS:,} tags, as in no list; not read")
        try:
            listing = self.source.listing(page, request, self.settings)
            return listing
        finally:  # above all a list that can no longer be read is worth a look later
            self.keep(page, "notices" if listing and listing.notices else "links")

    def _notice(self, link: Link) -> NoticePage | NotModified | Failed:
        self.asked.add(link.url)
        request = link.request or Request(link.url)
        asks = request.json is None and request.form is None  # only a GET can be asked for changes
        try:
            fetched = self.fetcher.fetch(request, self.site, self.past.validators(link) if asks else None)
        except UsageError:
            raise
        except TenderError as error:
            return _failed(link.url, error, link)
        validators = fetched.validators if asks else Validators()
        if fetched.page is None:
            return NotModified(link, validators)
        page = replace(fetched.page, url=link.url)
        self.keep(page, "notices")
        return NoticePage(page, link, validators)

    def _wanted(self, name: str, published: datetime | None) -> bool:
        """Whether an item is met for the first time in this run and lies in the window; undated ones may."""
        if name in self.seen:
            return False
        self.seen.add(name)
        if published is None:
            return True
        return not _before(published, self.window.since) and (
            self.window.until is None or published < self.window.until
        )

    def _room(self) -> bool:
        """Takes one from the limit, if there is one left."""
        if self.left == 0:
            return False
        if self.left is not None:
            self.left -= 1
        return True

    def _passed(self, listing: Listing) -> bool:
        """Whether the whole page is older than the window: one old item may be pinned to the top."""
        dates = [link.published for link in listing.links] + [notice.published for notice in listing.notices]
        dated = [moment for moment in dates if moment is not None]
        return bool(dated) and all(_before(moment, self.window.since) for moment in dated)


def _before(published: datetime, since: datetime | None) -> bool:
    """Whether it was published before `since`; a list that prints a date only may mean any hour of it."""
    if since is None:
        return False
    if published.astimezone(SHANGHAI).time() == time():
        return published + timedelta(days=1) <= since
    return published < since


def _forgotten(page: Page, holds: Literal["notices", "links"]) -> None:
    """Where pages are not kept."""


def _key(request: Request) -> str:
    parts = (request.url, dict(request.json or {}), dict(request.form or {}))
    return json.dumps(parts, sort_keys=True, default=str)


def _failed(url: str, error: TenderError, link: Link | None = None) -> Failed:
    """The error without the calls it came by: they hold the page, and the run the error, while the next is asked."""
    error.__traceback__ = error.__cause__ = error.__context__ = None
    return Failed(url, error, link)


def _ended(request: Request, why: str) -> Failed:
    return Failed(request.url, SourceFailed(f"{request.url}: {why}; what lies behind it was not read"))
