"""How the sources were read → the sentence that says so before any number, where nothing asked for is missing."""

from __future__ import annotations

from collections.abc import Sequence

from tender_tracker.messages import say


def in_full(live: Sequence[bool], lang: str) -> str:
    """One truth for each source: was its site asked? Saved pages are what someone saved, not all that the site has."""
    saved = live.count(False)
    if not saved:
        return say(lang, "coverage.complete")
    return say(lang, "coverage.saved") if saved == len(live) else say(lang, "coverage.partly_saved", n=saved)
