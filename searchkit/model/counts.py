"""Numbers with their nouns."""

from __future__ import annotations


def counted(number: int, noun: str) -> str:
    """Write a count with its noun, a regular one in the singular: 1 article, 2 articles, 1,203 articles."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
