"""project: a stored notice → the whole procurement it belongs to, step by step."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from tender_tracker.commands.call import Call, Json, number, of

if TYPE_CHECKING:
    from tender_tracker.model import Amount
    from tender_tracker.reporting.table import Column
    from tender_tracker.reporting.timeline import Step
    from tender_tracker.storage.gathered import Gathered


def register(app: typer.Typer) -> None:
    app.command(epilog="Example:  tenders project 12")(project)


def project(
    context: typer.Context,
    notice_id: Annotated[str, typer.Argument(metavar="ID", help="Of any notice of the project.")],
    json: Json = False,
) -> None:
    """All notices of one procurement in order, what its corrections changed, and what it asks for after them."""
    from tender_tracker.reporting import awards_table, changed_lines
    from tender_tracker.reporting.awards import entries
    from tender_tracker.reporting.table import Table, document
    from tender_tracker.reporting.timeline import steps
    from tender_tracker.storage.amended import corrections, states
    from tender_tracker.storage.awarded import of_notice
    from tender_tracker.storage.gathered import gathered
    from tender_tracker.storage.query import Reader

    call = of(context)
    with Reader.open(call.settings.db) as reader:
        found = gathered(reader, number(notice_id))
        state = states(reader, [found.project]).get(found.project)
        amended = corrections(reader, [found.project]).get(found.project, [])
        awarded = list(entries(of_notice(reader, found.project)))
    timeline = steps(found.notices)
    if json:
        about = {"project": found.project, "score": found.score, "reason": found.reason, "stale": found.stale}
        told = {"steps": timeline, "state": state, "corrections": amended, "awards": awarded, "perhaps": found.perhaps}
        call.put(document({**about, **told}))
    else:
        call.put_table(Table(_columns(call), timeline))
        days = {notice.id: notice.published_on for notice in found.notices}
        if state:
            call.put_lines(changed_lines.state(state, call.lang))
        call.put_lines(changed_lines.corrections(amended, days, call.lang))
        call.put_lines(awards_table.lines(awarded, call.lang))
    _tell(call, found)


def _tell(call: Call, found: "Gathered") -> None:
    from tender_tracker.messages import linked

    if found.score is None:
        call.tell(call.say("project.alone", id=found.project))
    else:
        why = linked(call.lang, found.reason)
        call.tell(call.say("project.line", id=found.project, n=len(found.notices), score=found.score, why=why))
    for related in found.perhaps:
        notice = related.notice
        why = linked(call.lang, related.reason)
        call.tell(call.say("project.perhaps", id=notice.id, title=notice.title, why=why))
    if found.stale:
        call.tell(call.say("project.stale"), always=True)


def _columns(call: Call) -> "tuple[Column, ...]":
    from tender_tracker.messages import day, money, name
    from tender_tracker.reporting.styled import STYLES
    from tender_tracker.reporting.table import Column

    lang = call.lang
    return (
        Column("id", call.say("head.id"), lambda step: str(step.notice.id), right=True),
        Column("published", call.say("head.date"), lambda step: day(step.notice.published_on), whole=True),
        Column("kind", call.say("head.kind"), lambda step: name(lang, "kind", step.notice.kind), whole=True),
        Column(
            "level",
            call.say("head.level"),
            lambda step: name(lang, "level", step.notice.level),
            style=lambda step: STYLES[step.notice.level],
            whole=True,
        ),
        Column("budget", call.say("head.budget"), lambda step: _budget(step, lang), right=True),
        Column("award", call.say("head.award"), lambda step: money(step.notice.award, lang), right=True),
        Column("deadline", call.say("head.deadline"), _deadline),
        Column("title", call.say("head.title"), lambda step: step.notice.title, spare=True),
        Column("source", call.say("head.source"), _sources, spare=True),
    )


def _budget(step: "Step", lang: str) -> str | None:
    from tender_tracker.messages import money

    def shown(amount: "Amount | None") -> str | None:
        return money(amount, lang) if amount else None

    return " → ".join(filter(None, (shown(step.budget_before), shown(step.notice.budget))))


def _deadline(step: "Step") -> str:
    from tender_tracker.messages import moment

    def shown(at: datetime | None) -> str | None:
        return moment(at) if at else None

    return " → ".join(filter(None, (shown(step.deadline_before), shown(step.notice.deadline))))


def _sources(step: "Step") -> str:
    """The site of the notice, then those that carry it also, each with its number."""
    also = (f"{notice.source} #{notice.id}" for notice in step.also_on)
    return ", ".join((step.notice.source, *also))
