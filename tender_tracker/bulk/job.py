"""What travels to every worker: the rules and the user's recipes as texts, so that no worker needs the user's files."""

from __future__ import annotations

import atexit
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path
from tempfile import TemporaryDirectory

from tender_tracker import __version__, sources
from tender_tracker.flagging import rulepack
from tender_tracker.flagging.rulepack import HOME, PackFiles, RulePack


@dataclass(frozen=True)
class Job:
    """`home` is the Chinese pack with the user's own rules; `default` names the pack of records that name none."""

    home: PackFiles
    default: str = HOME
    recipes: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    """File name and text of each recipe of the user."""

    @property
    def fingerprint(self) -> str:
        """Changes with the rules, the recipes and this program: what was labelled under another is labelled anew."""
        told = blake2b(repr((self.recipes, __version__)).encode(), digest_size=4).hexdigest()
        return f"{pack(self).fingerprint}-{self.default}-{told}"


@lru_cache(maxsize=4)
def pack(job: Job) -> RulePack:
    """The home pack of a job, compiled once in each process. Raises UsageError for a bad rule."""
    return job.home.compiled()


def pack_named(job: Job, name: str | None) -> RulePack:
    """The pack that a record asks for, or that of the job."""
    wanted = name or job.default
    return pack(job) if wanted == HOME else rulepack.load(wanted)


@lru_cache(maxsize=1)
def equip(job: Job) -> None:
    """Makes this process ready: the recipes of the job are sources from now on."""
    if not job.recipes:
        sources.use(())
        return
    folder = TemporaryDirectory(prefix="tenders-recipes-")
    atexit.register(folder.cleanup)
    files = []
    for number, (name, text) in enumerate(job.recipes):
        files.append(Path(folder.name, f"{number}-{Path(name).name}"))
        files[-1].write_text(text, "utf-8")
    sources.use(files)
