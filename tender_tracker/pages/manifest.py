"""The `pages.toml` of a folder → what it says of files that they do not say themselves: address, source, encoding."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any

from tender_tracker.errors import PageBroken
from tender_tracker.pages.readable import Unreadable

MANIFEST = "pages.toml"


def said(folder: Path) -> tuple[dict[str, dict[str, Any]], list[Unreadable]]:
    """What `pages.toml` says per file, and what is wrong with it."""
    path = folder / MANIFEST
    return _said(path, path.stat().st_mtime_ns) if path.is_file() else ({}, [])


@lru_cache(maxsize=4)
def _said(path: Path, changed_at: int) -> tuple[dict[str, dict[str, Any]], list[Unreadable]]:
    try:
        said = tomllib.loads(path.read_text("utf-8")).get("page", [])
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        message = f"{path}: not readable as TOML ({error}); mend it, its pages are read without it"
        return {}, [Unreadable(str(path), PageBroken(message))]
    return {str(page["file"]): page for page in said if isinstance(page, dict) and "file" in page}, []
