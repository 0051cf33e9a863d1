"""A file, or its bytes, and a name → a reading, made by a process of its own that can be killed and cannot write.

The child sends each part as a line of JSON as soon as it is read, so that a reader that dies leaves what it had.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryFile
from threading import Event, Timer
from typing import IO

from tender_tracker.documents import ocr
from tender_tracker.documents.formats import HEAD, format_of
from tender_tracker.documents.read import kind_of, parts_of
from tender_tracker.documents.reading import MAX_BYTES, MAX_TEXT, Passage, Reading, Reason, Unread, named

SECONDS, MEGABYTES = 30.0, 400
_ANSWER = MAX_TEXT * 8
"""Bytes of an answer at most: a character takes four, in JSON somewhat more."""
_PICTURES = ("picture", "scanned")
_KEPT = ("PATH", "SYSTEMROOT")
"""What the child gets of our surroundings: where its tool lies, and what Python needs on Windows; no secret."""
_NO_MEMORY = 71
"""How the child ends where it cannot even say so."""


def read_apart(
    path: Path, name: str, *, seconds: float = SECONDS, megabytes: int = MEGABYTES, looks: bool = False
) -> Reading:
    """Reads `path` as `read` does, in at most `seconds` of the clock and `megabytes` of memory.

    Where that leaves pictures and `looks` is set, it is read a second time with OCR, whose bounds are wider.

    A reader that dies gives Unread: timeout, memory or damaged. Raises OSError where `path` cannot be opened.
    Memory is bounded and writing barred where the system can do it (not on Windows).
    """
    with path.open("rb") as file:
        found, _ = _read(file, name, seconds, megabytes)
        if not looks or not any(part.reason in _PICTURES for part in found.unread):
            return found
        file.seek(0)
        seen, is_whole = _read(file, name, ocr.SECONDS, ocr.MEGABYTES, looks=True)
    return seen if is_whole else _joined(found, seen)


def read_bytes_apart(data: bytes, name: str, *, seconds: float = SECONDS, megabytes: int = MEGABYTES) -> Reading:
    """The same for what is no file yet, by way of one without a name."""
    with TemporaryFile() as file:
        file.write(data)
        file.seek(0)
        return _read(file, name, seconds, megabytes)[0]


def _read(file: IO[bytes], name: str, seconds: float, megabytes: int, looks: bool = False) -> tuple[Reading, bool]:
    """What a child read, and whether it came to its end."""
    found = format_of(file.read(HEAD))
    file.seek(0)
    late = Event()
    with subprocess.Popen(
        [sys.executable, "-P", "-m", "tender_tracker.documents.apart", str(seconds), str(megabytes), named(name)]
        + [ocr.ENGINE] * looks,
        stdin=file,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={
            **{name: os.environ[name] for name in _KEPT if name in os.environ},
            "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
        },
        start_new_session=True,  # a tool it calls dies with it
    ) as child:
        timer = Timer(seconds, _stop, (child, late))
        timer.start()
        try:
            answer = child.stdout.read(_ANSWER) if child.stdout else b""
            code = child.wait()
        finally:
            timer.cancel()
            if child.returncode != 0:
                _kill(child)
    return _reading(answer, name, found, "timeout" if late.is_set() else _ending(code))


def _stop(child: subprocess.Popen[bytes], late: Event) -> None:
    late.set()
    _kill(child)


def _kill(child: subprocess.Popen[bytes]) -> None:
    """Ends the process and those it started, as far as they still run."""
    if os.name != "posix":
        child.kill()
        return
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, signal.SIGKILL)


def _ending(code: int) -> Reason:
    """Why a reader died. PDFium ends itself by a trap or abort where it gets no memory."""
    if code == _NO_MEMORY:
        return "memory"
    if os.name == "posix" and code == -signal.SIGXCPU:
        return "timeout"
    if os.name == "posix" and code in (-signal.SIGABRT, -signal.SIGTRAP, -signal.SIGILL, -signal.SIGKILL):
        return "memory"
    return "damaged"


def _reading(answer: bytes, name: str, found: str, died: Reason) -> tuple[Reading, bool]:
    """Lines of the child → a reading; without its last line it died, and a half line is left out."""
    passages: list[Passage] = []
    unread: dict[Unread, None] = {}
    for line in answer.split(b"\n")[:-1]:
        match json.loads(line):
            case ["passage", str(file), int() | None as page, str(text), bool(seen)]:
                passages.append(Passage(file, page, text, seen))
            case ["unread", str(file), reason, int() | None as page]:
                unread.setdefault(Unread(file, reason, page))
            case ["format", str(told)]:
                return Reading(tuple(passages), tuple(unread), told), True
    unread.setdefault(Unread(named(name), died))
    return Reading(tuple(passages), tuple(unread), found), False


def _joined(found: Reading, seen: Reading) -> Reading:
    """A reading with what OCR saw before it was ended, in the order of files and pages."""
    looked = {(passage.file, passage.page) for passage in seen.passages if passage.ocr}
    kept = [passage for passage in found.passages if (passage.file, passage.page) not in looked]
    passages = [*kept, *(passage for passage in seen.passages if passage.ocr)]
    files = {passage.file: place for place, passage in enumerate(reversed(passages))}
    passages.sort(key=lambda passage: (-files[passage.file], passage.page or 0))
    unread = (part for part in found.unread if (part.file, part.page) not in looked)
    return Reading(tuple(passages), tuple(dict.fromkeys((*unread, *seen.unread))), found.format)


def _child(seconds: str, megabytes: str, name: str, *looks: str) -> None:
    """Bounds itself, reads, and sends its parts; the last line is the format."""
    bound(float(seconds), int(megabytes))
    with open(0, "rb", closefd=False) as file:
        data = file.read(MAX_BYTES + 1)
    with open(1, "wb", closefd=False) as out:
        for part in parts_of(data, name, ocr.Sight() if looks else None):
            line = (
                ["passage", part.file, part.page, part.text, part.ocr]
                if isinstance(part, Passage)
                else ["unread", part.file, part.reason, part.page]
            )
            _send(out, line)
        _send(out, ["format", kind_of(data)])


def _send(out: IO[bytes], line: list[str | int | bool | None]) -> None:
    out.write(json.dumps(line).encode() + b"\n")
    out.flush()


def bound(seconds: float, megabytes: int) -> None:
    """No more memory and time than granted, no file written, no core left behind."""
    try:
        import resource
    except ImportError:  # Windows: the clock alone bounds it
        return
    for what, most in (
        (resource.RLIMIT_AS, megabytes * 2**20),
        (resource.RLIMIT_CPU, int(seconds) + 1),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(what)
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (most, hard if what == resource.RLIMIT_CPU else most))


if __name__ == "__main__":
    try:
        _child(*sys.argv[1:])
    except MemoryError:
        os._exit(_NO_MEMORY)
