"""searchkit family"""

from __future__ import annotations

from typing import Annotated

import typer

from searchkit.cli import conditions as given
from searchkit.cli.behind import behind_of, tell_behind
from searchkit.cli.output import ProgressBar, present, write
from searchkit.cli.settings import Settings
from searchkit.cli.show import resolved
from searchkit.language.messages import gettext
from searchkit.presenters.terminal_text import safe


def family(
    settings: Settings,
    id: Annotated[str, typer.Argument(metavar="ID", help="Any article of it: its id, or the beginning of it.")],
    *,
    diff: Annotated[bool, typer.Option("--diff", help="How each reprint differs from the first article.")] = False,
    json: given.Json = False,
    ids: Annotated[bool, typer.Option("--ids", help="Only ids.")] = False,
) -> None:
    """List an article and its reprints in order of appearance.

    \b
    searchkit family c448eb63
    searchkit family c448eb63 --diff
    """
    form = given.one_format(json=json, ids=ids)
    with ProgressBar(settings) as bar, settings.open(progress=bar.archive) as archive:
        bar.clear()
        whole = resolved(archive, id)
        behind = behind_of(archive)
        found = archive.family(whole)
        zone = archive.timezone
    from searchkit.presenters import families as shown
    from searchkit.presenters import json_form, tables
    from searchkit.search.diff import difference

    assert found is not None
    pairs = [difference(found.first, each, folded=True) for each in found] if diff else []
    if form == "json":
        print(json_form.text(json_form.family(whole, found, pairs, behind)))
    elif form == "ids":
        write(safe(each.id) for each in found)
    elif settings.laid_out() or diff:
        present(settings, shown.family(found, pairs, zone, settings.style()))
    else:
        write(tables.article_line(each, zone) for each in found)
    tell_behind(settings, archive, behind)
    if not form and len(found) == 1:
        settings.tell(gettext("no reprints of {whole} in this archive", whole=safe(whole)))
        raise typer.Exit(1)
