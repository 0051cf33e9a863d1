"""Peak memory of runs made to hurt: each a process of its own, on inputs made here; the promise is 150 MB.

`python bench/memory.py` prints the table (some minutes); `python bench/memory.py dense bombs` only such inputs.
Live answers come from a server in this process; their size is that of one answer.
"""

from __future__ import annotations

import argparse
import gzip
import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count, cycle
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from time import perf_counter

import generate

PICTURE = "data:image/png;base64,"
PROMISE = 150
"""MB of resident memory at most."""
ROOM = 390_000
"""Characters of a page just below the limit of one notice."""
CLAUSES = {
    "demands": "采购服务器{n}台，CPU须采用国产鲲鹏处理器，不接受进口产品。",
    "short demands": "国产CPU服务器；",
    "chips": "昇腾；",
    "servers": "鲲鹏服务器；",
    "numbers": "8卡；",
    "lots": "包{n}：信创服务器{n}台，预算{n}万元。",
    "figures": "GPU服务器{n}台，单价{n}万元/台，算力{n}PFLOPS；",
}


CHILD = """
import sys
from tender_tracker.commands import main
sys.argv = sys.argv[1:]
code = 0
try:
    main()
except SystemExit as end:
    code = end.code or 0
with open("/proc/self/status") as told:
    print(code, *(line.split()[1] for line in told if line.startswith("VmHWM")))
"""
"""What runs: the peak is asked of the process itself, for a parent's size would count in what wait() tells."""


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("names", nargs="*", help="only inputs whose name contains one of these words")
    names = options.parse_args().names

    def wanted(name: str) -> bool:
        return not names or any(word in name for word in names)

    print(f"{'input':<38} {'size':>9} {'peak':>8} {'time':>7}  exit")
    for name, make in inputs():
        if wanted(name):
            with TemporaryDirectory() as folder:
                place = Path(folder)
                (place / "input").mkdir()
                _imported(name, make(place / "input"), place)
    for name, source, answer in answers():
        if wanted(name):
            with TemporaryDirectory() as folder:
                _asked(name, source, answer().encode(), Path(folder))


def inputs() -> Iterator[tuple[str, Callable[[Path], Path]]]:
    """Name → what writes the input into a folder and tells its path."""
    yield "one small page", lambda folder: _page(folder, "采购服务器2台。")
    for name, clause in CLAUSES.items():
        yield f"dense page of {name}", lambda folder, clause=clause: _page(folder, _paragraphs(clause))
        yield f"dense table of {name}", lambda folder, clause=clause: _page(folder, _table(clause))
    yield "page of 240,000 tags", lambda folder: _page(folder, "<b>算力</b>" * 120_000)
    yield "page of 120,000 links", lambda folder: _page(folder, "<a href='/a.pdf'>附件.pdf</a>" * 120_000)
    yield "page of 15 MB, a picture in it", lambda folder: _page(folder, f"😀<img src='{PICTURE}{'x' * 15_000_000}'>")
    yield "page of 15 MB, one comment", lambda folder: _page(folder, f"😀<!--{'x' * 15_000_000}-->")
    yield "page of 2 MB, one comment", lambda folder: _page(folder, f"😀<!--{'x' * 1_900_000}-->")
    yield "page of 15 MB, GBK and broken bytes", _broken
    yield "page of 34 MB", lambda folder: _page(folder, "<p>采购服务器</p>" * 1_400_000)
    for number in (2_000, 20_000):
        yield f"zip of {number:,} pages", lambda folder, number=number: _zip(folder, number)
    yield "folder of 50,000 small files", _many
    yield "20,000 notices of one title", lambda folder: _written(folder / "notices.jsonl", _alike(20_000, 1))
    yield "20,000 notices of 50 titles", lambda folder: _written(folder / "notices.jsonl", _alike(20_000, 50))
    yield "JSON Lines of 200 MB", lambda folder: _written(folder / "notices.jsonl", _lines(200))
    for size in (24, 60):
        yield f"OCDS package of {size} MB", lambda folder, size=size: _written(folder / "p.json", _package(size))
    for name in ("page.html.gz", "lines.jsonl.gz", "answer.json.gz"):
        yield f"bomb {name} of 1 GB", lambda folder, name=name: _written(folder / name, [_bomb()])
    yield "bombs in a zip, 3 of 1 GB", _nested
    yield "3,000,000 bad lines in a zip", _bad_lines


def answers() -> Iterator[tuple[str, str, Callable[[], str]]]:
    """Name, the source that asks, and what makes the answer."""
    frame = "<html><head><title>公开招标</title></head><body>{}</body></html>"
    yield "live list, 15 MB of tags", "ccgp", lambda: frame.format("<b>x</b>" * 1_900_000)
    yield "live list, 240,000 tags", "ccgp", lambda: frame.format("<b>x</b>" * 120_000)
    yield "live list, 15 MB in one comment", "ccgp", lambda: frame.format(f"😀<!--{'x' * 15_000_000}-->")
    yield "live list, 2 MB in one comment", "ccgp", lambda: frame.format(f"😀<!--{'x' * 1_900_000}-->")
    yield "live list, 60,000 tags", "ccgp", lambda: frame.format("<b>x</b>" * 29_900)
    yield "live list, 2.5 MB in one comment", "ccgp", lambda: frame.format(f"😀<!--{'x' * 2_600_000}-->")
    yield "live JSON, 15 MB", "shandong", lambda: json.dumps({"data": "采" + "x" * 15_000_000}, ensure_ascii=False)
    yield "live JSON, 10 MB", "shandong", lambda: json.dumps({"data": "采" + "x" * 10_000_000}, ensure_ascii=False)
    yield "live JSON, 400,000 values", "shandong", lambda: json.dumps({"data": [{"a": n} for n in range(200_000)]})
    yield "live JSON, 190,000 values", "shandong", lambda: json.dumps({"data": [{"a": n} for n in range(63_000)]})


def _imported(name: str, path: Path, place: Path) -> None:
    size = sum(file.stat().st_size for file in path.rglob("*")) if path.is_dir() else path.stat().st_size
    _measured(name, size, ["--db", str(place / "s.db"), "fetch", "--saved", str(path)])


def _asked(name: str, source: str, answer: bytes, place: Path) -> None:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            robots = self.path == "/robots.txt"
            self.send_response(404 if robots else 200)
            self.send_header("Content-Type", "text/html" if answer.startswith(b"<") else "application/json")
            self.end_headers()
            if not robots:
                self.wfile.write(answer)

        do_POST = do_GET

        def log_message(self, *said: object) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    config = place / "config.toml"
    address = f"http://127.0.0.1:{server.server_port}"
    config.write_text(f'db = "s.db"\nallow_private = true\n[sources.{source}]\nbase_url = "{address}"\ndelay = 0\n')
    _measured(name, len(answer), ["--config", str(config), "fetch", source])
    server.shutdown()


def _measured(name: str, size: int, words: list[str]) -> None:
    """Runs `tenders` in a process of its own and prints a row."""
    start = perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", CHILD, "tenders", *words], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True
    )
    code, peak = (int(word) for word in done.stdout.split()[-2:])
    told = f"{name:<38} {size / 1e6:>6.1f} MB {peak / 1024:>5.0f} MB {perf_counter() - start:>5.1f} s  {code}"
    print(told + ("  above the promise" if peak > PROMISE * 1024 else ""), flush=True)


def _page(folder: Path, body: str) -> Path:
    facts = "<p>项目编号：CG-1</p><p>采购人：云台大学</p><p>发布时间：2026年11月20日</p>"
    frame = f"<html><head><title>云台大学服务器采购公开招标公告</title></head><body>{facts}{body}</body></html>"
    return _written(folder / "page.html", [frame])


def _broken(folder: Path) -> Path:
    path = _page(folder, "<p>采购服务器" * 1_000)
    path.write_bytes(path.read_text("utf-8").encode("gb18030") + b"\x81\x30\x81\x30\xff\xfe" * 2_500_000)
    return path


def _paragraphs(clause: str) -> str:
    return "".join(f"<p>{sentence}" for sentence in _sentences(clause, 0))


def _table(clause: str) -> str:
    rows = "".join(f"<tr><td>{n}</td><td>{sentence}</td></tr>" for n, sentence in enumerate(_sentences(clause, 9)))
    return f"<table><tr><th>序号</th><th>是否国产</th></tr>{rows}</table>"


def _sentences(clause: str, more: int) -> Iterator[str]:
    """The clause with rising numbers, up to ROOM characters; each takes `more` than its own."""
    length = 0
    for number in count(1):
        sentence = clause.format(n=number)
        length += len(sentence) + 1 + more
        if length > ROOM:
            return
        yield sentence


def _written(path: Path, parts: Iterable[str | bytes]) -> Path:
    with path.open("wb") as file:
        for part in parts:
            file.write(part.encode() if isinstance(part, str) else part)
    return path


def _lines(megabytes: int) -> Iterator[str]:
    for number, (title, text) in enumerate(_told(megabytes)):
        yield json.dumps(_release(number, title, text), ensure_ascii=False) + "\n"


def _alike(notices: int, titles: int) -> Iterator[str]:
    """Notices of one buyer over a year that print a title of a few: the linker has much to compare."""
    for number in range(notices):
        release = _release(number, f"云台大学第{number % titles}实验楼服务器采购项目公开招标公告", "采购服务器2台。")
        day = date(2026, 1, 1) + timedelta(number * 7919 % 365)
        yield json.dumps({**release, "date": f"{day}T09:00:00+08:00"}, ensure_ascii=False) + "\n"


def _package(megabytes: int) -> Iterator[str]:
    yield '{"uri": "http://example.test/p.json", "publishedDate": "2026-11-20T00:00:00Z", "releases": [\n'
    for number, line in enumerate(_lines(megabytes)):
        yield ("," if number else "") + line
    yield "]}"


def _told(megabytes: int) -> Iterator[tuple[str, str]]:
    """Titles and texts of so many MB in all; the same thousand come again and again."""
    told, written = list(generate.texts(1_000, 0.2)), 0
    for title, text in cycle(told):
        written += len(text.encode()) + 500
        if written > megabytes * 10**6:
            return
        yield title, text


def _release(number: int, title: str, text: str) -> dict[str, object]:
    return {
        "ocid": f"ocds-xxxxxx-{number}",
        "id": f"{number}-1",
        "date": "2026-11-20T09:00:00+08:00",
        "tag": ["tender"],
        "language": "zh",
        "parties": [{"id": "B1", "name": "云台大学", "roles": ["buyer"]}],
        "buyer": {"id": "B1", "name": "云台大学"},
        "tender": {"id": str(number), "title": title, "description": text, "status": "active"},
    }


def _zip(folder: Path, number: int) -> Path:
    path = folder / "pages.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, data in generate.pages(number):
            archive.writestr(name, data)
    return path


def _many(folder: Path) -> Path:
    pages = folder / "pages"
    pages.mkdir()
    for number, (title, text) in enumerate(generate.texts(50_000, 0.05, 300)):
        _written(pages / f"{number}.txt", [f"{title}\n{text}"])
    return pages


def _bomb() -> bytes:
    packed = io.BytesIO()
    with gzip.open(packed, "wb") as stream:
        stream.write(b'{"a": ["<p>')
        for _ in range(1_000):
            stream.write(b"x" * 10**6)
    return packed.getvalue()


def _nested(folder: Path) -> Path:
    path = folder / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(3):
            archive.writestr(f"{number}.html.gz", _bomb())
    return path


def _bad_lines(folder: Path) -> Path:
    path = folder / "bad.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("bad.jsonl", "w") as file:
        for _ in range(300):
            file.write(b'{"a"\n' * 10_000)
    return path


if __name__ == "__main__":
    main()
