"""Page: the part of an answer that is wanted, and its order."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from searchkit.errors import UsageError
from searchkit.language.messages import Message
from searchkit.model.results import Sort

EVERYTHING = 1_000_000_000
"""Matches; more than any archive has."""


class Page(NamedTuple):
    """The part of an answer that is wanted, and its order; see `Asking.search`. `limit` None: the whole answer.

    With a `sample`, that many matches in random order instead.
    """

    sort: Sort | None
    limit: int | None
    after: str | None
    near: bool
    group: bool
    number: int = 1
    recent: bool | str | date | None = None
    half_life: float | None = None
    sample: int | None = None
    seed: int = 0

    def require_whole(self) -> None:
        """Raise UsageError if only a part or an order of the answer is wanted that a sample does not have."""
        options = {
            "sort": self.sort, "after": self.after, "page": self.number != 1, "group": self.group,
            "recent": self.recent, "half_life": self.half_life,
        }  # fmt: skip
        for name, given in options.items():
            if given:
                raise UsageError(
                    Message("sample and {name} contradict each other", name=name),
                    hint="a sample is of all matches, in random order",
                )

    def skipped(self) -> int:
        """Return the number of hits before the page, not counting those before `after`.

        Raises:
            UsageError: there is no such page, or `after` and a number name two places.
        """
        if self.number == 1:
            return 0
        if self.number < 1:
            raise UsageError(
                Message("there is no page {number}", number=self.number),
                hint="pages are counted from 1",
                code="no-such-page",
            )
        if self.after:
            raise UsageError("page and after contradict each other", hint="give one of them", code="page-and-after")
        if not self.limit or self.limit < 0:
            raise UsageError("a page needs a limit of 1 or more", hint="limit=10", code="page-without-limit")
        return min((self.number - 1) * self.limit, EVERYTHING)


def require_limit(limit: object) -> None:
    """Raise UsageError unless a limit is a whole number of 0 or more."""
    if not isinstance(limit, int) or limit < 0:
        raise UsageError(
            Message("limit must be a whole number, 0 or more, not {limit!r:.60}", limit=limit),
            hint="limit=10",
        )
