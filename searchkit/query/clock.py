"""The day that relative dates start from. By itself: most queries have no date and do without the grammar of dates."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Clock:
    """What day it is in the archive's zone."""

    today: date
