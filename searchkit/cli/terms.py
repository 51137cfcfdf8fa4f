"""searchkit terms"""

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
from searchkit.language.messages import Message, gettext
from searchkit.model.aggregations import BYS
from searchkit.model.counts import counted

Limit = Annotated[
    int | None,
    typer.Option("--limit", "-n", metavar="N", help="Words.  [default: 20, or 8 of each period]", min=1),
]
_LIMIT, _LIMIT_BY = 20, 8
_EACH = {
    "day": Message("each day against the others"), "week": Message("each week against the others"),
    "month": Message("each month against the others"), "quarter": Message("each quarter against the others"),
    "year": Message("each year against the others"),
}  # fmt: skip


def terms(
    settings: Settings,
    query: given.Query = None,
    *,
    by: Annotated[
        str | None,
        typer.Option(
            "--by",
            metavar="PERIOD",
            help="For each day, week, month, quarter or year, against the others.",
            autocompletion=completion.of(*BYS),
        ),
    ] = None,
    limit: Limit = None,
    filters: given.Conditions,
    json: given.Json = False,
    csv: given.Csv = False,
) -> None:
    """List the words typical of the matches against the rest.

    \b
    searchkit terms 洪水
    searchkit terms 总统选举 --since 2024 -n 50 --csv > words.csv
    searchkit terms 洪水 --by month
    """
    form = given.one_format(json=json, csv=csv)
    if by is not None:
        _by(settings, given.text(query), by, limit or _LIMIT_BY, filters, form)
        return
    with ProgressBar(settings) as bar, settings.open(progress=bar.archive) as archive:
        found = archive.terms(given.text(query), limit=limit or _LIMIT, **filters)
        bar.clear()
        if not found.total and not form:
            tell_why_nothing(settings, archive, given.text(query), filters)
    from searchkit.presenters import json_form, tables, terminal, words

    if form == "json":
        print(json_form.text(json_form.terms(found)))
    elif form == "csv":
        write(tables.terms_csv(found.terms))
    elif settings.laid_out():
        present(settings, words.terms(found.terms, found.matches, found.rest, settings.style()))
    else:
        write(map(tables.term_line, found.terms))
    if not form:
        sys.stdout.flush()
        errors = settings.style(sys.stderr)
        told: list[str] = [counted(found.total, "article")]
        if found.total != found.matches:
            told.append(Message("{number:,} without reprints", number=found.matches))
        line = terminal.clauses(told)
        if found.total and not found.terms:
            few = gettext("too few to have typical words")
            alone = gettext("there is no rest to compare them with")
            line += gettext("; ") + (few if found.rest else alone)
        settings.tell(errors.dim(line), *terminal.understood(found.parsed, errors))
    tell_behind(settings, archive, found.index_behind)
    if not found.terms:
        raise typer.Exit(1)


def _by(settings: Settings, query: str, by: str, limit: int, filters: given.Conditions, form: str) -> None:
    """Print the words typical of each period."""
    if by not in BYS:
        raise UsageError(Message("--by cannot be {by!r}", by=by), hint=Message("one of {bys}", bys=", ".join(BYS)))
    with ProgressBar(settings) as bar, settings.open(progress=bar.archive) as archive:
        found = archive.terms(query, by=by, limit=limit, **filters)
        bar.clear()
        if not found.total and not form:
            tell_why_nothing(settings, archive, query, filters)
    from searchkit.presenters import json_form, tables, terminal, words

    if form == "json":
        print(json_form.text(json_form.terms_by(found)))
    elif form == "csv":
        write(tables.terms_by_csv(found))
    elif settings.laid_out():
        present(settings, words.terms_by(found, settings.style()))
    else:
        write(tables.terms_by_lines(found))
    if not form:
        sys.stdout.flush()
        errors = settings.style(sys.stderr)
        told: list[str] = [counted(found.total, "article")]
        if found.undated:
            told.append(Message("{number:,} without a date", number=found.undated))
        if found.total - found.undated != found.matches:
            told.append(Message("{number:,} without reprints", number=found.matches))
        told.append(_EACH[found.by])
        settings.tell(errors.dim(terminal.clauses(told)), *terminal.understood(found.parsed, errors))
    tell_behind(settings, archive, found.index_behind)
    if not any(each.terms for each in found.periods):
        raise typer.Exit(1)
