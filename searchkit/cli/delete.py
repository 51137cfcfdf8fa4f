"""searchkit delete"""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from searchkit.cli import conditions as given
from searchkit.cli.behind import tell_behind
from searchkit.cli.output import ProgressBar, tell_why_nothing, write
from searchkit.cli.settings import Settings
from searchkit.errors import UsageError
from searchkit.language.messages import Message, gettext
from searchkit.model.counts import counted

if TYPE_CHECKING:
    from searchkit.archive import Archive


def delete(
    settings: Settings,
    query: given.Query = None,
    *,
    id: Annotated[list[str] | None, typer.Option("--id", metavar="ID", help="This article; may be repeated.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only print the ids.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    filters: given.Conditions,
    json: given.Json = False,
) -> None:
    """Delete articles for good, with their revisions and headlines.

    Names are not looked for under their other names, unlike in search, unless --aliases is given.

    \b
    searchkit delete 'source:测试' --dry-run
    searchkit delete --id c448eb63097b29ae0 --yes
    """
    text = given.text(query)
    with ProgressBar(settings) as bar, settings.open(progress=bar.archive) as archive:
        ids = [archive.resolve(each) for each in id or ()]
        found = archive.delete(text, ids=ids, dry_run=True, **filters)
        if text and filters["aliases"] is None:
            _tell_left_out(settings, archive, text, filters)
        behind = found.index_behind
        articles = counted(len(found.ids), "article")
        if not dry_run and found.ids:
            if not yes:
                if sys.stdin is None or not sys.stdin.isatty():
                    raise UsageError(
                        Message("this would delete {articles}", articles=articles),
                        hint="--yes, or --dry-run to see which",
                    )
                if not typer.confirm(gettext("delete {articles} for good?", articles=articles), err=True):
                    settings.tell("nothing deleted")
                    raise typer.Exit(1)
            found = replace(archive.delete(ids=found.ids), index_behind=behind)
        if not found.ids and not json:
            tell_why_nothing(settings, archive, text, filters, days=True)
    from searchkit.presenters import json_form
    from searchkit.presenters.terminal_text import safe

    if json:
        print(json_form.text(json_form.deletion(found)))
    else:
        write(map(safe, found.ids))
        number = len(found.ids)
        settings.tell(
            gettext("would delete {number:,}", number=number)
            if dry_run
            else gettext("deleted {number:,}", number=number)
        )
    tell_behind(settings, archive, behind)
    if not found.ids:
        raise typer.Exit(1)


def _tell_left_out(settings: Settings, archive: Archive, query: str, filters: given.Conditions) -> None:
    """Print the other names of a query's names: `search` finds them, and they are not deleted."""
    other = archive.understand(query, **{**filters, "aliases": True}).aliases
    if other:
        from searchkit.presenters.terminal_text import safe

        named = gettext("; ").join(
            gettext("{names} for {typed}", names=tuple(map(safe, each.also)), typed=safe(each.typed)) for each in other
        )
        settings.tell(gettext("only as typed, not {named}; --aliases takes them in", named=named))
