"""Show text through a pager, in the way of git."""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress

_SHELL_SIGNS = frozenset("|&;<>()$`\\\"'*?[]#~=%!{}\n")
"""Characters that make a command one for the shell."""

_NOT_STARTED = (126, 127)
"""Exit codes of a shell that cannot run the command."""


def command(environment: Mapping[str, str]) -> str:
    """Return the pager's command: SEARCHKIT_PAGER, then PAGER, then less; empty for none.

    The value `cat` means none, and so does a value that is set but blank.
    """
    default = "less" if os.name != "nt" or shutil.which("less") else "more"
    chosen = environment.get("SEARCHKIT_PAGER", environment.get("PAGER", default)).strip()
    return "" if chosen == "cat" or environment.get("TERM") == "dumb" else chosen


def page(text: str) -> bool:
    """Show a text through the pager on the terminal that standard output is, and wait until it is closed.

    Returns:
        Whether it was shown. Otherwise no pager is wanted, or it cannot be started.
    """
    arguments = _arguments(command(os.environ))
    if not arguments:
        return False
    encoding = sys.stdout.encoding or "utf-8"
    environment = {"LESS": "FRX", **os.environ}
    if encoding.lower().replace("-", "") == "utf8":
        environment.setdefault("LESSCHARSET", "utf-8")  # whatever the locale says, UTF-8 is what it gets
    sys.stdout.flush()
    with _deaf_to_interrupts():
        try:
            process = subprocess.Popen(arguments, stdin=subprocess.PIPE, env=environment)
        except (OSError, ValueError):
            return False
        assert process.stdin is not None
        try:
            with suppress(BrokenPipeError), process.stdin as pipe:  # it may be closed before it has read everything
                pipe.write(text.encode(encoding, "replace"))
            return process.wait() not in _NOT_STARTED
        except BaseException:  # a SIGTERM: the terminal is given back before this process ends
            process.terminate()
            process.wait()
            raise


def _arguments(chosen: str) -> list[str]:
    """Return the command as a list of arguments; empty if there is no such program."""
    if not chosen:
        return []
    if os.name != "nt" and _SHELL_SIGNS.intersection(chosen):
        return ["/bin/sh", "-c", chosen]
    program, *options = shlex.split(chosen, posix=os.name != "nt")
    found = shutil.which(program)
    return [found, *options] if found else []


@contextmanager
def _deaf_to_interrupts() -> Iterator[None]:
    """Leave Ctrl-C to the pager, which stays and searches on, while the body runs.

    A handler that does nothing is not inherited by the pager, as an ignored signal would be.
    """
    try:
        before = signal.signal(signal.SIGINT, lambda number, frame: None)
    except ValueError:  # not the main thread: no interrupt comes here
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
