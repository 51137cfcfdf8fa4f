"""The facts about written columns that reading needs. The rest is in `schema.py`, which imports Whoosh."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

FORMAT = "columnar-2"
"""Changed when indexes written before can no longer be read."""

MISSING = -(2**62)
"""In a column of numbers: the article has no value."""

_SECONDS_0001_TO_1970 = 62_135_596_800


def epochs(raw: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Convert an array of Whoosh's times to seconds since 1970; MISSING stays MISSING."""
    return np.where(raw == MISSING, MISSING, raw // 1_000_000 - _SECONDS_0001_TO_1970)
