"""searchkit timeline"""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from searchkit.cli import completion
from searchkit.cli import conditions as given
from searchkit.cli.behind import tell_behind
from searchkit.cli.output import ProgressBar, present, tell_why_nothing, write
from searchkit.cli.settings import Settings
from searchkit.errors import UsageError
from searchkit.model.aggregations import BYS
from searchkit.model.counts import counted


def timeline(
    settings: Settings,
    query: given.Query = None,
    *,
    by: Annotated[
        str,
        typer.Option(
            "--by", metavar="PERIOD", help="day, week, month, quarter or year.", autocompletion=completion.of(*BYS)
        ),
    ] = "month",
    filters: given.Conditions,
    json: given.Json = False,
    csv: given.Csv = False,
) -> None:
    """Count the matches in each day, week, month, quarter or year.

    \b
    searchkit timeline DeepSeek --by week
    searchkit timeline '"出口管制"' --since 2024 --csv > timeline.csv
    """
    form = given.one_format(json=json, csv=csv)
    if by not in BYS:
        raise UsageError(f"--by cannot be {by!r}", hint=f"one of {', '.join(BYS)}")
    with ProgressBar(settings) as bar, settings.open(progress=bar.archive) as archive:
        found = archive.timeline(given.text(query), by=by, **filters)
        bar.clear()
        if not found.total and not form:
            tell_why_nothing(settings, archive, given.text(query), filters)
    from searchkit.presenters import json_form, tables, terminal

    if form == "json":
        print(json_form.text(json_form.timeline(found)))
    elif form == "csv":
        write(tables.timeline_csv(found))
    elif settings.laid_out():
        present(settings, terminal.timeline(found, settings.style()))
    else:
        write(tables.tab_separated((each.label, each.count)) for each in found.buckets)
    if not form:
        sys.stdout.flush()
        undated = f", {found.undated:,} without a date" if found.undated else ""
        errors = settings.style(sys.stderr)
        told = errors.dim(f"{counted(found.total, 'article')}{undated}, by {found.by}")
        settings.tell(told, *terminal.understood(found.parsed, errors))
    tell_behind(settings, archive, found.index_behind)
    if not found.total:
        raise typer.Exit(1)
