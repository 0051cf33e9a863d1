"""Commands that label notices without storing them: flag, eval."""

import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tender_tracker.commands.call import Call, Json, Pack, clock, of
from tender_tracker.errors import PageBroken, TenderError, UsageError

if TYPE_CHECKING:
    from tender_tracker.contract import Asked
    from tender_tracker.flagging.rulepack import RulePack
    from tender_tracker.model import Verdict


def register(app: typer.Typer) -> None:
    app.command(epilog="Example:  tenders flag --jsonl notices.jsonl > verdicts.jsonl")(flag)
    app.command("eval", epilog="Example:  tenders eval notices.jsonl labels.jsonl")(evaluate)


def flag(
    context: typer.Context,
    files: Annotated[
        list[str] | None,
        typer.Argument(metavar="[FILE…|-]", help="Text, HTML or JSON Lines; none or - is standard input."),
    ] = None,
    jsonl: Annotated[bool, typer.Option("--jsonl", help="Notices in and verdicts out, one JSON a line.")] = False,
    pack: Pack = None,
) -> None:
    """Label text, HTML or JSON Lines; nothing is stored."""
    call = of(context)
    rules, named = call.pack_named(pack), files or ["-"]
    bad = _flag_lines(call, named, rules) if jsonl else _flag_texts(call, named, rules)
    if bad:
        raise typer.Exit(3)


def _flag_lines(call: Call, files: list[str], pack: "RulePack") -> int:
    """Prints a verdict for every good line, in order → the number of bad ones, each named on stderr."""
    from tender_tracker.contract import answer, read
    from tender_tracker.facts.facts import facts
    from tender_tracker.reporting.table import line

    bad, strange = 0, Counter[str]()
    for where, raw in raw_lines(files):
        try:
            asked = read(raw, where)
        except PageBroken as error:
            bad += 1
            call.tell(call.told(f"tenders: {error}"), always=True)
            continue
        strange.update([asked.unknown_kind] if asked.unknown_kind else ())
        verdict = _decide(asked, _asked_for(call, asked, pack))
        call.put(line(answer(asked.id, verdict, facts(asked.title, asked.text, asked.kind, verdict))))
    for word, count in strange.items():
        call.tell(call.told(f"kind {word!r} is unknown and was taken as not given ({count} lines)"))
    return bad


def raw_lines(files: list[str]) -> Iterator[tuple[str, bytes]]:
    from tender_tracker.contract import lines, numbered

    for file in files:
        if file == "-":
            yield from lines(sys.stdin.buffer, "stdin")
        else:
            yield from numbered(Path(file))


def _asked_for(call: Call, asked: "Asked", pack: "RulePack") -> "RulePack":
    """The pack that a line asks for, else the one of the call."""
    return call.pack_named(asked.jurisdiction) if asked.jurisdiction else pack


def _decide(asked: "Asked", pack: "RulePack") -> "Verdict":
    from tender_tracker.flagging.flag import flag as decide

    return decide(asked.title, asked.text, pack, asked.kind)


def _flag_texts(call: Call, files: list[str], pack: "RulePack") -> int:
    """Prints a sheet for every notice of every text or HTML file → the number of files that could not be read."""
    from tender_tracker.contract import document
    from tender_tracker.reporting import sheet
    from tender_tracker.reporting.whys import Whys

    whys, bad = Whys(pack, call.lang), 0
    for file in files:
        data = content(file)
        try:
            for asked in document(data, file, clock()):
                call.put_lines(sheet.verdict(asked.title, asked.text, _decide(asked, pack), whys, call.lang))
        except TenderError as error:
            bad += 1
            call.tell(call.told(f"tenders: {error}"), always=True)
    return bad


def content(file: str) -> bytes:
    """All of a file or of standard input. Raises UsageError when there is nothing to read."""
    from tender_tracker.contract import whole

    if file == "-":
        return whole(sys.stdin.buffer, "stdin")
    try:
        with open(file, "rb") as stream:
            return whole(stream, file)
    except OSError as error:
        raise UsageError(f"{file}: cannot be read: {error.strerror}") from error


def evaluate(
    context: typer.Context,
    notices: Annotated[Path, typer.Argument(help="JSON Lines as for `flag --jsonl`.")],
    labels: Annotated[Path, typer.Argument(help="JSON Lines of hand-made labels.")],
    show: Annotated[int, typer.Option(metavar="N", help="Also print up to N wrong levels.")] = 0,
    json: Json = False,
    pack: Pack = None,
) -> None:
    """Flag labelled notices and score the result."""
    from tender_tracker.contract import answer, numbered, read, rows
    from tender_tracker.reporting import evaluate as evaluation
    from tender_tracker.reporting.table import document

    call, wanted = of(context), rows(labels)
    rules = call.pack_named(pack)
    asked = (read(line, where) for where, line in numbered(notices))
    decided = ((one.id, _decide(one, _asked_for(call, one, rules))) for one in asked if one.id in wanted)
    found = {notice_id: answer(notice_id, verdict) for notice_id, verdict in decided}
    scores = evaluation.score(wanted, found)
    call.put(document(scores.figures()) if json else "\n".join(scores.lines()) + "\n")
    for line in evaluation.wrong(wanted, found)[:show]:
        call.put(line + "\n")
    if scores.unpredicted:
        told = f"{len(scores.unpredicted)} labels have no notice, first {scores.unpredicted[0]}"
        call.tell(call.told(told), always=True)
        raise typer.Exit(3)
