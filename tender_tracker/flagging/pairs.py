"""前者 and 后者 (the former, the latter) → the passage that names the goods they mean."""

from __future__ import annotations

import re

from tender_tracker.flagging.evidence import Reading

_POINTER = re.compile(r"[前后]者")
_ENDS = re.compile(r"[。；;，,：:]")
_JOINED = re.compile(r"、|和|与|及|以及")
_COUNT = re.compile(r"\d\s?(?:台|套|张|块|颗|片|个|只|部|辆|组|架)$")


def meant(reading: Reading, at: int) -> tuple[int, int] | None:
    """Span of the goods that the last 前者 or 后者 of the sentence before `at` means; None: none is meant.

    The two are looked for in the last passage before the pointers that joins counted goods: 摄像机90台、主机8台。前者…
    """
    low, _ = reading.structure.clause(at, at)
    line = list(_POINTER.finditer(reading.text, reading.structure.extent(at)[0], at))
    if not line or line[-1].start() < low:
        return None
    pair = _pair(reading, line[0].start())
    return pair[line[-1][0] == "后者"] if pair else None


def _pair(reading: Reading, before: int) -> tuple[tuple[int, int], tuple[int, int]] | None:
    """The two goods that the passage next before a pointer joins."""
    start = reading.structure.extent(before)[0]
    ends = [start, *(end.end() for end in _ENDS.finditer(reading.text, start, before)), before]
    for low, high in zip(ends[-2::-1], ends[:0:-1], strict=False):
        for joint in _JOINED.finditer(reading.text, low, high):
            if _COUNT.search(reading.text, low, joint.start()) or len(_JOINED.findall(reading.text, low, high)) == 1:
                return (low, joint.start()), (joint.end(), high)
    return None
