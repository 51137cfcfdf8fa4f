"""The options that narrow a query, the same in every command that asks."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from searchkit.errors import UsageError

Query = Annotated[
    list[str] | None, typer.Argument(metavar="[QUERY]...", help='Words, "phrases", field:value, -excluded.')
]
Since = Annotated[
    str | None, typer.Option("--since", metavar="DATE", help="From this day on: 2025-02, 昨天, 去年国庆.")
]
Until = Annotated[str | None, typer.Option("--until", metavar="DATE", help="Up to and including this day.")]
On = Annotated[str | None, typer.Option("--on", metavar="DATE", help="On this day, or in this period.")]
Source = Annotated[list[str] | None, typer.Option("--source", metavar="NAME", help="The outlet; may be repeated.")]
Author = Annotated[list[str] | None, typer.Option("--author", metavar="NAME", help="The author; may be repeated.")]
Editor = Annotated[list[str] | None, typer.Option("--editor", metavar="NAME", help="The editor; may be repeated.")]
Site = Annotated[list[str] | None, typer.Option("--site", metavar="NAME", help="The site; may be repeated.")]
Section = Annotated[list[str] | None, typer.Option("--section", metavar="NAME", help="The section; may be repeated.")]
Kind = Annotated[list[str] | None, typer.Option("--kind", metavar="KIND", help="article or headline.")]
All = Annotated[bool, typer.Option("--all", help="Require every word, however many there are.")]
Any_ = Annotated[bool, typer.Option("--any", help="Any one of the words is enough.")]
Json = Annotated[bool, typer.Option("--json", help="One JSON document.")]
Csv = Annotated[bool, typer.Option("--csv", help="CSV with a header.")]


def text(query: list[str] | None) -> str:
    """The query as one text. An argument that was quoted in the shell and has spaces is not a phrase by that."""
    return " ".join(query or ())


def filters(
    since: str | None,
    until: str | None,
    on: str | None,
    source: list[str] | None,
    author: list[str] | None,
    editor: list[str] | None,
    site: list[str] | None,
    section: list[str] | None,
    kind: list[str] | None,
    all: bool,
    any: bool,
) -> dict[str, Any]:
    """The keyword arguments of `Archive.search` and its like."""
    if all and any:
        raise UsageError("--all and --any contradict each other", hint="give one of them")
    for each in kind or ():
        if each not in ("article", "headline"):
            raise UsageError(f"no kind {each!r}", hint="--kind article or --kind headline")
    return {
        "since": since,
        "until": until,
        "on": on,
        "source": source or (),
        "author": author or (),
        "editor": editor or (),
        "site": site or (),
        "section": section or (),
        "kind": kind or (),
        "mode": "all" if all else "any" if any else "auto",
    }


def one_format(**given: bool) -> str:
    """The one output format that was asked for; empty if none was."""
    chosen = [name for name, yes in given.items() if yes]
    if len(chosen) > 1:
        raise UsageError(f"--{' and --'.join(chosen)} contradict each other", hint="give one of them")
    return chosen[0] if chosen else ""
