"""The options that every command takes, before or after its name, and where their values come from.

In order of precedence: the command line, SEARCHKIT_INDEX and SEARCHKIT_LANG, `searchkit.toml` in this folder or one
above, and what is usual: ./index, the language of the locale.
"""

from __future__ import annotations

import functools
import inspect
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TextIO

import typer

from searchkit.cli import completion, conditions
from searchkit.cli.messages import write_message
from searchkit.cli.screen import size_of
from searchkit.deadline import DEFAULT
from searchkit.errors import UsageError
from searchkit.language.chosen import LANGUAGES, matched
from searchkit.language.messages import Message, gettext, translated
from searchkit.model.counts import counted

if TYPE_CHECKING:
    from searchkit.analysis.segment import UserDictionary
    from searchkit.archive import Archive
    from searchkit.presenters.style import Style
    from searchkit.writing.catching_up import Progress


_FLAGS = ("quiet", "verbose", "pretty", "no_pager")
_WHEN = ("auto", "always", "never")
_MOST_REFUSED = 20
"""Lines of a dictionary that are told one by one."""


@dataclass(frozen=True, slots=True)
class Settings:
    """The options that every command takes; None for an option that was not given."""

    index: Path | str | None = None
    tz: str | None = None
    dictionary: Path | None = None
    color: str | None = None
    lang: str | None = None
    quiet: bool = False
    verbose: bool = False
    wait: float | None = None
    timeout: float | None = None
    pretty: bool = False
    no_pager: bool = False

    def merged(self, other: Settings) -> Settings:
        """Return these settings, with those given in `other` taking precedence."""
        given = {
            name: value
            for name in ("index", "tz", "dictionary", "color", "lang", "wait", "timeout")
            if (value := getattr(other, name)) is not None
        }
        flags = {name: getattr(self, name) or getattr(other, name) for name in _FLAGS}
        return replace(self, **given, **flags)

    # -- the archive

    def location(self) -> Path | str:
        """Return the archive's folder, or its address in a cluster as it was given."""
        if self.index is not None:
            return self.index
        return location(os.environ.get("SEARCHKIT_INDEX") or configuration().get("index") or "index")

    def folder(self) -> Path:
        """Return the archive's folder. Raises: UsageError if the archive is in a cluster."""
        found = self.location()
        if isinstance(found, str):
            raise UsageError(
                Message("{address} is no folder", address=found),
                hint="this command is for archives in folders: --index FOLDER",
                code="no-folder",
            )
        return found

    def open(self, *, create: bool = False, progress: Progress | None = None, catch_up: bool = True) -> Archive:
        """Open the archive. Raises the errors of `searchkit.open` and `searchkit.connect`."""
        from searchkit.opening import open_at

        found = self.location()
        if isinstance(found, str):
            tell_credentials()
        archive = open_at(
            found,
            create=create,
            tz=self.tz or (configuration().get("tz") if self._is_new(found, create) else None),
            dictionary=self.words() if self.dictionary else None,
            today=today if os.environ.get("SEARCHKIT_TODAY") else None,
            wait=10.0 if self.wait is None else self.wait,
            timeout=DEFAULT if self.timeout is None else self.timeout or None,
            progress=progress,
            catch_up=catch_up,
        )
        if archive.dictionary_report is not None and not self.quiet:
            from searchkit.presenters.reports import dictionary

            self.tell(dictionary(archive.dictionary_report))
        return archive

    def words(self) -> UserDictionary:
        """Return the words of `--dict`, none without it, and tell which lines of the file are left out.

        Raises:
            UsageError: the file cannot be read, or has no word.
        """
        from searchkit.analysis.segment import UserDictionary, load_dictionary

        if self.dictionary is None:
            return UserDictionary()
        read = load_dictionary(self.dictionary)
        refused = list(read.refused[:_MOST_REFUSED])
        if len(read.refused) > _MOST_REFUSED:
            refused.append(counted(len(read.refused) - _MOST_REFUSED, "more line"))
        self.tell(*(gettext("left out of the dictionary: {line}", line=translated(each)) for each in refused))
        return read

    def _is_new(self, found: Path | str, create: bool) -> bool:
        """Tell whether there is no archive yet: a zone in searchkit.toml is only for new archives."""
        if isinstance(found, Path):
            from searchkit.storage.layout import RECORD

            return not os.path.exists(found / RECORD)  # noqa: PTH110  # nor does this: opening says what is wrong
        if not create or not configuration().get("tz"):
            return False
        from searchkit.errors import NoArchive
        from searchkit.opening import open_at

        try:
            open_at(found, catch_up=False).close()
        except NoArchive:
            return True
        return False

    # -- drawing

    def style(self, stream: TextIO | None = None) -> Style:
        """Return how to draw on a stream (default: standard output). What is no terminal has lines of any length."""
        from searchkit.presenters.style import UNBOUNDED, Style

        stream = stream if stream is not None else sys.stdout
        encoding = (stream.encoding or "ascii").lower().replace("-", "")
        columns = max(40, size_of(stream).columns) if self._is_screen(stream) else UNBOUNDED
        return Style(self.in_color(stream), columns, unicode=encoding.startswith("utf"))

    def in_color(self, stream: TextIO) -> bool:
        """Tell whether to use colours: by --color, then NO_COLOR and FORCE_COLOR, then whether it is a terminal."""
        if self.color in ("always", "never"):
            return self.color == "always"
        if os.environ.get("NO_COLOR"):
            return False
        return bool(os.environ.get("FORCE_COLOR")) or (stream.isatty() and os.environ.get("TERM") != "dumb")

    def laid_out(self) -> bool:
        """Tell whether standard output is for a person: a terminal, or --pretty, or colours were asked for."""
        return self._is_screen(sys.stdout)

    def _is_screen(self, stream: TextIO) -> bool:
        return self.pretty or self.color == "always" or stream.isatty()

    def tell(self, *lines: str) -> None:
        """Print a message on standard error, unless --quiet is given."""
        if not self.quiet:
            write_message(map(translated, lines))


def location(text: str) -> Path | str:
    """Return what `--index` names: a folder, or an address in a cluster."""
    from searchkit.cluster.address import is_address

    return text if is_address(text) else Path(text)


def tell_credentials() -> None:
    """Put what `searchkit.toml` says of who asks a cluster into the environment, for this process and its workers."""
    from searchkit.cluster.credentials import NAMES, Credentials, of_environment

    told = configuration()
    written = Credentials(**{name: told.get(_CLUSTER + name, "") for name in NAMES})
    os.environ.update(of_environment(os.environ).or_else(written).to_environment())


def today() -> date:
    """Return the day in SEARCHKIT_TODAY: for tests, and for answers that can be repeated.

    Raises:
        UsageError: it is not a day.
    """
    given = os.environ["SEARCHKIT_TODAY"]
    try:
        return date.fromisoformat(given)
    except ValueError:
        raise UsageError(
            Message("SEARCHKIT_TODAY is not a day: {given!r}", given=given), hint="SEARCHKIT_TODAY=2025-06-30"
        ) from None


@functools.cache
def configuration() -> dict[str, str]:
    """Return the settings of the nearest `searchkit.toml`. Paths in it are relative to its folder.

    Raises:
        UsageError: the file cannot be read, or sets anything but `index`, `tz`, `lang`, and who asks a cluster.
    """
    try:
        here = Path.cwd()
    except OSError:  # it is gone, or may not be looked into: no configuration is found from there
        return {}
    for folder in (here, *here.parents):
        path = folder / "searchkit.toml"
        if os.path.isfile(path):  # noqa: PTH113  # unlike Path's, it raises nothing for what may not be looked at
            return _read(path)
    return {}


_CLUSTER = "opensearch."
_OF_CLUSTER = ("user", "password", "token", "certificates")
_CERTIFICATES = _CLUSTER + "certificates"

_MOST = 64 * 1024
"""Characters of a `searchkit.toml`."""


def _read(path: Path) -> dict[str, str]:
    from searchkit.system import bounded_toml

    try:
        with path.open(encoding="utf-8") as file:
            text = file.read(_MOST + 1)
        if len(text) > _MOST:
            raise ValueError("it is too long")
        found = bounded_toml.read(text)
    except (OSError, ValueError) as error:
        raise UsageError(
            Message("cannot read {path}: {reason}", path=path, reason=error), hint='it holds lines like index = "news"'
        ) from error
    cluster = found.pop("opensearch", {})
    if isinstance(cluster, dict):
        found |= {f"{_CLUSTER}{name}": value for name, value in cluster.items()}
    else:
        found["opensearch"] = cluster
    unknown = sorted(set(found) - {"index", "tz", "lang", *(f"{_CLUSTER}{name}" for name in _OF_CLUSTER)})
    if unknown or not all(isinstance(value, str) for value in found.values()):
        raise UsageError(
            Message("{path}: {unknown}", path=path, unknown=", ".join(unknown) or Message("a value is not text")),
            hint=Message(
                "it may set index, tz and lang, and under [opensearch] {names}, all text", names=", ".join(_OF_CLUSTER)
            ),
        )
    if "index" in found and isinstance(location(found["index"]), Path):
        found["index"] = str(path.parent / found["index"])
    if found.get(_CERTIFICATES):
        found[_CERTIFICATES] = str(path.parent / found[_CERTIFICATES])
    return {name: str(value) for name, value in found.items()}


GROUP = "Options of every command"
_INDEX = typer.Option(
    "--index",
    "-i",
    metavar="PATH",
    help="The archive's folder, or its address in a cluster: opensearch://HOST:9200/NAME.  [default: as in "
    "searchkit.toml, or ./index; env var: SEARCHKIT_INDEX]",
    rich_help_panel=GROUP,
)
_TZ = typer.Option(
    "--tz",
    metavar="ZONE",
    help="The archive's time zone; fixed when it is made.  [default: Asia/Shanghai]",
    autocompletion=completion.zones,
    rich_help_panel=GROUP,
)
_DICT = typer.Option(
    "--dict",
    metavar="FILE",
    help="A user dictionary, a line `word [frequency [tag]]` each; kept in the archive.",
    rich_help_panel=GROUP,
)
_COLOR = typer.Option(
    "--color",
    metavar="WHEN",
    help="auto, always or never.  [default: auto]",
    autocompletion=completion.of(*_WHEN),
    rich_help_panel=GROUP,
)
_LANG = typer.Option(
    "--lang",
    metavar="LANG",
    help="en, zh-CN or zh-TW.  [default: as in searchkit.toml, or the locale's; env var: SEARCHKIT_LANG]",
    autocompletion=completion.of(*LANGUAGES),
    rich_help_panel=GROUP,
)
_QUIET = typer.Option("--quiet", "-q", help="Say nothing but errors.", rich_help_panel=GROUP)
_VERBOSE = typer.Option(
    "--verbose",
    "-v",
    help="Show tracebacks of unexpected errors, and warnings of the log.",
    rich_help_panel=GROUP,
)
_WAIT = typer.Option(
    "--wait", metavar="SECONDS", help="How long to wait for another writer.  [default: 10]", rich_help_panel=GROUP
)
_TIMEOUT = typer.Option(
    "--timeout",
    metavar="SECONDS",
    help="How long a query may work; 0 for no limit.  [default: 1.5]",
    min=0,
    rich_help_panel=GROUP,
)

_PRETTY = typer.Option("--pretty", help="Lay out as on a terminal also for a pipe.", rich_help_panel=GROUP)

_NO_PAGER = typer.Option("--no-pager", help="Do not show long answers through a pager.", rich_help_panel=GROUP)

_SHARED: dict[str, Any] = {
    "index": Annotated[str | None, _INDEX],
    "tz": Annotated[str | None, _TZ],
    "dictionary": Annotated[Path | None, _DICT],
    "color": Annotated[str | None, _COLOR],
    "lang": Annotated[str | None, _LANG],
    "quiet": Annotated[bool, _QUIET],
    "verbose": Annotated[bool, _VERBOSE],
    "wait": Annotated[float | None, _WAIT],
    "timeout": Annotated[float | None, _TIMEOUT],
    "pretty": Annotated[bool, _PRETTY],
    "no_pager": Annotated[bool, _NO_PAGER],
}


def shared(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options that every command takes, as its first argument, a Settings.

    A command with a parameter of type `Conditions` also gets the options that narrow a query, in that parameter.
    """
    import types
    import typing

    # Python 3.10 reads a parameter `x: Annotated[T, option] = None` as Optional[Annotated[T, option]], in which Typer
    # does not find the option. So the annotations are read alone, without the defaults.
    bare = types.SimpleNamespace(__annotations__=command.__annotations__)
    hints = typing.get_type_hints(bare, command.__globals__, include_extras=True)
    own = list(inspect.signature(command).parameters.values())[1:]
    own = [each.replace(annotation=hints[each.name]) for each in own]
    asking = next((each.name for each in own if each.annotation is conditions.Conditions), None)
    own = [each for each in own if each.name != asking]
    added = _parameters(conditions.OPTIONS, conditions.FLAGS) if asking else []
    added += _parameters(_SHARED, _FLAGS)

    @functools.wraps(command)
    def wrapper(*args: Any, **kwargs: Any) -> None:
        given = _checked(Settings(**{name: kwargs.pop(name) for name in _SHARED}))
        if given.index is not None:
            given = replace(given, index=location(str(given.index)))
        context: typer.Context = kwargs.pop("context")
        before = context.find_object(Settings) or Settings()
        settings = before.merged(given)
        context.obj = settings
        if asking:
            kwargs[asking] = conditions.gathered({name: kwargs.pop(name) for name in conditions.OPTIONS})
        command(settings, *args, **kwargs)

    # Typer passes the context by type. Some versions of Typer bring their own click, so click is never imported here.
    context_parameter = inspect.Parameter("context", inspect.Parameter.KEYWORD_ONLY, annotation=typer.Context)
    positional = [context_parameter, *(each.replace(kind=inspect.Parameter.KEYWORD_ONLY) for each in own)]
    wrapper.__signature__ = inspect.Signature([*positional, *added])  # type: ignore[attr-defined]
    wrapper.__annotations__ = {each.name: each.annotation for each in (*positional, *added)}
    return wrapper


def _parameters(options: Mapping[str, Any], flags: Sequence[str]) -> list[inspect.Parameter]:
    return [
        inspect.Parameter(
            name, inspect.Parameter.KEYWORD_ONLY, default=False if name in flags else None, annotation=kind
        )
        for name, kind in options.items()
    ]


_OF_LANGUAGES = Message("one of {languages}", languages=LANGUAGES)


def language(options: Sequence[str]) -> str:
    """Return the language in which a person is told things, before anything else is known.

    In order of precedence: `--lang`, SEARCHKIT_LANG, `searchkit.toml`, the locale of the environment. A name that is
    none is passed over here: `Settings` refuses it, in a language that there is.

    Args:
        options: the arguments before `--`.
    """
    for at, each in enumerate(options):
        name, equals, value = each.partition("=")
        if name == "--lang" and (found := matched(value if equals else "".join(options[at + 1 : at + 2]))):
            return found
    if found := matched(os.environ.get("SEARCHKIT_LANG", "")):
        return found
    try:
        configured = configuration().get("lang", "")
    except UsageError:  # it is told when the configuration is used
        configured = ""
    if found := matched(configured):
        return found
    from searchkit.language.requested import of_environment

    return of_environment(os.environ)


def _checked(settings: Settings) -> Settings:
    if settings.color not in (None, *_WHEN):
        raise UsageError(
            Message("--color cannot be {color!r}", color=settings.color), hint="--color auto, always or never"
        )
    if settings.lang is not None and matched(settings.lang) is None:
        raise UsageError(Message("there is no language {lang!r}", lang=settings.lang[:40]), hint=_OF_LANGUAGES)
    return settings
