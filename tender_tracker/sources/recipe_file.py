"""A recipe file (TOML) → the checked Recipe: every key known, every selector, pattern and address readable."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from tender_tracker.errors import UsageError
from tender_tracker.model import Site
from tender_tracker.sources.pick import Pick
from tender_tracker.sources.recipe_table import Asking, Form, Table

FIELDS = ("project_no", "project_name", "buyer", "agency", "region", "deadline", "budget", "award")
"""Fields of a notice a recipe may name; those it does not are read from the text."""
_NAME = re.compile(r"[a-z][a-z0-9_]{1,39}")
SPARSE = ("kind", "published", "buyer")
"""Fields whose share among a source's notices `doctor` looks at, and a site may rightly lack."""


@dataclass(frozen=True, slots=True)
class ListPart:
    asking: Asking
    format: Form
    items: Pick
    link: Pick
    title: Pick
    link_url: str | None
    """The address people read a notice at, where the link is only a number: /detail?id={link}."""
    date: Pick | None
    empty: Pick | None
    """What a page says that rightly has no items."""
    next: Pick | None
    page_url: str | None
    """Address of the second and further pages, with {page} and perhaps {stem}."""
    first_page: int
    size: int | None
    pages: Pick | None
    total: Pick | None
    day: str
    """How {since} and {until} are written."""


@dataclass(frozen=True, slots=True)
class NoticePart:
    asking: Asking | None
    """How the text is asked for, where that is not a GET of the link."""
    format: Form
    title: Pick
    body: Pick
    published: Pick | None
    column: Pick | None
    attachments: Pick | None
    id: re.Pattern[str] | None
    fields: tuple[tuple[str, Pick], ...]


@dataclass(frozen=True, slots=True)
class Recipe:
    file: str
    site: Site
    zone: ZoneInfo
    language: str
    list: ListPart
    notice: NoticePart


def read(file: str, text: str) -> Recipe:
    """Raises UsageError naming file, key and reason for whatever cannot be used."""
    try:
        said = Table(file, "", tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{file}: not TOML: {error}") from error
    home = said.url("home", None)
    hosts = said.hosts("hosts", urlsplit(home).netloc)
    name = said.match("name", _NAME, "small letters, digits and _, beginning with a letter")
    zone = said.text("timezone", "Asia/Shanghai")
    try:
        where = ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise said.wrong("timezone", f"no time zone is called {zone!r}") from error
    encoding = said.encoding("encoding")
    country = said.match("country", re.compile("[A-Z]{2}"), "two capital letters such as CN", "CN")
    language = said.match("language", re.compile("[a-z]{2,3}"), "two or three small letters such as zh", "zh")
    sparse = tuple(said.texts("sparse")) if "sparse" in said.body else said.take("sparse", ())
    for field in sparse:
        if field not in SPARSE:
            raise said.wrong("sparse", f"{field!r} is none of {', '.join(SPARSE)}")
    site = Site(name, said.text("title"), home, hosts, country, said.number("delay", 2.0), encoding, sparse)
    recipe = Recipe(file, site, where, language, _list(said.table("list"), home), _notice(said.table("notice"), home))
    said.end()
    return recipe


def _list(said: Table, home: str) -> ListPart:
    urls = tuple(urljoin(home, url) for url in said.texts("urls"))
    part = ListPart(
        asking=said.asking(urls), format=said.form(), items=said.need("items"), link=said.need("link"),
        title=said.need("title"), link_url=said.optional_text("link_url"), date=said.pick("date"),
        empty=said.pick("empty"), next=said.pick("next"), page_url=said.optional_text("page_url"),
        first_page=int(said.number("first_page", 1)), size=int(said.number("size", 0)) or None,
        pages=said.pick("pages"), total=said.pick("total"), day=said.text("day", "%Y-%m-%d"),
    )  # fmt: skip
    if part.link_url and "{link}" not in part.link_url:
        raise said.wrong("link_url", "must say where the link goes: {link}")
    if part.page_url and "{page}" not in part.page_url:
        raise said.wrong("page_url", "must say where the number of the page goes: {page}")
    counts = part.page_url is not None or part.asking.has("page") or part.asking.has("offset")
    if counts and not (part.pages or part.total or part.size):
        raise said.wrong("pages", "is missing: name pages, total or size, so that the last page is known")
    if part.size is None and (part.asking.has("offset") or (counts and part.total and not part.pages)):
        raise said.wrong("size", "is missing: {offset} and total need the number of items on a page")
    said.end()
    return part


def _notice(said: Table, home: str) -> NoticePart:
    url = said.optional_text("url")
    asking = said.asking((urljoin(home, url),), ("link",)) if url else None
    form = said.form()
    fields = said.table("fields", {})
    named = tuple((field, pick) for field in FIELDS if (pick := fields.pick(field)))
    fields.end()
    part = NoticePart(
        asking=asking, format=form, title=said.need("title"), body=said.need("body"), published=said.pick("published"),
        column=said.pick("column"), attachments=said.pick("attachments"), id=said.pattern("id"), fields=named,
    )  # fmt: skip
    said.end()
    return part
