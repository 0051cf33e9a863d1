"""One table of a recipe → values of the kind that is asked for; anything else is refused by file, key and reason."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal
from urllib.parse import urljoin

import soupsieve

from tender_tracker.address import address
from tender_tracker.errors import SourceFailed, UsageError
from tender_tracker.patterns.backtrack import LIMIT, steps
from tender_tracker.sources.pick import EPOCH, ITSELF, Pick

Form = Literal["html", "json"]
PLACEHOLDERS = ("page", "offset", "since", "until", "keyword")
UNITS = ("元", "千元", "万元", "百万元", "亿元")
_HOLE = re.compile(r"\{(\w+)\}")
_MISSING = object()


@dataclass(frozen=True, slots=True)
class Asking:
    """How something is asked for: an address, and a form or a JSON body that makes it a POST."""

    urls: tuple[str, ...]
    form: MappingProxyType[str, str] | None = None
    json: MappingProxyType[str, Any] | None = None

    def has(self, hole: str) -> bool:
        return f"{{{hole}}}" in repr((self.urls, self.form, self.json))


class Table:
    """What is asked for is taken out, so that `end` finds what nobody knows. All raise UsageError."""

    def __init__(self, file: str, prefix: str, body: Any, form: Form = "html") -> None:
        self.file, self.prefix, self.format = file, prefix, form
        if not isinstance(body, dict):
            raise UsageError(f"{file}: {prefix.rstrip('.')}: must be a table [{prefix.rstrip('.')}]")
        self.body = dict(body)
        self.known: list[str] = []

    def wrong(self, key: str, reason: str) -> UsageError:
        return UsageError(f"{self.file}: {self.prefix}{key}: {reason}")

    def take(self, key: str, default: Any = _MISSING) -> Any:
        self.known.append(key)
        found = self.body.pop(key, default)
        if found is _MISSING:
            raise self.wrong(key, "is missing")
        return found

    def end(self) -> None:
        for key in self.body:
            raise self.wrong(key, f"unknown key; known: {', '.join(sorted(self.known))}")

    def table(self, key: str, default: Any = _MISSING) -> Table:
        return Table(self.file, f"{self.prefix}{key}.", self.take(key, default), self.format)

    def text(self, key: str, default: Any = _MISSING) -> str:
        found = self.take(key, default)
        if not isinstance(found, str) or not found.strip():
            raise self.wrong(key, f"must be a text, not {found!r}")
        return found

    def optional_text(self, key: str) -> str | None:
        return self.text(key) if key in self.body else self.take(key, None)

    def texts(self, key: str, default: Any = _MISSING) -> list[str]:
        found = self.take(key, default)
        if not isinstance(found, list) or not found or not all(isinstance(word, str) and word for word in found):
            raise self.wrong(key, f"must be a list of texts, not {found!r}")
        return found

    def hosts(self, key: str, default: str) -> tuple[str, ...]:
        """Hosts with their port where that is not the usual one."""
        found = self.texts(key, [default])
        for host in found:
            try:
                known = address(f"https://{host}/").place == host or address(f"http://{host}/").place == host
            except SourceFailed:
                known = False
            if not known:
                raise self.wrong(key, f"{host!r} is no host; write it as in www.a.example or www.a.example:8080")
        return tuple(found)

    def number(self, key: str, default: float) -> float:
        found = self.take(key, default)
        if isinstance(found, bool) or not isinstance(found, (int, float)) or not 0 <= found <= 10_000:
            raise self.wrong(key, f"must be a number from 0 to 10000, not {found!r}")
        return float(found)

    def match(self, key: str, pattern: re.Pattern[str], what: str, default: Any = _MISSING) -> str:
        found = self.text(key, default)
        if not pattern.fullmatch(found):
            raise self.wrong(key, f"must be {what}, not {found!r}")
        return found

    def encoding(self, key: str) -> str | None:
        """The name of a text encoding."""
        name = self.optional_text(key)
        try:
            "".encode(name or "utf-8")
        except LookupError as error:
            raise self.wrong(key, f"no encoding is called {name!r}; often gb18030 or big5") from error
        return name

    def form(self) -> Form:
        found = self.text("format", "html")
        if found not in ("html", "json"):
            raise self.wrong("format", f"must be html or json, not {found!r}")
        self.format = "json" if found == "json" else "html"
        return self.format

    def url(self, key: str, base: str | None) -> str:
        found = self.text(key)
        try:
            address(found if base is None else urljoin(base, found))
        except SourceFailed as error:
            raise self.wrong(key, str(error)) from error
        return found

    def asking(self, urls: tuple[str, ...], holes: tuple[str, ...] = PLACEHOLDERS) -> Asking:
        """`url(s)` already taken, with `form` or `json`."""
        form, json = self.take("form", None), self.take("json", None)
        if form is not None and json is not None:
            raise self.wrong("json", "a request has a form or a JSON body, not both")
        for key, table in (("form", form), ("json", json)):
            if table is not None and not isinstance(table, dict):
                raise self.wrong(key, "must be a table")
        if form is not None and not all(isinstance(value, str) for value in form.values()):
            raise self.wrong("form", 'all values must be texts: pageNo = "{page}"')
        asking = Asking(urls, _frozen(form), _frozen(json))
        for hole in _HOLE.findall(repr((urls, form, json))):
            if hole not in holes:
                raise self.wrong("urls", f"unknown placeholder {{{hole}}}; known: {', '.join(holes)}")
        return asking

    def pattern(self, key: str, bound: int = 10 * LIMIT) -> re.Pattern[str] | None:
        """A regular expression that is done in fewer steps than `bound` at one place of a text."""
        found = self.optional_text(key)
        if found is None:
            return None
        try:
            compiled = re.compile(found)
        except re.error as error:
            raise self.wrong(key, f"bad pattern {found!r}: {error}") from error
        if steps(found) >= bound:
            raise self.wrong(key, f"pattern {found!r} can take {bound} steps at one place; bound its repeats: {{1,40}}")
        return compiled

    def need(self, key: str) -> Pick:
        pick = self.pick(key)
        if pick is None:
            raise self.wrong(key, "is missing")
        return pick

    def pick(self, key: str) -> Pick | None:
        """A selector alone, or a table of selector, attribute, pattern, format, unit and optional."""
        found = self.take(key, None)
        if found is None:
            return None
        said = Table(self.file, f"{self.prefix}{key}.", {"select": found} if isinstance(found, str) else found)
        select = said.optional_text("select")
        pattern = said.pattern("pattern", 10 * LIMIT if select is not None else LIMIT)  # a whole page is long
        attribute, form, unit = (said.optional_text(name) for name in ("attribute", "format", "unit"))
        optional = said.take("optional", False)
        said.end()
        if select is None and pattern is None:
            raise self.wrong(key, "needs a selector or a pattern")
        if select is not None:
            self._check(key, select)
        if not isinstance(optional, bool):
            raise said.wrong("optional", f"must be true or false, not {optional!r}")
        if unit is not None and unit not in UNITS:
            raise said.wrong("unit", f"must be one of {', '.join(UNITS)}, not {unit!r}")
        if form is not None and form not in EPOCH and not re.search("%[Yy]", form):
            raise said.wrong("format", f"a date needs its year (%Y), or one of {', '.join(EPOCH)}; not {form!r}")
        return Pick(self.prefix + key, select, attribute, pattern, form, unit, optional)

    def _check(self, key: str, select: str) -> None:
        if self.format == "json":
            if not select.startswith("/"):
                raise self.wrong(key, f"{select!r} is no JSON pointer: it begins with /, as in /data/rows")
            return
        try:
            soupsieve.compile(select if select != ITSELF else "*")
        except (soupsieve.SelectorSyntaxError, NotImplementedError) as error:
            reason = str(error).split("\n", 1)[0]
            raise self.wrong(key, f"bad selector {select!r}: {reason}") from error


def _frozen(table: Mapping[str, Any] | None) -> MappingProxyType[str, Any] | None:
    return MappingProxyType(dict(table)) if table is not None else None
