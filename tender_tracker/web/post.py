"""A message → the answer of the service at an address: asked once, no redirect followed, within a time and a size.

The address is a secret (bots have their key in it): no error names more of it than its host.
"""

from __future__ import annotations

from collections.abc import Mapping

import httpx

from tender_tracker import __version__
from tender_tracker.address import address
from tender_tracker.errors import TenderError, Undelivered, UsageError
from tender_tracker.web.body import Setback
from tender_tracker.web.wire import Answer, Wire

SECONDS = 30.0
MAX_BYTES = 2**16


def post(url: str, body: bytes, headers: Mapping[str, str], allow_private: bool) -> Answer:
    """Raises Undelivered: with `doubt` when the message may have arrived although no answer came."""
    try:
        to = address(url)
    except TenderError as error:
        raise Undelivered("its address is malformed; correct it in the configuration") from error
    wire = Wire(allow_private=allow_private, max_bytes=MAX_BYTES)
    fixed = {"User-Agent": f"tenders/{__version__}", "Content-Type": "application/json; charset=utf-8"}
    try:
        return wire.ask(to, {"Accept-Encoding": "identity", **fixed, **headers}, body, SECONDS)
    except (Setback, TenderError) as error:
        said = str(error).replace(to.target, "/…")
        if isinstance(error, UsageError):
            said = f"{to.place} is a private address; allow it with allow_private = true in the target's table"
        raise Undelivered(said, doubt=_may_have_arrived(error)) from error
    finally:
        wire.close()


def _may_have_arrived(error: Exception) -> bool:
    """Not when no connection was made, or none was allowed."""
    return isinstance(error, Setback) and not isinstance(error.__cause__, httpx.ConnectError | httpx.ConnectTimeout)
