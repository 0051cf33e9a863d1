"""Bytes → a file that is the old one or the new one at any moment."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from tender_tracker.errors import TenderError


def write(path: Path, content: str | bytes | Iterable[str]) -> None:
    """A temporary file beside it, fsync, rename; `content` may come in pieces.

    A link is followed; a pipe or device is written to, never replaced. Raises TenderError when it cannot be written.
    """
    import tempfile

    data = _bytes(content)
    try:
        if path.exists() and not path.is_file() and not path.is_dir():
            with path.open("wb") as device:
                device.writelines(data)
            return
        path = path.resolve()
        with tempfile.NamedTemporaryFile("wb", dir=path.parent, delete=False) as file:
            try:
                file.writelines(data)
                file.flush()
                os.fsync(file.fileno())
                os.chmod(file.name, 0o666 & ~_umask())
                os.replace(file.name, path)
            except BaseException:
                os.unlink(file.name)
                raise
    except OSError as error:
        raise TenderError(f"{path}: not written: {error.strerror}; the old file, if any, is untouched") from error


def _bytes(content: str | bytes | Iterable[str]) -> Iterable[bytes]:
    if isinstance(content, bytes):
        return (content,)
    return (content.encode(),) if isinstance(content, str) else (piece.encode() for piece in content)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
