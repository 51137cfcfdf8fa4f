"""searchkit mcp"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from searchkit.cli.settings import Settings
from searchkit.errors import MissingExtra, UsageError
from searchkit.language.messages import Message, gettext

DEFAULT_HOST = "127.0.0.1"


def mcp(
    settings: Settings,
    *,
    http: Annotated[
        str | None,
        typer.Option("--http", metavar="[HOST:]PORT", help="Listen here instead of standard input."),
    ] = None,
    token_file: Annotated[
        Path | None,
        typer.Option("--token-file", metavar="FILE", help="Answer HTTP only with one of these tokens, one on a line."),
    ] = None,
) -> None:
    """Offer the archive to language models, as tools by MCP.

    A client of the Model Context Protocol, such as Claude Desktop, starts it and asks over standard input and output:
    search, fetch, similar, timeline, timelines, trends, facets, terms, compare and sources. It only reads.

    \b
    searchkit mcp --index /path/to/index
    searchkit mcp --http 8766
    """
    try:
        from searchkit.servers.mcp.running import run_http, run_stdio
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in _OF_THE_EXTRA:
            raise
        raise MissingExtra("mcp", "mcp") from error
    from searchkit.servers.web.security import Tokens, read_tokens

    if token_file is not None and http is None:
        raise UsageError("--token-file is for --http", hint="--http 8766 --token-file FILE")
    _log_to_standard_error()
    with settings.open() as archive:
        if http is None:
            if sys.stdin.isatty():
                settings.tell("waiting for an MCP client on standard input; Ctrl-C ends it (docs/mcp.md)")
            run_stdio(archive)
        else:
            host, port = address(http)
            tokens = Tokens(read_tokens(token_file, "--token-file") if token_file is not None else ())
            run_http(
                archive,
                host,
                port,
                tokens,
                lambda url: settings.tell(gettext("listening on {url}; Ctrl-C ends it", url=url)),
            )


_OF_THE_EXTRA = ("mcp", "mcp_types", "anyio", "jsonschema", "starlette", "uvicorn", "pydantic")


def address(text: str) -> tuple[str, int]:
    """Return the host and the port of `HOST:PORT`, `[::1]:PORT` or `PORT`, which is on this machine.

    Raises:
        UsageError: it is no address.
    """
    host, _, port = text.rpartition(":")
    host = host[1:-1] if host.startswith("[") and host.endswith("]") else host
    if not (port.isascii() and port.isdigit() and int(port) < 65536):
        raise UsageError(
            Message("no address {text!r}", text=text[:100]),
            hint=Message("--http 8766, or --http {default_host}:8766", default_host=DEFAULT_HOST),
        )
    return host or DEFAULT_HOST, int(port)


def _log_to_standard_error() -> None:
    import logging

    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="searchkit: %(name)s: %(message)s")
