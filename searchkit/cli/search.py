"""searchkit search"""

from __future__ import annotations

import sys
import time
from typing import Annotated

import typer

from searchkit.cli import conditions as given
from searchkit.cli.output import ProgressBar, tell_days_missed, write
from searchkit.cli.settings import Settings
from searchkit.errors import UsageError
from searchkit.model.results import SORTS


def search(
    settings: Settings,
    query: given.Query = None,
    *,
    filters: given.Conditions,
    sort: Annotated[str | None, typer.Option("--sort", metavar="ORDER", help="relevance, newest or oldest.")] = None,
    limit: Annotated[
        int | None, typer.Option("--limit", "-n", metavar="N", help="Hits on the page, 10 by default.", min=0)
    ] = None,
    after: Annotated[str | None, typer.Option("--after", metavar="CURSOR", help="The page after this cursor.")] = None,
    strict: Annotated[bool, typer.Option("--strict", help="No near matches.")] = False,
    group: Annotated[bool, typer.Option("--group", help="One hit for an article and its reprints.")] = False,
    explain: Annotated[bool, typer.Option("--explain", help="Show what the scores are made of.")] = False,
    json: given.Json = False,
    jsonl: Annotated[bool, typer.Option("--jsonl", help="One JSON object a hit.")] = False,
    csv: given.Csv = False,
    ids: Annotated[bool, typer.Option("--ids", help="Only ids, of every match if no -n is given.")] = False,
    count: Annotated[bool, typer.Option("--count", help="Only the number of matches.")] = False,
) -> None:
    """List the articles that match QUERY, the best first.

    \b
    searchkit search 芯片 出口管制                  both words
    searchkit search '"出口管制" -广告'             the exact phrase, without 广告
    searchkit search '芯片 OR 半导体' --since 近7天
    searchkit search 'title:台積電 source:新华社'
    searchkit search --on 2025-03-04 --sort oldest  all of a day
    searchkit search 暴雨 --group                   one hit for an article and its reprints
    searchkit search DeepSeek --json | jq .total
    """
    form = given.one_format(json=json, jsonl=jsonl, csv=csv, ids=ids, count=count)
    if sort is not None and sort not in SORTS:
        raise UsageError(f"--sort cannot be {sort!r}", hint="--sort relevance, newest or oldest")
    text = given.text(query)
    with ProgressBar(settings) as bar, settings.open(progress=bar.archive) as archive:
        bar.clear()
        if form == "count":
            if group:
                total = archive.search(text, group=True, limit=0, near=False, **filters).groups or 0
            else:
                total = archive.count(text, **filters)
            print(total)
            if not total:
                tell_days_missed(settings, archive, text, filters)
            raise typer.Exit(0 if total else 1)
        if form == "ids":
            listed = archive.ids(text, sort=sort, limit=limit, after=after, group=group, **filters)
            from searchkit.presenters.terminal_text import safe

            write(map(safe, listed))
            raise typer.Exit(0 if listed.total else 1)
        started = time.perf_counter()
        results = archive.search(
            text,
            sort=sort,
            limit=10 if limit is None else limit,
            after=after,
            near=not strict,
            group=group,
            explain=explain,
            **filters,
        )
        seconds = time.perf_counter() - started
    # Each form loads its presenter alone: a search is often a process of its own.
    if form in ("json", "jsonl"):
        from searchkit.presenters import json_form

        shown = [json_form.search(results)] if form == "json" else map(json_form.hit, results.hits)
        write(map(json_form.text, shown))
    elif form or not settings.laid_out():
        from searchkit.presenters import tables

        write(tables.hits_csv(results.hits) if form == "csv" else map(tables.hit_line, results.hits))
    else:
        from searchkit.presenters import terminal

        write(terminal.search(results, settings.style()))
    if not settings.quiet and not form:
        from searchkit.presenters import terminal

        errors = settings.style(sys.stderr)
        sys.stdout.flush()
        for line in (*terminal.nothing(results, errors), *terminal.summary(results, seconds, errors)):
            settings.tell(line)
    if results.total == 0:
        raise typer.Exit(1)
