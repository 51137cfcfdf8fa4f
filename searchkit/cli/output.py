"""Write data to standard output, and draw progress on a terminal on standard error."""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from searchkit.cli.screen import is_terminal, size_of
from searchkit.cli.settings import Settings
from searchkit.errors import UsageError
from searchkit.language.messages import Message, translated
from searchkit.presenters.bars import bar
from searchkit.presenters.terminal_text import safe
from searchkit.presenters.width import columns, padded, shortened

if TYPE_CHECKING:
    from searchkit.archive import Archive
    from searchkit.model.results import Results

_ESCAPE = re.compile(r"\x1b\[[0-9;]*m")
"""The sequences that `Style` writes."""


def write(lines: Iterable[str]) -> None:
    """Print lines of data."""
    out = sys.stdout
    for line in lines:
        out.write(line + "\n")


def write_whole(output: Path, lines: Iterable[str], option: str) -> None:
    """Write the output as a whole, so that an interruption leaves the old file.

    Args:
        option: the option that named the file, for the error.

    Raises:
        UsageError: the file cannot be written.
    """
    from searchkit.system.outputs import replacing

    with unwritten_is_told(output, option), replacing(output) as file:
        for line in lines:
            file.write(line + "\n")


@contextmanager
def unwritten_is_told(output: Path, option: str) -> Iterator[None]:
    """Raise UsageError, which names the option, where the body cannot write the file."""
    try:
        yield
    except (OSError, ValueError) as error:
        if isinstance(error, ValueError) and "\0" not in str(output):
            raise
        reason = (isinstance(error, OSError) and error.strerror) or str(error)
        raise UsageError(
            Message("cannot write {output}: {reason}", output=str(output)[:200], reason=reason),
            hint=Message("give another {option}", option=option),
        ) from error


def present(settings: Settings, lines: Iterable[str]) -> None:
    """Print lines for a person: through a pager if standard output is a terminal that is too low for them."""
    if settings.no_pager or not is_terminal(sys.stdout):
        write(lines)
        return
    size = size_of(sys.stdout)
    lines = list(lines)
    rows = sum(max(1, -(-columns(_ESCAPE.sub("", line)) // size.columns)) for line in lines)
    if rows >= size.lines:  # the last row is the prompt's
        from searchkit.cli import pager

        if pager.page("".join(line + "\n" for line in lines)):
            return
    write(lines)


def tell_why_nothing(
    settings: Settings, archive: Archive, query: str, filters: dict[str, Any], *, days: bool = False
) -> None:
    """Print the number of articles that each condition finds alone, and what to ask instead of what nothing matches.

    Args:
        days: print as well why no article can be of the days asked for, where no note on the query says so.
    """
    if settings.quiet:
        return
    from searchkit.cli.suggested import as_command
    from searchkit.presenters import terminal

    found, style = _asked_again(archive, query, filters), settings.style(sys.stderr)
    missed = terminal.days_missed(found, style) if days else ()
    settings.tell(*terminal.nothing(found, style, as_command(settings, filters)), *missed)


def tell_instead(settings: Settings, archive: Archive, query: str, filters: dict[str, Any], command: str) -> None:
    """Print what to ask instead of what nothing matches, and why no article can be of the days asked for.

    Args:
        command: the command that is proposed with another query, with its own options.
    """
    if settings.quiet:
        return
    from searchkit.cli.suggested import as_command
    from searchkit.presenters import terminal

    found, style = _asked_again(archive, query, filters), settings.style(sys.stderr)
    lines = [*terminal.days_missed(found, style)]
    if found.diagnosis:
        lines += terminal.suggested(found.diagnosis, style, as_command(settings, filters, command))
    settings.tell(*lines)


def _asked_again(archive: Archive, query: str, filters: dict[str, Any]) -> Results:
    """Return the answer to a query that nothing matches, with its diagnosis."""
    return archive.search(query, limit=0, near=False, snippets=0, **filters)


def tell_aliases(settings: Settings, archive: Archive, query: str, filters: dict[str, Any]) -> None:
    """Print the names under which an answer was looked for as well, where nothing else says how it was understood."""
    if settings.quiet:
        return
    parsed = archive.understand(query, **filters)
    if parsed.aliases or parsed.suggested:
        from searchkit.presenters import terminal

        settings.tell(*map(settings.style(sys.stderr).dim, terminal.aliases(parsed)))


class ProgressBar:
    """A line on standard error that shows progress; nothing where that is no terminal, or with --quiet.

    It is redrawn at most ten times a second, and only for work that takes longer than half a second.
    """

    def __init__(self, settings: Settings) -> None:
        self._style = settings.style(sys.stderr)
        self._on = sys.stderr.isatty() and not settings.quiet
        self._started = self._drawn = time.monotonic()
        self._visible = False

    def __enter__(self) -> ProgressBar:
        return self

    def __exit__(self, *_: object) -> None:
        self.clear()

    def clear(self) -> None:
        """Erase the line."""
        if self._visible:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
            self._visible = False

    def draw(self, what: str, done: int, total: int, beside: str = "") -> None:
        """Draw how much of the work is done.

        Args:
            what: the stage of the work.
            total: 0 if it is not known.
            beside: text after the bar.
        """
        now = time.monotonic()
        if not self._on or now - self._started < 0.5 or now - self._drawn < 0.1:
            return
        self._drawn = now
        width = 20
        if total:
            share = min(1.0, done / total)
            drawn = bar(int(share * 1000), 1000, width, unicode=self._style.unicode).ljust(width)
            line = f"{padded(translated(what), 9)} {drawn} {share:4.0%} {beside}"
        else:
            line = f"{padded(translated(what), 9)} {done:,} {beside}"
        sys.stderr.write("\r" + shortened(safe(line), self._style.columns - 1) + "\x1b[K")
        sys.stderr.flush()
        self._visible = True

    def archive(self, stage: str, done: int, total: int) -> None:
        """Draw the progress of an archive; for the `progress` arguments of Archive."""
        self.draw(stage, done, total, translated(of_total(done, total)) if total else "")


def of_total(done: int, total: int) -> Message:
    """Return how much of the work is done, in numbers."""
    return Message("{done:,} of {total:,}", done=done, total=total)


_STAGES = (
    Message("reading"), Message("indexing"), Message("dictionary"), Message("record"), Message("index"),
    Message("comparing"), Message("reprints"), Message("copying"), Message("origins"),
)  # fmt: skip
"""The stages that the archive reports, for the catalogues."""
