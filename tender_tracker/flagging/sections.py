"""Words that head a section or label a line → the role of what follows: background, scoring, runner-up, plain."""

from __future__ import annotations

import re

_BACKGROUND = re.compile(
    r"背景|现状|政策依据|建设依据|编制依据|必要性|项目依据|立项依据|BACKGROUND|CONTEXT|建设目标|总体目标"
)
_RUNNER_UP = re.compile(r"第[二三四五]\s?(?:名|位)?(?:中标|成交|中选)?候选")
_SCORING = re.compile(r"评分|评审(?:办法|标准|因素|细则|方法)|评标办法|计分|SCORING|EVALUATION|AWARD\sCRITERIA|加分")
_SENTENCE = re.compile("[。；，,]")
_SCOPE = re.compile(r"[。；;](?:[一-龥]{0,4})(?:内容|范围|需求|清单|标的|规模)[:：]")
ROLE = re.compile("|".join(role.pattern for role in (_RUNNER_UP, _BACKGROUND, _SCORING)))
"""Every word that gives a section a role."""


def role_of(text: str, low: int, high: int, end: re.Pattern[str] | None = None) -> str:
    """Role of the section that the words of a span head; they stop where `end` stands."""
    if not ROLE.search(text, low, high):
        return "plain"
    stop = end.search(text, low, high) if end else None
    heading = text[low : stop.start() if stop else high]
    if end and _SENTENCE.search(heading):
        return "plain"  # 工作站9台。评分细则：…
    if _RUNNER_UP.search(heading):
        return "runner-up"
    if _BACKGROUND.search(heading):
        return "background"
    return "scoring" if _SCORING.search(heading) else "plain"


def relabelled(text: str, low: int, at: int) -> bool:
    """Whether a later label between the start of a line and a place tells what is bought: …底座。建设内容：服务器."""
    return bool(_SCOPE.search(text, low, at))
