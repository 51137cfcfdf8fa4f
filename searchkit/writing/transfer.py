"""Making a whole archive as another one is, wherever both are kept: its record, the user's aliases, then its index."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

from searchkit.model.reports import Copied
from searchkit.writing.catching_up import Progress
from searchkit.writing.copying import PATIENCE, copy
from searchkit.writing.place import Place
from searchkit.writing.sync import Sync


def transfer(
    source: Place,
    target: Place,
    sync: Sync,
    progress: Progress | None = None,
    *,
    pause: Callable[[float], object] = time.sleep,
) -> Copied:
    """Make an archive as another one is; see `Archive.copy_to`.

    Args:
        sync: of the target.
        pause: waits so many seconds.
    """
    own = source.aliases.text()
    with sync.writing():
        copied = copy(source.record, target.record, progress, check=target.access.check)
        if own is not None and own != target.aliases.text():
            target.aliases.put(own)
    sync.catch_up(progress)
    waited = 0.0
    # Of a copy that was killed, the last numbers are free a little later; the index waits for them.
    while sync.behind and waited < PATIENCE:
        pause(1.0)
        waited += 1.0
        sync.catch_up(progress)
    return replace(copied, index_behind=sync.behind)
