"""The progress of a run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class IngestProgress:
    """The progress of a run. `stage` is reading or indexing; `total` is in bytes or articles, 0 if unknown."""

    stage: Literal["reading", "indexing"]
    done: int
    total: int
    articles: int
    rejected: int
    name: str
