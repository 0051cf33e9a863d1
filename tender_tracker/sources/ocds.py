"""Open Contracting Data (OCDS 1.1): packages, records, bare releases, lines of them; publishers are in `ocds.toml`.

A publisher is a source of its own, `ocds:uk_fts`; a saved file of an unknown one belongs to `ocds`. Each release is a
notice, for a later one may only say what changed; of a record without its releases the compiled one is taken.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from tender_tracker.errors import PageBroken, PageChanged, UsageError
from tender_tracker.model import Listing, Notice, Page, Request, Site, SourceSettings, Window
from tender_tracker.pages.judge import place
from tender_tracker.sources import ocds_paging as paging
from tender_tracker.sources import values
from tender_tracker.sources.ocds_paging import Interface
from tender_tracker.sources.release import Origin, notice

NAME = "ocds"
_HEAD = 50_000
"""Characters in which a publisher must have named itself."""
_URI = re.compile(r'"uri"\s*:\s*"https?://([^/"]+)')
_PACKAGE = ("publishedDate", "publisher", "uri", "version")
_SECTIONS = ("tender", "awards", "contracts", "planning", "buyer", "tag", "parties")


@dataclass(frozen=True, slots=True)
class Publisher:
    """One publisher as a source; without an interface it only reads saved files."""

    SITE: Site
    language: str | None = None
    zone: ZoneInfo = values.UTC
    mark: str | None = None
    """Words that only its releases hold."""
    unique_ids: bool = False
    notice_url: str | None = None
    interface: Interface | None = None
    """How it is asked live; None for publishers whose files must be downloaded by hand."""

    def recognises(self, page: Page) -> bool:
        return recognises(page) and self in (of(page), _anyone())

    def notices(self, page: Page) -> list[Notice]:
        """Every release of an answer or file, none of an empty package. Raises PageBroken for JSON that is no OCDS."""
        documents = values.documents(page)
        found = releases(documents)
        if found is None or not any(documents):
            raise PageBroken(f"{place(page)}: no OCDS release in it; give a package, record or release")
        return self._notices(found, page)

    def starts(self, settings: SourceSettings, window: Window) -> Iterator[Request]:
        """The first list requests. Raises UsageError where the publisher cannot be asked so."""
        if self.interface is None:
            raise UsageError(f"{self.SITE.name} is not asked live: download {self.SITE.home} and use fetch --saved")
        if settings.keywords or settings.columns:
            raise UsageError(f"{self.SITE.name} knows neither keywords nor columns; leave them out")
        for url in paging.starts(self.interface, self.SITE.name, self.zone, window):
            yield Request(based(url, settings.base_url))

    def listing(self, page: Page, request: Request, settings: SourceSettings) -> Listing:
        """An answer → its notices and where it goes on. Raises PageChanged for what is no OCDS."""
        if self.interface is None:
            raise UsageError(f"{self.SITE.name} has no lists")
        try:
            answers = values.documents(page)
        except PageBroken as error:
            raise PageChanged(str(error)) from error
        found = releases(answers)
        if found is None:
            raise PageChanged(f"{place(page)}: neither a release nor a package: {page.text[:80]!r}")
        window = paging.narrower(self.interface, request.url, page.read_at, self.zone, len(found))
        if window:
            return Listing(instead=tuple(Request(url) for url in window))
        url = paging.following(self.interface, request.url, answers[0] if answers else None, len(found), place(page))
        following = Request(based(url, settings.base_url)) if url else None
        return Listing((), tuple(self._notices(found, page)), following, newest_first=self.interface.newest_first)

    def _notices(self, found: Iterable[dict[str, Any]], page: Page) -> list[Notice]:
        country = None if self.SITE.country == values.NOWHERE else self.SITE.country
        origin = Origin(
            self.SITE.name, page, country, self.language, self.zone, self.unique_ids, self.notice_url
        )  # fmt: skip
        return [notice(release, origin) for release in found]


def based(url: str, base: str | None) -> str:
    """The address at another origin: a stand-in or mirror."""
    parts = urlsplit(url)
    return url if base is None else f"{base.rstrip('/')}{parts.path}{'?' + parts.query if parts.query else ''}"


def releases(documents: Iterable[Any]) -> list[dict[str, Any]] | None:
    """All releases of JSON documents of any OCDS shape; [] for a package without any, None for what is no OCDS."""
    found: list[dict[str, Any]] = []
    for document in documents:
        inside = _inside(document)
        if inside is None:
            return None
        found += inside
    return found


def _inside(document: Any) -> list[dict[str, Any]] | None:
    if isinstance(document, list):
        return releases(document)
    if not isinstance(document, dict):
        return None
    if "records" in document:
        return [release for record in values.parts(document, "records") for release in _of_record(record)]
    if "ocid" in document:
        is_record = "compiledRelease" in document or isinstance(document.get("releases"), list)
        return _of_record(document) if is_record else [document]
    if "releases" in document:
        return [release for release in values.parts(document, "releases") if release]
    return [] if not document or any(key in document for key in _PACKAGE) else None


def _of_record(record: dict[str, Any]) -> list[dict[str, Any]]:
    """Its releases where they are embedded whole, else the compiled one; versioned ones are huge and say no more."""
    whole = [
        release for release in values.parts(record, "releases") if any(release.get(name) for name in _SECTIONS[:-2])
    ]
    compiled = record.get("compiledRelease")
    return whole or ([compiled] if isinstance(compiled, dict) else [])


def recognises(page: Page) -> bool:
    """Any JSON with releases in it."""
    return page.media == "json" and ('"ocid"' in page.text or '"releases"' in page.text[:_HEAD])


def of(page: Page) -> Publisher:
    """The publisher of a page: by its address, the marks of its releases or its own `uri`; else the unknown one."""
    host, head = urlsplit(page.url or "").hostname, page.text[:_HEAD]
    uri = _URI.search(head)
    for told in (
        lambda publisher: host is not None and host in publisher.SITE.hosts,
        lambda publisher: publisher.mark is not None and publisher.mark in head,
        lambda publisher: uri is not None and uri[1] in publisher.SITE.hosts,
    ):
        found = next(filter(told, publishers().values()), None)
        if found is not None:
            return found
    return load(NAME)


def names() -> list[str]:
    """The publishers that can be asked live."""
    return [name for name, publisher in publishers().items() if publisher.interface is not None]


def load(name: str) -> Publisher:
    """`ocds:NAME`, or `ocds` for saved files of any other publisher. Raises UsageError for one that is not known."""
    if name == NAME:
        return _anyone()
    try:
        return publishers()[name]
    except KeyError:
        known = ", ".join(publishers())
        raise UsageError(f"no publisher of OCDS is called {name!r}; there are: {known}") from None


@cache
def _anyone() -> Publisher:
    return Publisher(Site(NAME, "OCDS", "", (), values.NOWHERE))


@cache
def publishers() -> dict[str, Publisher]:
    """All publishers by name, in the order of the file."""
    said = tomllib.loads(resources.files(__package__).joinpath("ocds.toml").read_text("utf-8"))
    return {f"{NAME}:{name}": _publisher(f"{NAME}:{name}", facts) for name, facts in said.items()}


def _publisher(name: str, facts: dict[str, Any]) -> Publisher:
    url, country = facts["url"], facts.get("country", values.NOWHERE)
    host = urlsplit(url).netloc
    hosts, by_month = (host,) if host else (), facts["paging"] == "month"
    site = Site(name, facts["title"], url, hosts, country, facts.get("delay", 3.0), closed=by_month)
    return Publisher(
        site,
        facts.get("language"),
        ZoneInfo(facts.get("zone", "UTC")),
        facts.get("mark"),
        facts.get("unique_ids", False),
        facts.get("notice"),
        paging.interface(facts),
    )
