"""The tables of past.py and the columns of a run that it reads, as the migration makes them."""

from __future__ import annotations

TABLES = (
    *(
        f"ALTER TABLE run_sources ADD COLUMN {column}"
        for column in (
            "seen INTEGER NOT NULL DEFAULT 0",
            "failed INTEGER NOT NULL DEFAULT 0",
            "not_modified INTEGER NOT NULL DEFAULT 0",
            "waiting INTEGER NOT NULL DEFAULT 0",
            "covered_since TEXT",
            "covered_until TEXT",
            "watermark TEXT",
            "scope TEXT",
            "alarm TEXT",
        )
    ),
    """
CREATE TABLE page_checks (
    source TEXT NOT NULL,
    url TEXT NOT NULL,
    listed TEXT NOT NULL,
    etag TEXT,
    last_modified TEXT,
    checked_at TEXT NOT NULL,
    PRIMARY KEY (source, url)
) WITHOUT ROWID""",
    """
CREATE TABLE failed_pages (
    source TEXT NOT NULL,
    url TEXT NOT NULL,
    title TEXT NOT NULL,
    published TEXT,
    request TEXT,
    listed TEXT NOT NULL,
    reason TEXT NOT NULL,
    message TEXT NOT NULL,
    tries INTEGER NOT NULL,
    first_failed TEXT NOT NULL,
    last_tried TEXT NOT NULL,
    next_try TEXT,
    PRIMARY KEY (source, url)
) WITHOUT ROWID""",
    """
CREATE TABLE calls (
    source TEXT NOT NULL,
    day TEXT NOT NULL,
    calls INTEGER NOT NULL,
    PRIMARY KEY (source, day)
) WITHOUT ROWID""",
)
