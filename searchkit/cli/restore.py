"""searchkit restore"""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Annotated

import typer

from searchkit.cli import conditions as given
from searchkit.cli.settings import Settings
from searchkit.errors import UsageError
from searchkit.language.messages import gettext
from searchkit.model.counts import counted
from searchkit.presenters.terminal_text import safe


def restore(
    settings: Settings,
    directory: Annotated[
        Path,
        typer.Argument(
            metavar="DIR", help="The folder of a backup; for a cluster, REPOSITORY/NAME of a snapshot.", readable=False
        ),
    ],
    *,
    json: given.Json = False,
) -> None:
    """Make an archive from a backup, which is verified first.

    \b
    searchkit restore news-2025-06-30 --index news
    searchkit restore backups/one -i opensearch://127.0.0.1:9200/news
    """
    from searchkit.opening import restore as restored

    to = settings.location()
    try:
        articles = restored(directory, to)
    except UsageError as error:
        if error.code in ("folder-taken", "folder-refused"):
            error.hint = f"searchkit restore {shlex.quote(str(directory))} --index NEW_FOLDER"
        raise
    if json:
        from searchkit.presenters import json_form

        print(json_form.text(json_form.copied(articles, str(to), restored=True)))
    else:
        settings.tell(
            gettext("{articles} in {settings}", articles=counted(articles, "article"), settings=safe(str(to)))
        )
