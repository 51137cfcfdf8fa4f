"""The language in which a person is told something: one for the process, and others for parts of it.

English unless the embedding program, the command line or a request says otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

ENGLISH = "en"
SIMPLIFIED = "zh-CN"
TRADITIONAL = "zh-TW"
LANGUAGES = (ENGLISH, SIMPLIFIED, TRADITIONAL)
"""The languages that there are, as tags of BCP 47."""

_here: ContextVar[str | None] = ContextVar("searchkit_language", default=None)
_everywhere = ENGLISH


def current() -> str:
    """Return the language in use here: one of `LANGUAGES`."""
    return _here.get() or _everywhere


def set_language(language: str) -> None:
    """Choose the language of this process: of what `str(error)` says, and of what presenters write.

    Args:
        language: `en`, `zh-CN` or `zh-TW`, or another name for one of them: `zh_Hant`, `zh_CN.UTF-8`.

    Raises:
        ValueError: there is no such language here.
    """
    global _everywhere  # noqa: PLW0603  # a setting of the process, read on every use
    _everywhere = _checked(language)


@contextmanager
def using_language(language: str) -> Iterator[None]:
    """Use a language within a `with` block: only in this thread or task, so that requests may differ.

    Raises:
        ValueError: there is no such language here.
    """
    token = _here.set(_checked(language))
    try:
        yield
    finally:
        _here.reset(token)


def _checked(language: str) -> str:
    found = matched(language)
    if found is None:
        raise ValueError(f"there is no language {language!r}; there are {', '.join(LANGUAGES)}")
    return found


_REGIONS = {"tw": TRADITIONAL, "hk": TRADITIONAL, "mo": TRADITIONAL, "hant": TRADITIONAL}


def matched(tag: str) -> str | None:
    """Return the language of `LANGUAGES` that a tag or the name of a locale stands for; None if there is none.

    `zh_TW.UTF-8`, `zh-Hant` and `zh-HK` are traditional Chinese, any other `zh` is simplified. `C` and `POSIX` are
    English.
    """
    parts = tag.partition(".")[0].partition("@")[0].lower().replace("_", "-").split("-")
    if parts[0] in ("en", "c", "posix"):
        return ENGLISH
    if parts[0] == "zh":
        # The script decides, if it is named: zh-Hans-HK is simplified.
        if "hans" in parts:
            return SIMPLIFIED
        return next((_REGIONS[part] for part in parts[1:] if part in _REGIONS), SIMPLIFIED)
    return None
