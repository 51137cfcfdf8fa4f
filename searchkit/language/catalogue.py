"""The translations, from the compiled catalogues that are shipped. Loaded only for another language than English."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from datetime import date, datetime
from gettext import GNUTranslations, NullTranslations
from pathlib import Path

from searchkit.language.chosen import SIMPLIFIED, TRADITIONAL
from searchkit.language.messages import Message, filled
from searchkit.language.scripts import DateExample

FOLDER = Path(__file__).parent / "locale"
DOMAIN = "searchkit"
FOLDERS = {SIMPLIFIED: "zh_Hans", TRADITIONAL: "zh_Hant"}
"""The folder of each language, named as by gettext."""


@functools.cache
def _catalogue(language: str) -> NullTranslations:
    path = FOLDER / FOLDERS[language] / "LC_MESSAGES" / f"{DOMAIN}.mo"
    try:
        with path.open("rb") as file:
            return GNUTranslations(file)
    except OSError:  # an answer in English is better than none
        return NullTranslations()


def in_language(text: str, language: str) -> str:
    """Return a message in a language other than English."""
    if not text:
        return text  # a catalogue keeps its own description under the empty text
    catalogue = _catalogue(language)
    if not isinstance(text, Message):
        return catalogue.gettext(text)
    values: Mapping[str, object] = {name: _told(value, language) for name, value in text.values.items()}
    if type(reason := text.values.get("reason")) is str:
        values = {**values, "reason": in_language(reason, language)}
    if text.many:
        number = text.values["number"]
        assert isinstance(number, (int, float))
        template = catalogue.ngettext(text.template, text.many, 1 if number == 1 else 2)
    else:
        template = catalogue.gettext(text.template)
    return filled(template, values, between="、") if values else template


def _told(value: object, language: str) -> object:
    if isinstance(value, Message):
        return in_language(value, language)
    if type(value) is tuple:
        return tuple(_told(each, language) for each in value)
    if isinstance(value, DateExample):
        return value.traditional() if language == TRADITIONAL else value
    if isinstance(value, date) and not isinstance(value, datetime):
        return f"{value.year}年{value.month}月{value.day}日"
    return value


_REASONS = (
    Message("No such file or directory"), Message("Permission denied"), Message("Is a directory"),
    Message("Not a directory"), Message("File exists"), Message("No space left on device"),
    Message("Read-only file system"), Message("File name too long"), Message("Operation not permitted"),
    Message("Input/output error"), Message("Too many open files"), Message("Too many levels of symbolic links"),
    Message("Directory not empty"), Message("Bad file descriptor"), Message("Broken pipe"),
    Message("Disk quota exceeded"), Message("Device or resource busy"), Message("Cannot allocate memory"),
    Message("Resource temporarily unavailable"), Message("Invalid argument"), Message("database is locked"),
    Message("database disk image is malformed"), Message("attempt to write a readonly database"),
    Message("unable to open database file"), Message("disk I/O error"), Message("database or disk is full"),
    Message("file is not a database"), Message("permission denied"), Message("out of memory"),
    Message("it is one of several names of a file"), Message("it is a link"), Message("it is too long"),
    Message("it is nested too deeply"), Message("Expecting value"), Message("Extra data"),
    Message("Expecting property name enclosed in double quotes"), Message("Expecting ',' delimiter"),
    Message("Expecting ':' delimiter"), Message("Unterminated string starting at"),
    Message("Invalid control character at"), Message("Invalid \\escape"), Message("Invalid \\uXXXX escape"),
    Message("Illegal trailing comma before end of object"), Message("Illegal trailing comma before end of array"),
)  # fmt: skip
"""What the operating system, SQLite and Python's JSON say, which stands in messages as a value named `reason`."""
