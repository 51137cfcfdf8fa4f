"""The operators that are written as words: which words are operators, and which look like one and are none.

Capitals make an operator: AND, OR, NOT, NEAR, SENT, PARA. With its number, NEAR/5 or PRE/5, it may be in small letters
too, as nobody types that as text. Full-width letters are letters.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Literal, TypeAlias

Kind: TypeAlias = Literal[
    "word", "phrase", "prefix", "wildcard", "fuzzy", "value", "field", "and", "or", "not", "near", "pre", "sent",
    "para", "atleast", "(", ")", "everything", "end",
]  # fmt: skip

FARTHEST = 1000
"""The largest distance of NEAR and PRE, in characters."""
DEFAULT_DISTANCE = 10
MOST_TIMES = 1000
"""The largest number of `atleast`."""
EXAMPLES: dict[Kind, str] = {
    "near": "出口 NEAR/10 管制", "pre": "出口 PRE/10 管制", "sent": "出口 SENT 管制", "para": "出口 PARA 管制",
}  # fmt: skip
"""The operators that join two words or phrases, each with an example."""

_OPERATORS: dict[str, Kind] = {"AND": "and", "OR": "or", "NOT": "not", "NEAR": "near", "SENT": "sent", "PARA": "para"}
IN_CHINESE = {"或": "OR", "或者": "OR", "且": "AND", "并且": "AND"}
"""Words that are no operators but that a person may type for one, folded, with the operator."""
_DISTANCE = re.compile(r"(NEAR|PRE)/([0-9]{1,9})")
_ATLEAST = re.compile(r"ATLEAST([0-9]*)")


def operator(text: str) -> tuple[Kind, int] | None:
    """Return the operator that a word is, and its distance, 0 if it takes none; None if it is a word."""
    plain = unicodedata.normalize("NFKC", text)
    distance = _DISTANCE.fullmatch(plain.upper())
    if distance:
        return ("near" if distance[1] == "NEAR" else "pre"), int(distance[2])
    kind = _OPERATORS.get(plain)
    return None if kind is None else (kind, DEFAULT_DISTANCE if kind == "near" else 0)


def lacks_number(text: str) -> str:
    """Return the operator that a word is with something else than a number behind it, NEAR/x; empty if it is none."""
    plain = unicodedata.normalize("NFKC", text)
    return next((name for name in ("NEAR", "PRE") if plain.startswith(f"{name}/")), "")


def at_least(text: str) -> str | None:
    """Return the digits of atleast3, which stands before a parenthesis; None if the word is another."""
    found = _ATLEAST.fullmatch(unicodedata.normalize("NFKC", text).upper())
    return found[1] if found else None
