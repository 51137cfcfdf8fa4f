"""Starting, and ending well: every error a sentence and an exit code, never a traceback for bad input.

Exit codes: 0 found or done, 1 nothing found, 2 usage or query error, 3 archive missing, incompatible or damaged,
4 ingested with records set aside, 5 locked, 70 an error of searchkit itself, 130 interrupted.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import IO, NoReturn

from searchkit.errors import QueryError, SearchkitError

INTERRUPTED = 130
_ASKING = ("search", "timeline", "facets", "delete", "export")


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run a command line and exit."""
    sys.exit(run([_readable(each) for each in (sys.argv[1:] if arguments is None else arguments)]))


def _readable(argument: str) -> str:
    """An argument as UTF-8 where the locale says otherwise; a path to something that exists stays as it is."""
    if argument.isascii() or not any("\udc80" <= char <= "\udcff" for char in argument):
        return argument
    if os.path.lexists(argument):
        return argument
    try:
        return os.fsencode(argument).decode("utf-8")
    except UnicodeDecodeError:
        return argument


def run(arguments: list[str]) -> int:
    """Run a command line; the exit code."""
    import typer

    from searchkit.cli.app import app

    _prepare(sys.stdout)
    _prepare(sys.stderr)
    options = arguments[: arguments.index("--")] if "--" in arguments else arguments
    as_json = "--json" in options or "--jsonl" in options
    verbose = bool({"-v", "--verbose"} & set(options))
    arguments = [_exclusion(each) for each in options] + arguments[len(options) :]
    try:
        code = app(arguments or ["--help"], prog_name="searchkit", standalone_mode=False)
        sys.stdout.flush()
    except SearchkitError as error:
        return _report(error, as_json)
    except typer.Exit as ending:
        return ending.exit_code
    except (KeyboardInterrupt, typer.Abort):
        print("interrupted; what was acknowledged is kept", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        # The reader of a pipe has had enough. Python would complain once more when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        told = getattr(error, "format_message", None)  # a click error, from click itself or from Typer's copy of it
        if told is not None:
            return _report(_usage(told(), _usage_hint(error)), as_json)
        return _unexpected(error, verbose)
    return code if isinstance(code, int) else 0


def _exclusion(argument: str) -> str:
    """-广告 leaves a word out of a query; no option begins so. A full-width sign says the same to the query parser."""
    return "\uff0d" + argument[1:] if argument[:1] == "-" and argument[1:2] > "\x7f" else argument


def _prepare(stream: IO[str]) -> None:
    """Data is UTF-8 whatever the locale says; a terminal that cannot show a character gets a stand-in."""
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure is None:
        return
    if stream.isatty():
        reconfigure(errors="replace")
    else:
        reconfigure(encoding="utf-8", errors="backslashreplace", newline="\n")


def _usage(message: str, hint: str) -> SearchkitError:
    from searchkit.errors import UsageError

    return UsageError(message.rstrip("."), hint=hint)


def _usage_hint(error: Exception) -> str:
    context = getattr(error, "ctx", None)
    if type(error).__name__ == "NoSuchOption" and context and context.command.name in _ASKING:
        return f"{context.command_path} --help; to leave a word out: NOT word, or everything behind --"
    return f"{context.command_path} --help" if context else "searchkit --help"


def _report(error: SearchkitError, as_json: bool) -> int:
    from searchkit.presenters import json_form
    from searchkit.presenters.terminal_text import safe

    if as_json:
        print(json_form.text(json_form.error(error)))
        return error.exit_code
    print(f"searchkit: {safe(error.message)}", file=sys.stderr)
    if isinstance(error, QueryError) and error.query:
        _point(error)
    for line in error.hint.split("\n") if error.hint else ():
        print(f"  try: {safe(line)}", file=sys.stderr)
    return error.exit_code


def _point(error: QueryError) -> None:
    """The query, and a line under it that points at the trouble."""
    from searchkit.presenters.terminal_text import safe
    from searchkit.presenters.width import columns

    start = min(error.column - 1, len(error.query))
    first = max(0, start - 40)
    shown = error.query[first : start + 60]
    text = safe(shown)
    before = columns(text[: start - first])
    wide = max(1, columns(text[start - first : start - first + error.width]))
    print(f"  {text}", file=sys.stderr)
    print("  " + " " * before + "^" * wide, file=sys.stderr)


def _unexpected(error: Exception, verbose: bool) -> int:
    if verbose:
        import traceback

        traceback.print_exception(error)
    from searchkit.presenters.terminal_text import safe

    print(f"searchkit: unexpected {type(error).__name__}: {safe(str(error))[:300]}", file=sys.stderr)
    print("  try: the same with -v shows where; please report it", file=sys.stderr)
    return 70  # EX_SOFTWARE of sysexits: none of the codes a script acts on
