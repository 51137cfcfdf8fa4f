"""The language of the page: chosen by a link, else by the browser; its texts, from the table beside this module.

A template marks a text by writing `t("…")`, or `n("…", "…", number)` for one that depends on a number. What
the archive tells is in the catalogues of `searchkit.language`.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

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
TABLE = Path(__file__).with_name("texts.tsv")


@cache
def table() -> Mapping[str, tuple[str, str]]:
    """Return the texts: by each in English, the one in simplified and the one in traditional characters."""
    found = {}
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        english, simplified, traditional = line.split("\t")
        found[english] = (simplified, traditional)
    return found


def told(text: str, language: str, **values: object) -> str:
    """Return a text in a language, with values in the place of `{name}`."""
    if language != ENGLISH and text in table():
        text = table()[text][language == TRADITIONAL]
    return text.format(**values) if values else text


def of_archive(text: str, language: str) -> str:
    """Return what the archive tells, as an error, a note or a hint, in a language."""
    return text if language == ENGLISH else in_language(text, language)


def chosen(asked_for: str | None, accepted: str) -> str:
    """Return the language to answer in.

    Args:
        asked_for: the value of `lang`; None if there is none.
        accepted: the value of Accept-Language.
    """
    return asked_for or of_header(accepted)
