"""Chinese set with a space between any two characters (一 名 警 察), as headings are and old pages throughout."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

_FEWEST = 3
"""Characters, each standing alone between spaces, that are letterspaced text and not a list of short words."""

_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_SIGNS = "，。、；：！？,.;:!?'\"“”‘’「」『』《》〈〉（）()"
"""Stand between the characters of such a text as if they were some."""


# Compiled when a text comes that needs them, see `characters`.
@cache
def _maybe() -> re.Pattern[str]:
    """Is in every text that has such a passage, but for one with a sign behind each character."""
    return re.compile(" [^\0-\u2e7f] [^\0-\u2e7f]")


@cache
def _passage() -> re.Pattern[str]:
    signs = re.escape(_SIGNS)
    return re.compile(f"(?<!\\w)[{_HAN}](?: [{_HAN}{signs}](?!\\w))+")


@cache
def _single() -> re.Pattern[str]:
    return re.compile(f"[{_HAN}]")


def may_be_letterspaced(text: str) -> bool:
    """Tell whether a text may have a letterspaced passage, in next to no time."""
    return " " in text and _maybe().search(text) is not None


def spaces_to_close(text: str) -> Iterator[int]:
    """Yield the offsets of the spaces that stand between letterspaced characters, ascending.

    Only U+0020 is taken for a space: `searchkit.analysis.normalise.fold` has made one of every other.
    """
    if not may_be_letterspaced(text):
        return
    for found in _passage().finditer(text):
        if len(_single().findall(found.group())) >= _FEWEST:
            yield from range(found.start() + 1, found.end(), 2)


def closed_up(text: str) -> str:
    """Return the text with its letterspaced passages closed up, all else as it is."""
    plain = text.replace("\u3000", " ").replace("\xa0", " ")
    kept: list[str] = []
    at = 0
    for space in spaces_to_close(plain):
        kept.append(text[at:space])
        at = space + 1
    return "".join((*kept, text[at:])) if at else text
