"""Making any text safe to write to a terminal.

A title may hold escape sequences that clear the screen, bidirectional controls that turn a line around, or half a
character. Each such character is shown as U+FFFD; newlines and tabs become spaces.
"""

from __future__ import annotations

import unicodedata

_HARMLESS_FORMAT = "\u200d"  # joins emoji
_SPACES = "\t\n\r\v\f\x85\u2028\u2029"


def _safe(char: str) -> str:
    if char in _SPACES:
        return " "
    category = unicodedata.category(char)
    if category == "Cf":
        # Zero-width and bidirectional controls change what a reader sees without being seen.
        return char if char in _HARMLESS_FORMAT else "\ufffd"
    return "\ufffd" if category in ("Cc", "Cs", "Co", "Cn") else char


def safe(text: str) -> str:
    """`text` on one line, without anything a terminal would act on. The length in characters stays."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(_safe(char) for char in text)
