"""Errors that only the command line has. Like all errors, each has its own exit code."""

from __future__ import annotations

from searchkit.errors import ArchiveError, QueryError, SearchkitError, UsageError


class NothingFound(QueryError):
    """The article that was named does not exist: the answer to `show` is empty."""

    exit_code = 1


class Interrupted(SearchkitError):
    """Ctrl-C."""

    exit_code = 130


class SystemRefused(UsageError):
    """The operating system did not do what was asked of it: a file, a folder or a process is not to be had."""


class OutOfMemory(ArchiveError):
    """There is not enough memory, or there may be no further process or thread."""


class Unexpected(SearchkitError):
    """An error that should not happen.

    Its exit code is EX_SOFTWARE of sysexits, which no script acts on.
    """

    exit_code = 70
