"""The registry of sources: one module per site, `ocds` for many, and `plain` for pages of other sites."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import cast

from tender_tracker.errors import UsageError
from tender_tracker.model import Page, Source

_SITES = ("ccgp", "ningbo", "zcy", "ggzy", "shandong", "epoint", "operators", "cebpub")
"""Sites that can be fetched, in the order they are asked whether a page is theirs."""
_WORLD = ("ocds", "ted", "sam", "worldbank", "prozorro")
"""Sources outside China; those of `ocds` are its publishers, `ocds:uk_fts`. Asked when they are named."""
_ALL = (*_SITES, *_WORLD, "plain")
_files: tuple[Path, ...] = ()


def use(recipes: Iterable[Path]) -> None:
    """From now on the files of these recipes are sources, too; they are read when a source is first asked for."""
    global _files
    _files = tuple(recipes)


def _recipes() -> Mapping[str, Source]:
    """The sources that the user's recipes make. Raises UsageError for a bad recipe, or a name that is taken."""
    if not _files:
        return {}
    from tender_tracker.sources import recipe_shelf

    return cast(Mapping[str, Source], recipe_shelf.own(_files, _ALL))


def names() -> list[str]:
    """Names of the sources that are fetched when none is named."""
    return [*_SITES, *_recipes()]


def known() -> list[str]:
    """Names of all sources that can be fetched live."""
    from tender_tracker.sources import ocds

    return [*_SITES, *ocds.names(), *_WORLD[1:], *_recipes()]


def abroad() -> tuple[str, ...]:
    """Names of the sources outside China but the publishers of `ocds`: asked when named or configured."""
    return _WORLD[1:]


def load(name: str) -> Source:
    """The module of a source. Raises UsageError for a name that is none, naming those there are."""
    if name.partition(":")[0] == "ocds":
        from tender_tracker.sources import ocds

        return cast(Source, ocds.load(name))
    own = _recipes()
    if name in own:
        return own[name]
    if name not in _ALL:
        return _shipped(name)
    return _module(name)


@cache
def _module(name: str) -> Source:
    return cast(Source, import_module(f"{__name__}.{name}"))


def recognise(page: Page) -> Source:
    """The source a page belongs to: the one the manifest or the fetch named, else by template or address."""
    if page.source is not None:
        return load(page.source)
    for source in _recipes().values():
        if source.recognises(page):
            return source
    for name in (*_SITES, *_WORLD):
        source = _module(name)
        if source.recognises(page):
            return _publisher(page) if name == "ocds" else source
    return load("plain")


def _shipped(name: str) -> Source:
    """A recipe that comes with the program: a template, on a host that does not exist."""
    from tender_tracker.sources import recipe_shelf

    if name not in recipe_shelf.shipped():
        raise UsageError(f"no source is called {name!r}; there are: {', '.join((*_ALL, *_recipes()))}")
    return cast(Source, recipe_shelf.load_shipped(name))


def _publisher(page: Page) -> Source:
    from tender_tracker.sources import ocds

    return cast(Source, ocds.of(page))
