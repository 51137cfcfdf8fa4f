"""The style of citation that `show --cite` and `export --cite` name."""

from __future__ import annotations

from searchkit.errors import UsageError
from searchkit.presenters.citations import STYLES, Style


def style_of(given: str) -> Style:
    """Return the style of citation that was named.

    Raises:
        UsageError: there is no such style.
    """
    if given not in STYLES:
        raise UsageError(f"no citation style {given[:40]!r}", hint=f"--cite {', '.join(STYLES[:-1])} or {STYLES[-1]}")
    return given
