"""The options that narrow a query, the same in every command that takes a query."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from searchkit.cli import completion
from searchkit.errors import UsageError
from searchkit.language.messages import Message
from searchkit.model.fields import FIELDS, KeywordField

Query = Annotated[
    list[str] | None, typer.Argument(metavar="[QUERY]...", help='Words, "phrases", field:value, -excluded.')
]
Json = Annotated[bool, typer.Option("--json", help="One JSON document.")]
Csv = Annotated[bool, typer.Option("--csv", help="CSV with a header.")]

Cite = Annotated[
    str | None,
    typer.Option(
        "--cite",
        metavar="STYLE",
        help="A citation: gbt7714, apa, bibtex, ris or csl.",
        autocompletion=completion.styles,
    ),
]


def text(query: list[str] | None) -> str:
    """Join the arguments to one query. Quotes for the shell do not make an argument with spaces a phrase."""
    return " ".join(query or ())


class Conditions(dict[str, Any]):
    """The keyword arguments of `Archive.search` and similar methods, as the options in OPTIONS give them.

    A command with a parameter of this type gets those options; see `searchkit.cli.settings.shared`.
    """


def _names(option: str, metavar: str, help: str, complete: completion.Completion) -> Any:
    return Annotated[list[str] | None, typer.Option(option, metavar=metavar, help=help, autocompletion=complete)]


def _date(option: str, help: str) -> Any:
    return Annotated[str | None, typer.Option(option, metavar="DATE", help=help)]


def _of_field(field: KeywordField) -> Any:
    metavar = field.name.upper() if field.choices else "NAME"
    help = (
        f"{' or '.join(field.choices)}; may be repeated."
        if field.choices
        else f"{field.help[0].upper()}{field.help[1:]}; may be repeated."
    )
    complete = completion.of(*field.choices) if field.choices else completion.held(field.name)
    return _names(f"--{field.name}", metavar, help, complete)


FILTERS = {field.name: field for field in FIELDS.values() if field.filter}
OPTIONS: dict[str, Any] = {
    "since": _date("--since", "From this day on: 2025-02-28, 2025-02, last week, 昨天 or 去年国庆, say."),
    "until": _date("--until", "Up to and including this day; the same forms."),
    "on": _date("--on", "On this day, or in this period: 2025-01..2025-03 or 近7天, say."),
    **{name: _of_field(field) for name, field in FILTERS.items()},
    "all": Annotated[bool, typer.Option("--all", help="Require every word, however many there are.")],
    "any": Annotated[bool, typer.Option("--any", help="Any one of the words is enough.")],
    "no_aliases": Annotated[bool, typer.Option("--no-aliases", help="Names only as typed: 特朗普 without 川普.")],
    "aliases": Annotated[
        bool, typer.Option("--aliases", help="Other names also in delete, and all of them for a phrase in quotes.")
    ],
}
FLAGS = ("all", "any", "no_aliases", "aliases")


def gathered(given: Mapping[str, Any]) -> Conditions:
    """Return the conditions from the values of OPTIONS.

    Raises:
        UsageError: they contradict each other, or one has a value that is not allowed.
    """
    if given["all"] and given["any"]:
        raise UsageError("--all and --any contradict each other", hint="give one of them")
    if given["aliases"] and given["no_aliases"]:
        raise UsageError("--aliases and --no-aliases contradict each other", hint="give one of them")
    for name, field in FILTERS.items():
        for each in given[name] or ():
            if field.choices and each not in field.choices:
                raise UsageError(
                    Message("no {name} {each!r}", name=name, each=each),
                    hint=Message("one of {choices}", choices=tuple(f"--{name} {known}" for known in field.choices)),
                )
    found = Conditions({name: given[name] for name in ("since", "until", "on")})
    found.update({name: given[name] or () for name in FILTERS})
    found["aliases"] = True if given["aliases"] else False if given["no_aliases"] else None
    found["mode"] = "all" if given["all"] else "any" if given["any"] else "auto"
    return found


def one_format(**given: bool) -> str:
    """Return the output format that was asked for; empty if none was.

    Raises:
        UsageError: more than one was asked for.
    """
    chosen = [name for name, yes in given.items() if yes]
    if len(chosen) > 1:
        raise UsageError(
            Message("--{chosen} contradict each other", chosen=" and --".join(chosen)), hint="give one of them"
        )
    return chosen[0] if chosen else ""
