"""searchkit search"""

from __future__ import annotations

import shlex
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

from searchkit.cli import completion
from searchkit.cli import conditions as given
from searchkit.cli.behind import tell_behind
from searchkit.cli.output import ProgressBar, present, tell_aliases, tell_instead, write
from searchkit.cli.settings import Settings
from searchkit.errors import UsageError
from searchkit.language.messages import Message, gettext
from searchkit.model.counts import counted
from searchkit.model.results import SORTS

if TYPE_CHECKING:
    from searchkit.archive import Archive
    from searchkit.model.results import Sort


def search(
    settings: Settings,
    query: given.Query = None,
    *,
    filters: given.Conditions,
    sort: Annotated[
        str | None,
        typer.Option(
            "--sort",
            metavar="ORDER",
            help="relevance, newest or oldest.  [default: relevance; without words: newest]",
            autocompletion=completion.of(*SORTS),
        ),
    ] = None,
    limit: Annotated[
        int | None,
        typer.Option("--limit", "-n", metavar="N", help="Hits on the page.  [default: 10; with --ids: all]", min=0),
    ] = None,
    after: Annotated[str | None, typer.Option("--after", metavar="CURSOR", help="The page after this cursor.")] = None,
    page: Annotated[
        int | None, typer.Option("--page", metavar="N", help="The page with this number.  [default: 1]", min=1)
    ] = None,
    strict: Annotated[bool, typer.Option("--strict", help="No near matches.")] = False,
    recent: Annotated[
        str | None,
        typer.Option(
            "--recent",
            metavar="[DAY]",
            help="Prefer newer articles among those that fit about as well, before DAY: 2025-03-04, or --recent=昨天.  "
            "[default: today]",
        ),
    ] = None,
    half_life: Annotated[
        float | None,
        typer.Option(
            "--half-life",
            metavar="DAYS",
            help="With --recent: half of the preference is left after DAYS.  [default: 30]",
        ),
    ] = None,
    group: Annotated[bool, typer.Option("--group", help="One hit for an article and its reprints.")] = False,
    explain: Annotated[bool, typer.Option("--explain", help="Show what the scores are made of.")] = False,
    long: Annotated[bool, typer.Option("--long", help="All the text found of each hit, also in a pipe.")] = False,
    json: given.Json = False,
    jsonl: Annotated[bool, typer.Option("--jsonl", help="One JSON object a hit.")] = False,
    csv: given.Csv = False,
    ids: Annotated[bool, typer.Option("--ids", help="Only ids, of every match if no -n is given.")] = False,
    record: Annotated[
        Path | None,
        typer.Option("--record", metavar="FILE", help="Also write a query record, which `replay` asks again."),
    ] = None,
    count: Annotated[bool, typer.Option("--count", help="Only the number of matches.")] = False,
    sample: Annotated[
        int | None,
        typer.Option("--sample", metavar="N", help="N matches at random instead, for coding by hand.", min=1),
    ] = None,
    seed: Annotated[
        int | None, typer.Option("--seed", metavar="N", help="Another sample for each seed.  [default: 0]")
    ] = None,
    save: Annotated[
        str | None,
        typer.Option("--save", metavar="NAME", help="Keep the query, its conditions and --sort for `searchkit saved`."),
    ] = None,
) -> None:
    """List the articles that match QUERY, the best first.

    \b
    searchkit search 芯片 出口管制                  both words
    searchkit search '"出口管制" -广告'             the exact phrase, without 广告
    searchkit search '芯片 OR 半导体' --since 近7天
    searchkit search 'title:台積電 source:新华社'
    searchkit search 芯片 --page 2                  the next ten
    searchkit search --on 2025-03-04 --sort oldest  all of a day
    searchkit search 暴雨 --group                   reprints as one hit
    searchkit search 地震 --recent                  newer ones first
    searchkit search 暴雨 --sample 200 --seed 7 --ids
    searchkit search DeepSeek --json | jq .total
    """
    form = given.one_format(json=json, jsonl=jsonl, csv=csv, ids=ids, count=count, long=long)
    if sample is not None and (limit is not None or page is not None or form == "count"):
        raise UsageError("--sample goes without -n, --page and --count", hint="--sample N says how many")
    if seed is not None and sample is None:
        raise UsageError("--seed goes with --sample", hint="--sample 200 --seed 7")
    if after and page is not None:
        raise UsageError("--after and --page contradict each other", hint="give one of them")
    number = page or 1
    if number > 1 and (limit == 0 or (ids and limit is None)):
        raise UsageError(
            "--page needs the number of hits on a page", hint=Message("-n 10 --page {number}", number=number)
        )
    if sort is not None and sort not in SORTS:
        raise UsageError(Message("--sort cannot be {sort!r}", sort=sort), hint="--sort relevance, newest or oldest")
    text = given.text(query)
    with ProgressBar(settings) as bar, settings.open(progress=bar.archive) as archive:
        bar.clear()
        if save is not None:
            _save(settings, archive, save, text, sort, filters)
        if record is not None:
            _record(archive, record, text, filters)
        if form == "count":
            behind = archive.index_behind
            if group:
                total = archive.search(text, group=True, limit=0, near=False, **filters).groups or 0
            else:
                total = archive.count(text, **filters)
            print(total)
            sys.stdout.flush()
            tell_aliases(settings, archive, text, filters)
            if not total:
                tell_instead(settings, archive, text, filters, "search --count")
            tell_behind(settings, archive, behind)
            raise typer.Exit(0 if total else 1)
        if form == "ids":
            listed = archive.ids(
                text,
                sort=sort,
                limit=limit,
                after=after,
                page=number,
                group=group,
                recent=recent,
                half_life=half_life,
                sample=sample,
                seed=seed or 0,
                **filters,
            )
            from searchkit.presenters.terminal_text import safe

            write(map(safe, listed))
            beyond = number > 1 and listed.total and not listed.ids
            if beyond:
                settings.tell(_no_such_page(number, None if group else listed.total, limit or 1))
            tell_aliases(settings, archive, text, filters)
            if not listed.total:
                tell_instead(settings, archive, text, filters, "search --ids")
            tell_behind(settings, archive, listed.index_behind)
            raise typer.Exit(1 if beyond or not listed.total else 0)
        size = 10 if limit is None else limit
        brief = not form and settings.laid_out()
        snippets, width = 2, 120
        if brief:
            from searchkit.presenters import terminal

            snippets, width = 1, terminal.brief_width(settings.style())
        started = time.perf_counter()
        results = archive.search(
            text,
            sort=sort,
            limit=size,
            after=after,
            page=number,
            near=not strict,
            recent=recent,
            half_life=half_life,
            group=group,
            explain=explain,
            snippets=snippets,
            snippet_width=width,
            sample=sample,
            seed=seed or 0,
            **filters,
        )
        seconds = time.perf_counter() - started
    # Each form loads its presenter alone: a search is often a process of its own.
    if form in ("json", "jsonl"):
        from searchkit.presenters import json_form

        shown = [json_form.search(results)] if form == "json" else map(json_form.hit, results.hits)
        write(map(json_form.text, shown))
    elif not brief and form != "long":
        from searchkit.presenters import tables

        write(tables.hits_csv(results.hits) if form == "csv" else map(tables.hit_line, results.hits))
    else:
        from searchkit.presenters import terminal

        present(settings, terminal.search(results, settings.style(), 1 + (number - 1) * size, brief=brief))
    told = []
    beyond = number > 1 and results.total and not results.hits
    if beyond:
        told.append(_no_such_page(number, results.total if results.groups is None else results.groups, size))
    if not settings.quiet and form in ("", "long"):
        from searchkit.presenters import terminal

        errors = settings.style(sys.stderr)
        sys.stdout.flush()
        # A cursor is for programs; it goes on behind the last hit even if the archive has changed.
        short = not after and (settings.laid_out() or sys.stderr.isatty())
        further = f"--page {number + 1}" if short else ""
        command = None
        if results.diagnosis:
            from searchkit.cli.suggested import as_command

            command = as_command(settings, filters)
        told += [*terminal.nothing(results, errors, command), *terminal.summary(results, seconds, errors, further)]
        if brief and any(hit.reprints for hit in results.hits):
            told.append(errors.dim(gettext("reprints of a hit: searchkit family ID")))
    settings.tell(*told)
    tell_behind(settings, archive, results.index_behind)
    if results.total == 0 or beyond:
        raise typer.Exit(1)


def _save(
    settings: Settings, archive: Archive, name: str, query: str, sort: str | None, filters: given.Conditions
) -> None:
    from searchkit.presenters.terminal_text import safe

    kept = archive.saved.save(name, query, sort=cast("Sort | None", sort), **filters)
    command = f"searchkit saved {shlex.quote(safe(kept.name))} --new"
    settings.tell(
        gettext("saved as {name}; later, what has come in since: {command}", name=safe(kept.name), command=command)
    )


def _record(archive: Archive, path: Path, query: str, filters: given.Conditions) -> None:
    from searchkit.cli.output import write_whole
    from searchkit.presenters import json_form

    write_whole(path, [json_form.text(archive.record(query, **filters).to_json())], "--record")


def _no_such_page(number: int, hits: int | None, size: int) -> str:
    """Return the notice that a page is behind the last; `hits` is the number on all pages, None if it is not known."""
    if hits is None:
        return gettext("there is no page {number}: the last one is before it", number=number)
    last = -(-hits // size)
    return gettext(
        "there is no page {number}: {hits}, {size:,} on a page; the last is --page {last}",
        number=number,
        hits=counted(hits, "hit"),
        size=size,
        last=last,
    )
