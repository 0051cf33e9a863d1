"""Markup and text of a notice → the files attached to it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from html import unescape
from urllib.parse import urljoin

from tender_tracker.model import Attachment
from tender_tracker.pages.html import attributes

_ENDING = (
    r"\.(?:docx?|rtf|pdf|xls[bmx]?|od[pst]|zip|rar|7z|wps|ofd|jpe?g|png|dwg|txt|pptx?|et|tiff?|gef|zbwj)(?![A-Za-z])"
)
_FILE = re.compile(r"[^\s|：:；;，,]+?" + _ENDING, re.IGNORECASE)
_ONE_FILE = re.compile(r"[^|：:；;]+?" + _ENDING + r"$", re.IGNORECASE)
_IS_FILE = re.compile(_ENDING, re.IGNORECASE)
_SIZE = re.compile(r"\s*\d+(?:\.\d+)?\s?[KMG]B?", re.IGNORECASE)
_ANCHOR = re.compile(r"<a\s([^>]*)>(.*?)</a>", re.DOTALL)
_TAG = re.compile(r"<[^>]+>")


def linked(html: str, base: str, by_id: str = "") -> tuple[Attachment, ...]:
    """Links to files in markup; `base` is the page's address, `by_id` what precedes the id of an `a.bizDownload`."""
    found: dict[str, Attachment] = {}
    for inside, label in _anchors(html):
        given = attributes(inside)
        name = " ".join(unescape(_TAG.sub("", label)).split())
        if name and (by_id and "bizDownload" in given.get("class", "")):
            found.setdefault(name, Attachment(name, by_id + given["id"] if given.get("id") else None))
        elif name and _leads_to_file(name, given.get("href", "")):
            found.setdefault(name, Attachment(name, _address(base, given.get("href", "").strip())))
    return tuple(found.values())


def _anchors(html: str) -> Iterator[tuple[str, str]]:
    """The inside of the start tag and the content of every link."""
    end, old = html.rfind("</a>"), html.rfind("</A>")
    if old >= 0:
        html = html.replace("</A>", "</a>")
    html = html[: max(end, old) + 4]
    if "<A" in html:
        html = html.replace("<A", "<a")
    at = html.find("<a")
    while at >= 0:
        anchor = _ANCHOR.match(html, at)
        if anchor:
            yield anchor[1], anchor[2]
        at = html.find("<a", anchor.end() if anchor else at + 2)


def _leads_to_file(name: str, href: str) -> bool:
    return bool(_IS_FILE.search(name) or (_IS_FILE.search(href) and not name.startswith("http")))


def _address(base: str, href: str) -> str | None:
    """The absolute address, or None for a link that leads nowhere by itself."""
    if not href or href.startswith("#") or href.lower().startswith("javascript"):
        return None
    try:
        return urljoin(base, href)
    except ValueError:
        return None


def printed(values: Iterable[str]) -> tuple[Attachment, ...]:
    """File names behind the labels of files (附件); sizes that touch them (…doc430.7K) are taken off."""
    found: list[str] = []
    for value in values:
        rest = value.strip()
        if _ONE_FILE.match(rest) and len(_IS_FILE.findall(rest)) == 1:
            found.append(rest)
            continue
        while match := _FILE.search(rest):
            found.append(match.group())
            size = _SIZE.match(rest, match.end())
            rest = rest[size.end() if size else match.end() :]
    return tuple(Attachment(name) for name in dict.fromkeys(found))
