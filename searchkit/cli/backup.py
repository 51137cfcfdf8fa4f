"""searchkit backup"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from searchkit.cli import conditions as given
from searchkit.cli.settings import Settings
from searchkit.errors import UsageError
from searchkit.language.messages import gettext
from searchkit.model.counts import counted
from searchkit.presenters.terminal_text import safe


def backup(
    settings: Settings,
    directory: Annotated[
        Path, typer.Argument(metavar="DIR", help="A new folder; for a cluster, REPOSITORY/NAME of a new snapshot.")
    ],
    *,
    json: given.Json = False,
) -> None:
    """Copy the archive, as it is at one moment, into a new folder. Others may go on writing.

    \b
    searchkit backup news-2025-06-30
    searchkit backup backups/one -i opensearch://127.0.0.1:9200/news
    """
    with settings.open(catch_up=False) as archive:
        try:
            articles = archive.backup(directory)
        except UsageError as error:
            if error.code in ("folder-taken", "folder-refused"):
                error.hint = "searchkit backup NEW_FOLDER"
            raise
    if json:
        from searchkit.presenters import json_form

        print(json_form.text(json_form.copied(articles, str(directory), restored=False)))
    else:
        settings.tell(
            gettext("{articles} to {directory}", articles=counted(articles, "article"), directory=safe(str(directory)))
        )
