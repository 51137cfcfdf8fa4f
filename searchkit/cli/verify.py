"""searchkit verify"""

from __future__ import annotations

import shlex

import typer

from searchkit.cli import conditions as given
from searchkit.cli.behind import tell_behind
from searchkit.cli.output import ProgressBar, present
from searchkit.cli.settings import Settings
from searchkit.errors import Damaged
from searchkit.language.messages import gettext
from searchkit.presenters.terminal_text import safe


def verify(settings: Settings, *, json: given.Json = False) -> None:
    """Check the record, the index, and one against the other. The exit code is 3 if there is a fault."""
    with ProgressBar(settings) as bar, settings.open(catch_up=False) as archive:
        found = archive.verify(bar.archive)
    from searchkit.presenters import json_form, terminal

    if json:
        print(json_form.text(json_form.verification(found)))
    else:
        present(settings, terminal.verification(found, settings.style()))
    tell_behind(settings, archive, found.index_behind)
    if not found.ok:
        if not json:
            path = safe(shlex.quote(str(archive.path)))
            settings.tell(
                gettext("  try: searchkit rebuild --index {path} for a damaged index", path=path),
                gettext("       searchkit restore BACKUP --index NEW_FOLDER for a damaged record"),
            )
        raise typer.Exit(Damaged.exit_code)
