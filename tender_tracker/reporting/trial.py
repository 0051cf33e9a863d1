"""A profile and a span → what it would have sent and, for each reason, what it left out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tender_tracker.messages import day, money, name, say
from tender_tracker.reporting.cells import wrap
from tender_tracker.reporting.clean import terminal
from tender_tracker.reporting.digest import Item
from tender_tracker.reporting.digest_phrases import head
from tender_tracker.reporting.projects import Span, by_budget, grouped, item
from tender_tracker.reporting.selection import REASONS, left_out
from tender_tracker.storage import news
from tender_tracker.storage.query import Reader

if TYPE_CHECKING:
    from tender_tracker.profile import Profile

COLUMNS = 80
SHOWN = 20
EXAMPLES = 5
"""Projects shown of each reason."""


@dataclass(frozen=True, slots=True)
class Out:
    """Projects that one reason keeps away, the largest first."""

    reason: str
    total: int
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Trial:
    profile: str
    span: Span
    passed: tuple[Item, ...]
    out: tuple[Out, ...]


def trial(reader: Reader, span: Span, profile: Profile) -> Trial:
    """Flagged projects first stored in the span, parted by the profile; a project is judged by its leading notice."""
    rows = reader.numbered(sighting.id for sighting in news.sightings(reader, span.since, span.until))
    found: dict[str | None, list[Item]] = defaultdict(list)
    for group in grouped(rows):
        found[left_out(profile, group[0])].append(item(group, span))
    parted = {reason: sorted(items, key=by_budget) for reason, items in found.items()}
    out = (Out(reason, len(parted[reason]), tuple(parted[reason][:EXAMPLES])) for reason in REASONS if reason in parted)
    return Trial(profile.name, span, tuple(parted.get(None, ())), tuple(out))


def lines(trial: Trial, lang: str) -> str:
    """For a terminal or a file, 80 columns; a project's further lines stand below its first."""
    return "".join(f"{line}\n" for entry in _told(trial, lang) for line in _folded(terminal(entry)))


def _folded(entry: str) -> list[str]:
    indent = " " * (len(entry) - len(entry.lstrip()))
    return [indent + line for line in wrap(entry.strip(), COLUMNS - len(indent))]


def _told(trial: Trial, lang: str) -> Iterator[str]:
    yield say(lang, "profile.passed", n=len(trial.passed))
    yield from (_line(item, lang) for item in trial.passed[:SHOWN])
    if len(trial.passed) > SHOWN:
        yield say(lang, "profile.more", n=len(trial.passed) - SHOWN)
    yield say(lang, "profile.out", n=sum(out.total for out in trial.out))
    for out in trial.out:
        yield f"{name(lang, 'left', out.reason)} · {out.total}"
        yield from (_line(item, lang) for item in out.items)
        if out.total > len(out.items):
            yield say(lang, "profile.more", n=out.total - len(out.items))


def _line(item: Item, lang: str) -> str:
    parts = [f"  #{item.id}", day(item.published_on), name(lang, "level", item.level), head(item, lang)]
    return " ".join(part for part in [*parts, money(item.budget, lang)] if part)
