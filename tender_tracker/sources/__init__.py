"""The registry of sources: one module per site, and `plain` for pages of sites nobody wrote a module for."""

from __future__ import annotations

from importlib import import_module
from typing import cast

from tender_tracker.errors import UsageError
from tender_tracker.model import Page, Source

_SITES = ("ccgp", "ningbo")
"""Sites that can be fetched, in the order they are asked whether a page is theirs."""
_ALL = (*_SITES, "plain")


def names() -> list[str]:
    """Names of the sources that can be fetched live."""
    return list(_SITES)


def load(name: str) -> Source:
    """The module of a source. Raises UsageError for a name that is none, naming those there are."""
    if name not in _ALL:
        raise UsageError(f"no source is called {name!r}; there are: {', '.join(_ALL)}")
    return cast(Source, import_module(f"{__name__}.{name}"))


def recognise(page: Page) -> Source:
    """The source a page belongs to: the one the manifest or the fetch named, else by template or address."""
    if page.source is not None:
        return load(page.source)
    for name in _SITES:
        source = load(name)
        if source.recognises(page):
            return source
    return load("plain")
