"""searchkit serve"""

from __future__ import annotations

import os
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

from searchkit.cli.settings import Settings, today
from searchkit.errors import MissingExtra, UsageError
from searchkit.language.messages import gettext


def serve(
    settings: Settings,
    *,
    host: Annotated[
        str,
        typer.Option("--host", metavar="ADDRESS", help="Listen here; beyond this machine only with --token-file."),
    ] = "127.0.0.1",
    port: Annotated[
        int, typer.Option("--port", metavar="N", help="Listen here; 0: any that is free.", min=0, max=65535)
    ] = 8765,
    token_file: Annotated[
        Path | None,
        typer.Option("--token-file", metavar="FILE", help="Answer only with one of these tokens, one on a line."),
    ] = None,
    ingest_token: Annotated[
        Path | None,
        typer.Option("--ingest-token", metavar="FILE", help="Let POST /v1/articles add articles with these tokens."),
    ] = None,
    workers: Annotated[int, typer.Option("--workers", metavar="N", help="Processes that answer.", min=1, max=64)] = 1,
    concurrency: Annotated[
        int,
        typer.Option(
            "--concurrency",
            metavar="N",
            help="Requests that each worker admits at once, waiting ones included; further ones get 503.",
            min=1,
            max=10_000,
        ),
    ] = 64,
    cors: Annotated[
        list[str] | None,
        typer.Option("--cors", metavar="ORIGIN", help="Let pages of https://news.example read; may be repeated."),
    ] = None,
    worker_timeout: Annotated[
        float,
        typer.Option("--worker-timeout", metavar="SECONDS", help="Replace a worker that hangs for so long.", min=2),
    ] = 20.0,
    drain: Annotated[
        float, typer.Option("--drain", metavar="SECONDS", help="At the end, let requests go on for so long.", min=0)
    ] = 30.0,
) -> None:
    """Answer over HTTP: a page for the browser, and an API.

    \b
    searchkit serve
    searchkit serve --workers 2 --port 8080
    curl -G http://127.0.0.1:8765/v1/search --data-urlencode q=芯片 -d limit=3
    searchkit serve --host 0.0.0.0 --token-file tokens.txt
    """
    if sys.platform == "win32":
        raise UsageError("serve does not run on Windows", hint="run it in WSL, or on another machine")
    if not all(map(find_spec, ("starlette", "uvicorn", "h11", "jinja2"))):
        raise MissingExtra("serve", "web")
    from searchkit.servers.web.running import Listening, run

    listening = Listening(
        host=host,
        port=port,
        token_file=token_file,
        ingest_token_file=ingest_token,
        workers=workers,
        concurrency=concurrency,
        origins=tuple(cors or ()),
        worker_timeout=worker_timeout,
        drain=drain,
        log=not settings.quiet,
        verbose=settings.verbose,
        today=today() if os.environ.get("SEARCHKIT_TODAY") else None,
    )
    # Opened once here, so that what is wrong with the archive is said before anything listens, and so that the index
    # takes in what it lacks: the workers only read.
    with settings.open() as archive:
        path, wait, timeout = archive.path, archive.wait, archive.timeout
    if isinstance(path, Path):
        path = path.resolve()

    def ready(address: str) -> None:
        if not sys.stdout.isatty():  # for a program that waits for it
            print(f"{address}/", flush=True)
        settings.tell(gettext("serving {path}, with a page at {address}/; Ctrl-C ends it", path=path, address=address))

    raise typer.Exit(run(path, listening, wait=wait, timeout=timeout, ready=ready))
