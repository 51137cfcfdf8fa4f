"""Start a command and end it well: every error is a sentence and an exit code, never a traceback for bad input.

Exit codes: 0 found or done, 1 nothing found, 2 usage or query error, 3 archive missing, incompatible or damaged,
4 ingested with records set aside, 5 locked, 70 an error of searchkit itself, 75 a query out of time, 130 interrupted,
143 ended by SIGTERM.
"""

from __future__ import annotations

import errno
import os
import re
import signal
import sys
from collections.abc import Sequence
from contextlib import AbstractContextManager, ExitStack
from typing import IO, Any, NoReturn

from searchkit.cli.errors import Interrupted, OutOfMemory, SystemRefused, Unexpected
from searchkit.errors import SearchkitError, UsageError
from searchkit.language.chosen import ENGLISH, SIMPLIFIED, TRADITIONAL, current, using_language
from searchkit.language.messages import Message
from searchkit.system.files import fill_standard_descriptors

_DAY = re.compile("[0-9]{4}([-./年]?)[0-9]{1,2}([-./月]?)[0-9]{1,2}日?|today|yesterday|今天|昨天|前天", re.IGNORECASE)
_ASKING = ("search", "timeline", "facets", "terms", "delete", "export")


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run a command line and exit."""
    # Nothing here uses numpy's linear algebra, which would start threads and make numpy half as slow again to load.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    fill_standard_descriptors()
    for name in ("SIGTERM", "SIGHUP"):  # nohup ignores the second: that stays so
        if signal.getsignal(getattr(signal, name, signal.SIGTERM)) is signal.SIG_DFL:
            signal.signal(getattr(signal, name, signal.SIGTERM), _ended)
    sys.exit(run([_readable(each) for each in (sys.argv[1:] if arguments is None else arguments)]))


def _ended(number: int, _: object) -> NoReturn:
    """End with the exit code of a program that was ended by this signal, nothing half made being left behind."""
    raise SystemExit(128 + number)


def _readable(argument: str) -> str:
    """Read an argument as UTF-8 where the locale says otherwise; a path that exists stays as it is."""
    if argument.isascii() or not any("\udc80" <= char <= "\udcff" for char in argument):
        return argument
    if os.path.lexists(argument):
        return argument
    try:
        return os.fsencode(argument).decode("utf-8")
    except UnicodeDecodeError:
        return argument


def run(arguments: list[str]) -> int:
    """Run a command line and return the exit code."""
    sys.stdout, sys.stderr = _prepared(sys.stdout), _prepared(sys.stderr)
    options = arguments[: arguments.index("--")] if "--" in arguments else arguments
    as_json = "--json" in options or "--jsonl" in options
    verbose = any(re.fullmatch("-q*vq*|--verbose", each) for each in options)
    arguments = _with_day([_exclusion(each) for each in options]) + arguments[len(options) :]
    with ExitStack() as language:
        try:
            try:
                language.enter_context(_language(options))
                if verbose:
                    from searchkit.cli.traces import shown

                    with shown():
                        code = _command(arguments)
                else:
                    code = _command(arguments)
            except (Exception, KeyboardInterrupt) as error:
                if _of_output(error):
                    raise
                code = _report(_as_ours(error), as_json, traceback_of=error if verbose else None)
            sys.stdout.flush()
        except OSError as error:
            return _output_failed(error)
        return code


def _language(options: list[str]) -> AbstractContextManager[None]:
    """Return the use of the language that the options or the environment ask for."""
    from searchkit.cli.settings import language

    chosen = language(options)
    return using_language(chosen if chosen == ENGLISH or _can_show(chosen) else ENGLISH)


def _can_show(language: str) -> bool:
    """Tell whether the terminal, if there is one, has the characters of a language."""
    for stream in (sys.stdout, sys.stderr):
        if stream.isatty():
            try:
                _SAMPLES[language].encode(stream.encoding or "ascii")
            except UnicodeEncodeError:
                return False
    return True


_SAMPLES = {SIMPLIFIED: "检索", TRADITIONAL: "檢索"}


def _command(arguments: list[str]) -> int:
    import typer

    from searchkit.cli.app import app

    command = typer.main.get_command(app)
    if current() != ENGLISH:
        from searchkit.cli.help import tell_in_language

        tell_in_language(command)
    if "_SEARCHKIT_COMPLETE" in os.environ:
        command.main(arguments, prog_name="searchkit")  # answers the shell's request for completions and exits
    try:
        # Not `command.main`: for a reader that stops it exits with 1, which here means nothing found.
        with command.make_context("searchkit", arguments or ["--help"]) as context:
            command.invoke(context)
    except typer.Exit as ending:
        return ending.exit_code
    return 0


def _exclusion(argument: str) -> str:
    """Write -广告, which excludes a word and is no option, with a full-width sign: it means the same in a query."""
    return "\uff0d" + argument[1:] if argument[:1] == "-" and argument[1:2] > "\x7f" else argument


def _with_day(options: list[str]) -> list[str]:
    """Join --recent with the day behind it, or with today: Typer knows no option whose value may be left out.

    Only a day in digits, or the word for one close by, is taken: any other word behind it belongs to the query.
    """
    found: list[str] = []
    for each in options:
        if found and found[-1] == "--recent" and _DAY.fullmatch(each):
            found[-1] = f"--recent={each}"
        else:
            found.append(each)
    return ["--recent=today" if each == "--recent" else each for each in found]


def _prepared(stream: Any) -> Any:
    """Set a stream to UTF-8, whatever the locale says. A terminal shows "?" for a character that it cannot show."""
    if stream is None:  # closed by whoever started this
        return open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure is None:
        return stream
    if stream.isatty():
        reconfigure(errors="replace")
    else:
        reconfigure(encoding="utf-8", errors="backslashreplace", newline="\n")
    return stream


# -- errors


def _of_output(error: BaseException) -> bool:
    """Tell whether the output cannot be written. The error of a file would name the file."""
    failed = (errno.ENOSPC, errno.EIO, errno.EFBIG, errno.EBADF, errno.EPIPE)
    return isinstance(error, OSError) and error.filename is None and error.errno in failed


def _output_failed(error: OSError) -> int:
    _drop(sys.stdout)
    if isinstance(error, BrokenPipeError):  # `| head` has stopped reading
        return 0
    try:
        return _report(
            UsageError(Message("cannot write the output: {reason}", reason=error.strerror), hint="is the disk full?"),
            False,
        )
    except OSError:
        _drop(sys.stderr)
        return UsageError.exit_code


def _drop(stream: IO[str]) -> None:
    """Discard the text still in a stream: Python would report the error again when it flushes at exit."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
    except OSError:
        pass  # no file behind it


def _as_ours(error: BaseException) -> SearchkitError:
    if isinstance(error, SearchkitError):
        return error
    if isinstance(error, KeyboardInterrupt) or type(error).__name__ == "Abort":  # Typer's: Ctrl-C at a question
        return Interrupted("interrupted; acknowledged articles are kept")
    told = getattr(error, "format_message", None)  # a click error, from click itself or from Typer's copy of it
    if told is not None:
        message = told().rstrip(".")
        if current() != ENGLISH:
            from searchkit.cli.help import usage_message

            message = usage_message(message)
        return UsageError(message, hint=_usage_hint(error))
    if _lacks_memory(error):
        return OutOfMemory(
            "there is not enough memory, or no further process may be started",
            hint="end other programs, or raise the limits of this one: ulimit -a",
        )
    if isinstance(error, OSError) and error.strerror:
        return _refused(error)
    return Unexpected(
        Message("unexpected {name}: {reason}", name=type(error).__name__, reason=str(error)[:300]),
        hint="-v shows where it happened; please report it",
    )


def _lacks_memory(error: BaseException) -> bool:
    if isinstance(error, MemoryError):
        return True
    if isinstance(error, OSError):
        return error.errno in (errno.ENOMEM, errno.EAGAIN)
    # A library that cannot be mapped; a thread that cannot be started.
    short = ("failed to map segment", "annot allocate memory", "can't start new thread")
    return isinstance(error, (ImportError, RuntimeError)) and any(words in str(error) for words in short)


def _refused(error: OSError) -> SearchkitError:
    """Return what the operating system refused, with its reason and the file."""
    try:
        os.getcwd()  # noqa: PTH109  # only whether there is one
    except OSError:
        return SystemRefused("the current folder is gone, or may not be looked into", hint="cd to another folder")
    message = Message("{reason}", reason=error.strerror)
    if error.filename is not None:
        message = Message("{what}: {told}", what=message, told=str(error.filename)[:200])
    return SystemRefused(message, hint="the same with -v shows where")


def _usage_hint(error: BaseException) -> str:
    context = getattr(error, "ctx", None)
    if type(error).__name__ == "NoSuchOption" and context and context.command.name in _ASKING:
        return Message(
            "{command} --help; to leave a word out: NOT word, or everything behind --", command=context.command_path
        )
    return f"{context.command_path} --help" if context else "searchkit --help"


def _report(error: SearchkitError, as_json: bool, traceback_of: BaseException | None = None) -> int:
    from searchkit.cli.hints import hint_of
    from searchkit.cli.messages import write_message
    from searchkit.cli.screen import size_of
    from searchkit.presenters import json_form
    from searchkit.presenters.terminal import error_lines
    from searchkit.presenters.terminal_text import safe

    error.hint = hint_of(error)
    if isinstance(error, (Unexpected, SystemRefused, OutOfMemory)) and traceback_of is not None:
        import traceback

        # Safe: the message of an error may quote a hostile title.
        write_message(map(safe, "".join(traceback.format_exception(traceback_of)).splitlines()))
    if as_json:
        print(json_form.text(json_form.error(error)))
    else:
        write_message(error_lines(error, max(40, size_of(sys.stderr).columns)))
    return error.exit_code
