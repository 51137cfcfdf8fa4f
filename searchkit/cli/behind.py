"""Tell on standard error that an answer lacks what the index has not taken in yet, why, and what to do."""

from __future__ import annotations

import shlex
import sys
from typing import TYPE_CHECKING

from searchkit.cli.settings import Settings
from searchkit.errors import Locked, ReadOnlyArchive, SearchkitError
from searchkit.model.counts import counted

if TYPE_CHECKING:
    from searchkit.archive import Archive


def tell_behind(settings: Settings, archive: Archive, behind: int) -> None:
    """Tell that the index is `behind` so many changes of the record; nothing if it is 0, or with --quiet."""
    if not behind or settings.quiet:
        return
    from searchkit.presenters.terminal_text import safe

    sys.stdout.flush()
    why = f": {safe(archive.held_back.message)}" if archive.held_back else ""
    style = settings.style(sys.stderr)
    lacking = f"{counted(behind, 'change')} of the archive {'is' if behind == 1 else 'are'} not in its index yet{why}"
    settings.tell(style.warn(lacking), f"  try: {safe(_next_step(archive))}")


def behind_of(archive: Archive) -> int:
    """Return how many changes the index is behind; 0 if the index cannot be read, for commands that do without it."""
    try:
        return archive.index_behind
    except SearchkitError:
        return 0


def _next_step(archive: Archive) -> str:
    levelling = f"searchkit stats --index {shlex.quote(str(archive.path))}"
    if isinstance(archive.held_back, Locked):
        return "the same again when that has ended, or with --wait SECONDS"
    if isinstance(archive.held_back, ReadOnlyArchive):
        return f"{levelling}, as a user who may write there"
    if archive.held_back is not None:
        return f"{levelling}, when that is mended"
    return f"{levelling}, which brings it up to date"
