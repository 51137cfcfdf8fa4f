"""Make any text safe to write to a terminal.

A title may contain escape sequences that clear the screen, bidirectional controls that reverse a line, letters that
are invisible, a hundred accents on one letter, or half a character. Each such character is shown as U+FFFD. Newlines
and tabs become spaces.
"""

from __future__ import annotations

import re
import unicodedata

_SPACES = "\t\n\r\v\f\x85\u2028\u2029"
_JOINER = "\u200d"
_INVISIBLE = "\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0"
"""Characters that are invisible although their category is not Cf."""

_MOST_MARKS = 4
"""The most combining marks on one character; more draw over the lines above."""

# Blocks without marks and invisible characters. In them only characters that are not printable need a look.
_PLAIN = re.compile(
    "[\x20-\u02ff\u0370-\u0482\u2010-\u2027\u2030-\u205e\u2070-\u20cf\u2100-\u27ff\u2900-\u2bff\u3000-\u3029\u3030-\u3098"
    "\u309b-\u3163\u3165-\ua4cf\uac00-\ud7a3\uf900-\ufaff\uff01-\uff9f\U00020000-\U0003ffff]*"
)


def _safe(char: str) -> str:
    if char in _SPACES:
        return " "
    if char in _INVISIBLE or unicodedata.category(char) in ("Cc", "Cf", "Cs", "Co", "Cn"):
        return "\ufffd"
    return char


def _joins_emoji(text: str, at: int) -> bool:
    before = text[at - 1 : at] if text[at - 1 : at] != "\ufe0f" else text[at - 2 : at - 1]
    after = text[at + 1 : at + 2]
    return (
        bool(before and after) and unicodedata.category(before) in ("So", "Sk") and unicodedata.category(after) == "So"
    )


def safe(text: str) -> str:
    """Return `text` on one line, without characters that a terminal would act on or a reader would not see.

    The number of characters stays the same, so that ranges into the text stay right.
    """
    if text.isprintable() and _PLAIN.fullmatch(text):
        return text
    out, marks = [], 0
    for at, char in enumerate(text):
        marks = marks + 1 if unicodedata.category(char) in ("Mn", "Me") else 0
        if char == _JOINER and _joins_emoji(text, at):
            out.append(char)
        else:
            out.append("\ufffd" if marks > _MOST_MARKS else _safe(char))
    return "".join(out)


def safe_lines(text: str) -> str:
    """Return `text` as `safe` does, with its newlines."""
    return "\n".join(map(safe, text.split("\n")))
