"""The errors that searchkit raises on purpose, each with its message, its hint and its exit code.

All of them derive from `SearchkitError`, so an embedding program can catch one class. Hints tell a Python caller
what to do. Where the command line has an option or a command for it, `searchkit.cli.hints` has its hint, by the
error's code.
"""

from __future__ import annotations

import copyreg
from collections.abc import Sequence
from typing import Any

from searchkit.language.messages import Message, translated


class SearchkitError(Exception):
    """The base class of all errors.

    Attributes:
        message: what happened and where: one sentence without a full stop, in English; `str(error)` is in the language
            in use (`searchkit.set_language`).
        hint: what to do next, in Python; empty if there is nothing to add.
        code: the kind of error, for programs; it stays the same when the message changes.
        about: the values that a hint mentions, by name.
        exit_code: the exit code of the command line.
    """

    exit_code = 1
    code = "error"

    def __init__(self, message: str, *, hint: str = "", code: str = "", **about: object) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.code = code or type(self).code
        self.about = about

    def __str__(self) -> str:
        told = translated(self.message)
        return f"{told}\n{translated(self.hint)}" if self.hint else told

    def __reduce__(self) -> tuple[Any, ...]:
        """Let an error be sent to another process unchanged, whatever arguments its class takes.

        By default it would be recreated from its message, which fails for a class with other arguments.
        """
        return copyreg.__newobj__, (type(self), *self.args), self.__dict__  # type: ignore[attr-defined]


class UsageError(SearchkitError):
    """An argument, option or setting that cannot be used as given."""

    exit_code = 2
    code = "usage"


class QueryError(UsageError):
    """A query, a date or a cursor that cannot be understood.

    Attributes:
        query: the text as given.
        column: where the problem starts, in code points, 1 being the first.
        width: the number of code points it covers, at least 1.
    """

    code = "query"

    def __init__(
        self,
        message: str,
        *,
        query: str = "",
        column: int = 1,
        width: int = 1,
        hint: str = "",
        code: str = "",
        **about: object,
    ) -> None:
        super().__init__(message, hint=hint, code=code, **about)
        self.query = query
        self.column = column
        self.width = max(1, width)


class NoSuchArticle(QueryError):
    """No article has this id, or an id that begins with it."""

    code = "no-such-article"

    def __init__(self, id: str) -> None:
        super().__init__(
            Message("no article has the id {id}", id=id), query=id, width=len(id), hint="archive.ids(query) lists ids"
        )


class AmbiguousId(QueryError):
    """Several ids begin with the given text.

    Attributes:
        ids: some of them, ascending.
    """

    code = "ambiguous-id"

    def __init__(self, id: str, ids: Sequence[str]) -> None:
        super().__init__(
            Message("several ids begin with {id}", id=id),
            query=id,
            width=len(id),
            hint=Message("one of {ids}", ids=", ".join(ids)),
        )
        self.ids = tuple(ids)


class QueryTimeout(UsageError):
    """A question took longer than allowed.

    Its exit code is EX_TEMPFAIL of sysexits: the question is understood, and may be asked again with more time.

    Attributes:
        seconds: the time allowed.
    """

    exit_code = 75
    code = "timeout"

    def __init__(self, seconds: float) -> None:
        super().__init__(
            Message("the query took more than {seconds:g} s", seconds=seconds),
            hint=Message(
                "ask with fewer or longer words; searchkit.open(path, timeout={seconds:g}) gives it more time",
                seconds=seconds * 10,
            ),
            seconds=seconds,
        )
        self.seconds = seconds


class MissingExtra(UsageError, ImportError):
    """A feature needs packages that are installed only on request.

    It is an ImportError too: importing an adapter, `searchkit.langchain`, raises it where its library is missing.
    """

    code = "missing-extra"

    def __init__(self, feature: str, extra: str) -> None:
        super().__init__(
            Message("{feature} needs the extra [{extra}]", feature=Message(feature), extra=extra),
            hint=Message("pip install 'searchkit[{extra}]'", extra=extra),
        )
        self.extra = extra


class SourceError(UsageError):
    """A file that cannot be read at all (no such file, no permission, unknown format)."""

    code = "source"


class BadRecord(SourceError):
    """A record that is no article: it has neither title nor body, or is a malformed record of our own format."""

    code = "bad-record"


class ArchiveError(SearchkitError):
    """The archive itself cannot be used."""

    exit_code = 3
    code = "archive"


class NoArchive(ArchiveError):
    """There is no archive at this path."""

    code = "no-archive"

    def __init__(self, path: object) -> None:
        super().__init__(
            Message("no archive at {path}", path=path), hint="searchkit.open(path, create=True) makes one", path=path
        )


class NoBackup(NoArchive):
    """There is no backup, or other copy of an archive, at this path."""

    code = "no-backup"

    def __init__(self, path: object) -> None:
        super().__init__(path)
        self.message = Message("no backup of an archive at {path}", path=path)
        self.hint = Message("give the folder that archive.backup made")


class ArchiveClosed(ArchiveError):
    """The archive was closed by this program before it was used."""

    code = "closed"

    def __init__(self, path: object) -> None:
        super().__init__(Message("the archive {path} is closed", path=path), hint="open it again: searchkit.open(path)")


class ReadOnlyArchive(ArchiveError):
    """The archive can be searched but not written: its files or the disk are read-only for this user."""

    code = "read-only"


class Damaged(ArchiveError):
    """A file of the archive has unexpected content."""

    code = "damaged"


class FormatTooNew(ArchiveError):
    """The archive was written by a newer searchkit, in a format that this version does not know."""

    code = "format-too-new"


class IndexOutdated(ArchiveError):
    """The index was made with other analysis settings or an older format; the record is intact."""

    code = "index-outdated"


class Locked(SearchkitError):
    """Another process is writing to the archive."""

    exit_code = 5
    code = "locked"


class IngestFailed(SearchkitError):
    """A record could not be read, and the run was to stop at the first such record (`on_error="fail"`)."""

    exit_code = 4
    code = "ingest-failed"
