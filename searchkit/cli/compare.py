"""searchkit compare"""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from searchkit.cli import conditions as given
from searchkit.cli.behind import tell_behind
from searchkit.cli.output import ProgressBar, present, write
from searchkit.cli.settings import Settings
from searchkit.errors import UsageError


def compare(
    settings: Settings,
    query_a: Annotated[str, typer.Argument(metavar="QUERY_A", help="A query.")],
    query_b: Annotated[str | None, typer.Argument(metavar="[QUERY_B]", help="Another; default: the same.")] = None,
    *,
    a: Annotated[str | None, typer.Option("--a", metavar="QUERY", help="A further condition of the first.")] = None,
    b: Annotated[str | None, typer.Option("--b", metavar="QUERY", help="A further condition of the second.")] = None,
    limit: Annotated[int, typer.Option("--limit", "-n", metavar="N", help="Words of each.", min=1)] = 10,
    filters: given.Conditions,
    json: given.Json = False,
    csv: given.Csv = False,
) -> None:
    """Compare two queries: counts, overlap, sources and words.

    \b
    searchkit compare 长江 黄河
    searchkit compare 洪水 --a date:2023 --b date:2024
    searchkit compare 芯片 --a source:新华社 --b source:央视网
    """
    form = given.one_format(json=json, csv=csv)
    if query_b is None and a == b:
        raise UsageError(
            "compare needs two queries, or two conditions of one",
            hint="searchkit compare 长江 黄河; searchkit compare 洪水 --a date:2023 --b date:2024",
        )
    first, second = _narrowed(query_a, a), _narrowed(query_a if query_b is None else query_b, b)
    with ProgressBar(settings) as bar, settings.open(progress=bar.archive) as archive:
        bar.clear()
        found = archive.compare(first, second, limit=limit, **filters)
    from searchkit.presenters import json_form, tables, words

    if form == "json":
        print(json_form.text(json_form.comparison(found)))
    elif form == "csv":
        write(tables.comparison_csv(found))
    elif settings.laid_out():
        present(settings, words.comparison(found, settings.style()))
    else:
        write(tables.comparison_lines(found))
    sys.stdout.flush()
    if not form:
        errors = settings.style(sys.stderr)
        settings.tell(*map(errors.dim, words.understood_sides(found)))
    tell_behind(settings, archive, found.index_behind)
    if not (found.a.total and found.b.total):
        raise typer.Exit(1)


def _narrowed(query: str, further: str | None) -> str:
    """Return a query with a further condition."""
    if not further or not further.strip():
        return query
    return f"({query}) ({further})" if query.strip() else further
