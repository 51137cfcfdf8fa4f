"""searchkit similar"""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from searchkit.cli import conditions as given
from searchkit.cli.behind import tell_behind
from searchkit.cli.output import ProgressBar, present, write
from searchkit.cli.settings import Settings
from searchkit.cli.show import resolved
from searchkit.errors import UsageError
from searchkit.language.messages import gettext
from searchkit.presenters.terminal_text import safe


def similar(
    settings: Settings,
    id: Annotated[
        str, typer.Argument(metavar="ID", help="An article: its id, or the beginning of it; - reads a text.")
    ],
    *,
    limit: Annotated[int, typer.Option("--limit", "-n", metavar="N", help="Articles.", min=1)] = 10,
    reprints: Annotated[bool, typer.Option("--reprints", help="Also reprints, of it and of each other.")] = False,
    filters: given.Conditions,
    json: given.Json = False,
    ids: Annotated[bool, typer.Option("--ids", help="Only ids.")] = False,
) -> None:
    """List the articles most similar to an article or a text.

    \b
    searchkit similar c448eb63
    searchkit similar - --since 2025 < draft.txt
    """
    form = given.one_format(json=json, ids=ids)
    text = _pasted() if id == "-" else ""
    brief = not form and settings.laid_out()
    with ProgressBar(settings) as bar, settings.open(progress=bar.archive) as archive:
        bar.clear()
        width = 120
        if brief:
            from searchkit.presenters import terminal

            width = terminal.brief_width(settings.style())
        whole = text or resolved(archive, id)
        found = archive.similar(whole, limit=limit, reprints=reprints, snippet_width=width, **filters)
    if form == "json":
        from searchkit.presenters import json_form

        print(json_form.text(json_form.similar(found)))
    elif form == "ids":
        write(safe(hit.id) for hit in found.hits)
    elif brief:
        present(settings, terminal.hits(found.hits, settings.style(), brief=True))
    else:
        from searchkit.presenters import tables

        write(map(tables.hit_line, found.hits))
    if not form:
        from searchkit.presenters.width import shortened

        sys.stdout.flush()
        errors = settings.style(sys.stderr)
        if found.words:
            by = gettext("similar by: {words}", words=" ".join(map(safe, found.words)))
        else:
            by = gettext("it has no words that other articles have as well")
        settings.tell(errors.dim(shortened(by, errors.columns)))
    tell_behind(settings, archive, found.index_behind)
    if not found.hits:
        raise typer.Exit(1)


def _pasted() -> str:
    """Return the text on standard input. Raises: UsageError if there is none, or if it is one word of ASCII."""
    data = sys.stdin.buffer.read() if sys.stdin is not None else b""
    text = data.decode("utf-8", "replace").strip()
    if not text or (text.isascii() and len(text.split()) < 2):
        raise UsageError("there is no text on standard input", hint="searchkit similar - < article.txt")
    return text
