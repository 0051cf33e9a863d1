"""A letter of each word is looked for in text or in its bytes: no text that holds a word is let go."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tender_tracker.flagging import rulepack
from tender_tracker.flagging.letters import Letters, printed_as

BLIND = Path(__file__).parent / "blind" / "set1-notices.jsonl"
TEXTS = [json.loads(line)["text"] for line in BLIND.read_text("utf-8").splitlines()]
WORDS = {
    "a new chip": ["新芯X"],
    "two names": ["云溪", "NVIDIA"],
    "all of the shipped rules": sorted({word for rule in rulepack.load().rules for word in rule.anchors}),
    "a rule that matches anywhere": ["", "云溪"],
}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le"])
@pytest.mark.parametrize("words", WORDS.values(), ids=WORDS)
def test_bytes_are_let_go_only_where_the_text_is(words: list[str], encoding: str) -> None:
    letters = Letters(words, TEXTS[:50])
    sieve = letters.sieve(encoding)
    spelled = ["".join(printed_as(letter)[-1] for letter in word) for word in words]  # in their rarest form
    held = [f"采购{word}一批" for word in (*words, *spelled)]
    assert all(letters.near(text) and sieve(text.encode(encoding)) for text in held)
    assert not [text for text in TEXTS if letters.near(text) and not sieve(text.encode(encoding))]
    far = [text for text in ("窗帘", "", "\n") if not letters.near(text)]
    assert bool(far) != ("" in words) and not [text for text in far if sieve(text.encode(encoding))]


def test_a_letter_that_stands_askew_in_the_bytes_costs_a_second_look_only() -> None:
    letters = Letters(["新"], [])
    askew = "\u6500\u00b0"  # the bytes 00 65 b0 00: those of 新 (b0 65) in no order, nor at any place
    mixed = "\ub000\u0065"  # 00 b0 65 00: those of 新, a byte beside their place
    assert not letters.near(mixed) and letters.sieve("utf-16-le")(mixed.encode("utf-16-le"))
    assert not letters.sieve("utf-16-le")(askew.encode("utf-16-le"))
