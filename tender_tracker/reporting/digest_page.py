"""A Digest → the page people read, in Chinese or English: coverage before any number, the notes at the end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import timedelta
from decimal import Decimal

from tender_tracker.messages import day, moment, name, say, yuan
from tender_tracker.model import SHANGHAI
from tender_tracker.reporting import digest_phrases as phrases
from tender_tracker.reporting.attached import unread
from tender_tracker.reporting.digest import Breakdown, Count, Digest, Group, Health, Listing, Reading, Sum, T
from tender_tracker.reporting.judgement import in_full
from tender_tracker.reporting.page import Grid, Line, Page, Part, Section
from tender_tracker.translated import translated

GROUPS = 8
"""Rows of one division that are printed; JSON has them all."""


def page(digest: Digest, lang: str) -> Page:
    """Every section that has something to say; coverage, headline, new required and notes are always there."""
    return Page(lang, _title(digest, lang), tuple(_lead(digest, lang)), tuple(_sections(digest, lang)))


def _title(digest: Digest, lang: str) -> str:
    return say(lang, "digest.weekly", week=digest.week) if digest.week else say(lang, "digest.title")


def _lead(digest: Digest, lang: str) -> Iterator[str]:
    yield say(lang, "digest.span", since=moment(digest.since), until=moment(digest.until))
    told = [say(lang, "digest.as_of", when=moment(digest.as_of)) if digest.as_of else say(lang, "digest.no_data")]
    told += [say(lang, "digest.rules", packs=", ".join(digest.packs))] if digest.packs else []
    told += [say(lang, "digest.profile", name=digest.profile)] if digest.profile else []
    yield " · ".join(told)


def _sections(digest: Digest, lang: str) -> Iterator[Section]:
    yield Section(say(lang, "digest.coverage"), None, tuple(coverage(digest.health, lang)))
    yield Section(say(lang, "digest.headline"), None, tuple(Line(text) for text in headline(digest, lang)))
    yield _required(digest, lang)
    since = day(digest.until)
    yield from _listed(say(lang, "digest.preferred"), digest.preferred, phrases.card, lang)
    yield from _listed(say(lang, "digest.deadlines", day=since), digest.deadlines, phrases.deadline, lang)
    yield from _listed(say(lang, "digest.changes"), digest.changes, phrases.changed, lang)
    yield from _listed(say(lang, "digest.cancellations"), digest.cancellations, phrases.cancellation, lang)
    yield from _listed(say(lang, "digest.awards"), digest.awards, phrases.award, lang)
    yield from _listed(say(lang, "digest.intentions"), digest.intentions, phrases.short, lang)
    yield from _breakdown(digest, lang)
    yield from _listed(say(lang, "digest.review"), digest.review, phrases.review, lang, "digest.more_to_review")
    yield from _listed(say(lang, "digest.errata"), digest.errata, phrases.erratum, lang)
    yield Section(say(lang, "digest.footer"), None, tuple(Line(text, "quiet") for text in _notes(digest, lang)))


def coverage(health: Health, lang: str) -> Iterator[Line]:
    """What was read and what was not: the judgement first, then every source in trouble."""
    sources = [reading for reading in health.readings if reading.source]
    if not sources:
        yield Line(say(lang, "digest.no_source"), "warn")
        return
    if health.complete:
        yield Line(in_full([reading.live for reading in sources], lang))
    else:
        yield Line(say(lang, "digest.lower"), "warn")
    states = Counter(name(lang, "state", reading.state) for reading in sources)
    told = say(lang, "digest.comma").join(f"{state} {count}" for state, count in states.items())
    yield Line(say(lang, "digest.sources", n=len(sources), states=told, read=health.read, notices=health.notices))
    yield from (Line(_trouble(reading, lang), "warn") for reading in sources if reading.state != "ok")
    if health.refused:
        yield Line(say(lang, "digest.refused", n=health.refused), "quiet" if health.complete else "warn")
    if lost := sum(reading.read for reading in health.readings if reading.source is None):
        yield Line(say(lang, "digest.unrecognised", n=lost), "warn")
    yield from _good(sources, lang)
    if missing := unread(health.unread, lang):
        yield Line(missing, "quiet")


def _trouble(reading: Reading, lang: str) -> str:
    state = name(lang, "state", reading.state)
    why = f"{say(lang, 'digest.semicolon')}{translated(lang, reading.error)}" if reading.error else ""
    if reading.last_good is None or reading.age is None:
        return say(lang, "digest.no_good", source=reading.source, state=state, why=why)
    when, age = moment(reading.last_good), phrases.age(reading.age, lang)
    return say(lang, "digest.no_data_since", source=reading.source, state=state, when=when, age=age, why=why)


def _good(readings: Iterable[Reading], lang: str) -> Iterator[Line]:
    """Sources read in full, by how long ago."""
    ages: dict[str, list[str]] = {}
    for reading in sorted(
        (entry for entry in readings if entry.state == "ok"), key=lambda entry: entry.age or timedelta(0)
    ):
        ages.setdefault(phrases.age(reading.age or timedelta(0), lang), []).append(reading.source or "")
    for age, names in ages.items():
        yield Line(say(lang, "digest.good", age=age, sources=say(lang, "digest.comma").join(names)), "quiet")


def headline(digest: Digest, lang: str) -> Iterator[str]:
    """Five lines at most."""
    told, complete = digest.headline, digest.health.complete
    late = say(lang, "digest.of_them_late", n=told.late) if told.late else ""
    number = _number(told.required.now, complete, lang)
    yield say(lang, "digest.n_required", n=number, compared=_compared(told.required, lang), late=late)
    if told.required.now:
        yield _sum("digest.budgets", told.budget, lang, n=told.budget.undisclosed)
        yield say(lang, "digest.universities", n=told.universities)
    if told.awards:
        count, silent = _number(told.awards, complete, lang), told.award.undisclosed
        yield _sum("digest.n_awards", told.award, lang, n=count, silent=silent)
    else:
        yield say(lang, "digest.no_awards") if complete else _none_seen("digest.awards", lang)
    changes, cancelled = (_number(count, complete, lang) for count in (told.changes, told.cancellations))
    yield say(lang, "digest.n_changes", changes=changes, cancelled=cancelled)


def _number(count: int, complete: bool, lang: str) -> str:
    """A bare 0 is printed only when every source was read."""
    if complete:
        return str(count)
    return say(lang, "digest.at_least", n=count) if count else say(lang, "digest.none_seen")


def _none_seen(key: str, lang: str) -> str:
    return f"{say(lang, key)}{say(lang, 'digest.colon')}{say(lang, 'digest.none_seen')}"


def _compared(count: Count, lang: str) -> str:
    if count.before is None:
        return say(lang, "digest.uncompared")
    mean = ""
    if count.mean is not None:
        mean = say(lang, "digest.mean", mean=_plain(count.mean), delta=_delta(count.now - count.mean, lang))
    return say(
        lang, "digest.compared", before=count.before, delta=_delta(Decimal(count.now - count.before), lang), mean=mean
    )


def _delta(difference: Decimal, lang: str) -> str:
    if not difference:
        return say(lang, "digest.same")
    return say(lang, "digest.up" if difference > 0 else "digest.down", n=_plain(abs(difference)))


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"


def _sum(key: str, total: Sum, lang: str, **values: object) -> str:
    other = say(lang, "digest.other_currency", n=total.other_currency) if total.other_currency else ""
    return say(lang, key, sum=yuan(total.yuan) or say(lang, "digest.unstated"), **values) + other


def _required(digest: Digest, lang: str) -> Section:
    listing = digest.required
    if listing.total:
        return next(_listed(say(lang, "digest.required"), listing, phrases.card, lang))
    told = say(lang, "digest.none") if digest.health.complete else say(lang, "digest.none_seen")
    return Section(say(lang, "digest.required"), None, (Line(told),))


def _listed(
    heading: str, listing: Listing[T], phrase: Callable[[T, str], Part], lang: str, more: str = "digest.more"
) -> Iterator[Section]:
    """A section of the listing, with how many more there are; nothing for an empty one."""
    if listing.total:
        parts = [phrase(item, lang) for item in listing.items]
        if listing.more:
            parts.append(Line(say(lang, more, n=listing.more, total=listing.total), "quiet"))
        yield Section(heading, listing.total, tuple(parts))


def _breakdown(digest: Digest, lang: str) -> Iterator[Section]:
    parts: list[Part] = []
    if any(breakdown.groups for breakdown in digest.breakdowns):
        headings = ("digest.by", "digest.group", "head.projects", "head.budget_sum", "head.undisclosed")
        rows = [row for breakdown in digest.breakdowns for row in _rows(breakdown, lang)]
        parts = [
            Grid(tuple(say(lang, key) for key in headings), tuple(rows), words=2),
            Line(say(lang, "digest.twice"), "quiet"),
        ]
    if any(digest.compute.values()):
        parts.append(Line(say(lang, "digest.compute", **digest.compute)))
    year = (digest.until - timedelta(seconds=1)).astimezone(SHANGHAI).year
    for level, projects, budget in digest.year:
        told = {"year": year, "level": name(lang, "level", level), "n": projects, "silent": budget.undisclosed}
        parts.append(Line(_sum("digest.year", budget, lang, **told)))
    if parts:
        yield Section(say(lang, "digest.breakdown"), None, tuple(parts))


def _rows(breakdown: Breakdown, lang: str) -> Iterator[tuple[str, ...]]:
    """The largest groups, how many more there are, and the unknown."""
    known = [group for group in breakdown.groups if group.key is not None]
    unknown = [group for group in breakdown.groups if group.key is None]
    rows = [_row(breakdown, group, lang) for group in known[:GROUPS]]
    rows += [(say(lang, "digest.more_groups", n=len(known) - GROUPS), "", "", "")] if len(known) > GROUPS else []
    rows += [_row(breakdown, group, lang) for group in unknown]
    for place, row in enumerate(rows):
        yield ("" if place else say(lang, f"share.{breakdown.by}"), *row)


def _row(breakdown: Breakdown, group: Group, lang: str) -> tuple[str, ...]:
    silent = str(group.budget.undisclosed) if group.budget.undisclosed else "–"
    return _key(breakdown, group, lang), str(group.projects), yuan(group.budget.yuan) or "–", silent


def _key(breakdown: Breakdown, group: Group, lang: str) -> str:
    if group.key is None:
        silent = {"family": "digest.no_family", "tier": "digest.no_tier", "size": "size.none"}
        return say(lang, silent.get(breakdown.by, "word.unknown"))
    return group.key if breakdown.by == "region" else name(lang, breakdown.by, group.key)


def _notes(digest: Digest, lang: str) -> Iterable[str]:
    if digest.left_out:
        reasons = _counts(digest.left_out, "left", lang)
        yield say(lang, "digest.left_out", n=sum(digest.left_out.values()), reasons=reasons)
    if digest.stored_later:
        yield say(lang, "digest.stored_later", counts=_counts(digest.stored_later, "level", lang))
    yield say(lang, "digest.rules_of_money")
    yield say(lang, "digest.again", command=digest.command)


def _counts(counts: Mapping[T, int], kind: str, lang: str) -> str:
    return say(lang, "digest.comma").join(f"{name(lang, kind, str(key))} {count}" for key, count in counts.items())
