"""A Digest → one document of a format. Delivery asks here, too: what is sent is what is printed."""

from __future__ import annotations

from typing import Any

from tender_tracker.errors import UsageError
from tender_tracker.reporting.digest import Digest
from tender_tracker.reporting.digest_page import page
from tender_tracker.reporting.table import document, jsonable

FORMATS = ("md", "html", "txt", "json", "atom", "jsonfeed")


def face(digest: Digest, form: str, lang: str) -> str:
    """The digest as one of FORMATS; `lang` is `zh` or `en`, JSON is the same in both.

    Each face is imported when it is asked for. Raises UsageError for another format.
    """
    match form:
        case "json":
            return _json(digest)
        case "md":
            from tender_tracker.reporting.page_md import markdown

            return markdown(page(digest, lang))
        case "html":
            from tender_tracker.reporting.page_html import html

            return html(page(digest, lang))
        case "txt":
            from tender_tracker.reporting.page_text import text

            return text(page(digest, lang))
        case "atom":
            from tender_tracker.reporting.digest_feed import atom

            return atom(digest, lang)
        case "jsonfeed":
            from tender_tracker.reporting.digest_feed import json_feed

            return json_feed(digest, lang)
    raise UsageError(f"a digest has no format {form!r}; known: {', '.join(FORMATS)}")


def _json(digest: Digest) -> str:
    """All of the digest, with the judgement on its coverage in front."""
    fields: dict[str, Any] = jsonable(digest)
    return document({"complete": digest.health.complete, "empty": digest.is_empty, **fields})
