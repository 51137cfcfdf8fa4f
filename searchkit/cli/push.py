"""searchkit push"""

from __future__ import annotations

from typing import Annotated

import typer

from searchkit.cli import conditions as given
from searchkit.cli import copying
from searchkit.cli.settings import Settings
from searchkit.errors import UsageError
from searchkit.language.messages import Message


def push(
    settings: Settings,
    places: Annotated[
        list[str],
        typer.Argument(
            metavar="[LOCAL] URL",
            help="The archive's folder, by default that of --index; and the address of the copy: "
            "opensearch://HOST:9200/NAME.",
        ),
    ],
    *,
    json: given.Json = False,
) -> None:
    """Copy the archive into a cluster, with all its states.

    Deletions, saved searches, the dictionary, aliases, and where each article was read go with it. The copy is made if
    there is none; later only what has changed is sent. It is compared with the archive at the end. After an
    interruption, run the same command again.

    \b
    searchkit push opensearch://search.example:9200/news
    searchkit push news opensearchs://search.example:9200/news
    """
    *local, url = places
    if len(local) > 1:
        raise UsageError(
            Message("{count} archives are given; one is copied at a time", count=len(local)),
            hint="searchkit push FOLDER opensearch://HOST:9200/NAME",
            code="places",
        )
    source = copying.folder(settings, local[0] if local else None)
    target = copying.address(settings, url, "searchkit push FOLDER {example}")
    copying.run(source, target, "push", json=json)
