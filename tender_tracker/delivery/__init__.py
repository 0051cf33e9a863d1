"""Digests on their way: composed for a target, sent, and judged by what the other side answers."""
