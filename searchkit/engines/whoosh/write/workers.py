"""Processes for the work of writing segments: analysing articles, and merging.

A worker that fails, for whatever reason, only costs time: its task is then done in this process (`system.processes`).
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
    """The folder for segments, and the settings for analysing articles."""

    folder: Path
    timezone: tzinfo
    dictionary: UserDictionary


Task: TypeAlias = Callable[[Place], Made]
"""Work that can be sent to another process, and whose outcome can be sent back."""


def in_parallel(tasks: Iterable[Task[Made]], place: Place, count: int) -> Iterator[Made]:
    """Yield the outcomes of tasks, in order. `count` tasks are in progress whenever one is yielded."""
    return processes.in_parallel(tasks, _absolute(place), count, "a process that analyses")


def merger(place: Place) -> processes.Worker[Place, Any]:
    """Return a worker for merging tasks."""
    return processes.Worker("the process that merges", _absolute(place))


def _absolute(place: Place) -> Place:
    return replace(place, folder=place.folder.resolve())
