"""searchkit dict"""

from __future__ import annotations

import typer

from searchkit.cli import conditions as given
from searchkit.cli.output import ProgressBar, write
from searchkit.cli.settings import Settings
from searchkit.model.counts import counted


def dict(settings: Settings, *, json: given.Json = False) -> None:
    """List the words of the user dictionary that the archive holds.

    They are written in jieba's format, so that the output can be edited and given to --dict.

    \b
    searchkit dict > words.txt
    searchkit dict --dict words.txt                 hold these words instead
    """
    with ProgressBar(settings) as bar, settings.open(progress=bar.archive, catch_up=False) as archive:
        held = archive.dictionary
    if json:
        from searchkit.presenters import json_form

        print(json_form.text(json_form.dictionary(held)))
    else:
        from searchkit.presenters.terminal_text import safe

        write(safe(word.line) for word in held.words)
        settings.tell(
            counted(len(held.words), "word") if held.words else "the archive holds no words: --dict FILE gives it some"
        )
    if not held.words:
        raise typer.Exit(1)
