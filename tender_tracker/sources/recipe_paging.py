"""A list request of a recipe → the request for the page after it: the number is read from the request itself."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

from tender_tracker.model import Request
from tender_tracker.sources.recipe_file import Recipe
from tender_tracker.sources.recipe_table import Asking

_HOLE = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Turned:
    place: int
    """Which page the request asked for, from 1."""
    request: Request
    """What asks for the next."""


def filled(asking: Asking, url: str, values: Mapping[str, str], encoding: str | None = None) -> Request:
    """The request with its placeholders filled; a JSON value that is one placeholder becomes a number if it can.

    `encoding` is that of the site, in which it reads the words of an address.
    """
    form = None if asking.form is None else {key: _put(text, values) for key, text in asking.form.items()}
    json = None if asking.json is None else {key: _deep(value, values) for key, value in asking.json.items()}
    address = _put(url, {name: quote(value, "", encoding, "replace") for name, value in values.items()})
    return Request(address, _frozen(json), _frozen(form))


def _put(text: str, values: Mapping[str, str]) -> str:
    return _HOLE.sub(lambda hole: values.get(hole.group(1), hole.group()), text)


def _deep(value: Any, values: Mapping[str, str]) -> Any:
    if isinstance(value, dict):
        return {key: _deep(inner, values) for key, inner in value.items()}
    if isinstance(value, list):
        return [_deep(inner, values) for inner in value]
    if not isinstance(value, str):
        return value
    text = _put(value, values)
    return int(text) if value in ("{page}", "{offset}") else text


def _frozen(table: dict[str, Any] | None) -> MappingProxyType[str, Any] | None:
    return None if table is None else MappingProxyType(table)


def onward(recipe: Recipe, request: Request) -> Turned | None:
    """Where a request stands in its list; None for a recipe that does not count, or a request that is none of it."""
    part = recipe.list
    if part.page_url is not None:
        return _by_page_url(recipe, request)
    for url in part.asking.urls:
        told: list[tuple[str, int]] = []
        step = {"page": 1, "offset": part.size or 1}
        address = _turned(_anywhere(url), _anywhere(request.url), step, told)
        form = _turned(part.asking.form, request.form, step, told)
        json = _turned(part.asking.json, request.json, step, told)
        if address is not None and told:
            name, number = told[0]
            place = number // step["offset"] + 1 if name == "offset" else number - part.first_page + 1
            origin = request.url[: len(request.url) - len(_anywhere(request.url))]
            return Turned(place, Request(origin + address, _frozen(json), _frozen(form)))
    return None


def _anywhere(url: str) -> str:
    """An address without its origin: a configured base_url stands in for the site."""
    return re.sub(r"^https?://[^/]*", "", url)


def _by_page_url(recipe: Recipe, request: Request) -> Turned | None:
    part, asked = recipe.list, _anywhere(request.url)
    for url in part.asking.urls:
        pattern = _anywhere(urljoin(url, (part.page_url or "").replace("{stem}", url.rsplit(".", 1)[0])))
        number = part.first_page if asked == _anywhere(url) else _number(pattern, asked)
        if number is not None:
            following = urljoin(request.url, pattern.replace("{page}", str(number + 1)))
            return Turned(number - part.first_page + 1, Request(following))
    return None


def _number(pattern: str, asked: str) -> int | None:
    found = re.fullmatch(re.escape(pattern).replace(r"\{page\}", r"(\d+)"), asked)
    return int(found.group(1)) if found else None


def _turned(template: Any, said: Any, step: Mapping[str, int], told: list[tuple[str, int]]) -> Any:
    """What was asked, one page on; `told` collects the numbers met. A text that does not fit its template is None."""
    if isinstance(template, Mapping) and isinstance(said, Mapping):
        return {key: _turned(template.get(key), value, step, told) for key, value in said.items()}
    if isinstance(template, list) and isinstance(said, list):
        return [_turned(inner, value, step, told) for inner, value in zip(template, said, strict=True)]
    if not isinstance(template, str) or not isinstance(said, (str, int)):
        return said
    parts = _HOLE.split(template)
    pattern = "".join(
        re.escape(part) if at % 2 == 0 else r"(\d+)" if part in step else "(.*?)" for at, part in enumerate(parts)
    )
    found = re.fullmatch(pattern, str(said), re.DOTALL)
    if found is None:
        return None
    values = list(found.groups())
    for at, name in enumerate(parts[1::2]):
        if name in step:
            told.append((name, int(values[at])))
            values[at] = str(int(values[at]) + step[name])
    text = "".join(part if at % 2 == 0 else values[at // 2] for at, part in enumerate(parts))
    return int(text) if isinstance(said, int) else text


def joined(base: str, href: str) -> str:
    """A link as an address; a malformed one is left as it is, and whoever asks for it will say so."""
    try:
        return urljoin(base, href.strip())
    except ValueError:
        return href


def moved(url: str, home: str, to: str | None) -> str:
    """An address of the site at another origin, which stands in for it; other addresses stay."""
    parts = urlsplit(url)
    if to is None or parts.netloc != urlsplit(home).netloc:
        return url
    return parts._replace(scheme=urlsplit(to).scheme, netloc=urlsplit(to).netloc).geturl()


def same_path(one: str, other: str) -> bool:
    return _anywhere(one) == _anywhere(other)


def fits(asked: str, template: str) -> bool:
    """Whether an address is a template with its placeholders filled."""
    parts = _HOLE.split(template)
    pattern = "".join(re.escape(part) if at % 2 == 0 else "[^&/]*" for at, part in enumerate(parts))
    return re.fullmatch(pattern, asked) is not None
