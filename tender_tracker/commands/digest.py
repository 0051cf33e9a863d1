"""Commands that tell a reader what is new: digest, and the profiles that say what a reader wants."""

from __future__ import annotations

import shlex
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

import tender_tracker.commands.send as sending
from tender_tracker.commands.call import Call, Json, choice, chosen_form, clock, of
from tender_tracker.commands.read import Limit, Since, Until
from tender_tracker.commands.watch import Ended, PingUrl, watched
from tender_tracker.errors import UsageError
from tender_tracker.outfile import write

if TYPE_CHECKING:
    from tender_tracker.profile import Profile
    from tender_tracker.reporting.digest import Digest
    from tender_tracker.reporting.projects import Span
    from tender_tracker.storage.outbox import Letter
    from tender_tracker.storage.query import Reader
    from tender_tracker.storage.store import Store

FORMATS = ("md", "html", "txt", "json", "atom", "jsonfeed")
Name = Annotated[str | None, typer.Option("--profile", metavar="NAME", help="A saved search of the configuration.")]

profile = typer.Typer(help="Saved searches: which tenders a reader wants.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    app.command(epilog="Example:  tenders digest --week 2026-W47 --format html -o week.html")(digest)
    profile.command("list", epilog="Example:  tenders profile list")(profile_list)
    profile.command("test", epilog="Example:  tenders profile test universities --since 30d")(profile_test)
    app.add_typer(profile, name="profile")


def digest(
    context: typer.Context,
    week: Annotated[
        str | None, typer.Option(metavar="2026-W47", help="One ISO week, Shanghai time; default the last whole one.")
    ] = None,
    since_last: Annotated[
        bool, typer.Option("--since-last", help="Since the last digest told to this profile; remembers this one.")
    ] = False,
    since: Since = None,
    until: Until = None,
    name: Name = None,
    format: Annotated[str, typer.Option(metavar="|".join(FORMATS), help="Form of the digest.")] = "md",
    output: Annotated[Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write to FILE.")] = None,
    limit: Limit = 50,
    empty: Annotated[str, typer.Option(metavar="send|skip", help="What to do when nothing is new.")] = "send",
    send: Annotated[
        list[str] | None,
        typer.Option(metavar="TARGET", help="Deliver to a target of the configuration; may be repeated."),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Remember and send nothing; with --send: print the exact messages.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="The same as --format json.")] = False,
    ping_url: PingUrl = None,
) -> None:
    """What is new in a period: what was read, new tenders with their clauses, deadlines, changes, awards."""
    from tender_tracker.config import web_address
    from tender_tracker.reporting.span import Asked, span
    from tender_tracker.storage import news
    from tender_tracker.storage.query import Reader

    call, now = of(context), clock()
    ping = web_address("ping_url", ping_url, "--ping-url") if ping_url and not dry_run else None
    form = chosen_form(context, format, json, FORMATS)
    skips = choice("--empty", empty, ("send", "skip")) == "skip"
    wanted, asked, targets = _wanted(call, name), Asked(since, until, week, since_last), sending.named(call, send)
    remembers = bool(since_last or targets) and not dry_run
    with watched(call, ping) as ended, _memory(call, now, remembers) as store:
        with Reader.open(call.settings.db) as reader:
            found = span(asked, reader, name, now)
            if news.has_unlinked(reader):
                call.tell(call.say("digest.unlinked"), always=True)
            made = _built(call, reader, found, wanted, form, limit) if found else None
            if made is None:
                _tell_nothing(call, reader, name)
            elif targets and not dry_run:
                sending.over(made, now)
        if made is not None and skips and made.is_empty and made.health.complete:
            call.tell(call.say("digest.skipped"))
            targets = ()
        elif made is not None:
            if output is not None or not targets:
                _put(call, made, form, output)
            _warn(call, made)
        letters = sending.letters(call, made, targets, now)
        if store is None:
            sending.put(call, letters)
        else:
            sending.tell_known(call, store, letters)
            if since_last and found is not None:
                _remember(call, store, found, name, letters)
            if send:
                sending.deliver(call, store, letters, now)
        ended(Ended(True))


def _memory(call: Call, now: datetime, wanted: bool) -> AbstractContextManager[Store | None]:
    """The store held for writing before anything is told, so that nothing is told that cannot be remembered."""
    if not wanted:
        return nullcontext()
    from tender_tracker.storage.store import Store

    return Store.open(call.settings.db, now, create=False)


def _built(call: Call, reader: Reader, span: Span, profile: Profile | None, form: str, limit: int) -> Digest:
    from tender_tracker.reporting.compose import LIMIT, digest
    from tender_tracker.reporting.span import words

    parts = ["tenders", "digest", *words(span), *(["--profile", profile.name] if profile else [])]
    parts += [*(["--limit", str(limit)] if limit != LIMIT else []), "--format", form, "--lang", call.lang]
    return digest(reader, span, profile, limit, shlex.join(parts))


def _put(call: Call, digest: Digest, form: str, output: Path | None) -> None:
    from tender_tracker.reporting.digest_faces import face

    text = face(digest, form, call.lang)
    if output is None:
        call.put(text)
    else:
        write(output, text)
        call.tell(call.say("digest.written", file=output))


def _warn(call: Call, digest: Digest) -> None:
    """Says that a period lies before the store's first notice: the digest can know nothing of it."""
    if digest.store_begins is not None and digest.store_begins >= digest.until:
        from tender_tracker.messages import moment

        call.tell(call.say("digest.before_store", begins=moment(digest.store_begins)))


def _remember(call: Call, store: Store, span: Span, name: str | None, letters: list[Letter]) -> None:
    from tender_tracker.messages import moment
    from tender_tracker.model import Window

    store.tell(name, Window(span.since, span.until), letters)
    call.tell(call.say("digest.told", until=moment(span.until)))


def _tell_nothing(call: Call, reader: Reader, name: str | None) -> None:
    from tender_tracker.messages import moment
    from tender_tracker.storage.news import told_until

    call.tell(call.say("digest.nothing_since", until=moment(told_until(reader, name))))


def _wanted(call: Call, name: str | None) -> Profile | None:
    """The profile of that name. Raises UsageError for one that is not there, or names what does not exist."""
    if name is None:
        return None
    profiles = call.settings.profiles
    if name not in profiles:
        known = ", ".join(profiles) or "none; write a table [profiles.NAME] into the configuration"
        raise UsageError(f"no profile is called {name!r}; there are: {known}")
    found = profiles[name]
    _check(call, f"profiles.{name}", found)
    return found


def _check(call: Call, place: str, profile: Profile) -> None:
    """Families and sources are known by the rules and the site modules, not by the configuration."""
    from tender_tracker import sources
    from tender_tracker.messages import WORDS

    unknown = [family for family in profile.families if f"family.{family}" not in WORDS]
    if unknown:  # perhaps one of the user's own rules
        families = {rule.family for rule in call.pack.rules if rule.family}
        if missing := [family for family in unknown if family not in families]:
            raise UsageError(
                f"{place}.families: {missing[0]!r} is unknown; known: {', '.join(sorted(families - {'*'}))}"
            )
    known = sources.known() if profile.sources else ()
    if missing := [source for source in profile.sources if source not in known]:
        raise UsageError(f"{place}.sources: {missing[0]!r} is unknown; known: {', '.join(known)}")


def profile_list(context: typer.Context, json: Json = False) -> None:
    """The profiles of the configuration and what each asks for."""
    from tender_tracker.reporting.table import Column, Table

    call = of(context)
    columns = (
        Column("name", call.say("head.profile"), lambda row: row.name),
        Column("asks", call.say("head.asks"), lambda row: row.asks),
    )
    rows = tuple(call.settings.profiles.values())
    if rows or json:
        call.put_table(Table(columns, rows), json)
    else:
        call.tell(call.say("profile.none"))


def profile_test(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="A profile of the configuration.")],
    since: Since = "30d",
    until: Until = None,
    json: Json = False,
) -> None:
    """What a profile would have sent of the last month, and why the rest was left out."""
    from tender_tracker.reporting.span import Asked, span
    from tender_tracker.reporting.table import document
    from tender_tracker.reporting.trial import lines, trial
    from tender_tracker.storage.query import Reader

    call, now = of(context), clock()
    wanted = _wanted(call, name)
    with Reader.open(call.settings.db) as reader:
        found = span(Asked(since, until), reader, name, now)
        assert found is not None and wanted is not None
        result = trial(reader, found, wanted)
    call.put(document(result)) if json else call.put(lines(result, call.lang))
