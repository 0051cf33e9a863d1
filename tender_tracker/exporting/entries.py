"""Stored notices → the entries of a feed, one a notice; an entry is updated when its notice has changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from tender_tracker.exporting.summary import summary
from tender_tracker.messages import moment, name, say
from tender_tracker.reporting import feed
from tender_tracker.reporting.page import web_address
from tender_tracker.storage.filter import Filter
from tender_tracker.storage.rows import Flagged


def head(where: Filter, updated: datetime, lang: str) -> feed.Head:
    """A feed is the same feed on every day it is made, so its id tells of the whole filter but its days."""
    asked = [where.levels, where.families, where.kinds, where.sources, (where.buyer,), (where.region,)]
    words = ["，".join(filter(None, part)) for part in asked]
    levels = " · ".join(name(lang, "level", level) for level in where.levels)
    told = " · ".join([levels, *filter(None, words[1:])])
    return feed.Head(feed.urn(f"export/{words}"), say(lang, "report.title"), told, updated, lang)


def entries(rows: Iterable[Flagged], lang: str) -> Iterator[feed.Entry]:
    for row in rows:
        notice = row.notice
        lines = summary(row, lang)
        if notice.deadline:
            lines.append(f"{say(lang, 'calendar.deadline')} · {moment(notice.deadline)}")
        tags = [name(lang, "level", notice.level), name(lang, "kind", notice.kind)]
        yield feed.Entry(
            id=feed.notice_urn(notice.source, notice.source_id),
            title=notice.title,
            text="\n".join(lines),
            url=web_address(notice.url),
            published=notice.first_seen,
            updated=notice.changed_at or notice.first_seen,
            tags=(*tags, *(name(lang, "family", family) for family in notice.families)),
        )
