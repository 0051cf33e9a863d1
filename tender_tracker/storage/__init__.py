"""The SQLite store: written whole batch by whole batch, read with plain read-only questions."""
