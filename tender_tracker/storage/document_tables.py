"""The tables of documents.py, as the migration makes them."""

from __future__ import annotations

TABLES = (
    """
CREATE TABLE documents (
    notice_id INTEGER NOT NULL REFERENCES notices(id),
    name TEXT NOT NULL,
    url TEXT,
    state TEXT NOT NULL,
    reasons TEXT NOT NULL,
    message TEXT,
    sha256 TEXT,
    tries INTEGER NOT NULL,
    asked_at TEXT,
    next_try TEXT,
    PRIMARY KEY (notice_id, name)
) WITHOUT ROWID""",
    "CREATE INDEX documents_next_try ON documents (next_try) WHERE next_try IS NOT NULL",
    "CREATE INDEX documents_sha256 ON documents (sha256) WHERE sha256 IS NOT NULL",
    """
CREATE TABLE readings (
    sha256 TEXT PRIMARY KEY,
    bytes INTEGER NOT NULL,
    format TEXT NOT NULL,
    unread TEXT NOT NULL,
    read_at TEXT NOT NULL
) WITHOUT ROWID""",
    """
CREATE TABLE passages (
    id INTEGER PRIMARY KEY,
    sha256 TEXT NOT NULL REFERENCES readings(sha256),
    position INTEGER NOT NULL,
    file TEXT NOT NULL,
    page INTEGER,
    text TEXT NOT NULL,
    UNIQUE (sha256, position)
)""",
    "ALTER TABLE evidence ADD COLUMN file TEXT",
    "ALTER TABLE evidence ADD COLUMN page INTEGER",
    "ALTER TABLE relabelings ADD COLUMN why TEXT NOT NULL DEFAULT 'rules'",
)
