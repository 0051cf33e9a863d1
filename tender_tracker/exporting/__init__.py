"""Stored notices → files that other programs read: calendar, OCDS, workbook, Parquet, JSON Lines, CSV."""
