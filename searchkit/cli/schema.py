"""searchkit schema"""

from __future__ import annotations

import json
from typing import Annotated

import typer

from searchkit.cli import completion
from searchkit.cli.settings import Settings


def schema(
    settings: Settings,
    name: Annotated[
        str | None,
        typer.Argument(metavar="[NAME]", help="search, timeline or error, say.", autocompletion=completion.documents),
    ] = None,
) -> None:
    """Print the JSON Schema of what --json prints.

    It is that of all documents, or of the one that is named.

    \b
    searchkit schema > searchkit.schema.json
    searchkit schema timeline
    """
    from searchkit.presenters.schema import schema as of_one
    from searchkit.presenters.schema import whole

    print(json.dumps(of_one(name) if name else whole(), ensure_ascii=False, indent=2))
