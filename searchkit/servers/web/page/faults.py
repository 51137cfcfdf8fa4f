"""What is told of a query or of days that cannot be read: the place of the error, and what was meant."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from searchkit.errors import QueryError, UsageError
from searchkit.servers.web.page.links import DAYS, Link
from searchkit.servers.web.page.texts import is_code
from searchkit.servers.web.routes import Asked

if TYPE_CHECKING:
    from searchkit.archive import Archive
    from searchkit.servers.web.problems import Problem

_MOST_MENDED = 8
"""Faults of one query that are mended, one after the other: each hint mends one."""
_EMPTY = re.compile(r"\s*\(\s*\)")


@dataclass(frozen=True, slots=True)
class Fault:
    """An error, and the text that it is in, in three parts: before, what is wrong, and behind.

    Attributes:
        meant: the text that was probably meant, where that can be told; the page links to it.
        to: that link.
        example: a text that shows the syntax, and has nothing to do with what was typed.
    """

    problem: Problem
    before: str = ""
    wrong: str = ""
    behind: str = ""
    meant: str = ""
    to: Link | None = None
    example: str = ""

    @property
    def has_place(self) -> bool:
        """Whether it is told where the error is."""
        return bool(self.before or self.wrong or self.behind)

    @property
    def tells(self) -> bool:
        """Whether its hint is a sentence, and not a query that was to be tried."""
        asked_in_query = self.has_place and self.problem.parameter in ("q", "a", "b")
        return bool(self.problem.hint) and not (asked_in_query and is_code(self.problem.hint))


def fault_of(asked: Asked, error: UsageError, problem: Problem, here: Link) -> Fault:
    """Return an error with the place in the text where it is, and what was meant instead if that can be told."""
    if not isinstance(error, QueryError) or not error.query:
        return Fault(problem)
    start = max(0, error.column - 1)
    stop = start + error.width
    meant, to, example = "", None, ""
    if error.code == "days-reversed":
        meant = f"{error.about['since']}..{error.about['until']}"
        to = here.without(*DAYS, "after").having("on", meant)
    elif problem.parameter in ("q", "a", "b") and problem.hint and is_code(problem.hint):
        meant = _meant(asked.archive, error.query, problem.hint)
        to = here.without("after").replacing(problem.parameter, error.query, meant) if meant else None
        example = problem.hint if _letters(problem.hint) != _letters(error.query) else ""
    return Fault(problem, error.query[:start], error.query[start:stop], error.query[stop:], meant, to, example)


def _meant(archive: Archive, typed: str, hint: str) -> str:
    """Return a query of the letters that were typed, and no others, that can be read; empty if the hint is no such."""
    for _ in range(_MOST_MENDED):
        while (without := _EMPTY.sub("", hint).strip()) != hint:
            hint = without
        if not hint or _letters(hint) != _letters(typed):
            return ""
        try:
            archive.understand(hint)
        except QueryError as error:
            if not is_code(error.hint) or error.hint == hint:
                return ""
            hint = error.hint
        else:
            return hint
    return ""


def _letters(text: str) -> list[str]:
    return [char for char in text if char.isalpha()]
