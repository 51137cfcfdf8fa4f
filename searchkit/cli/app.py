"""The program: its commands, each loaded when it is named."""

from __future__ import annotations

from importlib import import_module
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from searchkit.cli.settings import Settings, shared
from searchkit.language.chosen import ENGLISH, current

NAMES = (
    "ingest", "search", "saved", "show", "family", "stats", "timeline", "facets", "terms", "trends", "similar",
    "compare", "replay", "delete", "export", "rebuild", "verify", "backup", "restore",
    "push", "pull", "optimize", "dict", "aliases", "analyze", "schema", "serve", "mcp", "demo",
)  # fmt: skip
"""The commands in the order of `--help`. Each is a function in the module of the same name."""


class Commands(TyperGroup):
    """A group that loads a command when it is named, and all of them only to list them: loading them is slow."""

    def list_commands(self, ctx: Any) -> list[str]:
        return list(NAMES)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        # For an unknown name all commands are loaded, so that similar ones can be suggested.
        for name in [cmd_name] if cmd_name in NAMES else NAMES:
            if name not in self.commands:
                self.commands[name] = _command(name)
        return self.commands.get(cmd_name)


def _command(name: str) -> Any:
    alone = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)
    alone.command(name)(shared(getattr(import_module(f"searchkit.cli.{name}"), name)))
    command = typer.main.get_command(alone)
    if current() == ENGLISH:
        return command
    from searchkit.cli.help import tell_in_language

    return tell_in_language(command)


app = typer.Typer(
    name="searchkit",
    cls=Commands,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)


def _version(wanted: bool) -> None:
    if wanted:
        from searchkit import __version__

        print(f"searchkit {__version__}")
        raise typer.Exit


@app.callback()
@shared
def _before(
    settings: Settings,
    *,
    version: Annotated[
        bool, typer.Option("--version", help="Print the version.", callback=_version, is_eager=True)
    ] = False,
) -> None:
    """Keep and search an archive of Chinese news.

    \b
    searchkit ingest news/ dump.txt more.jsonl
    searchkit search '"出口管制" 芯片 -广告' --since 去年国庆
    searchkit timeline DeepSeek --by week
    """
