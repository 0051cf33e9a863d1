"""An installation and its store → crontab lines, or systemd units, that fetch every day and tell every week.

Nothing is locked here: the store is, by each run. The weekly digest of whole ISO weeks is the same at any hour of
Monday and never sent twice, so it is simply tried hourly until it is through.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tender_tracker.errors import UsageError
from tender_tracker.messages import say

ZONE = "Asia/Shanghai"
LONGEST = 998
"""Bytes of a line: common crons cut or refuse what is longer."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to run. All paths are absolute."""

    program: tuple[str, ...]
    db: Path
    config: Path | None
    lang: str
    targets: tuple[str, ...]
    """Receivers of the digest; without any it is written to `output`."""
    profile: str | None
    output: Path
    log: Path
    ping_url: str | None
    digest_ping_url: str | None
    variables: tuple[str, ...]
    """Names of the environment in which the targets' secrets are."""
    secrets: Path
    """File that sets them, one NAME=value a line."""


@dataclass(frozen=True, slots=True)
class Job:
    name: str
    words: tuple[str, ...]
    cron: str
    calendar: str
    """OnCalendar of a timer, without its zone."""


def jobs(plan: Plan) -> tuple[Job, ...]:
    """Fetch, digest and, with targets, the retry of what was not delivered. UsageError: a control in a word."""
    known = ("--config", str(plan.config)) if plan.config else ()
    base = (*plan.program, "--db", str(plan.db), *known, "--lang", plan.lang, "--quiet")
    ping, told = (["--ping-url", url] if url else [] for url in (plan.ping_url, plan.digest_ping_url))
    profile = ("--profile", plan.profile) if plan.profile else ()
    to = tuple(word for target in plan.targets for word in ("--send", target))
    to = to or ("--format", "html", "--output", str(plan.output))
    found = [
        Job("fetch", (*base, "fetch", *ping), "10 7 * * *", "*-*-* 07:10:00"),
        Job("digest", (*base, "digest", *profile, *to, *told), "0 8-11 * * 1", "Mon *-*-* 08,09,10,11:00:00"),
    ]
    if plan.targets:
        found.append(Job("outbox", (*base, "outbox", "retry"), "40 12-22/2 * * *", "*-*-* 12..22/2:40:00"))
    for word in (*found[0].words, *found[1].words, str(plan.log), str(plan.secrets)):
        if not word.isprintable():
            raise UsageError(f"{word!r}: a path or name with a control character cannot be scheduled; rename it")
    return tuple(found)


def crontab(plan: Plan) -> str:
    """Lines for `crontab -e`. Raises UsageError for one that is too long."""
    lines = [*_comments("schedule.cron", plan), f"CRON_TZ={ZONE}", f"TZ={ZONE}"]
    for job in jobs(plan):
        line = shlex.join(job.words)
        if plan.variables:
            line = f"{{ set -a; . {shlex.quote(str(plan.secrets))}; set +a; {line}; }}"
        line += f" >/dev/null 2>>{shlex.quote(str(plan.log))}"
        escaped = line.replace("%", "\\%")  # cron takes a bare % for the end of the line
        line = f"{job.cron} {escaped}"
        if len(line.encode()) > LONGEST:
            raise UsageError(f"the crontab line of {job.name} is longer than {LONGEST} bytes; use --systemd")
        lines.append(line)
    return "\n".join(lines) + "\n"


def units(plan: Plan) -> dict[str, str]:
    """File name → unit: a oneshot service and its timer for each job."""
    found = {}
    for job in jobs(plan):
        found[f"tenders-{job.name}.service"] = "\n".join(_service(plan, job)) + "\n"
        found[f"tenders-{job.name}.timer"] = "\n".join(_timer(plan, job)) + "\n"
    return found


def _service(plan: Plan, job: Job) -> Iterator[str]:
    after = "network-online.target" if job.name == "fetch" else "network-online.target tenders-fetch.service"
    yield from ("[Unit]", f"Description={say(plan.lang, f'schedule.{job.name}')}")
    yield from ("Wants=network-online.target", f"After={after}", "", "[Service]", "Type=oneshot")
    yield f"Environment=TZ={ZONE}"
    if plan.variables:
        yield f"EnvironmentFile=-{_escaped(str(plan.secrets))}"
    yield from (f"ExecStart={' '.join(map(_unit_quoted, job.words))}", "StandardOutput=null")
    yield from ("TimeoutStartSec=2h", "Nice=10")


def _timer(plan: Plan, job: Job) -> Iterator[str]:
    yield from ("[Unit]", f"Description={say(plan.lang, f'schedule.{job.name}')}", "", "[Timer]")
    yield from (f"OnCalendar={job.calendar} {ZONE}", "Persistent=true")
    if job.name == "fetch":
        yield "RandomizedDelaySec=10min"
    yield from ("", "[Install]", "WantedBy=timers.target")


def unit_comments(plan: Plan) -> str:
    """How the units are put to work."""
    return "".join(f"{line}\n" for line in _comments("schedule.systemd", plan))


def _comments(key: str, plan: Plan) -> Iterator[str]:
    yield from (f"# {line}" for line in say(plan.lang, key, zone=ZONE).splitlines())
    if plan.variables:
        yield f"# {say(plan.lang, 'schedule.secrets', file=plan.secrets, names=', '.join(plan.variables))}"


def _unit_quoted(word: str) -> str:
    """A word of ExecStart: quoted, with the marks systemd would expand doubled."""
    plain = word.replace("\\", "\\\\").replace('"', '\\"').replace("$", "$$")
    return f'"{_escaped(plain)}"'


def _escaped(text: str) -> str:
    return text.replace("%", "%%")
