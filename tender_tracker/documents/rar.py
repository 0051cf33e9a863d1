"""A RAR → its files, unpacked by bsdtar (libarchive), through pipes: neither it nor we put anything on disk."""

from __future__ import annotations

import os
import shutil
import subprocess
import tarfile
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from threading import Thread
from typing import IO

from tender_tracker.documents.archive import Entry
from tender_tracker.documents.package import Allowance
from tender_tracker.documents.reading import Unreadable

TOOL = "bsdtar"
_TOLD = 4096
"""Bytes of complaint that are kept."""


def entries(data: bytes, allowance: Allowance) -> Iterator[Entry]:
    """The files in order; each must be unpacked before the next is asked for.

    Raises Unreadable: missing_reader without the tool; encrypted, damaged behind the files that could be unpacked.
    """
    tool = shutil.which(TOOL)
    if tool is None:
        raise Unreadable("missing_reader")
    with subprocess.Popen(
        [tool, "-cf", "-", "--format=pax", "@-"],  # from one archive on stdin to another on stdout
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={"LC_ALL": "C.UTF-8", "PATH": os.environ.get("PATH", "")},
    ) as process:
        assert process.stdin and process.stdout and process.stderr
        told: list[bytes] = []
        aside = Thread(target=_feed, args=(process.stdin, data)), Thread(target=_listen, args=(process.stderr, told))
        for thread in aside:
            thread.start()
        found = False
        try:
            for entry in _members(process.stdout, allowance):
                found = True
                yield entry
            code = process.wait()
        finally:
            process.kill()
            for thread in aside:
                thread.join()
    if code or not found:
        raise Unreadable("encrypted" if b"ncrypt" in b"".join(told) else "damaged")


def _members(stream: IO[bytes], allowance: Allowance) -> Iterator[Entry]:
    try:
        with tarfile.open(fileobj=stream, mode="r|") as tar:
            for member in tar:
                if member.isfile():
                    yield member.name.replace("\\", "/"), partial(_content, tar, member, allowance)
    except tarfile.TarError:
        return  # the tool broke off, or had nothing to give: its exit code tells


def _content(tar: tarfile.TarFile, member: tarfile.TarInfo, allowance: Allowance) -> bytes:
    allowance.take(member.size)
    held = tar.extractfile(member)  # a stream in memory
    if held is None:
        raise Unreadable("damaged")
    return held.read()


def _feed(stream: IO[bytes], data: bytes) -> None:
    with suppress(BrokenPipeError), stream:
        stream.write(data)


def _listen(stream: IO[bytes], told: list[bytes]) -> None:
    """Keeps the first complaints and lets the others run, lest the tool wait for a reader."""
    while chunk := stream.read(_TOLD):
        told += [chunk] if not told else []
