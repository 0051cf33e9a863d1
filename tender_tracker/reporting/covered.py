"""How the sources were read → the lines that say so before any number: what is amiss one by one, the rest together."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from tender_tracker.messages import moment, name, say
from tender_tracker.reporting.judgement import in_full
from tender_tracker.reporting.report import Report
from tender_tracker.storage.rows import Coverage
from tender_tracker.translated import translated

FEW = 6
"""Sources that are well have a line each while they are so few; more of them would push all else off the screen."""


def coverage(report: Report, lang: str) -> list[str]:
    """One sentence a source, or one for all that are well where they are many; the judgement last."""
    well = [entry for entry in report.coverage if _is_well(entry)]
    if len(well) <= FEW:
        return [*each(report, lang), judgement(report, lang)]
    amiss = [_source(entry, lang) for entry in report.coverage if not _is_well(entry)]
    return [*amiss, _together(well, lang), judgement(report, lang)]


def each(report: Report, lang: str) -> list[str]:
    """One sentence a source."""
    return [_source(entry, lang) for entry in report.coverage]


def judgement(report: Report, lang: str) -> str:
    """Whether anything that was asked for is missing."""
    if not any(entry.source for entry in report.coverage):
        return say(lang, "report.no_source")
    if not report.complete:
        return say(lang, "report.lower")
    return in_full([entry.live for entry in report.coverage if entry.source], lang)


def ago(age: timedelta | None, lang: str) -> str:
    """How many whole days ago; nothing within a day."""
    return say(lang, "report.ago", n=age.days) if age is not None and age.days else ""


def _is_well(entry: Coverage) -> bool:
    """Read in full, with nothing refused, waiting or given up."""
    return bool(entry.source and entry.state == "ok" and entry.last_good) and not (
        entry.refused or entry.waiting or entry.given_up
    )


def _together(well: Sequence[Coverage], lang: str) -> str:
    """When they were read (the first and the last of them), then each with what is stored of it."""
    read = sorted({moment(entry.last_good) or "" for entry in well})
    oldest = max((entry.age for entry in well if entry.age is not None), default=None)
    when = " – ".join(dict.fromkeys((read[0], read[-1]))) + ago(oldest, lang)
    sources = say(lang, "digest.comma").join(
        say(lang, "report.well_source", source=entry.source, n=entry.notices, day=entry.newest or "–") for entry in well
    )
    return say(lang, "report.well", n=len(well), when=when, sources=sources)


def _source(entry: Coverage, lang: str) -> str:
    parts = [] if entry.source is None else [say(lang, "report.stored", n=entry.notices)]
    if entry.source and entry.state not in (None, "ok"):
        parts.insert(0, name(lang, "state", entry.state))
    if entry.newest:
        parts.append(say(lang, "report.newest", day=entry.newest))
    if entry.source and entry.last_good:
        parts.append(say(lang, "report.last_good", when=moment(entry.last_good)) + ago(entry.age, lang))
    elif entry.source:
        parts.append(say(lang, "report.never_good"))
    if entry.refused:
        why = ", ".join(f"{reason} {count}" for reason, count in entry.reasons)
        parts.append(say(lang, "report.refused", n=entry.refused, why=translated(lang, why)))
    for key, count in (("report.waiting", entry.waiting), ("report.given_up", entry.given_up)):
        if count:
            parts.append(say(lang, key, n=count))
    if entry.source and entry.error and entry.state in ("failed", "blocked", "suspect", "not_configured"):
        parts.append(translated(lang, entry.error))
    return f"{entry.source or say(lang, 'report.unrecognised')}: " + " · ".join(parts)
