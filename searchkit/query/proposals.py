"""Propose queries to type instead of one that cannot be read. A proposal is whole: nothing is cut from it."""

from __future__ import annotations

import re
from collections.abc import Callable

from searchkit.language.messages import Message

LONGEST = 100
"""The most characters of a text that a hint proposes to type; a longer one is described instead."""
EXAMPLE = "芯片"

_EMPTY = re.compile(r"(?:\s|[(（]|(?<=[\s(（])[-－!！]{1,9}(?=[\s(（]))+$")
"""Parentheses at the end with nothing in them, and the signs that leave them out: 特朗普 -((."""
_TAKES_GROUP = re.compile("[:：0-9A-Za-z]$")
"""What stands directly before its parenthesis: title:( and atleast2(."""


def itself(name: str, rest: str, phrase: str | None) -> str:
    """Return the hint for who means the text of what is read as an unknown field.

    Args:
        rest: the query behind the colon.
        phrase: the text of the phrase that stands there; None if none does.
    """
    value = rest.split(maxsplit=1)[0] if phrase is None else phrase
    text = f"{name}:{value}".replace('"', "").replace("＂", "")
    if len(text) > LONGEST:
        return Message("to find the text itself, put it in quotes")
    return Message('to find the text itself: "{text}"', text=text)


def closed(query: str, open_parentheses: int, reads: Callable[[str], bool]) -> str:
    """Return the hint for a query with parentheses that are not closed.

    Args:
        open_parentheses: how many, 1 or more.
        reads: whether a query can be read.
    """
    query = query.strip()
    if len(query) > LONGEST:
        return Message("close it with )")
    bare = _EMPTY.sub("", query)
    gone = query[len(bare) :]
    empty = len(re.findall("[(（]", gone))
    proposals = [query + ")" * open_parentheses] if not empty else []
    if empty and bare and not (gone[0] in "(（" and _TAKES_GROUP.search(bare)):
        proposals.append(bare + ")" * max(0, open_parentheses - empty))
    proposals.append(query + EXAMPLE + ")" * open_parentheses)
    return next(filter(reads, proposals), Message("close it with )"))
