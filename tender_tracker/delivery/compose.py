"""A Digest for a Target → the Letter that is queued: finished to the byte, without any secret in it.

The same digest for the same target has the same key, whenever it is composed: that is how nothing is sent twice.
"""

from __future__ import annotations

import json
import shlex
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path

from tender_tracker.delivery import chat
from tender_tracker.delivery.mail import Envelope, mail
from tender_tracker.messages import day, say
from tender_tracker.model import SHANGHAI
from tender_tracker.reporting.clean import terminal
from tender_tracker.reporting.digest import Digest
from tender_tracker.reporting.digest_faces import face
from tender_tracker.storage.outbox import Letter
from tender_tracker.target import FORMS, PERIOD, Target


def letter(digest: Digest, target: Target, lang: str, now: datetime) -> Letter:
    """The message for one target, in its own language or `lang`; `now` dates a mail."""
    tongue, key = target.lang or lang, key_of(digest, target)
    digest = _retold(digest, _form(target), tongue)
    subject = title(digest, tongue)
    if target.kind == "file":
        assert target.path is not None
        path = _filled(str(target.path), digest)
        text = face(digest, _form(target), tongue)
        return Letter(key, target.name, subject, text.encode(), (path,))
    if target.kind == "smtp":
        envelope = Envelope(target.sender or "", target.to, subject, target.name, key, now)
        return Letter(key, target.name, subject, mail(envelope, digest, tongue), target.to)
    if target.kind == "webhook":
        body = _webhook(digest, key, subject, tongue)
    else:
        body = _chat(digest, target, subject, tongue)
    return Letter(key, target.name, subject, json.dumps(body, ensure_ascii=False).encode())


def key_of(digest: Digest, target: Target) -> str:
    """Target, profile and span: one message per period, whatever its words are on another day."""
    parts = (target.name, digest.profile, digest.since.isoformat(), digest.until.isoformat())
    return sha256(json.dumps(parts).encode()).hexdigest()


def title(digest: Digest, lang: str) -> str:
    """国产算力采购周报 2026-W47：新增必须国产 3."""
    count = digest.headline.required.now
    number = str(count)
    if not digest.health.complete:  # a bare 0 is told only when every source was read
        number = say(lang, "digest.at_least", n=count) if count else say(lang, "digest.none_seen")
    days = say(lang, "send.days", since=day(digest.since), until=day(digest.until - timedelta(seconds=1)))
    head = say(lang, "digest.weekly", week=digest.week) if digest.week else f"{say(lang, 'digest.title')} {days}"
    return terminal(say(lang, "send.subject", title=head, n=number))


def period(digest: Digest) -> str:
    """2026-W47, or the two ends of another span; fit for a file's name."""
    since, until = (end.astimezone(SHANGHAI) for end in (digest.since, digest.until))
    return digest.week or f"{since:%Y%m%dT%H%M%S}-{until:%Y%m%dT%H%M%S}"


def _form(target: Target) -> str:
    """The form of `tenders digest` that is nearest to what the target gets."""
    if target.path is not None:
        return FORMS[target.path.suffix.lower()]
    return {"smtp": "html", "webhook": "json"}.get(target.kind, "md")


def _retold(digest: Digest, form: str, lang: str) -> Digest:
    """The digest with the command that prints it in this form and language."""
    words = shlex.split(digest.command)
    for option, word in (("--format", form), ("--lang", lang)):
        words[words.index(option) + 1] = word
    return replace(digest, command=shlex.join(words))


def _filled(pattern: str, digest: Digest) -> str:
    return str(Path(pattern.replace(PERIOD, period(digest))).absolute())


def _chat(digest: Digest, target: Target, subject: str, lang: str) -> dict[str, object]:
    link = target.link.replace(PERIOD, period(digest)) if target.link else None
    return chat.body(target.kind, subject, digest, link, lang)


def _webhook(digest: Digest, key: str, subject: str, lang: str) -> dict[str, object]:
    """`id` names the message: a receiver that has seen it may let it go."""
    told = json.loads(face(digest, "json", lang))
    return {"id": key, "title": subject, "lang": lang, "markdown": face(digest, "md", lang), "digest": told}
