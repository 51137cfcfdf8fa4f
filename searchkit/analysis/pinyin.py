"""How ideographs are read: pinyin without tones, from the table of characters of pypinyin (the extra `pinyin`).

Every reading of a character counts, whatever word it stands in. ü is written v, as it is typed.

Only the file of the table is read: to import the package takes ten times as long, and loads its table of phrases.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping
from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path

from searchkit.errors import MissingExtra

_TABLE = "pinyin_dict.json"


@cache
def available() -> bool:
    """Tell whether the extra is installed. Loads nothing of it."""
    return find_spec("pypinyin") is not None


def readings(char: str) -> frozenset[str]:
    """Return the readings of a character without tones; empty if it has none. 女 is nv and ru.

    Raises:
        MissingExtra: the extra is not installed.
    """
    return _readings(char) if len(char) == 1 else frozenset()


@lru_cache(maxsize=1 << 15)
def _readings(char: str) -> frozenset[str]:
    return frozenset(filter(None, _table().get(str(ord(char)), "").split(",")))


def sounds_alike(one: str, other: str) -> bool:
    """Tell whether two strings are read alike: as long, and each two characters are equal or share a reading.

    Raises:
        MissingExtra: the extra is not installed.
    """
    return len(one) == len(other) and all(
        a == b or not readings(a).isdisjoint(readings(b)) for a, b in zip(one, other, strict=True)
    )


@cache
def _table() -> Mapping[str, str]:
    """Return the readings of each character, separated by commas, by the number of the character as a string."""
    found = find_spec("pypinyin")
    if found is None or not found.submodule_search_locations:
        raise MissingExtra("pinyin", "pinyin")
    path = Path(found.submodule_search_locations[0], _TABLE)
    try:
        table = json.loads(_toneless(path.read_text("utf-8")))
        if isinstance(table, dict):
            return table
    except (OSError, ValueError):
        pass  # a version that keeps its table elsewhere
    from pypinyin.pinyin_dict import pinyin_dict

    return {str(code): _toneless(each) for code, each in pinyin_dict.items()}


@cache
def _plain(char: str) -> str:
    """Return a letter without its tone; ü is v, a lone tone mark is nothing."""
    parts = unicodedata.normalize("NFD", char)
    if "\u0300" <= parts[0] < "\u0370":
        return ""
    return "v" if parts[0] in "uU" and "\u0308" in parts else parts[0]


def _toneless(text: str) -> str:
    for char in set(text):  # many times faster than `translate` on the whole table
        if not char.isascii():
            text = text.replace(char, _plain(char))
    return text
