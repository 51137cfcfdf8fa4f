"""Making a new generation of the index durable, and cleaning up behind it.

Order: every segment file is synced when it is written; then `state-N.json`; then the folder; then the TOC is written
beside, synced, renamed, and the folder synced again. Only then are files of generations before the last removed: one
older generation stays, so that a reader that is opening it finds its files.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from whoosh.filedb.filestore import FileStorage
from whoosh.index import TOC

NAME = "MAIN"
"""Whoosh's default index name."""

_STATE = re.compile(r"state-(\d+)\.json")
_TOC = re.compile(rf"_{NAME}_(\d+)\.toc")
_SEGMENT = re.compile(rf"({NAME}_[0-9a-z]+)\.\w+")
_LEFT_OVER = re.compile(rf"_{NAME}_\d+\.toc\..+|.+\.partial")


def sync_folder(folder: Path) -> None:
    """Force a folder's entries to disk, where the system can."""
    if os.name == "nt":
        return  # Windows has no such call; NTFS journals renames
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class DurableStorage(FileStorage):  # type: ignore[misc]  # Whoosh is untyped
    """Whoosh's storage, which never calls fsync, with renames that survive a power cut."""

    def rename_file(self, oldname: str, newname: str, safe: bool = False) -> None:
        folder = Path(self.folder)
        with (folder / oldname).open("rb+") as file:
            os.fsync(file.fileno())
        (folder / oldname).replace(folder / newname)
        sync_folder(folder)


def write_state(folder: Path, generation: int, state: Mapping[str, Any]) -> None:
    """Write what belongs to the commit of a generation; without the commit it is never looked at."""
    with (folder / f"state-{generation}.json").open("w", encoding="utf-8") as file:
        json.dump(state, file, ensure_ascii=False, sort_keys=True)
        file.flush()
        os.fsync(file.fileno())


def commit(
    storage: DurableStorage, schema: Any, segments: Sequence[Any], generation: int, state: Mapping[str, Any]
) -> None:
    """Make `segments` the index, as this generation."""
    folder = Path(storage.folder)
    write_state(folder, generation, state)
    sync_folder(folder)
    TOC(schema, list(segments), generation).write(storage, NAME)
    clean(storage, generation)


def newest_generation(folder: Path) -> int:
    """The number of the newest TOC, -1 if there is none."""
    return max((int(found[1]) for path in folder.iterdir() if (found := _TOC.fullmatch(path.name))), default=-1)


def clean(storage: DurableStorage, generation: int) -> None:
    """Remove what neither this generation nor the one before needs, left-overs of writers that died included."""
    folder = Path(storage.folder)
    kept = {generation}
    older = [int(found[1]) for name in storage.list() if (found := _TOC.fullmatch(name)) and int(found[1]) < generation]
    kept |= {max(older)} if older else set()
    needed = {segment.segment_id() for each in kept for segment in TOC.read(storage, NAME, gen=each).segments}
    for name in storage.list():
        found = _TOC.fullmatch(name) or _STATE.fullmatch(name)
        segment = _SEGMENT.fullmatch(name)
        unneeded = (found and int(found[1]) not in kept) or (segment and segment[1] not in needed)
        if unneeded or _LEFT_OVER.fullmatch(name):
            (folder / name).unlink(missing_ok=True)
