"""Which days does an expression such as 去年国庆 or 2025-02.. mean?"""

from __future__ import annotations

from searchkit.query.dates.examples import FORMS, forms
from searchkit.query.dates.expressions import LONGEST, interval, on, since, span, until

__all__ = ["FORMS", "LONGEST", "forms", "interval", "on", "since", "span", "until"]
