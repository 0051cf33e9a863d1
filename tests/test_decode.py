"""A page reads the same whatever encoding it is in, calls itself, or was damaged in."""

from __future__ import annotations

import codecs

import pytest

from tender_tracker.pages.decode import decode, unmarked_utf_16

WORDS = "采购昇腾服务器两台，预算金额：玖拾万元（￥900000.00）"


def page(charset: str | None) -> str:
    declared = f'<meta http-equiv="Content-Type" content="text/html; charset={charset}">' if charset else ""
    return f"<html><head>{declared}<title>{WORDS}</title></head><body>{WORDS * 40}</body></html>"


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
@pytest.mark.parametrize("declared", ["utf-8", "gb2312", "GBK", "gb18030", "no-such-charset", None])
def test_an_encoding_is_found_whatever_the_page_declares(encoding: str, declared: str | None) -> None:
    assert decode(page(declared).encode(encoding)) == page(declared)


def test_a_page_that_calls_itself_gb2312_keeps_the_character_of_ascend() -> None:
    assert "昇腾" in decode(page("gb2312").encode("gbk"))


@pytest.mark.parametrize(
    ("mark", "encoding"),
    [(codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")],
)
def test_a_byte_order_mark_decides_and_is_taken_off(mark: bytes, encoding: str) -> None:
    assert decode(mark + page("gb2312").encode(encoding)) == page("gb2312")


def test_pictures_written_into_a_large_page_are_left_out() -> None:
    picture = "data:image/png;base64," + "iVBORw0K" * 200_000
    assert decode(f"<p>前<img src='{picture}'>后".encode()) == "<p>前<img src=''>后"
    assert decode(b"data:image/png;base64,iVBORw0K") == "data:image/png;base64,iVBORw0K"
    pdf = b'{"body": "data:application/pdf;base64,' + b"JVBERi0x" * 200_000 + b'"}'
    assert decode(pdf) == pdf.decode()


def test_one_bad_byte_costs_one_character_in_utf_8() -> None:
    data = page("utf-8").encode()
    text = decode(data[:400] + b"\xff" + data[400:])
    assert text.count("\ufffd") <= 3
    assert text.count("昇腾") >= 40


def test_one_bad_byte_does_not_turn_gbk_into_something_else() -> None:
    data = page("gb2312").encode("gb18030")
    text = decode(data[:-20] + b"\xff\xff" + data[-20:])
    assert text.count("昇腾") >= 40


def test_a_page_cut_inside_a_character_is_still_utf_8() -> None:
    data = (page("utf-8") + "服").encode()[:-1]
    assert decode(data).count("昇腾") == 41


def test_nul_characters_are_dropped() -> None:
    assert decode(b"\x00a\x00b") == "ab"


def test_big5_is_read_where_it_is_declared() -> None:
    text = '<meta charset="big5">採購伺服器'
    assert decode(text.encode("big5")) == text


def test_any_bytes_decode_to_something() -> None:
    assert isinstance(decode(bytes(range(256)) * 4), str)
    assert decode(b"") == ""


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_a_mark_is_known_by_the_zeros_of_its_markup(encoding: str) -> None:
    assert decode(page(None).encode(encoding)) == page(None)


def test_zeros_everywhere_are_no_utf_16() -> None:
    assert unmarked_utf_16(bytes(4000)) is None
    assert unmarked_utf_16(b"\x89PNG\r\n\x00\x00\x00\rIHDR" + bytes(range(256)) * 8) is None
    assert unmarked_utf_16("采购公告".encode("utf-16-le")) is None


def test_big5_is_read_undeclared_where_its_words_leave_no_doubt() -> None:
    text = "<title>某機關採購公告</title>投標廠商須於截標期限前遞件，預算金額五十萬元。"
    assert decode(text.encode("big5")) == text


def test_gbk_is_never_taken_for_big5() -> None:
    text = "<title>某大学采购公告</title>投标人应当提供资格证明，预算金额五十万元。" * 20
    assert decode(text.encode("gb18030")) == text
