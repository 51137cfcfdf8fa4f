"""Errors that only the command line has. Like all others they own their exit code."""

from __future__ import annotations

from searchkit.errors import ArchiveError, QueryError, SearchkitError, UsageError


class NothingFound(QueryError):
    """What was named is not there: the answer to `show` is empty."""

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

    Its exit code is EX_SOFTWARE of sysexits: none of the codes that a script acts on.
    """

    exit_code = 70
