"""A recipe (TOML) → a source like any other: selectors for a list page and a notice page in place of a module.

Every selector it names has to find something, or the page has changed; `optional = true` lets one be absent.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from bs4 import BeautifulSoup

from tender_tracker.errors import PageBroken, PageChanged, UsageError
from tender_tracker.model import Attachment, Link, Listing, Notice, Page, Request, Site, SourceSettings, Window
from tender_tracker.pages import amounts, attached, dates, fields
from tender_tracker.pages.html import block_text
from tender_tracker.pages.judge import place
from tender_tracker.sources import pick, reply
from tender_tracker.sources.pick import Pick
from tender_tracker.sources.recipe_file import Recipe
from tender_tracker.sources.recipe_paging import filled, fits, joined, moved, onward, same_path

_NOWHERE = re.compile(r"(?:#|javascript:\s*(?:void\b.*)?;?)?$", re.IGNORECASE | re.DOTALL)
_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class RecipeSource:
    """A source made of a recipe; the names are those of a source module."""

    recipe: Recipe

    @property
    def SITE(self) -> Site:
        return self.recipe.site

    def recognises(self, page: Page) -> bool:
        """By the host of its address: a recipe does not know templates."""
        return page.url is not None and urlsplit(page.url).netloc in self.recipe.site.hosts

    def is_list(self, page: Page) -> bool:
        """Whether a saved page is a list rather than a notice: by its address, else by what can be found on it."""
        if self.has_address_of_list(page):
            return True
        form = "json" if page.media == "json" else "html"
        found = [form == part.format for part in (self.recipe.list, self.recipe.notice)]
        if found[0] != found[1]:
            return found[0]
        root = read(page, form)
        return not pick.elements(root, self.recipe.notice.body) and bool(pick.elements(root, self.recipe.list.items))

    def has_address_of_list(self, page: Page) -> bool:
        return page.url is not None and any(fits(page.url, url) for url in self.recipe.list.asking.urls)

    def starts(self, settings: SourceSettings, window: Window) -> Iterator[Request]:
        """One list per address and keyword. Raises UsageError for settings that the recipe cannot follow."""
        part, name = self.recipe.list, self.recipe.site.name
        if settings.columns is not None:
            raise UsageError(f"sources.{name}.columns: a recipe names its lists itself, in list.urls; drop it")
        if settings.keywords and not part.asking.has("keyword"):
            raise UsageError(f"sources.{name}.keywords: {self.recipe.file} has no {{keyword}} to put them in")
        since, until = window.since, window.until - _SECOND if window.until else None
        span = {name: moment.astimezone(self.recipe.zone).strftime(part.day) if moment else ""
                for name, moment in (("since", since), ("until", until))}  # fmt: skip
        first = {"page": str(part.first_page), "offset": "0"}
        for url in part.asking.urls:
            for keyword in settings.keywords or ("",):
                request = filled(part.asking, url, {**span, **first, "keyword": keyword}, self.SITE.encoding)
                yield replace(request, url=moved(request.url, self.recipe.site.home, settings.base_url))

    def listing(self, page: Page, request: Request, settings: SourceSettings) -> Listing:
        """A list page → its links and the next page. Raises PageChanged for a selector that finds nothing."""
        part = self.recipe.list
        root = read(page, part.format)
        items = pick.elements(root, part.items)
        total = self._count(root, part.total, page)
        if not items:
            if (part.empty and pick.value(root, part.empty)) or (self._rows(root) == [] and not total):
                return Listing(total=total)
            turned = onward(self.recipe, request)
            if turned is None or turned.place == 1 or part.pages or part.total:
                raise self.changed(page, part.items)
            return Listing(total=total)
        links = tuple(self._link(item, page, request) for item in items)
        return Listing(links, (), self._next(root, page, request, len(items), total), total)

    def _rows(self, root: Any) -> Any:
        """The list of an answer as it is: an empty one is no missing one. None for a page."""
        part = self.recipe.list
        return pick.at(root, part.items.select or "") if part.format == "json" else None

    def _link(self, item: Any, page: Page, request: Request) -> Link:
        part, notice = self.recipe.list, self.recipe.notice
        link, title = self._need(item, part.link, page), self._need(item, part.title, page)
        when = self._when(item, part.date, page) if part.date else None
        url = joined(page.url or request.url, (part.link_url or "{link}").replace("{link}", link or ""))
        ask = None
        if notice.asking is not None:
            ask = filled(notice.asking, notice.asking.urls[0], {"link": link or ""})
            ask = replace(ask, url=moved(ask.url, self.recipe.site.home, request.url))
        return Link(url, title or "", when.moment if when else None, ask)

    def _next(self, root: Any, page: Page, request: Request, count: int, total: int | None) -> Request | None:
        """The page after this one, by its own link or by counting."""
        part = self.recipe.list
        if part.next is not None:
            href = pick.value(root, part.next)
            if href is None and total is not None and total > count and self._is_first(request):
                raise self.changed(page, part.next, f"finds nothing, but {count} of {total} notices are on this page")
            url = None if href is None or _NOWHERE.match(href) else joined(page.url or request.url, href)
            return None if url is None or url == (page.url or request.url) else Request(url)
        turned = onward(self.recipe, request)
        if turned is None:
            return None
        pages = self._count(root, part.pages, page)
        if pages is None and total is not None and part.size:
            pages = -(-total // part.size)
            if turned.place < pages and count < part.size:
                why = f"finds {count} of {total} notices on page {turned.place}, where list.size says {part.size}"
                raise self.changed(page, part.items, why)
        more = turned.place < pages if pages is not None else count >= (part.size or count + 1)
        return turned.request if more else None

    def _is_first(self, request: Request) -> bool:
        return any(same_path(request.url, url) for url in self.recipe.list.asking.urls)

    def _count(self, root: Any, chosen: Pick | None, page: Page) -> int | None:
        """The last number that stands there: 1/67 and 共67页 are 67 pages."""
        said = self._need(root, chosen, page) if chosen else None
        if chosen is None or said is None:
            return None
        numbers = re.findall(r"\d+", said.replace(",", ""))
        if not numbers:
            raise self.changed(page, chosen, f"finds {said[:60]!r}, which is no number")
        return int(numbers[-1])

    def notices(self, page: Page) -> list[Notice]:
        """A notice page → its one notice. Raises PageChanged for a selector that finds nothing."""
        part, site = self.recipe.notice, self.recipe.site
        root = read(page, part.format)
        title = self._need(root, part.title, page) or ""
        files = self._attachments(root, page)
        body = pick.source(root, part.body)
        text = block_text(body or "") or (title if files else "")
        if body is None or not text:
            raise self.changed(page, part.body, "finds nothing" if body is None else "finds an element without text")
        column = self._need(root, part.column, page) if part.column else None
        found = replace(fields.read(text, title, column or ""), **self._named(root, page))
        when = self._when(root, part.published, page) if part.published else None
        files = files or attached.linked(body, page.url or "") or found.attachments
        found = replace(found, title=title or found.title, published=when or found.published, attachments=files)
        number = part.id.search(page.url) if part.id and page.url else None
        name = number.group(number.re.groups and 1) if number else reply.identity(page.url or (title, text))
        notice = found.notice(site.name, name, text, page)
        return [replace(notice, country=site.country, language=self.recipe.language)]

    def _named(self, root: Any, page: Page) -> dict[str, Any]:
        """The fields the recipe names; one that is optional and absent is left to the text."""
        named: dict[str, Any] = {}
        for field, chosen in self.recipe.notice.fields:
            said = self._need(root, chosen, page)
            if said is None:
                continue
            if field in ("budget", "award"):
                named[field] = amounts.parse(said, chosen.unit)
                if named[field] is None:
                    raise self.changed(page, chosen, f"finds {said[:60]!r}, which is no amount (name its unit?)")
            elif field == "deadline":
                when = self._when(root, chosen, page)
                named[field] = when.closing if when else None
            else:
                named[field] = said
        return named

    def _attachments(self, root: Any, page: Page) -> tuple[Attachment, ...]:
        """Files at the place the recipe names; a notice may have none."""
        chosen = self.recipe.notice.attachments
        if chosen is None or self.recipe.notice.format == "json":
            return ()
        own = replace(chosen, select=pick.ITSELF, attribute=chosen.attribute or "href")
        files: dict[str, Attachment] = {}
        for element in pick.elements(root, chosen):
            href = pick.value(element, own)
            name = " ".join(str(element.get("title") or block_text(str(element))).split()) or (href or "")
            address = None if href is None or _NOWHERE.match(href) else joined(page.url or "", href)
            files.setdefault(name, Attachment(name, address))
        return tuple(files.values())

    def _need(self, root: Any, chosen: Pick, page: Page) -> str | None:
        """The value that has to stand there; None only where it is optional."""
        said = pick.value(root, chosen)
        if said is None and not chosen.optional:
            raise self.changed(page, chosen)
        return said

    def _when(self, root: Any, chosen: Pick, page: Page) -> dates.When | None:
        said = self._need(root, chosen, page)
        when = pick.when(said, chosen, self.recipe.zone) if said is not None else None
        if said is not None and when is None:
            raise self.changed(page, chosen, f"finds {said[:60]!r}, which is no date")
        return when

    def changed(self, page: Page, chosen: Pick, why: str = "finds nothing") -> PageChanged:
        """Names the recipe, the key, the selector and the page."""
        recipe = f"recipe {self.recipe.site.name}: {chosen.key} ({chosen})"
        return PageChanged(f"{place(page)}: {recipe} {why}: mend the recipe, or write `optional = true` beside it")


def read(page: Page, form: str) -> Any:
    """A page as its picks want it. Raises PageBroken for JSON that is none."""
    if form == "html":
        return BeautifulSoup(page.text, "html.parser")
    try:
        return json.loads(page.text)
    except (ValueError, RecursionError) as error:
        raise PageBroken(f'{place(page)}: not JSON ({error}), but the recipe says format = "json"') from error
