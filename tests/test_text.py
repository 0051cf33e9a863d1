"""Normalising: rules read mended text, quotes come from the original."""

import json
from itertools import pairwise
from pathlib import Path

import pytest

from tender_tracker.flagging.text import normalise

BLIND = Path(__file__).parent / "blind"


@pytest.mark.parametrize(
    ("printed", "read"),
    [
        ("昇 腾 9 1 0 B", "昇腾910B"),
        ("国&nbsp;产&nbsp;化 加 速 卡", "国产化加速卡"),
        ("ＧＰＵ", "GPU"),
        ("國產處理器", "国产处理器"),
        ("国\u200b产", "国产"),
        ("国<b>产</b>", "国产"),
        ("国\n产芯片", "国产芯片"),
        ("CPU : 海光 7390", "CPU:海光7390"),
    ],
)
def test_a_word_is_read_whatever_stands_inside_it(printed, read):
    assert normalise(printed).text == read


def test_a_line_break_between_two_words_stays():
    assert normalise("采购内容\n服务器").text == "采购内容\n服务器"


def test_blanks_between_latin_words_stay():
    assert normalise("two  Hygon C86 7390 processors").text == "TWO HYGON C86 7390 PROCESSORS"


def test_every_offset_leads_back_to_the_original():
    printed = "采 购 國 產 ＧＰＵ 服务器 8 台"
    normal = normalise(printed)
    at = normal.text.index("国产GPU")
    start, end, quote = normal.quote(at, at + len("国产GPU"))
    assert quote == "國 產 ＧＰＵ"
    assert printed[start:end] == quote


def test_text_never_grows_and_offsets_ascend_on_all_labelled_notices():
    for path in BLIND.glob("*-notices.jsonl"):
        for line in path.read_text("utf-8").splitlines():
            text = json.loads(line)["text"]
            normal = normalise(text)
            assert len(normal.text) == len(normal.at) <= len(text)
            assert all(a < b for a, b in pairwise(normal.at))
            assert normal.at[-2:] == list(normal.at)[-2:]
