"""What reading an index needs to know of how it was written. `schema.py` knows the rest, and imports Whoosh for it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

FORMAT = "columnar-2"
"""Changes when an index written before cannot be read any more."""

MISSING = -(2**62)
"""In a column of numbers: the article has none."""

_SECONDS_0001_TO_1970 = 62_135_596_800


def epochs(raw: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Seconds since 1970 of many times as Whoosh has them, MISSING staying MISSING."""
    return np.where(raw == MISSING, MISSING, raw // 1_000_000 - _SECONDS_0001_TO_1970)
