"""A saved page and the name of an attachment → the file of it that lies beside the page."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from tender_tracker.pages.manifest import MANIFEST

FOLDERS = ("_files", ".files")
"""Endings of the folder that a browser makes for what it saves with a page."""


def companion(page: str | None, name: str, url: str | None) -> Path | None:
    """Where an attachment of the page saved at `page` lies: as `attachments` of its manifest tells, else by its name
    or that in its address, in the page's own folder of files or beside it. None for a live page, or without a file.
    """
    if page is None or "://" in page or not os.path.isfile(page):
        return None
    saved = Path(page)
    told = _told(saved.parent).get(saved.name, {}).get(name)
    if told is not None:
        return told if told.is_file() else None
    return next((path for path in _places(saved, name, url) if path.is_file()), None)


def attached(folder: Path) -> frozenset[str]:
    """Names of files beside the pages of a folder that its manifest calls attachments: they are no pages."""
    files = (path for named in _told(folder).values() for path in named.values())
    return frozenset(path.name for path in files if path.parent == folder)


def _places(page: Path, name: str, url: str | None) -> Iterator[Path]:
    stem = page.name.removesuffix(".gz").rpartition(".")[0]
    names = dict.fromkeys(filter(None, (_plain(name), _plain(unquote(urlsplit(url or "").path).rpartition("/")[2]))))
    for folder in (*(page.with_name(stem + ending) for ending in FOLDERS), page.parent):
        yield from (folder / one for one in names if folder / one != page)


def _plain(name: str) -> str | None:
    """A name that leads out of no folder."""
    name = name.strip()
    return None if not name or name in (".", "..") or set(name) & {"/", "\\", "\0"} or len(name) > 200 else name


@lru_cache(64)
def _told(folder: Path) -> dict[str, dict[str, Path]]:
    """Page → attachment → file, of the manifest of a folder; nothing where it cannot be read, which others tell."""
    try:
        pages: Any = tomllib.loads((folder / MANIFEST).read_text("utf-8")).get("page", [])
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        return {}
    found: dict[str, dict[str, Path]] = {}
    for page in pages if isinstance(pages, list) else ():
        files = page.get("attachments") if isinstance(page, dict) else None
        if isinstance(files, dict):
            found[str(page.get("file"))] = {
                name: folder / path for name, path in files.items() if isinstance(path, str) and _is_inside(path)
            }
    return found


def _is_inside(path: str) -> bool:
    """Whether a path stays in the folder it starts from."""
    return not os.path.isabs(path) and ".." not in Path(path).parts
