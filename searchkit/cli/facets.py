"""searchkit facets"""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from searchkit.cli import completion
from searchkit.cli import conditions as given
from searchkit.cli.behind import tell_behind
from searchkit.cli.output import ProgressBar, present, tell_why_nothing, write
from searchkit.cli.settings import Settings
from searchkit.language.messages import translated
from searchkit.model.counts import counted
from searchkit.model.fields import FIELDS

_FACETS = [field.name for field in FIELDS.values() if field.facet]


def facets(
    settings: Settings,
    query: given.Query = None,
    *,
    by: Annotated[
        list[str] | None,
        typer.Option(
            "--by",
            metavar="FIELD",
            help=f"{', '.join(_FACETS[:-1])} or {_FACETS[-1]}; may be repeated.  [default: source]",
            autocompletion=completion.of(*_FACETS),
        ),
    ] = None,
    limit: Annotated[int, typer.Option("--limit", "-n", metavar="N", help="Values of each field.", min=1)] = 10,
    filters: given.Conditions,
    json: given.Json = False,
    csv: given.Csv = False,
) -> None:
    """Count the matches of each source, author or section.

    \b
    searchkit facets 芯片
    searchkit facets 芯片 --by author --by section -n 20
    """
    form = given.one_format(json=json, csv=csv)
    with ProgressBar(settings) as bar, settings.open(progress=bar.archive) as archive:
        found = archive.facets(given.text(query), fields=by or ["source"], limit=limit, **filters)
        bar.clear()
        if not found.total and not form:
            tell_why_nothing(settings, archive, given.text(query), filters)
    from searchkit.presenters import json_form, tables, terminal

    if form == "json":
        print(json_form.text(json_form.facets(found)))
    elif form == "csv":
        write(tables.facets_csv(found))
    elif settings.laid_out() and found.total:  # without matches there is no table to draw
        present(settings, terminal.facets(found, settings.style()))
    else:
        write(
            tables.tab_separated((facet.field, value, count)) for facet in found.facets for value, count in facet.values
        )
    if not form:
        sys.stdout.flush()
        errors = settings.style(sys.stderr)
        settings.tell(
            errors.dim(translated(counted(found.total, "article"))), *terminal.understood(found.parsed, errors)
        )
    tell_behind(settings, archive, found.index_behind)
    if not found.total:
        raise typer.Exit(1)
