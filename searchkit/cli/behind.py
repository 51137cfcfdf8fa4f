"""Tell on standard error that an answer lacks what the index has not taken in yet, why, and what to do."""

from __future__ import annotations

import shlex
import sys
from typing import TYPE_CHECKING

from searchkit.cli.settings import Settings
from searchkit.errors import Locked, ReadOnlyArchive, SearchkitError
from searchkit.language.messages import gettext, ngettext, translated

if TYPE_CHECKING:
    from searchkit.archive import Archive


def tell_behind(settings: Settings, archive: Archive, behind: int) -> None:
    """Tell that the index is `behind` so many changes of the record; nothing if it is 0, or with --quiet."""
    if not behind or settings.quiet:
        return
    from searchkit.presenters.terminal_text import safe

    sys.stdout.flush()
    style = settings.style(sys.stderr)
    lacking = ngettext(
        "{number:,} change of the archive is not in its index yet",
        "{number:,} changes of the archive are not in its index yet",
        behind,
    )
    if archive.held_back:
        lacking = gettext("{what}: {told}", what=lacking, told=safe(translated(archive.held_back.message)))
    settings.tell(style.warn(lacking), "  " + gettext("try: {command}", command=safe(_next_step(archive))))


def behind_of(archive: Archive) -> int:
    """Return how many changes the index is behind; 0 if the index cannot be read, for commands that do without it."""
    try:
        return archive.index_behind
    except SearchkitError:
        return 0


def _next_step(archive: Archive) -> str:
    levelling = f"searchkit stats --index {shlex.quote(str(archive.path))}"
    if isinstance(archive.held_back, Locked):
        return gettext("the same again when that has ended, or with --wait SECONDS")
    if isinstance(archive.held_back, ReadOnlyArchive):
        return gettext("{command}, as a user who may write there", command=levelling)
    if archive.held_back is not None:
        return gettext("{command}, when that is mended", command=levelling)
    return gettext("{command}, which brings it up to date", command=levelling)
