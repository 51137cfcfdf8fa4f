"""Show the log on standard error for `--verbose`: faults and lost processes that searchkit recovered from."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from searchkit.presenters.terminal_text import safe


class _Shown(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        lines = self.format(record).splitlines()
        if sys.stderr.isatty():
            sys.stderr.write("\r\x1b[K")  # a progress bar may be there
        for line in lines:  # safe: a traceback may quote a hostile title
            print(safe(line), file=sys.stderr)


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
