"""searchkit export"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from searchkit.cli import conditions as given
from searchkit.cli.behind import tell_behind
from searchkit.cli.output import ProgressBar, tell_aliases, write_whole
from searchkit.cli.settings import Settings
from searchkit.model.counts import counted


def export(
    settings: Settings,
    query: given.Query = None,
    *,
    output: Annotated[Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write here.")] = None,
    csv: given.Csv = False,
    cite: given.Cite = None,
    filters: given.Conditions,
) -> None:
    """Write articles as JSON lines (for `ingest`), CSV or citations.

    \b
    searchkit export > everything.jsonl
    searchkit export 芯片 --since 2025 --csv -o chips.csv
    searchkit export 芯片 --since 2025 --cite ris -o chips.ris
    """
    given.one_format(csv=csv, cite=cite is not None)
    if cite is not None:
        from searchkit.cli import citing

        style = citing.style_of(cite)
    with ProgressBar(settings) as bar, settings.open(progress=bar.archive) as archive:
        total = 0
        from searchkit.search.conditions import Conditions

        # Without a condition only the record is read, which is complete.
        asked = given.text(query) or Conditions.of(filters).narrow
        behind = archive.index_behind if asked else 0

        def lines() -> Iterator[str]:
            nonlocal total
            from searchkit.model.serialise import to_record
            from searchkit.presenters import json_form, tables

            articles = archive.export(given.text(query), **filters)
            if cite is not None:
                for line, begins in citing.lines(archive, articles, style):
                    total += begins
                    yield line
                return
            if csv:
                written = tables.articles_csv(articles)
                yield next(written)  # the header
            else:
                written = (json_form.text(to_record(article)) for article in articles)
            for line in written:
                total += 1
                yield line

        if output is None:
            for line in lines():
                sys.stdout.write(line + "\n")
        else:
            write_whole(output, lines(), "--output")
        if asked:
            sys.stdout.flush()
            tell_aliases(settings, archive, given.text(query), filters)
    if output is not None:
        from searchkit.presenters.terminal_text import safe

        settings.tell(f"{counted(total, 'article')} to {safe(str(output))}")
    tell_behind(settings, archive, behind)
    if not total:
        raise typer.Exit(1)
