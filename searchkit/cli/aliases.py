"""searchkit aliases"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from searchkit.cli.output import write
from searchkit.cli.settings import Settings
from searchkit.errors import UsageError
from searchkit.language.messages import Message
from searchkit.model.counts import counted


def aliases(
    settings: Settings,
    file: Annotated[
        Path | None, typer.Argument(metavar="[FILE]", help="Aliases to hold instead; an empty file holds none.")
    ] = None,
) -> None:
    """Print the user's own aliases, or hold those of a file instead.

    They are written as in the file, so that the output can be edited and given back.

    \b
    searchkit aliases > aliases.txt
    searchkit aliases aliases.txt                   hold these aliases instead
    """
    with settings.open(catch_up=False) as archive:
        if file is not None:
            archive.set_aliases(_read(file))
        text, errors = archive.own_aliases()
    settings.tell(*errors)
    if file is None:
        from searchkit.presenters.terminal_text import safe

        write(safe(line) for line in text.splitlines())
    lines = sum(1 for line in text.splitlines() if line.strip() and line.strip()[0] not in "#[")
    groups = lines - len(errors)
    settings.tell(
        counted(groups, "group")
        if groups
        else Message("the archive holds no aliases of its own: searchkit aliases FILE")
    )
    if not groups and file is None:
        raise typer.Exit(1)


def _read(file: Path) -> str:
    from searchkit.query.aliases.file import read_bounded

    hint = Message("a text file in UTF-8, with a group of names on a line")
    try:
        return read_bounded(file).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(
            Message("{file} is not UTF-8 from byte {start:,} on", file=file, start=error.start + 1), hint=hint
        ) from error
    except (OSError, ValueError) as error:
        reason = (isinstance(error, OSError) and error.strerror) or error.args[0]
        raise UsageError(Message("cannot read {path}: {reason}", path=file, reason=reason), hint=hint) from error
