"""Every test starts clean: no network but loopback, no settings of the machine, a fixed clock, its own folders."""

from __future__ import annotations

import io
import os
import socket
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from tender_tracker import sources

FIXTURES = Path(__file__).parents[1] / "fixtures"
SHARED = Path(__file__).parents[1].parent / "shared"
NOW = "1795483800"
"""2026-11-24 09:30 in Shanghai, for SOURCE_DATE_EPOCH."""
VARIABLES = (
    "TENDERS_DB",
    "TENDERS_CONFIG",
    "TENDERS_LANG",
    "TENDERS_DELAY",
    "TENDERS_CONTACT",
    "TENDERS_ALLOW_PRIVATE",
    "TENDERS_OVERLAP",
    "TENDERS_PING_URL",
    "TENDERS_LOG",
    "TENDERS_DOCUMENTS",
    "TENDERS_OCR",
)

_CACHE = TemporaryDirectory(prefix="tenders-cache-")
"""For test modules that load a rule pack while they are collected, before any test has a home of its own."""
os.environ["XDG_CACHE_HOME"] = _CACHE.name


def clean_environment(patch: pytest.MonkeyPatch, home: Path) -> None:
    """Nothing of this machine or its user is read or written."""
    for name in (*VARIABLES, "NO_COLOR", "FORCE_COLOR", "LC_ALL", "LC_MESSAGES"):
        patch.delenv(name, raising=False)
    patch.setenv("HOME", str(home))
    for name in ("CONFIG", "DATA", "CACHE", "STATE"):
        patch.setenv(f"XDG_{name}_HOME", str(home / name.lower()))
    patch.setenv("LANG", "C.UTF-8")
    patch.setenv("COLUMNS", "80")
    patch.setenv("SOURCE_DATE_EPOCH", NOW)


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    clean_environment(monkeypatch, tmp_path_factory.mktemp("home"))
    sources.use(())
    connect = socket.socket.connect

    def loopback_only(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and address[0] not in ("127.0.0.1", "::1", "localhost"):
            raise AssertionError(f"a test asked the network: {address}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", loopback_only)


@dataclass(frozen=True)
class Result:
    """What a call of the program left behind."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        return self.out.splitlines()


def call(*words: str | Path, stdin: bytes = b"") -> Result:
    """One call of the program through its own door."""
    from tender_tracker.commands import main

    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8") for _ in range(2))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["tenders", *map(str, words)])
        patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin), encoding="utf-8"))
        patch.setattr(sys, "stdout", out)
        patch.setattr(sys, "stderr", err)
        try:
            main()
            code = 0
        except SystemExit as exit:
            code = exit.code if isinstance(exit.code, int) else int(exit.code is not None)
    texts = []
    for stream in (out, err):
        stream.flush()
        texts.append(stream.buffer.getvalue().decode())  # type: ignore[attr-defined]
    return Result(code, *texts)


@pytest.fixture
def tenders() -> Callable[..., Result]:
    return call


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A store of all saved notices of the project, to be read only."""
    folder = tmp_path_factory.mktemp("demo")
    with pytest.MonkeyPatch.context() as patch:
        clean_environment(patch, folder)
        result = call("--db", folder / "demo.db", "fetch", "--saved", FIXTURES)
    assert result.code == 0, result.err
    yield folder / "demo.db"
