"""searchkit show"""

from __future__ import annotations

from typing import Annotated

import typer

from searchkit.cli import conditions as given
from searchkit.cli.errors import NothingFound
from searchkit.cli.output import write
from searchkit.cli.settings import Settings
from searchkit.errors import QueryError


def show(
    settings: Settings,
    id: Annotated[str, typer.Argument(metavar="ID", help="An article's id, or the beginning of it.")],
    *,
    revisions: Annotated[bool, typer.Option("--revisions", help="Every state of it that was kept.")] = False,
    json: given.Json = False,
) -> None:
    """One article, whole.

    \b
    searchkit show c448eb63
    searchkit show c448eb63 --revisions
    """
    with settings.open(catch_up=False) as archive:
        try:
            whole = archive.resolve(id)
        except QueryError as error:
            # The beginning of several ids is a mistake; an id that is not there is an empty answer.
            if error.message.startswith("several"):
                raise
            raise NothingFound(error.message, query=id, width=error.width, hint=error.hint) from None
        found = archive[whole]
        headlines = archive.headlines(whole)
        states = archive.revisions(whole) if revisions else ()
        zone = archive.timezone
    from searchkit.presenters import json_form, terminal

    if json:
        shown = json_form.revisions(whole, states) if revisions else json_form.article(found, list(headlines))
        print(json_form.text(shown))
    elif revisions:
        write(terminal.revisions(states, settings.style()))
    else:
        published = found.published.astimezone(zone) if found.published else None
        write(terminal.article(found, settings.style(), headlines, published))
