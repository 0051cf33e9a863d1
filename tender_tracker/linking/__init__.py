"""Notices → projects: which notices speak of one procurement."""
