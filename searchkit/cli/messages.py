"""Write messages to standard error, each with one call, so that lines of processes that share it never mix."""

from __future__ import annotations

import sys
from collections.abc import Iterable


def write_message(lines: Iterable[str], before: str = "") -> None:
    """Write whole lines to standard error in one piece; no lines: write nothing.

    Args:
        before: control characters for a terminal, written in front of the first line.
    """
    text = "".join(line + "\n" for line in lines)
    if text:
        sys.stderr.write(before + text)
        sys.stderr.flush()
