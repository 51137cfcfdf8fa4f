"""searchkit optimize"""

from __future__ import annotations

from searchkit.cli.settings import Settings
from searchkit.language.messages import gettext


def optimize(settings: Settings) -> None:
    """Merge the index's segments into one, for the fastest answers.

    \b
    searchkit optimize
    """
    with settings.open() as archive:
        segments = archive.optimize()
    settings.tell(
        gettext("{segments:,} segments merged into one", segments=segments) if segments > 1 else "nothing to merge"
    )
