"""searchkit verify"""

from __future__ import annotations

import typer

from searchkit.cli import conditions as given
from searchkit.cli.output import ProgressBar, present
from searchkit.cli.settings import Settings
from searchkit.errors import Damaged


def verify(settings: Settings, *, json: given.Json = False) -> None:
    """Check the record, the index, and one against the other. The exit code is 3 if there is a fault."""
    with ProgressBar(settings) as bar, settings.open(catch_up=False) as archive:
        found = archive.verify(bar.archive)
    from searchkit.presenters import json_form, terminal

    if json:
        print(json_form.text(json_form.verification(found)))
    else:
        present(settings, terminal.verification(found, settings.style()))
    if not found.ok:
        if not json:
            settings.tell("  try: searchkit rebuild for a damaged index, searchkit restore for a damaged record")
        raise typer.Exit(Damaged.exit_code)
