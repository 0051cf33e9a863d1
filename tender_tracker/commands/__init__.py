"""The command line: global options, the commands by noun, and errors → one line and an exit code.

Nothing heavy is imported before a command runs, and of the commands only the room of the one that is asked:
`tenders --help` must be quick, and a report quicker.
"""

import gc
import signal
import sys
from functools import cache
from importlib import import_module
from itertools import pairwise
from types import FrameType
from typing import Annotated, Any

import typer

from tender_tracker import __version__
from tender_tracker.commands.call import Call
from tender_tracker.errors import TenderError, UsageError

ROOMS = {
    "fetch": ("fetch", "parse"),
    "documents": ("documents",),
    "report": ("report",),
    "read": ("list", "show", "search"),
    "digest": ("digest", "profile"),
    "outbox": ("outbox",),
    "schedule": ("schedule",),
    "export": ("export",),
    "share": ("import",),
    "browse": ("browse",),
    "explain": ("explain",),
    "awards": ("awards",),
    "market": ("market",),
    "flag": ("flag", "eval"),
    "bulk": ("bulk",),
    "link": ("link",),
    "project": ("project",),
    "changes": ("changes",),
    "rules": ("rules", "relabel"),
    "raw": ("raw", "reparse"),
    "sources": ("sources",),
    "admin": ("config", "doctor"),
}
"""Module of this package → the commands it registers, in the order of the help."""


@cache
def commands(*rooms: str, lang: str = "en", titles: bool = False) -> Any:
    """The program as click has it, with the commands of these rooms, of all for none; made once for many calls.

    With `titles` a command has its name and its help but nothing it could run with: enough to list it or to miss it.
    """
    app = typer.Typer(
        name="tenders",
        help="Track procurement notices that require domestic compute, each with the clause that says so.",
        epilog="Example:  tenders fetch --saved fixtures && tenders report",
        no_args_is_help=True,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    )
    app.callback()(_globals)
    for room in rooms or ROOMS:
        import_module(f"{__name__}.{room}").register(app)
    if titles:
        _leave_options(app)
    found = typer.main.get_command(app)
    if lang == "en":
        return found
    from tender_tracker.commands.manual import in_chinese

    return in_chinese(found)


def _nothing() -> None:
    """The function of a command that is only listed."""


def _leave_options(app: typer.Typer) -> None:
    """Takes the functions from the commands, and the commands from the groups: to build 300 options takes 20 ms."""
    for command in app.registered_commands:
        if command.callback is not None:
            command.name, command.help = command.name or command.callback.__name__, command.callback.__doc__
            command.callback = _nothing
    for group in app.registered_groups:
        if group.typer_instance is not None:
            group.typer_instance.registered_commands = []


def _version(asked: bool) -> None:
    if asked:
        print(f"tenders {__version__}")
        raise typer.Exit


def _globals(
    context: typer.Context,
    db: Annotated[str | None, typer.Option(metavar="PATH", help="The store [env TENDERS_DB].")] = None,
    config: Annotated[str | None, typer.Option(metavar="FILE", help="TOML settings [env TENDERS_CONFIG].")] = None,
    lang: Annotated[
        str | None,
        typer.Option(metavar="zh|en", help="Language, of errors too; JSON tells them in English [env TENDERS_LANG]."),
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No talk on stderr but errors.")] = False,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="All refused pages, not only the first.")] = False,
    no_color: Annotated[bool, typer.Option("--no-color", help="No colours [also env NO_COLOR].")] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")] = False,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    context.obj = Call(config=config, db=db, lang_option=lang, quiet=quiet, verbose=verbose, color=not no_color)


_VALUED, _BARE = ("--db", "--config", "--lang"), ("--quiet", "-q", "--verbose", "-v", "--no-color", "--debug")


def _globals_first(words: list[str]) -> list[str]:
    """The words of a command line with its global options in front: `tenders report --db x` means what it says."""
    front: list[str] = []
    rest: list[str] = []
    coming = iter(words)
    for word in coming:
        if word == "--":
            return [*front, *rest, word, *coming]
        if word in _VALUED:
            value = next(coming, None)
            if value is None:
                return [*front, word]  # the parser says that a value is missing
            front += [word, value]
        elif word in _BARE or word.startswith(tuple(f"{name}=" for name in _VALUED)):
            front.append(word)
        else:
            rest.append(word)
    return front + rest


def _refuse_empty(words: list[str]) -> None:
    """Raises UsageError for a value without a character: `--week "$WEEK"` would mean everything where WEEK is unset."""
    for before, word in pairwise(["tenders", *words]):
        if not word or (word.startswith("--") and word.endswith("=")):
            raise UsageError(f"an empty value after {word.rstrip('=') or before}; give one, or leave it out")


_MISUSE = typer.BadParameter.__mro__[2]
"""Every complaint of the parser of the command line, which typer does not export by itself."""


def _asked(words: list[str]) -> tuple[str, ...]:
    """The room of the command that these words ask, global options first; () for help and for what is no command."""
    coming = iter(words)
    for word in coming:
        if word in _VALUED:
            next(coming, None)
        elif word not in _BARE and not word.startswith("--"):
            return tuple(room for room, names in ROOMS.items() if word in names)
        elif word in ("--help", "--version"):
            return ()
    return ()


def _command(words: list[str]) -> Any:
    """What these words run; the language of its help is looked for only where they ask for help."""
    rooms = _asked(words)
    titles = bool(words) and not rooms  # without words a shell may ask what it can complete: all of it
    found = commands(*rooms, titles=titles)
    group = not words or hasattr(found.commands.get(words[-1]), "commands")
    if not group and not {"-h", "--help"} & set(words):
        return found
    from tender_tracker.commands.call import language

    lang = language(words)
    return found if lang == "en" else commands(*rooms, titles=titles, lang=lang)


def main() -> None:
    """Runs the command of this process; every error leaves as one line on stderr and its exit code."""
    signal.signal(signal.SIGTERM, _terminated)
    gc.set_threshold(50_000)  # values are frozen and seldom form cycles: looking for them took a twentieth of a digest
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="backslashreplace")  # type: ignore[union-attr]
    try:
        words = _globals_first(sys.argv[1:])
        _refuse_empty(words)
        sys.exit(_command(words)(words, prog_name="tenders", standalone_mode=False))
    except KeyboardInterrupt:
        sys.exit(130)
    except TenderError as error:
        _fail(str(error), error.exit_code)
    except OSError as error:  # of the system: a name too long, a full disk behind a pipe
        _fail(f"{error.filename or 'output'}: {error.strerror or error}. Check the path, the disk and the rights.", 1)
    except Exception as error:  # the last door: nothing may reach a user as a traceback
        if isinstance(error, _MISUSE):
            _misused(error)
        _fail(f"unexpected {type(error).__name__}: {error}; run it again with --debug and report what it prints", 1)


def _terminated(number: int, frame: FrameType | None) -> None:
    sys.exit(128 + number)


def _fail(message: str, code: int) -> None:
    from tender_tracker.reporting.clean import terminal

    if "--debug" in sys.argv[1:]:  # the parsed options are gone with the call that failed
        import traceback

        traceback.print_exc()
    print(f"tenders: {terminal(_told(message))}", file=sys.stderr)
    sys.exit(code)


def _misused(error: Any) -> None:
    """One line: what the parser of the command line says, and where to read on; or the help that a group is asked."""
    said: str = error.format_message()
    if type(error).__name__ == "NoArgsIsHelpError":
        print(said, file=sys.stderr)
        sys.exit(error.exit_code)
    said = said[:1].lower() + said[1:].replace("a valid int range", "a whole number").removesuffix(".")
    if not said.endswith("?"):
        said += "."
    _fail(f"{said} `{_called(error)} --help` shows what it takes.", error.exit_code)


def _called(error: Any) -> str:
    """The command that a complaint of the parser is about; of some it does not say it."""
    if error.ctx is not None:
        return str(error.ctx.command_path)
    words = _globals_first(sys.argv[1:])
    called, below = ["tenders"], commands(*_asked(words))
    for word in words:
        if found := getattr(below, "commands", {}).get(word):
            called, below = [*called, word], found
    return " ".join(called)


def _told(message: str) -> str:
    from tender_tracker.commands.call import language
    from tender_tracker.translated import translated

    return translated(language(_globals_first(sys.argv[1:])), message)
