"""A Page → Markdown in which nothing of a notice comes alive: no link but ours, no image, HTML, heading or table."""

from __future__ import annotations

from collections.abc import Iterator

from tender_tracker.messages import say
from tender_tracker.reporting.clean import markdown as literal
from tender_tracker.reporting.page import Card, Grid, Line, Page, Part, web_address


def markdown(page: Page) -> str:
    return "\n".join(_lines(page)) + "\n"


def _lines(page: Page) -> Iterator[str]:
    yield f"# {literal(page.title)}"
    yield ""
    yield "  \n".join(literal(text) for text in page.lead)
    for section in page.sections:
        count = "" if section.count is None else f" · {section.count}"
        yield f"\n## {literal(section.heading)}{count}\n"
        for part in section.parts:
            yield from _part(part, page.lang)


def _part(part: Part, lang: str) -> Iterator[str]:
    match part:
        case Line():
            yield f"- {_line(part, lang)}"
        case Card():
            marks = "".join(f" *{literal(mark)}*" for mark in part.marks)
            yield f"- **{literal(part.head)}**{marks}  "
            yield f"  {' · '.join([*map(literal, part.facts), *_link(part.url, lang)])}"
            if part.quote:
                yield f"  > {literal(part.quote)}"
                yield ""
            yield from (f"  - {_line(line, lang)}" for line in part.below)
        case Grid():
            yield "| " + " | ".join(map(literal, part.headings)) + " |"
            yield "|" + "|".join(" --- " if k < part.words else " ---: " for k in range(len(part.headings))) + "|"
            yield from ("| " + " | ".join(map(literal, row)) + " |" for row in part.rows)
            yield ""


def _line(line: Line, lang: str) -> str:
    text = f"**{literal(line.text)}**" if line.tone == "warn" else literal(line.text)
    return " ".join([text, *_link(line.url, lang)])


def _link(url: str | None, lang: str) -> list[str]:
    address = web_address(url)
    return [f"[{say(lang, 'digest.link')}](<{address}>)"] if address else []
