"""Parts of a claim that stand in one sentence, in any order → where the claim stands.

No phrase list holds all the ways to say where a machine is made: `zu fertigen in einem Werk, das in der EU liegt`,
`domestic components make up 65 percent of the cost`. A place here with a making near it says it; so does a place with
half or more of a worth.
"""

from __future__ import annotations

import re

from tender_tracker.flagging.cues import Cues
from tender_tracker.flagging.passage import Passages, Span

_NEAR = 90
"""Characters between a place and the making that it is the place of."""
_WIDE = 130
"""Characters within which a place, a share and a worth are read together."""
_TOWARDS = re.compile(
    r"\s?(?::\s?|(?::\s)?(?:TO|AT|INTO|IN|INS|NACH|AN|AUF|À|AU|DANS|VERS|PRESSO|NEL|NELLO|EN|AL?|DO|W|NA|В|НА|ПО)\s"
    r"(?:[^\s:;.]{1,8}\s){0,2}(?:L'|DELL'|ALL')?)"
)
"""What stands between a delivery and the plant that it goes to."""


def joined(place: Span, passages: Passages, cues: Cues) -> tuple[Span, str] | None:
    """The span from a place to what happens there, and the role of that: making, designing or worth.

    None when the sentence says no such thing of the place.
    """
    sentence = passages.sentence(place[0])
    found = [(_gap(span, place), span, role) for role in ("making", "designing") for span in cues.all(role, sentence)]
    for gap, span, role in sorted(found):
        first = min(span[0], place[0])
        between = min(span[1], place[1]), max(span[0], place[0])
        if gap <= _NEAR and not _delivered(first, sentence, passages, cues) and not _parted(between, cues):
            return (first, max(span[1], place[1])), role
    near = max(sentence[0], place[0] - _WIDE), min(sentence[1], place[1] + _WIDE)
    shares, worths = cues.all("share", near), cues.all("worth", near)
    if shares and worths and not cues.first(("apart",), near):
        parts = (place, shares[0], worths[0])
        return (min(low for low, _ in parts), max(high for _, high in parts)), "worth"
    return None


def _gap(one: Span, other: Span) -> int:
    return max(one[0], other[0]) - min(one[1], other[1])


def _parted(between: Span, cues: Cues) -> bool:
    """Whether the words between a making and a place give the place to something else."""
    return between[0] < between[1] and cues.first(("apart",), between) is not None


def _delivered(first: int, sentence: Span, passages: Passages, cues: Cues) -> bool:
    """Whether something is delivered to the plant that stands at `first`."""
    before = cues.all("apart", (sentence[0], first))
    return bool(before) and _TOWARDS.fullmatch(passages.text, before[-1][1], first) is not None
