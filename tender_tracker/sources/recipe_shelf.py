"""Where recipes lie → the sources they make: those that come with the program, and files of the user."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import cache, lru_cache
from importlib import resources
from pathlib import Path
from typing import Any

from tender_tracker.errors import UsageError
from tender_tracker.sources import recipe_file
from tender_tracker.sources.recipe import RecipeSource


def load(path: Path) -> RecipeSource:
    """A recipe of the user. Raises UsageError for a file that cannot be read or used."""
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8 text"
        raise UsageError(f"{path}: {reason}; give a recipe (TOML)") from error
    return RecipeSource(recipe_file.read(str(path), text))


@lru_cache(maxsize=256)
def _loaded(path: Path, changed_at: int) -> RecipeSource:
    return load(path)


def own(paths: Sequence[Path], taken: Collection[str]) -> dict[str, RecipeSource]:
    """The user's recipes by name. Raises UsageError for a bad one, and for a name that another source has."""
    found: dict[str, RecipeSource] = {}
    for path in paths:
        source = _loaded(path, path.stat().st_mtime_ns if path.exists() else 0)
        name = source.SITE.name
        if name in taken or name in found:
            raise UsageError(f"{path}: name: a source is already called {name!r}; choose another")
        found[name] = source
    return found


def _shelf() -> Any:
    return resources.files("tender_tracker").joinpath("recipes")


def shipped() -> tuple[str, ...]:
    """Names of the recipes that come with the program: templates to copy, on hosts that do not exist."""
    return tuple(sorted(entry.name.removesuffix(".toml") for entry in _shelf().iterdir()))


def template(name: str) -> str:
    """The text of a shipped recipe. Raises UsageError for a name that is none."""
    if name not in shipped():
        raise UsageError(f"no recipe is called {name!r}; there are: {', '.join(shipped())}")
    return str(_shelf().joinpath(f"{name}.toml").read_text("utf-8"))


@cache
def load_shipped(name: str) -> RecipeSource:
    return RecipeSource(recipe_file.read(f"recipes/{name}.toml", template(name)))
