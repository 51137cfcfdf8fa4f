"""searchkit analyze"""

from __future__ import annotations

from typing import Annotated

import typer

from searchkit.cli import conditions as given
from searchkit.cli.output import present
from searchkit.cli.settings import Settings
from searchkit.errors import NoArchive


def analyze(
    settings: Settings,
    text: Annotated[list[str], typer.Argument(metavar="TEXT...", help="Any text.")],
    *,
    json: given.Json = False,
) -> None:
    """Show how a text is folded, and the terms that find it.

    These are words, character pairs, and aliases. If there is an archive, its dictionary and aliases are used.

    \b
    searchkit analyze 臺灣半導體產業
    """
    from searchkit.analysis.segment import UserDictionary, load_dictionary

    try:
        with settings.open(catch_up=False) as archive:
            found = archive.analyze(" ".join(text))
    except NoArchive:
        if settings.index is not None:  # named on the command line, so its dictionary is meant
            raise
        from searchkit.query.aliases.table import Aliases
        from searchkit.search.explanation import analysis_with_aliases

        dictionary = load_dictionary(settings.dictionary) if settings.dictionary else UserDictionary()
        found = analysis_with_aliases(" ".join(text), dictionary, Aliases())
    from searchkit.presenters import json_form, terminal

    if json:
        print(json_form.text(json_form.analysis(found)))
    else:
        present(settings, terminal.analysis(found, settings.style()))
