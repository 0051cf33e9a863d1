"""A run that a dead-man service is told of: its begin, and how it ended."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Annotated, NamedTuple

import typer

from tender_tracker.commands.call import Call

PingUrl = Annotated[
    str | None, typer.Option(metavar="URL", help="A dead-man service to tell of begin, success and failure.")
]


class Ended(NamedTuple):
    well: bool
    told: str = ""
    """A few words for the service."""


@contextmanager
def watched(call: Call, url: str | None) -> Iterator[Callable[[Ended], None]]:
    """Tells the service at `url` of the begin and the end of what is done inside; the call yielded takes how it ended.
    An exception or a signal before that is a failure."""
    if url is None:
        yield lambda ended: None
        return
    from tender_tracker.web.ping import ping

    begun, ends = ping(url, "start"), [Ended(False)]
    try:
        yield ends.append
    finally:
        well, told = ends[-1]
        troubles = [begun()]  # a begin that arrives behind the end would take the end back
        troubles.append(ping(url, "success" if well else "fail", told)())
        trouble = next((trouble for trouble in troubles if trouble), None)
        if trouble:
            call.tell(call.say("ping.failed", error=call.told(trouble)), always=True)
