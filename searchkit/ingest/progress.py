"""How far a run is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class IngestProgress:
    """How far a run is. `stage` is reading or indexing; `total` is in bytes or articles, 0 where it is not known."""

    stage: Literal["reading", "indexing"]
    done: int
    total: int
    articles: int
    rejected: int
    name: str
