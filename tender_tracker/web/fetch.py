"""Addresses of a site → pages, politely: robots.txt, one request at a time with a gap, few retries, and no second ask
where a site has said no. State of one run (what is shut, what failed) lives in the Fetcher and ends with it."""

from __future__ import annotations

import itertools
import random
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TypeVar

import platformdirs

from tender_tracker.address import Address, address
from tender_tracker.errors import NotAllowed, PageBroken, PageRefused, SourceFailed, TenderError
from tender_tracker.model import Page, Raw, Request, Site, Validators
from tender_tracker.pages.decode import bare, decode
from tender_tracker.pages.json_numbers import mended
from tender_tracker.web.body import Setback, fault, media_of
from tender_tracker.web.headers import (
    AGENT,
    conditions,
    content_of,
    redirected,
    retry_after,
    user_agent,
    validators_of,
)
from tender_tracker.web.pace import Pace
from tender_tracker.web.part import Part
from tender_tracker.web.robots import Robots
from tender_tracker.web.wire import Answer, Wire

MAX_HOPS = 5
MAX_MARKUP = 5 * 2**19
"""Bytes of an HTML page without its pictures; the longest notices take some hundred thousand."""
REDIRECTS = (301, 302, 303, 307, 308)
GONE = (404, 410)
PASSING = (408, 425, 429)
"""Statuses below 500 that may pass; all from 500 on may."""
SHUTTING = ("blocked", "challenge")
"""Refusals after which a host is left alone for the rest of the run."""
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class FetchSettings:
    """How to ask. `delay` replaces the sites' own (None leaves it to them); times are in seconds."""

    contact: str | None = None
    """Address or URL put into the User-Agent, so that a site can complain."""
    delay: float | None = None
    allow_private: bool = False
    """Whether loopback and private addresses may be asked (a local stand-in for a site)."""
    cache: Path | None = None
    """Folder shared by all runs of one user, for the pace; None is the user's cache folder."""
    seconds: float = 30.0
    """For one page, its redirects and retries together; turns and waits a server asks for are not counted."""
    patience: float = 60.0
    """Longest wait a server may ask for with Retry-After, per page."""
    attempts: int = 4
    failures: int = 5
    """Pages of one source that may fail in a row before the source is left alone."""
    max_bytes: int = 16 * 2**20
    """Of one answer, unpacked."""


@dataclass(frozen=True, slots=True)
class Fetched:
    page: Page | None
    """None when the page has not changed since the validators sent."""
    validators: Validators


@dataclass(slots=True)
class _Budget:
    """What is left for one page."""

    seconds: float
    patience: float


class Fetcher:
    """Asks sites for pages. One per run, used in a `with`; not to be shared between threads.

    `spend` counts a call to a source that grants a number of calls a day, and says whether it was still allowed.
    """

    def __init__(
        self,
        settings: FetchSettings,
        now: Callable[[], datetime],
        *,
        spend: Callable[[str, int], bool] = lambda source, allowed: True,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self.settings = settings
        self._now = now
        self._spend = spend
        self._clock = clock
        self._sleep = sleep
        self._chance = chance
        self._agent = user_agent(settings.contact)
        self._pace = Pace(settings.cache or platformdirs.user_cache_path("tenders") / "pace", sleep=sleep)
        self._robots = Robots(AGENT, self._robots_text)
        self._wire = Wire(allow_private=settings.allow_private, max_bytes=settings.max_bytes, clock=clock)
        self._shut: dict[str, TenderError] = {}
        self._failed: Counter[str] = Counter()

    def __enter__(self) -> Fetcher:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._wire.close()

    def get(self, request: Request, site: Site) -> Page:
        """The page at an address of `site`; `Page.url` is where redirects ended.

        Raises PageRefused (not_found, or what the judge says: blocked, challenge, login), PageBroken (cut, too large,
        no page), SourceFailed (no connection, errors of the server, forbidden by robots.txt, outside of the site, or
        left alone after failures), UsageError (a private address configured without leave).
        """
        page = self.fetch(request, site).page
        if page is None:
            raise SourceFailed(f"{request.url}: HTTP 304 to a question without validators; try later")
        return page

    def fetch(self, request: Request, site: Site, validators: Validators | None = None) -> Fetched:
        """Like `get`, but asks only for what changed since `validators`, and returns the new ones."""
        return self._guarded(request.url, site, lambda budget: self._attempt(request, site, validators, budget))

    def download(self, url: str, site: Site, part: Part, seconds: float) -> str:
        """The file at an address of `site` → `part`, in at most `seconds` → its content type.

        Raises as `get` does, but for pages: nobody has looked into the file yet. TooLarge beyond the limit of `part`.
        """
        return self._guarded(url, site, lambda budget: self._piece(url, site, part, budget), seconds)

    def _guarded(self, url: str, site: Site, attempt: Callable[[_Budget], T], seconds: float | None = None) -> T:
        """An attempt, repeated while it may help; none at a host or source that is left alone in this run."""
        to = _admitted(url, site)
        for name in (to.place, site.name):
            if name in self._shut:
                raise self._shut[name].with_traceback(None)  # what it was raised by may hold a page
        try:
            found = self._insist(to, site, attempt, seconds)
        except PageRefused as refusal:
            if refusal.reason in SHUTTING:
                said = f"{to.place}: has refused us and is left alone this run; try again in some hours"
                self._leave_alone(to.place, PageRefused(refusal.reason, said))
            del self._failed[site.name]
            raise
        del self._failed[site.name]
        return found

    def _insist(self, to: Address, site: Site, attempt: Callable[[_Budget], T], seconds: float | None = None) -> T:
        """Repeats an attempt while it may help, waiting longer each time."""
        budget = _Budget(self.settings.seconds if seconds is None else seconds, self.settings.patience)
        for count in itertools.count(1):
            try:
                return attempt(budget)
            except Setback as setback:
                if count == self.settings.attempts or not self._waited(setback, count, budget, to, site):
                    raise self._given_up(setback.error, count, site) from setback
        raise AssertionError("itertools.count does not end")

    def _waited(self, setback: Setback, count: int, budget: _Budget, to: Address, site: Site) -> bool:
        """Waits before the next attempt; False when there is no time for it."""
        wait = 2 ** (count - 1) * (0.5 + self._chance() / 2)
        if setback.wait is None or setback.wait <= wait:
            budget.seconds -= max(wait, site.delay)  # the pace makes it that long
        else:
            wait = setback.wait
            budget.patience -= wait
        if budget.patience < 0:
            said = f"{to.place}: asks us to wait {wait:.0f} s and is left alone this run; try again after that"
            self._leave_alone(to.place, SourceFailed(said))
            return False
        if budget.seconds <= 0:
            return False
        self._sleep(wait)
        return True

    def _given_up(self, error: TenderError, count: int, site: Site) -> TenderError:
        self._failed[site.name] += 1
        if self._failed[site.name] >= self.settings.failures:
            said = (
                f"{site.name}: {self._failed[site.name]} pages in a row failed, the last with: {error}; "
                "the source is left alone this run"
            )
            self._leave_alone(site.name, SourceFailed(said))
        return type(error)(f"{error} (asked {count} times)") if count > 1 else error

    def _attempt(self, request: Request, site: Site, validators: Validators | None, budget: _Budget) -> Fetched:
        url, answer = self._follow(request, site, conditions(validators), budget)
        if answer.status == 304 and validators is not None:
            return Fetched(None, validators)
        if answer.status in GONE:
            raise PageRefused("not_found", f"{url}: HTTP {answer.status}, the page is gone")
        body, kind = bare(answer.body), answer.headers.get("content-type", "")
        if len(body) > MAX_MARKUP and body.lstrip()[:1] == b"<":
            raise PageBroken(f"{url}: a page of more than {MAX_MARKUP / 2**20:g} MiB without its pictures; not read")
        text = decode(body, site.encoding)
        media = media_of(kind, text)
        text = mended(text) if media == "json" else text
        raw = Raw(answer.body, kind or None, site.encoding)
        page = Page(text, media or "text", self._now(), url=url, source=site.name, raw=raw)
        _check_size(page)
        refusal, problem = _judged(page), fault(page.text, page.media)
        if refusal is not None and refusal.reason in _telling(answer.status, problem):
            raise refusal
        if answer.status != 200:
            raise self._unwelcome(url, answer, site)
        if media is None:
            raise PageBroken(f"{url}: is {kind[:60]!r}, not a page; open it by hand")
        if problem:
            raise Setback(PageBroken(f"{url}: {problem}; it is asked again in the next run"))
        return Fetched(page, validators_of(answer))

    def _piece(self, url: str, site: Site, part: Part, budget: _Budget) -> str:
        asks = {"Accept-Encoding": "identity", **part.conditions()}
        url, answer = self._follow(Request(url), site, asks, budget, part=part)
        if answer.status in (200, 206):
            return answer.headers.get("content-type", "")
        if answer.status == 416:  # the file is no longer the one of which a part is here
            part.forget()
            raise Setback(SourceFailed(f"{url}: HTTP 416; it is asked again in the next run"))
        if answer.status in GONE:
            raise PageRefused("not_found", f"{url}: HTTP {answer.status}, the file is gone")
        raise self._unwelcome(url, answer, site)

    def _follow(
        self,
        request: Request,
        site: Site,
        extra: dict[str, str],
        budget: _Budget,
        *,
        obey: bool = True,
        part: Part | None = None,
    ) -> tuple[str, Answer]:
        """The answer where the redirects end, every hop of which must be allowed; and its address."""
        url, (content, kind) = request.url, content_of(request)
        own = dict(request.headers or {})
        for _ in range(MAX_HOPS + 1):
            to = _admitted(url, site)
            gap = max(site.delay, self._robots.delay(to, site)) if obey else site.delay
            if obey and site.daily is not None and not self._spend(site.name, site.daily):
                used = SourceFailed(f"{site.name}: its {site.daily} calls of this day (UTC) are used up; try tomorrow")
                raise self._leave_alone(site.name, used)
            headers = {"User-Agent": self._agent, "Accept-Encoding": "gzip", "Accept": "*/*", **kind, **extra, **own}
            with self._pace.turn(to.place, gap):
                begin = self._clock()
                try:
                    answer = self._wire.ask(to, headers, content, budget.seconds, part)
                finally:
                    budget.seconds -= self._clock() - begin
            if answer.status not in REDIRECTS or "location" not in answer.headers:
                return url, answer
            url = redirected(url, answer.headers["location"])
            if answer.status < 307:
                content, kind = None, {}
        raise SourceFailed(f"{request.url}: more than {MAX_HOPS} redirects; not followed further")

    def _robots_text(self, to: Address, site: Site) -> bytes | None:
        def attempt(budget: _Budget) -> bytes | None:
            url, answer = self._follow(Request(f"{to.origin}/robots.txt"), site, {}, budget, obey=False)
            if answer.status == 200:
                return answer.body
            if 400 <= answer.status < 500 and answer.status not in PASSING:
                return None
            raise self._unwelcome(url, answer, site)

        return self._insist(to, site, attempt)

    def _leave_alone(self, what: str, error: TenderError) -> TenderError:
        """From now on nothing of a host or source is asked in this run; `error` says why, each time."""
        error.asked = False
        self._shut[what] = error
        return error

    def _unwelcome(self, url: str, answer: Answer, site: Site) -> Exception:
        if answer.status == 429 and site.daily is not None:
            used = SourceFailed(f"{url}: HTTP 429, the calls of the day are used up; try tomorrow")
            return self._leave_alone(site.name, used)
        error = SourceFailed(f"{url}: HTTP {answer.status}; it is asked again in the next run")
        if answer.status in PASSING or answer.status >= 500:
            return Setback(error, retry_after(answer, self._now()))
        return self._given_up(error, 1, site)


def _admitted(url: str, site: Site) -> Address:
    to = address(url)
    if to.place not in site.hosts:
        raise NotAllowed(f"{url}: {to.place} is no host of {site.name} ({', '.join(site.hosts)}); not asked")
    return to


def _telling(status: int, problem: str | None) -> tuple[str, ...]:
    """Which of the judge's words to believe: lists are no notices, and a page cut in its head looks like a challenge.
    With another status than 200 the text often only repeats it (Too Many Requests), and the status says more."""
    if problem:
        return ("blocked",) if status == 200 else ()
    return ("blocked", "challenge", "login", "not_found") if status == 200 else ("challenge",)


def _check_size(page: Page) -> None:
    """Raises PageBroken for a page or answer, be it a list, too large to be taken apart."""
    from tender_tracker.pages import judge

    if page.media != "text":
        judge.check_size(page)


def _judged(page: Page) -> PageRefused | None:
    from tender_tracker.pages import judge  # the judge reads pages, so it comes after the one who fetches them

    try:
        judge.check(page)
    except PageRefused as refusal:
        return refusal
    except PageBroken:
        return None  # cut: body.fault says so too, and then the page is asked again
    return None
