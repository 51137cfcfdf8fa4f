"""Other readings of a query's text: the name of a field, an operator or a date that was not read as one."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date

from searchkit.analysis.characters import is_ideograph
from searchkit.analysis.edits import is_within
from searchkit.errors import QueryError
from searchkit.language.messages import Message
from searchkit.query.fields import ALIASES
from searchkit.query.lexer import tokens
from searchkit.query.notes import dates_before_words
from searchkit.query.operators import IN_CHINESE
from searchkit.query.tree import Node

_NAME = re.compile(r"(?<!\S)(?P<name>[^\s:：\"]{1,8})[ ]?[:：][ ]?(?=\S)")
_OPERATOR = re.compile(r"(?<![A-Za-z])(?:AND|OR|NOT)(?![A-Za-z])")
_CHINESE = re.compile(rf"(?<=\s)(?:{'|'.join(IN_CHINESE)})(?=\s)")
_SMALL = re.compile(r"(?<=\s)(?:and|or|not)(?=\s)")


def readings(text: str, read: Callable[[str], Node], today: date) -> Iterator[tuple[Node, str]]:
    """Yield the trees of a query's text where a part of it is read as a field, operator or date, and the change.

    Args:
        read: parses a query's text. Raises: QueryError.
    """
    for changed, why in (*_rewritten(text), *_dated(text, today)):
        try:
            yield read(changed), why
        except QueryError:
            continue


def _rewritten(text: str) -> Iterator[tuple[str, str]]:
    for found in _NAME.finditer(text):
        typed = found["name"]
        for name in _fields_like(typed):
            yield (
                f"{text[: found.start()]}{name}:{text[found.end() :]}",
                Message("{name}: for {typed}", name=name, typed=found[0].strip()),
            )
    spaced = _OPERATOR.sub(_spaced, text)
    if spaced != text:
        yield spaced, Message("the operator stands between spaces")
    raised = _SMALL.sub(lambda found: found[0].upper(), text)
    if raised != text:
        yield raised, Message("the operator is written in capitals")
    operators = [IN_CHINESE[found[0]] for found in _CHINESE.finditer(text)]
    if operators:
        replaced = _CHINESE.sub(lambda found: IN_CHINESE[found[0]], text)
        yield replaced, Message("the operator is {spelled}", spelled=operators[0])


def _dated(text: str, today: date) -> Iterator[tuple[str, str]]:
    try:
        found = tokens(text)
    except QueryError:
        return
    for token, period, rest in dates_before_words(found, today):
        start = token.column - 1
        yield (
            f"{text[:start]}{rest} date:{period}{text[start + token.width :]}",
            Message("date:{period} instead of words", period=period),
        )


def _fields_like(typed: str) -> list[str]:
    """Return the names of fields that a Chinese name may mean: the same, or one within one edit."""
    if not all(map(is_ideograph, typed)):
        return []
    if typed in ALIASES:
        return [typed]
    return [alias for alias in ALIASES if is_ideograph(alias[0]) and len(alias) > 1 and is_within(typed, alias, 1)]


def _spaced(found: re.Match[str]) -> str:
    before, after = found.string[: found.start()], found.string[found.end() :]
    glued = before[-1:] and after[:1] and (is_ideograph(before[-1]) or is_ideograph(after[0]))
    return f" {found[0]} " if glued else found[0]
