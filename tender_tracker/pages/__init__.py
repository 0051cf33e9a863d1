"""Saved files and pages → notices: decoding, block text, refusals, fields."""
