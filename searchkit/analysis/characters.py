"""The classes of characters that the terms are cut by. All of this is about *folded* text.

- ideographs, and kana and hangul, which are written without spaces too: searched by pairs of characters;
- letters and digits of every other script, with the marks that combine with them: whole runs are tokens;
- anything else but white space: each character for itself.
"""

from __future__ import annotations

import re

IDEOGRAPHS = (
    "\u3005-\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u3040-\u30ff\u31f0-\u31ff\u1100-\u11ff\uac00-\ud7af"
    "\U00016fe0-\U00018aff\U0001b000-\U0001b16f\U00020000-\U0003ffff"
)

JIEBA_RUN = "\u4e00-\u9fd5A-Za-z0-9+#&"
"""What jieba and rjieba cut identically; every other character is kept from them."""

ideograph = re.compile(f"[{IDEOGRAPHS}]")
ideograph_run = re.compile(f"[{IDEOGRAPHS}]+")

letter = re.compile(f"[^\\W_{IDEOGRAPHS}]")
"""A letter or digit that is not an ideograph."""

MAX_LETTERS = 64
"""Longer runs of letters are cut: they are encoded data, not words. A phrase that goes over a cut is not found."""

token = re.compile(
    f"(?P<ideographs>[{IDEOGRAPHS}]+)|(?P<letters>[^\\W_{IDEOGRAPHS}]{{1,{MAX_LETTERS}}})|(?P<other>[^\\n])"
)
"""Covers every character but the newline, left to right."""


def is_letter(char: str) -> bool:
    """A letter or digit that is not an ideograph; False for the empty string."""
    return bool(char) and letter.match(char) is not None
