"""Other processes that do the work of writing segments: analysing articles, merging.

A worker that fails, for whatever reason, costs time only: its task is done here (`system.processes`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import tzinfo
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

from searchkit.analysis.segment import UserDictionary
from searchkit.system import processes

Made = TypeVar("Made")


@dataclass(frozen=True, slots=True)
class Place:
    """Where segments are written, and with what articles are analysed."""

    folder: Path
    timezone: tzinfo
    dictionary: UserDictionary


Task: TypeAlias = Callable[[Place], Made]
"""Something to do, that can be sent to another process, and whose outcome can be sent back."""


def in_parallel(tasks: Iterable[Task[Made]], place: Place, count: int) -> Iterator[Made]:
    """Yield the outcomes of tasks, in order. Whenever one is yielded, `count` tasks are under way."""
    return processes.in_parallel(tasks, _absolute(place), count, "a process that analyses")


def merger(place: Place) -> processes.Worker[Place, Any]:
    """Return a worker for tasks that merge."""
    return processes.Worker("the process that merges", _absolute(place))


def _absolute(place: Place) -> Place:
    return replace(place, folder=place.folder.resolve())
