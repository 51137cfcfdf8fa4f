"""searchkit show"""

from __future__ import annotations

import shlex
import sys
from itertools import pairwise
from typing import TYPE_CHECKING, Annotated

import typer

from searchkit.cli import conditions as given
from searchkit.cli.behind import behind_of, tell_behind
from searchkit.cli.errors import NothingFound
from searchkit.cli.output import present, write
from searchkit.cli.settings import Settings
from searchkit.errors import NoSuchArticle, UsageError
from searchkit.language.messages import Message, gettext
from searchkit.model.counts import counted
from searchkit.presenters.terminal_text import safe

if TYPE_CHECKING:
    from searchkit.archive import Archive
    from searchkit.model.history import Difference


def show(
    settings: Settings,
    id: Annotated[str, typer.Argument(metavar="ID", help="An article's id, or the beginning of it.")],
    *,
    revisions: Annotated[bool, typer.Option("--revisions", help="Every state of it that was kept.")] = False,
    diff: Annotated[
        bool, typer.Option("--diff", help="With --revisions: how each state differs from the one before.")
    ] = False,
    cite: given.Cite = None,
    json: given.Json = False,
) -> None:
    """Show one whole article.

    \b
    searchkit show c448eb63
    searchkit show c448eb63 --revisions
    searchkit show c448eb63 --revisions --diff
    searchkit show c448eb63 --cite gbt7714
    """
    if diff and not revisions:
        raise UsageError("--diff needs --revisions", hint=Message("searchkit show {id} --revisions --diff", id=id))
    if cite is not None:
        given.one_format(cite=True, revisions=revisions, json=json)
        _cite(settings, id, cite)
        return
    with settings.open(catch_up=False) as archive:
        whole = resolved(archive, id)
        found = archive[whole]
        origin = archive.origin(whole)
        headlines = archive.headlines(whole)
        states = archive.revisions(whole)
        zone = archive.timezone
        behind = behind_of(archive)
    from searchkit.presenters import json_form, terminal

    pairs: list[Difference] = []
    if diff:
        from searchkit.search.diff import difference

        pairs = [difference(one.article, next.article) for one, next in pairwise(states)]
    if json and revisions:
        print(json_form.text(json_form.revisions(whole, states, pairs)))
    elif json:
        older_states = len(states) - 1
        made = json_form.article(found, [*headlines], older_states=older_states, index_behind=behind, origin=origin)
        print(json_form.text(made))
    elif diff:
        from searchkit.presenters import families

        present(settings, families.revisions(states, pairs, zone, settings.style()))
    elif revisions:
        present(settings, terminal.revisions(states, zone, settings.style()))
    else:
        published = found.published.astimezone(zone) if found.published else None
        present(settings, terminal.article(found, settings.style(), headlines, published, origin, zone))
        if len(states) > 1:
            sys.stdout.flush()
            older = counted(len(states) - 1, "older state")
            command = f"searchkit show {quoted(whole)} --revisions"
            settings.tell(settings.style(sys.stderr).dim(gettext("{what}: {command}", what=older, command=command)))
    tell_behind(settings, archive, behind)


def _cite(settings: Settings, id: str, cite: str) -> None:
    from searchkit.cli.citing import style_of
    from searchkit.presenters.citations.of_archive import lines

    style = style_of(cite)
    with settings.open(catch_up=False) as archive:
        found = archive[resolved(archive, id)]
        write(line for line, _ in lines(archive, [found], style))


def quoted(id: str) -> str:
    """Return an id as it is typed in a shell."""
    return shlex.quote(safe(id))


def resolved(archive: Archive, id: str) -> str:
    """Return the whole id, given an id or the beginning of one.

    Raises:
        NothingFound: no id begins so.
        AmbiguousId: several ids begin so.
    """
    try:
        return archive.resolve(id)
    except NoSuchArticle as error:
        raise NothingFound(error.message, query=id, width=error.width, hint=error.hint, code=error.code) from None
