"""One HTTP exchange: an address → status, headers and whole body, within a time, a size and public addresses only.

The HTTP client is used here, the network in transport.py, and both nowhere else. No policy lives here: who may be
asked, and how often, is fetch.py's.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.cookiejar import CookieJar, DefaultCookiePolicy

import httpx

from tender_tracker.address import Address, literal_of
from tender_tracker.errors import PageBroken, SourceFailed
from tender_tracker.web.body import Setback, whole
from tender_tracker.web.part import Part
from tender_tracker.web.transport import Transport

CONNECT_SECONDS = 8.0
"""Three tries at a dead host stay below the 30 seconds it may cost."""
MAX_HEADERS = 256
"""Their bytes are bounded by h11 (100 KiB)."""


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    """Found by their names in any case."""
    body: bytes
    """Decompressed."""


class Wire:
    """Connections to servers, one exchange at a time; not to be shared between threads."""

    def __init__(self, *, allow_private: bool, max_bytes: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._max_bytes = max_bytes
        self._client = httpx.Client(
            transport=Transport(allow_private, clock),
            timeout=httpx.Timeout(None, connect=CONNECT_SECONDS),
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),  # takes none: each request stands alone
            follow_redirects=False,
            trust_env=False,  # the transport reads proxies and certificates; a .netrc is nobody's business here
        )

    def close(self) -> None:
        self._client.close()

    def ask(
        self,
        to: Address,
        headers: Mapping[str, str],
        content: bytes | None,
        seconds: float,
        part: Part | None = None,
    ) -> Answer:
        """One request and its whole answer, ended after `seconds` however slowly it comes.

        With `part` what was asked for goes there, and the body of the answer is empty.

        Raises Setback for what may pass (no connection, time over, a body that ends early), SourceFailed for a
        private address, a bad certificate or a malformed redirect, UsageError when the private address was configured
        as such, PageBroken for an answer beyond the limits.
        """
        where = f"{to.origin}{to.target}"
        begun = False
        try:
            with self._client.stream(
                "GET" if content is None else "POST", _url(to), headers={"Host": to.place, **headers}, content=content,
                # What was admitted is sent to the byte: httpx would tidy dots and quotes in the path.
                extensions={"target": to.target.encode("ascii"), "seconds": seconds},
            ) as response:  # fmt: skip
                begun = True
                if len(response.headers.raw) > MAX_HEADERS:
                    raise PageBroken(f"{where}: more than {MAX_HEADERS} headers; not read")
                if part is not None and response.status_code in (200, 206):
                    part.take(response.status_code, response.headers, response.iter_raw(), where)
                    return Answer(response.status_code, response.headers, b"")
                body = whole(response.iter_raw(), response.headers, self._max_bytes, where)
                return Answer(response.status_code, response.headers, body)
        except (httpx.InvalidURL, httpx.TransportError) as error:
            raise _told(error, where, begun) from error


def _url(to: Address) -> httpx.URL:
    """What httpx takes a URL for; numeric hosts in their plain spelling, the only one it knows."""
    host = str(literal_of(to.host) or to.host)
    try:
        return httpx.URL(scheme=to.scheme, host=host, port=to.port, raw_path=to.target.encode("ascii"))
    except httpx.InvalidURL as error:
        raise SourceFailed(f"{to.origin}{to.target[:200]}: malformed address ({error}); not asked") from error


def _told(error: Exception, where: str, begun: bool) -> Exception:
    """What an error of httpx means to the one who asked; `begun` when an answer had begun."""
    if isinstance(error, httpx.InvalidURL) or isinstance(error.__context__, httpx.InvalidURL):
        # httpx reads a Location also when it is not to follow it.
        return SourceFailed(f"{where}: redirects to a malformed address; not followed")
    if isinstance(error, (httpx.ConnectError, httpx.ConnectTimeout)):
        return Setback(SourceFailed(f"{where}: no connection ({error}); try later or check the address"))
    if isinstance(error, httpx.TimeoutException):
        return Setback(SourceFailed(f"{where}: no whole answer in time; try later"))
    kind = PageBroken if begun else SourceFailed
    return Setback(kind(f"{where}: the answer broke off ({error}); it is asked again in the next run"))
