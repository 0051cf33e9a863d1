"""Settings, store and rules of this installation → what is well and what is not, for `tenders doctor`.

A finding carries the exit code it deserves: 0 well, 3 pages missing, 4 alarm, 10 store trouble.
"""

from __future__ import annotations

import os
import platform
import re
import sqlite3
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib import metadata
from pathlib import Path

from tender_tracker import __version__, sources
from tender_tracker.config import SECRET, Settings
from tender_tracker.drift import FLOORS
from tender_tracker.errors import TenderError, UsageError
from tender_tracker.flagging import packs
from tender_tracker.messages import moment
from tender_tracker.model import SHANGHAI
from tender_tracker.reporting.period import iso_week
from tender_tracker.storage import storefile
from tender_tracker.storage.outbox import entries
from tender_tracker.storage.query import Filter, Reader
from tender_tracker.storage.rows import Coverage, FillRates, Refusal

SEVERE = {"ok": 0, "partial": 3, "not_configured": 3}
"""Code of a source's state; the others are alarms."""
SEVERITY = (10, 2, 4, 3, 0)
PACKAGES = (
    "typer", "rich", "httpx", "httpcore", "beautifulsoup4", "selectolax", "sqlite-utils", "ahocorasick-rs", "protego",
    "zstandard", "platformdirs",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Finding:
    check: str
    detail: str
    code: int = 0


def findings(settings: Settings, pack: str | TenderError, now: datetime) -> list[Finding]:
    """Everything `doctor` looks at. `pack` is the rule pack's fingerprint, or why it cannot be loaded."""
    found = [*environment(settings, now), _rules(pack), *_recipes(settings), *_targets(settings), *store(settings.db)]
    if not any(finding.code == 10 for finding in found):
        with Reader.open(settings.db) as reader:
            found += contents(reader, pack, now)
    return found


def worst(found: list[Finding]) -> int:
    """The exit code of the most severe finding."""
    codes = {finding.code for finding in found}
    return next(code for code in SEVERITY if code in codes or code == 0)


def environment(settings: Settings, now: datetime) -> Iterator[Finding]:
    """Clock, zone, configuration, politeness and versions."""
    fixed = " (fixed by SOURCE_DATE_EPOCH)" if os.environ.get("SOURCE_DATE_EPOCH") else ""
    zone = now.astimezone().strftime("%z")
    yield Finding("clock", f"{moment(now)} Asia/Shanghai, {iso_week(now)}{fixed}; this machine is at {zone}")
    yield Finding("configuration", str(settings.file or "none"), 0)
    if settings.file and _open_secret(settings, settings.file):
        yield Finding("secrets", f"{settings.file}: others may read it and it holds a secret; chmod 600 it", 4)
    delay = "each site's own" if settings.delay is None else f"{settings.delay:g} s"
    private = "; private addresses allowed" if settings.allow_private else ""
    yield Finding("politeness", f"delay {delay}, contact {settings.contact or 'none'}{private}")
    yield Finding("network", _network())
    yield Finding(
        "versions", f"tenders {__version__}, Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}"
    )
    yield Finding("packages", ", ".join(f"{name} {_version(name)}" for name in PACKAGES))
    yield Finding("time zones", SHANGHAI.key)


def _network() -> str:
    """What the environment changes about connections; a proxy's address may hold a password and is not shown."""
    from urllib.request import getproxies

    proxies = ", ".join(sorted(getproxies().keys() & {"http", "https", "all"})) or "none"
    certificates = os.environ.get("SSL_CERT_FILE") or os.environ.get("SSL_CERT_DIR") or "certifi"
    return f"proxies {proxies}; TLS verified against {certificates}"


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "missing"


def _open_secret(settings: Settings, file: Path) -> bool:
    """Whether others may read a secret itself; the name of the variable that holds it is none."""
    if not file.stat().st_mode & stat.S_IROTH:
        return False
    text = re.sub(r"^\s*\w+_env\s*=.*$", "", file.read_text("utf-8-sig"), flags=re.M)
    given = (secret.given for target in settings.targets.values() for secret in target.secrets)
    return bool(SECRET.search(text)) or any(given)


def _targets(settings: Settings) -> Iterator[Finding]:
    """Receivers of digests, and whether their secrets are where the configuration says."""
    for target in settings.targets.values():
        missing = [
            secret.variable for secret in target.secrets if secret.variable and secret.variable not in os.environ
        ]
        detail = f"{target.kind}; the variable {missing[0]} is not set here" if missing else target.kind
        yield Finding(f"target {target.name}", detail, 2 if missing else 0)


def _rules(pack: str | TenderError) -> Finding:
    return Finding("rules", str(pack), 2 if isinstance(pack, TenderError) else 0)


def _recipes(settings: Settings) -> Iterator[Finding]:
    """The user's recipes, or what is wrong with the first bad one."""
    if settings.recipes:
        try:
            sources.names()
        except UsageError as error:
            yield Finding("recipes", str(error), 2)
        else:
            yield Finding("recipes", ", ".join(str(path) for path in settings.recipes))


def store(path: Path) -> Iterator[Finding]:
    """Whether the store is there, ours, current and whole."""
    try:
        connection = storefile.read_only(path)
        try:
            with storefile.in_words(path):
                age = storefile.age(connection, path)
                storefile.whole(connection, path)
                mode = connection.execute("PRAGMA journal_mode").fetchone()[0]
        finally:
            connection.close()
    except TenderError as error:
        yield Finding("store", str(error), error.exit_code)
        return
    size = path.stat().st_size / 2**20
    code = 0 if age == "current" else 10
    yield Finding("store", f"{path}: {size:.1f} MiB, schema {storefile.SCHEMA} ({age}), {mode}, quick_check ok", code)


def contents(reader: Reader, pack: str | TenderError, now: datetime) -> Iterator[Finding]:
    """What is stored, how well each source is covered and filled, and what the last run could not read."""
    stats = reader.stats()
    levels = ", ".join(f"{level} {count}" for level, count in stats.levels.items())
    yield Finding(
        "notices", f"{stats.notices} ({levels}), {stats.oldest} to {stats.newest}, {stats.undated} without date"
    )
    tomorrow = now.astimezone(SHANGHAI).date() + timedelta(days=1)
    if ahead := reader.count(Filter(since=tomorrow + timedelta(days=1), levels=())):
        yield Finding("future dates", f"{ahead} notices are dated after {tomorrow}; a page may print another date", 3)
    decided = reader.packs()
    if unflagged := {key: count for key, count in decided.items() if key.startswith(packs.UNFLAGGED)}:
        told = ", ".join(f"{count} of {key.removeprefix(f'{packs.UNFLAGGED}-')}" for key, count in unflagged.items())
        yield Finding("unflagged", f"{told}: no rules say what is domestic there")
    older = sum(count for key, count in decided.items() if not packs.is_current(key, str(pack)))
    if older:
        yield Finding("relabel", f"{older} notices were decided by other rules; run `tenders relabel`", 3)
    rates = {row.source: row for row in reader.fill_rates()}
    for entry in reader.coverage(now):
        yield _covered(entry, now)
        if entry.source in rates:
            yield _filled(rates[entry.source])
    yield from _outbox(reader)
    run = next((run for run in reader.runs(20) if run.command.startswith("fetch")), None)
    if run:
        ended = f"to {moment(run.ended)}, exit {run.exit_code}" if run.ended else "not ended"
        code = 0 if run.exit_code in (0, 3) else 4
        yield Finding("last fetch", f"run {run.id}, {run.command}, {moment(run.started)} {ended}", code)
        yield from (_refused(refusal) for refusal in reader.refusals(run.id))


def _outbox(reader: Reader) -> Iterator[Finding]:
    """Messages that are not delivered yet: the oldest one, and why."""
    waiting = [entry for entry in entries(reader) if entry.next_try]
    if waiting:
        first = waiting[0]
        detail = f"{len(waiting)} not delivered; since {moment(first.queued_at)} to {first.target}: {first.said}"
        yield Finding("outbox", f"{detail}; see `tenders outbox`", 3)


def severity(state: str | None) -> int:
    """The exit code that a source's state deserves: an alarm, or pages are missing."""
    return SEVERE.get(state or "ok", 4)


def _covered(entry: Coverage, now: datetime) -> Finding:
    """The state of a source: what is no longer read is an alarm, some pages refused are missing pages."""
    why = ", ".join(f"{reason} {count}" for reason, count in entry.reasons)
    parts = [
        entry.state or "no run",
        f"{entry.notices} notices, newest {entry.newest}",
        f"last good {moment(entry.last_good) or 'never'}",
    ]
    parts += [f"last new notice {(now - entry.last_new).days} d ago"] if entry.last_new else []
    parts += [f"{entry.failures} runs in a row not ok"] if entry.failures and entry.source else []
    parts += [f"outage since {moment(entry.outage)}"] if entry.outage else []
    parts += [f"refused {entry.refused} ({why})"] if entry.refused else []
    parts += [f"{entry.waiting} failed pages to be asked again"] if entry.waiting else []
    parts += [f"{entry.given_up} pages given up, see `tenders sources status`"] if entry.given_up else []
    parts += [entry.error] if entry.source and entry.error else []
    if entry.source is None:
        return Finding("source unrecognised", "; ".join(parts), 3 if entry.refused else 0)
    return Finding(f"source {entry.source}", "; ".join(parts), max(severity(entry.state), 3 if entry.refused else 0))


def _filled(row: FillRates) -> Finding:
    sparse = _sparse(row.source)
    low = [name for name, floor in FLOORS.items() if row.rates.get(name, 1.0) < floor and name not in sparse]
    rates = ", ".join(f"{name} {rate:.1%}" for name, rate in row.rates.items())
    if low:
        rates += f"; too low: {', '.join(low)}: has the site changed?"
    return Finding(f"fill rates {row.source}", rates, 4 if low else 0)


def _sparse(source: str) -> tuple[str, ...]:
    try:
        return sources.load(source).SITE.sparse
    except UsageError:  # a source this program no longer has
        return ()


def _refused(refusal: Refusal) -> Finding:
    return Finding(f"refused ({refusal.reason})", refusal.message, 3)
