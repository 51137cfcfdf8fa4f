"""TOML that may be a stranger's, read in bounded memory and time.

For each key, Python's reader keeps every beginning of it: sixty kilobytes of `a.a.a…` would take gigabytes.
"""

from __future__ import annotations

import re
import sys
from typing import Any

MOST_PARTS = 30
"""Parts of a dotted key; nobody's settings are nested so deeply."""

_TOKEN = re.compile(r"""(?P<part>[\w-]+|"(?:[^"\\\n]|\\[^\n])*"|'[^'\n]*')|(?P<dot>\.)|[ \t]+|(?P<other>.|\n)""")


def read(text: str) -> dict[str, Any]:
    """Return what a TOML file says. Raises: ValueError where it is no TOML, or nested too deeply."""
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib  # type: ignore[import-not-found, unused-ignore]
    _require_short_keys(text)
    try:
        found: dict[str, Any] = tomllib.loads(text)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    return found


def _require_short_keys(text: str) -> None:
    dots = 0
    for token in _TOKEN.finditer(text):
        if token["dot"]:
            dots += 1
            if dots >= MOST_PARTS:
                line = text.count("\n", 0, token.start()) + 1
                raise ValueError(f"a key in line {line} has more than {MOST_PARTS} parts")
        elif token["other"]:
            dots = 0
