"""The style of citation that `show --cite` and `export --cite` name."""

from __future__ import annotations

from searchkit.errors import UsageError
from searchkit.language.messages import Message
from searchkit.presenters.citations import STYLES, Style


def style_of(given: str) -> Style:
    """Return the style of citation that was named.

    Raises:
        UsageError: there is no such style.
    """
    if given not in STYLES:
        raise UsageError(
            Message("no citation style {given!r}", given=given[:40]),
            hint=Message("--cite {styles} or {styles_2}", styles=", ".join(STYLES[:-1]), styles_2=STYLES[-1]),
        )
    return given
