"""What is told of a query or of days that cannot be read: the place of the error, and what was meant."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from searchkit.errors import QueryError, UsageError
from searchkit.servers.web.page.links import DAYS, Link
from searchkit.servers.web.page.texts import is_code
from searchkit.servers.web.routes import Asked

if TYPE_CHECKING:
    from searchkit.archive import Archive
    from searchkit.servers.web.problems import Problem


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
        first, last = str(error.about["since"]), str(error.about["until"])
        meant, to = f"{first}..{last}", here.without(*DAYS, "after")
        as_one = _is_read(asked.archive, "", meant)
        to = to.having("on", meant) if as_one else to.having("since", first).having("until", last)
    elif problem.parameter in ("q", "a", "b") and problem.hint and is_code(problem.hint):
        if _letters(problem.hint) != _letters(error.query):
            example = problem.hint
        elif _is_read(asked.archive, problem.hint):
            meant, to = problem.hint, here.without("after").replacing(problem.parameter, error.query, problem.hint)
    return Fault(problem, error.query[:start], error.query[start:stop], error.query[stop:], meant, to, example)


def _is_read(archive: Archive, query: str, days: str = "") -> bool:
    try:
        archive.understand(query, on=days or None)
    except UsageError:
        return False
    return True


def _letters(text: str) -> list[str]:
    return [char for char in text if char.isalpha()]
