"""One call of the program: its global options → settings and clock; data leaves by stdout, talk by stderr."""

import itertools
import os
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tender_tracker.errors import UsageError

if TYPE_CHECKING:
    from rich.console import Console

    from tender_tracker.config import Settings
    from tender_tracker.flagging.rulepack import RulePack
    from tender_tracker.reporting.styled import Line
    from tender_tracker.reporting.table import Table
    from tender_tracker.storage.query import Reader

Pack = Annotated[
    str | None, typer.Option("--pack", metavar="NAME", help="Rules of a jurisdiction: cn (default), eu, us, in, ru.")
]
Json = Annotated[bool, typer.Option("--json", help="One JSON document.")]


@dataclass(frozen=True)
class Call:
    """The global options; settings are read when a command first asks, so that --help needs no configuration."""

    config: str | None = None
    db: str | None = None
    lang_option: str | None = None
    quiet: bool = False
    verbose: bool = False
    color: bool = True

    @cached_property
    def settings(self) -> "Settings":
        """The settings in force; from then on the user's recipes are sources."""
        from tender_tracker import sources
        from tender_tracker.config import load

        settings = load({"config": self.config, "db": self.db, "lang": self.lang_option})
        sources.use(settings.recipes)
        return settings

    @property
    def lang(self) -> str:
        return self.settings.lang

    @cached_property
    def pack(self) -> "RulePack":
        """The shipped rules with the user's own. Raises UsageError naming file, rule and reason for a bad one."""
        from tender_tracker.flagging.rulepack import load

        return load(extra=self.settings.rules)

    def pack_named(self, name: str | None) -> "RulePack":
        """A shipped pack by name; None and cn are `pack`. Raises UsageError for an unknown name."""
        from tender_tracker.flagging.rulepack import HOME, load

        return self.pack if name in (None, HOME) else load(name)

    def say(self, key: str, **values: object) -> str:
        from tender_tracker.messages import say

        return say(self.lang, key, **values)

    def told(self, message: object) -> str:
        """An error or another message of a room below, in the language of this call."""
        from tender_tracker.translated import translated

        return translated(self.lang, str(message))

    def tell(self, text: str, always: bool = False) -> None:
        """One line of talk; --quiet leaves only what must not be missed."""
        from tender_tracker.reporting.clean import block

        if always or not self.quiet:
            print(block(text), file=sys.stderr)

    def put(self, text: str) -> None:
        """Data, as it is."""
        self.put_pieces((text,))

    def put_pieces(self, pieces: Iterable[str]) -> None:
        """Data of any length. A reader that has gone (`| head -1`) has what it wanted: the end, without noise."""
        try:
            sys.stdout.writelines(pieces)
            sys.stdout.flush()
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise typer.Exit(0) from None

    def put_lines(self, lines: "Iterable[Line]") -> None:
        """Styled lines: coloured on a terminal, bare text in a pipe."""
        from tender_tracker.reporting.styled import plain

        if not sys.stdout.isatty():
            self.put(plain(lines))
            return
        from rich.text import Text

        console = self.console()
        for line in lines:
            console.print(Text.assemble(*line), soft_wrap=True)

    def put_table(self, table: "Table", json: bool = False) -> None:
        """A table for a person, tabs for a pipe, or one JSON document of its rows."""
        if json:
            from tender_tracker.reporting.table import document

            self.put(document(table.rows))
        elif sys.stdout.isatty():
            self.console().print(table.rich(columns()))
        else:
            self.put(table.tabs())

    def console(self, stderr: bool = False) -> "Console":
        from rich.console import Console

        return Console(stderr=stderr, markup=False, highlight=False, emoji=False, no_color=None if self.color else True)


def of(context: typer.Context) -> "Call":
    """The Call that the application's callback made."""
    if not isinstance(context.obj, Call):
        raise TypeError("a command ran without the application's callback")
    return context.obj


def language(words: list[str]) -> str:
    """The language to tell an error in when its call is gone: the one of the settings, or where they are what is wrong,
    of the option, the variable or the platform. `words`: the command line, its global options first."""
    from tender_tracker.config import LANGUAGES, load, spoken

    given = dict(itertools.pairwise(words))
    given |= dict(word.split("=", 1) for word in words if word.startswith(("--config=", "--lang=")))
    lang = given.get("--lang")
    try:
        return load({"config": given.get("--config"), "lang": lang}).lang
    except (UsageError, OSError):
        named = (lang, os.environ.get("TENDERS_LANG"))
        return next((name for name in named if name in LANGUAGES), spoken(os.environ))


def clock() -> datetime:
    """Now, or the second that SOURCE_DATE_EPOCH fixes, so that a run can be repeated."""
    fixed = os.environ.get("SOURCE_DATE_EPOCH")
    if not fixed:
        return datetime.now(UTC)
    try:
        return datetime.fromtimestamp(int(fixed), UTC)
    except (ValueError, OverflowError, OSError):
        raise UsageError(f"SOURCE_DATE_EPOCH is {fixed!r}; it must be seconds since 1970") from None


def columns() -> int:
    """Cells of the terminal; 80 where there is none."""
    import shutil

    return shutil.get_terminal_size((80, 24)).columns


def number(given: str) -> int:
    """The number of a notice as a user gives it. Raises UsageError for what cannot be one."""
    if given.isdecimal() and len(given) <= 18:  # SQLite's numbers end there
        return int(given)
    shown = given if len(given) <= 40 else f"{given[:20]}… ({len(given)} characters)"
    raise UsageError(f"no notice {shown}. `tenders list` shows the numbers.")


def choices(option: str, given: str | None, known: Iterable[str]) -> tuple[Any, ...]:
    """A comma list such as required,preferred → its words. Raises UsageError naming the known ones."""
    words = tuple(word.strip() for word in (given or "").split(",") if word.strip())
    known = tuple(known)
    for word in words:
        if word not in known:
            raise UsageError(f"{option}: {word!r} is unknown; known: {', '.join(known)}")
    return words


def choice(option: str, given: str, known: Iterable[str]) -> Any:
    """One word of the known ones. Raises UsageError naming them."""
    known = tuple(known)
    if given not in known:
        raise UsageError(f"{option}: {given!r} is unknown; known: {', '.join(known)}")
    return given


def chosen_form(context: typer.Context, given: str, json: bool, known: Iterable[str]) -> str:
    """The form that --format and --json ask for. Raises UsageError for an unknown one, and where the two differ."""
    source = context.get_parameter_source("format")
    if json and given != "json" and source is not None and source.name == "COMMANDLINE":
        raise UsageError(f"--json and --format {given} ask for two forms; give one of them")
    chosen: str = choice("--format", "json" if json else given, known)
    return chosen


def chip_families(call: Call, given: str | None) -> tuple[str, ...]:
    """ascend,hygon → its words. Raises UsageError for one that no rule and no word of the program knows."""
    from tender_tracker.messages import WORDS

    words = tuple(word.strip() for word in (given or "").split(",") if word.strip())
    if all(f"family.{word}" in WORDS for word in words):
        return words
    from tender_tracker.flagging import packs, rulepack

    rules = [rule for name in packs.PACKS[1:] for rule in rulepack.load(name).rules] + list(call.pack.rules)
    return choices("--family", given, sorted({rule.family for rule in rules if rule.family} - {"*"}))


def stored_sources(reader: "Reader", given: str | None) -> tuple[str, ...]:
    """ccgp,ningbo → its words. Raises UsageError for a source that the store has no notice or run of."""
    if not given:
        return ()
    return choices("--source", given, (entry.source for entry in reader.coverage(clock()) if entry.source))
