"""Pages, web archives and plain text → lines, as the rest of the product reads them."""

from __future__ import annotations

from collections.abc import Iterator

from tender_tracker.documents.reading import Unreadable
from tender_tracker.pages.decode import decode
from tender_tracker.pages.html import block_text


def text(data: bytes) -> list[str]:
    return decode(data).splitlines()


def page(data: bytes) -> list[str]:
    """The visible text of a page."""
    return block_text(decode(data)).splitlines()


def saved_page(data: bytes) -> Iterator[str]:
    """The visible text of the pages in a web archive (Word's "single file web page", often named .doc).

    Raises Unreadable (damaged) for one without a page.
    """
    from email import message_from_bytes  # slow to load, and rarely needed
    from email.policy import default

    found = False
    for part in message_from_bytes(data, policy=default).walk():
        content = part.get_payload(decode=True)
        if part.get_content_type() == "text/html" and isinstance(content, bytes):
            found = True
            yield from page(content)
    if not found:
        raise Unreadable("damaged")
