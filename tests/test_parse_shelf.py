"""Real pages of the reference shelf beside the project: floors for what is read. Skipped where the shelf is not there."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tender_tracker import parse
from tender_tracker.model import Notice
from tender_tracker.pages import readable, saved

SHELF = Path(__file__).parents[1].parent / "shared"
NOW = datetime(2026, 11, 24, tzinfo=UTC)
FLOORS = {
    "outcomes_right": 1.0, "title": 0.93, "kind": 0.97, "project_no": 0.97, "buyer": 0.97, "agency": 0.95, "region": 0.9,
    "published": 0.95, "deadline": 0.95, "budget_yuan": 0.93, "award_yuan": 0.95, "suppliers": 0.93, "lots": 0.93,
    "attachments": 0.85, "fields_right": 0.97,
}  # fmt: skip

pytestmark = pytest.mark.skipif(
    not (SHELF / "data/pages").is_dir(), reason="the reference shelf is not beside the project"
)


def pages(*folders: str) -> list[saved.Page]:
    found = list(saved.pages([SHELF / "data" / folder for folder in folders], NOW))
    assert not [item for item in found if isinstance(item, readable.Unreadable)]
    return [item for item in found if isinstance(item, saved.Page)]


@cache
def bulletins() -> list[tuple[dict[str, Any], Notice]]:
    return [(json.loads(page.text), notice) for page in pages("pages/ningbo") for notice in parse.notices(page)]


def test_fields_of_labelled_pages_are_right(tmp_path: Path) -> None:
    parsed = tmp_path / "parsed.jsonl"
    with parsed.open("w", encoding="utf-8") as out:
        for page in pages("pages/ccgp", "pages/refused", "bodies", "texts"):
            for record in parse.outcome(page).records:
                out.write(json.dumps(record, ensure_ascii=False) + "\n")
    command = [
        sys.executable,
        str(SHELF / "tools/score_fields.py"),
        str(SHELF / "data/labels/fields.jsonl"),
        str(parsed),
    ]
    report = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    scores = {line.split()[0]: line.split() for line in report.splitlines()}
    reached = {name: float(words[2] if words[1] == "right" else words[1]) for name, words in scores.items()}
    assert {name: reached[name] for name, floor in FLOORS.items() if reached[name] < floor} == {}
    assert int(report.split()[-1]) <= 3


def test_every_bulletin_is_a_notice_with_the_title_and_date_of_its_record() -> None:
    assert len(bulletins()) == 1307
    for record, notice in bulletins():
        assert notice.title == " ".join(record["bulletinTitle"].split())
        assert notice.published is not None
        assert notice.published.date().isoformat() == record["publishDate"]
        assert notice.text
        assert notice.source_id == record["bulletinId"]


def test_bulletins_print_their_buyer_and_deadline() -> None:
    kinds = Counter(notice.kind for _, notice in bulletins())
    assert kinds == {"tender": 1297, "single_source": 10}
    assert sum(notice.buyer is None for _, notice in bulletins()) <= 13
    tenders = [(record, notice) for record, notice in bulletins() if notice.kind == "tender" and record["kbDate"]]
    other = [
        notice.title
        for record, notice in tenders
        if notice.deadline and f"{notice.deadline:%Y-%m-%dT%H:%M}" != record["kbDate"][:16]
    ]
    assert len(other) <= 10
    assert sum(notice.budget is not None for _, notice in bulletins()) >= 1000


def test_no_stored_text_holds_markup_or_entities() -> None:
    for _, notice in bulletins():
        assert "&nbsp;" not in notice.text
        assert "<p" not in notice.text
        assert "\x01" not in notice.text
