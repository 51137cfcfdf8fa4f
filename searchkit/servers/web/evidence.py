"""The evidence for an article as it is told to others: where the server keeps its files is not their business."""

from __future__ import annotations

import re
from dataclasses import replace

from searchkit.archive import Archive
from searchkit.model.history import Origin

_FOLDERS = re.compile(r".*[/\\]", re.DOTALL)


def origin_of(archive: Archive, id: str) -> Origin | None:
    """Return the evidence for an article, its files by their names alone, without the folders they are in."""
    origin = archive.origin(id)
    if origin is None:
        return None
    return replace(origin, files=tuple(sorted({_FOLDERS.sub("", file) for file in origin.files})))
