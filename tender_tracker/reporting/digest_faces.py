"""A Digest → one document of a format. Delivery asks here, too: what is sent is what is printed."""

from __future__ import annotations

from collections.abc import Callable

from tender_tracker.reporting import digest_feed, page_html, page_md, page_text
from tender_tracker.reporting.digest import Digest
from tender_tracker.reporting.digest_page import page
from tender_tracker.reporting.table import document

FACES: dict[str, Callable[[Digest, str], str]] = {
    "md": lambda digest, lang: page_md.markdown(page(digest, lang)),
    "html": lambda digest, lang: page_html.html(page(digest, lang)),
    "txt": lambda digest, lang: page_text.text(page(digest, lang)),
    "json": lambda digest, lang: document(digest),
    "atom": digest_feed.atom,
    "jsonfeed": digest_feed.json_feed,
}
"""Format → how it is made of a digest in a language (`zh` or `en`; JSON is the same in both)."""
