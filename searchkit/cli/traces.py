"""Show the log on standard error for `--verbose`: faults and lost processes that searchkit recovered from."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from searchkit.cli.messages import write_message
from searchkit.presenters.terminal_text import safe


class _Shown(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        erased = "\r\x1b[K" if sys.stderr.isatty() else ""  # a progress bar may be there
        # Safe: a traceback may quote a hostile title.
        write_message(map(safe, self.format(record).splitlines()), before=erased)


@contextmanager
def shown() -> Iterator[None]:
    """Print the log of searchkit on standard error, warnings and above, while the body runs."""
    handler = _Shown(logging.WARNING)
    handler.setFormatter(logging.Formatter("%(levelname)s: %(message)s"))
    top = logging.getLogger("searchkit")
    top.addHandler(handler)
    try:
        yield
    finally:
        top.removeHandler(handler)
