"""A TOML file of portals that run the same software → the portals one source reads."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from importlib import resources
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit

from tender_tracker.errors import UsageError
from tender_tracker.model import SourceSettings


@dataclass(frozen=True, slots=True)
class Portal:
    """One site of a family. `code` is its word in `columns`; `more` is what only its family asks for."""

    code: str
    title: str
    region: str
    home: str
    """Origin without a slash at its end."""
    categories: tuple[str, ...]
    more: Mapping[str, Any]

    @property
    def place(self) -> str:
        return urlsplit(self.home).netloc


def load(family: str) -> tuple[Portal, ...]:
    """The portals of `family`.toml beside this file: `[common]` values, overridden by each `[[portal]]`."""
    said = tomllib.loads(resources.files(__package__).joinpath(f"{family}.toml").read_text("utf-8"))
    common = said.get("common", {})
    return tuple(_portal({**common, **entry}) for entry in said["portal"])


def _portal(said: dict[str, Any]) -> Portal:
    named = {name: said.pop(name) for name in ("code", "title", "region", "home")}
    return Portal(**named, categories=tuple(said.pop("categories")), more=MappingProxyType(said))


def chosen(name: str, portals: Iterable[Portal], settings: SourceSettings) -> Iterator[Portal]:
    """The portals to read, each with its categories: those named in `columns` (`gx`, or `gx/CATEGORY`), else all.

    A configured base_url stands in for the portal, without columns for the first one. Raises UsageError for a code
    that no portal has.
    """
    known = {portal.code: portal for portal in portals}
    columns = settings.columns or tuple(known)[: 1 if settings.base_url else None]
    for column in columns:
        code, _, category = column.partition("/")
        if code not in known:
            raise UsageError(f"sources.{name}.columns: no portal is called {code!r}; there are: {', '.join(known)}")
        portal = known[code]
        home = settings.base_url.rstrip("/") if settings.base_url else portal.home
        yield replace(portal, home=home, categories=(category,) if category else portal.categories)


def at(url: str | None, portals: Iterable[Portal]) -> Portal | None:
    """The portal an address lies on."""
    where = urlsplit(url or "").netloc
    return next((portal for portal in portals if portal.place == where), None)


def origin(url: str) -> str:
    """https://a.example/b?c → https://a.example"""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
