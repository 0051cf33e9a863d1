"""A table [targets.NAME] of the configuration → a Target: where a digest is delivered, and by what."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, get_args
from urllib.parse import urlsplit

from tender_tracker.errors import UsageError

Kind = Literal["smtp", "file", "webhook", "dingtalk", "wecom", "feishu", "slack"]
Security = Literal["starttls", "ssl", "none"]
FORMS = {".html": "html", ".htm": "html", ".md": "md", ".txt": "txt", ".json": "json", ".xml": "atom", ".atom": "atom"}
"""The end of a file's name → the form of the digest in it."""
PORTS = {"starttls": 587, "ssl": 465, "none": 25}
PERIOD = "{period}"
"""Stands in a path or link for the week, or for the days of another period."""
VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
MAIL = re.compile(r"[!#-'*+\-./0-9=?A-Z^_`a-z{|}~]+@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?")
"""A bare mail address (RFC 5322 dot-atom, read loosely): no blank, bracket, quote or line break can come in by it."""


@dataclass(frozen=True, slots=True)
class Secret:
    """A text that is never shown: given in the file, or by the name of the variable that holds it."""

    given: str | None = field(default=None, repr=False)
    variable: str | None = None

    def read(self, environ: Mapping[str, str], place: str) -> str:
        """Raises UsageError when the variable is not set."""
        found = self.given if self.variable is None else environ.get(self.variable)
        if not found:
            raise UsageError(f"{place}: the variable {self.variable} is not set; it must hold the secret named there")
        return found

    def __str__(self) -> str:
        return "***" if self.variable is None else f"${self.variable}"


@dataclass(frozen=True, slots=True)
class Target:
    """One receiver of digests; only the fields of its kind are set."""

    name: str
    kind: Kind
    lang: str | None = None
    """zh or en; None is the language of the call."""
    allow_private: bool = False
    """Whether it may lie at a loopback or private address."""
    host: str | None = None
    port: int | None = None
    security: Security = "starttls"
    user: str | None = None
    password: Secret | None = None
    sender: str | None = None
    """`from` in the file."""
    to: tuple[str, ...] = ()
    path: Path | None = None
    """With `{period}` in it where every digest is a file of its own."""
    url: Secret | None = None
    """Addresses of bots hold their key, so that all are secrets."""
    secret: Secret | None = None
    token: Secret | None = None
    link: str | None = None
    """Where a chat finds the whole digest; `{period}` as in `path`."""

    @property
    def place(self) -> str:
        return f"targets.{self.name}"

    @property
    def secrets(self) -> tuple[Secret, ...]:
        return tuple(found for found in (self.password, self.url, self.secret, self.token) if found is not None)

    @property
    def shown(self) -> str:
        """In one line, secrets masked: kind=smtp host=mail.example.org password=$MAIL_PASSWORD."""
        named = {
            "from" if name == "sender" else name: getattr(self, name) for name in Target.__slots__ if name != "name"
        }
        told = {key: ",".join(value) if isinstance(value, tuple) else value for key, value in named.items()}
        own = KEYS[self.kind]
        return " ".join(
            f"{key}={value}" for key, value in told.items() if key in own and value not in (None, "", False)
        )


_CHAT = ("url", "link")
_COMMON = ("kind", "lang")
_WEB = (*_COMMON, "allow_private")
KEYS: dict[Kind, tuple[str, ...]] = {
    "smtp": (*_WEB, "host", "port", "security", "user", "password", "from", "to"),
    "file": (*_COMMON, "path"),
    "webhook": (*_WEB, "url", "token"),
    "dingtalk": (*_WEB, *_CHAT, "secret"),
    "wecom": (*_WEB, *_CHAT),
    "feishu": (*_WEB, *_CHAT, "secret"),
    "slack": (*_WEB, *_CHAT),
}
"""Kind → the keys its table may hold."""
REQUIRED: dict[Kind, tuple[str, ...]] = {"smtp": ("host", "from", "to"), "file": ("path",)}
"""Kind → keys that must be there; the others need `url`."""
SECRETS = ("password", "url", "secret", "token")
"""Each may be given as KEY_env instead: the name of a variable of the environment."""


def targets(tables: Any, file: Path | None) -> dict[str, Target]:
    """All targets of a file, by name. Raises UsageError for an unknown key or word, or a value of another type."""
    if not isinstance(tables, Mapping):
        raise UsageError(f"configuration {file}: 'targets' must be tables such as [targets.desk]")
    folder = file.parent if file else Path()
    return {
        name: _target(name, table, f"configuration {file}: targets.{name}", folder) for name, table in tables.items()
    }


def _target(name: str, table: Any, place: str, folder: Path) -> Target:
    if not isinstance(table, Mapping):
        raise UsageError(f"{place} must be a table [targets.{name}]")
    kind = _choice(f"{place}.kind", table.get("kind"), get_args(Kind))
    known = (*KEYS[kind], *(f"{key}_env" for key in SECRETS if key in KEYS[kind]))
    for key in table:
        if key not in known:
            raise UsageError(f"{place}: unknown key {key!r} of a target of kind {kind}; known: {', '.join(known)}")
    found = {key: _READ[key](f"{place}.{key}", table[key]) for key in table if key in _READ}
    found |= {key: _secret(place, key, table) for key in SECRETS if key in table or f"{key}_env" in table}
    for key in REQUIRED.get(kind, ("url",)):
        if key not in found:
            also = f" or {key}_env" if key in SECRETS else ""
            raise UsageError(f"{place}: a target of kind {kind} needs {key}{also}")
    return Target(name, kind, **_completed(found, place, folder))


def _completed(found: dict[str, Any], place: str, folder: Path) -> dict[str, Any]:
    """Fields of a Target from the keys that were read."""
    if "from" in found:
        found["sender"] = found.pop("from")
    if "path" in found:
        found["path"] = folder / found["path"].expanduser()  # a path in a file is meant from that file
    if ("user" in found) != ("password" in found):
        raise UsageError(f"{place}: user and password (or password_env) go together")
    if "user" in found and found.get("security") == "none" and not found.get("allow_private"):
        raise UsageError(f"{place}: a password is not sent unencrypted over the net; security must be starttls or ssl")
    return found


def _secret(place: str, key: str, table: Mapping[str, Any]) -> Secret:
    if key in table and f"{key}_env" in table:
        raise UsageError(f"{place}: give {key} or {key}_env, not both")
    if key in table:
        given = _text(f"{place}.{key}", table[key], shown=False)
        return Secret(_address(f"{place}.{key}", given) if key == "url" else given)
    variable = _text(f"{place}.{key}_env", table[f"{key}_env"], shown=False)
    if not VARIABLE.fullmatch(variable):  # not repeated here: it may be the secret itself
        raise UsageError(f"{place}: {key}_env must be the name of a variable, such as TENDERS_{key.upper()}")
    return Secret(None, variable)


def _text(place: str, value: Any, shown: bool = True) -> str:
    if not isinstance(value, str) or not value.strip() or not value.isprintable():
        raise UsageError(f"{place} must be a text on one line{f', not {value!r}' if shown else ''}")
    return value.strip()


def _address(place: str, value: Any) -> str:
    """An http or https address; it may be secret and is not repeated."""
    try:
        parts = urlsplit(value) if isinstance(value, str) else None
        fine = parts is not None and parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        fine = False
    if not fine:
        raise UsageError(f"{place} must be an http or https address")
    return str(value)


def _choice(place: str, value: Any, known: tuple[Any, ...]) -> Any:
    if value not in known:
        raise UsageError(f"{place} is {value!r}; known: {', '.join(known)}")
    return value


def _flag(place: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise UsageError(f"{place} must be true or false, not {value!r}")
    return value


def _port(place: str, value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value < 65536:
        raise UsageError(f"{place} must be a port such as 587, not {value!r}")
    return value


def _mail(place: str, value: Any) -> str:
    if not isinstance(value, str) or not MAIL.fullmatch(value):
        raise UsageError(f"{place} must be a bare mail address such as desk@example.org, not {value!r}")
    return value


def _mails(place: str, value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not value:
        raise UsageError(f'{place} must be a list of mail addresses such as ["desk@example.org"], not {value!r}')
    return tuple(dict.fromkeys(_mail(place, entry) for entry in value))


def _path(place: str, value: Any) -> Path:
    path = Path(_text(place, value))
    if path.suffix.lower() not in FORMS:
        raise UsageError(f"{place}: {path.name!r} does not say its form; it must end in {', '.join(FORMS)}")
    return path


_READ: dict[str, Callable[[str, Any], Any]] = {
    "lang": lambda place, value: _choice(place, value, ("zh", "en")),
    "security": lambda place, value: _choice(place, value, get_args(Security)),
    "allow_private": _flag,
    "host": _text,
    "port": _port,
    "user": _text,
    "from": _mail,
    "to": _mails,
    "path": _path,
    "link": _address,
}
