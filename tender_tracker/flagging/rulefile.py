"""A rule file (TOML) → its checked Rules. A rule is data with its own examples; a bad one is refused by name."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from typing import Any

from tender_tracker.errors import UsageError
from tender_tracker.flagging.rule import BASES, CLASSES, REACHES, RULE_KINDS, Rule
from tender_tracker.patterns.anchors import WIDEST, Measure
from tender_tracker.patterns.backtrack import LIMIT, steps
from tender_tracker.patterns.kept import Measures

_KEYS = {
    "id", "kind", "pattern", "needs", "family", "basis", "class", "reach", "side", "effect", "complete",
    "needs_compute", "why", "hits", "misses", "search",
}  # fmt: skip


def rules(file: str, text: str, trusted: bool, measures: Measures) -> Iterator[Rule]:
    """`file` names the file in errors; patterns of one that is not `trusted` must not be able to take for ever.

    Raises UsageError naming file, rule and reason for the first bad rule.
    """
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{file}: not valid TOML: {error}") from error
    if unknown := set(document) - {"rule"}:
        raise UsageError(f"{file}: unknown table {sorted(unknown)[0]!r}; a rule file holds [[rule]] tables only")
    tables = document.get("rule", [])
    if not isinstance(tables, list) or not all(isinstance(raw, dict) for raw in tables):
        raise UsageError(f"{file}: 'rule' is no table; begin every rule with [[rule]]")
    for raw in tables:
        rule = _rule(file, raw, measures)
        if not trusted:
            _bounded(f"{file}: rule {rule.id}", rule)
        yield rule


def _bounded(where: str, rule: Rule) -> None:
    """Refuses patterns that some text could keep busy for ever."""
    for key, source in (("pattern", rule.source), ("needs", rule.needs_source)):
        if source and steps(source) > LIMIT:
            raise UsageError(
                f"{where}: {key} can take more than {LIMIT} steps at one place; "
                "bound its repetitions, or let none match what another can"
            )


def _rule(file: str, raw: dict[str, Any], measures: Measures) -> Rule:
    where = f"{file}: rule {raw.get('id', '(without id)')}"
    if unknown := set(raw) - _KEYS:
        raise UsageError(f"{where}: unknown key {sorted(unknown)[0]!r}")
    for key in ("id", "kind", "pattern", "why", "hits", "misses"):
        if not raw.get(key):
            raise UsageError(f"{where}: {key!r} is missing or empty")
    _typed(where, raw)
    _choice(where, "kind", raw["kind"], RULE_KINDS)
    _choice(where, "class", raw.get("class"), CLASSES if raw["kind"] == "noun" else (None,))
    _choice(where, "reach", raw.get("reach", "clause"), REACHES)
    _choice(where, "side", raw.get("side", "both"), ("before", "after", "both"))
    if raw["kind"] in ("product", "word"):
        _choice(where, "basis", raw.get("basis"), BASES)
    if raw["kind"] == "import":
        _choice(where, "effect", raw.get("effect"), ("import_barred", "import_allowed"))
    told = _measured(where, "pattern", raw["pattern"], measures)
    if not told.ways:
        raise UsageError(f"{where}: pattern can match without any fixed word; give every alternative a literal")
    if told.least == 0:
        raise UsageError(f"{where}: pattern can match nothing at all; move a word out of its look-around")
    if raw.get("needs"):
        _measured(where, "needs", raw["needs"], measures)
    return Rule(
        id=raw["id"],
        kind=raw["kind"],
        source=raw["pattern"],
        ways=told.ways,
        needs_source=raw.get("needs"),
        why=raw["why"],
        hits=tuple(raw["hits"]),
        misses=tuple(raw["misses"]),
        family=raw.get("family"),
        basis=raw.get("basis"),
        noun_class=raw.get("class"),
        reach=raw.get("reach", "clause"),
        side=raw.get("side", "both"),
        effect=raw.get("effect"),
        complete=raw.get("complete", False),
        needs_compute=raw.get("needs_compute", False),
        search=tuple(raw.get("search", ())),
        file=file,
    )


def _typed(where: str, raw: dict[str, Any]) -> None:
    """Refuses values of another type than the key's."""
    for key, value in raw.items():
        if key in ("hits", "misses", "search"):
            good = isinstance(value, list) and all(isinstance(example, str) for example in value)
        else:
            good = isinstance(value, bool if key in ("complete", "needs_compute") else str)
        if not good:
            raise UsageError(f"{where}: {key} is {value!r}, which is of the wrong type")


def _choice(where: str, key: str, value: object, allowed: tuple[object, ...]) -> None:
    if value not in allowed:
        raise UsageError(f"{where}: {key} is {value!r}, expected one of {', '.join(map(str, allowed))}")


def _measured(where: str, key: str, text: str, measures: Measures) -> Measure:
    """Anchors and widths of a pattern. A width is demanded because bounded patterns cannot run away."""
    try:
        told = measures.of(text)
    except re.error as error:
        raise UsageError(f"{where}: {key} does not compile: {error}") from error
    if told.most is None:
        raise UsageError(
            f"{where}: {key} has no upper bound ({WIDEST} characters); bound its gaps, e.g. [^。；]{{0,12}}"
        )
    return told
