"""Where the sentences and paragraphs of a folded text begin.

A paragraph ends at a line end. A sentence ends there too, and after 。 ! or ? with the closing quotes and brackets
behind them: the marks that end a sentence in GB/T 15834, which semicolon, colon and ellipsis are not. A latin full stop
ends a sentence before white space, if it stands neither after a single letter or digit (U.S., J. K. Rowling, 3. of a
list) nor after an abbreviation (Mr., St.). Folded, ！ and ？ are ! and ?, and every quote is ', so that one which opens
directly behind a sentence counts with it.
"""

from __future__ import annotations

import re
from functools import cache

from searchkit.analysis.characters import is_letter

_ABBREVIATIONS = frozenset({"mr", "mrs", "ms", "dr", "st", "vs"})
_LONGEST = max(map(len, _ABBREVIATIONS))


# Compiled when a text comes that needs it, see `characters`.
@cache
def _end() -> re.Pattern[str]:
    return re.compile(r"\n|[。!?][。!?'」』)》〉】\]]*|\.['」』)》〉】\]]*(?=\s)")


def sentence_starts(folded: str) -> list[int]:
    """Return the offsets at which a sentence begins, ascending, without that of the first one, 0."""
    found = []
    for end in _end().finditer(folded):
        if folded[end.start()] == "." and _is_inside(folded, end.start()):
            continue
        if end.end() < len(folded):
            found.append(end.end())
    return found


def _is_inside(folded: str, stop: int) -> bool:
    """Tell whether the full stop at this offset belongs to an abbreviation or a number."""
    at = stop
    while at > 0 and stop - at <= _LONGEST and is_letter(folded[at - 1]):
        at -= 1
    return stop - at == 1 or folded[at:stop] in _ABBREVIATIONS


def paragraph_starts(folded: str) -> list[int]:
    """Return the offsets at which a paragraph begins, ascending, without that of the first one, 0."""
    found, at = [], folded.find("\n") + 1
    while 0 < at < len(folded):
        found.append(at)
        at = folded.find("\n", at) + 1
    return found
