"""searchkit stats"""

from __future__ import annotations

from typing import Annotated

import typer

from searchkit.cli import conditions as given
from searchkit.cli.behind import tell_behind
from searchkit.cli.output import ProgressBar, present
from searchkit.cli.settings import Settings


def stats(
    settings: Settings,
    *,
    sources: Annotated[
        bool, typer.Option("--sources", help="For each source: articles, days, how many lack time, author or body.")
    ] = False,
    json: given.Json = False,
) -> None:
    """Show the archive in figures: articles, days, sources, sizes.

    \b
    searchkit stats
    searchkit stats --sources                       is an extractor broken?
    """
    from searchkit.presenters import json_form, reports, terminal

    if sources:
        with settings.open(catch_up=False) as archive:
            listed = archive.sources()
        if json:
            print(json_form.text(json_form.sources(listed)))
        else:
            present(settings, reports.sources(listed, settings.style()))
        return
    with ProgressBar(settings) as bar, settings.open(progress=bar.archive) as archive:
        found = archive.stats()
    if json:
        print(json_form.text(json_form.stats(found)))
    else:
        present(settings, terminal.stats(found, settings.style()))
    tell_behind(settings, archive, found.index_behind)
