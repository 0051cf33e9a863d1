"""Pages of a run → the raw file, as long as that goes well: trouble ends the keeping, never the run."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType

from tender_tracker.errors import StoreUnusable, TenderError
from tender_tracker.model import Page
from tender_tracker.storage.raw import Holds, RawFile


class Keeper:
    """Called with each page. Use as a context manager; `trouble` is why pages are not kept, if they are not."""

    def __init__(self, path: Path) -> None:
        self.trouble: TenderError | None = None
        self._file: RawFile | None = None
        try:
            self._file = RawFile.open(path)
        except StoreUnusable as error:
            self.trouble = error

    def __enter__(self) -> Keeper:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __call__(self, page: Page, holds: Holds) -> None:
        if self._file is None:
            return
        try:
            self._file.keep(page, holds)
        except StoreUnusable as error:
            self.trouble = error
            self.close()

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None
