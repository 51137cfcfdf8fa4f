"""Numbers with their nouns."""

from __future__ import annotations

from searchkit.language.messages import Message, plural


def counted(number: int, noun: str) -> Message:
    """Write a count with its noun, a regular one in the singular: 1 article, 2 articles, 1,203 articles."""
    return plural(f"{{number:,}} {noun}", f"{{number:,}} {noun}s", number)
