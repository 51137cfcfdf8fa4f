"""The day that relative dates start from. A module of its own: most queries have no date and need no date grammar."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Clock:
    """The current day in the archive's zone."""

    today: date
