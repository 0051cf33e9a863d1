"""A stored notice → the project it belongs to: how many notices, who else carries it, what corrections say of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from tender_tracker.amending.change import Amended
from tender_tracker.messages import say
from tender_tracker.reporting import changed_lines, clean
from tender_tracker.reporting.styled import Line
from tender_tracker.reporting.timeline import Step, steps
from tender_tracker.storage.amended import ProjectState, corrections, states
from tender_tracker.storage.gathered import gathered
from tender_tracker.storage.query import Reader


@dataclass(frozen=True, slots=True)
class Other:
    """The same notice on another site."""

    id: int
    source: str
    url: str | None


@dataclass(frozen=True, slots=True)
class Belonging:
    """`corrections` are those of the call for bids, where the notice is one; else its own."""

    project: int
    notices: int
    also_on: tuple[Other, ...]
    state: ProjectState | None
    corrections: tuple[Amended, ...]
    days: dict[int, date | None]


def belonging(reader: Reader, notice_id: int) -> Belonging:
    """Raises UsageError when there is no notice with this id."""
    found = gathered(reader, notice_id)
    step = next((step for step in steps(found.notices) if notice_id in _ids(step)), None)
    twins = (step.notice, *step.also_on) if step else ()
    state = states(reader, [found.project]).get(found.project)
    amended = corrections(reader, [found.project]).get(found.project, [])
    is_call = state is not None and step is not None and state.notice_id in _ids(step)
    return Belonging(
        project=found.project,
        notices=len(found.notices),
        also_on=tuple(Other(twin.id, twin.source, twin.url) for twin in twins if twin.id != notice_id),
        state=state if is_call else None,
        corrections=tuple(entry for entry in amended if is_call or (step and entry.notice_id in _ids(step))),
        days={notice.id: notice.published_on for notice in found.notices},
    )


def lines(found: Belonging, lang: str) -> Iterator[Line]:
    """Which project, who else carries it; of a call for bids its state and corrections."""
    yield _line(lang, "project", say(lang, "change.its_project", id=found.project, n=found.notices))
    if found.also_on:
        yield _line(lang, "also_on", ", ".join(f"{other.source} #{other.id}" for other in found.also_on))
    if found.state:
        yield from changed_lines.state(found.state, lang)
    yield from changed_lines.corrections(found.corrections, found.days, lang)


def _line(lang: str, key: str, text: str) -> Line:
    return ((f"{say(lang, f'change.{key}')}: ", "dim"), (clean.terminal(text), ""))


def _ids(step: Step) -> set[int]:
    return {step.notice.id, *(twin.id for twin in step.also_on)}
