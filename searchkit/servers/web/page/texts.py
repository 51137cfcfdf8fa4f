"""The language of the page: chosen by a link, else by the browser; its texts, from the table beside this module.

A template marks a text by writing `t("…")`, or `n("…", "…", number)` for one that depends on a number. Errors and
notes of the archive come through the same function, and stay as they are if the table lacks them.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from searchkit.servers.web.parameters import Parameter

LANGUAGES = {"en": "English", "zh-CN": "简体", "zh-TW": "繁體"}
"""The languages of the page, each with its own name."""
HTML_LANG = {"en": "en", "zh-CN": "zh-Hans", "zh-TW": "zh-Hant"}
"""The value of the attribute `lang` for each."""
LANGUAGE = Parameter(
    "lang", "text", "The language of the page; by default what the browser asks for.", None, (*LANGUAGES,)
)
TABLE = Path(__file__).with_name("texts.tsv")
_TRADITIONAL = frozenset(("hant", "tw", "hk", "mo"))


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
    if language != "en" and text in table():
        text = table()[text][language == "zh-TW"]
    return text.format(**values) if values else text


def chosen(asked_for: str | None, accepted: str) -> str:
    """Return the language to answer in.

    Args:
        asked_for: the value of `lang`; None if there is none.
        accepted: the value of Accept-Language.
    """
    if asked_for:
        return asked_for
    found: list[tuple[float, str]] = []
    for each in accepted[:1000].split(","):
        tag, _, parameter = each.partition(";")
        name, _, quality = parameter.strip().partition("=")
        try:
            weight = float(quality) if name.strip() == "q" else 1.0
        except ValueError:
            continue
        parts = tag.strip().lower().replace("_", "-").split("-")
        if weight > 0 and parts[0] in ("zh", "en"):
            found.append((weight, _matched(parts)))
    return max(found, key=lambda pair: pair[0])[1] if found else "en"


def _matched(parts: list[str]) -> str:
    """Return the language of a tag. The script decides, if it is named: zh-Hans-HK is simplified."""
    if parts[0] == "en":
        return "en"
    return "zh-TW" if "hans" not in parts and _TRADITIONAL & set(parts) else "zh-CN"
