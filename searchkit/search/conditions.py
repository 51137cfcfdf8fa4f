"""The conditions beside a query: their names and types, and the errors for wrong ones."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from typing import TypeAlias, TypedDict, TypeVar, cast

from searchkit.analysis.fields import compared
from searchkit.errors import UsageError
from searchkit.language.messages import Message
from searchkit.model.fields import FIELDS, FieldName, KeywordField
from searchkit.query.tree import MODES, Mode

Day: TypeAlias = "str | date | None"
"""A day, or a text that names days (docs/dates.md); None for no condition."""
Names: TypeAlias = "str | Iterable[str] | None"
"""A value of a field, or several of which an article needs one; None for no condition."""

_DAYS = ("since", "until", "on")


class ConditionsDict(TypedDict, total=False):
    """The conditions as keyword arguments, for type checkers; a test compares it with `Conditions.of`.

    An article needs one of several values of a field; `新华*` is any value that begins so. None is no condition.

    Attributes:
        since: the first day, as a date or as text that names days (docs/dates.md).
        until: the last day, which is included.
        on: all days that a text names, `去年国庆`, instead of `since` and `until`.
        source: the outlet that the text is from.
        author: the author, as printed.
        editor: the editor, as printed.
        site: the site that shows it.
        section: the section or channel.
        kind: `article`, or `headline` for a title that a page listed; by default both.
        mode: how many of the words typed side by side are required: `all`, `any`, or `auto`, the default.
        aliases: whether names are looked for under their other names as well.
    """

    since: Day
    until: Day
    on: Day
    source: Names
    author: Names
    editor: Names
    site: Names
    section: Names
    kind: Names
    mode: Mode
    aliases: bool | None


@dataclass(frozen=True, slots=True)
class Conditions:
    """The conditions beside a query. Made by `of`, which checks types and values.

    Attributes:
        since, until, on: a day, or text that names days (docs/dates.md); both ends are included.
        values: the values given for each field, none of them blank; fields without values are left out.
        mode: which share of the words typed side by side is required.
        aliases: whether names are looked for under their other names as well; None: as the question is wont to, and
            only a deletion is not wont to.
    """

    since: Day = None
    until: Day = None
    on: Day = None
    values: Mapping[FieldName, tuple[str, ...]] = field(default_factory=dict, hash=False)
    mode: Mode = "auto"
    aliases: bool | None = None

    @classmethod
    def of(cls, given: Mapping[str, object]) -> Conditions:
        """Return the conditions that keyword arguments give.

        Raises:
            UsageError: there is no such condition, or its value is invalid; the message names the choices.
        """
        filters = {each.name: each for each in FIELDS.values() if each.filter}
        known = (*_DAYS, *filters, "mode", "aliases")
        for name in given:
            if name not in known:
                raise UsageError(
                    Message("no condition {name!r}{nearest}", name=name, nearest=_nearest(name, known)),
                    hint=Message("there are {known}", known=tuple(known)),
                )
        values = {name: _names(each, given[name]) for name, each in filters.items() if name in given}
        return cls(
            since=_day("since", given.get("since")),
            until=_day("until", given.get("until")),
            on=_day("on", given.get("on")),
            values={name: found for name, found in values.items() if found},
            mode=one_of("mode", given.get("mode", "auto"), MODES),
            aliases=_switch("aliases", given.get("aliases")),
        )

    @property
    def options(self) -> tuple[str, ...]:
        """The names of the conditions that are given, in the order in which a question adds them to its tree.

        "days" stands for `on`, and for `since` and `until` together.
        """
        days = (self.on is not None, self.since is not None or self.until is not None)
        return (*self.values, *("days" for given in days if given))

    @property
    def narrow(self) -> bool:
        """Whether they can exclude an article; `mode` and `aliases` alone cannot."""
        return bool(self.values) or any(each is not None for each in (self.since, self.until, self.on))


Choice = TypeVar("Choice", bound=str)


def one_of(name: str, value: object, choices: Sequence[Choice]) -> Choice:
    """Return `value` if it is one of `choices`.

    Raises:
        UsageError: it is not; the message names the choices and a similar one.
    """
    if isinstance(value, str) and value in choices:
        return cast(Choice, value)
    listed = Message("{most} or {last}", most=tuple(choices[:-1]), last=choices[-1]) if len(choices) > 1 else choices[0]
    raise UsageError(
        Message(
            "{name} must be {listed}, not {value}{nearest}",
            name=name,
            listed=listed,
            value=_shown(value),
            nearest=_nearest(value, choices),
        )
    )


def _day(name: str, value: object) -> Day:
    if value is None or isinstance(value, (str, date)):
        return value
    raise UsageError(
        Message("{name} must be a date or text that names one, not {value}", name=name, value=_shown(value)),
        hint=Message('{name}="2025-03-04"', name=name),
    )


def _switch(name: str, value: object) -> bool | None:
    if value is None or isinstance(value, bool):
        return value
    raise UsageError(Message("{name} must be True or False, not {value}", name=name, value=_shown(value)))


def _names(of: KeywordField, value: object) -> tuple[str, ...]:
    """Return the non-blank values."""
    given = (value,) if isinstance(value, str) else () if value is None else value
    found = tuple(given) if isinstance(given, Iterable) else None
    if found is None or not all(isinstance(each, str) for each in found):
        raise UsageError(
            Message("{name} must be text, or several texts, not {value}", name=of.name, value=_shown(value)),
            hint=Message('{name}="…"', name=of.name),
        )
    found = tuple(each for each in found if each.strip("* "))
    for each in found:
        if of.choices and compared(each, of.name) not in of.choices:
            one_of(of.name, each, of.choices)
    return found


def _nearest(value: object, choices: Sequence[str]) -> str:
    near = get_close_matches(value, choices, 1) if isinstance(value, str) else []
    return Message("; did you mean {nearest}?", nearest=near[0]) if near else ""


def _shown(value: object) -> str:
    written = repr(value)
    return written if len(written) <= 60 else f"{written[:59]}…"
