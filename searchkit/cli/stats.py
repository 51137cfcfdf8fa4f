"""searchkit stats"""

from __future__ import annotations

from searchkit.cli import conditions as given
from searchkit.cli.output import ProgressBar, write
from searchkit.cli.settings import Settings


def stats(settings: Settings, *, json: given.Json = False) -> None:
    """The archive in figures: articles, days, gaps, sources, size, what it was made with."""
    with ProgressBar(settings) as bar, settings.open(progress=bar.archive) as archive:
        found = archive.stats()
    from searchkit.presenters import json_form, terminal

    if json:
        print(json_form.text(json_form.stats(found)))
    else:
        write(terminal.stats(found, settings.style()))
