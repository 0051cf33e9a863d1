"""A picture of text → its lines, by the optional engine RapidOCR, whose models come with it: it never asks the network.

What is read so may err, and is marked wherever it is told.
"""

from __future__ import annotations

from contextlib import suppress
from functools import cached_property
from importlib.util import find_spec
from math import sqrt
from typing import Any, Literal

from tender_tracker.documents.placed import Placed, lines
from tender_tracker.documents.reading import Unreadable
from tender_tracker.documents.wrapped import joined

ENGINE = "rapidocr"
SECONDS, MEGABYTES = 600.0, 2_000
"""Of one file: a page takes three to six seconds of a processor, and the engine 1.2 GB of address space."""
_SCALE, _PIXELS = 2.0, 6_000_000
"""A page is drawn at 144 points to the inch; a poster smaller."""
_SETTINGS = {
    "EngineConfig.onnxruntime.intra_op_num_threads": 1,  # each further thread takes address space of its own
    "EngineConfig.onnxruntime.inter_op_num_threads": 1,
    "Global.log_level": "critical",
}
_TIFF: dict[bytes, Literal["little", "big"]] = {b"II*\x00": "little", b"MM\x00*": "big"}


def is_here() -> bool:
    """Whether the engine is installed."""
    return find_spec(ENGINE) is not None


class Sight:
    """Reads pictures of text; the engine is loaded when the first one comes."""

    def page(self, page: Any) -> list[str]:
        """The lines of a page of PDFium."""
        scale = min(_SCALE, sqrt(_PIXELS / max(page.get_width() * page.get_height(), 1)))
        drawn = page.render(scale=scale, rev_byteorder=True)
        try:
            with suppress(Unreadable):
                return self._seen(_ppm(drawn))
            return []
        finally:
            drawn.close()

    def picture(self, data: bytes) -> list[str]:
        """The lines of a picture. Raises Unreadable (picture) for what is none, or has several pages."""
        if _has_pages(data):
            raise Unreadable("picture")
        return self._seen(data)

    def _seen(self, picture: bytes) -> list[str]:
        try:
            found = self._engine(picture)
        except (
            Exception
        ) as error:  # the engine has no errors of its own: whatever it says, this is no picture it can read
            if "bad_alloc" in str(error) or isinstance(error, MemoryError):
                raise MemoryError from error
            raise Unreadable("picture") from error
        if found.txts is None:
            return []
        return joined(lines(map(_placed, found.boxes, found.txts)))

    @cached_property
    def _engine(self) -> Any:
        from rapidocr import RapidOCR

        return RapidOCR(params=_SETTINGS)


def _placed(box: Any, text: str) -> Placed:
    """A text and the four corners around it."""
    across, down = [float(x) for x, _ in box], [float(y) for _, y in box]
    return Placed(min(across), min(down), max(across), max(down) - min(down), text)


def _ppm(drawn: Any) -> bytes:
    """A drawn page as the plainest of picture files, without the bytes that fill up its rows."""
    raw, wide = bytes(drawn.buffer), drawn.width * drawn.n_channels
    rows = (raw[at : at + wide] for at in range(0, drawn.height * drawn.stride, drawn.stride))
    return b"P6\n%d %d\n255\n" % (drawn.width, drawn.height) + b"".join(rows)


def _has_pages(data: bytes) -> bool:
    """Whether it is a TIFF of several pages, of which the engine would read the first only."""
    order = _TIFF.get(data[:4])
    if order is None:
        return False
    at = int.from_bytes(data[4:8], order)
    count = int.from_bytes(data[at : at + 2], order)
    return any(data[at + 2 + 12 * count : at + 6 + 12 * count])
