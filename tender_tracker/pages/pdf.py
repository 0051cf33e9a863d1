"""Bytes of a PDF → its text, by the extra `docs`, bounded in size and pages. Scans have no text and say so."""

from __future__ import annotations

from tender_tracker.errors import PageBroken, UsageError

MAX_BYTES = 12 * 2**20
"""Of one file: pages of 16 MiB hold no more in base64."""
MAX_PAGES = 300
MAX_TEXT = 400_000
"""Characters of one file, as of a notice."""
INSTALL = "reading PDF needs an extra: pip install 'tenders[docs]'"


def text_of(data: bytes, name: str) -> str:
    """The text of all pages, blank lines left out.

    Raises PageBroken for a file that is damaged, locked, without text or too large; UsageError without the extra.
    """
    if len(data) > MAX_BYTES:
        raise PageBroken(f"{name}: a PDF of more than {MAX_BYTES // 2**20} MB; read it by eye")
    try:
        import pypdfium2
    except ImportError as error:
        raise UsageError(f"{name}: {INSTALL}") from error
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        raise PageBroken(f"{name}: not a readable PDF ({error}); read it by eye") from error
    try:
        if len(document) > MAX_PAGES:
            raise PageBroken(f"{name}: a PDF of {len(document)} pages, more than {MAX_PAGES}; read it by eye")
        lines: list[str] = []
        size = 0
        for number in range(len(document)):
            found = _page(document, number)
            size += len(found)
            if size > MAX_TEXT:
                raise PageBroken(f"{name}: a PDF of more than {MAX_TEXT:,} characters; read it by eye")
            lines += (line for line in (" ".join(line.split()) for line in found.splitlines()) if line)
    except pypdfium2.PdfiumError as error:
        raise PageBroken(f"{name}: a damaged PDF ({error}); read it by eye") from error
    finally:
        document.close()
    if not lines:
        raise PageBroken(f"{name}: a PDF without text, such as a scan; read it by eye")
    return "\n".join(lines)


def _page(document: object, number: int) -> str:
    """The text of one page; its memory is given back before the next."""
    page = document[number]  # type: ignore[index]  # pypdfium2 has no types
    try:
        textpage = page.get_textpage()
        try:
            if textpage.count_chars() > MAX_TEXT:
                raise PageBroken(f"page {number + 1} of a PDF has more than {MAX_TEXT:,} characters; read it by eye")
            return str(textpage.get_text_bounded())
        finally:
            textpage.close()
    finally:
        page.close()
