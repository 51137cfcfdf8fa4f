"""searchkit rebuild"""

from __future__ import annotations

import time

from searchkit.cli import conditions as given
from searchkit.cli.output import ProgressBar
from searchkit.cli.settings import Settings
from searchkit.language.messages import gettext
from searchkit.model.counts import counted


def rebuild(settings: Settings, *, json: given.Json = False) -> None:
    """Make the index again from the record.

    This is needed after an upgrade that changes the index, and after damage to the index. The record does not change.
    """
    started = time.monotonic()
    with ProgressBar(settings) as bar, settings.open(catch_up=False) as archive:
        articles = archive.rebuild(bar.archive)
    seconds = time.monotonic() - started
    if json:
        from searchkit.presenters import json_form

        print(json_form.text(json_form.rebuilt(articles, seconds)))
    else:
        settings.tell(
            gettext("indexed {articles} in {seconds:.1f} s", articles=counted(articles, "article"), seconds=seconds)
        )
