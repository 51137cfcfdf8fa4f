"""searchkit pull"""

from __future__ import annotations

from typing import Annotated

import typer

from searchkit.cli import conditions as given
from searchkit.cli import copying
from searchkit.cli.settings import Settings


def pull(
    settings: Settings,
    url: Annotated[str, typer.Argument(metavar="URL", help="The archive's address: opensearch://HOST:9200/NAME.")],
    local: Annotated[
        str | None, typer.Argument(metavar="[LOCAL]", help="The folder of the copy.  [default: that of --index]")
    ] = None,
    *,
    json: given.Json = False,
) -> None:
    """Copy an archive from a cluster into a folder.

    All that push copies comes back. The copy is made if there is none; later only what has changed is fetched. It is
    compared with the archive at the end. After an interruption, run the same command again.

    \b
    searchkit pull opensearch://search.example:9200/news news
    """
    source = copying.address(settings, url, "searchkit pull {example} FOLDER")
    target = copying.folder(settings, local)
    copying.run(source, target, "pull", json=json)
