"""What `digest --send` and `outbox retry` share: letters for targets, their delivery, and what is said of it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

import typer

from tender_tracker.errors import Undelivered, UsageError

if TYPE_CHECKING:
    from datetime import datetime

    from tender_tracker.commands.call import Call
    from tender_tracker.reporting.digest import Digest
    from tender_tracker.storage.outbox import Entry, Letter, Outbox
    from tender_tracker.storage.store import Store
    from tender_tracker.target import Target

UNDELIVERED = 3


def named(call: Call, names: Iterable[str] | None) -> tuple[Target, ...]:
    """The targets of --send. Raises UsageError for one that is not there, or whose secret is not set."""
    found = []
    for name in dict.fromkeys(names or ()):
        if name not in (known := call.settings.targets):
            listed = ", ".join(known) or "none; write a table [targets.NAME] into the configuration"
            raise UsageError(f"no target is called {name!r}; there are: {listed}")
        found.append(known[name])
        for secret in known[name].secrets:
            secret.read(os.environ, known[name].place)
    return tuple(found)


def over(digest: Digest, now: datetime) -> None:
    """Raises UsageError for a period that is not over: sent once, it would never be sent again with the rest."""
    if digest.until > now + timedelta(seconds=1):
        raise UsageError(f"the period ends at {digest.until.isoformat()}; a digest is sent when its period is over")


def letters(call: Call, digest: Digest | None, targets: Iterable[Target], now: datetime) -> list[Letter]:
    """The finished messages, one a target; none without a digest."""
    if digest is None or not targets:
        return []
    from tender_tracker.delivery.compose import letter

    return [letter(digest, target, call.lang, now) for target in targets]


def put(call: Call, letters: Sequence[Letter]) -> None:
    """The messages as they would leave, to the byte."""
    for letter in letters:
        call.put(letter.body.decode())
        target = call.settings.targets[letter.target]
        if target.secret is not None:
            call.tell(call.say("send.signed", target=target.name))
    if letters:
        call.tell(call.say("send.dry"))


def tell_known(call: Call, store: Store, letters: Iterable[Letter]) -> None:
    """A message that was queued before is not composed anew: what is known of it is said."""
    box = store.outbox()
    for letter in letters:
        if entry := box.known(letter.key):
            call.tell(_known(call, entry), always=entry.state != "sent")


def deliver(call: Call, store: Store, letters: Sequence[Letter], now: datetime) -> None:
    """Queues the letters and sends all that is due, older ones first. Exits 3 while one of these letters or of the
    attempts is not confirmed."""
    box = store.outbox()
    store.queue(letters)
    failed = attempt(call, box, box.due(), now)
    if failed or any((entry := box.known(letter.key)) and entry.next_try for letter in letters):
        raise typer.Exit(UNDELIVERED)


def attempt(call: Call, box: Outbox, entries: Iterable[Entry], now: datetime) -> int:
    """Sends each message; how many were not confirmed."""
    return sum(not _sent(call, box, entry, now) for entry in entries)


def _sent(call: Call, box: Outbox, entry: Entry, now: datetime) -> bool:
    from tender_tracker.delivery.send import send

    if entry.state == "doubt":
        call.tell(call.say("send.doubt", target=entry.target), always=True)
    letter, target = box.begin(entry), call.settings.targets.get(entry.target)
    try:
        if target is None:
            raise Undelivered("the configuration has no such target any more; `tenders outbox drop` gives it up")
        said = send(letter, target, os.environ, now, call.settings.allow_private)
    except Undelivered as error:
        box.failed(entry, str(error), error.doubt, error.owed or letter.recipients)
        key = "send.failed_in_doubt" if error.doubt else "send.failed"
        why = call.told(error).rstrip(".。")
        call.tell(call.say(key, target=entry.target, why=why, id=entry.id), always=True)
        return False
    box.sent(entry, said)
    call.tell(call.say("send.sent", target=entry.target, title=entry.title, said=said))
    return True


def _known(call: Call, entry: Entry) -> str:
    from tender_tracker.messages import moment

    told = {"target": entry.target, "title": entry.title, "id": entry.id}
    if entry.state == "sent":
        return call.say("send.already", when=moment(entry.sent_at), **told)
    if entry.state == "dropped":
        return call.say("send.dropped", **told)
    return call.say("send.waits", when=moment(entry.next_try), **told)
