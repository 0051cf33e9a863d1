"""How a publisher of OCDS is asked: the first addresses, the next one, and the halves of a span too full to be whole.

Times in addresses are the publisher's own wall clock. A span is asked without the publisher's cursor, which loses rows
at Find a Tender; both of its ends count, so halves meet in one instant and share what was published then.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urljoin, urlsplit, urlunsplit
from zoneinfo import ZoneInfo

from tender_tracker.errors import PageChanged, UsageError
from tender_tracker.model import Window

STEP = timedelta(hours=6)
"""A longer span that is full is cut into these."""
SHORTEST = timedelta(seconds=2)
DAYS = timedelta(days=7)
"""What is asked of a publisher whose whole stock is offered when no period is given."""
_HOLE = re.compile(r"\{(since|until|page|offset|month|type)\}")


@dataclass(frozen=True, slots=True)
class Interface:
    """The facts of one publisher's interface; see the head of `ocds.toml`."""

    url: str
    paging: str
    time: str = "%Y-%m-%dT%H:%M:%S"
    limit: int | None = None
    since: str = ""
    until: str = ""
    """Names of the parameters of a window."""
    next: str = "/links/next"
    pages: str | None = None
    types: tuple[int, ...] = ()
    newest_first: bool = False


def interface(facts: dict[str, Any]) -> Interface | None:
    if facts["paging"] == "file":
        return None
    known = {name: facts[name] for name in Interface.__slots__ if name in facts}
    return Interface(**{**known, "types": tuple(facts.get("types", ()))})


def starts(face: Interface, name: str, zone: ZoneInfo, window: Window) -> Iterator[str]:
    """The first address, or one for each month and type. Raises UsageError where a period is needed and none given."""
    since, until = _wall(window.since, zone), _wall(window.until, zone)
    if face.paging == "window":
        yield _spanned(face, face.url, since, until)
        return
    holes = set(_HOLE.findall(face.url))
    if since is None and holes & {"since", "month"}:
        raise UsageError(f"{name} is asked by time: give --since, or name other sources")
    if until is None and "month" in holes:
        raise UsageError(f"{name} is asked month by month: give --until, too")
    end = until or (since + timedelta(days=365) if since else None)
    given = {"since": _printed(face, since), "until": _printed(face, end), "page": "1", "offset": "0"}
    for month in _months(since, until) if since and until and "month" in holes else ("",):
        for number in face.types or ("",):
            yield _filled(face.url, {**given, "month": month, "type": str(number)})


def following(face: Interface, url: str, answer: Any, count: int, where: str) -> str | None:
    """The address of the next page; `count` is how many releases this one held. Raises PageChanged for a full page
    that names no next one."""
    if face.paging == "month":
        return None
    if face.paging in ("page", "offset"):
        name = next(key for key, value in parse_qsl(urlsplit(face.url).query) if value == f"{{{face.paging}}}")
        number = int(dict(parse_qsl(urlsplit(url).query)).get(name, 1))
        pages = _pointed(answer, face.pages) if face.pages else None
        more = number < int(pages) if isinstance(pages, int) else count > 0 and count >= (face.limit or 1)
        step = 1 if face.paging == "page" else face.limit or count
        return _with(url, name, str(number + step)) if more else None
    link = _pointed(answer, face.next)
    if isinstance(link, str) and link and (face.paging == "next" or count >= (face.limit or count + 1)):
        return urljoin(url, link)
    if face.limit and count >= face.limit:
        raise PageChanged(f"{where}: {count} releases, a full page, and no {face.next}: the interface has changed")
    return None


def narrower(face: Interface, url: str, now: datetime, zone: ZoneInfo, count: int) -> tuple[str, ...]:
    """The spans to ask instead of a full one, the newest first; none when it is not full or cannot be cut further."""
    if face.paging != "window" or count < (face.limit or 1):
        return ()
    asked = dict(parse_qsl(urlsplit(url).query))
    end = _read(asked.get(face.until), face) or _wall(now, zone) or now
    begin = _read(asked.get(face.since), face) or end - DAYS
    if end - begin <= SHORTEST:
        return ()
    step = STEP if end - begin > STEP else timedelta(seconds=(end - begin).total_seconds() // 2 or 1)
    bare = _without(url, face.since, face.until)
    spans = []
    while end > begin:
        start = max(begin, end - step)
        spans.append(_spanned(face, bare, start, end))
        end = start
    return tuple(spans)


def _filled(url: str, given: dict[str, str]) -> str:
    return _HOLE.sub(lambda hole: given[hole[1]], url)


def _wall(moment: datetime | None, zone: ZoneInfo) -> datetime | None:
    return moment.astimezone(zone).replace(tzinfo=None, microsecond=0) if moment else None


def _read(text: str | None, face: Interface) -> datetime | None:
    try:
        return datetime.strptime(text or "", face.time)
    except ValueError:
        return None


def _printed(face: Interface, moment: datetime | None) -> str:
    return moment.strftime(face.time) if moment else ""


def _spanned(face: Interface, url: str, since: datetime | None, until: datetime | None) -> str:
    """Colons stay as they are: Contracts Finder does not read them encoded."""
    for name, moment in ((face.since, since), (face.until, until)):
        if moment is not None:
            url += f"{'&' if '?' in url else '?'}{name}={_printed(face, moment)}"
    return url


def _months(since: datetime, until: datetime) -> Iterator[str]:
    """Every month of a period as 09-2026, the newest first."""
    last = until
    while last >= since.replace(day=1):
        yield f"{last:%m-%Y}"
        last = last.replace(day=1) - timedelta(days=1)


def _pointed(answer: Any, pointer: str) -> Any:
    for key in pointer.strip("/").split("/"):
        answer = answer.get(key) if isinstance(answer, dict) else None
    return answer


def _with(url: str, name: str, value: str) -> str:
    return re.sub(rf"(?<=[?&]{re.escape(name)}=)[^&#]*", value, url)


def _without(url: str, *names: str) -> str:
    parts = urlsplit(url)
    kept = "&".join(pair for pair in parts.query.split("&") if pair.partition("=")[0] not in (*names, "cursor"))
    return urlunsplit(parts._replace(query=kept, fragment=""))
