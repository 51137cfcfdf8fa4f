"""searchkit replay"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from searchkit.cli import conditions as given
from searchkit.cli.behind import tell_behind
from searchkit.cli.output import ProgressBar, present
from searchkit.cli.settings import Settings
from searchkit.errors import UsageError
from searchkit.language.messages import Message

_MOST_BYTES = 1 << 30


def replay(
    settings: Settings,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A query record; - for standard input.")],
    *,
    json: given.Json = False,
) -> None:
    """Ask the question of a query record again, and tell what changed.

    Articles that came, went or were corrected are listed. The exit code is 0 if
    the answer is the same, 1 if it differs.

    \b
    searchkit search 芯片 --since 2025 --record chips.json
    searchkit replay chips.json
    """
    from searchkit.model.query_records import QueryRecord
    from searchkit.presenters import json_form, replays

    before = QueryRecord.from_json(_read(file))
    with ProgressBar(settings) as bar, settings.open(progress=bar.archive) as archive:
        found = archive.replay(before)
        bar.clear()
        if json:
            print(json_form.text(json_form.replay(found)))
        else:
            changed = (*found.came, *found.went, *found.corrected)
            titles = {id: article.title for id in changed if (article := archive.get(id)) is not None}
            present(settings, replays.lines(found, titles, archive.timezone, settings.style()))
    sys.stdout.flush()
    tell_behind(settings, archive, found.now.index_behind)
    if found:
        raise typer.Exit(1)


def _read(file: Path) -> object:
    import json

    try:
        if str(file) == "-":
            data = sys.stdin.buffer.read(_MOST_BYTES + 1)
        else:
            with file.open("rb") as opened:
                data = opened.read(_MOST_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = (isinstance(error, OSError) and error.strerror) or str(error)
        raise UsageError(
            Message("cannot read {file}: {reason}", file=str(file)[:200], reason=reason),
            hint="give a file made with --record",
        ) from error
    try:
        return json.loads(data)
    except (ValueError, RecursionError) as error:
        raise UsageError(
            Message("{file} is no query record: it is no JSON", file=str(file)[:200]),
            hint="searchkit search QUERY --record FILE makes one",
        ) from error
