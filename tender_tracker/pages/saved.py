"""Files and folders → Pages: saved pages, texts, API answers and archives of them, read without unpacking to disk.

A `pages.toml` in a folder may say of its files what they do not say themselves: `[[page]] file, url, source, encoding`.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from tender_tracker.errors import PageBroken, UsageError
from tender_tracker.model import Page
from tender_tracker.pages import companions, manifest, opened, zipped
from tender_tracker.pages.readable import COMPANIONS, Source, Unreadable, broken, is_page_name, suffix


def pages(paths: Iterable[Path], read_at: datetime, with_raw: bool = False) -> Iterator[Page | Unreadable]:
    """Every page of the files and folders, in a stable order, lazily; `with_raw` with its bytes, to be kept.

    Raises UsageError for a missing path.
    """
    paths, asked = [Path(path) for path in paths], Source("", "", read_at, with_raw=with_raw)
    for path in paths:
        if not path.exists():
            raise UsageError(f"{path}: no such file or folder; check the path")
    for path in paths:
        if path.is_dir():
            yield from _folder(path, asked)
        elif path.is_file():
            about, wrong = manifest.said(path.parent)
            yield from wrong
            yield from _file(str(path), path.name, asked, about.get(path.name, {}))
        else:
            yield _no_file(str(path))


def files(folder: Path, besides: tuple[str, ...] = ()) -> Iterator[Path]:
    """What `pages` would read of a folder, file by file in its order, and files with other endings that are wanted.

    What cannot be read is among them: `pages` says why.
    """
    try:
        with os.scandir(folder) as found:
            entries = sorted(found, key=lambda entry: entry.name)
    except OSError:
        yield folder
        return
    for entry in entries:
        if entry.is_dir(follow_symlinks=False):
            if not entry.name.startswith(".") and not entry.name.endswith(COMPANIONS):
                yield from files(Path(entry.path), besides)
        elif is_page_name(entry.name) or (entry.name.endswith(besides) and not entry.name.startswith(".")):
            yield Path(entry.path)


def _folder(folder: Path, asked: Source) -> Iterator[Page | Unreadable]:
    about, wrong = manifest.said(folder)
    yield from wrong
    try:
        with os.scandir(folder) as found:
            entries = sorted(found, key=lambda entry: entry.name)
    except OSError as error:
        yield broken(str(folder), f"cannot be listed ({error.strerror})")
        return
    attached = companions.attached(folder)
    for entry in entries:
        if entry.name in attached:
            continue
        if entry.is_dir(follow_symlinks=False):
            if not entry.name.startswith(".") and not entry.name.endswith(COMPANIONS):
                yield from _folder(Path(entry.path), asked)
        elif is_page_name(entry.name):
            if entry.is_file(follow_symlinks=False) or os.path.isfile(entry.path):
                yield from _file(entry.path, entry.name, asked, about.get(entry.name, {}))
            else:
                yield _no_file(entry.path)


def _file(path: str, name: str, asked: Source, said: dict[str, Any]) -> Iterator[Page | Unreadable]:
    url, site, encoding = (said.get(key) for key in ("url", "source", "encoding"))
    source = Source(path, suffix(name), asked.read_at, url, site, encoding, asked.with_raw)
    if not is_page_name(name):
        message = f"{path}: not a page; give .html, .txt, .json, .jsonl, any of these with .gz, .zip or .warc"
        yield Unreadable(str(path), PageBroken(message))
        return
    try:
        with open(path, "rb") as stream:
            if source.suffix == ".zip":
                yield from zipped.pages(stream, source)
            elif name.lower().endswith(".gz"):
                with opened.unpacked(stream) as unpacked:
                    yield from opened.pages(unpacked, source)
            else:
                yield from opened.pages(stream, source)
    except OSError as error:
        yield broken(source.name, f"cannot be read ({error.strerror or error})")


def _no_file(path: str) -> Unreadable:
    return Unreadable(path, PageBroken(f"{path}: not a regular file; give a saved page or a folder"))
