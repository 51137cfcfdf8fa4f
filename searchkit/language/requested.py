"""Which language does a person ask for: by the environment, by the system, or by a request's header?"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping

from searchkit.language.chosen import ENGLISH, matched

_CATEGORIES = ("LC_ALL", "LC_MESSAGES", "LANG")
"""The variables that name the locale of messages, the first that is set deciding."""


def of_environment(environment: Mapping[str, str]) -> str:
    """Return the language that the variables of a process ask for.

    As with gettext: LANGUAGE is a list of languages and precedes the locale, unless that is C. Where nothing names a
    locale, as on Windows, the system is asked for the language of its user.
    """
    locale = next((environment[name] for name in _CATEGORIES if environment.get(name)), "")
    if locale.partition(".")[0] in ("C", "POSIX"):
        return ENGLISH
    wanted = [each for each in environment.get("LANGUAGE", "").split(":") if each]
    if not wanted and not locale:
        locale = _of_system()
    return _first([*wanted, locale])


def of_header(accepted: str) -> str:
    """Return the language that an `Accept-Language` header asks for: the best of those that there are, else English."""
    found: list[tuple[float, str]] = []
    for each in accepted[:1000].split(","):
        tag, _, parameter = each.partition(";")
        name, _, quality = parameter.strip().partition("=")
        try:
            weight = float(quality) if name.strip() == "q" else 1.0
        except ValueError:
            continue
        if tag.strip() and weight > 0:
            found.append((weight, tag.strip()))
    return _first(tag for _, tag in sorted(found, key=lambda pair: -pair[0]))


def _first(tags: Iterable[str]) -> str:
    for tag in tags:
        if found := matched(tag):
            return found
    return ENGLISH


def _of_system() -> str:
    """Return the name of the locale of Windows' user; empty elsewhere: there the environment names it."""
    if os.name != "nt":
        return ""
    import ctypes
    import locale

    number = ctypes.windll.kernel32.GetUserDefaultUILanguage()  # type: ignore[attr-defined,unused-ignore]
    return str(locale.windows_locale.get(number, ""))
