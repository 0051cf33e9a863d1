"""`dataset.json`: which form a dataset has and what is in it. Written last: without it, a dataset is unfinished."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tender_tracker import outfile
from tender_tracker.dataset.schema import NAME
from tender_tracker.errors import UsageError

FILE = "dataset.json"


def write(folder: Path, counts: Mapping[str, Any]) -> None:
    outfile.write(folder / FILE, json.dumps({"schema": NAME, **counts}, ensure_ascii=False, indent=1) + "\n")


def read(folder: Path) -> Mapping[str, Any]:
    """What a finished dataset says of itself.

    Raises UsageError for a folder that is none, is not finished, or has a form this program does not know.
    """
    path = folder / FILE
    if not folder.is_dir():
        raise UsageError(f"{folder}: no such folder; give a dataset: a folder with a {FILE}")
    try:
        said = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise UsageError(
            f"{folder}: no {FILE} in it: no dataset, or one that is not finished. Make it with `tenders export "
            "--format parquet --partition month`, or let `tenders bulk label` run to its end"
        ) from None
    except (OSError, ValueError) as error:
        raise UsageError(f"{path}: not readable ({error}); get the dataset again") from error
    form = said.get("schema") if isinstance(said, dict) else None
    if form != NAME:
        raise UsageError(
            f"{folder}: a dataset of the form {form!r}, and this program reads {NAME!r}; nothing was read. "
            "Write it again with a tenders of the same version as this one, or update this one"
        )
    return dict(said)
