"""searchkit verify"""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Annotated

import typer

from searchkit.cli import conditions as given
from searchkit.cli.behind import tell_behind
from searchkit.cli.output import ProgressBar, present
from searchkit.cli.settings import Settings
from searchkit.errors import Damaged
from searchkit.language.messages import gettext
from searchkit.presenters.terminal_text import safe

if TYPE_CHECKING:
    from searchkit.archive import Archive


def verify(
    settings: Settings,
    *,
    repair: Annotated[
        bool, typer.Option("--repair", help="Mend the index and what was broken off, and check again.")
    ] = False,
    json: given.Json = False,
) -> None:
    """Check the record, the index, and one against the other. The exit code is 3 if there is a fault.

    \b
    searchkit verify
    searchkit verify --repair
    """
    with ProgressBar(settings) as bar, settings.open(catch_up=False) as archive:
        found = archive.verify(bar.archive, repair=repair)
    from searchkit.presenters import json_form, terminal

    if json:
        print(json_form.text(json_form.verification(found)))
    else:
        present(settings, terminal.verification(found, settings.style()))
    tell_behind(settings, archive, found.index_behind)
    if not found.ok:
        if not json:
            settings.tell(*_hints(archive, repair))
        raise typer.Exit(Damaged.exit_code)


def _hints(archive: Archive, repair: bool) -> list[str]:
    path = safe(shlex.quote(str(archive.path)))
    if isinstance(archive.path, str):
        damaged = gettext("searchkit restore REPOSITORY/NAME --index {path}-restored for a damaged record", path=path)
    else:
        damaged = gettext("searchkit restore BACKUP --index NEW_FOLDER for a damaged record")
    if repair:
        return [gettext("  try: {command}", command=damaged)]
    mended = gettext("searchkit verify --repair --index {path} for the index, and what was broken off", path=path)
    return [gettext("  try: {command}", command=mended), f"       {damaged}"]
