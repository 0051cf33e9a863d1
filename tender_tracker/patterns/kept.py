"""Measures of patterns, kept between runs: working them out takes most of the time that a rule pack needs to load.

What is kept serves only the same pattern, measured by the same code, from a file that is whole; anything else is
measured anew, so a file that is missing, damaged or out of reach costs time and nothing more.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path

from tender_tracker.patterns import anchors
from tender_tracker.patterns.anchors import Measure, measure


class Measures:
    """Pattern → Measure, from what a file keeps where it has the pattern; `file` None keeps nothing."""

    def __init__(self, file: Path | None) -> None:
        self._file = file
        self._kept = _read(file) if file else {}
        self._asked: dict[str, Measure] = {}

    def of(self, pattern: str) -> Measure:
        """Raises re.error for a pattern that is none."""
        told = self._asked[pattern] = self._kept.get(pattern) or measure(pattern)
        return told

    def keep(self) -> None:
        """Writes what was asked for, unless the file holds just that."""
        if self._file and self._asked.keys() != self._kept.keys():
            _write(self._file, self._asked)


def _read(file: Path) -> dict[str, Measure]:
    try:
        seal, _, body = file.read_bytes().partition(b"\n")
        if seal != _seal(body):
            return {}
        return {pattern: _measure(*told) for pattern, told in json.loads(body).items()}
    except (OSError, ValueError):
        return {}


def _measure(ways: list[list[dict[str, list[int]]]], least: int, most: int | None) -> Measure:
    """As JSON has it → Measure."""
    found = (tuple({word: (low, high) for word, (low, high) in each.items()} for each in way) for way in ways)
    return Measure(tuple(found), least, most)


def _write(file: Path, measures: Mapping[str, Measure]) -> None:
    """The old file stays until the new one is whole; where none can be written, the next run measures again."""
    body = json.dumps(measures, ensure_ascii=False, separators=(",", ":")).encode()
    part = file.with_name(f"{file.name}.{os.getpid()}")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(_seal(body) + b"\n" + body)
        part.replace(file)
    except OSError:
        with suppress(OSError):
            part.unlink()


def _seal(body: bytes) -> bytes:
    """Tells a whole file, and the code that made it, from any other."""
    made_by = Path(anchors.__file__).read_bytes() + sys.version.encode()
    return blake2b(made_by + body, digest_size=16).hexdigest().encode()
