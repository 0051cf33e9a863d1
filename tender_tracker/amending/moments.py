"""A correction's words about the deadline and the opening → the moments it moves them to."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta

from tender_tracker.amending.change import Change
from tender_tracker.amending.grammar import Edit
from tender_tracker.amending.passage import dated
from tender_tracker.amending.state import Published, State
from tender_tracker.model import SHANGHAI
from tender_tracker.pages import dates

_CLOSES = re.compile(
    r"截止|截至|开标|开启|唱标|(?:投标|响应|应答|申请|报价)文件?(?:的)?(?:递交|提交|上传).{0,6}(?:时间|日期)"
    r"|deadline|closing (?:date|time)|due date|time limit"
    r"|(?:receipt|submission|opening) of (?:tenders|bids|offers|proposals)|bid (?:submission|opening)"
    r"|angebotsfrist|date limite|remise des offres|plazo|срок подачи|окончани\w+ подачи",
    re.IGNORECASE,
)
_OPENS = re.compile(r"开标|开启|唱标|opening|вскрыт", re.IGNORECASE)
_OTHER = re.compile(
    r"获取|报名|领取|下载|购买|疑问|质疑|澄清|踏勘|勘察|保证金|交货|服务期|质保|工期|地点|付款"
    r"|clarification|question|site visit|pre-?bid|security|deliver|completion|warranty|validity",
    re.IGNORECASE,
)
_DAY = re.compile(
    r"(?<!\d)(\d{1,2})月(\d{1,2})日(?:\s?(上午|下午)?\s?(\d{1,2})\s?(?:[:：]\s?(\d{2})|[时点](?:(\d{1,2})分|整)?))?"
)
_FAR = timedelta(days=180)


def is_about_time(edit: Edit) -> bool:
    """Whether the edit moves the deadline or the opening and nothing else."""
    said = f"{edit.item} {edit.before or ''}"
    return bool(_CLOSES.search(said) and not _OTHER.search(edit.item[-12:]) and re.search(r"\d", edit.after or ""))


def moved(state: State, notice: Published, edits: list[Edit]) -> tuple[State, list[Change]]:
    """The state with the moments of a correction, and what that changed; one before its own day is not believed."""
    after = notice.deadline or _of_the_year(state, notice, edits)
    changes = []
    if after and after != state.deadline and not _is_past(after, notice):
        before = state.deadline
        quotes = dated(state.words.text, before), dated(notice.text, after, last=True) or _said(edits)
        changes.append(Change("deadline", before, after, *quotes))
        opened = after if state.opened == before and _opens_too(edits) else state.opened
        state = replace(state, deadline=after, opened=None if opened == before else opened)
    opens = _opening(edits)
    if opens and opens != state.opened and not _is_past(opens, notice):
        quotes = dated(state.call.text, state.opened), dated(notice.text, opens, last=True)
        changes.append(Change("opening", state.opened, opens, *quotes))
        state = replace(state, opened=opens)
    return state, changes


def _is_past(moment: datetime, notice: Published) -> bool:
    return notice.published_on is not None and moment.astimezone(SHANGHAI).date() < notice.published_on


def _said(edits: list[Edit]) -> str | None:
    return next((edit.passage for edit in edits if is_about_time(edit)), None)


def _opens_too(edits: list[Edit]) -> bool:
    return any(_OPENS.search(edit.passage) for edit in edits if is_about_time(edit))


def _opening(edits: list[Edit]) -> datetime | None:
    for edit in edits:
        when = dates.first(edit.after or "") if is_about_time(edit) and _OPENS.search(edit.item) else None
        if when and when.has_time:
            return when.moment
    return None


def _of_the_year(state: State, notice: Published, edits: list[Edit]) -> datetime | None:
    """4月20日改为4月29日: the year is that of the deadline it moves, and only where the old day agrees with it."""
    known = state.deadline and state.deadline.astimezone(SHANGHAI)
    if known is None:
        return None
    for edit in edits:
        after = _DAY.search(edit.after or "") if is_about_time(edit) else None
        before = _DAY.search(edit.before or "")
        if after and not dates.first(edit.after or "") and (before is None or _day(before) == (known.month, known.day)):
            moment = _moment(after, known)
            if moment and known - _FAR < moment < known + _FAR:
                return moment
    return None


def _day(match: re.Match[str]) -> tuple[int, int]:
    return int(match[1]), int(match[2])


def _moment(match: re.Match[str], known: datetime) -> datetime | None:
    month, day = _day(match)
    hour, minute = known.hour, known.minute
    if match[4]:
        hour = int(match[4]) + (12 if match[3] == "下午" and int(match[4]) < 12 else 0)
        minute = int(match[5] or match[6] or 0)
    try:
        moment = known.replace(month=month, day=day, hour=hour, minute=minute, second=0 if match[4] else known.second)
    except ValueError:
        return None
    return moment.replace(year=known.year + 1) if known.month > 10 and month < 3 else moment
