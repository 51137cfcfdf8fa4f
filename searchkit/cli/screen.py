"""The terminal that a stream may be, and its size."""

from __future__ import annotations

import os
from typing import TextIO


def is_terminal(stream: TextIO) -> bool:
    """Tell whether a stream is the file of a terminal, which a child process could write to as well."""
    try:
        return os.isatty(stream.fileno())
    except (OSError, ValueError):  # no file behind it, or a closed one
        return False


def size_of(stream: TextIO) -> os.terminal_size:
    """Return the size from COLUMNS and LINES, otherwise of the terminal that a stream is, otherwise 80 by 24."""
    try:
        there = os.get_terminal_size(stream.fileno())
    except (OSError, ValueError):
        there = os.terminal_size((0, 0))
    given = (os.environ.get(name, "") for name in ("COLUMNS", "LINES"))
    columns, lines = (int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0 for text in given)
    return os.terminal_size((columns or there.columns or 80, lines or there.lines or 24))
