"""What an index's terms depend on. An index made with another fingerprint gives wrong answers and is refused."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cache

from searchkit.analysis import jieba_files
from searchkit.analysis.normalise import simplified
from searchkit.analysis.segment import UserDictionary

ANALYSIS = "3"
"""Counted up with every change of folding, terms or sentences that an existing index does not know."""


def fingerprint(dictionary: UserDictionary) -> Mapping[str, str]:
    """Name and value of everything that decides on the terms of a text.

    Unicode's version is not part of it: a character that a newer Python knows more about is rare, and every upgrade
    of Python would ask for a rebuild.
    """
    return {
        "analysis": ANALYSIS,
        "dictionary": dictionary.digest,
        "folding": _digest_of_folding(),
        "jieba": jieba_files.version(),
    }


@cache
def _digest_of_folding() -> str:
    """Once for a process: it takes longer than all else in opening an archive."""
    table = "".join(f"{a}{b}" for a, b in sorted(simplified().items()))
    return hashlib.sha256(table.encode()).hexdigest()[:16]
