"""robots.txt of each origin, read once per run: may this address be asked, and how slowly (RFC 9309)."""

from __future__ import annotations

from collections.abc import Callable

from protego import Protego

from tender_tracker.address import Address
from tender_tracker.errors import NotAllowed, SourceFailed, TenderError, UsageError
from tender_tracker.model import Site
from tender_tracker.pages.decode import decode

MAX_BYTES = 512 * 1024
"""RFC 9309 asks for at least 500 KiB; what follows is not read."""
MAX_DELAY = 60.0
"""A site that wants longer gaps is left alone rather than asked too fast."""


class Robots:
    """What the robots.txt files of this run say. `read` gives the body for an origin, or None when there is none."""

    def __init__(self, agent: str, read: Callable[[Address, Site], bytes | None]) -> None:
        self._agent = agent
        self._read = read
        self._known: dict[str, Protego | SourceFailed] = {}

    def delay(self, to: Address, site: Site) -> float:
        """Crawl-delay in seconds (0 without one), once `to` may be asked.

        Raises SourceFailed for a disallowed path, for a robots.txt that cannot be read (then nothing of the origin
        may be asked), and for a delay beyond MAX_DELAY.
        """
        rules = self._rules(to, site)
        url = to.origin + to.target
        if not rules.can_fetch(url, self._agent):
            raise NotAllowed(f"{url}: robots.txt of {to.place} does not allow this path; not asked")
        delay = rules.crawl_delay(self._agent) or 0.0
        if not 0 <= delay <= MAX_DELAY:
            raise SourceFailed(
                f"{to.place}: robots.txt asks for {delay:g} s between requests; too slow to read, not asked"
            )
        return delay

    def _rules(self, to: Address, site: Site) -> Protego:
        if to.origin not in self._known:
            self._known[to.origin] = self._load(to, site)
        known = self._known[to.origin]
        if isinstance(known, SourceFailed):
            raise known
        return known

    def _load(self, to: Address, site: Site) -> Protego | SourceFailed:
        try:
            body = self._read(to, site)
        except UsageError:
            raise
        except TenderError as error:
            unread = SourceFailed(f"{to.place}: robots.txt cannot be read, so nothing is asked this run ({error})")
            unread.asked = False
            return unread
        text = decode((body or b"")[:MAX_BYTES])
        return Protego.parse(text.rpartition("\n")[0] if body and len(body) > MAX_BYTES else text)
