"""Making a new generation of the index durable, and cleaning up afterwards.

The order: first remove the remains of writers that died, so that a full disk has space again; sync every segment file
when it is written; then `state-N.json`; then the folder; then write the TOC under another name, sync it, rename it, and
sync the folder again. Only then remove the files of generations before the last: one older generation stays, so that a
reader that is opening it finds its files.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
from collections.abc import Collection, Mapping, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any, BinaryIO

from whoosh.filedb.filestore import RamStorage
from whoosh.index import TOC

from searchkit.engines.whoosh.manifest import (
    NAME,
    STATE_NAME,
    TOC_NAME,
    Manifest,
    ManifestError,
    newest_generation,
    parts_of,
    read,
    state_path,
    text,
    toc_path,
)
from searchkit.system.files import sync_folder, write_synced

_SEGMENT = re.compile(rf"({NAME}_[0-9a-z]+)\.\w+")
_AT_ONCE = 1 << 20
"""Bytes copied at a time."""
_LEFT_OVER = re.compile(rf"_{NAME}_\d+\.toc\..+|.+\.partial")


def _toc_bytes(schema: Any, segments: Sequence[Any], generation: int) -> bytes:
    """Return the TOC as Whoosh would write it. We write the file, because Whoosh never calls fsync."""
    storage = RamStorage()
    TOC(schema, list(segments), generation).write(storage, NAME)
    return bytes(storage.files[f"_{NAME}_{generation}.toc"])


def commit(
    folder: Path, schema: Any, segments: Sequence[Any], generation: int, covers: int, settings: Mapping[str, str]
) -> None:
    """Commit `segments` as this generation of the index.

    If it raises, the index is in either the old or the new state, never between; `clean` then removes the files that
    the valid generation does not need.
    """
    toc = _toc_bytes(schema, segments, generation)
    parts = parts_of(segments, folder)
    digest = hashlib.sha256(toc).hexdigest()
    state = Manifest(generation, covers, dict(settings), parts, digest)
    write_synced(state_path(folder, generation), text(state).encode())
    sync_folder(folder)
    path = toc_path(folder, generation)
    beside = path.with_name(f"{path.name}.partial")
    write_synced(beside, toc)
    beside.replace(path)
    sync_folder(folder)


def opened(folder: Path, manifest: Manifest) -> list[BinaryIO]:
    """Open the files of a generation, its TOC last. Returns: empty for an older format.

    Open files can be copied even if a writer removes their names meanwhile.

    Raises:
        FileNotFoundError: the generation is gone.
    """
    if manifest.parts is None:
        return []
    with ExitStack() as stack:
        files: list[BinaryIO] = []
        for path in (
            *(folder / part.name for part in manifest.parts),
            state_path(folder, manifest.generation),
            toc_path(folder, manifest.generation),
        ):
            if path.exists() and not path.is_file():  # opening a pipe would wait for ever
                raise ManifestError(f"{path}: not a file")
            files.append(stack.enter_context(path.open("rb")))
        stack.pop_all()  # the caller closes them
    return files


def copy(files: Sequence[BinaryIO], other: Path) -> None:
    """Copy the files from `opened` into another folder and close them. The copies are on disk when this returns."""
    with ExitStack() as stack:
        for file in files:
            stack.enter_context(file)
        for file in files:
            with (other / Path(file.name).name).open("wb") as copied:
                shutil.copyfileobj(file, copied, _AT_ONCE)
                copied.flush()
                os.fsync(copied.fileno())
    sync_folder(other)


def clean(folder: Path, spared: Collection[str] = ()) -> None:
    """Remove all files that neither the newest generation nor the one before needs, except those with `spared` names.

    The caller holds the writer's lock. A file that cannot be removed (on Windows: one that a reader has open) is left
    for the next time. If the newest generation cannot be read, everything stays: the user may not have decided on
    `rebuild` yet.
    """
    if not folder.is_dir():
        return
    newest = newest_generation(folder)
    names = [path.name for path in folder.iterdir() if path.is_file() or path.is_symlink()]
    older = [int(found[1]) for name in names if (found := TOC_NAME.fullmatch(name)) and int(found[1]) < newest]
    needed = {*spared}
    kept: set[int] = set()
    for generation in (newest, max(older, default=-1)):
        if generation < 0:
            continue
        try:
            parts = read(folder, generation).parts
        except (ManifestError, OSError):
            parts = None
        if parts is None and generation == newest:
            return
        if parts is not None:
            kept.add(generation)
            needed |= {part.name for part in parts}
    # TOCs first, and durably: a generation that has a TOC has its files, even if we die in between.
    gone = [name for name in names if (found := TOC_NAME.fullmatch(name)) and int(found[1]) not in kept]
    _remove(folder, gone)
    if gone:
        sync_folder(folder)
    states = [name for name in names if (found := STATE_NAME.fullmatch(name)) and int(found[1]) not in kept]
    segments = [name for name in names if _SEGMENT.fullmatch(name) and name not in needed]
    _remove(folder, [*states, *segments, *(name for name in names if _LEFT_OVER.fullmatch(name))])


def forget_unreadable(folder: Path) -> None:
    """Remove the TOCs of the newest generations while they cannot be read: no reader has one of them open."""
    held = sorted(
        (int(found[1]) for path in folder.iterdir() if (found := TOC_NAME.fullmatch(path.name))), reverse=True
    )
    for newest in held:
        try:
            read(folder, newest)
            return
        except (ManifestError, OSError):
            toc_path(folder, newest).unlink()


def _remove(folder: Path, names: Sequence[str]) -> None:
    for name in names:
        with suppress(OSError):
            (folder / name).unlink()
