"""What reading attachments costs: two hundred hostile files one by one, each in its own process, and honest ones.

`python bench/documents.py` prints the hostile files that were slow or killed, then the promises with what was measured:
no reader hangs, none writes, none takes more than 400 MB; a PDF of 50 pages takes at most a second.
`python bench/documents.py --all` prints a line for each file.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter, process_time

from tender_tracker.documents import Reading, read
from tender_tracker.documents.apart import read_apart

ROOT = Path(__file__).parents[1]
SECONDS, MEGABYTES = 30.0, 400
SLOW = 2.0
LIST = [("chineseCounting", "%1、")]
PAGES, LINES = 50, 40
"""Of the honest PDF: as many lines of text as a page holds."""
MAKE = """
import pathlib, sys
sys.path.insert(0, sys.argv[1])
import hostile
for number, (name, data) in enumerate(hostile.files()):
    pathlib.Path(sys.argv[2], f"{number:03} {name}").write_bytes(data)
"""
"""Run apart: what was large in this process would count as its children's."""


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--all", action="store_true", help="a line for each file")
    with TemporaryDirectory() as folder:
        subprocess.run([sys.executable, "-c", MAKE, str(ROOT / "tests"), folder], check=True)
        _hostile(Path(folder), options.parse_args().all)
    _honest()


def _hostile(folder: Path, all_of_them: bool) -> None:
    paths = sorted(folder.iterdir())
    kept = {path: path.stat().st_mtime_ns for path in paths}
    longest, died = 0.0, 0
    for path in paths:
        start = perf_counter()
        found = read_apart(path, path.name, seconds=SECONDS, megabytes=MEGABYTES)
        took = perf_counter() - start
        longest = max(longest, took)
        killed = any(unread.reason in ("timeout", "memory") for unread in found.unread)
        died += killed
        if all_of_them or killed or took > SLOW:
            print(f"{path.name:<44} {took:6.2f} s  {found.format:<9} {_outcome(found)}")
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    written = {path: path.stat().st_mtime_ns for path in folder.rglob("*")} != kept
    print(f"{len(paths)} hostile files: longest {longest:.1f} s of {SECONDS:.0f}, {died} killed, ", end="")
    print(f"peak {peak:.0f} MB of {MEGABYTES}, {'SOMETHING' if written else 'nothing'} written")


def _outcome(found: Reading) -> str:
    reasons = sorted({unread.reason for unread in found.unread})
    return f"{sum(len(passage.text) for passage in found.passages):>9,} characters  {' '.join(reasons)}"


def _honest() -> None:
    """Processor time in this process, median of five."""
    sys.path.insert(0, str(ROOT / "tests"))
    from documents import DEMAND, cell, docx, numbered, numbering, odf, ofd, office, paragraph, sevenzip, xlsb, xlsx
    from test_pdf import document

    text = r"\n) Tj 0 -14 Td (".replace(r"\n", "").join(["the processor shall be of domestic design and make"] * LINES)
    row = "".join(f'<c t="inlineStr"><is><t>{DEMAND}</t></is></c>' for _ in range(6))
    line = f"<table:table-row>{cell(DEMAND) * 6}</table:table-row>"
    for name, data in (
        (f"PDF, {PAGES} pages", document(*[text] * PAGES)),
        ("PDF by LibreOffice, 1 page", office("tender.pdf")),
        ("DOCX, 5,000 paragraphs", docx(paragraph(DEMAND) * 5_000)),
        ("DOCX, 5,000 numbered", docx(numbered(DEMAND, 1, 0) * 5_000, {"word/numbering.xml": numbering(LIST)})),
        ("ODT, 5,000 paragraphs", odf("text", f"<text:p>{DEMAND}</text:p>" * 5_000)),
        ("XLSX, 5,000 rows of 6", xlsx(f"<row>{row}</row>" * 5_000)),
        ("XLSB, 5,000 rows of 6", xlsb(*[[DEMAND] * 6] * 5_000)),
        ("ODS, 5,000 rows of 6", odf("spreadsheet", f"<table:table>{line * 5_000}</table:table>")),
        ("7z of that DOCX", sevenzip({"a.docx": docx(paragraph(DEMAND) * 5_000)})),
        ("OFD, 50 pages of 40 lines", ofd(*[[(20, 6 * n, DEMAND) for n in range(LINES)]] * PAGES)),
    ):
        times = []
        for _ in range(5):
            start = process_time()
            found = read(data, name)
            times.append(process_time() - start)
        print(f"{name:<30} {median(times):6.3f} s  {_outcome(found)}")


if __name__ == "__main__":
    main()
