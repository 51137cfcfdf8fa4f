"""searchkit terms"""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from searchkit.cli import conditions as given
from searchkit.cli.behind import tell_behind
from searchkit.cli.output import ProgressBar, present, tell_why_nothing, write
from searchkit.cli.settings import Settings
from searchkit.language.messages import Message, gettext
from searchkit.model.counts import counted

Limit = Annotated[int, typer.Option("--limit", "-n", metavar="N", help="Words.", min=1)]


def terms(
    settings: Settings,
    query: given.Query = None,
    *,
    limit: Limit = 20,
    filters: given.Conditions,
    json: given.Json = False,
    csv: given.Csv = False,
) -> None:
    """List the words typical of the matches against the rest.

    \b
    searchkit terms 洪水
    searchkit terms 总统选举 --since 2024 -n 50 --csv > words.csv
    """
    form = given.one_format(json=json, csv=csv)
    with ProgressBar(settings) as bar, settings.open(progress=bar.archive) as archive:
        found = archive.terms(given.text(query), limit=limit, **filters)
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
