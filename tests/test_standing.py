"""How a source stands, by its runs and the time alone: states, outages, watermarks, and what is out of the ordinary."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from samples import notice

from tender_tracker import drift
from tender_tracker.model import SHANGHAI, Window
from tender_tracker.storage.standing import Alarm, PastRun, State, alarm, standing, watermark

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=SHANGHAI)
DAY = timedelta(days=1)


def runs(*states: State, step: timedelta = DAY, last: timedelta = DAY, live: bool = True) -> list[PastRun]:
    """Runs that ended in these states, oldest first, the last one `last` ago → newest first, as the store gives them."""
    made: list[PastRun] = []
    good: datetime | None = None
    said: Alarm | None = None
    for number, state in enumerate(states):
        started = NOW - last - step * (len(states) - 1 - number)
        good, said = started if state == "ok" else good, alarm(said, state)
        made.insert(0, PastRun(started, state, live, good, alarm=said))
    return made


def test_a_source_stands_as_its_last_run_left_it() -> None:
    for state in ("ok", "partial", "blocked", "suspect", "failed"):
        assert standing(runs("ok", state), NOW).state == state  # type: ignore[arg-type]
    assert standing([], NOW).state is None
    assert standing(runs("ok"), NOW).age == DAY


def test_a_source_that_is_not_read_in_full_grows_stale_whatever_its_last_run_says() -> None:
    assert standing(runs("ok", "ok", "ok", last=3 * DAY), NOW).state == "ok"
    assert standing(runs("ok", "ok", "ok", last=4 * DAY), NOW).state == "stale", "the job itself has died"
    assert standing(runs("ok", "partial", "partial", "partial"), NOW).state == "stale"
    assert standing(runs("partial", "partial", last=4 * DAY), NOW).state == "stale", "it was never good"
    assert standing(runs("ok", "blocked", last=9 * DAY), NOW).state == "blocked", "which says more"


def test_a_weekly_job_is_given_two_of_its_rounds() -> None:
    assert standing(runs("ok", "ok", "ok", step=7 * DAY, last=13 * DAY), NOW).state == "ok"
    assert standing(runs("ok", "ok", "ok", step=7 * DAY, last=15 * DAY), NOW).state == "stale"


def test_saved_pages_never_grow_stale() -> None:
    found = standing(runs("ok", last=90 * DAY, live=False), NOW)
    assert (found.state, found.age) == ("ok", None)


def test_an_alarm_is_raised_once_per_outage_and_its_end_said_once() -> None:
    said, before = [], None
    for state in ("ok", "blocked", "failed", "partial", "suspect", "ok", "ok", "partial", "failed", "ok"):
        before = alarm(before, state)  # type: ignore[arg-type]
        said.append(before)
    assert said == [
        None, "raised", "standing", "standing", "standing", "recovered", None, None, "raised", "recovered",
    ]  # fmt: skip


def test_an_outage_is_told_with_its_begin_and_its_runs() -> None:
    found = standing(runs("ok", "failed", "partial", "failed"), NOW)
    assert (found.since, found.failures, found.last_good) == (NOW - 3 * DAY, 3, NOW - 4 * DAY)
    assert standing(runs("ok", "failed", "ok"), NOW).since is None


@pytest.mark.parametrize(
    ("before", "covered", "after"),
    [
        (None, Window(NOW - 7 * DAY, NOW), NOW),
        (NOW - 3 * DAY, Window(NOW - 5 * DAY, NOW), NOW),
        (NOW - 3 * DAY, Window(None, NOW), NOW),
        (NOW - 3 * DAY, None, NOW - 3 * DAY),  # paging broke
        (NOW - 3 * DAY, Window(NOW - DAY, NOW), NOW - 3 * DAY),  # a gap is not jumped
        (NOW - 3 * DAY, Window(NOW - 9 * DAY, NOW - 8 * DAY), NOW - 3 * DAY),  # nor goes it back
        (None, Window(NOW - 90 * DAY, NOW - 80 * DAY), None),  # a piece of the past covers nothing up to now
        (None, Window(NOW - DAY, NOW + 5 * DAY), NOW),  # nobody has read the future
    ],
)
def test_a_watermark_moves_only_over_what_was_truly_read(
    before: datetime | None, covered: Window | None, after: datetime | None
) -> None:
    assert watermark(before, covered, NOW) == after


WEEK = Window(NOW - 7 * DAY, NOW)
USUAL = [(140, WEEK)] * 4


def test_a_list_of_nothing_is_suspect_but_on_free_days_or_where_that_is_usual() -> None:
    weekend = Window(datetime(2026, 11, 21, 9, tzinfo=SHANGHAI), datetime(2026, 11, 22, 20, tzinfo=SHANGHAI))
    holiday = Window(datetime(2026, 10, 1, tzinfo=SHANGHAI), datetime(2026, 10, 4, tzinfo=SHANGHAI))
    assert drift.empty(0, WEEK, []) and drift.empty(0, WEEK, USUAL) and drift.empty(0, Window(), [])
    assert drift.empty(1, WEEK, USUAL) is None
    assert drift.empty(0, weekend, USUAL) is drift.empty(0, holiday, USUAL) is None
    assert drift.empty(0, WEEK, [(2, WEEK)] * 4) is None


def test_far_fewer_items_than_usual_are_a_warning_unless_the_window_is_shorter() -> None:
    assert drift.few(20, WEEK, USUAL) == "it listed 20 items, usually about 140"
    assert drift.few(30, WEEK, USUAL) is drift.few(0, WEEK, USUAL[:2]) is None
    assert drift.few(20, Window(NOW - DAY, NOW), USUAL) is None


def test_thirty_healthy_runs_raise_no_alarm() -> None:
    """Seven days, then three each; weekends bring a third of a workday's notices, a tenth of buyers is not printed."""
    past: list[tuple[int, Window]] = []
    for number in range(30):
        end = NOW + number * DAY
        span = Window(end - (3 if number else 7) * DAY, end)
        seen = sum(60 if (end - n * DAY).weekday() < 5 else 20 for n in range(1, 4 if number else 8))
        assert drift.empty(seen, span, past[:9]) is drift.few(seen, span, past[:9]) is None
        thin = drift.thin({"title": 40, "kind": 38, "published": 40, "text": 40, "buyer": 35}, 40, ())
        assert set(thin) == {"buyer"} and drift.changed(thin, {"buyer": 0.9}) is None
        past.insert(0, (seen, span))


def test_a_field_that_is_suddenly_missing_is_told_with_its_rates() -> None:
    counts = drift.filled([notice(n, buyer=None if n < 8 else "青川大学") for n in range(12)])
    assert counts["title"] == 12 and counts["buyer"] == 4
    thin = drift.thin(counts, 12, ())
    assert drift.changed(thin, {"buyer": 1.0}) == (
        "fields are missing: buyer 33% (usually 100%); has the site changed?"
    )
    assert drift.changed(thin, {}) == "fields are missing: buyer 33% (floor 95%); has the site changed?"
    assert drift.thin(counts, 12, ("buyer",)) == {}, "a source whose lists name no buyer"
    assert drift.thin(drift.filled([notice(1, buyer=None)]), 1, ()) == {}, "one notice tells no rate"
