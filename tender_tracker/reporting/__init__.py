"""Answers of the store → what people read: reports, tables, sheets, stories, for a terminal or a file."""
