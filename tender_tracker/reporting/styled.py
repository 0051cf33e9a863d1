"""A line of styled text, as a terminal shows it; in a pipe it is bare."""

from __future__ import annotations

from collections.abc import Iterable

Line = tuple[tuple[str, str], ...]
"""One line: pieces of clean text, each with a rich style ("" is plain)."""
STYLES = {"required": "bold red", "preferred": "yellow", "supplied": "cyan", "mentioned": "dim", "none": "dim"}


def plain(styled: Iterable[Line]) -> str:
    """The lines without their styles and without blanks at the end."""
    return "".join(f"{''.join(text for text, _ in line).rstrip()}\n" for line in styled)
