"""A notice whose body is a PDF: read with the extra, bounded, and saying so where it could not be read."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest
from samples import NOW

from tender_tracker import parse
from tender_tracker.model import Notice, Page
from tender_tracker.sources import operators
from tender_tracker.sources.operators import UNREAD


def document(*texts: str) -> bytes:
    """A small PDF with one line on each page."""
    kids = " ".join(f"{4 + 2 * number} 0 R" for number in range(len(texts)))
    parts = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(texts)} >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    for number, text in enumerate(texts):
        stream = f"BT /F1 12 Tf 72 700 Td ({text}) Tj ET"
        use = f"/Resources << /Font << /F1 3 0 R >> >> /Contents {5 + 2 * number} 0 R"
        parts.append(f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] {use} >>")
        parts.append(f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream")
    body, places = b"%PDF-1.4\n", []
    for number, part in enumerate(parts, 1):
        places.append(len(body))
        body += f"{number} 0 obj\n{part}\nendobj\n".encode()
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    end = f"xref\n0 {len(parts) + 1}\n0000000000 65535 f \n{table}trailer\n<< /Size {len(parts) + 1} /Root 1 0 R >>\n"
    return body + f"{end}startxref\n{len(body)}\n%%EOF\n".encode()


def notice(body: bytes) -> Notice:
    data = {
        "name": "甲移动服务器采购项目_招标公告",
        "noticeContent": base64.b64encode(body).decode(),
        "contentType": "pdf",
    }
    answer = json.dumps({"code": 0, "data": data}, ensure_ascii=False)
    (found,) = parse.notices(Page(answer, "json", NOW, source="operators"))
    return found


def test_the_text_of_a_pdf_body_is_read() -> None:
    pytest.importorskip("pypdfium2")
    found = notice(document("Kunpeng 920  processors", "second page"))
    assert found.text.splitlines()[1:] == ["Kunpeng 920 processors", "second page"]
    assert [file.name for file in found.attachments] == ["甲移动服务器采购项目_招标公告.pdf"]


@pytest.mark.parametrize(
    ("body", "why"),
    [(b"%PDF-1.4 cut", "truncated"), (document(""), "scanned")],
)
def test_a_pdf_that_cannot_be_read_is_named_and_its_notice_stays(body: bytes, why: str) -> None:
    pytest.importorskip("pypdfium2")
    found = notice(body)
    assert found.text.splitlines()[1].startswith(UNREAD[:-1] + "：") and why in found.text


def test_a_pdf_longer_than_a_notice_may_be_is_unread(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("pypdfium2")
    monkeypatch.setattr(operators, "MAX_TEXT", 8)
    assert notice(document("a long line of text")).text.splitlines()[1:] == [UNREAD[:-1] + "：too_large〕"]


def test_without_the_extra_the_notice_says_that_its_body_is_unread(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "pypdfium2.py").write_text("raise ImportError")
    monkeypatch.syspath_prepend(tmp_path)
    assert notice(document("Kunpeng")).text.splitlines()[1] == UNREAD
