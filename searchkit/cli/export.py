"""searchkit export"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from searchkit.cli import conditions as given
from searchkit.cli.behind import tell_behind
from searchkit.cli.output import ProgressBar, tell_aliases, write_whole
from searchkit.cli.settings import Settings
from searchkit.errors import UsageError
from searchkit.language.messages import Message, gettext
from searchkit.model.counts import counted

_CITED = {".bib": "bibtex", ".ris": "ris"}
"""The style of citation that the ending of a file's name asks for."""


def export(
    settings: Settings,
    query: given.Query = None,
    *,
    output: Annotated[Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write here.")] = None,
    csv: given.Csv = False,
    xlsx: Annotated[bool, typer.Option("--xlsx", help="An Excel workbook.")] = False,
    parquet: Annotated[bool, typer.Option("--parquet", help="A Parquet file: typed columns, packed.")] = False,
    arrow: Annotated[bool, typer.Option("--arrow", help="An Arrow file: typed columns, to be mapped.")] = False,
    table: Annotated[
        bool,
        typer.Option(
            "--table", help="CSV for Excel, or with --xlsx a workbook, with columns to fill in by hand; see --columns."
        ),
    ] = False,
    columns: Annotated[
        str | None,
        typer.Option(
            "--columns", metavar="NAMES", help="With --table: the columns to fill in: tone,topic.  [default: code,note]"
        ),
    ] = None,
    sample: Annotated[
        int | None, typer.Option("--sample", metavar="N", help="N of the articles at random, in random order.", min=1)
    ] = None,
    seed: Annotated[
        int | None, typer.Option("--seed", metavar="N", help="Another sample for each seed.  [default: 0]")
    ] = None,
    cite: given.Cite = None,
    filters: given.Conditions,
) -> None:
    """Write articles as JSON lines (for `ingest`), tables, citations.

    \b
    searchkit export > everything.jsonl
    searchkit export 芯片 --since 2025 --csv -o chips.csv
    searchkit export 芯片 --sample 200 --table --columns tone,topic -o coding.xlsx
    searchkit export 芯片 -o chips.parquet
    searchkit export 芯片 --since 2025 --cite ris -o chips.ris
    """
    form = given.one_format(
        csv=csv, xlsx=xlsx, parquet=parquet, arrow=arrow, table=table and not xlsx, cite=cite is not None
    )
    if columns is not None and not table:
        raise UsageError("--columns goes with --table", hint="--table --columns tone,topic")
    if seed is not None and sample is None:
        raise UsageError("--seed goes with --sample", hint="--sample 200 --seed 7")
    to_fill = _columns("code,note" if columns is None else columns)
    # The name of the file says it where nothing else does: no program reads JSON lines in a file called a.xlsx.
    ending = output.suffix.lower() if output is not None and not form else ""
    csv = csv or ending == ".csv"
    cite = _CITED.get(ending, cite)
    if cite is not None:
        from searchkit.cli.citing import style_of

        style = style_of(cite)
    from searchkit.cli import tables as files

    named = files.form_of(output) if form in ("", "table") else None
    binary: files.Form | None = form if form in files.FORMS else named if not table or named == "xlsx" else None
    if binary:
        files.require_file(output, binary)
    with ProgressBar(settings) as bar, settings.open(progress=bar.archive) as archive:
        total, sheets = 0, 1
        cut: list[str] = []
        from searchkit.search.conditions import Conditions

        # Without a condition only the record is read, which is complete.
        asked = given.text(query) or Conditions.of(filters).narrow
        behind = archive.index_behind if asked else 0

        articles = archive.export(given.text(query), sample=sample, seed=seed or 0, **filters)

        def lines() -> Iterator[str]:
            nonlocal total
            from searchkit.model.serialise import to_record
            from searchkit.presenters import coding, json_form, tables

            if cite is not None:
                from searchkit.presenters.citations.of_archive import lines as citations

                for line, begins in citations(archive, articles, style):
                    total += begins
                    yield line
                return
            if table:
                written = coding.table(articles, to_fill, archive.timezone, cut.append)
                yield next(written)
            elif csv:
                written = tables.articles_csv(articles)
                yield next(written)  # the header
            else:
                written = (json_form.text(to_record(article)) for article in articles)
            for line in written:
                total += 1
                yield line

        if binary:
            about = files.provenance(archive, given.text(query), filters, sample, seed or 0, asked=bool(asked))
            total, sheets = files.write(
                output, binary, articles, archive, about, to_fill if table else None, cut.append
            )
        elif output is None:
            for line in lines():
                sys.stdout.write(line + "\n")
        else:
            write_whole(output, lines(), "--output")
        if asked:
            sys.stdout.flush()
            tell_aliases(settings, archive, given.text(query), filters)
    if output is not None:
        from searchkit.presenters.terminal_text import safe

        settings.tell(gettext("{articles} to {output}", articles=counted(total, "article"), output=safe(str(output))))
    if sheets > 1:
        settings.tell(
            gettext("on {sheets} sheets: one of Excel has no room for more than 1,048,576 rows", sheets=sheets)
        )
    if cut:
        settings.tell(
            gettext(
                "{texts} cut: a cell of Excel has no room for more than 32,767 characters",
                texts=counted(len(cut), "text"),
            )
        )
    tell_behind(settings, archive, behind)
    if not total:
        raise typer.Exit(1)


def _columns(names: str) -> list[str]:
    """Return the columns to fill in. Raises: UsageError for names that cannot be told apart or are taken."""
    from searchkit.presenters.coding import COLUMNS

    found = [name.strip() for name in re.split("[,，]", names)]
    for at, name in enumerate(found):
        if not name or not name.isprintable() or name in COLUMNS or name in found[:at]:
            raise UsageError(
                Message("a column to fill in cannot be named {name!r}", name=name[:100]),
                hint=Message("names with commas between, none twice and none of {columns}", columns=", ".join(COLUMNS)),
            )
    return found
