"""Rule files (TOML) → a checked, compiled RulePack. A rule is data with its own examples; a bad one is refused by name.

A pattern runs only near one of its anchors, literals that every match must hold: one Aho–Corasick pass over the
text finds all anchors of all rules (measured 60 times faster than trying each pattern).
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from importlib import resources
from pathlib import Path
from typing import Any, Protocol

from tender_tracker.errors import UsageError
from tender_tracker.flagging.spaced import spaced
from tender_tracker.flagging.text import Normal, normalise
from tender_tracker.patterns.anchors import WIDEST, measure
from tender_tracker.patterns.backtrack import LIMIT, steps

HOME = "cn"
"""The pack whose rules read Chinese; all others read words set apart by blanks."""
RULE_KINDS = ("product", "foreign", "word", "noun", "cue", "import", "lookalike")
CLASSES = ("compute", "software", "service", "other", "goods")
REACHES = ("part", "clause", "line", "section")
BASES = ("chip", "platform", "brand", "list", "ecosystem", "standard", "origin")
_KEYS = {
    "id", "kind", "pattern", "needs", "family", "basis", "class", "reach", "side", "effect", "complete",
    "needs_compute", "why", "hits", "misses",
}  # fmt: skip
_NEED_SPAN = 24
"""Characters around a match within which `needs` must stand."""
_MARGIN = 40
"""Characters beyond the width of a pattern that its look-arounds may read."""


@dataclass(frozen=True)
class Rule:
    """One rule of a pack. Patterns read normalised text (upper-case, simplified, without inner blanks)."""

    id: str
    kind: str
    anchors: frozenset[str]
    source: str
    """The pattern as written."""
    why: str
    hits: tuple[str, ...]
    misses: tuple[str, ...]
    needs_source: str | None = None
    """What must stand near a match, as written."""
    family: str | None = None
    basis: str | None = None
    noun_class: str | None = None
    reach: str = "clause"
    side: str = "both"
    effect: str | None = None
    complete: bool = False
    width: int = 0
    """Most characters that a match can span."""
    needs_compute: bool = False
    """Says nothing where no compute noun occurs anywhere in the notice."""
    file: str = ""

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Compiled when first needed: most notices need few of the rules."""
        return re.compile(self.source)

    @cached_property
    def needs(self) -> re.Pattern[str] | None:
        return re.compile(self.needs_source) if self.needs_source else None

    def find(self, text: str, spots: Iterable[int] | None = None) -> Iterator[re.Match[str]]:
        """Matches in normalised text, `needs` already checked; with `spots` only around those places."""
        for low, high in [(0, len(text))] if spots is None else _windows(spots, self.width + _MARGIN, len(text)):
            for match in self.pattern.finditer(text, low, high):
                if match.end() == match.start():
                    continue
                if self.needs is None or self.needs.search(
                    text, max(0, match.start() - _NEED_SPAN), min(len(text), match.end() + _NEED_SPAN)
                ):
                    yield match


def _windows(spots: Iterable[int], reach: int, length: int) -> list[tuple[int, int]]:
    """Spans around ascending spots, merged where they meet."""
    spans: list[tuple[int, int]] = []
    for spot in spots:
        low, high = max(0, spot - reach), min(length, spot + reach)
        if spans and low <= spans[-1][1]:
            spans[-1] = (spans[-1][0], high)
        else:
            spans.append((low, high))
    return spans


class _Gate(Protocol):
    def spots(self, text: str) -> dict[int, list[int]]:
        """Rule number → ascending places of its anchors in `text`."""


class _AutomatonGate:
    """All anchors in one Aho–Corasick automaton."""

    def __init__(self, owners: dict[str, tuple[int, ...]]) -> None:
        import ahocorasick_rs

        self._automaton = ahocorasick_rs.AhoCorasick(list(owners), implementation=ahocorasick_rs.Implementation.DFA)
        self._owners = list(owners.values())

    def spots(self, text: str) -> dict[int, list[int]]:
        found: dict[int, list[int]] = {}
        for term, start, _ in self._automaton.find_matches_as_indexes(text, overlapping=True):
            for rule in self._owners[term]:
                found.setdefault(rule, []).append(start)
        return found


class _PlainGate:
    """The same answer without the compiled library, for platforms that have no wheel of it."""

    def __init__(self, owners: dict[str, tuple[int, ...]]) -> None:
        self._owners = owners

    def spots(self, text: str) -> dict[int, list[int]]:
        found: dict[int, list[int]] = {}
        for term, rules in self._owners.items():
            at = text.find(term)
            while at >= 0:
                for rule in rules:
                    found.setdefault(rule, []).append(at)
                at = text.find(term, at + 1)
        return {rule: sorted(places) for rule, places in found.items()}


@dataclass(frozen=True, slots=True)
class RulePack:
    """All rules of one jurisdiction. `fingerprint` changes whenever any rule does."""

    name: str
    rules: tuple[Rule, ...]
    fingerprint: str
    _gate: _Gate = field(repr=False)
    _alarm: _Gate = field(repr=False)

    def rule(self, rule_id: str) -> Rule:
        """Raises UsageError for an unknown id."""
        for rule in self.rules:
            if rule.id == rule_id:
                return rule
        raise UsageError(f"no rule {rule_id!r} in pack {self.name!r}; see `tenders rules list`")

    def read(self, text: str) -> Normal:
        """Text as printed → as the rules of this pack read it."""
        return normalise(text) if self.name == HOME else spaced(text)

    def seen(self, text: str) -> list[tuple[Rule, list[int]]]:
        """Rules that may match in normalised `text`, with the ascending places of their anchors."""
        spots = self._gate.spots(text)
        return [(self.rules[index], spots[index]) for index in sorted(spots)]

    def concerns(self, squeezed: str) -> bool:
        """Whether upper-case text without any blanks holds an anchor that could make the verdict anything but empty."""
        return self._alarm.spots(squeezed) != {}


@lru_cache(maxsize=8)
def load(name: str = "cn", extra: tuple[Path, ...] = ()) -> RulePack:
    """Pack name and a user's rule files (which replace shipped rules of the same id) → RulePack.

    Raises UsageError naming file, rule and reason for the first bad rule.
    """
    folder = resources.files("tender_tracker") / "rules" / name
    if not folder.is_dir():
        known = sorted(f.name for f in (resources.files("tender_tracker") / "rules").iterdir() if f.is_dir())
        raise UsageError(f"no rule pack {name!r}; known packs: {', '.join(known)}")
    shipped = sorted((entry for entry in folder.iterdir() if entry.name.endswith(".toml")), key=lambda f: f.name)
    files = [(f"{name}/{entry.name}", entry.read_text("utf-8")) for entry in shipped]
    for path in extra:
        try:
            files.append((str(path), path.read_text("utf-8")))
        except (OSError, UnicodeDecodeError) as error:
            raise UsageError(f"{path}: rule file cannot be read: {error}") from error
    return compile_pack(name, files, {f"{name}/{entry.name}" for entry in shipped})


def compile_pack(name: str, files: Iterable[tuple[str, str]], shipped: set[str] | None = None) -> RulePack:
    """(file name, TOML text) pairs → RulePack.

    A file not in `shipped` may replace the rules of one that is, and its patterns must not be able to take for ever.
    """
    rules: dict[str, Rule] = {}
    digest = hashlib.sha256()
    for file, text in files:
        digest.update(text.encode())
        trusted = shipped is None or file in shipped
        for rule in _read(file, text, trusted):
            earlier = rules.get(rule.id)
            if earlier is not None and (trusted or earlier.file not in (shipped or ())):
                raise UsageError(f"{file}: rule {rule.id}: the id is already used in {earlier.file}")
            rules[rule.id] = rule
    ordered = tuple(rules.values())
    alarming = [rule for rule in ordered if _can_decide(rule)]
    return RulePack(name, ordered, f"{name}-{digest.hexdigest()[:12]}", _gate(ordered), _gate(alarming, blanks=False))


def _can_decide(rule: Rule) -> bool:
    """Whether a rule can change an empty verdict without the help of a rule that can."""
    if rule.kind == "noun":
        return rule.noun_class == "compute"
    return rule.kind in ("product", "import") or (rule.kind == "word" and not rule.needs_compute)


def _gate(rules: Sequence[Rule], blanks: bool = True) -> _Gate:
    owners: dict[str, tuple[int, ...]] = {}
    for index, rule in enumerate(rules):
        for term in sorted(rule.anchors):
            key = term if blanks else "".join(term.split())
            owners[key] = (*owners.get(key, ()), index)
    try:
        return _AutomatonGate(owners)
    except ImportError:
        return _PlainGate(owners)


def _read(file: str, text: str, trusted: bool) -> Iterator[Rule]:
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
        rule = _rule(file, raw)
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


def _rule(file: str, raw: dict[str, Any]) -> Rule:
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
    held, longest = _measured(where, "pattern", raw["pattern"])
    if held is None:
        raise UsageError(f"{where}: pattern can match without any fixed word; give every alternative a literal")
    if raw.get("needs"):
        _measured(where, "needs", raw["needs"])
    return Rule(
        id=raw["id"],
        kind=raw["kind"],
        source=raw["pattern"],
        anchors=held,
        width=longest,
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
        file=file,
    )


def _typed(where: str, raw: dict[str, Any]) -> None:
    """Refuses values of another type than the key's."""
    for key, value in raw.items():
        if key in ("hits", "misses"):
            good = isinstance(value, list) and all(isinstance(example, str) for example in value)
        else:
            good = isinstance(value, bool if key in ("complete", "needs_compute") else str)
        if not good:
            raise UsageError(f"{where}: {key} is {value!r}, which is of the wrong type")


def _choice(where: str, key: str, value: object, allowed: tuple[object, ...]) -> None:
    if value not in allowed:
        raise UsageError(f"{where}: {key} is {value!r}, expected one of {', '.join(map(str, allowed))}")


def _measured(where: str, key: str, text: str) -> tuple[frozenset[str] | None, int]:
    """Anchors and width of a pattern. A width is demanded because bounded patterns cannot run away."""
    try:
        held, longest = measure(text)
    except re.error as error:
        raise UsageError(f"{where}: {key} does not compile: {error}") from error
    if longest is None:
        raise UsageError(
            f"{where}: {key} has no upper bound ({WIDEST} characters); bound its gaps, e.g. [^。；]{{0,12}}"
        )
    return held, longest


def check(pack: RulePack) -> list[str]:
    """Every rule against its own examples → one line per example that does not hold; empty when all do."""
    broken: list[str] = []
    for rule in pack.rules:
        where = f"{rule.file}: {rule.id}"
        broken += [f"{where}: misses its hit {hit!r}" for hit in rule.hits if not any(rule.find(pack.read(hit).text))]
        broken += [
            f"{where}: finds its miss {miss!r}"
            for miss in rule.misses
            if any(not covered(pack, rule, miss, match) for match in rule.find(pack.read(miss).text))
        ]
    return broken


def covered(pack: RulePack, rule: Rule, text: str, match: re.Match[str]) -> bool:
    """Whether a look-alike rule covers the match, which makes it invisible."""
    if rule.kind == "lookalike":
        return False
    return any(
        mask.start() <= match.start() < mask.end()
        for other in pack.rules
        if other.kind == "lookalike"
        for mask in other.find(pack.read(text).text)
    )
