"""Scores on the labelled sets of the project never fall, and the sets never change unseen."""

import hashlib
import json
import tomllib
from dataclasses import asdict
from pathlib import Path

import pytest

from tender_tracker.contract import as_kind
from tender_tracker.flagging import rulepack
from tender_tracker.flagging.flag import flag
from tender_tracker.reporting import evaluate

HERE = Path(__file__).parent
SHELF = HERE.parents[1] / "shared" / "data" / "labels"
FLOORS = tomllib.loads((HERE / "floors.toml").read_text("utf-8"))


def scores(folder: Path, name: str) -> dict[str, float | int | None]:
    pack = rulepack.load()
    predictions = []
    for line in (folder / f"{name}-notices.jsonl").read_text("utf-8").splitlines():
        notice = json.loads(line)
        verdict = flag(notice["title"], notice["text"], pack, as_kind(notice.get("kind")))
        predictions.append({"id": notice["id"], **json.loads(json.dumps(asdict(verdict)))})
    labels = [json.loads(line) for line in (folder / f"{name}-labels.jsonl").read_text("utf-8").splitlines()]
    return evaluate.score({row["id"]: row for row in labels}, {row["id"]: row for row in predictions}).figures()


def digest(name: str) -> str:
    both = (HERE / "blind" / f"{name}-{part}.jsonl" for part in ("notices", "labels"))
    return hashlib.sha256(b"".join(path.read_bytes() for path in both)).hexdigest()[:16]


@pytest.mark.parametrize(
    "name", [path.name.removesuffix("-labels.jsonl") for path in sorted((HERE / "blind").glob("set*-labels.jsonl"))]
)
def test_a_blind_set_keeps_its_floor(name):
    floor = FLOORS[name]
    assert digest(name) == floor["digest"], f"tests/blind/{name}-*.jsonl changed: correct the digest and say why"
    reached = scores(HERE / "blind", name)
    fallen = {key: (reached[key], least) for key, least in floor["floor"].items() if (reached[key] or 0) < least}
    assert not fallen, f"{name}: reached, floor: {fallen}"


@pytest.mark.parametrize("name", ["challenge", "real"])
def test_the_shelf_of_labelled_notices_keeps_its_floor(name):
    if not (SHELF / f"{name}-labels.jsonl").exists():
        pytest.skip("the shelf of labelled notices is not beside this checkout")
    reached = scores(SHELF, name)
    fallen = {
        key: (reached[key], least)
        for key, least in FLOORS[f"shelf-{name}"]["floor"].items()
        if (reached[key] or 0) < least
    }
    assert not fallen, f"{name}: reached, floor: {fallen}"
