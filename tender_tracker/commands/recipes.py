"""Commands about recipes: try one on saved pages or the live site, print a shipped one to copy."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from tender_tracker.commands.call import Call, Json, clock, of
from tender_tracker.errors import PageChanged, UsageError

if TYPE_CHECKING:
    from tender_tracker.model import Page
    from tender_tracker.recipe_trial import Finding
    from tender_tracker.sources.recipe import RecipeSource

NOTICES = 2
"""Notice pages that a live trial asks for."""


def register(sources: typer.Typer) -> None:
    sources.command("test", epilog="Example:  tenders sources test mine.toml --saved list.html --saved notice.html")(
        test
    )
    sources.command("recipe", epilog="Example:  tenders sources recipe vsb > mine.toml")(recipe)


def test(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A recipe.")],
    saved: Annotated[list[Path] | None, typer.Option(metavar="PAGE", help="A saved page; may be repeated.")] = None,
    live: Annotated[bool, typer.Option("--live", help="Ask the site: a list and two notices.")] = False,
    role: Annotated[
        Literal["list", "notice"] | None, typer.Option("--as", help="What the saved pages are, where that is unclear.")
    ] = None,
    json: Json = False,
) -> None:
    """Try a recipe on pages: what every selector finds (exit 4: one found nothing)."""
    from tender_tracker.sources import recipe_shelf

    call, source = of(context), recipe_shelf.load(file)
    if saved and live:
        raise UsageError("sources test: --saved or --live, not both")
    if not saved and not live:
        call.tell(call.say("recipe.fine", file=file, name=source.SITE.name, hosts=", ".join(source.SITE.hosts)))
        return
    found = tuple(_of_site(call, source) if live else _of_pages(source, saved or [], role))
    _put(call, found, json)
    failed = [finding for finding in found if finding.state == "failed"]
    if failed:
        told = "; ".join(dict.fromkeys(f"{finding.key} ({finding.selector})" for finding in failed))
        raise PageChanged(f"{file}: found nothing, or nothing usable: {told}; mend the recipe and try again")
    call.tell(call.say("recipe.found", n=len(found)))


def _of_pages(source: "RecipeSource", paths: list[Path], role: str | None) -> "Iterator[Finding]":
    """Raises PageRefused or PageBroken for a page that no recipe could read."""
    from tender_tracker import recipe_trial
    from tender_tracker.pages.decode import decode
    from tender_tracker.pages.readable import Unreadable
    from tender_tracker.pages.saved import pages

    for page in pages(paths, clock()):
        if isinstance(page, Unreadable):
            raise page.error
        own = Path(page.file or "")
        if source.SITE.encoding and own.suffix in (".html", ".htm", ".json") and own.is_file():
            page = replace(page, text=decode(own.read_bytes(), source.SITE.encoding))
        recipe_trial.check(page)
        yield from recipe_trial.of_page(source, page, role)


def _of_site(call: Call, source: "RecipeSource") -> "Iterator[Finding]":
    """The first list of the site and the first notices on it, asked for as politely as by a fetch."""
    from tender_tracker import recipe_trial
    from tender_tracker.model import Request, SourceSettings, Window
    from tender_tracker.web.crawl import site_of
    from tender_tracker.web.fetch import Fetcher, FetchSettings

    settings = call.settings
    own = settings.sources.get(source.SITE.name, SourceSettings())
    site = site_of(source.SITE, own, settings.delay)
    with Fetcher(FetchSettings(settings.contact, settings.delay, settings.allow_private), clock) as fetcher:
        request, *_ = source.starts(own, Window())
        page: Page = fetcher.get(request, site)
        yield from recipe_trial.of_list(source, page, request)
        try:
            links = source.listing(page, request, own).links
        except PageChanged:
            return  # of_list has told
        for link in links[:NOTICES]:
            page = fetcher.get(link.request or Request(link.url), site)
            yield from recipe_trial.of_notice(source, replace(page, url=link.url))


def _put(call: Call, found: "tuple[Finding, ...]", json: bool) -> None:
    from tender_tracker.reporting.table import Column, Table

    marks = {"ok": "ok", "absent": "-", "failed": "!!"}
    styles = {"ok": "green", "absent": "", "failed": "bold red"}
    columns = (
        Column("state", call.say("head.state"), lambda row: marks[row.state], style=lambda row: styles[row.state]),
        Column("page", call.say("head.file"), lambda row: row.page.rsplit("/", 1)[-1] or row.page, spare=True),
        Column("key", call.say("head.key"), lambda row: row.key),
        Column("count", call.say("head.found"), lambda row: str(row.count), right=True),
        Column("sample", call.say("head.value"), lambda row: call.told(row.sample)[:80]),
        Column("selector", call.say("head.selector"), lambda row: row.selector, spare=True),
    )
    call.put_table(Table(columns, found), json)


def recipe(
    context: typer.Context,
    name: Annotated[str | None, typer.Argument(metavar="[NAME]", help="Default: list them.")] = None,
) -> None:
    """Print a shipped recipe, to be copied and filled in."""
    from tender_tracker.sources import recipe_shelf

    call = of(context)
    if name is not None:
        call.put(recipe_shelf.template(name))
        return
    for known in recipe_shelf.shipped():
        call.put(f"{known}\t{recipe_shelf.load_shipped(known).SITE.title}\n")
