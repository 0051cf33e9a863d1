"""A recipe and a page → what every selector found there: how one sees which of them to mend."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from tender_tracker import parse
from tender_tracker.errors import PageChanged, PageRefused
from tender_tracker.model import Page, Request, SourceSettings
from tender_tracker.sources import pick
from tender_tracker.sources.pick import Pick
from tender_tracker.sources.recipe import RecipeSource, read


@dataclass(frozen=True, slots=True)
class Finding:
    """One selector on one page; `count` is how many elements, or how many of the items, it found something in."""

    page: str
    key: str
    selector: str
    count: int
    sample: str
    state: Literal["ok", "absent", "failed"] = "ok"
    """`absent` is nothing where nothing is allowed."""


def of_list(source: RecipeSource, page: Page, request: Request) -> Iterator[Finding]:
    """What a list page gives; ends with the links and the next page as the source reads them."""
    part, where = source.recipe.list, page.file or page.url or ""
    root = read(page, part.format)
    items = pick.elements(root, part.items)
    yield _finding(where, part.items, [""] * len(items), len(items) or 1)
    for chosen in (part.link, part.title, part.date):
        if chosen is not None and items:
            yield _finding(where, chosen, [pick.value(item, chosen) for item in items], len(items))
    for chosen in (part.pages, part.total):
        if chosen is not None:
            yield _finding(where, chosen, [pick.value(root, chosen)])
    if part.next is not None:
        yield _finding(where, part.next, [pick.value(root, part.next)], must=False)
    try:
        listing = source.listing(page, request, SourceSettings())
    except PageChanged as error:
        yield Finding(where, "list", "all of it", 0, str(error), "failed")
        return
    first = listing.links[0].url if listing.links else ""
    yield Finding(where, "= links", "", len(listing.links), first)
    following = listing.next.url if listing.next else "no further page"
    yield Finding(where, "= next page", "", int(listing.next is not None), following)


def of_notice(source: RecipeSource, page: Page) -> Iterator[Finding]:
    """What a notice page gives; ends with the fields of the notice, also those that were read from its text."""
    part, where = source.recipe.notice, page.file or page.url or ""
    root = read(page, part.format)
    for chosen in (part.title, part.published, part.column, part.body, *(chosen for _, chosen in part.fields)):
        if chosen is not None:
            yield _finding(where, chosen, [pick.value(root, chosen)])
    if part.attachments is not None:
        yield _finding(where, part.attachments, [pick.value(root, part.attachments)], must=False)
    try:
        (notice,) = source.notices(page)
    except PageChanged as error:
        yield Finding(where, "notice", "all of it", 0, str(error), "failed")
        return
    for key, said in parse.record(notice).items():
        if key not in ("file", "outcome", "source", "url", "lots"):
            text = _shown(said)
            yield Finding(where, f"= {key}", "", int(bool(text)), text, "ok" if text else "absent")
    yield Finding(where, "= text", "", len(notice.text), notice.text)


def of_page(source: RecipeSource, page: Page, role: str | None = None) -> Iterator[Finding]:
    """A page as the list or the notice that it is; one that shows neither items nor a body fails on both."""
    part, where = source.recipe, page.file or page.url or ""
    if role is None and page.media == part.list.format == part.notice.format and not source.has_address_of_list(page):
        root = read(page, part.list.format)
        if not pick.elements(root, part.list.items) and not pick.elements(root, part.notice.body):
            yield _finding(where, part.list.items, [])
            yield _finding(where, part.notice.body, [])
            return
    if role == "list" or (role is None and source.is_list(page)):
        yield from of_list(source, page, Request(page.url or source.SITE.home))
    else:
        yield from of_notice(source, page)


def check(page: Page) -> None:
    """Raises PageRefused or PageBroken for a page no recipe could read: blocked, a challenge, cut off."""
    from tender_tracker.pages import judge

    try:
        judge.check(page)
    except PageRefused as refusal:
        if refusal.reason != "not_a_notice":
            raise


def _finding(where: str, chosen: Pick, found: list[str | None], of: int = 1, must: bool = True) -> Finding:
    got = [text for text in found if text is not None]
    enough = len(got) == of
    free = chosen.optional or not must
    state: Any = "ok" if enough else "absent" if free else "failed"
    return Finding(where, chosen.key, str(chosen), len(got), next(iter(got), ""), state)


def _shown(said: object) -> str:
    if isinstance(said, list):
        return ", ".join(str(part["name"]) if isinstance(part, dict) else str(part) for part in said)
    return "" if said is None else str(said)
