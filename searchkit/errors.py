"""Every error searchkit raises on purpose: what happened, what to do next, and the exit code.

All of them derive from `SearchkitError`, so an embedding program can catch one class, and the command line needs no
table of messages: an error owns its hint and its exit code.
"""

from __future__ import annotations

import copyreg
from collections.abc import Sequence
from typing import Any


class SearchkitError(Exception):
    """The root of the tree.

    Attributes:
        message: what happened and where, one sentence, no trailing full stop.
        hint: what to do next, often the command to type; empty if there is nothing to add.
        exit_code: what the command line exits with.
    """

    exit_code = 1

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message}\n{self.hint}" if self.hint else self.message

    def __reduce__(self) -> tuple[Any, ...]:
        """Let an error go to another process as it is, whatever its class is made from.

        By default it would be made again from its message, which a class with arguments of its own cannot be.
        """
        return copyreg.__newobj__, (type(self), *self.args), self.__dict__  # type: ignore[attr-defined]


class UsageError(SearchkitError):
    """An argument, option or setting cannot be used as it was given."""

    exit_code = 2


class QueryError(UsageError):
    """A query, a date or a cursor that cannot be understood.

    Attributes:
        query: the text as it was given.
        column: where the trouble starts, in code points, 1 being the first.
        width: how many code points the trouble covers, at least 1.
    """

    def __init__(self, message: str, *, query: str = "", column: int = 1, width: int = 1, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.query = query
        self.column = column
        self.width = max(1, width)


class NoSuchArticle(QueryError):
    """No article has this id, or an id that begins so."""

    def __init__(self, id: str) -> None:
        super().__init__(
            f"no article has the id {id}", query=id, width=len(id), hint="searchkit search … --ids lists ids"
        )


class AmbiguousId(QueryError):
    """Several ids begin so.

    Attributes:
        ids: some of them, ascending.
    """

    def __init__(self, id: str, ids: Sequence[str]) -> None:
        super().__init__(f"several ids begin with {id}", query=id, width=len(id), hint=f"one of {', '.join(ids)}")
        self.ids = tuple(ids)


class QueryTimeout(UsageError):
    """A question took longer than it may.

    Attributes:
        seconds: that it may take.
    """

    def __init__(self, seconds: float) -> None:
        super().__init__(
            f"the query took more than {seconds:g} s",
            hint=f"ask with fewer or longer words; --timeout {seconds * 10:g} gives it more time",
        )
        self.seconds = seconds


class MissingExtra(UsageError):
    """A feature needs packages that are installed only on request."""

    def __init__(self, feature: str, extra: str) -> None:
        super().__init__(f"{feature} needs the extra [{extra}]", hint=f"pip install 'searchkit[{extra}]'")
        self.extra = extra


class SourceError(UsageError):
    """A file given to be read cannot be read at all (no such file, no permission, unknown format)."""


class BadRecord(SourceError):
    """A record that is no article: it has neither title nor body, or our own shape is broken."""


class ArchiveError(SearchkitError):
    """The archive itself stands in the way."""

    exit_code = 3


class NoArchive(ArchiveError):
    """There is no archive at this path."""

    def __init__(self, path: object) -> None:
        super().__init__(f"no archive at {path}", hint=f"searchkit ingest FILES --index {path}")


class ArchiveClosed(ArchiveError):
    """The archive was closed, by this program itself, before it was asked."""

    def __init__(self, path: object) -> None:
        super().__init__(f"the archive {path} is closed", hint="open it again: searchkit.open(path)")


class ReadOnlyArchive(ArchiveError):
    """The archive may be searched but not written: its files or the disk are read-only for this user."""


class Damaged(ArchiveError):
    """A file of the archive does not hold what it should."""


class FormatTooNew(ArchiveError):
    """The archive was written by a newer searchkit, in a format this one does not know."""


class IndexOutdated(ArchiveError):
    """The index was made with other analysis settings or an older format; the record is intact."""


class Locked(SearchkitError):
    """Another process is writing to the archive."""

    exit_code = 5


class IngestFailed(SearchkitError):
    """A record could not be read, and the run was told to stop at the first (`on_error="fail"`)."""

    exit_code = 4
