"""The query parameters: one table of names, types and bounds, for reading requests and for the OpenAPI document.

The conditions come from the table of fields that the command line and Python have too. Names are those of the command
line's options, with `_` for `-`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Literal
from urllib.parse import unquote_to_bytes

from searchkit.errors import UsageError
from searchkit.language.messages import Message
from searchkit.model.aggregations import BYS
from searchkit.model.fields import FIELDS
from searchkit.model.results import SORTS
from searchkit.query.tree import MODES

Kind = Literal["text", "integer", "number", "boolean"]

MOST_HITS = 200
"""Hits of one page."""
MOST_PARAMETERS = 200
"""Parameters of one request, repeated ones counted each time."""
_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}


class BadParameter(UsageError):
    """A query parameter that cannot be used as given.

    Attributes:
        parameter: its name.
    """

    code = "parameter"

    def __init__(self, message: str, parameter: str = "", *, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.parameter = parameter


@dataclass(frozen=True, slots=True)
class Parameter:
    """One query parameter.

    Attributes:
        kind: the type of a value.
        help: its description, a sentence.
        default: the value if it is not given; of `many`, it is always empty.
        choices: the only valid values; empty if any value is valid.
        least, most: the bounds of a number; of a text, the most characters is `most`.
        many: it may be repeated, and its value is a tuple.
        required: a request without it is refused.
    """

    name: str
    kind: Kind
    help: str
    default: Any = None
    choices: tuple[str, ...] = ()
    least: float | None = None
    most: float | None = None
    many: bool = False
    required: bool = False

    def read(self, text: str) -> Any:
        """Return the value that a text gives. Raises: BadParameter."""
        if self.kind == "boolean":
            if text.lower() not in _BOOLEANS:
                raise self._bad("{name} must be true or false, not {given!r}", text)
            return _BOOLEANS[text.lower()]
        if self.kind == "text":
            if self.choices and text not in self.choices:
                if near := get_close_matches(text, self.choices, 1):
                    raise self._bad(
                        "{name} must be one of {choices}, not {given!r}; did you mean {near}?", text,
                        choices=self.choices, near=near[0],
                    )  # fmt: skip
                raise self._bad("{name} must be one of {choices}, not {given!r}", text, choices=self.choices)
            return text
        try:
            if len(text) > 30 or not text.isascii() or "_" in text or text != text.strip():
                raise ValueError
            number = int(text) if self.kind == "integer" else float(text)
        except ValueError:
            if self.kind == "integer":
                raise self._bad("{name} must be a whole number, not {given!r}", text) from None
            raise self._bad("{name} must be a number, not {given!r}", text) from None
        if not math.isfinite(number) or not self._fits(number):
            least, most = (None if each is None else f"{each:,.10g}" for each in (self.least, self.most))
            if least is None:
                raise self._bad("{name} must be a finite number, not {given!r}", text)
            if most is None:
                raise self._bad("{name} must be {least} or more, not {given!r}", text, least=least)
            raise self._bad("{name} must be from {least} to {most}, not {given!r}", text, least=least, most=most)
        return number

    def _fits(self, number: float) -> bool:
        return (self.least is None or number >= self.least) and (self.most is None or number <= self.most)

    def _bad(self, told: str, given: str, **values: object) -> BadParameter:
        return BadParameter(Message(told, name=self.name, given=_short(given), **values), self.name)


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:59]}…"


QUERY = Parameter("q", "text", "The query, in the query language; empty: everything.", "")

DAYS = (
    Parameter("since", "text", "From this day on: 2025-02-28, 2025-02, last week, 昨天 or 去年国庆, say."),
    Parameter("until", "text", "Up to and including this day; the same forms."),
    Parameter("on", "text", "On this day, or in this period: 2025-01..2025-03 or 近7天, say."),
)

CONDITIONS = (
    *DAYS,
    *(
        Parameter(
            field.name,
            "text",
            f"{' or '.join(field.choices)}; may be repeated."
            if field.choices
            else f"{field.help[0].upper()}{field.help[1:]}; 新华* is any that begins so; may be repeated.",
            (),
            field.choices,
            many=True,
        )
        for field in FIELDS.values()
        if field.filter
    ),
    Parameter("mode", "text", "Which share of the words typed side by side is required.", "auto", MODES),
    Parameter("aliases", "boolean", "Look for names under their other names too; by default for names not in quotes."),
)
"""The conditions beside a query, of every route that takes a query."""

SEARCH = (
    QUERY,
    *CONDITIONS,
    Parameter("sort", "text", "The order; by default relevance, or newest if the query has no words.", None, SORTS),
    Parameter("limit", "integer", "Hits on the page.", 10, least=0, most=MOST_HITS),
    Parameter("after", "text", "The cursor `next` of the page before."),
    Parameter("page", "integer", "The number of the page, instead of `after`.", 1, least=1, most=1_000_000),
    Parameter("strict", "boolean", "No near matches.", False),
    Parameter("group", "boolean", "One hit for an article and its reprints.", False),
    Parameter("explain", "boolean", "Tell what the scores are made of.", False),
    Parameter("recent", "text", "Prefer newer articles before this day: today, or 2025-03-04."),
    Parameter("half_life", "number", "With `recent`: the days after which half of the preference is left.", least=0),
    Parameter("sample", "integer", "So many of the matches at random instead.", least=1, most=MOST_HITS),
    Parameter("seed", "integer", "Another sample for each seed.", 0, least=-(2**63), most=2**63 - 1),
    Parameter("snippets", "integer", "The most pieces of text of a hit.", 2, least=0, most=10),
    Parameter("snippet_width", "integer", "Characters of a piece of text.", 120, least=10, most=1000),
)

BY = Parameter("by", "text", "The length of a period.", "month", BYS)
FACETS = tuple(field.name for field in FIELDS.values() if field.facet)
FACET = Parameter("by", "text", "The field to count by; may be repeated; by default source.", (), FACETS, many=True)


def limit(default: int, help: str) -> Parameter:
    """Return the parameter `limit` of a route."""
    return Parameter("limit", "integer", help, default, least=1, most=MOST_HITS)


# -- reading a request


def pairs_of(query_string: bytes) -> list[tuple[str, str]]:
    """Return the names and values of a query string, decoded.

    Raises:
        BadParameter: there are too many, or one is not UTF-8.
    """
    parts = [part for part in query_string.split(b"&") if part]
    if len(parts) > MOST_PARAMETERS:
        told = Message("there are {count:,} parameters; {most} are allowed", count=len(parts), most=MOST_PARAMETERS)
        raise BadParameter(told)
    return [(_decoded(name), _decoded(value)) for name, _, value in (part.partition(b"=") for part in parts)]


def _decoded(text: bytes) -> str:
    try:
        return unquote_to_bytes(text.replace(b"+", b" ")).decode("utf-8")
    except UnicodeDecodeError as error:
        wrong = repr(error.object[error.start : error.start + 4])
        raise BadParameter(
            Message("the query string is not UTF-8: {wrong}", wrong=wrong), hint="percent-encode it as UTF-8"
        ) from None


def read(parameters: Iterable[Parameter], pairs: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """Return the values of a route's parameters, defaults included. An empty value is none, as a form sends it.

    Raises:
        BadParameter: a name is unknown or is given twice, a value is invalid, or a required parameter is missing.
    """
    known = {each.name: each for each in parameters}
    given: dict[str, list[str]] = {}
    for name, value in pairs:
        if name not in known:
            told = Message("no parameter {name!r}", name=_short(name))
            if near := get_close_matches(name, known, 1):
                told = Message("no parameter {name!r}; did you mean {near}?", name=_short(name), near=near[0])
            hint = Message("there are {names}", names=tuple(known)) if known else Message("it takes none")
            raise BadParameter(told, name[:100], hint=hint)
        if value:
            given.setdefault(name, []).append(value)
    found: dict[str, Any] = {}
    for name, each in known.items():
        values = given.get(name, [])
        if each.many:
            found[name] = tuple(map(each.read, values))
        elif len(values) > 1:
            raise BadParameter(
                Message("{name} is given {count} times", name=name, count=len(values)), name, hint="give it once"
            )
        elif values:
            found[name] = each.read(values[0])
        elif each.required:
            raise BadParameter(Message("{name} is missing", name=name), name, hint=each.help)
        else:
            found[name] = each.default
    return found


_CONDITION_NAMES = tuple(each.name for each in CONDITIONS)


def conditions_of(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the conditions among the values of a request, as keyword arguments of `Archive.search` and others."""
    return {name: given[name] for name in _CONDITION_NAMES}
