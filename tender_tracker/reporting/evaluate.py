"""Hand-made labels and predicted ones → the figures by which the flagging is judged.

`required` precision, recall and F1, macro-F1 over the levels, accuracy of compute and import_policy, micro-F1 of
families, share of flagged notices whose evidence meets the labelled quote, share of lots with the right level.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from math import isnan, nan
from typing import Any

from tender_tracker.model import FLAGGED, LEVELS

Row = Mapping[str, Any]
Pair = tuple[Row, Row]
"""A label and its prediction; a notice without prediction has an empty one, which reads as level `none`."""


@dataclass(frozen=True, slots=True)
class Scores:
    """Figures between 0 and 1, nan where nothing was asked. `confusion` counts (label, prediction)."""

    notices: int
    precision: float
    recall: float
    f1: float
    macro_f1: float
    level_accuracy: float
    compute_accuracy: float
    import_policy_accuracy: float
    families_f1: float
    evidence: float
    lots_right: float
    lots: int
    confusion: Mapping[tuple[str, str], int]
    unpredicted: tuple[str, ...]
    """Ids of labels for which there is no prediction; they count as `none`."""

    def lines(self) -> list[str]:
        """The figures, one a line, then the confusion table."""
        lines = [
            f"notices {self.notices}",
            f"required_precision {self.precision:.4f}",
            f"required_recall {self.recall:.4f}",
            f"required_f1 {self.f1:.4f}",
            f"level_macro_f1 {self.macro_f1:.4f}",
            f"level_accuracy {self.level_accuracy:.4f}",
            f"compute_accuracy {self.compute_accuracy:.4f}",
            f"import_policy_accuracy {self.import_policy_accuracy:.4f}",
            f"families_micro_f1 {self.families_f1:.4f}",
            f"evidence_overlap {self.evidence:.4f}",
            f"lots_right {self.lots_right:.4f} of {self.lots}",
            "confusion (rows: label, columns: prediction)",
            " " * 11 + "".join(f"{level:>11}" for level in LEVELS),
        ]
        rows = (
            f"{want:>11}" + "".join(f"{self.confusion.get((want, got), 0):>11}" for got in LEVELS) for want in LEVELS
        )
        return [*lines, *rows]

    def figures(self) -> dict[str, float | int | None]:
        """The figures by name; None where nothing was asked, for JSON knows no nan."""
        names = [field.name for field in fields(self) if field.name not in ("confusion", "unpredicted")]
        values = ((name, getattr(self, name)) for name in names)
        return {name: None if isnan(value) else value for name, value in values}


def wrong(labels: Mapping[str, Row], predictions: Mapping[str, Row]) -> list[str]:
    """One line for every notice whose level differs from its label's."""
    pairs = ((key, label, _level(predictions.get(key, {}))) for key, label in labels.items())
    return [
        f"- {key}: label {label['level']}, predicted {level} «{(label.get('quote') or '')[:80]}»"
        for key, label, level in pairs
        if label["level"] != level
    ]


def score(labels: Mapping[str, Row], predictions: Mapping[str, Row]) -> Scores:
    """Labels and predictions by id, each `{"level", "compute", "import_policy", "families", "lots", …}`, → Scores."""
    pairs = [(label, predictions.get(key, {})) for key, label in labels.items()]
    confusion = Counter((label["level"], _level(found)) for label, found in pairs)
    counts = {level: _counts(confusion, level) for level in LEVELS}
    precision, recall, f1 = _prf(*counts["required"])
    seen = [_prf(*count)[2] for count in counts.values() if count[0] + count[2]]
    lots = [(lot, found) for label, found in pairs for lot in label.get("lots") or ()]
    return Scores(
        notices=len(pairs),
        precision=precision,
        recall=recall,
        f1=f1,
        macro_f1=_share(seen),
        level_accuracy=_share(label["level"] == _level(found) for label, found in pairs),
        compute_accuracy=_accuracy(pairs, "compute"),
        import_policy_accuracy=_accuracy(pairs, "import_policy"),
        families_f1=_families(pairs),
        evidence=_share(
            _meets(label["quote"], found) for label, found in pairs if label["level"] in FLAGGED and label.get("quote")
        ),
        lots_right=_share(_lot_level(lot["name"], found) == lot["level"] for lot, found in lots),
        lots=len(lots),
        confusion=confusion,
        unpredicted=tuple(key for key in labels if key not in predictions),
    )


def _level(found: Row) -> str:
    return str(found.get("level", "none"))


def _share(parts: Iterable[float]) -> float:
    values = list(parts)
    return sum(values) / len(values) if values else nan


def _counts(confusion: Mapping[tuple[str, str], int], level: str) -> tuple[int, int, int]:
    """True positives, false positives and false negatives of one level."""
    hit = confusion.get((level, level), 0)
    predicted = sum(n for (_, got), n in confusion.items() if got == level)
    labelled = sum(n for (want, _), n in confusion.items() if want == level)
    return hit, predicted - hit, labelled - hit


def _prf(hit: int, false: int, missed: int) -> tuple[float, float, float]:
    precision = hit / (hit + false) if hit + false else nan
    recall = hit / (hit + missed) if hit + missed else nan
    return precision, recall, 2 * precision * recall / (precision + recall) if hit else 0.0


def _accuracy(pairs: Iterable[Pair], field: str) -> float:
    return _share(found.get(field) == label[field] for label, found in pairs if label.get(field) is not None)


def _families(pairs: Iterable[Pair]) -> float:
    sets = [(set(label.get("families") or ()), set(found.get("families") or ())) for label, found in pairs]
    hit = sum(len(want & got) for want, got in sets)
    return _prf(hit, sum(len(got) for _, got in sets) - hit, sum(len(want) for want, _ in sets) - hit)[2]


def _squash(text: str) -> str:
    return "".join(text.split())


def _meets(quote: str, found: Row) -> bool:
    """Whether some quoted evidence lies on the labelled passage and is not so long that it would meet anything."""
    want = _squash(quote)
    quotes = (_squash(evidence.get("quote", "")) for evidence in found.get("evidence") or ())
    return any(len(got) <= 6 * len(want) + 60 and (got in want or want in got or _overlap(want, got)) for got in quotes)


def _overlap(want: str, got: str) -> bool:
    """Whether the two share a run of six characters (or the whole of a shorter `want`)."""
    return any(want[k : k + 6] in got for k in range(max(0, len(want) - 5)))


def _lot_level(name: str, found: Row) -> str | None:
    """The predicted level of the lot of that name, else of that number or letter."""
    for matches in (_same_name, _same_lot):
        for lot in found.get("lots") or ():
            if matches(name, lot["name"]):
                return str(lot["level"])
    return None


def _same_name(want: str, got: str) -> bool:
    return _squash(want) == _squash(got)


DIGITS = str.maketrans("一二三四五六七八九壹贰叁肆伍陆柒捌玖ⅠⅡⅢⅣⅤ", "12345678912345678912345")


def _lot_index(name: str) -> str | None:
    """The number or letter by which a notice tells its lots apart: 第十二包 → 12, 标包03 → 3, Lot B → B."""
    letter = re.search(r"(?<![A-Za-z])[A-Za-z](?![A-Za-z])", name)
    name = _squash(name)
    tens = re.search(r"([一二三四五六七八九]?)十([一二三四五六七八九]?)", name)
    if tens:
        return str(int((tens[1] or "一").translate(DIGITS)) * 10 + int((tens[2] or "0").translate(DIGITS)))
    number = re.search(r"\d+", name.translate(DIGITS))
    if number:
        return str(int(number[0]))
    return letter[0].upper() if letter else None


def _same_lot(want: str, got: str) -> bool:
    a, b = _lot_index(want), _lot_index(got)
    if a and b:
        return a == b
    want, got = _squash(want), _squash(got)
    return bool(want and got) and (want.startswith(got) or got.startswith(want))
