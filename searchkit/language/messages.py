"""Messages: English text that keeps its template and its values, so that it can be told in another language.

A message is an English `str`, which programs compare, store and send on. `translated` tells it in the language that is
in use where it is shown. That may be another one than where it was made: a server answers each request in its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from searchkit.language.chosen import ENGLISH, current


class Message(str):
    """English text made from a template and values. A message of a message is that message.

    Attributes:
        template: as for `str.format`, with named fields only; without values, the text itself.
        values: by the names in the template. Messages among them are translated too, a `date` is written as the
            language writes days, and a tuple as a list.
        many: the template for other numbers than 1, if the text differs; the number is `values["number"]`.
    """

    __slots__ = ("many", "template", "values")

    template: str
    values: Mapping[str, object]
    many: str

    def __new__(cls, template: str, /, **values: object) -> Message:
        if isinstance(template, Message) and not values:
            return template
        return _made(template, values)

    def __reduce__(self) -> tuple[object, ...]:
        return _made, (self.template, self.values, self.many)


def _made(template: str, values: Mapping[str, object], many: str = "") -> Message:
    values = {name: _kept(value) for name, value in values.items()}
    chosen = many if many and values["number"] != 1 else template
    made = str.__new__(Message, filled(chosen, values) if values else chosen)
    made.template, made.values, made.many = template, values, many
    return made


def _kept(value: object) -> object:
    """Return a value that can be kept and sent to another process: an error would hold on to the whole stack."""
    if isinstance(value, tuple):
        return tuple(map(_kept, value))
    if isinstance(value, Exception) and value.args and isinstance(value.args[0], Message):
        return value.args[0]
    if value is None or isinstance(value, (str, int, float, date, _Printed)):
        return value
    return value.__index__() if hasattr(value, "__index__") else _Printed(str(value), repr(value))


class _Printed:
    """How an object was printed."""

    __slots__ = ("shown", "text")

    def __init__(self, text: str, shown: str) -> None:
        self.text = text
        self.shown = shown

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return self.shown

    def __format__(self, form: str) -> str:
        return format(self.text, form)


def filled(template: str, values: Mapping[str, object], between: str = ", ") -> str:
    """Fill a template.

    Args:
        between: stands between the items of a tuple.
    """
    plain = {name: between.join(map(str, each)) if type(each) is tuple else each for name, each in values.items()}
    return template.format(**plain)


def plural(one: str, many: str, number: float, /, **values: object) -> Message:
    """Return a message that depends on a number, which its templates name `number`.

    Args:
        one, many: the templates for 1 and for all other numbers.
    """
    return _made(one, {"number": number, **values}, many)


def translated(text: str) -> str:
    """Return a message in the language in use; text that is no message and that no catalogue has stays as it is."""
    language = current()
    if language == ENGLISH:
        return text
    from searchkit.language.catalogue import in_language

    return in_language(text, language)


def gettext(template: str, /, **values: object) -> str:
    """Return a message in the language in use now, for text that is shown at once; see `Message`."""
    return translated(_made(template, values))


def ngettext(one: str, many: str, number: float, /, **values: object) -> str:
    """Return a message that depends on a number in the language in use now; see `plural`."""
    return translated(plural(one, many, number, **values))
