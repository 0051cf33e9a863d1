"""How deep the elements of a page nest: the time of its tree grows with the square of that, to minutes a page."""

from __future__ import annotations

import re

DEEPEST = 1_000
"""Open elements at once; the pages of notices keep to some dozens, and browsers stop nesting at 512."""
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:-]{0,20})")
_FLAT = frozenset((
    "area", "base", "body", "br", "col", "colgroup", "dd", "dt", "embed", "head", "hr", "html", "img", "input", "li",
    "link", "meta", "option", "p", "param", "source", "tbody", "td", "tfoot", "th", "thead", "tr", "wbr",
))  # fmt: skip
"""Elements without an end tag, and those that the next of their kind ends: never deep by themselves."""
_COMMONEST = ("<p>", "<p ", "<br", "<td", "<tr", "<li", "<th", "<img", "<input", "<meta", "<link", "<option", "<!--")


def is_too_deep(html: str) -> bool:
    """Whether more than DEEPEST elements are open at once. Most pages have too few tags for that, which counts tell."""
    most = html.count("<")
    if most <= DEEPEST or (most := most - html.count("</")) <= DEEPEST:
        return False
    if most - sum(map(html.count, _COMMONEST)) <= DEEPEST:
        return False
    open_tags: dict[str, int] = {}
    depth = 0
    for end, name in _TAG.findall(html):
        name = name.lower()
        if name in _FLAT:
            continue
        if not end:
            open_tags[name] = open_tags.get(name, 0) + 1
            depth += 1
        elif open_tags.get(name):
            open_tags[name] -= 1
            depth -= 1
        if depth > DEEPEST:
            return True
    return False
