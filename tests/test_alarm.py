"""What the alarm lets pass unread holds nothing for the rules, however a word is damaged; and it lets most pass."""

import json
import sys
from pathlib import Path

import pytest

from tender_tracker.flagging import rulepack
from tender_tracker.flagging.alarm import Alarm
from tender_tracker.flagging.evidence import Reading
from tender_tracker.flagging.text import FORMS, normalise
from tender_tracker.flagging.verdict import decide

PACK = rulepack.load()
DECIDING = sorted({word for rule in PACK.rules if rulepack.can_decide(rule) for word in rule.anchors})
CODES = [chr(code) for code in (*range(0x3400), *range(0xA000, 0xD800), *range(0xF900, 0x10000)) if chr(code) != "\n"]
"""All characters of the basic plane but the common ideographs and the surrogates."""
EMPTY = ("none", False, "unstated", ())
DAMAGE = {
    "blanks": " ",
    "wide blanks": "\u3000",
    "thin blanks": "\u2009",
    "no-break blanks": "\u00a0 ",
    "line ends": "\r\n",
    "entities": "&nbsp;",
    "numbered entities": "&#160;",
    "tags": "<b>",
    "closing tags": "</span>",
    "wide tags": "＜b＞",
    "marks": "\u200b",
    "soft hyphens": "\u00ad",
    "control characters": "\x0b",
    "trade marks": "®",
}


@pytest.mark.parametrize("between", DAMAGE.values(), ids=DAMAGE.keys())
def test_a_word_is_heard_whatever_stands_between_its_letters(between: str) -> None:
    for word in DECIDING:
        printed = f"采购{between.join(word)}一批"
        assert PACK.concerns(printed) or word not in normalise(printed).text, printed


def test_a_word_is_heard_in_any_form_of_its_letters() -> None:
    forms: dict[str, list[str]] = {}
    for form, read in FORMS.items():
        forms.setdefault(read.upper(), []).append(form)
    for word in DECIDING:
        assert PACK.concerns(word.lower()) and PACK.concerns(word.capitalize())
        for place, letter in enumerate(word):
            for form in forms.get(letter, ()):
                printed = word[:place] + form + word[place + 1 :]
                assert PACK.concerns(printed) or word not in normalise(printed).text, printed


@pytest.mark.parametrize("word", ["服务器", "GPU", "S-I5"])
def test_no_character_hides_a_word_between_or_instead_of_its_letters(word: str) -> None:
    alarm = Alarm([word])
    first, rest = word[0], word[1:]
    printed = [f"{first}{c}{rest}" for c in CODES] + [
        word[:place] + c + word[place + 1 :] for place in range(len(word)) for c in CODES if c != word[place]
    ]
    read = normalise("\n".join(printed)).text.split("\n")
    hidden = [one for one, told in zip(printed, read, strict=True) if word in told]
    assert len(hidden) > 20
    assert not [one for one in hidden if not alarm.sounds(one)]


def test_what_the_alarm_lets_pass_holds_nothing_for_the_rules() -> None:
    silent = 0
    for path in sorted((Path(__file__).parent / "blind").glob("set*-notices.jsonl")):
        for line in path.read_text("utf-8").splitlines():
            notice = json.loads(line)
            for text in (notice["text"], *notice["text"].split("\n")):
                if not PACK.concerns(f"\n{text}"):
                    silent += 1
                    reading = Reading("", text, PACK)
                    read = decide(reading, None, PACK.fingerprint)
                    assert reading.is_empty or (read.level, read.compute, read.import_policy, read.evidence) == EMPTY, (
                        text
                    )
    assert silent > 1000


def test_an_ordinary_notice_is_let_pass() -> None:
    assert not PACK.concerns(
        "松江市第一中学 2025—2026 年度 学生课桌椅 采购项目\n预算：12.5万元；规格 ＞ 60cm，误差 < 3 mm，著作权归采购人。\n"
        "电话：0571－8888\u3000联系人：A&B 公司　附件：Ⅱ类.pdf"
    )


def test_half_a_character_is_no_reason_to_stumble() -> None:
    assert PACK.concerns("服务器\ud800") and not PACK.concerns("窗帘\udfff")


def test_without_the_compiled_library_the_alarm_hears_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ahocorasick_rs", None)
    plain = Alarm(DECIDING)
    for printed in ("采购服务器", "服 务 器", "國產", "ｇｐｕ", "窗帘一批", "Gpu 4 张"):
        assert plain.sounds(printed) == PACK.concerns(printed), printed
