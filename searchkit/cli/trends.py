"""searchkit trends"""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from searchkit.cli import conditions as given
from searchkit.cli.behind import tell_behind
from searchkit.cli.output import ProgressBar, present, write
from searchkit.cli.settings import Settings


def trends(
    settings: Settings,
    query: given.Query = None,
    *,
    day: Annotated[
        str | None, typer.Option("--day", metavar="DATE", help="The last day; default: today, or the newest.")
    ] = None,
    period: Annotated[int, typer.Option("--period", metavar="DAYS", help="Days looked at.", min=1)] = 7,
    against: Annotated[int, typer.Option("--against", metavar="N", help="Periods before them.", min=1)] = 8,
    least: Annotated[int, typer.Option("--least", metavar="N", help="Articles that have the word.", min=1)] = 3,
    limit: Annotated[int, typer.Option("--limit", "-n", metavar="N", help="Words.", min=1)] = 20,
    filters: given.Conditions,
    json: given.Json = False,
    csv: given.Csv = False,
) -> None:
    """List the words and names that rise this week.

    \b
    searchkit trends
    searchkit trends 经济 --source 央视网 --day 2025-03-14
    searchkit trends --period 1 --against 28
    """
    form = given.one_format(json=json, csv=csv)
    with ProgressBar(settings) as bar, settings.open(progress=bar.archive) as archive:
        found = archive.trends(
            given.text(query), day=day, period=period, against=against, least=least, limit=limit, **filters
        )
    from searchkit.presenters import json_form, tables, terminal, trends

    if form == "json":
        print(json_form.text(json_form.trends(found)))
    elif form == "csv":
        write(tables.trends_csv(found))
    elif settings.laid_out():
        present(settings, trends.trends(found, settings.style()))
    else:
        write(map(tables.trend_line, found.trends))
    if not form:
        sys.stdout.flush()
        errors = settings.style(sys.stderr)
        settings.tell(*map(errors.dim, trends.told(found)), *terminal.understood(found.parsed, errors))
    tell_behind(settings, archive, found.index_behind)
    if not found.trends:
        raise typer.Exit(1)
