"""Changes, corrections and the state of a project → lines for a reader, in Chinese or English."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING

from tender_tracker.amending.change import Change, Value
from tender_tracker.messages import WORDS, day, moment, money, name, say
from tender_tracker.model import Amount
from tender_tracker.reporting import clean
from tender_tracker.reporting.styled import STYLES, Line

if TYPE_CHECKING:
    from tender_tracker.amending.change import Amended, Status
    from tender_tracker.reporting.told_changes import Told
    from tender_tracker.storage.amended import ProjectState

QUOTE = 100
"""Characters shown of a quote in a line; JSON has all of it."""


def state(found: ProjectState, lang: str) -> Iterator[Line]:
    """What the project asks for now, field by field."""
    yield from ((), ((say(lang, "change.state"), "bold"),))
    level = name(lang, "level", found.level)
    if found.level != found.printed:
        level = say(lang, "change.state_level", level=level, printed=name(lang, "level", found.printed))
    yield (("  ", ""), (f"{field('level', lang)}: ", "dim"), (level, STYLES[found.level]))
    for key, value in (("deadline", found.deadline), ("opening", found.opening), ("budget", found.budget)):
        if value is not None:
            yield _item(f"{field(key, lang)}: {shown(key, value, lang)}")
    for lot in found.lots:
        parts = [lot.name, name(lang, "level", lot.level) if lot.level else None, money(lot.budget, lang)]
        yield _item(f"{field('lot', lang)}: {' · '.join(part for part in parts if part)}")
    if found.ended_by is not None:
        yield (("  ", ""), (say(lang, "change.ended", id=found.ended_by), "bold red"))


def corrections(found: Iterable[Amended], days: Mapping[int, date | None], lang: str) -> Iterator[Line]:
    """Each thing a correction says, with the quotes of both sides; `days` are those of the corrections."""
    some = list(found)
    if some:
        yield from ((), ((say(lang, "change.changes"), "bold"),))
    for entry in some:
        yield _item(correction(entry, days.get(entry.notice_id), lang))
        if entry.status != "applied":
            yield (("    ", ""), (say(lang, f"change.{entry.status}"), "yellow"))
        yield (("    ", ""), (clean.terminal(quotes(entry.change, lang) or f"「{cut(entry.passage)}」"), "dim"))


def correction(entry: Amended, on: date | None, lang: str) -> str:
    """#7 2026-05-09 · deadline from … to …; a demand that came or went is said in so many words."""
    change = entry.change
    if change.field == "demand" and entry.status == "applied":
        key = "added" if change.before is None else "deleted" if change.after is None else "reworded"
        return say(lang, f"change.demand_{key}", id=entry.notice_id, day=day(on) or "–")
    return f"{say(lang, 'change.of', id=entry.notice_id, day=day(on) or '–')} · {moved(change, lang)}"


def said(entry: Amended, lang: str) -> str:
    """What a correction says, in one clause of a digest, with its words."""
    change = entry.change
    if entry.status == "unread":
        return f"{say(lang, 'change.unread')}「{cut(entry.passage)}」"
    return reworded(change, lang) if change.field in ("demand", "text") else moved(change, lang)


def reworded(change: Change, lang: str) -> str:
    """A demand, or other words, that came, went or were put otherwise, with the words."""
    key = "added" if change.before is None else "deleted" if change.after is None else "reworded"
    return f"{say(lang, f'change.{change.field}_{key}_here')}{quotes(change, lang)}"


def moved(change: Change, lang: str) -> str:
    """The field, in a lot or not, from what to what; of wording only that it changed."""
    told = field(change.field, lang)
    told = f"{change.lot} · {told}" if change.lot else told
    if change.field in ("text", "demand"):
        return told
    values = {"before": shown(change.field, change.before, lang), "after": shown(change.field, change.after, lang)}
    key = "set" if change.before is None else "gone" if change.after is None else "moved"
    return say(lang, f"change.{key}", field=told, **values)


def quotes(change: Change, lang: str) -> str:
    """「before」 → 「after」, "" where the change has neither."""
    if change.quote_before is None and change.quote_after is None:
        return ""
    before, after = (cut(quote) or say(lang, "change.nothing") for quote in (change.quote_before, change.quote_after))
    return say(lang, "change.quotes", before=before, after=after)


def cause(told: Told, lang: str) -> str:
    """Why it changed; of a correction which one."""
    said = say(lang, f"change.cause_{told.cause}")
    return f"{said} #{told.by}" if told.by is not None else said


def status(value: Status, lang: str) -> str | None:
    return None if value == "applied" else say(lang, f"change.{value}")


def quoted(words: str | None) -> str | None:
    return f"「{cut(words)}」" if words else None


def field(key: str, lang: str) -> str:
    own = f"change.field_{key}"
    return say(lang, own if own in WORDS else f"sheet.{key}")


def shown(key: str, value: Value, lang: str) -> str:
    if isinstance(value, datetime):
        return moment(value) or ""
    if isinstance(value, Amount):
        return money(value, lang) or ""
    return name(lang, key, value) if key in ("level", "kind") else cut(value)


def cut(text: str | None) -> str:
    """On one line, and of a long one its begin."""
    flat = " ".join((text or "").split())
    return flat if len(flat) <= QUOTE else f"{flat[:QUOTE]}…"


def _item(text: str) -> Line:
    return (("  ", ""), (clean.terminal(text), ""))
