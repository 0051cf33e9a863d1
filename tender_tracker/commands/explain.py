"""The command that tells a verdict's story: explain."""

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from tender_tracker.commands.call import Call, Json, clock, number, of
from tender_tracker.commands.flag import content

if TYPE_CHECKING:
    from tender_tracker.model import Verdict


def register(app: typer.Typer) -> None:
    app.command(epilog="Example:  tenders explain 12    (or: tenders --lang zh explain notice.html)")(explain)


def explain(
    context: typer.Context,
    subject: Annotated[
        str, typer.Argument(metavar="ID|FILE|-", help="A stored notice, or text or HTML; - is standard input.")
    ],
    json: Json = False,
) -> None:
    """Why a notice has its level, in a few plain sentences."""
    from tender_tracker.flagging.packs import decided_by
    from tender_tracker.reporting.clean import terminal
    from tender_tracker.reporting.story import story
    from tender_tracker.reporting.table import document

    call = of(context)
    told: list[dict[str, object]] = []
    for title, text, verdict in _subjects(call, subject):
        sentences = story(verdict, call.pack_named(decided_by(verdict.pack)), call.lang, title, text)
        if told and not json:
            call.put("\n")
        told.append({"title": title, "level": verdict.level, "pack": verdict.pack, "sentences": sentences})
        if not json:
            call.put("".join(f"{terminal(line)}\n" for line in (title, *(each.text for each in sentences)) if line))
    if json:
        call.put(document(told[0] if len(told) == 1 else told))


def _subjects(call: Call, subject: str) -> "Iterator[tuple[str, str, Verdict]]":
    """Title, text and verdict: as stored for a number, as of today's rules for a file."""
    from tender_tracker.contract import document
    from tender_tracker.flagging.flag import flag
    from tender_tracker.storage.query import Reader

    if subject.isdecimal() and not os.path.exists(subject):  # a Path raises for a name too long for a file
        with Reader.open(call.settings.db) as reader:
            file = reader.notice(number(subject))
        yield file.notice.title, file.text, file.verdict
        return
    for asked in document(content(subject), subject, clock()):
        yield asked.title, asked.text, flag(asked.title, asked.text, call.pack, asked.kind)
