"""The language of the page: chosen by a link, else by the browser.

A template marks a text by writing `t("…")`, or `n("…", "…", number)` for one that depends on a number. Translations are
in the catalogues of `searchkit.language`, with those of what the archive tells.
"""

from __future__ import annotations

from searchkit.language.catalogue import in_language
from searchkit.language.chosen import ENGLISH, SIMPLIFIED, TRADITIONAL
from searchkit.language.requested import of_header
from searchkit.servers.web.parameters import Parameter

LANGUAGES = {ENGLISH: "English", SIMPLIFIED: "简体", TRADITIONAL: "繁體"}
"""The languages of the page, each with its own name."""
HTML_LANG = {ENGLISH: "en", SIMPLIFIED: "zh-Hans", TRADITIONAL: "zh-Hant"}
"""The value of the attribute `lang` for each."""
LANGUAGE = Parameter(
    "lang", "text", "The language of the page; by default what the browser asks for.", None, (*LANGUAGES,)
)


def told(text: str, language: str) -> str:
    """Return a message in a language; text that is none and that no catalogue has stays as it is."""
    return text if language == ENGLISH else in_language(text, language)


def is_code(text: str) -> bool:
    """Tell whether a hint is the same in every language, as a query is, and so no sentence."""
    return in_language(text, SIMPLIFIED) == text


def chosen(asked_for: str | None, accepted: str) -> str:
    """Return the language to answer in.

    Args:
        asked_for: the value of `lang`; None if there is none.
        accepted: the value of Accept-Language.
    """
    return asked_for or of_header(accepted)
