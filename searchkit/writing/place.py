"""The place in which an archive is kept: all that differs between a folder here and a cluster of machines."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from searchkit.analysis.segment import Segmenter, UserDictionary
from searchkit.engines.index import Index
from searchkit.storage.record import Record

if TYPE_CHECKING:
    from searchkit.query.aliases.kept import KeptAliases
    from searchkit.storage.access import WriteAccess

IndexFor: TypeAlias = Callable[[Segmenter, UserDictionary, Mapping[str, str]], Index]
"""Makes an index with this segmenter and this dictionary, which stores these settings at every commit."""


@dataclass(frozen=True, slots=True)
class Place:
    """The parts of an archive, as `opening` puts them together.

    Attributes:
        path: the folder, or the address as text.
        index_for: makes the index of the record, and makes it anew when the dictionary changes.
        backup: copies the archive with this index to where it can be restored from, as a new folder, or in a cluster
            as a new snapshot; where others may not write meanwhile, waits so many seconds for them. Returns the number
            of articles in it.
        release: called when the archive is closed, after its parts.
    """

    path: Path | str
    record: Record
    index_for: IndexFor
    access: WriteAccess
    aliases: KeptAliases
    backup: Callable[[Index, Path, float], int]
    release: Callable[[], None] = lambda: None
