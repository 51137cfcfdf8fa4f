"""searchkit timeline"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

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

if TYPE_CHECKING:
    from searchkit.archive import Archive
    from searchkit.model.timelines import Timelines


def timeline(
    settings: Settings,
    query: given.Query = None,
    *,
    queries: Annotated[
        list[str] | None,
        typer.Option("--query", metavar="NAME=QUERY", help="A query as a series of this name; may be repeated."),
    ] = None,
    by: Annotated[
        str,
        typer.Option(
            "--by", metavar="PERIOD", help="day, week, month, quarter or year.", autocompletion=completion.of(*BYS)
        ),
    ] = "month",
    by_source: Annotated[bool, typer.Option("--by-source", help="A series for each of the commonest sources.")] = False,
    limit: Annotated[
        int | None,
        typer.Option(
            "--limit", "-n", metavar="N", help="With --by-source: sources of each query.  [default: 5]", min=1
        ),
    ] = None,
    share: Annotated[
        bool, typer.Option("--share", help="Shares of all articles of the same days and conditions, not counts.")
    ] = False,
    smooth: Annotated[
        int | None, typer.Option("--smooth", metavar="N", help="A moving average over N periods.", min=1)
    ] = None,
    plot: Annotated[
        Path | None, typer.Option("--plot", metavar="FILE", help="Also draw a figure: a file .svg or .png.")
    ] = None,
    record: Annotated[
        Path | None,
        typer.Option("--record", metavar="FILE", help="Also write a record of the series, which `replay` asks again."),
    ] = None,
    title: Annotated[str | None, typer.Option("--title", metavar="TEXT", help="With --plot: its title.")] = None,
    filters: given.Conditions,
    json: given.Json = False,
    csv: given.Csv = False,
) -> None:
    """Count the matches in each day, week, month, quarter or year.

    \b
    searchkit timeline DeepSeek --by week
    searchkit timeline '"出口管制"' --since 2024 --csv > timeline.csv
    searchkit timeline --query 长江=长江 --query 黄河=黄河 --plot rivers.svg
    searchkit timeline 洪水 --by-source --by week --smooth 3
    """
    form = given.one_format(json=json, csv=csv)
    if by not in BYS:
        raise UsageError(Message("--by cannot be {by!r}", by=by), hint=Message("one of {bys}", bys=", ".join(BYS)))
    if title is not None and plot is None:
        raise UsageError("--title goes with --plot", hint="--plot figure.svg --title TEXT")
    if limit is not None and not by_source:
        raise UsageError("-n goes with --by-source", hint=Message("--by-source -n {limit}", limit=limit))
    if queries or by_source or share or smooth is not None or plot is not None or record is not None:
        named = _named(query, queries or [])
        wanted = {"by": by, "share": share, "smooth": smooth or 1, "by_source": by_source and (limit or True)}
        _several(settings, named, wanted, filters, form, plot, title, record)
        return
    with ProgressBar(settings) as bar, settings.open(progress=bar.archive) as archive:
        found = archive.timeline(given.text(query), by=by, **filters)
        bar.clear()
        if not found.total and not form:
            tell_why_nothing(settings, archive, given.text(query), filters)
    from searchkit.presenters import json_form, tables, terminal
    from searchkit.presenters.periods import BY_PERIOD

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
        told.append(BY_PERIOD[found.by])
        settings.tell(errors.dim(terminal.clauses(told)), *terminal.understood(found.parsed, errors))
    tell_behind(settings, archive, found.index_behind)
    if not found.total:
        raise typer.Exit(1)


def _named(query: list[str] | None, queries: list[str]) -> dict[str, str]:
    """Return the queries by name. The one that stands without a name is its own name.

    Raises:
        UsageError: a name is missing or given twice, or there are queries of both kinds.
    """
    if query and queries:
        raise UsageError(
            "a query and --query contradict each other",
            hint=Message(
                "--query {quoted} makes a series of it as well",
                quoted=_quoted(f"{given.text(query)}={given.text(query)}"),
            ),
        )
    if not queries:
        text = given.text(query)
        return {text.strip() or "all articles": text}
    found: dict[str, str] = {}
    for each in queries:
        name, equals, text = (part.strip() for part in each.partition("="))
        if not equals or not name:
            typed = text or name or "芯片"
            raise UsageError(
                Message("--query {each} has no name", each=each[:60]),
                hint=Message("--query {quoted}", quoted=_quoted(f"{typed}={typed}")),
            )
        if name in found:
            raise UsageError(
                Message("two queries are called {name}", name=name[:60]),
                hint=Message("--query {quoted}", quoted=_quoted(f"{name} 2={text}")),
            )
        found[name] = text
    return found


def _quoted(text: str) -> str:
    import shlex

    return shlex.quote(text)


def _several(
    settings: Settings, queries: dict[str, str], wanted: dict[str, Any], filters: given.Conditions, form: str,
    plot: Path | None, title: str | None, record: Path | None,
) -> None:  # fmt: skip
    if plot is not None:
        from searchkit.presenters import figures

        figures.require(plot)
    with ProgressBar(settings) as bar, settings.open(progress=bar.archive) as archive:
        found = archive.timelines(queries, **wanted, **filters)
        bar.clear()
        if record is not None:
            _record(archive, record, queries, {**wanted, **filters})
        nothing = not any(each.total for each in found.queries)
        if nothing and len(queries) == 1 and not form:
            tell_why_nothing(settings, archive, next(iter(queries.values())), filters)
    # First: a reader that stops early ends what is printed, not what is drawn.
    drawn = _drawn(found, plot, title) if plot is not None else []
    from searchkit.presenters import json_form, tables, timelines

    if form == "json":
        print(json_form.text(json_form.timelines(found)))
    elif form == "csv":
        write(tables.timelines_csv(found))
    elif settings.laid_out():
        present(settings, timelines.table(found, settings.style()))
    else:
        write(tables.timelines_lines(found))
    sys.stdout.flush()
    if not form:
        settings.tell(*timelines.notes(found, settings.style(sys.stderr)))
    settings.tell(*drawn)
    tell_behind(settings, archive, found.index_behind)
    if nothing:
        raise typer.Exit(1)


def _drawn(found: Timelines, plot: Path, title: str | None) -> list[str]:
    """Draw the figure; return what to tell of it."""
    from searchkit.presenters import figures
    from searchkit.presenters.terminal_text import safe

    if not found.periods:
        return [gettext("nothing matches, so nothing is drawn: {path}", path=safe(str(plot)))]
    lacking = figures.plot(found, plot, title=title)
    return [gettext("drawn: {path}", path=safe(str(plot))), *([lacking] if lacking else [])]


def _record(archive: Archive, path: Path, queries: dict[str, str], given: dict[str, Any]) -> None:
    from searchkit.cli.output import write_whole
    from searchkit.presenters import json_form

    write_whole(path, [json_form.text(archive.record_timelines(queries, **given).to_json())], "--record")
