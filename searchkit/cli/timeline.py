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
from searchkit.language.messages import Message
from searchkit.model.aggregations import BYS
from searchkit.model.counts import counted

_PERIODS = {
    "day": Message("by day"), "week": Message("by week"), "month": Message("by month"),
    "quarter": Message("by quarter"), "year": Message("by year"),
}  # fmt: skip


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
        raise UsageError(Message("--by cannot be {by!r}", by=by), hint=Message("one of {bys}", bys=", ".join(BYS)))
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
        errors = settings.style(sys.stderr)
        told = [counted(found.total, "article")]
        if found.undated:
            told.append(Message("{number:,} without a date", number=found.undated))
        told.append(_PERIODS[found.by])
        settings.tell(errors.dim(terminal.clauses(told)), *terminal.understood(found.parsed, errors))
    tell_behind(settings, archive, found.index_behind)
    if not found.total:
        raise typer.Exit(1)
