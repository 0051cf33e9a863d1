"""Commands about the rules: rules list, check, show, and relabel after a rule has changed."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tender_tracker.commands.call import Call, Json, Pack, clock, of
from tender_tracker.errors import UsageError

if TYPE_CHECKING:
    from tender_tracker.flagging.audit import Audit
    from tender_tracker.flagging.rule import Rule
    from tender_tracker.flagging.rulepack import RulePack
    from tender_tracker.pipeline import RelabelSummary
    from tender_tracker.reporting.table import Table

DEAREST = 8
"""Rules whose cost is printed; --json has all."""
_NAMED = 5
"""Rules that are named as changed; --json has all."""
rules = typer.Typer(help="The rules by which notices are flagged.", no_args_is_help=True, rich_markup_mode=None)


def register(app: typer.Typer) -> None:
    rules.command("list", epilog="Example:  tenders rules list --kind cue")(rules_list)
    rules.command("check", epilog="Example:  tenders rules check")(rules_check)
    rules.command("show", epilog="Example:  tenders rules show product.ascend")(rules_show)
    app.add_typer(rules, name="rules")
    app.command(epilog="Example:  tenders relabel --dry-run")(relabel)


def _pack_table(call: Call, pack: "RulePack", kind: str | None) -> "Table":
    from tender_tracker.reporting.table import Column, Table

    columns = (
        Column("id", call.say("head.rule"), lambda rule: rule["id"]),
        Column("kind", call.say("head.kind"), lambda rule: rule["kind"]),
        Column("hits", call.say("head.hits"), lambda rule: str(len(rule["hits"])), right=True),
        Column("misses", call.say("head.misses"), lambda rule: str(len(rule["misses"])), right=True),
        Column("why", call.say("head.why"), lambda rule: rule["why"]),
    )
    return Table(columns, tuple(_rule(rule) for rule in pack.rules if kind in (None, rule.kind)))


def _rule(rule: "Rule") -> Mapping[str, Any]:
    """A rule as its file has it; the anchors follow from the pattern and are left out."""
    from dataclasses import fields
    from re import Pattern

    values = {field.name: getattr(rule, field.name) for field in fields(rule) if field.name != "ways"}
    return {key: value.pattern if isinstance(value, Pattern) else value for key, value in values.items()}


def rules_list(
    context: typer.Context,
    kind: Annotated[str | None, typer.Option(help="Only rules of this kind.")] = None,
    json: Json = False,
    pack: Pack = None,
) -> None:
    """All rules, one a line."""
    from tender_tracker.flagging.rule import RULE_KINDS

    call = of(context)
    shown = call.pack_named(pack)
    if kind and kind not in RULE_KINDS:
        raise UsageError(f"--kind: {kind!r} is unknown; known: {', '.join(RULE_KINDS)}")
    table = _pack_table(call, shown, kind)
    call.put_table(table, json)
    total = len(shown.rules)
    if kind:
        call.tell(call.told(f"{len(table.rows)} of {total} rules, {shown.fingerprint}"))
    else:
        call.tell(call.told(f"{total} rules, {shown.fingerprint}"))


def rules_check(
    context: typer.Context,
    on: Annotated[
        list[Path] | None, typer.Option("--on", metavar="PATH", help="Notices to try and time the rules on.")
    ] = None,
    json: Json = False,
    pack: Pack = None,
) -> None:
    """Prove every rule's examples, find dead rules, time the pack.

    Fails when an example does not hold or a rule can never speak. The notices are saved pages, or JSON Lines as for
    `flag --jsonl`; the folder fixtures, where there is one, unless --on says other.
    """
    from time import perf_counter

    from tender_tracker.flagging.audit import audit

    call = of(context)
    _ = call.settings
    started = perf_counter()
    tried = call.pack_named(pack)
    load_ms = 1000 * (perf_counter() - started)
    found = audit(tried, _material(call, on), perf_counter)
    if json:
        from tender_tracker.reporting.table import document, jsonable

        call.put(document({**jsonable(found), "load_ms": load_ms}))
    else:
        _put_audit(call, found, load_ms)
    if not found.good:
        raise typer.Exit(2)


def _put_audit(call: Call, found: "Audit", load_ms: float) -> None:
    counts = f"{found.rules} rules, {found.hits} hits, {found.misses} misses, {len(found.broken)} broken"
    call.put(f"{found.pack}: {counts}, {len(found.dead)} dead\n")
    call.put(f"loaded in {load_ms:.0f} ms\n")
    if found.notices:
        total = sum(cost.ms for cost in found.costs)
        call.put(f"tried on {found.notices} notices, {found.characters} characters: {total:.0f} ms in rules\n")
        for cost in found.costs[:DEAREST]:
            call.put(f"  {cost.share:6.1%}  {cost.ms:8.1f} ms  {cost.matches:6} matches  {cost.rule}\n")
        call.put(f"found nothing in them: {', '.join(found.silent) or 'none of the rules'}\n")
    else:
        call.put("not tried on notices: --on PATH names some\n")
    for line in (*found.broken, *found.dead):
        call.tell(line, always=True)


def _material(call: Call, on: list[Path] | None) -> Iterator[tuple[str, str]]:
    """(title, text) of the notices to try rules on. Pages that cannot be read are counted on stderr."""
    from tender_tracker.contract import numbered, read
    from tender_tracker.errors import TenderError
    from tender_tracker.pages.readable import Unreadable
    from tender_tracker.pages.saved import pages
    from tender_tracker.parse import notices

    paths = on or ([Path("fixtures")] if Path("fixtures").is_dir() else [])
    if missing := next((path for path in paths if not path.exists()), None):
        raise UsageError(f"{missing}: no such file or folder; check --on")
    unread = 0
    for path in paths:
        if path.suffix == ".jsonl":
            yield from ((asked.title, asked.text) for where, line in numbered(path) for asked in [read(line, where)])
            continue
        for page in pages([path], clock()):
            try:
                if isinstance(page, Unreadable):
                    raise page.error
                yield from ((notice.title, notice.text) for notice in notices(page))
            except TenderError:
                unread += 1
    if unread:
        call.tell(call.told(f"{unread} pages could not be read and were left out"))


def rules_show(
    context: typer.Context, rule_id: Annotated[str, typer.Argument(metavar="ID")], json: Json = False, pack: Pack = None
) -> None:
    """One rule with its sentence, pattern and examples."""
    from tender_tracker.reporting.table import document, jsonable

    call = of(context)
    rule = _rule(call.pack_named(pack).rule(rule_id))
    if json:
        call.put(document(rule))
        return
    for key, value in rule.items():
        if value is not None:
            shown = jsonable(value)
            text = "".join(f"\n  {item}" for item in shown) if isinstance(shown, list) else f" {shown}"
            call.put(f"{key}:{text}\n")


def relabel(
    context: typer.Context,
    every: Annotated[bool, typer.Option("--all", help="Decide every notice, whatever changed; link all anew.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would change.")] = False,
    json: Json = False,
) -> None:
    """Decide stored notices again after a rule change: those that it can touch."""
    from tender_tracker import pipeline
    from tender_tracker.storage.store import Store

    call, now = of(context), clock()
    pack = call.pack
    with Store.open(call.settings.db, now, create=False) as store:
        summary = pipeline.relabel(store, pack, now, dry_run=dry_run, every=every)
    if json:
        from tender_tracker.reporting.table import document

        call.put(document(summary))
    else:
        _put_relabelled(call, summary)
    if dry_run:
        call.tell(call.say("fetch.dry"))


def _put_relabelled(call: Call, summary: "RelabelSummary") -> None:
    from tender_tracker.messages import name
    from tender_tracker.reporting.table import Column, Table

    def level(value: str) -> str:
        return name(call.lang, "level", value)

    columns = (
        Column("id", call.say("head.id"), lambda row: str(row[1].id), right=True),
        Column("change", call.say("head.changed"), lambda row: call.say(f"relabel.{row[0]}")),
        Column("before", call.say("head.before"), lambda row: level(row[1].before)),
        Column("after", call.say("head.after"), lambda row: level(row[1].after)),
        Column("title", call.say("head.title"), lambda row: row[1].title),
        Column("quote", call.say("head.quote"), lambda row: _quote(row[1].quote_after or row[1].quote_before)),
    )
    groups = ("gained", "lost", "changed")
    found = tuple((group, row) for group in groups for row in getattr(summary, group))
    if found:
        call.put_table(Table(columns, found))
    counts = {group: len(getattr(summary, group)) for group in groups}
    said = call.say("relabel.line", n=summary.notices, read=summary.read, why=_why(call, summary), **counts)
    call.put(said + "\n")


def _why(call: Call, summary: "RelabelSummary") -> str:
    """Why so many notices were read."""
    if summary.why != "rules":
        return call.say(f"relabel.{summary.why}")
    rules = ", ".join(summary.rules[:_NAMED])
    if len(summary.rules) > _NAMED:
        rules = call.say("relabel.more", rules=rules, n=len(summary.rules))
    parts = [call.say("relabel.rules", rules=rules)] if rules else []
    if summary.packs:
        parts.append(call.say("relabel.packs", packs=", ".join(summary.packs)))
    return "; ".join(parts) or call.say("relabel.same")


def _quote(evidence: Any) -> str | None:
    return f"「{evidence.quote}」" if evidence else None
