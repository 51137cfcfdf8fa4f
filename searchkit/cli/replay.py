"""searchkit replay"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from searchkit.cli import conditions as given
from searchkit.cli.behind import tell_behind
from searchkit.cli.output import ProgressBar, present
from searchkit.cli.settings import Settings
from searchkit.errors import UsageError
from searchkit.language.messages import Message

if TYPE_CHECKING:
    from searchkit.archive import Archive
    from searchkit.model.query_records import Replay

_MOST_BYTES = 1 << 30


def replay(
    settings: Settings,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A query record; - for standard input.")],
    *,
    json: given.Json = False,
) -> None:
    """Ask the question of a query record again, and tell what changed.

    Articles that came, went or were corrected are listed, and of a timeline the
    periods whose numbers changed. The exit code is 0 if the answer is the same,
    1 if it differs.

    \b
    searchkit search 芯片 --since 2025 --record chips.json
    searchkit replay chips.json
    searchkit timeline 芯片 --share --record series.json
    searchkit replay series.json
    """
    from searchkit.model.query_records import QueryRecord
    from searchkit.model.series_records import SCHEMA, SeriesRecord
    from searchkit.presenters import json_form, replays

    held = _read(file)
    if isinstance(held, dict) and held.get("schema") == SCHEMA:
        series = SeriesRecord.from_json(held)
        with ProgressBar(settings) as bar, settings.open(progress=bar.archive) as archive:
            moved = archive.replay(series)
            bar.clear()
            if json:
                print(json_form.text(json_form.series_replay(moved)))
            else:
                titles = _titles(archive, moved.queries.values())
                present(settings, replays.series_lines(moved, titles, archive.timezone, settings.style()))
        _end(settings, archive, bool(moved), max(each.index_behind for each in moved.now.queries.values()))
        return
    before = QueryRecord.from_json(held)
    with ProgressBar(settings) as bar, settings.open(progress=bar.archive) as archive:
        found = archive.replay(before)
        bar.clear()
        if json:
            print(json_form.text(json_form.replay(found)))
        else:
            present(settings, replays.lines(found, _titles(archive, [found]), archive.timezone, settings.style()))
    _end(settings, archive, bool(found), found.now.index_behind)


def _titles(archive: Archive, found: Iterable[Replay]) -> dict[str, str]:
    """Return the titles of the articles that differ, by id, of those that the archive holds."""
    changed = {id for each in found for id in (*each.came, *each.went, *each.corrected)}
    return {id: article.title for id in changed if (article := archive.get(id)) is not None}


def _end(settings: Settings, archive: Archive, differs: bool, behind: int) -> None:
    sys.stdout.flush()
    tell_behind(settings, archive, behind)
    if differs:
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
