"""The commands, put together."""

from __future__ import annotations

from typing import Annotated

import typer

from searchkit.cli import (
    analyze,
    delete,
    demo,
    export,
    facets,
    family,
    ingest,
    optimize,
    rebuild,
    search,
    show,
    stats,
    timeline,
    verify,
)
from searchkit.cli.settings import Settings, shared

app = typer.Typer(
    name="searchkit",
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)


def _version(wanted: bool) -> None:
    if wanted:
        from searchkit import __version__

        print(f"searchkit {__version__}")
        raise typer.Exit


@app.callback()
@shared
def _before(
    settings: Settings,
    *,
    version: Annotated[
        bool, typer.Option("--version", help="Print the version.", callback=_version, is_eager=True)
    ] = False,
) -> None:
    """Keep and search an archive of Chinese news.

    \b
    searchkit ingest news/ dump.txt more.jsonl
    searchkit search '"出口管制" 芯片 -广告' --since 去年国庆
    searchkit timeline DeepSeek --by week
    """


_COMMANDS = (
    ingest, search, show, family, stats, timeline, facets, delete, export, rebuild, verify, optimize, analyze, demo,
)  # fmt: skip
for _module in _COMMANDS:
    _name = _module.__name__.rpartition(".")[2]
    app.command(_name)(shared(getattr(_module, _name)))
