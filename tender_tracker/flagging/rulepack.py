"""The rule files of a jurisdiction, and a user's own → a RulePack, which tells what of its rules a text can hold."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cache, cached_property, lru_cache
from importlib import resources
from pathlib import Path

from tender_tracker.errors import UsageError
from tender_tracker.flagging import rulefile
from tender_tracker.flagging.alarm import Alarm
from tender_tracker.flagging.gate import Gate, Starts
from tender_tracker.flagging.rule import Rule
from tender_tracker.flagging.spaced import spaced
from tender_tracker.flagging.text import Normal, normalise
from tender_tracker.patterns.kept import Measures

HOME = "cn"
"""The pack whose rules read Chinese; all others read words set apart by blanks."""
_WHOLE_TEXT, _ONE_LINE = 2, 1
"""Letters of a word that is worth looking for in a whole text and in a line."""
Seen = list[tuple[Rule, Starts]]
"""Rules in the order of the pack, with where their matches can begin."""


@dataclass(frozen=True)
class RulePack:
    """All rules of one jurisdiction. `fingerprint` changes whenever any rule does."""

    name: str
    rules: tuple[Rule, ...] = field(repr=False)
    fingerprint: str

    def rule(self, rule_id: str) -> Rule:
        """Raises UsageError for an unknown id."""
        for rule in self.rules:
            if rule.id == rule_id:
                return rule
        raise UsageError(f"no rule {rule_id!r} in pack {self.name!r}; see `tenders rules list`")

    @property
    def keywords(self) -> tuple[str, ...]:
        """What to ask a site's own search for: the names and demands of the rules, in their order."""
        return tuple(dict.fromkeys(word for rule in self.rules for word in rule.search))

    def read(self, text: str) -> Normal:
        """Text as printed → as the rules of this pack read it."""
        return normalise(text) if self.name == HOME else spaced(text)

    def concerns(self, printed: str) -> bool:
        """Whether title and text as printed can hold what makes the verdict anything but empty."""
        return self._alarm.sounds(printed)

    def seen(self, text: str) -> Seen:
        """Rules that may match in normalised `text`."""
        return self._named(self._gate.seen(text))

    def told(self, text: str) -> Seen:
        """Those of the rules seen that tell what a notice demands, names or buys."""
        return self._named(self._telling.seen(text))

    def around(self, text: str, start: int, end: int) -> Seen:
        """Rules that only change what others tell, cues and nouns, and may match from a place in start..end on."""
        gate = self._changing
        first = max(start - gate.before, 0)
        return self._named(gate.seen(text[first : end + gate.behind], first))

    def _named(self, seen: list[tuple[int, Starts]]) -> Seen:
        return [(self.rules[number], starts) for number, starts in seen]

    def _gate_of(self, wanted: Callable[[Rule], bool], least: int) -> Gate:
        return Gate(((number, rule.ways) for number, rule in enumerate(self.rules) if wanted(rule)), least)

    @cached_property
    def _gate(self) -> Gate:
        return self._gate_of(lambda rule: True, _WHOLE_TEXT)

    @cached_property
    def _telling(self) -> Gate:
        return self._gate_of(_tells, _WHOLE_TEXT)

    @cached_property
    def _changing(self) -> Gate:
        return self._gate_of(lambda rule: rule.kind in ("cue", "noun"), _ONE_LINE)

    @cached_property
    def _alarm(self) -> Alarm:
        return Alarm(word for rule in self.rules if can_decide(rule) for word in rule.anchors)


def _tells(rule: Rule) -> bool:
    return rule.noun_class == "compute" if rule.kind == "noun" else rule.kind != "cue"


def can_decide(rule: Rule) -> bool:
    """Whether a rule can change an empty verdict without the help of a rule that can."""
    if rule.kind == "noun":
        return rule.noun_class == "compute"
    return rule.kind in ("product", "import") or (rule.kind == "word" and not rule.needs_compute)


@dataclass(frozen=True, slots=True)
class PackFiles:
    """The rule files of a pack with their texts: what travels to where the pack is needed."""

    name: str
    files: tuple[tuple[str, str], ...] = field(repr=False)
    """File name and TOML text, in order."""
    shipped: frozenset[str] = field(repr=False)
    """Names of those that came with the program."""

    @property
    def fingerprint(self) -> str:
        """That of the pack, which need not be compiled for it."""
        return f"{self.name}-{hashlib.sha256(''.join(text for _, text in self.files).encode()).hexdigest()[:12]}"

    def compiled(self) -> RulePack:
        """What the patterns hold is kept in the user's cache folder, apart for packs with rules of the user's own."""
        import platformdirs

        file = f"{self.name}{'' if len(self.files) == len(self.shipped) else '-own'}.json"
        measures = Measures(platformdirs.user_cache_path("tenders") / "rules" / file)
        pack = compile_pack(self.name, self.files, set(self.shipped), measures)
        measures.keep()
        return pack


@cache
def fingerprint(name: str) -> str:
    """That of a pack as shipped."""
    return read(name).fingerprint


@lru_cache(maxsize=8)
def load(name: str = "cn", extra: tuple[Path, ...] = ()) -> RulePack:
    """Pack name and a user's rule files (which replace shipped rules of the same id) → RulePack.

    Raises UsageError naming file, rule and reason for the first bad rule.
    """
    return read(name, extra).compiled()


def read(name: str = "cn", extra: tuple[Path, ...] = ()) -> PackFiles:
    """Pack name and a user's rule files → their texts, unchecked. Raises UsageError for a pack or file not there."""
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
    return PackFiles(name, tuple(files), frozenset(f"{name}/{entry.name}" for entry in shipped))


def compile_pack(
    name: str,
    files: Iterable[tuple[str, str]],
    shipped: set[str] | None = None,
    measures: Measures | None = None,
) -> RulePack:
    """(file name, TOML text) pairs → RulePack.

    A file not in `shipped` may replace the rules of one that is, and its patterns must not be able to take for ever.
    """
    measures = measures or Measures(None)
    rules: dict[str, Rule] = {}
    given = PackFiles(name, tuple(files), frozenset(shipped or ()))
    for file, text in given.files:
        trusted = shipped is None or file in shipped
        for rule in rulefile.rules(file, text, trusted, measures):
            earlier = rules.get(rule.id)
            if earlier is not None and (trusted or earlier.file not in (shipped or ())):
                raise UsageError(f"{file}: rule {rule.id}: the id is already used in {earlier.file}")
            rules[rule.id] = rule
    return RulePack(name, tuple(rules.values()), given.fingerprint)
